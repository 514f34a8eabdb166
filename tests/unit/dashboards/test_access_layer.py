"""What each role gets from the access layer, whatever it asks."""

from __future__ import annotations

import re
from collections import Counter

import duckdb
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboards.access import AccessDenied, AccessLayer, InvalidFilter, NotServed, PublishedFile, TooFewPeople, Viewer
from dashboards.access.errors import PolicyError
from dashboards.access.layer import PERSONAL_CLASSES, compose
from dashboards.access.policy import load_policy
from dashboards.access.queries import QUERIES
from dashboards.access.queries.model import NO_PEOPLE, NamedQuery
from pipelines.settings import DBT_PROJECT_DIR
from tests.support.published_fixture import (
    BAD_BRANCH,
    HOSTILE,
    RULES,
    SUPPRESSION_REASON,
    TINY_TEAM,
    Company,
    build_company,
    publish,
    service_errors,
)
from tests.unit.dashboards.conftest import VIEWERS


def any_case(access: AccessLayer, viewer: Viewer) -> str:
    return access.domain(viewer, "violation_id")[0]


def everything(access: AccessLayer, viewer: Viewer) -> dict[str, str]:
    """All that a viewer can get without filters, as text by query."""
    found = {}
    for name, query in QUERIES.items():
        if access.allows(viewer, name):
            filters = {"case": any_case(access, viewer)} if "case" in query.filters else {}
            if "error" in query.filters:
                filters = {"error": access.domain(viewer, "error_id")[0]}
            found[name] = "\n".join(str(row) for row in access.run(viewer, name, filters).rows)
    return found


def test_every_query_yields_what_it_declares(access, viewer):
    """`run` itself refuses other columns; here each query really runs for each role that may ask it."""
    asked = everything(access, viewer)
    assert asked, "a role that may ask nothing tests nothing"


def test_unknown_role_gets_nothing(access):
    for name in QUERIES:
        assert not access.allows(Viewer("owner"), name)
        with pytest.raises(AccessDenied):
            access.run(Viewer("owner"), name)


def test_manager_without_a_unit_gets_nothing(access):
    with pytest.raises(AccessDenied):
        access.run(Viewer("manager"), "violation_totals")


def test_unknown_query_is_refused(access):
    with pytest.raises(AccessDenied):
        access.run(VIEWERS["hr"], "select * from compliance.fct_violations")


def test_a_table_without_policy_is_refused():
    query = NamedQuery("x", ("compliance.secret",), ("a",), "select s.a from secret as s", "rows")
    with pytest.raises(AccessDenied):
        compose(load_policy(), VIEWERS["hr"], query, {"compliance.secret": {"a"}})


def test_a_column_without_policy_is_out_of_reach(access, monkeypatch):
    query = NamedQuery(
        "x", ("quality.reconciliation",), ("surprise",), "select r.surprise from reconciliation as r", "rows"
    )
    monkeypatch.setitem(QUERIES, "x", query)
    with pytest.raises(NotServed):
        access.run(VIEWERS["hr"], "x")


@pytest.mark.parametrize(
    "body",
    [
        "select v.a from compliance.fct_violations as v",
        "select a from information_schema.tables",
        "select * from duckdb_settings()",
        "select * from read_csv('x')",
        "select 1; select 2",
        "select 1 -- two",
    ],
)
def test_a_query_cannot_reach_past_its_relations(body):
    with pytest.raises(PolicyError):
        NamedQuery("x", (), ("a",), body, "rows")


def test_an_aggregate_query_must_not_yield_people(access, monkeypatch):
    body = "select v.employee_id, count(*) as n from fct_violations as v group by v.employee_id"
    query = NamedQuery("x", ("compliance.fct_violations",), ("employee_id", "n"), body, "aggregate", groups=NO_PEOPLE)
    monkeypatch.setitem(QUERIES, "x", query)
    with pytest.raises(PolicyError):
        access.run(VIEWERS["executive"], "x")


def test_executive_gets_no_rows_about_people(access):
    for name, query in QUERIES.items():
        if query.grain == "rows":
            assert not access.allows(VIEWERS["executive"], name), name


@pytest.mark.parametrize("role", ["executive", "analyst", "auditor"])
def test_names_reach_only_those_who_may_see_people(access, company, role):
    names = {employee[1] for employee in company.employees}
    for query, text in everything(access, VIEWERS[role]).items():
        assert not [name for name in names if name in text], query


@pytest.mark.parametrize("role", ["executive", "analyst"])
def test_employee_and_customer_numbers_are_pseudonyms(access, role):
    for query, text in everything(access, VIEWERS[role]).items():
        assert not re.search(r"\bE\d{4}\b", text), query
        assert not re.search(r"'C\d{4}'", text), query


@pytest.mark.parametrize("role", ["executive", "manager", "analyst", "auditor"])
def test_accounts_of_unknown_people_reach_only_hr(access, role):
    listed = str(access.run(VIEWERS["hr"], "unresolved_people").rows)
    assert "qianniu:客服一号" in listed and "fxiaoke:shared" in listed
    assert not access.allows(VIEWERS[role], "unresolved_people")
    for query, text in everything(access, VIEWERS[role]).items():
        assert "qianniu:" not in text and "fxiaoke:" not in text, query
    counted = {
        row["unresolved_reason"]: row["id_count"] for row in access.run(VIEWERS[role], "unresolved_summary").records()
    }
    assert counted == {"no_identity": 1, "ambiguous_identity": 1, "unknown_employee": 1}


@pytest.mark.parametrize("role", ["executive", "analyst", "auditor"])
def test_what_somebody_wrote_is_hidden(access, company, role):
    viewer = VIEWERS[role]
    red = next(row[0] for row in company.violations if row[3] == "RED")
    texts = everything(access, viewer)
    if access.allows(viewer, "case_timeline"):
        texts["timeline"] = str(access.run(viewer, "case_timeline", {"case": red}).rows)
    for query, text in texts.items():
        assert HOSTILE[:20] not in text and "便宜" not in text, query


def test_hr_sees_what_somebody_wrote(access, company):
    """The counterpart of the test above: the text is there to be hidden."""
    red = next(row[0] for row in company.violations if row[3] == "RED")
    contents = [row["content"] for row in access.run(VIEWERS["hr"], "case_timeline", {"case": red}).records()]
    assert HOSTILE in contents


def test_manager_sees_names_of_own_staff_only(access, company):
    own = company.below(BAD_BRANCH)
    strangers = {row[1] for row in company.employees if row[2] not in own}
    mine = {row[1] for row in company.employees if row[2] in own}
    for query, text in everything(access, VIEWERS["manager"]).items():
        hits = [name for name in strangers - mine if f"'{name}'" in text]
        assert not hits, query


def test_somebody_elses_number_is_a_pseudonym_for_a_manager(access):
    case = any_case(access, VIEWERS["manager"])
    actors = {row["actor_id"] for row in access.run(VIEWERS["manager"], "case_timeline", {"case": case}).records()}
    assert "E0001" not in actors and any(actor and actor.startswith("P-") for actor in actors)
    assert "E0001" in {row["actor_id"] for row in access.run(VIEWERS["hr"], "case_timeline", {"case": case}).records()}


def test_a_pseudonym_names_the_same_person_everywhere(access, company):
    rows = access.run(VIEWERS["analyst"], "case_list").records()
    people = {row[0]: row[6] for row in company.violations}
    pairs = {(people[row["violation_id"]], row["employee_id"]) for row in rows}
    assert len({real for real, _ in pairs}) == len({alias for _, alias in pairs}) == len(pairs)
    assert {row["full_name"] for row in rows} == {row["employee_id"] for row in rows}


def test_pseudonyms_depend_on_the_key(data_dir, company, access):
    other = AccessLayer(PublishedFile(data_dir / "published" / "current"), pseudonym_key="another key")
    mine = {row["employee_id"] for row in access.run(VIEWERS["analyst"], "case_list").records()}
    theirs = {row["employee_id"] for row in other.run(VIEWERS["analyst"], "case_list").records()}
    assert len(mine) > 10 and not (mine & theirs) - {None}


UNITS = [row[0] for row in build_company().org_units]
ROW_QUERIES = ["case_list", "review_list", "scorecards", "error_list"]
UNIT_QUERIES = ["violations_by_unit", "branch_comparison", "slots", "cohorts", "labour_by_unit", "scores_by_unit"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    unit=st.sampled_from(UNITS), name=st.sampled_from(ROW_QUERIES + UNIT_QUERIES), org=st.sampled_from([None, *UNITS])
)
def test_nothing_outside_the_scope_comes_back(access, company, unit, name, org):
    """Random manager, random question, random unit: the rows are within both, or the question is refused."""
    viewer, below = Viewer("manager", unit), company.below(unit)
    filters = {"org": org} if org else {}
    if org and org not in below and "org" in QUERIES[name].filters:
        with pytest.raises(InvalidFilter):
            access.run(viewer, name, filters)
        return
    allowed = below & company.below(org) if org and "org" in QUERIES[name].filters else below
    result = access.run(viewer, name, filters)
    assert {row["org_unit_id"] for row in result.records()} <= allowed


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(unit=st.sampled_from(UNITS), family=st.sampled_from([None, "DISC", "RED"]))
def test_totals_count_exactly_the_rows_in_scope(access, company, unit, family):
    expected = [row for row in company.counted if row[7] in company.below(unit) and family in (None, row[3])]
    filters = {"family": family} if family else {}
    totals = access.run(Viewer("manager", unit), "violation_totals", filters).first()
    assert totals["violation_count"] == len(expected)
    assert totals["incident_count"] == len({row[1] for row in expected})


def test_suppressed_cases_are_listed_but_counted_nowhere(access, company):
    suppressed = [row for row in company.violations if row[20]]
    assert suppressed
    listed = {row["violation_id"]: row for row in access.run(VIEWERS["hr"], "case_list").records()}
    assert all(listed[row[0]]["is_suppressed"] for row in suppressed)
    totals = access.run(VIEWERS["hr"], "violation_totals").first()
    assert totals["violation_count"] == len(company.counted)
    header = access.run(VIEWERS["hr"], "case_header", {"case": suppressed[0][0]}).first()
    assert (header["suppression_reason"], header["suppression_author"]) == (SUPPRESSION_REASON, "E0001")
    found = access.run(VIEWERS["hr"], "rule_findings", {"rule": suppressed[0][2]}).records()
    assert sum(row["violation_count"] for row in found if row["finding"] == "suppressed") == sum(
        row[2] == suppressed[0][2] for row in suppressed
    )


def test_why_a_case_needs_a_person_is_said_in_words_of_the_publication(access, company):
    words = {"review_cause_zh": "责任人无法识别", "review_cause_en": "the person is not identified"}
    listed = access.run(VIEWERS["hr"], "review_list").records()
    assert listed
    for row in listed:
        header = access.run(VIEWERS["hr"], "case_header", {"case": row["violation_id"]}).first()
        assert row.items() >= words.items() and header.items() >= words.items()
    violation = access.run(VIEWERS["hr"], "case_header", {"case": company.violations[0][0]}).first()
    assert (violation["review_cause_zh"], violation["review_cause_en"]) == (None, None)


@pytest.mark.parametrize("role", ["executive", "analyst", "auditor"])
def test_why_and_by_whom_a_case_is_suppressed_reaches_only_those_who_may_read_it(access, company, role):
    viewer, case = VIEWERS[role], next(row[0] for row in company.violations if row[20])
    texts = everything(access, viewer)
    if access.allows(viewer, "case_header"):
        texts["header"] = str(access.run(viewer, "case_header", {"case": case}).rows)
        assert ("E0001" in texts["header"]) == (role == "auditor")
    assert not [query for query, text in texts.items() if "诉讼中" in text]


def test_signals_are_counted_only_where_they_are_asked_for(access, company):
    viewer = VIEWERS["hr"]
    signals = [row for row in company.violations if row[3] == "CUST"]
    assert "CUST" not in {row["family"] for row in access.run(viewer, "violations_by_month").records()}
    assert access.run(viewer, "violation_totals", {"family": "CUST"}).first()["violation_count"] == len(signals)
    catalogue = {row["rule_id"]: row for row in access.run(viewer, "rules_of_family").records()}
    assert catalogue["CUST-01"]["incident_count"] == len({row[1] for row in signals})
    assert {row["rule_id"]: row["nature"] for row in catalogue.values() if row["nature"] != "fault"} == {
        "CUST-01": "signal",
        "LAB-01": "duty",
    }


def test_the_catalogue_counts_as_the_other_pages_do(access, company):
    for viewer in (VIEWERS["hr"], VIEWERS["manager"]):
        counted = {row["rule_id"]: row for row in access.run(viewer, "violations_by_rule").records()}
        catalogue = {row["rule_id"]: row for row in access.run(viewer, "rule_catalogue").records()}
        assert set(catalogue) == {rule[0] for rule in RULES}
        assert {rule: row["incident_count"] for rule, row in counted.items()} == {
            rule: row["incident_count"] for rule, row in catalogue.items() if rule in counted
        }


def test_the_catalogue_is_filtered_and_answers_for_the_chosen_months(access):
    viewer = VIEWERS["hr"]

    def rules(**filters) -> list[str]:
        return [row["rule_id"] for row in access.run(viewer, "rule_catalogue", filters).records()]

    assert rules(verdict="NO_DATA") == ["DISC-07"]
    assert rules(severity="critical") == ["RED-03"] and rules(lifecycle="experimental") == []
    assert set(rules(family="CUST")) == {"CUST-01"}
    blind = access.run(viewer, "rule_entry", {"rule": "DISC-07"}).first()
    assert (blind["coverage_share"], blind["missing_datasets"]) == (0, "inventory")
    [april] = access.run(viewer, "rule_entry", {"rule": "RED-01", "from": "2026-04", "to": "2026-04"}).records()
    assert april["total_days"] == 29 and april["coverage_share"] == 1


def test_a_rule_names_its_data_and_which_of_them_are_missing(access):
    needs = access.run(VIEWERS["executive"], "rule_datasets", {"rule": "DISC-07"}).records()
    assert {row["dataset"]: (row["need"], row["is_delivered"]) for row in needs} == {
        "inventory": ("required", False),
        "orders": ("required", True),
        "order_lines": ("required", False),
        "employees": ("optional", False),
    }


@pytest.mark.parametrize("role", ["executive", "analyst"])
def test_how_a_rule_stands_in_a_small_unit_is_withheld(access, role):
    viewer = VIEWERS[role]
    rows = access.run(viewer, "rule_intervals", {"rule": "RED-01", "org": "B04"}).records()
    assert rows and all(row["verdict"] is None for row in rows if row["org_unit_id"] == TINY_TEAM)
    with pytest.raises(InvalidFilter):
        access.run(viewer, "rule_health", {"rule": "RED-01", "org": TINY_TEAM})


def test_a_manager_sees_how_rules_stand_in_the_own_units_only(access, company):
    viewer = VIEWERS["manager"]
    units = {row["org_unit_id"] for row in access.run(viewer, "rule_intervals", {"rule": "RED-01"}).records()}
    assert units and units <= company.below(BAD_BRANCH)
    assert {row["org_unit_id"] for row in access.run(viewer, "rule_health").records()} == {BAD_BRANCH}


def test_a_link_to_somebody_elses_case_is_refused(access, company):
    foreign = next(row[0] for row in company.violations if row[7] not in company.below(BAD_BRANCH))
    for query in ("case_header", "case_timeline", "case_evidence", "case_related"):
        with pytest.raises(InvalidFilter):
            access.run(VIEWERS["manager"], query, {"case": foreign})


def test_evidence_follows_its_case_even_past_the_filter_check(access, company, data_dir):
    """The rows of a child table are scoped by themselves, not only because the filter was refused."""
    viewer, query = VIEWERS["manager"], QUERIES["case_evidence"]
    foreign = next(row[0] for row in company.violations if row[7] not in company.below(BAD_BRANCH))
    publication = PublishedFile(data_dir / "published" / "current").current()
    sql = compose(load_policy(), viewer, query, publication.tables)
    parameters = {"filter_case": foreign, "scope_org_unit_id": BAD_BRANCH, "unit_ids": [], "served_unit_ids": []}
    assert publication.cursor().execute(sql, parameters).fetchall() == []


def test_a_single_error_is_out_of_reach_of_those_who_see_totals_only(access):
    """A link to one is refused as any other link to what is not there, rather than failing."""
    with pytest.raises(InvalidFilter):
        access.read_filters(VIEWERS["executive"], {"error": "SE00000"})


def test_a_link_to_an_error_of_another_unit_is_refused(access, company):
    foreign = next(row for row in service_errors(company) if row[2] and row[2] not in company.below(BAD_BRANCH))
    for query in ("error_header", "error_evidence"):
        with pytest.raises(InvalidFilter):
            access.run(VIEWERS["manager"], query, {"error": foreign[0]})


def test_evidence_of_an_error_follows_it_even_past_the_filter_check(access, company, data_dir):
    foreign = next(row for row in service_errors(company) if row[2] and row[2] not in company.below(BAD_BRANCH))
    publication = PublishedFile(data_dir / "published" / "current").current()
    sql = compose(load_policy(), VIEWERS["manager"], QUERIES["error_evidence"], publication.tables)
    parameters = {"filter_error": foreign[0], "scope_org_unit_id": BAD_BRANCH, "unit_ids": [], "served_unit_ids": []}
    assert publication.cursor().execute(sql, parameters).fetchall() == []


def test_why_an_error_happened_reaches_only_those_who_may_read_it(access, company):
    """Sentences and words of the report are hidden; which records speak for and against is not."""
    for role in ("hr", "analyst", "auditor"):
        viewer = VIEWERS[role]
        rows = [
            access.run(viewer, "error_header", {"error": error}).first()
            for error in access.domain(viewer, "error_id")[:12]
        ]
        for stem in ("explanation_zh", "explanation_en", "reported_cause"):
            assert all(bool(row[stem]) == (role == "hr") for row in rows)
        assert all(row["indications_for"] for row in rows)
    numbers = {row["employee_id"] for row in access.run(VIEWERS["analyst"], "error_list").records()} - {None}
    assert numbers and all(number.startswith("P-") for number in numbers)


def test_causes_add_up_to_all_errors_and_losses_keep_their_currency(access, company):
    rows = service_errors(company)
    viewer = VIEWERS["hr"]
    counted = {row["cause"]: row["error_count"] for row in access.run(viewer, "errors_by_cause").records()}
    assert counted == Counter(row[13] for row in rows)
    lost = access.run(viewer, "error_losses_by_cause").records()
    assert {row["currency"] for row in lost} == {"CNY", "HKD"}
    for currency in ("CNY", "HKD"):
        assert sum(row["loss_amount"] for row in lost if row["currency"] == currency) == sum(
            row[10] for row in rows if row[10] and row[11] == currency
        )
    reports = {row["reported_cause_class"]: row for row in access.run(viewer, "errors_by_report").records()}
    assert reports[None]["confirmed_count"] == reports[None]["contradicted_count"] == 0
    claimed = reports["negligence"]
    parts = ("confirmed_count", "contradicted_count", "undecidable_count")
    assert claimed["error_count"] == sum(claimed[part] for part in parts)
    listed = access.run(viewer, "error_list", {"cause": "negligence", "grade": "minor"}).records()
    assert len(listed) == sum(row[13] == "negligence" and row[9] == "minor" for row in rows)


@pytest.mark.parametrize("role", ["executive", "analyst"])
def test_a_cause_behind_which_few_people_stand_is_withheld(access, company, role):
    """One error of somebody unknown is one person more, never none."""
    viewer = VIEWERS[role]
    for query in ("errors_by_cause", "errors_by_category", "error_losses_by_cause"):
        for unit in ("B01", "B04", "B08"):
            result = access.run(viewer, query, {"org": unit})
            at = result.columns.index("person_count")
            for row, is_withheld in zip(result.rows, result.withheld_rows, strict=True):
                assert (row[at] is None) == is_withheld
                assert is_withheld or row[at] >= 5
            assert len(result.rows) == len(access.run(VIEWERS["hr"], query, {"org": unit}).rows)
    assert access.run(viewer, "errors_by_cause", {"org": "B04"}).withheld
    with pytest.raises(InvalidFilter):
        access.run(viewer, "error_totals", {"org": TINY_TEAM})


HOSTILE_VALUES = [
    "' or 1=1 --",
    "B03'; drop table x; --",
    "../../etc/passwd",
    "",
    " ",
    "B03 ",
    "\x00",
    "2026-13",
    "９",
    "0",
    "8",
    "24",
    "-1",
    "nan",
    "critical'",
    "x" * 500,
]


@pytest.mark.parametrize("value", HOSTILE_VALUES)
@pytest.mark.parametrize(
    "name",
    ["org", "family", "rule", "from", "to", "severity", "status", "weekday", "case", "cause", "grade", "error"],
)
def test_hostile_filter_values_are_refused(access, name, value):
    query = {"case": "case_header", "error": "error_header", "cause": "error_list", "grade": "error_list"}.get(
        name, "case_list"
    )
    with pytest.raises(InvalidFilter):
        access.run(VIEWERS["hr"], query, {name: value})


def test_filter_values_never_enter_the_sql(data_dir, company):
    tables = PublishedFile(data_dir / "published" / "current").current().tables
    sql = compose(load_policy(), VIEWERS["hr"], QUERIES["case_list"], tables)
    assert "B03" not in sql and "$filter_org" in sql


def test_answers_are_kept_apart_by_viewer_and_publication(tmp_path):
    publish(tmp_path, "one")
    access = AccessLayer(PublishedFile(tmp_path / "published" / "current"), pseudonym_key="k")
    hr, manager = Viewer("hr"), Viewer("manager", BAD_BRANCH)
    first = access.run(hr, "violation_totals")
    assert access.run(hr, "violation_totals") is first
    assert access.run(manager, "violation_totals").rows != first.rows
    publish(tmp_path, "two", company=build_company(seed=8))
    second = access.run(hr, "violation_totals")
    assert second.publication_id == "two" and first.publication_id == "one" and second.rows != first.rows


def test_a_changed_copy_changes_nobody_elses(access):
    frame = access.run(VIEWERS["hr"], "violations_by_rule").frame()
    frame["rule_id"] = "changed"
    assert "changed" not in set(access.run(VIEWERS["hr"], "violations_by_rule").frame()["rule_id"])


def test_a_publication_without_a_mart_says_so(tmp_path):
    path = tmp_path / "hufu-empty.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "create schema quality; create table quality.publication as select 'empty' as publication_id,"
            " timestamp '2026-01-01' as published_at, true as is_synthetic, cast(null as timestamp) as data_as_of"
        )
    access = AccessLayer(PublishedFile(path), pseudonym_key="k")
    with pytest.raises(NotServed):
        access.run(Viewer("hr"), "violation_totals")
    assert access.branch_ids() == ()


def test_without_headcounts_no_unit_is_shown_to_those_who_may_not_see_people(tmp_path):
    publish(tmp_path, "one", then=("delete from reference.employees",))
    access = AccessLayer(PublishedFile(tmp_path / "published" / "current"), pseudonym_key="k")
    for query in ("violations_by_unit", "violation_totals", "labour_by_unit", "losses_by_month"):
        with pytest.raises(TooFewPeople):
            access.run(VIEWERS["executive"], query)
    assert not access.run(VIEWERS["hr"], "violations_by_unit").is_empty


def test_a_company_of_four_has_no_totals_for_those_who_may_not_see_people(tmp_path):
    publish(tmp_path, "one", then=("delete from reference.employees where employee_id > 'E0004'",))
    access = AccessLayer(PublishedFile(tmp_path / "published" / "current"), pseudonym_key="k")
    with pytest.raises(TooFewPeople):
        access.run(VIEWERS["executive"], "violation_totals")
    assert access.run(VIEWERS["hr"], "violation_totals").rows


@pytest.mark.parametrize("role", ["executive", "analyst"])
def test_a_group_of_fewer_than_five_is_withheld(access, role):
    viewer = VIEWERS[role]
    rows = {row["org_unit_id"]: row for row in access.run(viewer, "violations_by_unit", {"org": "B04"}).records()}
    assert rows[TINY_TEAM]["incident_count"] is None and rows[TINY_TEAM]["points"] is None
    assert rows["B04-T1"]["incident_count"] is not None
    with pytest.raises(InvalidFilter):
        access.run(viewer, "violation_totals", {"org": TINY_TEAM})
    cohorts = [row for row in access.run(viewer, "cohorts", {"family": "RED"}).records()]
    assert [row["cohort_value"] for row in cohorts if row["event_count"] is None] == ["under_3m", "3m_to_1y"]


def test_those_who_may_see_people_see_small_groups_but_not_their_pay(access):
    for viewer in (VIEWERS["hr"], Viewer("manager", "B04")):
        filters = {} if viewer.scope_org_unit_id else {"org": "B04"}
        counts = {row["org_unit_id"]: row for row in access.run(viewer, "violations_by_unit", filters).records()}
        assert counts[TINY_TEAM]["incident_count"] is not None
        pay = {row["org_unit_id"]: row for row in access.run(viewer, "labour_by_unit", filters).records()}
        assert (pay[TINY_TEAM]["labour_amount"] is None) == (viewer.role != "hr")


def test_a_unit_smaller_than_five_is_not_named_in_pseudonymised_rows(access, company):
    assert any(row[7] == TINY_TEAM for row in company.violations), "the fixture must have such a row"
    units = {row["org_unit_id"] for row in access.run(VIEWERS["analyst"], "case_list").records()}
    assert TINY_TEAM not in units and "B04" in units


def test_every_published_table_and_column_is_classified(data_dir, company):
    """The fixture has the marts' columns; whatever a mart adds must be classified before anybody sees it."""
    policy, tables = load_policy(), PublishedFile(data_dir / "published" / "current").current().tables
    assert tables
    assert [(name, c) for name, columns in tables.items() for c in columns if c not in policy.table(name).columns] == []


def test_every_column_of_a_mart_is_classified():
    """The marts' own definitions against the policy: neither changes alone."""
    defined: dict[str, set[str]] = {}
    for path in sorted((DBT_PROJECT_DIR / "models").glob("**/_*.yml")):
        folder = path.relative_to(DBT_PROJECT_DIR / "models").parts
        schema = folder[1] if folder[0] == "marts" else folder[0]
        if folder[0] in ("marts", "reference"):
            for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models") or []:
                defined[f"{schema}.{model['name']}"] = {column["name"] for column in model["columns"]}
    policy = load_policy()
    assert len(defined) > 12
    assert [name for name in defined if name not in policy.tables] == []
    assert {
        name: columns ^ set(policy.tables[name].columns)
        for name, columns in defined.items()
        if columns ^ set(policy.tables[name].columns)
    } == {}


def test_policy_masks_every_personal_class_for_roles_without_names():
    policy = load_policy()
    for role in policy.roles.values():
        if role.name in ("hr", "manager"):
            continue
        assert role.mask_of("person_name") in ("pseudonym", "hide")
        assert role.mask_of("content") == "hide" and role.mask_of("case_text") == "hide"
    assert set(policy.roles["hr"].masks) >= PERSONAL_CLASSES


def test_company_is_large_enough_to_mean_something(company: Company):
    assert len(company.employees) > 200 and len(company.violations) > 200
