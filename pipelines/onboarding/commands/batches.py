"""`hufu batches`.

Belongs here: its arguments, what it prints, its exit codes. Does not belong here: doing the work.
"""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.command_line import data_option, fail, json_option, language_option, print_json
from pipelines.onboarding.commands.shared import (
    ID_LENGTH,
    is_terminal,
    local_minute,
)
from pipelines.onboarding.language import Language, Words
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.onboarding.deliveries import Delivery


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
                b.batch_id[:ID_LENGTH],
                b.dataset or "",
                shortened(b.source_file, 48),
                local_minute(b.delivered_at),
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
        click.echo(f"{done.say(language)} {delivery.batch.batch_id[:ID_LENGTH]}")
        click.echo(f"  {work.consequence(kind, delivery, language)}")
    if siblings and not whole_file:
        also = Words(
            "同一文件还交付了：{others}（--whole-file 可一并处理）。",
            "the same file also delivered: {others} (--whole-file takes them along).",
        )
        others = ", ".join(f"{d.batch.dataset} {d.batch.batch_id[:ID_LENGTH]}" for d in siblings)
        click.echo(f"  {also.say(language, others=others)}")


def _confirm(kind: str, decided: list[Delivery], yes: bool, as_json: bool, language: Language) -> None:
    """On a terminal a person is asked; a script has said what it wants."""
    from pipelines.onboarding.deliveries import consequence

    if yes or as_json or not is_terminal():
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
            local_minute(e.at),
            e.by,
            ACTION_WORDS[e.action].say(language),
            e.batch_id[:ID_LENGTH],
            known[e.batch_id].dataset if e.batch_id in known else "",
            known[e.batch_id].source_file if e.batch_id in known else "",
            e.reason,
        )
        for e in events
    ]
    click.echo(table(names, rows))
