"""`hufu profile`.

Belongs here: its arguments, what it prints, its exit codes. Does not belong here: doing the work.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines.command_line import data_option, fail, json_option, language_option, print_json
from pipelines.onboarding.commands.shared import (
    inbox_option,
    new_file,
)
from pipelines.onboarding.language import Language, Words
from pipelines.settings import Settings

if TYPE_CHECKING:
    pass


@click.group()
def profile() -> None:
    """Profiles: how files with headers of their own become datasets."""


@profile.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dataset", help="What the file is, where it is known.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the draft here, not to the screen.")
@inbox_option
@data_option
@language_option
@json_option
def suggest(
    file: Path,
    dataset: str | None,
    out: Path | None,
    inbox: Path | None,
    data_dir: Path | None,
    language: Language,
    as_json: bool,
) -> None:
    """Draft a profile for FILE, for a person to finish."""
    from pipelines.contract import load_contract
    from pipelines.landing.reasons import SetAside
    from pipelines.onboarding.draft import draft
    from pipelines.onboarding.profiles import own_profiles, shipped_profiles
    from pipelines.onboarding.suggest import suggest as look_at
    from pipelines.onboarding.template import find_dataset

    contract = load_contract()
    try:
        chosen = find_dataset(contract, dataset) if dataset else None
    except LookupError as error:
        raise click.UsageError(error.args[0]) from error
    if out is not None:
        new_file(out)
    known = [
        p.profile
        for p in (*own_profiles(Settings.load(data_dir=data_dir, inbox=inbox).inbox), *shipped_profiles())
        if p.profile is not None
    ]
    try:
        suggestion = look_at(file, contract, known, chosen)
    except SetAside as error:
        fail(f"{file}: {error.reason.zh if language == 'zh' else error.reason.en}")
    text = draft(suggestion, language)
    if as_json:
        print_json(_suggestion_record(suggestion))
    elif out is None:
        click.echo(text, nl=False)
    if out is not None:
        out.write_text(text, encoding="utf-8")
    if as_json:
        return
    used = [p for p in suggestion.best.proposals if p.header is not None]
    summary = Words(
        "看起来是{title}：{used} 列有来源（其中 {unsure} 列需核对），缺少必填列 {missing}。{next}",
        "this looks like {title}: {used} columns have a source ({unsure} of them to check), required and missing: "
        "{missing}. {next}",
    )
    next_step = Words("草稿已写入 {out}，请处理其中的 TODO。", "Draft written to {out}; settle its TODOs.")
    missing = ", ".join(c.name for c in suggestion.best.missing) or Words("无", "none").say(language)
    title = suggestion.best.dataset.title
    click.echo(
        summary.say(
            language,
            title=title.zh if language == "zh" else title.en,
            used=len(used),
            unsure=sum(not p.is_sure for p in used),
            missing=missing,
            next=next_step.say(language, out=out) if out else "",
        ),
        err=True,
    )


def _suggestion_record(suggestion: Any) -> dict[str, Any]:
    return {
        "file": suggestion.file,
        "sheet": suggestion.sheet,
        "header_record": suggestion.header_record,
        "dataset": suggestion.best.dataset.name,
        "score": suggestion.best.score,
        "others": {d.name: score for d, score in suggestion.others},
        "columns": {
            p.column.name: {
                "from": p.header,
                "confidence": p.confidence,
                "why": p.fit.how if p.fit else None,
                "sql": p.sql,
                "map": dict(p.known_values),
                "unknown_values": list(p.unknown_values),
            }
            for p in suggestion.best.proposals
            if p.header is not None
        },
        "missing": [c.name for c in suggestion.best.missing],
        "unused": [c.name for c in suggestion.unmapped],
        "nulls": list(suggestion.nulls),
    }


@profile.command(name="list")
@inbox_option
@data_option
@language_option
@json_option
def list_profiles(inbox: Path | None, data_dir: Path | None, language: Language, as_json: bool) -> None:
    """Shipped and own profiles, how their layouts are known, and what they deliver."""
    from pipelines.onboarding.profiles import EVIDENCE_WORDS, own_profiles, shipped_profiles
    from pipelines.onboarding.terminal import shortened, table

    known = [*own_profiles(Settings.load(data_dir=data_dir, inbox=inbox).inbox), *shipped_profiles()]
    if as_json:
        for entry in known:
            print_json(entry.as_dict())
        return
    names = {
        "zh": ("来源", "名称", "标题", "依据", "数据集", "说明"),
        "en": ("from", "name", "title", "layout known by", "datasets", "note"),
    }[language]
    rows = []
    for entry in known:
        found = entry.profile
        if found is None:
            rows.append((_origin(entry.is_own, language), entry.path.name, "", "", "", entry.fault or ""))
            continue
        rows.append(
            (
                _origin(entry.is_own, language),
                found.name,
                (found.title.zh if language == "zh" else found.title.en) if found.title else "",
                EVIDENCE_WORDS[found.evidence].say(language) if found.evidence else "",
                ", ".join(target.dataset for target in found.datasets),
                shortened((found.note.zh if language == "zh" else found.note.en) if found.note else "", 40),
            )
        )
    click.echo(table(names, rows))
    if any(entry.profile is None for entry in known):
        fail("a profile of the inbox cannot be used; `hufu run` stops until it is mended or removed")


def _origin(is_own: bool, language: Language) -> str:
    return (Words("自有", "own") if is_own else Words("内置", "shipped")).say(language)


@profile.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@language_option
@json_option
def check(file: Path, language: Language, as_json: bool) -> None:
    """Whether FILE is a profile that can be used, and what it leaves open."""
    from pipelines.onboarding.profiles import check_profile

    report = check_profile(file)
    if as_json:
        print_json(report.as_dict())
    else:
        for line in report.lines(language):
            click.echo(line, err=report.fault is not None)
    if report.fault is not None:
        sys.exit(1)
