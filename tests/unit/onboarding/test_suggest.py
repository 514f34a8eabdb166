"""Draft profiles: how much of a file in its own wording is understood, and that a draft can be finished."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipelines.contract import load_contract
from pipelines.contract.profile import PROFILE_DIR, load_profile, load_profiles
from pipelines.landing.reasons import SetAside
from pipelines.onboarding import likeness
from pipelines.onboarding.draft import draft
from pipelines.onboarding.language import LANGUAGES
from pipelines.onboarding.likeness import words_of
from pipelines.onboarding.profiles import check_profile
from pipelines.onboarding.suggest import Suggestion, suggest

from .layouts import LAYOUTS, Layout

CONTRACT = load_contract()
PROFILES = load_profiles([PROFILE_DIR])
BY_NAME = {layout.name: layout for layout in LAYOUTS}


def write(folder: Path, layout: Layout) -> Path:
    path = folder / f"{layout.name}.csv"
    path.write_text(layout.text, encoding="utf-8")
    return path


def suggested(folder: Path, name: str) -> Suggestion:
    return suggest(write(folder, BY_NAME[name]), CONTRACT, PROFILES)


def proposed(suggestion: Suggestion) -> dict[str, str]:
    return {p.header: p.column.name for p in suggestion.best.proposals if p.header is not None}


def test_the_dataset_of_every_layout_is_found(tmp_path):
    found = {layout.name: suggested(tmp_path, layout.name).best.dataset.name for layout in LAYOUTS}
    assert found == {layout.name: layout.dataset for layout in LAYOUTS}


def test_a_good_share_of_columns_is_right_and_few_are_wrong(tmp_path):
    """Measured when these layouts were new to the code: 76 of 86 columns right, 1 proposed wrongly."""
    right = wrong = asked = 0
    for layout in LAYOUTS:
        found = proposed(suggested(tmp_path, layout.name))
        right += sum(found.get(header) == column for header, column in layout.meaning.items())
        wrong += sum(layout.meaning.get(header) != column for header, column in found.items())
        asked += len(layout.meaning)
    assert asked == 86
    assert right / asked >= 0.85
    assert wrong <= 3


def test_a_header_below_titles_is_found(tmp_path):
    suggestion = suggested(tmp_path, "hotel_roster")
    assert suggestion.header_record == 3 and "制表日期" in (suggestion.title or "")
    assert suggestion.nulls == ("--",)


def test_values_that_the_checks_do_not_take_are_read_by_an_expression(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("工号,姓名,入职日期\n1,a,2026/02/28 星期六\n2,b,2026/03/01 星期日\n", encoding="utf-8")
    [hired] = [p for p in suggest(path, CONTRACT, PROFILES).best.proposals if p.column.name == "hire_date"]
    assert hired.sql == 'day_of("入职日期")' and hired.values_fit == 1


def test_a_column_whose_values_speak_against_it_is_not_proposed(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("工号,姓名,入职日期\n1,a,门店\n2,b,仓库\n", encoding="utf-8")
    assert "入职日期" not in proposed(suggest(path, CONTRACT, PROFILES))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_a_draft_loads_as_it_stands_and_says_what_is_open(tmp_path, layout, language):
    suggestion = suggest(write(tmp_path, layout), CONTRACT, PROFILES)
    path = tmp_path / "draft.yml"
    path.write_text(draft(suggestion, language), encoding="utf-8")
    profile = load_profile(path)
    [target] = profile.datasets
    assert target.dataset == layout.dataset
    assert profile.note and re.search("[\u4e00-\u9fff]", profile.note.zh) and profile.note.en.isascii()
    used = {c.column.name for c in suggestion.best.proposals if c.header is not None}
    assert set(target.columns) == used
    report = check_profile(path)
    assert report.fault is None and report.open_points
    assert set(report.missing.get(layout.dataset, ())) == {c.name for c in suggestion.best.missing}


def test_a_finished_draft_lands_its_file(company, tmp_path):
    layout = BY_NAME["hotel_roster"]
    text = draft(suggest(write(tmp_path, layout), CONTRACT, PROFILES), "zh")
    text = text.replace("      # full_name: ", "      full_name: 中文名")
    text = text.replace("      # hire_date: ", "      hire_date: 到店日期")
    text = text.replace(
        "      # employment_status: ", "      employment_status: {from: 在岗情况, map: {在岗: active, 已离店: left}}"
    )
    company.profile(text)
    company.deliver("人事/花名册.csv", layout.text)
    company.land()
    rows = company.ask(
        "select employee_id, full_name, hire_date::varchar, employment_status from landed_hr.employees order by 1"
    )
    assert rows == [
        ("H001", "陈一", "2021-04-01", "active"),
        ("H002", "周二", "2022-05-01", "left"),
        ("H003", "吴三", "2023-06-01", "active"),
    ]
    assert company.ask("select count(*) from landed.quarantine") == [(0,)]


def test_a_rule_for_rows_of_totals_takes_out_just_them(company, tmp_path):
    layout = BY_NAME["wholesale_orders"]
    text = draft(suggest(write(tmp_path, layout), CONTRACT, PROFILES), "en")
    assert "name: total_row" in text
    company.profile(text)
    company.deliver("orders.csv", layout.text)
    [outcome] = company.land().files
    assert (outcome.counts.read, outcome.counts.ignored) == (3, 1)


def test_a_draft_gives_no_single_values_of_columns_away(tmp_path):
    text = draft(suggested(tmp_path, "factory_roster"), "zh")
    assert "身份证号" in text and "110101" not in text


def test_foreign_text_cannot_leave_its_comment_or_its_quotes(tmp_path):
    path = tmp_path / "x.csv"
    odd = 'a": {sql: "1"}\u2028name: evil'
    path.write_text(
        f'工号,姓名,"{odd.replace(chr(34), chr(34) * 2)}","# TODO: x"\n1,a,b,c\n2,a,b,c\n', encoding="utf-8"
    )
    target = tmp_path / "draft.yml"
    target.write_text(draft(suggest(path, CONTRACT, PROFILES), "en"), encoding="utf-8")
    assert load_profile(target).name == "x_" + load_profile(target).datasets[0].dataset


@pytest.mark.parametrize("text", ["", "1,2\n3,4\n", "\n\n\n"], ids=["empty", "numbers", "blank"])
def test_a_file_without_header_is_told(tmp_path, text):
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SetAside) as caught:
        suggest(path, CONTRACT, PROFILES)
    assert caught.value.reason.code in ("no_header", "empty_file")


def test_every_word_is_in_one_group():
    words = [word for lines in (likeness._KINDS, likeness._THINGS) for word in lines.split()]
    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    ("one", "other", "stranger"),
    [
        ("员工编号", "工号", "订单编号"),
        ("入司时间", "入职日期", "离职日期"),
        ("直属上级", "manager", "部门"),
        ("Date Joined", "入职日期", "出生日期"),
        ("EmployeeName", "姓名", "工号"),
    ],
)
def test_words_for_the_same_thing_are_more_alike_than_others(one, other, stranger):
    assert likeness.likeness(one, other) > likeness.likeness(one, stranger)
    assert likeness.likeness(one, other) == pytest.approx(likeness.likeness(other, one), abs=0.05)
    assert likeness.likeness(one, one) == pytest.approx(1.0)


def test_headers_that_share_only_the_kind_of_value_are_not_alike():
    assert likeness.likeness("发票编号", "床位编号") < 0.45
    assert words_of("编号") and likeness.likeness("", "编号") == 0
