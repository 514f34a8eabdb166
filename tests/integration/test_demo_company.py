"""The demo company end to end: every planted case is found, nothing else is, and the marts agree with each other."""

from __future__ import annotations

from dashboards.i18n import LANGUAGES, Texts
from pipelines import demo
from pipelines.demo.evaluate_causes import CAUSES
from pipelines.policy.registry import registry
from tests.integration.conftest import Company


def test_rules_find_every_planted_case_and_nothing_else(demo_company: Company) -> None:
    scores = {s.rule_id: s for s in demo.evaluate(demo_company.inbox, demo_company.data)}
    assert sorted(scores) == sorted(registry())
    for rule, score in scores.items():
        assert score.planted > 0, f"{rule} has no planted case"
        assert not score.misses, f"{rule} missed {score.misses}"
        assert not score.false_alarms, f"{rule} accused wrongly {score.false_alarms}"


def test_every_error_has_the_cause_that_the_records_tell(demo_company: Company) -> None:
    scores = demo.evaluate_causes(demo_company.inbox, demo_company.data)
    assert scores is not None and scores.examples > 40
    assert scores.misses == ()
    assert min(scores.planted(cause) for cause in CAUSES) >= 4
    lost = demo_company.query(
        "select error_id from performance.error_attribution where error_id not in"
        " (select error_id from performance.error_attribution_evidence where role = 'error')"
    )
    assert lost == []


def test_orders_are_judged_once_the_contacts_before_them_are_known(demo_company: Company) -> None:
    first_days = demo_company.query(
        "select rule_id, min(valid_from) from compliance.rule_status"
        " where rule_id in ('POACH-02', 'POACH-03') and status <> 'NO_DATA' group by rule_id order by rule_id"
    )
    [(_, orders_from), (_, stalls_from)] = first_days
    assert (orders_from - stalls_from).days == 90


def test_every_violation_has_evidence_that_points_into_a_delivered_file(demo_company: Company) -> None:
    without = demo_company.query(
        "select count(*) from compliance.fct_violations as v"
        " where not exists (select 1 from compliance.fct_violation_evidence as e"
        " inner join quality.batches as b using (source_file) where e.violation_id = v.violation_id)"
    )
    assert without == [(0,)]


def test_every_case_has_a_story_and_every_word_of_it_is_known(demo_company: Company) -> None:
    """A case file of any family must say what happened, in words of both languages."""
    silent = demo_company.query(
        "select rule_id, violation_id from compliance.fct_violations"
        " where violation_id not in (select violation_id from compliance.case_timeline)"
        " union all select rule_id, violation_id from compliance.review_items"
        " where violation_id not in (select violation_id from compliance.case_timeline)"
    )
    assert silent == []
    codes = {
        "evidence_role": "select distinct role from compliance.case_timeline union select distinct role from"
        " compliance.fct_violation_evidence",
        "dataset": "select distinct dataset from compliance.case_timeline",
        "subject": "select subject_type from compliance.fct_violations union select subject_type from"
        " compliance.review_items",
    }
    for group, sql in codes.items():
        found = {code for (code,) in demo_company.query(sql)}
        assert found
        for language in LANGUAGES:
            assert sorted(code for code in found if not Texts(language).has(f"{group}.{code}")) == [], group


def test_rule_health_agrees_with_the_violations(demo_company: Company) -> None:
    [(health,)] = demo_company.query(
        "select sum(violation_count + suppressed_count) from compliance.rule_health"
        " inner join reference.org_units using (org_unit_id) where is_group"
    )
    [(violations,)] = demo_company.query("select count(*) from compliance.fct_violations")
    assert health == violations
    assert demo_company.query(
        "select count(*) from compliance.rule_health where coverage_share not between 0 and 1"
    ) == [(0,)]
    nobody = demo_company.query(
        "select s.employee_id from compliance.employee_scores as s group by s.employee_id"
        " having sum(s.incident_count) > (select count(*) from compliance.fct_violations as v"
        " inner join reference.rules as r using (rule_id)"
        " where v.employee_id = s.employee_id and r.answerable = 'person')"
    )
    assert nobody == []


def test_dirty_rows_stand_in_quarantine_to_the_row(demo_company: Company) -> None:
    unbalanced = demo_company.query("select * from quality.reconciliation where not is_balanced")
    assert unbalanced == []
    [(rejected,)] = demo_company.query("select sum(quarantined_count) from quality.reconciliation")
    assert rejected > 0


def test_monthly_counts_add_up_to_the_violations(demo_company: Company) -> None:
    [(monthly,)] = demo_company.query(
        "select sum(violation_count) from compliance.monthly_by_org"
        " inner join reference.org_units using (org_unit_id) where org_unit_type = 'group'"
    )
    [(all_violations,)] = demo_company.query(
        "select count(*) from compliance.fct_violations where disposition not in ('overturned', 'unsubstantiated')"
    )
    assert monthly == all_violations


def test_labour_cost_equals_the_payroll_to_the_cent(demo_company: Company) -> None:
    [(mart,)] = demo_company.query("select sum(labour_amount) from cost.labour_monthly")
    [(base,)] = demo_company.query("select sum(base_amount) from cost.labour_monthly")
    assert mart > base > 0


def test_the_publication_knows_that_it_is_synthetic(demo_company: Company) -> None:
    assert demo_company.query("select is_synthetic from quality.publication") == [(True,)]
