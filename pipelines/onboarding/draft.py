"""A suggestion as the YAML of a profile, for a person to finish.

Belongs here: the text of the draft, with its comments. Does not belong here: what is proposed (`suggest`).

Every line that needs a decision says TODO in a comment, so the draft is valid as it stands and complete when none is
left.
"""

from __future__ import annotations

import json
import re
from pathlib import PurePosixPath

from pipelines.onboarding.language import Language, Words
from pipelines.onboarding.suggest import Proposal, SourceColumn, Suggestion
from pipelines.sql import ident

_HEAD = Words(
    "# “{file}”的映射配置草稿（{place}，表头在第 {row} 行，{rows} 行数据）。\n"
    "# 1. 处理每一个 TODO，核对每一行的来源；\n"
    "# 2. 存入 <收件箱>/profiles/，用 `hufu profile check 此文件` 检查；\n"
    "# 3. 用 `hufu inspect 导出文件 --inbox <收件箱>` 查看效果，满意后再 `hufu run`。",
    "# Draft of a profile for “{file}” ({place}, header in row {row}, {rows} rows).\n"
    "# 1. Settle every TODO and look at where each line comes from.\n"
    "# 2. Put it into <inbox>/profiles/ and run `hufu profile check THIS_FILE`.\n"
    "# 3. See what it does with `hufu inspect EXPORT --inbox <inbox>`, then `hufu run`.",
)
_SHEET, _TEXT = Words("工作表 {sheet}", "sheet {sheet}"), Words("文本", "text")
_TITLE = Words("# 表头上方的文字：{title}", "# Text above the header: {title}")
_OTHERS = Words("# 也可能是：{others}", "# It may also be: {others}")
_NOTE_POINT = Words(
    "# TODO 核对之后改写这段说明：哪些是已知的，哪些是推断的。",
    "# TODO once it is checked, say here what is known and what is inferred.",
)
_NOTE = Words(
    "根据一份文件的表头和内容起草，各列的去向尚未经人核对。",
    "Drafted from the header and the content of one file; nobody has checked yet where its columns go.",
)
_SIGNATURE = Words(
    "# 含有全部这些表头的文件使用此配置。", "# Files whose header has all of these are read by this profile."
)
_NULLS = Words("# 文件中表示“没有值”的写法。", "# How the file spells “no value”.")
_TOTALS = Words(
    "# 像合计行的有 {count} 行；TODO 确认这条规则只去掉这些行。",
    "# Rows that look like totals: {count}; TODO make sure that the rule takes out only those.",
)
_DELIVERY = Words(
    "# TODO 每份文件是全量（full）还是只含新增与变更（delta）？数据集默认 {default}。",
    "# TODO is each file the whole truth (full), or new and changed records only (delta)? By default {default}.",
)
_MISSING = Words("TODO {column}（{label}，必填）：没有找到来源", "TODO {column} ({label}, required): no source found")
_NEAR = Words("；较接近的列：{others}", "; columns that come near: {others}")
_ABSENT = Words("# 文件中没有的选填列：{columns}", "# Optional columns that the file lacks: {columns}")
_CHECK = Words("TODO 请核对", "TODO check")
_UNKNOWN = Words("# TODO {value}：应为 {allowed} 之一", "# TODO {value}: one of {allowed}")
_UNUSED = Words(
    "# 未使用的列（原样保留在每行的 _extra 中）：", "# Columns not used (kept as they are in each row's _extra):"
)
_PERCENT_FIT = Words("{percent} % 的值可读", "{percent} % of the values can be read")
_HOW = {
    "contract": Words("与合同列同名", "the contract's own word"),
    "usual": Words("常用说法", "a usual word for it"),
    "profile": Words("{origin} 中的同一说法", "the same word as in {origin}"),
    "elsewhere": Words("其他数据集中的同一说法", "the word for it in other datasets"),
    "alike": Words("与“{word}”相近", "like “{word}”"),
}
_VALUES_TELL = Words("由值判断", "told by its values")
_EMPTY = Words("（空）", "(empty)")
_DISTINCT = Words("{filled} 个值，其中不同的 {distinct} 个", "{filled} values, {distinct} of them different")
_SHAPE = Words("写法 {shapes}", "written like {shapes}")
_PLAIN_SCALAR = re.compile(r"[\w\u3400-\u9fff][\w\u3400-\u9fff ._/-]*")


def quoted(text: str) -> str:
    """A YAML scalar that stands for exactly this text, also inside `[...]` and `{...}`."""
    return text if _PLAIN_SCALAR.fullmatch(text) and not text.endswith(" ") else json.dumps(text, ensure_ascii=False)


def draft(suggestion: Suggestion, language: Language) -> str:
    """The YAML. `load_profile` takes it as it stands; what it lacks is in its comments."""
    s, best = suggestion, suggestion.best
    place = _SHEET.say(language, sheet=s.sheet) if s.sheet else _TEXT.say(language)
    lines = _HEAD.say(language, file=_line(s.file), place=_line(place), row=s.header_record, rows=f"{s.rows:,}").split(
        "\n"
    )
    if s.title:
        lines.append(_TITLE.say(language, title=_line(s.title)))
    if s.others:
        named = [f"{d.name} {d.title.zh if language == 'zh' else d.title.en} ({score:.2f})" for d, score in s.others]
        lines.append(_OTHERS.say(language, others=", ".join(named)))
    title = best.dataset.title
    lines += [
        "",
        f"name: {_name(s)}",
        "version: 1",
        f"title: {{zh: {quoted(title.zh)}, en: {quoted(title.en)}}}",
        _NOTE_POINT.say(language),
        "note:",
        f"  zh: {_NOTE.zh}",
        f"  en: {_NOTE.en}",
        _SIGNATURE.say(language),
        f"match: {{headers: [{', '.join(quoted(h) for h in _signature(s))}]}}",
    ]
    if s.nulls:
        lines += [_NULLS.say(language), f"nulls: [{', '.join(json.dumps(n, ensure_ascii=False) for n in s.nulls)}]"]
    lines += _ignore(s, language)
    lines += ["datasets:", f"  - dataset: {best.dataset.name}"]
    lines.append(f"    {_DELIVERY.say(language, default=best.dataset.delivery)}")
    lines.append(f"    delivery: {best.dataset.delivery}")
    lines += _columns(s, language)
    if s.unmapped:
        lines += ["", _UNUSED.say(language), *(f"#   {_described(c, language)}" for c in s.unmapped)]
    return "\n".join(lines) + "\n"


def _name(s: Suggestion) -> str:
    stem = re.sub(r"[^a-z0-9]+", "_", PurePosixPath(s.file).stem.casefold()).strip("_")
    base = stem if re.match(r"[a-z]", stem) else "own"
    return base if s.best.dataset.name in base else f"{base}_{s.best.dataset.name}"


def _signature(s: Suggestion) -> list[str]:
    """Headers that tell this layout: those that the profile cannot do without, else all that it reads."""
    used = [p for p in s.best.proposals if p.header is not None]
    needed = [p.header for p in used if p.column.is_mandatory or p.sql is not None]
    chosen = needed if len(needed) >= 3 else [p.header for p in used]
    return [h for h in chosen if h is not None] or [c.name for c in s.columns]


def _ignore(s: Suggestion, language: Language) -> list[str]:
    if not s.total_rows:
        return []
    name, count = max(s.total_rows.items(), key=lambda item: item[1])
    when = f"regexp_full_match(plain({ident(name)}), '(合|总|小)\\s*计[:：]?|汇\\s*总|(sub)?total|sum', 'i')"
    return [
        "ignore:",
        f"  {_TOTALS.say(language, count=count)}",
        "  - name: total_row",
        f"    when: {json.dumps(when, ensure_ascii=False)}",
        "    title: {zh: 合计行, en: total row}",
    ]


def _columns(s: Suggestion, language: Language) -> list[str]:
    lines = []
    proposals = s.best.proposals
    missing = [p for p in proposals if p.header is None and p.column.is_mandatory]
    for proposal in missing:
        column = proposal.column
        label = column.label.zh if language == "zh" and column.label else column.label.en if column.label else ""
        text = _MISSING.say(language, column=column.name, label=label)
        if proposal.others:
            text += _NEAR.say(language, others=", ".join(map(_line, proposal.others)))
        lines += [f"      # {text}", f"      # {column.name}: "]
    used = [line for p in proposals if p.header is not None for line in _column(p, language)]
    absent = [p.column.name for p in proposals if p.header is None and not p.column.is_mandatory]
    if absent:
        lines.append(f"      {_ABSENT.say(language, columns=', '.join(absent))}")
    return ["    columns:" if used else "    columns: {}", *used, *lines]


def _column(proposal: Proposal, language: Language) -> list[str]:
    """One contract column, with the reasons beside it."""
    name, header = proposal.column.name, proposal.header or ""
    why = f"# {_why(proposal, language)}"
    optional = not proposal.column.is_mandatory
    if proposal.sql is not None:
        # What is read by SQL stands in the signature, so it is there.
        return [f"      {name}: {{sql: {json.dumps(proposal.sql, ensure_ascii=False)}}}  {why}"]
    if not proposal.known_values and not proposal.unknown_values:
        source = f"{{from: {quoted(header)}, optional: true}}" if optional else quoted(header)
        return [f"      {name}: {source}  {why}"]
    lines = [f"      {name}:", f"        from: {quoted(header)}  {why}"]
    if optional:
        lines.append("        optional: true")
    if proposal.known_values:
        lines.append("        map:")
        lines += [f"          {quoted(old)}: {new}" for old, new in proposal.known_values]
    elif proposal.unknown_values:
        lines.append("        # map:")
    allowed = ", ".join(proposal.column.domain or ())
    for value in proposal.unknown_values:
        lines.append(f"          {_UNKNOWN.say(language, value=_line(quoted(value)), allowed=allowed)}")
    return lines


def _why(proposal: Proposal, language: Language) -> str:
    parts = [f"{proposal.confidence:.2f}"]
    fit = proposal.fit
    if fit is not None and proposal.confidence > fit.score + 0.05:
        parts.append(_VALUES_TELL.say(language))
    elif fit is not None:
        parts.append(_HOW[fit.how].say(language, word=_line(fit.word), origin=fit.origin or ""))
    if proposal.values_fit is not None and proposal.values_fit < 1 and proposal.column.domain is None:
        parts.append(_PERCENT_FIT.say(language, percent=f"{proposal.values_fit * 100:.0f}"))
    if not proposal.is_sure:
        parts.insert(0, _CHECK.say(language))
    return ", ".join(parts)


def _described(column: SourceColumn, language: Language) -> str:
    """A column without giving its single values away: a draft is passed around, an identity number must not be."""
    if not column.filled:
        return f"{_line(column.name)} {_EMPTY.say(language)}"
    parts = [_DISTINCT.say(language, filled=column.filled, distinct=column.distinct)]
    if column.shapes:
        parts.append(_SHAPE.say(language, shapes=", ".join(column.shapes)))
    if column.repeated:
        parts.append(", ".join(_line(value)[:40] for value in column.repeated))
    return f"{_line(column.name)}: {'; '.join(parts)}"


def _line(text: str) -> str:
    """Foreign text inside a comment: one line, whatever line ends Unicode knows."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
