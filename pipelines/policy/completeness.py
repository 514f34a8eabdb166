"""What a rule has to have, and which of it a rule lacks.

Belongs here: the demands on an entry of the registry, on the unit tests of a rule and on the codes that it uses, each
with a sentence that says what to do. Does not belong here: reading the files (`rule_files`) and whether a unit test
passes (dbt).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.policy.rule_files import LANGUAGES, RuleEntry, RuleFiles, UnitTest

TEXTS = ("name", "rationale", "known_false_positives", "next_steps", "policy_source", "explanation")
# None = any value.
SINGLE: Mapping[str, frozenset[str] | None] = {
    "rule_id": None,
    "family": None,
    "subject_type": None,
    "subject_dataset": None,
    "required_datasets": None,
    "version": None,
    "status": frozenset({"experimental", "stable", "deprecated"}),
    "severity": frozenset({"critical", "major", "minor", "warning"}),
    "loss_kind": frozenset({"hard_loss", "amount_at_risk", "none"}),
    "answerable": frozenset({"person", "company", "nobody"}),
}
PARAMETER = ("value", "unit", "stricter_is", "label")
STRICTER = frozenset({"lower", "higher"})
CASES = ("hit", "near_miss", "boundary")
SENTENCE_ENDS = {"zh": "。", "en": "."}

_PLACEHOLDER = re.compile(r"\{([^{}:|]+)(?::(\w+))?(?:\|[^{}]*)?\}")
_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_STATEMENT = re.compile(r"\{%.*?%\}", re.DOTALL)
_EXPRESSION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_LITERAL = re.compile(r"'(?:[^']|'')*'")
_QUOTED = re.compile(r"'(\w+)'")
_REF = re.compile(r"ref\('(\w+)'\)")
_CALL = re.compile(r"\b(\w+)\(")
_OUTPUT = re.compile(r"rule_output\(\s*'[^']+'\s*,\s*'(?P<relation>\w+)'(?P<options>[^)]*)\)")
_EVIDENCE = re.compile(r"evidence_(?:entry|entries)\(\s*'(\w+)'\s*,\s*'(\w+)'")
_EVIDENCE_OF = re.compile(r"evidence_entry_of\(\s*'(\w+)'")
_EVIDENCE_TEXT = re.compile(r"'(\w+)='")
_CITED = re.compile(r"(\w+)=(\w+):")
_CAUSE = re.compile(r"(?:\bthen\s|\belse\s|^coalesce\()\s*(?:'(\w+)'|(?:\w+\.)?(\w+))")
_WORD = re.compile(r"\w+")


def faults(files: RuleFiles) -> tuple[str, ...]:
    """Everything that any rule lacks, by rule; empty = every rule is complete."""
    found = []
    for entry in files.entries:
        place = f"rule {entry.rule_id} ({entry.path})"
        found += [f"{place}: {fault}" for fault in rule_faults(entry, files)]
    listed = {entry.model for entry in files.entries}
    found += [
        f"rule_models() (macros/rules/registry.sql) names {model}, of which no registry file has an entry"
        for model in files.rule_models
        if model not in listed
    ]
    ids = [entry.rule_id for entry in files.entries]
    found += [f"the registry has two rules {rule_id}" for rule_id in sorted({i for i in ids if ids.count(i) > 1})]
    found += [
        f"review cause {cause} (macros/rules/explanation.sql) has no words in {language}"
        for cause, texts in files.review_causes.items()
        for language in LANGUAGES
        if not texts.get(language)
    ]
    return tuple(found)


def rule_faults(entry: RuleEntry, files: RuleFiles) -> Iterator[str]:
    """What one rule lacks, each with what to do about it."""
    yield from _entry_faults(entry.meta)
    if entry.model not in files.rule_models:
        yield f"it is not listed; add '{entry.model}' to rule_models() in macros/rules/registry.sql"
    if entry.model not in files.sql:
        yield f"its model does not exist; write {entry.model}.sql beside the entry"
        return
    yield from _dataset_faults(entry.meta, files)
    yield from _column_faults(entry, files)
    yield from _explanation_faults(entry, files)
    yield from _test_faults(entry, files)
    yield from _code_faults(entry, files)


def _entry_faults(meta: Mapping[str, Any]) -> Iterator[str]:
    for key, accepted in SINGLE.items():
        if not meta.get(key):
            yield f"it has no {key}; add config.meta.{key}"
        elif accepted and meta[key] not in accepted:
            yield f"{key} is {meta[key]}; use one of {', '.join(sorted(accepted))}"
    for key in ("points", "optional_datasets"):
        if meta.get(key) is None:
            yield f"it has no {key}; add config.meta.{key}, {'0' if key == 'points' else '[]'} for none"
    for key in TEXTS:
        yield from _language_faults(meta.get(key), f"config.meta.{key}")
    parameters = meta.get("thresholds") or {}
    for name, parameter in parameters.items():
        for key in PARAMETER:
            if parameter.get(key) is None:
                yield f"parameter {name} has no {key}; add config.meta.thresholds.{name}.{key}"
        yield from _language_faults(parameter.get("label"), f"config.meta.thresholds.{name}.label")
        if parameter.get("stricter_is") not in (None, *STRICTER):
            yield f"stricter_is of parameter {name} is {parameter['stricter_is']}; use lower or higher"
    for code, texts in (meta.get("choices") or {}).items():
        yield from _language_faults(texts, f"config.meta.choices.{code}")
    if meta.get("judged_after") and meta["judged_after"] not in parameters:
        yield f"judged_after names {meta['judged_after']}, which is none of its thresholds"
    if meta.get("subject_dataset") not in (meta.get("required_datasets") or ()):
        yield f"its subject_dataset {meta.get('subject_dataset')} is not among its required_datasets"


def _language_faults(texts: Any, key: str) -> Iterator[str]:
    for language in LANGUAGES:
        if not (texts or {}).get(language):
            yield f"{key} has no text in {language}; add {key}.{language}"


def _dataset_faults(meta: Mapping[str, Any], files: RuleFiles) -> Iterator[str]:
    for key in ("required_datasets", "optional_datasets"):
        for dataset in meta.get(key) or ():
            if dataset not in files.datasets:
                yield f"{key} names {dataset}, which is no dataset of the contract"


# --- the columns ----------------------------------------------------------------------------------------------------


def _column_faults(entry: RuleEntry, files: RuleFiles) -> Iterator[str]:
    """Where the hits and what rule_output is told of them differ: a column that it is not told of would be lost."""
    columns, output = output_columns(entry.model, files), _output(entry.model, files)
    if columns is None or output is None:
        return
    options = output["options"]
    told = frozenset(_QUOTED.findall(options))
    for column in sorted(columns & files.optional_columns - told):
        yield f"its hits have {column}, which would be lost; name it in has of rule_output"
    for column in sorted(told - columns):
        yield f"rule_output is told that its hits have {column}; add it to them, or leave it out of has"
    raises_review = "raises_review=false" not in options
    if raises_review and "review_cause" not in columns:
        yield "its hits have no review_cause; say when a person has to look, or raises_review=false where never"
    if not raises_review and "review_cause" in columns:
        yield "its hits have a review_cause, which would be lost; leave out raises_review=false"


# --- the sentence ---------------------------------------------------------------------------------------------------


def placeholders(template: str) -> list[tuple[str, str]]:
    """Columns that a template names, with their formats."""
    return [(column, form or "text") for column, form in _PLACEHOLDER.findall(template)]


def _explanation_faults(entry: RuleEntry, files: RuleFiles) -> Iterator[str]:
    templates = {language: (entry.meta.get("explanation") or {}).get(language) or "" for language in LANGUAGES}
    named = {
        language: {(re.sub(rf"_{language}$", "_(language)", column), form) for column, form in placeholders(template)}
        for language, template in templates.items()
    }
    if all(templates.values()):
        for column, form in sorted(named["zh"] ^ named["en"]):
            lacking = "en" if (column, form) in named["zh"] else "zh"
            yield f"explanation.{lacking} lacks the placeholder {{{column}:{form}}} of the other language"
    columns = output_columns(entry.model, files)
    for language, template in templates.items():
        if template and not template.endswith(SENTENCE_ENDS[language]):
            yield f"explanation.{language} is no whole sentence; end it with {SENTENCE_ENDS[language]}"
        for column, form in placeholders(template):
            if columns is not None and column not in columns:
                yield f"explanation.{language} names {column}, which is no column of its hits"
            if form == "choice" and not entry.meta.get("choices"):
                yield f"explanation.{language} looks {column} up among choices; add config.meta.choices"


def _output(model: str, files: RuleFiles) -> re.Match[str] | None:
    return _OUTPUT.search(_COMMENT.sub("", files.sql[model]))


def output_columns(model: str, files: RuleFiles) -> frozenset[str] | None:
    """Columns of the relation that a rule hands to rule_output; None where its SQL has none."""
    output = _output(model, files)
    if output is None:
        return None
    sql = output.string
    found = re.search(rf"\b{output['relation']} as \(", sql)
    if found is None:
        return frozenset()
    body = _enclosed(sql, found.end())
    whole_call = re.fullmatch(r"\s*\{\{-?\s*(\w+)\(.*\)\s*-?\}\}\s*", body, re.DOTALL)
    if whole_call and whole_call[1] in files.macros:
        body = files.macros[whole_call[1]]
    names = [_WORD.findall(item) for item in next(iter(_select_lists(body)), [])]
    return frozenset(words[-1] for words in names if words)


def _enclosed(text: str, start: int) -> str:
    """The text from `start` to the bracket that closes the one before it."""
    depth, end = 1, start
    while end < len(text) and depth:
        depth += {"(": 1, ")": -1}.get(text[end], 0)
        end += 1
    return text[start : end - 1]


def _select_lists(sql: str, *, keep_literals: bool = False) -> Iterator[list[str]]:
    """The items of every select list, without Jinja. A literal in them stands for itself only where it is kept."""
    plain = _STATEMENT.sub(" ", _EXPRESSION.sub(" jinja ", _COMMENT.sub(" ", sql)))
    if not keep_literals:
        plain = _LITERAL.sub("''", plain)
    for match in re.finditer(r"\bselect\b", plain):
        items, depth, item = [], 0, match.end()
        for token in re.finditer(r"[(),]|\bfrom\b|'(?:[^']|'')*'", plain[match.end() :]):
            place = match.end() + token.start()
            if token[0] == "(":
                depth += 1
            elif token[0] == ")":
                depth -= 1
            if depth < 0 or (depth == 0 and token[0] == "from"):
                break
            if depth == 0 and token[0] == ",":
                items.append(plain[item:place].strip())
                item = place + 1
        else:
            place = len(plain)
        yield [*items, plain[item:place].strip()]


# --- the unit tests -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cases:
    """What one unit test declares for one rule.

    hit_where: of a model that holds more than hits, the values that make a row one (any of them); empty = every row.
    """

    test: UnitTest
    named: Mapping[str, tuple[str, ...]]
    hit_where: Mapping[str, Any]

    @property
    def hits(self) -> list[Mapping[str, Any]]:
        """The expected rows that are hits."""
        if not self.hit_where:
            return list(self.test.expected)
        return [row for row in self.test.expected if any(row.get(c) == v for c, v in self.hit_where.items())]

    @property
    def found(self) -> frozenset[str]:
        """What the hits can be called: by their subject, where they have one."""
        return _names({"subject_id": row["subject_id"]} if "subject_id" in row else row for row in self.hits)


def cases_of(entry: RuleEntry, tests: Iterable[UnitTest]) -> list[Cases]:
    """What the unit tests declare for a rule: those of its model, and those of other models that name the rule."""
    found = []
    for test in tests:
        declared = test.meta if test.model == entry.model else (test.meta.get("rules") or {}).get(entry.rule_id)
        if declared:
            named = {case: tuple(str(name) for name in declared.get(case) or ()) for case in CASES}
            found.append(Cases(test, named, declared.get("hit_where") or {}))
    return found


def _test_faults(entry: RuleEntry, files: RuleFiles) -> Iterator[str]:
    if not any(test.model == entry.model for test in files.unit_tests):
        yield f"it has no unit test; write one of {entry.model}"
        return
    declared = cases_of(entry, files.unit_tests)
    for case in CASES:
        if not any(cases.named[case] for cases in declared):
            yield (
                f"no unit test names a {case.replace('_', ' ')} case; add config.meta.{case} to one of its unit tests"
            )
    sides = {name in cases.found for cases in declared for name in cases.named["boundary"]}
    if len(sides) == 1:
        which = "all of its boundary cases are hits" if True in sides else "none of its boundary cases is a hit"
        yield f"{which}; name the row on the other side of the limit as well"
    for cases in declared:
        yield from _case_faults(cases)
    models = _reached(entry.model, files)
    set_in_tests = {
        (str(row.get("rule_id")), str(row.get("parameter")))
        for test in files.unit_tests
        if test.model in models
        for relation, rows in test.given
        if relation == "ref('rule_threshold')"
        for row in rows
    }
    for parameter in entry.meta.get("thresholds") or {}:
        if (entry.rule_id, parameter) not in set_in_tests:
            yield f"no unit test gives its parameter {parameter} a value in ref('rule_threshold')"


def _case_faults(cases: Cases) -> Iterator[str]:
    test, found = cases.test, cases.found
    given = _names(row for _, rows in test.given for row in rows)
    expected = _names(test.expected)
    for name in cases.named["hit"]:
        if name not in found:
            yield f"unit test {test.name} calls {name} a hit, but expects no such row"
    for name in cases.named["near_miss"]:
        if name not in given:
            yield f"unit test {test.name} calls {name} a near miss, but gives no such row"
        elif name in found:
            yield f"unit test {test.name} calls {name} a near miss, but expects it as a hit"
    for name in cases.named["boundary"]:
        if name not in given and name not in expected:
            yield f"unit test {test.name} calls {name} a boundary, but has no such row"


def _names(rows: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """What a row can be called: the values in it, and the parts of a value that is joined by slashes."""
    values = {str(value) for row in rows for value in row.values() if value is not None}
    return frozenset(values | {part for value in values for part in value.split("/")})


# --- the codes ------------------------------------------------------------------------------------------------------


def _reached(model: str, files: RuleFiles) -> frozenset[str]:
    """The model and the rules' and signals' models that it reads, however far away."""
    found, open_models = set(), [model]
    while open_models:
        name = open_models.pop()
        if name in files.sql and name not in found:
            found.add(name)
            open_models += _REF.findall(files.sql[name])
    return frozenset(found)


def _sources(model: str, files: RuleFiles) -> dict[str, str]:
    """Text of the rule's own model, of the intermediate models that it reads, and of the macros that they call."""
    names = [name for name in _reached(model, files) if name == model or name.startswith("int_")]
    found = {name: _COMMENT.sub("", files.sql[name]) for name in names}
    open_texts = list(found.values())
    while open_texts:
        for name in _CALL.findall(open_texts.pop()):
            if name in files.macros and name not in found and name != "review_causes":
                found[name] = _COMMENT.sub("", files.macros[name])
                open_texts.append(found[name])
    return found


def _code_faults(entry: RuleEntry, files: RuleFiles) -> Iterator[str]:
    sources = _sources(entry.model, files)
    tests = [test for test in files.unit_tests if test.model == entry.model]
    cited = [pair for test in tests for row in test.expected for pair in _CITED.findall(str(row.get("evidence") or ""))]
    # What an intermediate model cites, some rules of its family leave out: only the roles are taken from there.
    written = [pair for text in sources.values() for pair in _EVIDENCE.findall(text)]
    roles = {role for role, _ in (*cited, *written)}
    for text in sources.values():
        roles |= {*_EVIDENCE_OF.findall(text), *_EVIDENCE_TEXT.findall(text)}
    known = {*(entry.meta.get("required_datasets") or ()), *(entry.meta.get("optional_datasets") or ())}
    own = _EVIDENCE.findall(_COMMENT.sub("", files.sql[entry.model]))
    for dataset in sorted({dataset for _, dataset in (*cited, *written)}):
        if dataset not in files.record_models:
            yield f"it cites records of {dataset}; add its core model to record_models() in macros/rules/registry.sql"
    for dataset in sorted({dataset for _, dataset in (*cited, *own)} - known):
        yield f"it cites records of {dataset}; add it to config.meta.required_datasets or optional_datasets"
    expected = {str(row["review_cause"]) for test in tests for row in test.expected if row.get("review_cause")}
    for cause in sorted(expected | causes_in(sources)):
        if cause not in files.review_causes:
            yield f"its review cause {cause} is unknown; add it to review_causes() in macros/rules/explanation.sql"
    subject_types = str(entry.meta.get("subject_type") or "").split(", ")
    yield from _word_faults("subject", filter(None, subject_types), files)
    yield from _word_faults("evidence_role", sorted(roles), files)


def _word_faults(group: str, codes: Iterable[str], files: RuleFiles) -> Iterator[str]:
    for code in codes:
        for language in LANGUAGES:
            if f"{group}.{code}" not in files.terms[language]:
                yield f"there is no word for {group} {code}; add {group}.{code} to dashboards/locale/{language}.yml"


def causes_in(sources: Mapping[str, str]) -> set[str]:
    """Codes that the SQL may put into a review cause: written in its expression, or in a column that it takes up."""
    items: dict[str, list[str]] = {}
    for text in sources.values():
        for select_list in _select_lists(text, keep_literals=True):
            for item in select_list:
                if match := re.search(r"\bas (\w+)$", item):
                    items.setdefault(match[1], []).append(item)
    found: set[str] = set()
    seen: set[str] = set()
    open_columns: list[str] = [column for column in items if column.endswith("review_cause")]
    expressions: list[str] = [text for name, text in sources.items() if name.endswith("review_cause")]
    while open_columns or expressions:
        if expressions:
            for code, column in _CAUSE.findall(expressions.pop()):
                if code:
                    found.add(code)
                elif column in items and column not in seen:
                    open_columns.append(column)
        else:
            column = open_columns.pop()
            if column not in seen:
                seen.add(column)
                expressions += items[column]
    return found


def declared_cases(entry: RuleEntry, tests: Sequence[UnitTest]) -> Iterator[tuple[UnitTest, str, tuple[str, ...]]]:
    """Unit test, kind of case and the names of its rows, for whoever wants to read them."""
    for cases in cases_of(entry, tests):
        for case in CASES:
            if cases.named[case]:
                yield cases.test, case, cases.named[case]
