"""The way of a company's own policy: checked, foretold by a trial, then judged by it, exactly as foretold."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from pipelines.cli import main
from pipelines.files import file_sha256
from tests.integration.conftest import Company

# E1, a manager of customer service, may give 0.95 as shipped. From April on the role has no floor of its own, so that
# the default of DISC-01 binds it.
FLOORS = """\
role_code,floor,valid_from,valid_to
cs_agent,1.00,2000-01-01,
cs_manager,0.95,2000-01-01,2026-04-01
sales_director,0.80,2000-01-01,
"""
THRESHOLDS = "rule_id;parameter;value;country_code;org_unit_id;job_family;valid_from;valid_to\r\n"
SETTINGS = "rule_id,severity,points,is_enabled,valid_from,valid_to\nDISC-01,,7,,2026/4/1,\n"
# M2 was sent on 4 April, and O1 ordered on 2 April, the day on which the second has expired.
SUPPRESSIONS = """\
suppression_id,rule_id,employee_id,customer_id,reason,author,valid_from,valid_to
1,RED-01,E1,,客户投诉复核中,人事部 李经理,2026/4/4,2026/4/5
2,DISC-01,E1,,客户投诉复核中,人事部 李经理,2026/3/1,2026/4/2

"""

VERDICTS = """
    select violation_id, rule_id, subject_id, points, is_suppressed, suppression_reason, suppression_author
    from compliance.fct_violations order by rule_id, subject_id
"""
SCORES = "select employee_id, month::varchar, compliance_score::double from compliance.employee_scores"


def keep(company: Company, **tables: str | bytes) -> None:
    folder = company.data / "policy"
    folder.mkdir(exist_ok=True)
    for name, text in tables.items():
        (folder / f"{name}.csv").write_bytes(text.encode("gb18030") if isinstance(text, str) else text)


def foretold(company: Company, *command: str) -> dict[str, Any]:
    result = CliRunner().invoke(main, [*command, "--data", str(company.data), "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout.splitlines()[-1])


def rules(trial: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    """Of the rules that a trial touches: verdicts live, in the trial, new, gone and otherwise judged."""
    counts = {r["rule_id"]: (r["live"], r["trial"], r["new"], r["gone"], r["changed"]) for r in trial["rules"]}
    return {rule_id: count for rule_id, count in counts.items() if any(count[2:])}


def limit(value: str) -> bytes:
    return b"\xef\xbb\xbf" + f"{THRESHOLDS}DISC-01;default_floor;{value};;;;2000/1/1;\r\n\r\n".encode()


@pytest.mark.timeout(240)
def test_what_a_trial_foretells_of_an_own_policy_is_what_the_next_run_finds(own_company: Company) -> None:
    company = own_company
    before = {row[0]: row for row in company.query(VERDICTS)}
    scores = {row[:2]: row[2] for row in company.query(SCORES)}
    served = file_sha256(company.data / "published" / "current")
    keep(
        company,
        role_discount_floors=FLOORS,
        rule_settings=SETTINGS,
        suppressions=SUPPRESSIONS,
        thresholds=limit("0.90"),
    )

    preview = foretold(company, "rules", "preview", "DISC-01", "--set", "default_floor=0.96")
    assert rules(preview) == {"DISC-01": (1, 2, 1, 0, 1), "RED-01": (1, 1, 0, 0, 1)}
    assert (preview["by_month"], preview["by_branch"]) == ([["2026-04", 1, 2]], [["B1", 1, 2]])
    assert sorted(preview["by_slot"]) == [["4 14:00", 1, 1], ["4 16:00", 0, 1]]
    examples = [(hit["change"], hit["subject_id"]) for hit in preview["examples"]]
    assert examples == [("changed", "O1/1"), ("new", "O3/1")]

    keep(company, thresholds=limit("0.96"))
    diff = foretold(company, "policy", "diff")
    assert diff["is_publication_current"], "the policy is what is tried, not a reason to run first"
    assert (rules(diff), diff["scores"]) == (rules(preview), preview["scores"])
    assert file_sha256(company.data / "published" / "current") == served, "a trial alters nothing that is served"

    assert company.run() == "published"
    after = {row[0]: row for row in company.query(VERDICTS)}
    [new] = [hit["violation_id"] for hit in diff["examples"] if hit["change"] == "new"]
    assert after.keys() - before.keys() == {new}
    assert before.keys() <= after.keys(), "what is suppressed stays"
    suppressed = [row[1:] for row in after.values() if row[4]]
    [points] = [row[3] for row in before.values() if row[1] == "RED-01"]
    assert {row[2]: row[3] for row in after.values() if row[1] == "DISC-01"} == {"O1/1": 7, "O3/1": 7}
    assert suppressed == [("RED-01", "M2", points, True, "客户投诉复核中", "人事部 李经理")]
    told = {(s["employee_id"], s["month"]): s["trial"] for s in diff["scores"]}
    assert {row[:2]: row[2] for row in company.query(SCORES)} == scores | told
    assert told and told.items().isdisjoint(scores.items())
