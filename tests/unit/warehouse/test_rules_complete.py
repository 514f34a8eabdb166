"""Every shipped rule has all that a rule has to have, and whatever one lacks is named with what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines import environment
from pipelines.policy import rule_files
from pipelines.policy.completeness import cases_of, faults, output_columns
from pipelines.policy.registry import registry
from pipelines.policy.rule_files import RuleFiles, incomplete_rules, read_rule_files, rule_entries
from pipelines.run import run
from pipelines.settings import DBT_PROJECT_DIR, Settings

RULES = "dbt_project/models/rules/gift"
ENTRY, TESTS = f"{RULES}/_gift__rules.yml", f"{RULES}/_gift__unit_tests.yml"
MODEL, SEEN = f"{RULES}/rule_gift_01_late.sql", f"{RULES}/int_gift.sql"
MACROS, WORDS, CONTRACT = (
    "dbt_project/macros/rules/registry.sql",
    "dashboards/locale/en.yml",
    "pipelines/contract/crm.yml",
)

# A project with one rule, in which nothing is missing.
PROJECT = {
    MODEL: """
with

hits as (
    select
        gifts.gift_id as subject_id,
        gifts.hours_late,
        case when gifts.is_known then 'given' else 'taken' end as direction,
        coalesce(gifts.giver_cause, case when not gifts.is_known then 'unknown_gift' end) as review_cause,
        {{ evidence([evidence_entry('gift', 'gifts', 'gifts.record_key')]) }} as evidence
    from {{ ref('int_gift') }} as gifts
    {{ threshold_join('hours', 'GIFT-01', 'hours_late', 'gifts.given_at', 'gifts.org_unit_id', 'gifts.job_family') }}
)

{{ rule_output('GIFT-01', 'hits') }}
""",
    SEEN: """
select gift_id, case when giver_id is null then 'unknown_giver' end as giver_cause from {{ ref('fct_gift') }}
""",
    ENTRY: """
models:
  - name: int_gift
  - name: rule_gift_01_late
    config:
      meta:
        rule_id: GIFT-01
        family: GIFT
        subject_type: gift
        subject_dataset: gifts
        required_datasets: [gifts]
        optional_datasets: [people]
        version: 1
        status: experimental
        severity: minor
        points: 0
        loss_kind: none
        answerable: person
        thresholds:
          hours_late: {value: 24, unit: h, stricter_is: lower, label: {zh: 时限, en: Time}}
        name: {zh: 礼品晚报, en: Gift reported late}
        rationale: {zh: 礼品应及时上报。, en: A gift is to be reported in time.}
        known_false_positives: {zh: 节假日。, en: Public holidays.}
        next_steps: {zh: 询问本人。, en: Ask the person.}
        policy_source: {zh: 礼品制度。, en: Rule on gifts.}
        choices:
          given: {zh: 送出, en: given}
          taken: {zh: 收到, en: taken}
        explanation:
          zh: '{direction:choice}的礼品晚报{hours_late:number|不明}小时。'
          en: 'The gift {direction:choice} was reported {hours_late:number|unknown} hours late.'
""",
    TESTS: """
unit_tests:
  - name: gift_01_hits_late_reports
    model: rule_gift_01_late
    config:
      meta:
        hit: [late]
        near_miss: [in time]
        boundary: [last hour]
    given:
      - input: ref('int_gift')
        rows:
          - {gift_id: late, is_known: true}
          - {gift_id: in time, is_known: true}
          - {gift_id: last hour, is_known: true}
          - {gift_id: unknown, is_known: false}
      - input: ref('rule_threshold')
        rows:
          - {rule_id: GIFT-01, parameter: hours_late, value: 24}
    expect:
      rows:
        - {subject_id: late, review_cause: null, evidence: "gift=gifts:late"}
        - {subject_id: unknown, review_cause: unknown_gift, evidence: "gift=gifts:unknown"}
  - name: gifts_are_seen_from_the_first_second
    model: int_gift
    config:
      meta:
        rules:
          GIFT-01:
            hit_where: {is_gift: true}
            hit: [first second]
            near_miss: [a loan]
            boundary: [first second]
    given:
      - input: ref('fct_gift')
        rows:
          - {gift_id: first second}
          - {gift_id: a loan}
    expect:
      rows:
        - {gift_id: first second, is_gift: true}
        - {gift_id: a loan, is_gift: false}
""",
    MACROS: """
{% macro rule_models() -%}
    {{ return([
        'rule_gift_01_late',
    ]) }}
{%- endmacro %}

{% macro record_models() -%}
    {{ return({'gifts': 'fct_gift'}) }}
{%- endmacro %}

{% macro optional_rule_columns() -%}
    {{ return(['customer_id', 'status']) }}
{%- endmacro %}

{% macro review_causes() -%}
    {{ return({
        'unknown_gift': {'zh': '礼品不明', 'en': 'unknown gift'},
        'unknown_giver': {'zh': '送礼人不明', 'en': 'unknown giver'},
    }) }}
{%- endmacro %}
""",
    "dashboards/locale/zh.yml": """
subject: {gift: 礼品}
evidence_role: {gift: 礼品}
""",
    WORDS: """
subject: {gift: Gift}
evidence_role: {gift: Gift reported}
""",
    CONTRACT: """
system: crm
datasets:
  gifts: &dataset
    title: {zh: 礼品, en: gifts}
    grain: one row per gift
    delivery: delta
    columns: []
  people: *dataset
""",
}
PLACE = "rule GIFT-01 (models/rules/gift/_gift__rules.yml): "


@pytest.fixture(scope="module")
def shipped() -> RuleFiles:
    return read_rule_files()


def written(root: Path, **changes: tuple[str, str]) -> Path:
    """The project with texts replaced in some of its files, each of which must occur once."""
    for name, text in PROJECT.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name in changes:
            old, new = changes[name]
            assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times in {name}"
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
    return root


def found(root: Path, path: str, old: str, new: str) -> tuple[str, ...]:
    return faults(read_rule_files(written(root, **{path: (old, new)})))


def test_every_shipped_rule_is_complete(shipped: RuleFiles) -> None:
    assert faults(shipped) == ()
    assert len(shipped.entries) >= 43


def test_no_rule_escapes_the_reading(shipped: RuleFiles) -> None:
    models = {path.stem for path in DBT_PROJECT_DIR.glob("models/rules/*/rule_*_[0-9]*.sql")}
    assert models == {entry.model for entry in shipped.entries} == set(shipped.rule_models)
    assert {entry.rule_id for entry in rule_entries()} == set(registry())


def test_every_shipped_rule_has_columns_to_explain_with(shipped: RuleFiles) -> None:
    for entry in shipped.entries:
        assert {"subject_id", "occurred_at", "evidence"} <= (output_columns(entry.model, shipped) or set()), entry.model


def test_a_complete_project_has_no_faults(tmp_path: Path) -> None:
    assert faults(read_rule_files(written(tmp_path))) == ()


@pytest.mark.parametrize(
    ("path", "old", "new", "sentence"),
    [
        (ENTRY, "        family: GIFT\n", "", "it has no family; add config.meta.family"),
        (ENTRY, "rule_id: GIFT-01", "rule_ids: GIFT-01", None),
        (ENTRY, "severity: minor", "severity: grave", "severity is grave; use one of critical, major, minor, warning"),
        (ENTRY, "        points: 0\n", "", "it has no points; add config.meta.points, 0 for none"),
        (
            ENTRY,
            "        optional_datasets: [people]\n",
            "",
            "it has no optional_datasets; add config.meta.optional_datasets, [] for none",
        ),
        (
            ENTRY,
            "        required_datasets: [gifts]\n",
            "",
            "it has no required_datasets; add config.meta.required_datasets",
        ),
        (ENTRY, "[people]", "[crowd]", "optional_datasets names crowd, which is no dataset of the contract"),
        (
            ENTRY,
            "subject_dataset: gifts",
            "subject_dataset: people",
            "its subject_dataset people is not among its required_datasets",
        ),
        (
            ENTRY,
            "zh: 询问本人。, ",
            "",
            "config.meta.next_steps has no text in zh; add config.meta.next_steps.zh",
        ),
        (
            ENTRY,
            ", en: given}",
            "}",
            "config.meta.choices.given has no text in en; add config.meta.choices.given.en",
        ),
        (
            ENTRY,
            "unit: h, ",
            "",
            "parameter hours_late has no unit; add config.meta.thresholds.hours_late.unit",
        ),
        (
            ENTRY,
            "stricter_is: lower",
            "stricter_is: shorter",
            "stricter_is of parameter hours_late is shorter; use lower or higher",
        ),
        (
            ENTRY,
            "        version: 1\n",
            "        version: 1\n        judged_after: window\n",
            "judged_after names window, which is none of its thresholds",
        ),
        (
            ENTRY,
            " was reported {hours_late:number|unknown} hours late.",
            " was reported late.",
            "explanation.en lacks the placeholder {hours_late:number} of the other language",
        ),
        (ENTRY, "hours late.'", "hours late'", "explanation.en is no whole sentence; end it with ."),
        (MODEL, "gifts.hours_late,", "gifts.delay,", "explanation.zh names hours_late, which is no column of its hits"),
        (
            MODEL,
            "gifts.hours_late,",
            "gifts.hours_late, gifts.customer_id,",
            "its hits have customer_id, which would be lost; name it in has of rule_output",
        ),
        (
            MODEL,
            "'hits')",
            "'hits', has=['status'])",
            "rule_output is told that its hits have status; add it to them, or leave it out of has",
        ),
        (
            MODEL,
            "as review_cause,",
            "as cause,",
            "its hits have no review_cause; say when a person has to look, or raises_review=false where never",
        ),
        (
            MODEL,
            "'hits')",
            "'hits', raises_review=false)",
            "its hits have a review_cause, which would be lost; leave out raises_review=false",
        ),
        (
            MACROS,
            "'rule_gift_01_late',",
            "",
            "it is not listed; add 'rule_gift_01_late' to rule_models() in macros/rules/registry.sql",
        ),
        (
            MODEL,
            "'unknown_gift'",
            "'stolen_gift'",
            "its review cause stolen_gift is unknown; add it to review_causes() in macros/rules/explanation.sql",
        ),
        (
            SEEN,
            "'unknown_giver'",
            "'lost_giver'",
            "its review cause lost_giver is unknown; add it to review_causes() in macros/rules/explanation.sql",
        ),
        (
            MODEL,
            "evidence_entry('gift', 'gifts'",
            "evidence_entry('gift', 'people'",
            "it cites records of people; add its core model to record_models() in macros/rules/registry.sql",
        ),
        (
            TESTS,
            "gift=gifts:late",
            "gift=crowd:late",
            "it cites records of crowd; add it to config.meta.required_datasets or optional_datasets",
        ),
        (
            WORDS,
            "evidence_role: {gift: Gift reported}",
            "",
            "there is no word for evidence_role gift; add evidence_role.gift to dashboards/locale/en.yml",
        ),
        (
            WORDS,
            "subject: {gift: Gift}",
            "",
            "there is no word for subject gift; add subject.gift to dashboards/locale/en.yml",
        ),
        (
            TESTS,
            "        hit: [late]\n",
            "        hit: [never]\n",
            "unit test gift_01_hits_late_reports calls never a hit, but expects no such row",
        ),
        (
            TESTS,
            "near_miss: [in time]",
            "near_miss: [late]",
            "unit test gift_01_hits_late_reports calls late a near miss, but expects it as a hit",
        ),
        (
            TESTS,
            "near_miss: [a loan]",
            "near_miss: [first second]",
            "unit test gifts_are_seen_from_the_first_second calls first second a near miss, but expects it as a hit",
        ),
        (
            TESTS,
            "near_miss: [in time]",
            "near_miss: [nowhere]",
            "unit test gift_01_hits_late_reports calls nowhere a near miss, but gives no such row",
        ),
        (
            TESTS,
            "boundary: [last hour]",
            "boundary: [the limit]",
            "unit test gift_01_hits_late_reports calls the limit a boundary, but has no such row",
        ),
        (
            TESTS,
            "boundary: [last hour]",
            "boundary: []",
            "all of its boundary cases are hits; name the row on the other side of the limit as well",
        ),
        (
            TESTS,
            "            boundary: [first second]\n",
            "",
            "none of its boundary cases is a hit; name the row on the other side of the limit as well",
        ),
        (
            TESTS,
            "parameter: hours_late",
            "parameter: hours",
            "no unit test gives its parameter hours_late a value in ref('rule_threshold')",
        ),
        (TESTS, "model: rule_gift_01_late", "model: int_gift", "it has no unit test; write one of rule_gift_01_late"),
    ],
)
def test_whatever_a_rule_lacks_is_named(tmp_path: Path, path: str, old: str, new: str, sentence: str | None) -> None:
    said = found(tmp_path, path, old, new)
    if sentence is None:
        # Without its id a rule is named by its model; nothing else of it may be overlooked for that.
        assert "rule rule_gift_01_late (models/rules/gift/_gift__rules.yml): it has no rule_id; " in " ".join(said)
    else:
        assert f"{PLACE}{sentence}" in said


@pytest.mark.parametrize("case", ["hit", "near_miss", "boundary"])
def test_a_kind_of_case_that_no_unit_test_names_is_missed(tmp_path: Path, case: str) -> None:
    root = written(tmp_path)
    text = (root / TESTS).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines(keepends=True) if not line.strip().startswith(f"{case}:")]
    (root / TESTS).write_text("".join(lines), encoding="utf-8")
    name = case.replace("_", " ")
    assert faults(read_rule_files(root)) == (
        f"{PLACE}no unit test names a {name} case; add config.meta.{case} to one of its unit tests",
    )


def test_a_listed_rule_without_an_entry_and_a_cause_without_words_are_named(tmp_path: Path) -> None:
    said = found(tmp_path, MACROS, "'rule_gift_01_late',", "'rule_gift_01_late', 'rule_gift_02_gone',")
    assert said == (
        "rule_models() (macros/rules/registry.sql) names rule_gift_02_gone, of which no registry file has an entry",
    )
    said = found(tmp_path, MACROS, ", 'en': 'unknown giver'", "")
    assert said == ("review cause unknown_giver (macros/rules/explanation.sql) has no words in en",)


def test_an_entry_without_its_model_is_named(tmp_path: Path) -> None:
    root = written(tmp_path)
    (root / MODEL).unlink()
    assert f"{PLACE}its model does not exist; write rule_gift_01_late.sql beside the entry" in faults(
        read_rule_files(root)
    )


def test_cases_of_other_models_count_for_the_rule_that_they_name(tmp_path: Path) -> None:
    files = read_rule_files(written(tmp_path))
    own, other = cases_of(files.entries[0], files.unit_tests)
    assert (own.named["hit"], other.named["hit"]) == (("late",), ("first second",))
    assert [row["gift_id"] for row in other.hits] == ["first second"]


@pytest.fixture
def remembering(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How often the files were read; what is found complete is remembered below the test's own folder."""
    reads = []

    def read(root: Path) -> RuleFiles:
        reads.append(root)
        return read_rule_files(root)

    (tmp_path / "environment").mkdir()
    monkeypatch.setattr(environment.sys, "prefix", str(tmp_path / "environment"))
    monkeypatch.setattr(rule_files, "read_rule_files", read)
    return lambda: len(reads)


def test_complete_files_are_read_once_and_again_when_they_change(
    tmp_path: Path, remembering: Callable[[], int]
) -> None:
    root = written(tmp_path / "project")
    assert incomplete_rules(root) == incomplete_rules(root) == ()
    assert remembering() == 1
    (root / ENTRY).write_text(PROJECT[ENTRY].replace("        family: GIFT\n", ""), encoding="utf-8")
    sentence = f"{PLACE}it has no family; add config.meta.family"
    assert incomplete_rules(root) == incomplete_rules(root) == (sentence,)
    assert remembering() == 3


def test_a_run_refuses_an_incomplete_rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.progress import SilentReporter

    (tmp_path / "inbox").mkdir()
    monkeypatch.setattr(rule_files, "incomplete_rules", lambda: (f"{PLACE}it has no family",))
    outcome = run(Settings.load(data_dir=tmp_path), SilentReporter())
    assert (outcome.status, outcome.reasons) == ("failed", (f"{PLACE}it has no family",))
