"""The commands of `hufu` for bringing exports in.

Belongs here: their arguments, what they print, exit codes. Does not belong here: doing the work; every command calls
the module that does it.
"""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines.command_line import data_option, fail, json_option, language_option, print_json
from pipelines.onboarding.language import Language, Words
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.onboarding.deliveries import Delivery

_ID_LENGTH = 12


def _new_file(out: Path) -> Path:
    if out.exists():
        raise click.UsageError(f"{out} exists; name another file with --out")
    return out


def _workbook(out: Path) -> Path:
    if out.suffix.lower() != ".xlsx":
        raise click.UsageError(f"{out} must end in .xlsx")
    return _new_file(out)


# ------------------------------------------------------------------------------------------------------- template


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
    target = _workbook(out or Path(f"{chosen.name}-template.xlsx"))
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

# -------------------------------------------------------------------------------------------------------- batches


@click.group(invoke_without_command=True)
@data_option
@json_option
@language_option
@click.option("--all", "show_all", is_flag=True, help="Also those that newer readings of the same file replaced.")
@click.pass_context
def batches(context: click.Context, data_dir: Path | None, as_json: bool, language: Language, show_all: bool) -> None:
    """What was delivered: one line per batch; take one out, bring it back."""
    if context.invoked_subcommand is None:
        _list_batches(data_dir, as_json, language, show_all)


@batches.command(name="list")
@data_option
@json_option
@language_option
@click.option("--all", "show_all", is_flag=True, help="Also those that newer readings of the same file replaced.")
def list_batches(data_dir: Path | None, as_json: bool, language: Language, show_all: bool) -> None:
    """What was delivered: one line per batch (the same as `hufu batches`)."""
    _list_batches(data_dir, as_json, language, show_all)


def _list_batches(data_dir: Path | None, as_json: bool, language: Language, show_all: bool) -> None:
    from pipelines.onboarding.deliveries import STATE_WORDS, list_deliveries
    from pipelines.onboarding.terminal import shortened, table

    root = Settings.load(data_dir=data_dir).paths.root
    deliveries = [d for d in list_deliveries(root) if show_all or d.state not in ("superseded", "ignored")]
    if as_json:
        for delivery in deliveries:
            print_json(delivery.as_dict())
        return
    if not deliveries:
        click.echo(Words("{root} 中还没有任何交付。", "nothing was delivered to {root} yet.").say(language, root=root))
        return
    names = {
        "zh": ("批次", "数据集", "文件", "交付时间", "状态", "读入", "导入", "隔离", "重复", "忽略", "依据"),
        "en": (
            "batch",
            "dataset",
            "file",
            "delivered",
            "status",
            "read",
            "landed",
            "quarantined",
            "repeated",
            "ignored",
        )
        + ("layout",),
    }[language]
    rows = []
    for delivery in deliveries:
        b = delivery.batch
        reason = b.reason_zh if language == "zh" else b.reason_en
        state = STATE_WORDS[delivery.state].say(language)
        rows.append(
            (
                b.batch_id[:_ID_LENGTH],
                b.dataset or "",
                shortened(b.source_file, 48),
                _local_minute(b.delivered_at),
                f"{state}: {shortened(reason, 60)}" if reason else state,
                b.read_count,
                b.accepted_count,
                b.quarantined_count,
                b.duplicate_count,
                b.ignored_count,
                _layout(b.profile, b.profile_evidence),
            )
        )
    click.echo(table(names, rows))


def _layout(profile: str | None, evidence: str | None) -> str:
    if profile is None:
        return ""
    return f"{profile} ({evidence})" if evidence else profile


def _local_minute(stamp: str) -> str:
    from datetime import datetime

    return datetime.fromisoformat(stamp).astimezone().strftime("%Y-%m-%d %H:%M")


_reason_option = click.option("--reason", required=True, help="Why; it stays on record.")
_by_option = click.option("--by", help="Who (default: the login name).")
_yes_option = click.option("--yes", is_flag=True, help="Do not ask.")
_whole_file_option = click.option("--whole-file", is_flag=True, help="Every dataset that the same file delivered.")


@batches.command()
@click.argument("batch_id", metavar="ID")
@_reason_option
@_by_option
@_whole_file_option
@_yes_option
@data_option
@json_option
@language_option
def withdraw(
    batch_id: str,
    reason: str,
    by: str | None,
    whole_file: bool,
    yes: bool,
    data_dir: Path | None,
    as_json: bool,
    language: Language,
) -> None:
    """Take a wrong delivery out. ID may be the beginning of a batch id.

    Nothing derived from it remains after the next `hufu run`; its files stay on record.
    """
    _decide("withdraw", batch_id, reason, by, whole_file, yes, data_dir, as_json, language)


@batches.command()
@click.argument("batch_id", metavar="ID")
@_reason_option
@_by_option
@_whole_file_option
@_yes_option
@data_option
@json_option
@language_option
def reinstate(
    batch_id: str,
    reason: str,
    by: str | None,
    whole_file: bool,
    yes: bool,
    data_dir: Path | None,
    as_json: bool,
    language: Language,
) -> None:
    """Let a withdrawn delivery count again. ID may be the beginning of a batch id."""
    _decide("reinstate", batch_id, reason, by, whole_file, yes, data_dir, as_json, language)


def _decide(
    kind: str,
    batch_id: str,
    reason: str,
    by: str | None,
    whole_file: bool,
    yes: bool,
    data_dir: Path | None,
    as_json: bool,
    language: Language,
) -> None:
    from pipelines.onboarding import deliveries as work

    if not reason.strip():
        raise click.UsageError("--reason must say something; it stays on record")
    root = Settings.load(data_dir=data_dir).paths.root
    try:
        chosen = work.find_delivery(root, batch_id)
        siblings = work.of_same_file(root, chosen)
        decided = [chosen, *siblings] if whole_file else [chosen]
        _confirm(kind, decided, yes, as_json, language)
        act = work.withdraw if kind == "withdraw" else work.reinstate
        events = act(root, decided, by=by or getpass.getuser(), reason=reason.strip())
    except work.NoSuchDelivery as error:
        fail(str(error))
    if as_json:
        for event in events:
            print_json({"batch_id": event.batch_id, "action": event.action, "at": event.at, "by": event.by})
        return
    done = {"withdraw": Words("已撤回", "withdrawn"), "reinstate": Words("已恢复", "reinstated")}[kind]
    for delivery in decided:
        click.echo(f"{done.say(language)} {delivery.batch.batch_id[:_ID_LENGTH]}")
        click.echo(f"  {work.consequence(kind, delivery, language)}")
    if siblings and not whole_file:
        also = Words(
            "同一文件还交付了：{others}（--whole-file 可一并处理）。",
            "the same file also delivered: {others} (--whole-file takes them along).",
        )
        others = ", ".join(f"{d.batch.dataset} {d.batch.batch_id[:_ID_LENGTH]}" for d in siblings)
        click.echo(f"  {also.say(language, others=others)}")


def _confirm(kind: str, decided: list[Delivery], yes: bool, as_json: bool, language: Language) -> None:
    """On a terminal a person is asked; a script has said what it wants."""
    from pipelines.onboarding.deliveries import consequence

    if yes or as_json or not sys.stdin.isatty():
        return
    for delivery in decided:
        click.echo(consequence(kind, delivery, language))
    question = {"withdraw": Words("确定撤回吗？", "Withdraw?"), "reinstate": Words("确定恢复吗？", "Reinstate?")}[kind]
    click.confirm(question.say(language), abort=True)


@batches.command(name="log")
@data_option
@json_option
@language_option
def batch_log(data_dir: Path | None, as_json: bool, language: Language) -> None:
    """Who took out or brought back which delivery, when and why."""
    from dataclasses import asdict

    from pipelines.landing.register import read_batches, read_events
    from pipelines.onboarding.deliveries import ACTION_WORDS
    from pipelines.onboarding.terminal import table

    root = Settings.load(data_dir=data_dir).paths.root
    known = {b.batch_id: b for b in read_batches(root)}
    events = sorted(read_events(root), key=lambda e: (e.at, e.batch_id, e.sequence))
    if as_json:
        for event in events:
            print_json(asdict(event))
        return
    if not events:
        click.echo(Words("没有撤回或恢复的记录。", "no delivery was taken out or brought back.").say(language))
        return
    names = {
        "zh": ("时间", "操作人", "操作", "批次", "数据集", "文件", "原因"),
        "en": ("when", "who", "what", "batch", "dataset", "file", "why"),
    }[language]
    rows = [
        (
            _local_minute(e.at),
            e.by,
            ACTION_WORDS[e.action].say(language),
            e.batch_id[:_ID_LENGTH],
            known[e.batch_id].dataset if e.batch_id in known else "",
            known[e.batch_id].source_file if e.batch_id in known else "",
            e.reason,
        )
        for e in events
    ]
    click.echo(table(names, rows))


# -------------------------------------------------------------------------------------------------------- profile


@click.group()
def profile() -> None:
    """Profiles: how files with headers of their own become datasets."""


_inbox_option = click.option(
    "--inbox", type=click.Path(path_type=Path), help="Folder whose own profiles count too (default: <data>/inbox)."
)


@profile.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dataset", help="What the file is, where it is known.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the draft here, not to the screen.")
@_inbox_option
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
        _new_file(out)
    known = [p.profile for p in (*own_profiles(_inbox(data_dir, inbox)), *shipped_profiles()) if p.profile is not None]
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


def _inbox(data_dir: Path | None, inbox: Path | None) -> Path:
    return Settings.load(data_dir=data_dir, inbox=inbox).inbox


@profile.command(name="list")
@_inbox_option
@data_option
@language_option
@json_option
def list_profiles(inbox: Path | None, data_dir: Path | None, language: Language, as_json: bool) -> None:
    """Shipped and own profiles, how their layouts are known, and what they deliver."""
    from pipelines.onboarding.profiles import EVIDENCE_WORDS, own_profiles, shipped_profiles
    from pipelines.onboarding.terminal import shortened, table

    known = [*own_profiles(_inbox(data_dir, inbox)), *shipped_profiles()]
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
                shortened(found.note or "", 40),
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


# ----------------------------------------------------------------------------------------------------- quarantine


@click.group()
def quarantine() -> None:
    """Rows that could not be taken in: which, why, and a workbook to correct them in."""


_dataset_option = click.option("--dataset", help="Only rows with a fault in this dataset.")
_batch_option = click.option("--batch", "batch_id", help="Only rows of this batch (the beginning of its id will do).")


def _open_rows(data_dir: Path | None, dataset: str | None, batch_id: str | None) -> Any:
    from pipelines.contract import load_contract
    from pipelines.onboarding.quarantine import open_deliveries
    from pipelines.onboarding.template import find_dataset

    try:
        name = find_dataset(load_contract(), dataset).name if dataset else None
    except LookupError as error:
        raise click.UsageError(error.args[0]) from error
    return open_deliveries(Settings.load(data_dir=data_dir).paths.root, name, batch_id)


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
                    delivery.first.batch_id[:_ID_LENGTH] if number == 0 else "",
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
@_inbox_option
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
    from pipelines.onboarding.quarantine import TooManyRows, export

    settings = Settings.load(data_dir=data_dir, inbox=inbox)
    _workbook(out)
    deliveries = _open_rows(data_dir, dataset, batch_id)
    if not deliveries:
        click.echo(_NOTHING_OPEN.say(language), err=as_json)
        return
    try:
        written = export(deliveries, settings.paths.root, settings.inbox, out, language)
    except TooManyRows as error:
        fail(f"{error}; choose with --dataset or --batch, or mend the export itself and deliver it again")
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


# -------------------------------------------------------------------------------------------------------- inspect


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--as", "relative", help="Path in the inbox to look at it as (default: where it lies, or its name).")
@_inbox_option
@data_option
@language_option
@json_option
def inspect(
    file: Path, relative: str | None, inbox: Path | None, data_dir: Path | None, language: Language, as_json: bool
) -> None:
    """What FILE would become: how it is recognised, where its columns go, what would not fit. Takes nothing in."""
    from pipelines.landing import LandingError
    from pipelines.onboarding.inspection import as_record
    from pipelines.onboarding.inspection import inspect as look_at
    from pipelines.onboarding.inspection_view import render

    settings = Settings.load(data_dir=data_dir, inbox=inbox)
    path = file.resolve()
    place = relative or (
        path.relative_to(settings.inbox).as_posix() if path.is_relative_to(settings.inbox) else path.name
    )
    if Path(place).is_absolute() or ".." in Path(place).parts:
        raise click.UsageError("--as is a path inside the inbox, such as hr/employees.csv")
    try:
        inspection = look_at(path, place, settings.inbox, settings.paths.root)
    except LandingError as error:
        fail(str(error))
    if as_json:
        print_json(as_record(inspection))
    else:
        click.echo(render(inspection, str(file), language))
    sys.exit(0 if inspection.is_recognised else 1)


COMMANDS = (template, batches, profile, quarantine, inspect)
