"""`hufu quarantine`.

Belongs here: its arguments, what it prints, its exit codes. Does not belong here: doing the work.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines.command_line import data_option, fail, json_option, language_option, print_json
from pipelines.onboarding.commands.shared import (
    ID_LENGTH,
    inbox_option,
    new_workbook,
)
from pipelines.onboarding.language import Language, Words
from pipelines.settings import Settings

if TYPE_CHECKING:
    pass


@click.group()
def quarantine() -> None:
    """Rows that could not be taken in: which, why, and a workbook to correct them in."""


_dataset_option = click.option("--dataset", help="Only rows with a fault in this dataset.")
_batch_option = click.option("--batch", "batch_id", help="Only rows of this batch (the beginning of its id will do).")


def _open_rows(data_dir: Path | None, dataset: str | None, batch_id: str | None) -> Any:
    from pipelines.contract import load_contract
    from pipelines.landing import LandingError
    from pipelines.landing.reasons import SetAside
    from pipelines.onboarding.quarantine import open_deliveries
    from pipelines.onboarding.template import find_dataset

    try:
        name = find_dataset(load_contract(), dataset).name if dataset else None
    except LookupError as error:
        raise click.UsageError(error.args[0]) from error
    try:
        return open_deliveries(Settings.load(data_dir=data_dir).paths.root, name, batch_id)
    except (LandingError, SetAside) as error:
        fail(str(error))


_NOTHING_OPEN = Words("隔离区中没有待处理的行。", "no row in quarantine waits for anybody.")


@quarantine.command(name="list")
@_dataset_option
@_batch_option
@data_option
@language_option
@json_option
def list_quarantine(
    dataset: str | None, batch_id: str | None, data_dir: Path | None, language: Language, as_json: bool
) -> None:
    """What is in quarantine and still waits for somebody, by file."""
    from collections import Counter

    from pipelines.onboarding.quarantine import Fault
    from pipelines.onboarding.terminal import shortened, table

    deliveries = _open_rows(data_dir, dataset, batch_id)
    if as_json:
        for delivery in deliveries:
            print_json(delivery.as_dict())
        return
    if not deliveries:
        click.echo(_NOTHING_OPEN.say(language))
        return
    names = {
        "zh": ("批次", "文件", "数据集", "待处理行", "列", "原因", "次数", "例如"),
        "en": ("batch", "file", "dataset", "open rows", "column", "reason", "times", "such as"),
    }[language]
    rows: list[tuple[object, ...]] = []
    for delivery in deliveries:
        examples: dict[tuple[str, str, str], Fault] = {}
        counts: Counter[tuple[str, str, str]] = Counter()
        for fault in delivery.faults():
            key = (fault.batch.dataset or "", fault.column or "", fault.reason(language))
            counts[key] += 1
            examples.setdefault(key, fault)
        for number, ((name, column, reason), count) in enumerate(counts.most_common(5)):
            example = examples[name, column, reason]
            rows.append(
                (
                    delivery.first.batch_id[:ID_LENGTH] if number == 0 else "",
                    shortened(delivery.first.source_file, 40) if number == 0 else "",
                    name,
                    f"{delivery.open_count:,}" if number == 0 else "",
                    column,
                    shortened(reason, 48),
                    count,
                    shortened(f"{example.source_row}: {example.value or ''}", 24),
                )
            )
    click.echo(table(names, rows))
    help_text = Words(
        "导出更正表：hufu quarantine export --out 更正.xlsx",
        "to correct them: hufu quarantine export --out corrections.xlsx",
    )
    click.echo(f"\n{help_text.say(language)}")


@quarantine.command(name="export")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="Workbook to write.")
@_dataset_option
@_batch_option
@inbox_option
@data_option
@language_option
@json_option
def export_quarantine(
    out: Path,
    dataset: str | None,
    batch_id: str | None,
    inbox: Path | None,
    data_dir: Path | None,
    language: Language,
    as_json: bool,
) -> None:
    """Write the open rows into a workbook, to correct and put into the inbox."""
    from pipelines.landing import LandingError
    from pipelines.onboarding.quarantine import TooManyRows, export

    settings = Settings.load(data_dir=data_dir, inbox=inbox)
    new_workbook(out)
    deliveries = _open_rows(data_dir, dataset, batch_id)
    if not deliveries:
        click.echo(_NOTHING_OPEN.say(language), err=as_json)
        return
    try:
        written = export(deliveries, settings.paths.root, settings.inbox, out, language)
    except TooManyRows as error:
        fail(f"{error}; choose with --dataset or --batch, or mend the export itself and deliver it again")
    except LandingError as error:
        fail(str(error))
    if as_json:
        print_json(
            {"out": str(out), "rows": written.rows, "sheets": list(written.sheets), "not_correctable": written.broken}
            | {"unreadable": written.unreadable}
        )
        return
    done = Words(
        "已写出 {out}：{rows} 行，工作表：{sheets}。改正后放进收件箱，再运行 `hufu run`。",
        "wrote {out}: {rows} rows on the sheets {sheets}. Correct them, put the file into the inbox, run `hufu run`.",
    )
    click.echo(done.say(language, out=out, rows=f"{written.rows:,}", sheets=", ".join(written.sheets) or "-"))
    if written.broken:
        more = Words(
            "另有 {count} 处无法逐格更正，列在最后一张表中，请在原文件中改正后重新交付。",
            "{count} more cannot be corrected cell by cell; they stand on the last sheet: mend the original file.",
        )
        click.echo(more.say(language, count=written.broken))
    for file, reason in written.unreadable.items():
        click.echo(f"  {file}: {reason}")
