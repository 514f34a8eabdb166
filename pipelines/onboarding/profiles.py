"""The profiles at hand, and whether a profile can be used.

Belongs here: shipped and own profiles with what is wrong with them, checks beyond what loading a profile does.
Does not belong here: the language of profiles (`pipelines.contract.profile`), drafting one (`suggest`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import ValidationError

from pipelines.contract import load_contract
from pipelines.contract.profile import PROFILE_DIR, Profile, ProfileError, load_profile
from pipelines.landing.engine import Engine
from pipelines.landing.mapping import expression
from pipelines.landing.reasons import SetAside
from pipelines.landing.storage import PROFILES_FOLDER
from pipelines.onboarding.language import Language, Words

EVIDENCE_WORDS: dict[str, Words] = {
    "A": Words("A 真实导出文件", "A a real export"),
    "B": Words("B 解析它的程序", "B code that parses it"),
    "C": Words("C 官方接口文档", "C official API documentation"),
    "D": Words("D 第三方描述", "D third-party description"),
    "I": Words("I 推断，未经证实", "I inferred, not confirmed"),
}
_TODO = re.compile(r"#\s*TODO\b")


@dataclass(frozen=True)
class KnownProfile:
    """A profile file: the profile, or what is wrong with it."""

    path: Path
    is_own: bool
    profile: Profile | None = None
    fault: str | None = None

    def as_dict(self) -> dict[str, Any]:
        p = self.profile
        return {
            "file": self.path.name,
            "is_own": self.is_own,
            "name": p.name if p else None,
            "version": p.version if p else None,
            "title": p.title.model_dump() if p and p.title else None,
            "evidence": p.evidence if p else None,
            "note": p.note.model_dump() if p and p.note else None,
            "datasets": [t.dataset for t in p.datasets] if p else [],
            "fault": self.fault,
        }


def _read(folder: Path, is_own: bool) -> list[KnownProfile]:
    found = []
    for path in sorted([*folder.glob("*.yml"), *folder.glob("*.yaml")]):
        try:
            found.append(KnownProfile(path, is_own, load_profile(path)))
        except (ProfileError, OSError) as error:
            found.append(KnownProfile(path, is_own, fault=_in_words(error)))
    return found


def shipped_profiles() -> list[KnownProfile]:
    return _read(PROFILE_DIR, is_own=False)


def own_profiles(inbox: Path) -> list[KnownProfile]:
    return _read(inbox / PROFILES_FOLDER, is_own=True)


@dataclass(frozen=True)
class ProfileReport:
    """What checking one profile found. `fault` means that it cannot be used."""

    path: Path
    profile: Profile | None
    fault: str | None = None
    missing: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """dataset -> required columns without a source: every row would be quarantined."""
    open_points: tuple[str, ...] = ()
    """What the file itself marks as not settled."""

    def as_dict(self) -> dict[str, Any]:
        return {
            "file": str(self.path),
            "name": self.profile.name if self.profile else None,
            "fault": self.fault,
            "missing": {dataset: list(columns) for dataset, columns in self.missing.items()},
            "open_points": list(self.open_points),
        }

    def lines(self, language: Language) -> list[str]:
        if self.profile is None or self.fault is not None:
            return [_FAULT.say(language, file=self.path, fault=self.fault)]
        datasets = ", ".join(t.dataset for t in self.profile.datasets) or "-"
        lines = [_FINE.say(language, name=self.profile.name, version=self.profile.version, datasets=datasets)]
        for dataset, columns in self.missing.items():
            lines.append(_WITHOUT_SOURCE.say(language, dataset=dataset, columns=", ".join(columns)))
        if self.open_points:
            lines.append(_OPEN.say(language, count=len(self.open_points)))
            lines += [f"  - {point}" for point in self.open_points]
        return lines


_FAULT = Words("{file} 不能使用：{fault}", "{file} cannot be used: {fault}")
_FINE = Words(
    "{name} 第 {version} 版可以使用，交付：{datasets}", "{name} version {version} can be used; it delivers: {datasets}"
)
_WITHOUT_SOURCE = Words(
    "注意：{dataset} 的必填列没有来源：{columns}；这样每一行都会被隔离",
    "note: required columns of {dataset} have no source: {columns}; every row would be quarantined",
)
_OPEN = Words("尚未处理的 TODO 有 {count} 处（行号：内容）：", "TODOs not settled yet: {count} (line: text)")


def check_profile(path: Path) -> ProfileReport:
    """Load the profile and look for what loading alone does not show."""
    contract = load_contract()
    try:
        profile = load_profile(path, contract)
    except (ProfileError, OSError) as error:
        return ProfileReport(path, None, fault=_in_words(error))
    fault = _sql_fault(profile)
    missing = {}
    for target in profile.datasets:
        needed = [c.name for c in contract.get(target.dataset).columns if c.is_mandatory]
        absent = tuple(name for name in needed if name not in target.columns)
        if absent:
            missing[target.dataset] = absent
    text = path.read_text(encoding="utf-8")
    lines = enumerate(text.splitlines(), start=1)
    points = tuple(f"{number}: {line.strip()}" for number, line in lines if _TODO.search(line))
    return ProfileReport(path, profile, fault=fault, missing=missing, open_points=points)


def _in_words(error: Exception) -> str:
    """What is wrong where, without the library's own explanations."""
    cause = error.__cause__
    if not isinstance(cause, ValidationError):
        return str(error)
    faults = [(".".join(map(str, e["loc"])), e["msg"].removeprefix("Value error, ")) for e in cause.errors()]
    return "; ".join(f"{place}: {message}" if place else message for place, message in faults)


def _sql_fault(profile: Profile) -> str | None:
    """Whether every expression can be read as one; the columns are known only with a file."""
    sqls = [rule.when for rule in profile.ignore] + list(profile.derive.values())
    sqls += [profile.fill_down.starts] if profile.fill_down else []
    for target in profile.datasets:
        sqls += [target.where] if target.where else []
        sqls += [target.explode.sql] if target.explode and target.explode.sql else []
        sqls += [*target.collapse.by, target.collapse.order] if target.collapse else []
        sqls += [source.sql for source in target.columns.values() if source.sql]
    with TemporaryDirectory(prefix="hufu-profile-") as folder:
        engine = Engine(Path(folder))
        try:
            con = engine.connection(is_small=True)
            for sql in sqls:
                expression(con, profile, sql)
        except SetAside as error:
            return error.reason.en
        finally:
            engine.close()
    return None
