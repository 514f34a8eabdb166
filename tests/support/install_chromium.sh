#!/bin/sh
# Chromium and a Chinese font for the browser tests, from the system's packages where that is allowed.
# Where it is not, the browser tests skip themselves and say why.
if command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1; then
    exit 0
fi
if ! command -v apt-get >/dev/null 2>&1; then
    echo "note: no Chromium found and no apt-get to install it with; the browser tests will be skipped" >&2
    exit 0
fi
if [ "$(id -u)" = 0 ]; then
    as_root=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    echo "note: no Chromium found and no right to install it; the browser tests will be skipped" >&2
    exit 0
fi
echo "installing Chromium for the browser tests" >&2
export DEBIAN_FRONTEND=noninteractive
{ $as_root apt-get update -qq && $as_root apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk; } >/dev/null ||
    echo "note: Chromium could not be installed; the browser tests will be skipped" >&2
