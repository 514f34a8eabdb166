"""A company's policy tables: what is accepted, and what is said about what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.policy.check import Fault, check_policy
from pipelines.policy.overlay import policy_fingerprint
from pipelines.policy.registry import registry
from pipelines.policy.tables import policy_tables

FLOORS = "role_code,floor,valid_from,valid_to\n"
SUPPRESSIONS = "suppression_id,rule_id,employee_id,customer_id,reason,author,valid_from,valid_to\n"


def faults(folder: Path, **files: str | bytes) -> tuple[Fault, ...]:
    """What is said of a folder with these files; `__` in a name stands for a dot."""
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        (folder / name.replace("__", ".")).write_bytes(data)
    return check_policy(folder).faults


def only(found: tuple[Fault, ...]) -> Fault:
    assert len(found) == 1, [fault.sentence("en") for fault in found]
    return found[0]


def test_the_shipped_tables_keep_their_own_constraints() -> None:
    assert check_policy(None).faults == ()


def test_every_constraint_names_columns_that_the_table_has() -> None:
    for table in policy_tables().values():
        named = {*table.key, *table.required, *table.unique, *table.accepted, *table.references, *table.ranges}
        assert named | set(table.exactly_one) | set(table.notes) <= set(table.types), table.name


def test_every_reference_leads_to_a_known_column() -> None:
    for table in policy_tables().values():
        for reference in table.references.values():
            target, _, column = reference.partition(".")
            if target not in ("rules", "parameters", "datasets"):
                assert column in policy_tables()[target].types, (table.name, reference)


def test_a_folder_that_does_not_exist_changes_nothing(tmp_path: Path) -> None:
    checked = check_policy(tmp_path / "none")
    assert (checked.tables, checked.faults) == ({}, ())


def test_a_table_of_the_folder_replaces_the_shipped_one(tmp_path: Path) -> None:
    assert faults(tmp_path, role_discount_floors__csv=FLOORS + "sales_rep,0.9,2026-01-01,\n") == ()
    (row,) = check_policy(tmp_path).tables["role_discount_floors"]
    assert row == {"role_code": "sales_rep", "floor": "0.9", "valid_from": "2026-01-01", "valid_to": None}


def test_added_rows_stand_beside_the_shipped_ones(tmp_path: Path) -> None:
    shipped = len(policy_tables()["roles"].shipped_rows())
    added = "role_code,name_zh,name_en,is_customer_role\nintern,实习生,intern,否\n"
    assert faults(tmp_path, roles__add__csv=added) == ()
    rows = check_policy(tmp_path).tables["roles"]
    assert len(rows) == shipped + 1
    assert rows[-1]["is_customer_role"] == "false"


def test_text_saved_by_a_chinese_spreadsheet_is_read(tmp_path: Path) -> None:
    text = "role_code,name_zh,name_en,is_customer_role\nintern,实习生,intern,false\n"
    assert faults(tmp_path, roles__add__csv=text.encode("gb18030")) == ()
    assert check_policy(tmp_path).tables["roles"][-1]["name_zh"] == "实习生"


def test_a_workbook_is_read_with_its_dates_and_numbers(tmp_path: Path) -> None:
    from datetime import date

    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.append(["role_code", "floor", "valid_from", "valid_to"])
    sheet.append(["sales_rep", 0.85, date(2026, 7, 1), None])
    book.save(tmp_path / "role_discount_floors.xlsx")
    assert check_policy(tmp_path).faults == ()
    (row,) = check_policy(tmp_path).tables["role_discount_floors"]
    assert (row["floor"], row["valid_from"]) == ("0.85", "2026-07-01")


@pytest.mark.parametrize("written", ["2026/7/1", "2026.07.01", "2026年7月1日", "2026-07-01 00:00:00"])
def test_dates_as_people_write_them(tmp_path: Path, written: str) -> None:
    assert faults(tmp_path, role_discount_floors__csv=FLOORS + f"sales_rep,0.9,{written},\n") == ()
    assert check_policy(tmp_path).tables["role_discount_floors"][0]["valid_from"] == "2026-07-01"


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        ("cs_agnt,0.9,2026-01-01,", "role_code", "did you mean cs_agent?"),
        ("sales_rep,95%,2026-01-01,", "floor", "without percent sign"),
        ("sales_rep,ninety,2026-01-01,", "floor", "must be a number"),
        ("sales_rep,1.01,2026-01-01,", "floor", "between 0 and 1"),
        ("sales_rep,,2026-01-01,", "floor", "must not be empty"),
        ("sales_rep,0.9,2026-02-30,", "valid_from", "is not a date"),
        ("sales_rep,0.9,,", "valid_from", "must not be empty"),
        ("sales_rep,0.9,2026-01-01,2026-01-01", "valid_to", "must be later than valid_from"),
        ("sales_rep,0.9,2026-01-01,2026-02-01,x", "(column 5)", "a cell too many"),
    ],
)
def test_a_wrong_cell_is_named_with_line_column_and_remedy(tmp_path: Path, line: str, column: str, words: str) -> None:
    fault = only(faults(tmp_path, role_discount_floors__csv=FLOORS + line + "\n"))
    assert (fault.file, fault.line, fault.column) == ("role_discount_floors.csv", 2, column)
    assert words in fault.en
    assert fault.zh and fault.zh != fault.en


def test_two_rows_in_force_at_once_are_named_and_one_after_the_other_are_not(tmp_path: Path) -> None:
    after = FLOORS + "sales_rep,0.9,2026-01-01,2026-07-01\nsales_rep,0.8,2026-07-01,\n"
    assert faults(tmp_path, role_discount_floors__csv=after) == ()
    at_once = FLOORS + "sales_rep,0.9,2026-01-01,2026-07-02\nsales_rep,0.8,2026-07-01,\n"
    fault = only(faults(tmp_path, role_discount_floors__csv=at_once))
    assert fault.line == 3
    assert "role_discount_floors.csv:2" in fault.en


def test_an_open_row_is_in_force_for_all_later_ones(tmp_path: Path) -> None:
    text = FLOORS + "sales_rep,0.9,2026-01-01,\nsales_rep,0.8,2030-01-01,\n"
    assert only(faults(tmp_path, role_discount_floors__csv=text)).line == 3


def test_the_same_key_twice(tmp_path: Path) -> None:
    text = "role_code,name_zh,name_en,is_customer_role\ncs_agent,客服,agent,true\n"
    fault = only(faults(tmp_path, roles__add__csv=text))
    assert "stands twice; see also roles.csv:2" in fault.en


def test_an_unknown_table_a_missing_and_an_unknown_column(tmp_path: Path) -> None:
    found = faults(tmp_path, treshold__csv="a\n", role_discount_floors__csv="role_code,flor,valid_from\n")
    assert sorted((f.file, f.column) for f in found) == [
        ("role_discount_floors.csv", "floor"),
        ("role_discount_floors.csv", "flor"),
        ("treshold.csv", ""),
    ]
    assert any("did you mean floor?" in f.en for f in found)
    assert "did you mean thresholds?" in found[2].en


def test_files_that_are_no_tables(tmp_path: Path) -> None:
    found = faults(tmp_path, notes__md="why", roles__pdf="%PDF", roles__csv=b"\xff\xfe\x00\x01\x02")
    assert sorted({f.file for f in found}) == ["roles.csv", "roles.pdf"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("1,RED-01,E1,,dispute,E9,2026-01-01,2026-06-30", None),
        ("1,RED-01,E1,,dispute,E9,2026-01-01,2026-07-01", "at most 180 days, so 2026-06-30"),
        ("1,RED-01,E1,C1,dispute,E9,2026-01-01,2026-02-01", "exactly one of employee_id, customer_id"),
        ("1,RED-01,,,dispute,E9,2026-01-01,2026-02-01", "exactly one of employee_id, customer_id"),
        ("1,RED-01,E1,,,E9,2026-01-01,2026-02-01", "must not be empty"),
        ("1,RED-01,E1,,dispute,E9,2026-01-01,", "must not be empty"),
        ("1,RED-99,E1,,dispute,E9,2026-01-01,2026-02-01", "there is no 'RED-99'"),
    ],
)
def test_a_suppression_names_its_reason_author_and_an_end_within_180_days(
    tmp_path: Path, line: str, words: str | None
) -> None:
    found = faults(tmp_path, suppressions__csv=SUPPRESSIONS + line + "\n")
    if words is None:
        assert found == ()
    else:
        assert words in only(found).en


def test_a_threshold_must_be_a_parameter_of_its_rule(tmp_path: Path) -> None:
    header = "rule_id,parameter,value,country_code,org_unit_id,job_family,valid_from,valid_to\n"
    assert faults(tmp_path, thresholds__csv=header + "RED-03,window_hours,48,,,,2026-01-01,\n") == ()
    fault = only(faults(tmp_path, thresholds__csv=header + "RED-03,tolerance,48,,,,2026-01-01,\n"))
    assert fault.column == "parameter"
    assert set(registry()["RED-03"].parameters) == {"window_hours"}


def test_the_fingerprint_follows_the_content_of_the_folder(tmp_path: Path) -> None:
    empty = policy_fingerprint(tmp_path)
    assert empty == policy_fingerprint(None) == policy_fingerprint(tmp_path / "none")
    (tmp_path / "roles.add.csv").write_text("role_code\n", encoding="utf-8")
    one = policy_fingerprint(tmp_path)
    (tmp_path / "roles.add.csv").write_text("role_code\nx\n", encoding="utf-8")
    assert len({empty, one, policy_fingerprint(tmp_path)}) == 3
