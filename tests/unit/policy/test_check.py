"""A company's policy tables: what is accepted, and what is said about what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.policy.admission import Refused, own_policy
from pipelines.policy.check import Fault, check_policy, check_settings
from pipelines.policy.overlay import policy_fingerprint
from pipelines.policy.registry import registry
from pipelines.policy.tables import policy_tables
from pipelines.settings import Settings

FLOORS = "role_code,floor,valid_from,valid_to\n"
THRESHOLDS = "rule_id,parameter,value,country_code,org_unit_id,job_family,valid_from,valid_to\n"
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
        named |= {*table.masters, *table.exactly_one, *table.notes, *([table.pattern] if table.pattern else ())}
        assert named <= set(table.types), table.name


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
    assert faults(tmp_path, thresholds__csv=THRESHOLDS + "RED-03,window_hours,48,,,,2026-01-01,\n") == ()
    fault = only(faults(tmp_path, thresholds__csv=THRESHOLDS + "RED-03,tolerance,48,,,,2026-01-01,\n"))
    assert fault.column == "parameter"
    assert set(registry()["RED-03"].parameters) == {"window_hours"}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("-5", "must not be below 0"),
        ("nan", "must be a number"),
        ("1_000", "must be a number"),
        ("1e12", "is too large"),
        ("0.1234567", "at most 6 stand after the point"),
        ('"1,5"', "may be a decimal or a thousand"),
        ("0.95", None),
        ('"1,500"', None),
        ("1E+05", None),
    ],
)
def test_a_threshold_is_a_number_that_can_be_kept_as_written(tmp_path: Path, value: str, words: str | None) -> None:
    line = f"RED-03,window_hours,{value},,,,2026-01-01,\n"
    found = faults(tmp_path, thresholds__csv=THRESHOLDS + line)
    if words is None:
        assert found == ()
    else:
        assert only(found).column == "value"
        assert words in only(found).en


def test_a_limit_that_is_a_part_of_the_whole_is_no_percentage(tmp_path: Path) -> None:
    fault = only(faults(tmp_path, thresholds__csv=THRESHOLDS + "SVC-03,late_share,20,,,,2026-01-01,\n"))
    assert "must lie between 0 and 1" in fault.en
    assert faults(tmp_path, thresholds__csv=THRESHOLDS + "SVC-03,late_share,0.2,,,,2026-01-01,\n") == ()


@pytest.mark.parametrize("value", ["1,5", "1.500"])
def test_parted_by_semicolons_a_comma_is_no_thousand_and_a_point_may_be_one(tmp_path: Path, value: str) -> None:
    text = (THRESHOLDS + "RED-03,window_hours,VALUE,,,,2026-01-01,\n").replace(",", ";")
    assert "may be a decimal" in only(faults(tmp_path, thresholds__csv=text.replace("VALUE", value))).en
    assert faults(tmp_path, thresholds__csv=text.replace("VALUE", "1.5")) == ()


@pytest.mark.parametrize(
    "saved",
    [
        b"\xef\xbb\xbfHEAD\r\nROW\r\n\r\n\r\n",
        b"sep=,\r\nHEAD\r\nROW\r\n",
        b"\r\nHEAD,,\r\nROW,,\r\n,,,,,,,,,\r\n",
    ],
)
def test_what_spreadsheets_leave_around_a_table_is_not_read(tmp_path: Path, saved: bytes) -> None:
    row = "RED-03,window_hours,48,,,,2026/1/2 0:00,"
    content = saved.replace(b"HEAD", THRESHOLDS.strip().encode()).replace(b"ROW", row.encode())
    for text in (content, content.replace(b",", b";")):
        assert faults(tmp_path, thresholds__csv=text) == ()
        (read,) = check_policy(tmp_path).tables["thresholds"]
        assert (read["value"], read["valid_from"], read["valid_to"]) == ("48", "2026-01-02", None)


def test_utf_16_text_with_tabs_is_read(tmp_path: Path) -> None:
    text = (SUPPRESSIONS + "1,RED-01,E1,,退款纠纷,法务,2026/1/2,2026/2/1\n").replace(",", "\t")
    assert faults(tmp_path, suppressions__csv=text.encode("utf-16")) == ()
    assert check_policy(tmp_path).tables["suppressions"][0]["reason"] == "退款纠纷"


def test_a_line_is_the_one_on_which_the_row_begins(tmp_path: Path) -> None:
    rows = '1,RED-01,E1,,"two\nlines",E9,2026-01-01,2026-02-01\n2,RED-01,E1,,"two\nlines",,2026-01-01,2026-02-01\n'
    assert only(faults(tmp_path, suppressions__csv="\n" + SUPPRESSIONS + rows)).line == 5


def test_a_quotation_mark_that_is_not_closed_swallows_nothing(tmp_path: Path) -> None:
    rows = '1,RED-01,E1,,"dispute,E9,2026-01-01,2026-02-01\n2,RED-01,E2,,dispute,E9,2026-01-01,2026-02-01\n'
    fault = only(faults(tmp_path, suppressions__csv=SUPPRESSIONS + rows))
    assert (fault.line, "quotation marks do not pair" in fault.en) == (2, True)


@pytest.mark.parametrize("content", [b"", b"\n ,,\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused_in_the_readers_language(tmp_path: Path, content: bytes) -> None:
    fault = only(faults(tmp_path, thresholds__csv=content))
    assert fault.sentence("zh") == "thresholds.csv:文件是空的;第一行应为列名"
    assert "is empty" in fault.en


def test_a_table_without_rows_does_not_take_the_place_of_one_that_has_some(tmp_path: Path) -> None:
    assert "no rows" in only(faults(tmp_path, role_discount_floors__csv=FLOORS)).en
    (tmp_path / "role_discount_floors.csv").unlink()
    assert faults(tmp_path, thresholds__csv=THRESHOLDS) == (), "it is shipped empty"


def test_only_known_kinds_of_files_are_read(tmp_path: Path) -> None:
    fault = only(faults(tmp_path, thresholds__xls=THRESHOLDS))
    assert "only .csv and .xlsx files are read" in fault.en


def test_names_are_recognised_in_another_case(tmp_path: Path) -> None:
    found = faults(tmp_path, Roles__csv="", thresholds__csv=THRESHOLDS + "red-03,window_hours,48,,,,2026-01-01,\n")
    assert ["did you mean roles?" in found[0].en, "did you mean RED-03?" in found[1].en] == [True, True]


def test_what_nobody_sees_is_not_kept(tmp_path: Path) -> None:
    rows = "1,RED-01,E1,,dis\0pute,E9,2026-01-01,2026-02-01\n"
    assert "control character" in only(faults(tmp_path, suppressions__csv=SUPPRESSIONS + rows)).en


@pytest.mark.parametrize(
    ("term", "words"),
    [
        ("(红包", "do the brackets pair?"),
        ("{nosuch}红包", "no noun 'nosuch'"),
        ("\\d红包", "backslash"),
        ("(红包)?", "found in every text"),
        ("(发|给).{0,4}{gift}", None),
    ],
)
def test_a_term_can_be_looked_for_and_is_not_found_everywhere(tmp_path: Path, term: str, words: str | None) -> None:
    found = faults(tmp_path, terms__add__csv=f'language,category,context,term\nzh,gift_money,ask,"{term}"\n')
    if words is None:
        assert found == ()
    else:
        assert words in only(found).en


def test_people_and_units_that_the_data_do_not_know_are_named_where_the_data_are_known(tmp_path: Path) -> None:
    masters = {"employees": {"E1"}, "org_units": {"B1"}, "countries": {"CN"}, "job_families": {"sales"}}
    unknown = "1,RED-01,E7,,dispute,E9,2026-01-01,2026-02-01\n"
    limits = "RED-03,window_hours,96,CN,B1,sales,2026-01-01,\nRED-03,window_hours,96,XX,B7,cooks,2026-01-01,\n"
    assert faults(tmp_path, suppressions__csv=SUPPRESSIONS + unknown, thresholds__csv=THRESHOLDS + limits) == ()
    found = check_policy(tmp_path, masters).faults
    assert [(f.line, f.column) for f in found] == [
        (2, "employee_id"),
        (3, "country_code"),
        (3, "job_family"),
        (3, "org_unit_id"),
    ]
    assert "no 'E7' among the employees of the last publication" in found[0].en


def test_only_the_default_folder_may_be_missing(tmp_path: Path) -> None:
    assert check_settings(Settings.load({"HUFU_DATA": str(tmp_path)})).faults == ()
    mistyped = Settings.load({"HUFU_DATA": str(tmp_path), "HUFU_POLICY": str(tmp_path / "polcy")})
    assert "no such folder" in only(check_settings(mistyped).faults).en


def test_nothing_of_a_folder_with_faults_is_used(tmp_path: Path) -> None:
    (tmp_path / "role_discount_floors.csv").write_text(FLOORS + "sales_rep,2,2026-01-01,\n", encoding="utf-8")
    with pytest.raises(Refused, match="between 0 and 1"):
        own_policy(Settings.load({}, data_dir=tmp_path / "data", policy_dir=tmp_path), "en")


def test_the_fingerprint_follows_the_content_of_the_folder(tmp_path: Path) -> None:
    empty = policy_fingerprint(tmp_path)
    assert empty == policy_fingerprint(None) == policy_fingerprint(tmp_path / "none")
    (tmp_path / "roles.add.csv").write_text("role_code\n", encoding="utf-8")
    one = policy_fingerprint(tmp_path)
    (tmp_path / "roles.add.csv").write_text("role_code\nx\n", encoding="utf-8")
    assert len({empty, one, policy_fingerprint(tmp_path)}) == 3
