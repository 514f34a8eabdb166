#!/bin/sh
# Runs a command with its temporary files in memory, where there is room for them. A warehouse that is built commits some
# hundred times, and several at once mostly wait for the disk: on two cores a run takes a quarter less.
set -eu
needed_kb=4000000
free_kb=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
if [ "${free_kb:-0}" -gt "$needed_kb" ] && [ -w /dev/shm ]; then
    TMPDIR=$(mktemp -d /dev/shm/hufu-test.XXXXXX)
    export TMPDIR
    trap 'rm -rf "$TMPDIR"' EXIT
fi
"$@"
