"""The table of labour law as a page for people: docs/labour-law.md, rendered from the policy seed.

Belongs here: how the rows of labour_limits are laid out as Markdown, and what their codes are called.
Does not belong here: any value or source of law (those stand in the seed).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from pipelines.settings import DBT_PROJECT_DIR

SEED = DBT_PROJECT_DIR / "seeds" / "policy" / "labour_limits.csv"
PAGE = Path(__file__).parents[2] / "docs" / "labour-law.md"

COUNTRIES = {
    "CN": "中国 · China",
    "JP": "日本 · Japan",
    "DE": "德国 · Germany",
    "SG": "新加坡 · Singapore",
    "GB": "英国 · Great Britain",
}

LIMITS = {
    "standard_day_hours": "标准日工时 · Standard day",
    "standard_week_hours": "标准周工时 · Standard week",
    "week_first_day": "一周的第一天(周一为1) · First day of the week (Monday = 1)",
    "protected_rest_days": "每周受保护的休息日 · Protected rest days a week",
    "holiday_swap_weeks": "调休上班周不按周判定 · Weeks swapped with holidays are left out",
    "protected_pay_cap": "受保护的月薪上限 · Pay up to which the law protects",
    "overtime_month_hours": "月加班上限(LAB-01) · Overtime a month",
    "comprehensive_cycle_months": "综合计算周期 · Cycle of comprehensive hours",
    "overtime_year_hours": "年加班上限(LAB-01) · Overtime a year",
    "months_above_overtime_cap": "一年可超月上限的月数(LAB-01) · Months a year above the monthly cap",
    "all_overtime_month_hours": "月加班上限,含休息日和节假日(LAB-01) · Overtime a month with rest days and holidays",
    "all_overtime_average_hours": "二至六个月平均加班,含休日(LAB-01) · Average over two to six months with rest days",
    "average_week_hours": "平均周工时上限(LAB-01) · Average hours a week",
    "average_window_weeks": "平均周工时的计算期 · Window of that average",
    "overtime_day_hours": "日加班上限(LAB-02) · Overtime a day",
    "worked_day_hours": "日工时上限(LAB-02) · Hours a day",
    "consecutive_work_days": "最多连续工作日(LAB-03) · Days worked in a row",
    "written_contract": "书面合同或条款的期限(LAB-04) · Deadline of written contract or terms",
    "probation": "试用期上限(LAB-05) · Probation",
    "paid_hours_month": "月计薪小时(LAB-06) · Paid hours a month",
    "rate_ordinary": "加班费率(LAB-06) · Overtime rate",
    "rate_ordinary_above_60": "月60小时以上的加班费率(LAB-06) · Overtime rate above 60 hours a month",
    "rate_rest_day": "休息日费率(LAB-06) · Rest-day rate",
    "rate_public_holiday": "节假日费率(LAB-06) · Public-holiday rate",
    "lieu_offsets_rest_day": "补休抵扣休息日加班 · Time off in lieu counts against rest-day work",
    "final_pay": "离职工资期限(EXIT-06) · Deadline of final wages",
}

SCOPES = {
    "all": "全部 · all",
    "standard": "标准工时 · standard hours",
    "comprehensive": "综合计算工时 · comprehensive hours",
    "flexible": "不定时 · flexible hours",
    "large_employer": "大企业 · large employers",
    "workman": "体力劳动者 · workmen",
    "part_time": "非全日制 · part-time",
    "on_request": "经劳动者请求 · at the employee's request",
    "contract_under_3_months": "合同不满3个月 · contract under 3 months",
    "contract_3_months_to_1_year": "3个月至不满1年 · 3 months to under 1 year",
    "contract_1_to_3_years": "1年至不满3年 · 1 year to under 3 years",
    "contract_3_years_or_open": "3年以上或无固定期限 · 3 years or more, or open",
}

UNITS = {
    "hour": "小时 h",
    "day": "天 days",
    "day_per_week": "天 days",
    "day_of_next_month": "次月第几日 · day of the next month",
    "end_of_month_after": "个月后的月末 · month later, at its end",
    "month": "个月 months",
    "week": "周 weeks",
    "multiple": "倍 ×",
    "iso_weekday": "",
    "yes_no": "",
    "SGD_per_month": "SGD",
}

HEADER = (
    "限值 Limit",
    "适用 Scope",
    "值 Value",
    "起 From",
    "止（不含） To",
    "协议可至 By agreement",
    "来源 Source",
    "说明 Note",
)

_INTRODUCTION = """\
# 劳动法限值 · Labour law

<!-- Rendered from the seed labour_limits.csv by `hufu contract render`. Edit the table, not this page. -->

规则 LAB-01 至 LAB-06 和 EXIT-06 按下表判定公司自身的义务。每条以期间的第一天(日规则按当日)有效的法律为准;
“—”表示该国法律在该期间没有此项限制,规则因此不适用。协议、审批和地方规定登记在 `labour_agreements`,
只能在“协议可至”的范围内代替法定值。此表是判定依据,不是法律意见;法律修改后请更新此表。

Rules LAB-01 to LAB-06 and EXIT-06 judge the company's own duties by these tables. What counts is the law in force on
the first day of the period, or on the day itself; "—" says that the country's law sets no such limit in that time, so
that the rule does not apply. Agreements, approvals and local rules are recorded in `labour_agreements` and replace the
statutory value only as far as the column "By agreement" lets them. The tables are what is judged by, not legal advice;
update them when the law changes.
"""


def read_limits(seed: Path = SEED) -> list[dict[str, str]]:
    """The rows of the seed, in its order."""
    with seed.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def render(limits: Iterable[Mapping[str, str]]) -> str:
    """The whole page; the same rows always give the same text."""
    rows = list(limits)
    blocks = [_INTRODUCTION]
    for code, name in COUNTRIES.items():
        blocks.append(f"## {name}\n\n{_table(row for row in rows if row['country_code'] == code)}")
    return "\n".join(blocks)


def _table(rows: Iterable[Mapping[str, str]]) -> str:
    lines = [HEADER, tuple("---" for _ in HEADER), *(_cells(row) for row in rows)]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def _cells(row: Mapping[str, str]) -> tuple[str, ...]:
    return (
        LIMITS[row["limit_code"]],
        SCOPES[row["scope"]],
        _value(row),
        "" if row["valid_from"] == "1900-01-01" else row["valid_from"],
        row["valid_to"],
        row["agreement_max"],
        f"{row['source_zh']}<br>{row['source_en']}",
        "<br>".join(note for note in (row["note_zh"], row["note_en"]) if note),
    )


def _value(row: Mapping[str, str]) -> str:
    if not row["value"]:
        return "—"
    sign = {"at_most": "", "below": "< ", "at_least": "≥ "}[row["bound"]]
    return f"{sign}{row['value']} {UNITS[row['unit']]}".strip()


def write(page: Path = PAGE) -> list[Path]:
    """Write the page; returns its path if its text changed."""
    text = render(read_limits())
    if page.exists() and page.read_text(encoding="utf-8") == text:
        return []
    page.write_text(text, encoding="utf-8")
    return [page]
