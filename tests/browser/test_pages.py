"""The dashboards as people see them: every page, both languages, desk and phone, and each role."""

from __future__ import annotations

import csv
import json
import re
from urllib.parse import parse_qs, urlparse

import duckdb
import pytest

from dashboards.i18n import LANGUAGES, Texts
from tests.browser.conftest import serving
from tests.support.published_fixture import (
    BAD_BRANCH,
    BRANCHES,
    EMPTY,
    HOSTILE,
    HOSTILE_NAME,
    RULES,
    SPARSE,
    SUPPRESSION_REASON,
    build_company,
    publish,
    service_errors,
)

PAGES = (
    "overview",
    "compliance",
    "rules",
    "case_file",
    "hotspots",
    "cost",
    "performance",
    "service_errors",
    "data_quality",
)
WIDTHS = (1440, 390)


def published(data_dir, sql: str):
    # A copy of the pointer's file is not needed: readers never exclude each other across processes.
    with duckdb.connect(str((data_dir / "published" / "current").resolve()), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def metric(visitor, label: str) -> str:
    card = visitor.tab.locator('[data-testid="stMetric"]').filter(has_text=label).first
    return card.locator('[data-testid="stMetricValue"]').inner_text()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_itself_completely(visit, screenshots, page, language):
    visitor, texts = visit(), Texts(language)
    visitor.open(page, lang=language)
    tab = visitor.tab
    assert tab.locator('[data-testid="stMain"] h1').inner_text() == texts(f"page.{page}")
    assert tab.locator('[data-testid="stException"]').count() == 0
    assert "fixture1" in tab.inner_text(".st-key-freshness")
    assert not re.search(r"\b(column|finding|state|kpi|label)\.\w+", visitor.main), "a key instead of a text"
    # From a desk to a phone, which is turned or resized as windows are.
    for width in WIDTHS:
        tab.set_viewport_size({"width": width, "height": 900})
        visitor.settle()
        scroll = tab.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
        assert scroll <= tab.evaluate("document.querySelector('[data-testid=stMain]').clientWidth"), width
        tab.set_viewport_size({"width": width, "height": min(6000, _height(tab))})
        tab.wait_for_timeout(400)
        tab.screenshot(path=screenshots / f"{page}-{language}-{width}.png")
    tab.set_viewport_size({"width": WIDTHS[0], "height": 900})
    assert visitor.complaints == []
    assert visitor.strangers == []


def _height(tab) -> int:
    return tab.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight") + 20


def test_charts_stay_inside_a_phone(visit):
    visitor = visit(390).open("hotspots", lang="zh")
    charts = visitor.tab.locator('[data-testid="stPlotlyChart"]')
    assert charts.count() >= 4
    for index in range(charts.count()):
        box = charts.nth(index).bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["width"] >= 300


def test_key_numbers_are_those_of_the_published_file(visit, data_dir):
    visitor = visit().open("overview", lang="en")
    [(incidents,)] = published(
        data_dir,
        "select count(distinct incident_id) from compliance.fct_violations"
        " where disposition not in ('unsubstantiated', 'overturned') and not is_suppressed and family <> 'CUST'",
    )
    [(loss,)] = published(data_dir, "select sum(hard_loss_amount) from cost.violation_losses")
    [(events, exposure)] = published(
        data_dir,
        "select sum(incident_count), sum(exposure_count) from compliance.monthly_by_org"
        " where org_unit_id = 'G' and family = 'RED'",
    )
    texts = Texts("en")
    assert metric(visitor, "Incidents") == texts.number(incidents)
    assert metric(visitor, "Hard loss") == texts.money(loss, "CNY")
    assert metric(visitor, "Private gifts, rate") == texts.rate(1000 * events / exposure)
    assert metric(visitor, "Branch that stands out") == dict(BRANCHES)[BAD_BRANCH]


def test_checks_on_the_page_are_those_of_the_published_file(visit, data_dir):
    visitor = visit().open("data_quality", lang="en")
    [(passed, total)] = published(data_dir, "select count(*) filter (where passed), count(*) from quality.checks")
    assert metric(visitor, "Checks passed") == f"{passed} / {total}"


def test_another_persona_is_shown_something_else(visit, company):
    visitor = visit(fresh=True).open("compliance", lang="en")
    cases = f"Cases: {len(company.violations)}"
    assert cases in visitor.main
    visitor.choose("View as", "Executive")
    assert "no single cases" in visitor.main and cases not in visitor.main
    assert parse_qs(urlparse(visitor.tab.url).query)["as"] == ["executive"]
    visitor.open("case_file", lang="en", **{"as": "executive"})
    assert "does not include this page" in visitor.main
    assert not [row[1] for row in company.employees if row[1] in visitor.main]


@pytest.mark.parametrize("page", PAGES)
def test_a_manager_sees_the_own_subtree_only(visit, company, page):
    visitor = visit().open(page, lang="zh", **{"as": f"manager:{BAD_BRANCH}"})
    own = company.below(BAD_BRANCH)
    others = [row[1] for row in company.org_units if row[0] not in own and row[0] not in ("G", "HQ")]
    mine = {row[1] for row in company.employees if row[2] in own}
    strangers = {row[1] for row in company.employees if row[2] not in own} - mine
    text = visitor.main
    assert [name for name in others if name in text] == []
    assert [name for name in strangers if re.search(rf"(?<![\w]){re.escape(name)}(?![\w])", text)] == []
    if page == "overview":
        assert "华北分公司" in text


def test_an_auditor_reads_evidence_but_no_messages(visit, company):
    case = next(row for row in company.violations if row[3] == "RED")
    visitor = visit().open("case_file", lang="zh", case=case[0], **{"as": "auditor"})
    text = visitor.main
    assert HOSTILE[:20] not in text and "当前身份看不到聊天内容" in text
    assert "2 行原始记录证明此案" in text
    visitor.open("overview", lang="zh", **{"as": "auditor"})
    assert "不包含此页面" in visitor.main


def test_hostile_text_is_only_text(visit, company):
    case = next(row for row in company.violations if row[3] == "RED")
    visitor = visit().open("case_file", lang="en", case=case[0])
    assert HOSTILE in visitor.main
    assert visitor.tab.locator('[data-testid="stMain"] img[src="x"]').count() == 0
    assert visitor.tab.locator('[data-testid="stMain"] a[href*="example"]').count() == 0
    assert visitor.strangers == [] and visitor.complaints == []


def test_a_link_shows_the_same_view(visit):
    visitor = visit(fresh=True).open("overview", lang="en")
    everything = metric(visitor, "Incidents")
    visitor.choose("Org unit", dict(BRANCHES)[BAD_BRANCH])
    visitor.choose("From", "Nov 2025")
    narrowed = metric(visitor, "Incidents")
    assert narrowed != everything
    parameters = parse_qs(urlparse(visitor.tab.url).query)
    assert parameters["org"] == [BAD_BRANCH] and parameters["from"] == ["2025-11"]
    again = visit(fresh=True)
    again.tab.goto(visitor.tab.url)
    again.settle()
    assert metric(again, "Incidents") == narrowed
    assert dict(BRANCHES)[BAD_BRANCH] in again.main and "Nov 2025 – Apr 2026" in again.main


def test_choices_go_along_to_the_next_page(visit):
    visitor = visit(fresh=True).open("overview", lang="en", org=BAD_BRANCH)
    visitor.tab.locator('[data-testid="stSidebarNav"]').get_by_text("Cost").click()
    visitor.tab.wait_for_function("document.querySelector('[data-testid=stMain] h1')?.innerText === 'Cost'")
    visitor.settle()
    assert parse_qs(urlparse(visitor.tab.url).query) == {"lang": ["en"], "org": [BAD_BRANCH]}
    assert dict(BRANCHES)[BAD_BRANCH] in visitor.main


@pytest.mark.parametrize(
    "parameters",
    [{"org": "B99"}, {"org": "%27%20or%201%3D1"}, {"from": "2026-13"}, {"weekday": "9"}, {"surprise": "1"}],
    ids=lambda parameters: "-".join(parameters),
)
def test_a_bad_link_says_so(visit, parameters):
    visitor = visit().open("compliance", lang="en", **parameters)
    assert "are not valid, or not within your access" in visitor.main
    assert visitor.tab.locator('[data-testid="stException"]').count() == 0


def test_from_a_hot_slot_to_its_cases(visit, data_dir):
    visitor = visit(fresh=True).open("hotspots", lang="en", family="RED")
    visitor.tab.get_by_text("Show the cases of").first.click()
    visitor.tab.wait_for_function("document.querySelector('[data-testid=stMain] h1')?.innerText === 'Compliance'")
    visitor.settle()
    slot = parse_qs(urlparse(visitor.tab.url).query)
    [(cases,)] = published(
        data_dir,
        "select count(*) from compliance.fct_violations where family = 'RED'"
        f" and isodow(occurred_at) = {int(slot['weekday'][0])} and hour(occurred_at) = {int(slot['hour'][0])}",
    )
    assert cases > 4 and f"Cases: {cases}" in visitor.main


def test_from_a_case_in_the_list_to_its_file(visit, company):
    visitor = visit(fresh=True).open("compliance", lang="en", rule="RED-03")
    table = visitor.tab.locator(".st-key-card_cases [data-testid='stDataFrame']")
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    visitor.tab.mouse.click(box["x"] + 15, box["y"] + 52)
    visitor.tab.wait_for_function("document.querySelector('[data-testid=stMain] h1')?.innerText === 'Case file'")
    visitor.settle()
    latest = max((row for row in company.violations if row[2] == "RED-03"), key=lambda row: row[9])
    assert parse_qs(urlparse(visitor.tab.url).query)["case"] == [latest[0]]
    assert "Source rows that prove this case" in visitor.main


def test_a_rule_is_read_from_its_list_and_leads_to_its_cases(visit, company):
    """From the list to the entry, on to the cases, and back to all rules."""
    visitor = visit(fresh=True).open("rules", lang="en", verdict="NO_DATA")
    assert "1 rules: 0 found something, 1 lack data" in visitor.main
    visitor.open("rules", lang="en", rule="DISC-07")
    assert "cannot be judged, inventory missing" in visitor.main
    visitor.choose("Rule", "RED-03 Private receipt after the hint")
    text = visitor.main
    assert parse_qs(urlparse(visitor.tab.url).query)["rule"] == ["RED-03"]
    assert "What nobody was allowed to promise" in text and "Parameters set by the company's own policy: 1" in text
    assert "Suppressions of the policy in force: 2" in text
    visitor.tab.get_by_text("Show the cases of this rule").click()
    visitor.tab.wait_for_function("document.querySelector('[data-testid=stMain] h1')?.innerText === 'Compliance'")
    visitor.settle()
    assert f"Cases: {sum(row[2] == 'RED-03' for row in company.violations)}" in visitor.main
    visitor.open("rules", lang="en", rule="RED-03").tab.get_by_text("All rules").click()
    visitor.tab.get_by_text(f"{len(RULES)} rules").first.wait_for(timeout=15_000)
    visitor.settle()
    assert f"{len(RULES)} rules" in visitor.main


def test_from_an_error_in_the_list_to_what_its_cause_rests_on(visit, company):
    """The link holds the error; the way back keeps what was chosen. Totals are all that an executive gets."""
    decided = max((row for row in service_errors(company) if row[13] == "negligence"), key=lambda row: (row[8], row[0]))
    visitor = visit(fresh=True).open("service_errors", lang="en", cause="negligence")
    table = visitor.tab.locator(".st-key-card_errors [data-testid='stDataFrame']")
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    visitor.tab.mouse.click(box["x"] + 15, box["y"] + 52)
    visitor.tab.wait_for_selector(".st-key-card_indications", timeout=15_000)
    visitor.settle()
    assert parse_qs(urlparse(visitor.tab.url).query)["error"] == [decided[0]]
    text = visitor.main
    assert "Negligence weighs +3" in text and "Many tickets of the category were handled before" in text
    assert "Source rows that the attribution rests on: 2" in text and HOSTILE in text
    visitor.tab.get_by_text("All errors").click()
    visitor.tab.wait_for_selector(".st-key-card_errors", timeout=15_000)
    visitor.settle()
    assert parse_qs(urlparse(visitor.tab.url).query) == {"lang": ["en"], "cause": ["negligence"]}
    visitor.open("service_errors", lang="en", error=decided[0], **{"as": "executive"})
    assert "totals only" in visitor.main and "not within your access" in visitor.main and decided[1] not in visitor.main


def test_nobody_is_accused_of_what_the_company_owes(visit, company):
    case = next(row for row in company.violations if row[3] == "LAB")
    text = visit().open("case_file", lang="en", case=case[0]).main
    assert "Person affected or in charge (not accused)" in text and "Person in question" not in text


def test_a_case_to_review_says_why_in_the_readers_language(visit, company):
    case = f"R{company.violations[0][0][:20]}"
    visitor = visit()
    assert (
        "To be decided by a person: the person is not identified"
        in visitor.open("case_file", lang="en", case=case).main
    )
    assert "待人工核实：责任人无法识别" in visitor.open("case_file", lang="zh", case=case).main


def test_a_suppressed_case_says_why_it_does_not_count(visit, company):
    case = next(row for row in company.violations if row[20])
    visitor = visit().open("case_file", lang="en", case=case[0])
    assert SUPPRESSION_REASON in visitor.main and "Not counted" in visitor.main
    visitor.open("case_file", lang="en", case=case[0], **{"as": "auditor"})
    assert "诉讼中" not in visitor.main and "Suppressed and counted nowhere" in visitor.main


def test_rows_behind_a_chart_and_a_file_of_them(visit, tmp_path):
    visitor = visit(fresh=True).open("compliance", lang="en", family="RED")
    card = visitor.tab.locator(".st-key-card_units")
    card.get_by_text("Rows behind this chart").click()
    card.locator('[data-testid="stDataFrame"]').wait_for(timeout=15_000)
    visitor.settle()
    with visitor.tab.expect_download(timeout=15_000) as waiting:
        card.get_by_text("Download CSV").click()
    target = tmp_path / "units.csv"
    waiting.value.save_as(target)
    assert waiting.value.suggested_filename == "hufu-fixture1-violations_by_unit-hr.csv"
    rows = list(csv.reader(target.read_text(encoding="utf-8-sig").splitlines()))
    assert rows[0][:2] == ["Unit no.", "Org unit"] and len(rows) == 1 + 9


def test_names_cannot_become_formulas_in_a_file(visit, tmp_path):
    visitor = visit(fresh=True).open("performance", lang="en")
    card = visitor.tab.locator(".st-key-card_people")
    with visitor.tab.expect_download(timeout=15_000) as waiting:
        card.get_by_text("Download CSV").click()
    target = tmp_path / "people.csv"
    waiting.value.save_as(target)
    text = target.read_text(encoding="utf-8-sig")
    assert "'" + HOSTILE_NAME in text and f",{HOSTILE_NAME}" not in text


def test_a_failed_run_is_announced(visit, data_dir):
    note = data_dir / "state" / "last_run.json"
    note.parent.mkdir(exist_ok=True)
    note.write_text(json.dumps({"status": "failed", "finished_at": "2026-05-02T08:00:00+00:00", "message": "<b>x</b>"}))
    try:
        visitor = visit().open("overview", lang="en")
        assert "published nothing" in visitor.main and "<b>x</b>" in visitor.main
    finally:
        note.unlink()
    assert "published nothing" not in visit().open("overview", lang="en").main


def test_no_access_until_somebody_configured_it(browser, visit, tmp_path):
    publish(tmp_path, "real1", is_synthetic=False)
    with serving(tmp_path) as address:
        visitor = visit(fresh=True, at=address).open("overview", lang="en", **{"as": "hr"})
        assert "No access is configured" in visitor.main
        assert visitor.tab.locator('[data-testid="stMetric"]').count() == 0
    with serving(tmp_path, HUFU_VIEWER_ROLE="executive") as address:
        visitor = visit(fresh=True, at=address).open("compliance", lang="en", **{"as": "hr"})
        assert "no single cases" in visitor.main
        assert visitor.tab.get_by_text("View as").count() == 0


@pytest.mark.parametrize(("then", "words"), [(EMPTY, "No data"), (SPARSE, "Not enough data")], ids=["empty", "sparse"])
def test_what_cannot_be_said_is_never_a_zero(visit, tmp_path, then, words):
    publish(tmp_path, "poor1", then=then)
    shown = []
    with serving(tmp_path, HUFU_VIEWER_ROLE="hr") as address:
        visitor = visit(fresh=True, at=address)
        for page in PAGES:
            visitor.open(page, lang="en")
            assert visitor.tab.locator('[data-testid="stException"]').count() == 0, page
            assert "poor1" in visitor.tab.inner_text(".st-key-freshness")
            shown.append(visitor.main)
    assert visitor.complaints == []
    assert words in "".join(shown) and "¥0" not in "".join(shown)


def test_a_new_publication_is_shown_and_its_server_stays_up(visit, data_dir):
    """Last, because it changes what is published."""
    visitor = visit().open("overview", lang="en")
    before = metric(visitor, "Incidents")
    publish(data_dir, "fixture2", company=build_company(seed=12))
    visitor.open("overview", lang="en")
    assert "fixture2" in visitor.tab.inner_text(".st-key-freshness")
    assert metric(visitor, "Incidents") != before
