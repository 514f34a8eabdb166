"""What the project's files say of the rules: entries of the registry, SQL, unit tests, and the words for their codes.

Belongs here: reading those files, and remembering that they were found complete. Does not belong here: what a rule has
to have (`completeness`) and the registry as commands use it (`registry`).
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from pipelines.contract.model import SAFE_LOADER
from pipelines.environment import kept_path, make_room
from pipelines.settings import CODE_ROOT

LANGUAGES = ("zh", "en")
_FOUND_COMPLETE = "rules-complete"
_PROJECT = "dbt_project"
_MODELS = ("models/rules", "models/signals")
_MACROS = "macros/rules"
_MACRO = re.compile(r"\{%-?\s*macro\s+(\w+)\(.*?\{%-?\s*endmacro\s*-?%\}", re.DOTALL)
_RETURNED = re.compile(r"\{\{\s*return\((.*?)\)\s*\}\}", re.DOTALL)
_QUOTED = re.compile(r"'((?:[^']|'')*)'")


@dataclass(frozen=True)
class RuleEntry:
    """One entry of the registry as it is written. path: below the dbt project."""

    model: str
    path: str
    meta: Mapping[str, Any]

    @property
    def rule_id(self) -> str:
        return str(self.meta.get("rule_id") or self.model)


@dataclass(frozen=True)
class UnitTest:
    """One dbt unit test. given: rows by input; rows that are written in SQL are the texts that occur in them."""

    name: str
    model: str
    path: str
    description: str = ""
    meta: Mapping[str, Any] = field(default_factory=dict)
    given: tuple[tuple[str, tuple[Mapping[str, Any], ...]], ...] = ()
    expected: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class RuleFiles:
    """All that says whether the rules are complete.

    sql: text of every model of the rules and signals; macros: text of every macro of the rules. terms: dotted keys of
    the dashboards' texts by language. The lists are those of the macros of the same names; optional_columns, that of
    optional_rule_columns.
    """

    entries: tuple[RuleEntry, ...]
    unit_tests: tuple[UnitTest, ...]
    sql: Mapping[str, str]
    macros: Mapping[str, str]
    rule_models: tuple[str, ...]
    record_models: Mapping[str, str]
    optional_columns: frozenset[str]
    review_causes: Mapping[str, Mapping[str, str]]
    datasets: frozenset[str]
    terms: Mapping[str, frozenset[str]]


def rule_entries(root: Path = CODE_ROOT) -> Iterator[RuleEntry]:
    """Every entry of the registry, by file and place in it."""
    project = root / _PROJECT
    for path in sorted((project / "models" / "rules").glob("*/_*__rule*.yml")):
        for model in _yaml(path).get("models", ()):
            meta = model.get("config", {}).get("meta", {})
            if "rule_id" in meta or _is_rule(path.with_name(f"{model['name']}.sql")):
                yield RuleEntry(model["name"], path.relative_to(project).as_posix(), meta)


def _is_rule(path: Path) -> bool:
    """Whether a model's last select is a rule's: then it is one, whatever its entry lacks."""
    return path.name.startswith("rule_") and path.exists() and "rule_output(" in path.read_text(encoding="utf-8")


def unit_tests(root: Path = CODE_ROOT) -> Iterator[UnitTest]:
    """Every unit test of the rules and signals."""
    project = root / _PROJECT
    for folder in _MODELS:
        for path in sorted((project / folder).rglob("_*unit_tests.yml")):
            for test in _yaml(path).get("unit_tests", ()):
                yield UnitTest(
                    name=test["name"],
                    model=test["model"],
                    path=path.relative_to(project).as_posix(),
                    description=test.get("description", ""),
                    meta=test.get("config", {}).get("meta", {}),
                    given=tuple((given["input"], tuple(_rows(given.get("rows")))) for given in test.get("given", ())),
                    expected=tuple(_rows(test.get("expect", {}).get("rows"))),
                )


def _rows(rows: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(rows, str):
        yield from ({"text": text} for text in _QUOTED.findall(rows))
    else:
        yield from rows or ()


def read_rule_files(root: Path = CODE_ROOT) -> RuleFiles:
    """Read them all; takes a few tenths of a second."""
    from pipelines.contract import load_contract

    project = root / _PROJECT
    macros = {
        match[1]: match[0]
        for path in sorted((project / _MACROS).rglob("*.sql"))
        for match in _MACRO.finditer(path.read_text(encoding="utf-8"))
    }
    return RuleFiles(
        entries=tuple(rule_entries(root)),
        unit_tests=tuple(unit_tests(root)),
        sql={
            path.stem: path.read_text(encoding="utf-8")
            for folder in _MODELS
            for path in sorted((project / folder).rglob("*.sql"))
        },
        macros=macros,
        rule_models=tuple(_returned(macros["rule_models"])),
        record_models=_returned(macros["record_models"]),
        optional_columns=frozenset(_returned(macros["optional_rule_columns"])),
        review_causes=_returned(macros["review_causes"]),
        datasets=frozenset(dataset.name for dataset in load_contract(root / "pipelines" / "contract")),
        terms={
            language: frozenset(_keys("", _yaml(root / "dashboards" / "locale" / f"{language}.yml")))
            for language in LANGUAGES
        },
    )


def _returned(macro: str) -> Any:
    """The list or mapping that a macro returns, where it is written out."""
    found = _RETURNED.search(macro)
    if found is None:
        raise ValueError(f"the macro returns nothing: {macro[:60]}")
    return ast.literal_eval(found[1])


def _keys(prefix: str, node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        for key, child in node.items():
            yield from _keys(f"{prefix}.{key}" if prefix else str(key), child)
    else:
        yield prefix


def _yaml(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=SAFE_LOADER) or {}


def incomplete_rules(root: Path = CODE_ROOT) -> tuple[str, ...]:
    """What any rule lacks, one sentence each.

    Files that were found complete are remembered by their hash: a run can then tell at once.
    """
    marker = kept_path(_fingerprint(root), _FOUND_COMPLETE)
    if marker.exists():
        return ()
    from pipelines.policy.completeness import faults

    found = faults(read_rule_files(root))
    if not found and make_room(marker, _FOUND_COMPLETE):
        marker.touch()
    return found


def _fingerprint(root: Path) -> str:
    """Hash of every file that the verdict depends on, this code among them."""
    project = root / _PROJECT
    folders = [project / folder for folder in (*_MODELS, _MACROS)]
    folders += [root / "dashboards" / "locale", root / "pipelines" / "contract"]
    paths = [p for folder in folders for p in sorted(folder.rglob("*")) if p.suffix in (".sql", ".yml")]
    digest = hashlib.sha256()
    for path in (*paths, Path(__file__), Path(__file__).with_name("completeness.py")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
