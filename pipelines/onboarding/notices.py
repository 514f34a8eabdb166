"""What somebody should know after a landing, in a few lines.

Belongs here: choosing and wording it. Does not belong here: landing, and where the lines go (`pipelines.progress`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipelines.landing import FileOutcome, LandingReport
from pipelines.onboarding.language import Language, Words
from pipelines.onboarding.terminal import plain

_SHOWN = 5
_SET_ASIDE = Words("未导入：{file}：{reason}", "not taken in: {file}: {reason}")
_QUARANTINED = Words("隔离：{file}：{read} 行中的 {count} 行", "quarantined: {file}: {count} of {read} rows")
_NOTICE = Words("注意：{file}：{notice}", "note: {file}: {notice}")
_MORE = Words("……另有 {count} 个文件", "… and {count} more files")
_HELP = {
    "inspect": Words("查看某个文件会如何处理：hufu inspect 文件", "to see what becomes of a file: hufu inspect FILE"),
    "quarantine": Words(
        "导出被隔离的行以便更正：hufu quarantine export --out 更正.xlsx",
        "to correct quarantined rows: hufu quarantine export --out corrections.xlsx",
    ),
}


def landing_notices(report: LandingReport, language: Language) -> list[str]:
    """Lines about the files that were looked at this time; none where all is well."""
    new = [file for file in report.files if file.is_new]
    set_aside = [file for file in new if file.status == "set_aside"]
    quarantined = sorted(
        (file for file in new if file.status == "landed" and file.counts.quarantined),
        key=lambda file: (-file.counts.quarantined, file.source_file),
    )
    noted = [file for file in new if file.notices]
    lines = _lines(set_aside, _set_aside, language)
    lines += _lines(quarantined, _quarantined, language)
    lines += _lines(noted, _noted, language)
    helps = [name for name, files in (("inspect", set_aside + noted), ("quarantine", quarantined)) if files]
    return lines + [_HELP[name].say(language) for name in helps]


def _lines(files: Sequence[FileOutcome], word: Callable[[FileOutcome, Language], str], language: Language) -> list[str]:
    shown = [word(file, language) for file in files[:_SHOWN]]
    hidden = len(files) - len(shown)
    return [*shown, *([_MORE.say(language, count=hidden)] if hidden else [])]


def _set_aside(file: FileOutcome, language: Language) -> str:
    reason = "" if file.reason is None else file.reason.zh if language == "zh" else file.reason.en
    return _SET_ASIDE.say(language, file=plain(file.source_file), reason=plain(reason))


def _quarantined(file: FileOutcome, language: Language) -> str:
    counts = file.counts
    return _QUARANTINED.say(
        language, file=plain(file.source_file), count=f"{counts.quarantined:,}", read=f"{counts.read:,}"
    )


def _noted(file: FileOutcome, language: Language) -> str:
    notices = "; ".join(notice.zh if language == "zh" else notice.en for notice in file.notices)
    return _NOTICE.say(language, file=plain(file.source_file), notice=plain(notices))
