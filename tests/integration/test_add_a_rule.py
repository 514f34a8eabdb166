"""`docs/add-a-rule.md`, followed to the letter on a copy of the project."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from pipelines.landing import land_inbox
from pipelines.settings import CODE_ROOT
from tests.integration.conftest import Company
from tests.support.company import write_inbox

PAGE = CODE_ROOT / "docs" / "add-a-rule.md"
_CREATE = re.compile(r"Create `([^`]+)`:\n\n```\w+\n(.*?)```", re.DOTALL)
_APPEND = re.compile(r"Append to `([^`]+)`[^`]*?(?:`[^`]+`[^`]*?)*:\n\n```\w+\n(.*?)```", re.DOTALL)
_INSERT = re.compile(r"in the list of `([^`]+)`, after\n`([^`]+)`:\n\n```\w+\n(.*?)```", re.DOTALL)
_COMMAND = re.compile(r"^\$ hufu (.+)$", re.MULTILINE)

# A customer of E2, for whom E1 sells (O1), and one of E1 (O2, O3).
CUSTOMERS = {
    "crm/customers.csv": """
customer_id,customer_name,status,owner_id,created_at
C1,甲,signed,E2,2025-01-01 09:00:00
C2,乙,signed,E1,2025-01-01 09:00:00
"""
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory, tiny_company: Company) -> Path:
    """The project with what the page says put where the page says, and a company that ran before."""
    root = tmp_path_factory.mktemp("project")
    ignored = shutil.ignore_patterns("__pycache__", "target", "logs")
    for folder in ("pipelines", "dbt_project", "expectations", "dashboards"):
        shutil.copytree(CODE_ROOT / folder, root / folder, ignore=ignored)
    page = PAGE.read_text(encoding="utf-8")
    created, appended, inserted = _CREATE.findall(page), _APPEND.findall(page), _INSERT.findall(page)
    assert (len(created), len(appended), len(inserted)) == (1, 2, 1), "the page has other blocks than this test knows"
    for path, text in created:
        assert not (root / path).exists()
        (root / path).write_text(text, encoding="utf-8")
    for path, text in appended:
        with (root / path).open("a", encoding="utf-8") as handle:
            handle.write(text)
    for path, anchor, text in inserted:
        before = (root / path).read_text(encoding="utf-8")
        assert before.count(anchor) == 1
        (root / path).write_text(before.replace(anchor + "\n", f"{anchor}\n{text}"), encoding="utf-8")
    company = tiny_company.copy_to(root)
    company.inbox.rename(company.data / "inbox")
    land_inbox(write_inbox(company.data / "inbox", CUSTOMERS), company.data)
    return root


def follow(copy: Path, command: str) -> str:
    """One command of the page, run in the copy."""
    environment = {**os.environ, "PYTHONPATH": str(copy), "HUFU_DATA": str(copy / "data")}
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *command.split()],
        cwd=copy, env=environment, capture_output=True, text=True, timeout=280,
    )  # fmt: skip
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.timeout(600)
def test_the_page_leads_to_a_rule_that_is_tested_previewed_and_published(copy: Path) -> None:
    commands = _COMMAND.findall(PAGE.read_text(encoding="utf-8"))
    assert commands == ["rules test POACH-06", "rules preview POACH-06", "run"]
    assert "ok     POACH-06  poach_06_hits_orders_of_anybody_but_the_owner" in follow(copy, commands[0])
    assert "POACH-06" in follow(copy, commands[1])
    follow(copy, commands[2])
    with duckdb.connect(os.path.realpath(copy / "data" / "published" / "current"), read_only=True) as con:
        found = con.execute(
            "select subject_id, employee_id, review_cause, explanation_en from compliance.review_items "
            "where rule_id = 'POACH-06'"
        ).fetchall()
        answered = con.execute("select count(*) from compliance.rule_status where rule_id = 'POACH-06'").fetchone()
    assert found == [
        (
            "O1",
            "E1",
            "experimental_rule",
            "Needs review, the rule is on trial: "
            "Order over 300.00 CNY; the owner of the customer at that moment was E2.",
        )
    ]
    assert answered != (0,)
