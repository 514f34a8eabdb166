"""An inspection as a person reads it in a terminal.

Belongs here: its words and order. Does not belong here: finding anything out (`inspection`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipelines.contract import load_contract
from pipelines.landing.mapping import OTHER_DATASET
from pipelines.landing.reading.table import Pick
from pipelines.landing.reasons import Reason
from pipelines.landing.recognise import suffix_of
from pipelines.landing.tag import RepairTag, TemplateTag
from pipelines.onboarding.inspection import SAMPLE_ROWS, DatasetView, FileView, Inspection, Sample, TableView
from pipelines.onboarding.language import Language, Words
from pipelines.onboarding.profiles import EVIDENCE_WORDS
from pipelines.onboarding.sources import Feed
from pipelines.onboarding.terminal import plain, shortened, table

_SHOWN_COLUMNS = 8
_CELL_WIDTH = 24
_NOT_LANDED = Words(
    "以上只是预览：没有导入任何数据。", "This is a preview: nothing was taken in, and nothing is left of it."
)
_AS = Words("按收件箱路径 {relative} 预览", "looked at as if it lay in the inbox at {relative}")
_STATUS = {
    "landed": Words("可以导入", "it would be taken in"),
    "duplicate": Words("内容与另一份文件相同", "the same content as another file"),
    "ignored": Words("会被忽略", "it would be ignored"),
    "set_aside": Words("无法导入", "it cannot be taken in"),
    "unpacked": Words("压缩包，其中的文件逐个导入", "an archive: its files are taken in one by one"),
}
_CANONICAL = Words("标准表：{title}（{dataset}）", "the contract's own table: {title} ({dataset})")
_TEMPLATE = Words("填好的模板：{title}（{dataset}）", "a filled template: {title} ({dataset})")
_REPAIR = Words("更正表，更正 {files} 中被隔离的行", "a workbook of corrections for quarantined rows of {files}")
_PROFILED = Words("{title}（映射配置 {name}）", "{title} (profile {name})")
_LABELS = {
    "recognised": Words("识别为", "taken for"),
    "evidence": Words("版式依据", "layout known by"),
    "note": Words("说明", "note"),
    "format": Words("格式", "format"),
    "sheet": Words("工作表", "sheet"),
    "header": Words("表头", "header"),
    "title": Words("表头上方", "above it"),
    "period": Words("覆盖期间", "covers"),
    "reason": Words("原因", "reason"),
    "unread": Words("未读的工作表", "sheets not read"),
}
_ROW, _ROWS = Words("第 {first} 行", "row {first}"), Words("第 {first}–{last} 行", "rows {first} to {last}")
_NAMES_GIVEN = Words("由格式本身给出列名", "the format itself names the columns")
_NO_HEADER = Words("没有表头", "none")
_DELIMITER = Words("分隔符 “{mark}”", "delimiter “{mark}”")
_UNCONFIRMED = Words(
    "此版式未经真实导出文件证实，请仔细核对下面的对应关系。",
    "No real export confirms this layout: check the columns below with care.",
)
_COLUMNS_TITLE = Words("列的去向", "where the columns go")
_COLUMN_NAMES = {"zh": ("文件中的列", "去向", "方式"), "en": ("column of the file", "goes to", "how")}
_HOW = {
    "header": Words("直接", "as it is"),
    "expression": Words("经表达式", "through an expression"),
    "extra": Words("原样保留、不参与分析的 {count} 列", "{count} columns are kept as they are and used by nothing"),
    "rules": Words("只用来判断的 {count} 列", "{count} columns are only looked at by the profile's rules"),
}
_COUNTS_TITLE = Words("结果", "outcome")
_COUNT_NAMES = {
    "zh": ("数据集", "读入", "导入的记录", "得到的行", "隔离", "重复", "忽略", "交付方式"),
    "en": ("dataset", "read", "records taken", "rows made", "quarantined", "repeated", "ignored", "delivery"),
}
_DELIVERY = {"full": Words("全量", "full"), "delta": Words("增量", "delta")}
_IGNORED = Words("按规则忽略", "ignored by rule")
_OTHER = Words("属于此文件的其他数据集", "records of the file's other datasets")
_BEFORE = Words("导入前（前 {count} 行）", "before (first {count} rows)")
_AFTER = Words("导入后：{dataset}（前 {count} 行）", "after: {dataset} (first {count} rows)")
_MORE_COLUMNS = Words("另有 {count} 列未显示（--json 可看全部）", "{count} more columns are not shown (--json has all)")
_QUARANTINE = Words("会被隔离：{dataset} 共 {count} 行", "would be quarantined: {count} rows of {dataset}")
_FAULT_NAMES = {"zh": ("列", "原因", "次数"), "en": ("column", "reason", "times")}
_CELL_NAMES = {"zh": ("行", "列", "值", "原因"), "en": ("row", "column", "value", "reason")}
_FIRST_FAULTS = Words("前 {count} 处", "the first {count}")
_ACCOUNTS = Words(
    "在身份对照（identities）中查不到的账号有 {count} 个，暂按账号显示，不会猜测是谁：{accounts}",
    "accounts that no identity resolves (dataset identities), kept as they are, nobody is guessed, {count}: {accounts}",
)
_NEAR = Words("最接近的映射配置", "profiles that come near")
_NEAR_NAMES = {
    "zh": ("名称", "标题", "符合", "缺少的表头"),
    "en": ("name", "title", "fits", "headers that are missing"),
}
_NEAREST_DATASET = Words(
    "看内容最像：{title}（{dataset}）；缺少来源的必填列：{missing}",
    "by its content it is most like: {title} ({dataset}); required columns without a source: {missing}",
)
_NONE = Words("无", "none")
_HELP = {
    "suggest": Words(
        "起草一份映射配置：hufu profile suggest {file} --out 草稿.yml",
        "draft a profile for it:    hufu profile suggest {file} --out draft.yml",
    ),
    "template": Words(
        "或者填写空白模板：hufu template {dataset}", "or fill in a blank table:  hufu template {dataset}"
    ),
    "as": Words(
        "如果它用的是标准列名：hufu inspect {file} --as <系统>/<数据集>.csv",
        "if it has the contract's own names:  hufu inspect {file} --as <system>/<dataset>.csv",
    ),
}


def render(inspection: Inspection, file: str, language: Language) -> str:
    """The whole report."""
    blocks = [_AS.say(language, relative=inspection.relative)]
    for view in inspection.files:
        blocks += _file(view, file, language, has_siblings=len(inspection.files) > 1)
    blocks.append(_NOT_LANDED.say(language))
    return "\n\n".join(blocks)


def _file(view: FileView, file: str, language: Language, has_siblings: bool) -> Iterator[str]:
    outcome = view.outcome
    facts = []
    name = f"{plain(outcome.source_file)}: " if has_siblings else ""
    lines = [f"{name}{_STATUS[outcome.status].say(language)}"]
    if outcome.reason is not None:
        facts.append(("reason", _in(outcome.reason, language)))
    if isinstance(view.tag, RepairTag):
        corrected = ", ".join(dict.fromkeys(d.source_file for d in view.tag.deliveries))
        facts.append(("recognised", _REPAIR.say(language, files=corrected)))
    yield "\n".join([*lines, *_facts(facts, language)])
    for found in view.tables:
        yield from _table(view, found, language)
    if not view.tables and outcome.status == "set_aside":
        yield from _what_is_near(view, file, language)


def _facts(facts: Sequence[tuple[str, str]], language: Language) -> list[str]:
    return [f"  {_LABELS[name].say(language)}{'：' if language == 'zh' else ': '}{plain(text)}" for name, text in facts]


def _in(reason: Reason, language: Language) -> str:
    return reason.zh if language == "zh" else reason.en


def _table(view: FileView, found: TableView, language: Language) -> Iterator[str]:
    if found.picks:
        yield "\n".join(_facts(_recognised(view, found, language), language))
        if found.profile is not None and found.profile.evidence in ("D", "I"):
            yield f"  ⚠ {_UNCONFIRMED.say(language)}"
        yield from _columns(found, language)
    yield from _outcome(found, language)
    if found.before.rows:
        yield _sample(found.before, _BEFORE.say(language, count=min(SAMPLE_ROWS, len(found.before.rows))), language)
    for dataset in found.datasets:
        if dataset.after.rows:
            title = _AFTER.say(language, dataset=dataset.batch.dataset, count=len(dataset.after.rows))
            yield _sample(dataset.after, title, language)
        yield from _faults(dataset, language)
        if dataset.unknown_accounts:
            shown = ", ".join(map(plain, dataset.unknown_accounts[:10]))
            yield "  " + _ACCOUNTS.say(language, count=len(dataset.unknown_accounts), accounts=shown)


def _recognised(view: FileView, found: TableView, language: Language) -> list[tuple[str, str]]:
    facts = []
    profile = found.profile
    if profile is None:
        dataset = load_contract().get(found.datasets[0].batch.dataset or "")
        words = _TEMPLATE if isinstance(view.tag, TemplateTag) else _CANONICAL
        title = dataset.title.zh if language == "zh" else dataset.title.en
        facts.append(("recognised", words.say(language, title=title, dataset=f"{dataset.system}.{dataset.name}")))
    else:
        title = (profile.title.zh if language == "zh" else profile.title.en) if profile.title else profile.name
        facts.append(("recognised", _PROFILED.say(language, title=title, name=profile.name)))
        if profile.evidence:
            facts.append(("evidence", EVIDENCE_WORDS[profile.evidence].say(language)))
        if profile.note:
            note = profile.note.zh if language == "zh" else profile.note.en
            facts.append(("note", " ".join(note.split())))
    first = found.datasets[0].batch if found.datasets else None
    facts.append(("format", _format(view, found.picks[0], first.encoding if first else None, language)))
    for pick in found.picks:
        if pick.head.sheet is not None:
            facts.append(("sheet", pick.head.sheet))
        facts.append(("header", _header(pick, language)))
        if pick.title:
            facts.append(("title", shortened(pick.title, 100)))
    if first is not None and first.covers_from:
        facts.append(("period", f"{first.covers_from} ~ {first.covers_to}"))
    if first is not None and first.unread_sheets:
        facts.append(("unread", ", ".join(first.unread_sheets)))
    return facts


def _format(view: FileView, pick: Pick, encoding: str | None, language: Language) -> str:
    parts = [suffix_of(view.outcome.source_file) or "-"]
    if encoding:
        parts.append(encoding.upper())
    if pick.head.delimiter is not None:
        parts.append(_DELIMITER.say(language, mark={"\t": "Tab"}.get(pick.head.delimiter, pick.head.delimiter)))
    return (", " if language == "en" else "，").join(parts)


def _header(pick: Pick, language: Language) -> str:
    if pick.head.names_given:
        return _NAMES_GIVEN.say(language)
    if pick.header_record == 0:
        return _NO_HEADER.say(language)
    first = pick.first_record or pick.header_record
    words = _ROW if first == pick.header_record else _ROWS
    return words.say(language, first=first, last=pick.header_record)


def _columns(found: TableView, language: Language) -> Iterator[str]:
    """A line per column that is read, and the others together: an export has many that nobody needs."""
    rows = []
    for name in found.columns:
        mine = [feed for feed in found.feeds if feed.header == name]
        if mine:
            ways = {feed.how for feed in mine}
            how = _HOW["header" if ways == {"header"} else "expression"].say(language)
            rows.append((shortened(name, 40), _targets(mine), how))
    if rows:
        yield table(_COLUMN_NAMES[language], rows, title=_COLUMNS_TITLE.say(language))
    for fate in ("rules", "extra"):
        names = [name for name in found.columns if found.fate(name) == fate]
        if names:
            mark = "：" if language == "zh" else ": "
            yield f"  {_HOW[fate].say(language, count=len(names))}{mark}{plain(', '.join(names))}"


def _targets(mine: Sequence[Feed]) -> str:
    by_dataset: dict[str, list[str]] = {}
    for feed in mine:
        by_dataset.setdefault(feed.dataset, []).append(feed.column)
    return "; ".join(f"{dataset}.{', '.join(columns)}" for dataset, columns in by_dataset.items())


def _outcome(found: TableView, language: Language) -> Iterator[str]:
    rows = [
        (
            view.batch.dataset,
            view.batch.read_count,
            view.batch.accepted_count,
            view.batch.landed_count,
            view.batch.quarantined_count,
            view.batch.duplicate_count,
            view.batch.ignored_count,
            _DELIVERY[view.batch.delivery].say(language) if view.batch.delivery else "",
        )
        for view in found.datasets
    ]
    if rows:
        yield table(_COUNT_NAMES[language], rows, title=_COUNTS_TITLE.say(language))
    ignored = []
    for view in found.datasets:
        rules = [f"{_rule(found, rule, language)} {count:,}" for rule, count in view.batch.ignored_by_rule.items()]
        if rules:
            ignored.append(f"  {_IGNORED.say(language)} ({view.batch.dataset}): {', '.join(rules)}")
    if ignored:
        yield "\n".join(ignored)


def _rule(found: TableView, name: str, language: Language) -> str:
    if name == OTHER_DATASET:
        return _OTHER.say(language)
    rules = found.profile.ignore if found.profile else ()
    title = next((rule.title for rule in rules if rule.name == name), None)
    return name if title is None else title.zh if language == "zh" else title.en


def _sample(sample: Sample, title: str, language: Language) -> str:
    shown = sample.columns[: _SHOWN_COLUMNS + 1]
    rows = [[_cell(value) for value in row[: len(shown)]] for row in sample.rows]
    text = table([shortened(name, _CELL_WIDTH) for name in shown], rows, title=title)
    hidden = len(sample.columns) - len(shown)
    return f"{text}\n  {_MORE_COLUMNS.say(language, count=hidden)}" if hidden else text


def _cell(value: object) -> str:
    return "" if value is None else shortened(value, _CELL_WIDTH)


def _faults(view: DatasetView, language: Language) -> Iterator[str]:
    if not view.fault_counts:
        return
    counts = [(f.column or "", _in(f.reason, language), f.count) for f in view.fault_counts]
    title = _QUARANTINE.say(language, dataset=view.batch.dataset, count=f"{view.batch.quarantined_count:,}")
    yield table(_FAULT_NAMES[language], counts, title=title)
    cells = [
        (str(c.source_row), c.column or "", shortened(c.value or "", 40), shortened(_in(c.reason, language), 60))
        for c in view.bad_cells
    ]
    yield table(_CELL_NAMES[language], cells, title=_FIRST_FAULTS.say(language, count=len(cells)))


def _what_is_near(view: FileView, file: str, language: Language) -> Iterator[str]:
    if view.near_profiles:
        rows = []
        for near in view.near_profiles:
            title = near.profile.title
            rows.append(
                (
                    near.profile.name,
                    "" if title is None else title.zh if language == "zh" else title.en,
                    f"{near.found}/{near.found + len(near.missing)}",
                    shortened(", ".join(near.missing), 80),
                )
            )
        yield table(_NEAR_NAMES[language], rows, title=_NEAR.say(language))
    if view.suggestion is None:
        return
    best = view.suggestion.best
    missing = ", ".join(c.name for c in best.missing) or _NONE.say(language)
    title = best.dataset.title.zh if language == "zh" else best.dataset.title.en
    lines = [_NEAREST_DATASET.say(language, title=title, dataset=best.dataset.name, missing=missing)]
    lines += [f"  {words.say(language, file=file, dataset=best.dataset.name)}" for words in _HELP.values()]
    yield "\n".join(lines)
