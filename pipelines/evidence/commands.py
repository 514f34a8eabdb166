"""`hufu verify`, `hufu checkpoint` and `hufu evidence`.

Belongs here: their arguments, what they print, exit codes. Does not belong here: doing the work.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.command_line import data_option, fail, json_option, language_option, print_json
from pipelines.onboarding.language import Language, Words
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.evidence.checkpoint import PublicKey, SignedCheckpoint
    from pipelines.evidence.verify import Report

_SHOWN_DIFFERENCES = 20

_checkpoint_option = click.option(
    "--checkpoint",
    "checkpoint_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A checkpoint that was kept elsewhere.",
)
_key_option = click.option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="File with the log's public key, as `hufu checkpoint --public-key` prints it.",
)


def _read_checkpoint(path: Path | None) -> SignedCheckpoint | None:
    from pipelines.evidence.checkpoint import BadCheckpoint, SignedCheckpoint

    try:
        return SignedCheckpoint.parse(path.read_text(encoding="utf-8")) if path else None
    except (BadCheckpoint, UnicodeDecodeError) as error:
        fail(f"{path}: {error}")


def _read_key(path: Path | None) -> PublicKey | None:
    from pipelines.evidence.checkpoint import BadCheckpoint, PublicKey

    try:
        return PublicKey.parse(path.read_text(encoding="utf-8")) if path else None
    except (BadCheckpoint, UnicodeDecodeError) as error:
        fail(f"{path}: {error}")


@click.command()
@data_option
@click.option("--inbox", type=click.Path(path_type=Path), help="Where the company's own profiles are.")
@_checkpoint_option
@_key_option
@click.option("--quick", is_flag=True, help="Compare hashes only; do not read the originals again.")
@json_option
@language_option
def verify(
    data_dir: Path | None,
    inbox: Path | None,
    checkpoint_file: Path | None,
    key_file: Path | None,
    quick: bool,
    as_json: bool,
    language: Language,
) -> None:
    """Recompute everything from the original files up, and name the first thing that does not fit."""
    from pipelines.evidence.verify import verify as verify_folder

    settings = Settings.load(data_dir=data_dir, inbox=inbox)
    report = verify_folder(
        settings.paths,
        checkpoint=_read_checkpoint(checkpoint_file),
        key=_read_key(key_file),
        is_quick=quick,
        inbox=settings.inbox,
    )
    _print_report(report, as_json, language)
    sys.exit(1 if report.differences else 0)


def _print_report(report: Report, as_json: bool, language: Language) -> None:
    shown = report.differences[:_SHOWN_DIFFERENCES]
    if as_json:
        for number, difference in enumerate(shown, start=1):
            print_json(
                {
                    "difference": difference.say("en"),
                    "difference_zh": difference.say("zh"),
                    "stage": difference.stage,
                    "place": difference.place,
                    "number": number,
                }
            )
        for note in report.notes:
            print_json({"note": note.say("en"), "note_zh": note.say("zh")})
        print_json(
            {
                "checked": report.files,
                "rows": report.rows,
                "entries": report.entries,
                "differences": len(report.differences),
            }
        )
        return
    marks = (Words("首先不符：", "FIRST THAT DIFFERS: "), Words("另有不符：", "ALSO DIFFERS: "))
    for number, difference in enumerate(shown):
        click.echo(marks[number > 0].say(language) + difference.say(language))
    if len(report.differences) > len(shown):
        rest = Words("……还有 {count} 处不符。", "... and {count} more differ.")
        click.echo(rest.say(language, count=len(report.differences) - len(shown)))
    for note in report.notes:
        click.echo(Words("说明：", "note: ").say(language) + note.say(language))
    summary = Words(
        "核对了 {files} 个文件、{rows} 行、{entries} 条日志：{differ} 处不符",
        "{files} files, {rows} rows and {entries} log entries checked, {differ} differ",
    )
    click.echo(
        summary.say(
            language,
            files=f"{report.files:,}",
            rows=f"{report.rows:,}",
            entries=f"{report.entries:,}",
            differ=len(report.differences),
        )
    )


@click.command()
@data_option
@click.option("--out", type=click.Path(path_type=Path), help="Write it to a file instead of printing it.")
@click.option(
    "--public-key", "wants_key", is_flag=True, help="The public key that checkpoints are signed with instead."
)
def checkpoint(data_dir: Path | None, out: Path | None, wants_key: bool) -> None:
    """Print the newest signed checkpoint, to be kept where nobody who can write the data folder can write."""
    from pipelines.evidence.log import read_log

    root = Settings.load(data_dir=data_dir).paths.root
    log = read_log(root)
    if log is None or log.signed is None or log.public_key is None:
        fail(f"{root} has no log yet; `hufu run` begins one")
    if log.faults:
        fail(f"the log of {root} is not what was signed; `hufu verify` says what was altered")
    text = f"{log.public_key}\n" if wants_key else str(log.signed)
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")
        click.echo(f"written to {out}")


@click.command()
@click.argument("violation_id", required=False)
@data_option
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write to (default: evidence-ID).")
@click.option(
    "--check",
    "pack_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Check such a pack, without the data folder.",
)
@_checkpoint_option
@_key_option
@language_option
def evidence(
    violation_id: str | None,
    data_dir: Path | None,
    out: Path | None,
    pack_file: Path | None,
    checkpoint_file: Path | None,
    key_file: Path | None,
    language: Language,
) -> None:
    """Write what proves a violation, for others to check; or check it.

    With --checkpoint the proof leads to that checkpoint instead of the newest. --check needs --key.
    """
    if (violation_id is None) == (pack_file is None):
        raise click.UsageError("name a violation, or a pack with --check")
    if pack_file is not None:
        if key_file is None:
            raise click.UsageError("--check needs --key: without the public key anybody could have made the pack")
        _check(pack_file, _read_checkpoint(checkpoint_file), _read_key(key_file), language)
    else:
        _write(violation_id or "", data_dir, out, _read_checkpoint(checkpoint_file), language)


def _write(
    violation_id: str, data_dir: Path | None, out: Path | None, given: SignedCheckpoint | None, language: Language
) -> None:
    from pipelines.evidence.pack import PackError, build_pack, write_pack

    try:
        pack = build_pack(Settings.load(data_dir=data_dir).paths, violation_id, given)
    except PackError as error:
        fail(error.words.say(language))
    folder = out or Path(f"evidence-{violation_id}")
    for path in write_pack(pack, folder):
        click.echo(str(path))


def _check(pack_file: Path, given: SignedCheckpoint | None, key: PublicKey | None, language: Language) -> None:
    from pipelines.evidence.pack import PackError, check_pack, read_pack

    assert key is not None
    try:
        checked = check_pack(read_pack(pack_file), key, given)
    except PackError as error:
        fail(error.words.say(language))
    click.echo(
        Words(
            "成立：{rows} 行都在检查点（{size} 条）所证明的批次之中，文字与哈希一致。",
            "Holds: all {rows} rows belong to batches that the checkpoint ({size} entries) proves, and their text "
            "gives their hashes.",
        ).say(language, rows=checked.rows, size=checked.size)
    )


COMMANDS = (verify, checkpoint, evidence)
