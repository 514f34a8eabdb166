"""The commands as a shell sees them: output, languages, exit codes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from pipelines.cli import main
from pipelines.landing import active_batches
from pipelines.landing.land import FileOutcome, LandingReport
from pipelines.landing.reasons import file_notice, file_reason
from pipelines.landing.register import Counts
from pipelines.onboarding.language import language_of
from pipelines.onboarding.notices import landing_notices
from pipelines.onboarding.terminal import shortened, table

from .conftest import Company

EMPLOYEES = (
    "工号,姓名,入职日期,组织单元编号,职位编号,在职状态\n00001,王一,2024-01-01,B1,P1,active\n00002,李二,x,B1,P1,active\n"
)


def hufu(*arguments: object, lang: str = "en_US.UTF-8") -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], env={"LC_ALL": lang, "HUFU_DATA": None})


def records(result: Result) -> list[dict]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def landed(company: Company) -> Company:
    company.deliver("hr/employees.csv", EMPLOYEES)
    company.deliver("bad.csv", "x")
    company.land()
    return company


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_TW"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "C", "LC_MESSAGES": "zh_CN"}, "zh"),
        ({"LC_ALL": "", "LANG": "zh_CN"}, "zh"),
    ],
    ids=str,
)
def test_the_locale_chooses_the_language(environment, language):
    assert language_of(environment) == language


@pytest.mark.parametrize(
    "command",
    [
        ("template",),
        ("batches",),
        ("batches", "list"),
        ("batches", "withdraw"),
        ("batches", "reinstate"),
        ("batches", "log"),
        ("profile",),
        ("profile", "list"),
        ("profile", "suggest"),
        ("profile", "check"),
        ("quarantine",),
        ("quarantine", "list"),
        ("quarantine", "export"),
        ("inspect",),
    ],
    ids=" ".join,
)
def test_every_command_has_help(command):
    result = hufu(*command, "--help")
    assert result.exit_code == 0 and "Usage" in result.stdout


def test_template_writes_a_file_once(tmp_path):
    out = tmp_path / "t.xlsx"
    assert "必填" in hufu("template", "employees", "--out", out, lang="zh_CN.UTF-8").stdout
    assert load_workbook(out).sheetnames[0] == "数据"
    again = hufu("template", "employees", "--out", out)
    assert again.exit_code == 2 and "exists" in again.output
    assert hufu("template", "nothing", "--out", tmp_path / "u.xlsx").exit_code == 2
    assert hufu("template").exit_code == 2
    assert hufu("template", "employees", "--out", tmp_path / "t.csv").exit_code == 2


def test_template_list_names_every_dataset():
    assert (
        "employees" in hufu("template", "--list").stdout
        and "员工" in hufu("template", "--list", "--language", "zh").stdout
    )
    assert {r["dataset"] for r in records(hufu("template", "--list", "--json"))} >= {"employees", "orders", "punches"}


def test_batches_alone_and_as_list_say_the_same(landed):
    alone, listed = (hufu("batches", *extra, "--data", landed.data) for extra in ((), ("list",)))
    assert alone.stdout == listed.stdout and "hr/employees.csv" in alone.stdout and "set aside" in alone.stdout
    assert "未导入" in hufu("batches", "--data", landed.data, lang="zh_CN.UTF-8").stdout
    states = {r["source_file"]: r["state"] for r in records(hufu("batches", "--data", landed.data, "--json"))}
    assert states == {"hr/employees.csv": "active", "bad.csv": "set_aside"}


def test_withdraw_and_reinstate_by_the_beginning_of_an_id(landed):
    [batch] = active_batches(landed.data)
    assert hufu("batches", "withdraw", batch.batch_id[:6], "--data", landed.data).exit_code == 2
    assert hufu("batches", "withdraw", "zzz", "--reason", "x", "--data", landed.data).exit_code == 1
    done = hufu("batches", "withdraw", batch.batch_id[:6], "--reason", "wrong", "--by", "lin", "--data", landed.data)
    assert done.exit_code == 0 and "next `hufu run`" in done.stdout
    assert hufu("batches", "withdraw", batch.batch_id[:6], "--reason", "x", "--data", landed.data).exit_code == 1
    assert hufu("batches", "reinstate", batch.batch_id[:6], "--reason", "right", "--data", landed.data).exit_code == 0
    log = records(hufu("batches", "log", "--data", landed.data, "--json"))
    assert [(e["action"], e["reason"]) for e in log] == [("withdrawn", "wrong"), ("reinstated", "right")]
    assert log[0]["by"] == "lin" and log[1]["by"]
    assert "wrong" in hufu("batches", "log", "--data", landed.data).stdout


def test_a_person_is_asked_and_may_say_no(landed, monkeypatch):
    [batch] = active_batches(landed.data)
    arguments = ["batches", "withdraw", batch.batch_id, "--reason", "x", "--data", str(landed.data)]
    # The package's attribute of that name is the command, not its module.
    monkeypatch.setattr(sys.modules["pipelines.onboarding.commands.batches"], "is_terminal", lambda: True)
    refused = CliRunner().invoke(main, arguments, input="n\n", env={"LC_ALL": "C"})
    assert refused.exit_code == 1 and "Withdraw?" in refused.output and active_batches(landed.data)
    assert CliRunner().invoke(main, [*arguments, "--yes"], env={"LC_ALL": "C"}).exit_code == 0
    assert active_batches(landed.data) == []


def test_quarantine_is_listed_and_exported(landed, tmp_path):
    listed = hufu("quarantine", "list", "--data", landed.data, lang="zh_CN.UTF-8")
    assert "hire_date" in listed.stdout and "hufu quarantine export" in listed.stdout
    [record] = records(hufu("quarantine", "list", "--data", landed.data, "--json"))
    assert (record["open"], record["source_file"]) == (1, "hr/employees.csv")
    out = tmp_path / "c.xlsx"
    options = ("--data", landed.data, "--inbox", landed.inbox)
    [written] = records(hufu("quarantine", "export", "--out", out, *options, "--json"))
    assert written["rows"] == 1 and out.is_file()
    assert hufu("quarantine", "export", "--out", out, *options).exit_code == 2
    assert hufu("quarantine", "export", "--out", tmp_path / "d.xlsx", "--dataset", "nothing", *options).exit_code == 2


def test_a_profile_that_cannot_be_used_is_told_without_a_trace(landed, tmp_path):
    landed.profile("name: x\n", "broken")
    options = ("--data", landed.data, "--inbox", landed.inbox)
    for arguments in (("quarantine", "export", "--out", tmp_path / "c.xlsx"), ("inspect", landed.inbox / "bad.csv")):
        result = hufu(*arguments, *options)
        assert result.exit_code == 1 and "broken.yml" in result.stderr and isinstance(result.exception, SystemExit)


def test_an_empty_quarantine_writes_nothing(company, tmp_path):
    out = tmp_path / "c.xlsx"
    result = hufu("quarantine", "export", "--out", out, "--data", company.data, "--inbox", company.inbox)
    assert result.exit_code == 0 and not out.exists() and "no row" in result.stdout
    assert hufu("quarantine", "list", "--data", company.data).exit_code == 0


def test_inspect_ends_with_one_where_nothing_is_recognised(company, tmp_path):
    known = company.deliver("hr/employees.csv", EMPLOYEES)
    options = ("--data", company.data, "--inbox", company.inbox)
    assert hufu("inspect", known, *options).exit_code == 0
    unknown = tmp_path / "unknown.csv"
    unknown.write_text("a,b\n1,2\n")
    assert hufu("inspect", unknown, *options).exit_code == 1
    assert hufu("inspect", tmp_path / "absent.csv", *options).exit_code == 2
    assert hufu("inspect", known, "--as", "../x.csv", *options).exit_code == 2
    result = hufu("inspect", known, *options, "--json")
    assert json.loads(result.stdout)["is_recognised"] is True


def test_profiles_are_listed_with_what_is_known_of_their_layout(company):
    options = ("--inbox", company.inbox)
    text = hufu("profile", "list", *options).stdout
    assert "wecom_daily" in text and "a real export" in text
    company.profile("name: x\n", "broken")
    broken = hufu("profile", "list", *options)
    assert broken.exit_code == 1 and "broken.yml" in broken.output and "pydantic" not in broken.output


def test_a_profile_is_checked(tmp_path):
    path = tmp_path / "p.yml"
    path.write_text(
        "name: x\nversion: 1\nmatch: {headers: [a]}\ndatasets:\n  - {dataset: products, columns: {product_id: a}}\n"
    )
    result = hufu("profile", "check", path)
    assert result.exit_code == 0 and "product_name" in result.stdout
    path.write_text(path.read_text().replace("product_id: a", "product_id: {sql: '('}"))
    assert hufu("profile", "check", path).exit_code == 1
    path.write_text("name: x\n")
    faulty = hufu("profile", "check", path)
    assert faulty.exit_code == 1 and "match: Field required" in faulty.output and "http" not in faulty.output


def test_a_profile_is_drafted_to_the_screen_or_into_a_new_file(company, tmp_path):
    source = tmp_path / "roster.csv"
    source.write_text("员工编号,姓名,入职时间\n1,a,2024-01-01\n", encoding="utf-8")
    options = ("--inbox", company.inbox, "--data", company.data)
    assert hufu("profile", "suggest", source, *options).stdout.startswith("# Draft of a profile")
    out = tmp_path / "p.yml"
    result = hufu("profile", "suggest", source, "--out", out, *options, lang="zh_CN.UTF-8")
    assert result.exit_code == 0 and "TODO" in out.read_text(encoding="utf-8") and "员工" in result.output
    assert hufu("profile", "suggest", source, "--out", out, *options).exit_code == 2
    assert hufu("profile", "suggest", source, "--dataset", "nothing", *options).exit_code == 2
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    assert hufu("profile", "suggest", empty, *options).exit_code == 1
    [record] = records(hufu("profile", "suggest", source, *options, "--json"))
    assert record["dataset"] == "employees" and record["columns"]["hire_date"]["from"] == "入职时间"


def outcome(name: str, status: str = "landed", **values: object) -> FileOutcome:
    return FileOutcome(name, status, True, **values)


def test_notices_tell_what_did_not_fit_and_which_command_helps():
    report = LandingReport(
        files=(
            outcome("fine.csv", counts=Counts(5, 5)),
            outcome("old.csv", "set_aside", reason=file_reason("empty_file")),
            outcome("bad.csv", counts=Counts(1000, 988, 12)),
            outcome("guess.xlsx", counts=Counts(1, 1), notices=(file_notice("layout_inferred", profile="p"),)),
        )
    )
    english = landing_notices(report, "en")
    assert [line.split(":")[0] for line in english] == [
        "not taken in",
        "quarantined",
        "note",
        "to see what becomes of a file",
        "to correct quarantined rows",
    ]
    assert "12 of 1,000" in english[1] and "hufu inspect" in english[3] and "hufu quarantine export" in english[4]
    assert "文件为空" in landing_notices(report, "zh")[0]


def test_no_notice_where_all_is_well_or_known_already():
    known = FileOutcome("bad.csv", "set_aside", False, reason=file_reason("empty_file"))
    assert landing_notices(LandingReport(files=(outcome("fine.csv", counts=Counts(5, 5)), known)), "zh") == []


def test_many_files_are_counted_rather_than_listed():
    report = LandingReport(
        files=tuple(outcome(f"{n}.csv", "set_aside", reason=file_reason("bomb", size=1)) for n in range(9))
    )
    lines = landing_notices(report, "en")
    assert sum(line.startswith("not taken in") for line in lines) == 5 and "and 4 more files" in lines[5]


def test_tables_stay_aligned_with_wide_characters():
    lines = table(("名称", "n"), [("员工", 1), ("ab", 12)]).split("\n")
    assert lines == ["名称   n", "员工   1", "ab    12"]
    assert shortened("很长的文字", 7) == "很长的…" and shortened("a\nb", 9) == "a b"


def test_no_command_writes_beside_its_output(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    hufu("template", "orders")
    assert [p.name for p in tmp_path.iterdir()] == ["orders-template.xlsx"]
