"""`hufu template`.

Belongs here: its arguments, what it prints, its exit codes. Does not belong here: doing the work.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines.command_line import json_option, language_option, print_json
from pipelines.onboarding.commands.shared import (
    new_workbook,
)
from pipelines.onboarding.language import Language, Words

if TYPE_CHECKING:
    pass


@click.command()
@click.argument("dataset", required=False)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Workbook (default: DATASET-template.xlsx)."
)
@click.option("--list", "list_all", is_flag=True, help="All datasets, their keys and required columns.")
@language_option
@json_option
def template(dataset: str | None, out: Path | None, list_all: bool, language: Language, as_json: bool) -> None:
    """Write a blank workbook for DATASET, to fill in and put into the inbox."""
    from pipelines.contract import load_contract
    from pipelines.onboarding.template import find_dataset, write_template

    contract = load_contract()
    if list_all:
        _list_datasets(contract, language, as_json)
        return
    if dataset is None:
        raise click.UsageError("name a DATASET, or use --list")
    try:
        chosen = find_dataset(contract, dataset)
    except LookupError as error:
        raise click.UsageError(error.args[0]) from error
    target = new_workbook(out or Path(f"{chosen.name}-template.xlsx"))
    write_template(chosen, target, language)
    required = [c.name for c in chosen.columns if c.is_mandatory]
    if as_json:
        print_json({"dataset": f"{chosen.system}.{chosen.name}", "out": str(target), "required_columns": required})
        return
    written = Words(
        "已写出 {out}：{title}，共 {columns} 列，其中必填 {required} 列。填好后放进收件箱的任意位置即可。",
        "wrote {out}: {title}, {columns} columns, {required} of them required. Put it anywhere in the inbox.",
    )
    title = chosen.title.zh if language == "zh" else chosen.title.en
    click.echo(written.say(language, out=target, title=title, columns=len(chosen.columns), required=len(required)))


def _list_datasets(contract: Any, language: Language, as_json: bool) -> None:
    from pipelines.onboarding.template import header
    from pipelines.onboarding.terminal import table

    if as_json:
        for d in contract:
            required = [c.name for c in d.columns if c.is_mandatory]
            print_json(
                {"system": d.system, "dataset": d.name, "title_zh": d.title.zh, "title_en": d.title.en}
                | {"delivery": d.delivery, "keys": list(d.keys), "required_columns": required}
            )
        return
    names = {
        "zh": ("系统", "数据集", "名称", "交付", "必填列"),
        "en": ("system", "dataset", "title", "delivery", "required columns"),
    }[language]
    rows = [
        (
            d.system,
            d.name,
            d.title.zh if language == "zh" else d.title.en,
            _DELIVERY[d.delivery].say(language),
            ", ".join(header(c, language) for c in d.columns if c.is_mandatory),
        )
        for d in contract
    ]
    click.echo(table(names, rows))


_DELIVERY = {"full": Words("全量", "full"), "delta": Words("增量", "delta")}
