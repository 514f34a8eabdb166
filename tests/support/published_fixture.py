"""A small published file with every table that the dashboards read.

Belongs here: a deterministic company of a few hundred people with one bad branch, one bad weekend slot, a team too
small to be shown, hostile texts, and states such as NO_DATA.
Does not belong here: the pipeline; these rows are written by hand so that the pages can be tested alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pandas as pd

FAMILIES = {"DISC": "order_line", "RED": "message"}
MONTHS = [date(2025 + (4 + i) // 12, (4 + i) % 12 + 1, 1) for i in range(12)]
AS_OF = datetime(2026, 4, 30, 23, 55)
HOSTILE = '=HYPERLINK("http://evil.example") <img src=x onerror=alert(1)> **bold** [a](http://b.example) :smile: $x$'
HOSTILE_NAME = "=1+1 <b>*Wang*</b> :red[Wei]"

BRANCHES = [
    ("B01", "华东分公司"),
    ("B02", "华南分公司"),
    ("B03", "华北分公司"),
    ("B04", "西南分公司"),
    ("B05", "华中分公司"),
    ("B06", "东北分公司"),
    ("B07", "西北分公司"),
    ("B08", "港澳分公司"),
]
BAD_BRANCH = "B03"
TINY_TEAM = "B04-T3"

RULES = [
    ("DISC-01", "DISC", "未经审批的折扣", "Discount without approval", "major", 5),
    ("DISC-02", "DISC", "先下单后审批", "Approved after the order", "minor", 2),
    ("DISC-03", "DISC", "虚称过季", "Off season claimed, never confirmed", "major", 5),
    ("DISC-07", "DISC", "超库存折扣", "Discounted beyond stock", "minor", 1),
    ("RED-01", "RED", "索要或收受红包", "Asks for or accepts a private gift", "major", 5),
    ("RED-02", "RED", "引导至私人联系方式", "Moves the talk off channel", "minor", 2),
    ("RED-03", "RED", "私户收款", "Private receipt after the hint", "critical", 10),
    ("RED-04", "RED", "删除可疑消息", "Deletes the suspicious message", "major", 5),
    ("CUST-01", "CUST", "联系人频繁变更", "Contacts change often", "warning", 0),
    ("LAB-01", "LAB", "加班超过法定上限", "Overtime above the legal limit", "major", 0),
]
# Who answers for what the rules of a family find; of the others, a person.
ANSWERABLE = {"CUST": "nobody", "LAB": "company"}
SUBJECTS = {"DISC": "order_line", "RED": "message", "CUST": "customer", "LAB": "employee_day"}
DATASETS = {"DISC": "order_lines", "RED": "messages", "CUST": "customer_changes", "LAB": "punches"}
SUPPRESSION_REASON = "=1+1 诉讼中，<b>暂不计入</b>"

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = ["伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "秀兰"]

TENURE = ["under_3m", "3m_to_1y", "1y_to_2y", "2y_to_5y"]
TENURE_NAMES = {
    "under_3m": ("不满3个月", "under 3 months"),
    "3m_to_1y": ("3个月至1年", "3 months to 1 year"),
    "1y_to_2y": ("1至2年", "1 to 2 years"),
    "2y_to_5y": ("2至5年", "2 to 5 years"),
}

DDL = """
create schema reference; create schema compliance; create schema hotspots; create schema cost;
create schema performance; create schema quality;
create table reference.org_units (org_unit_id varchar, org_unit_name varchar, parent_org_unit_id varchar,
    org_unit_type varchar, country_code varchar, region varchar, timezone varchar, branch_id varchar,
    branch_name varchar, depth integer, is_group boolean, is_listed boolean);
create table reference.org_unit_ancestors (org_unit_id varchar, ancestor_id varchar, distance integer);
create table reference.employees (employee_id varchar, full_name varchar, org_unit_id varchar, branch_id varchar,
    position_id varchar, position_name varchar, job_family varchar, manager_id varchar, employment_status varchar,
    hire_date date, last_working_date date);
create table reference.rules (rule_id varchar, family varchar, name_zh varchar, name_en varchar,
    rationale_zh varchar, rationale_en varchar, severity varchar, points integer, loss_kind varchar,
    answerable varchar, is_enabled boolean, valid_from date, valid_to date, subject_type varchar,
    required_datasets varchar, optional_datasets varchar, known_false_positives_zh varchar,
    known_false_positives_en varchar, next_steps_zh varchar, next_steps_en varchar, policy_source_zh varchar,
    policy_source_en varchar, version integer, status varchar, suppression_count bigint);
create table reference.rule_parameters (rule_id varchar, parameter varchar, label_zh varchar, label_en varchar,
    unit varchar, registered_value decimal(18,6), value decimal(18,6), stricter_is varchar, is_changed boolean,
    local_value_count bigint);
create table reference.rule_periods (rule_id varchar, severity varchar, points decimal(18,6), is_enabled boolean,
    is_experimental boolean, valid_from date, valid_to date);
create table reference.metrics (metric_id varchar, name_zh varchar, name_en varchar, definition_zh varchar,
    definition_en varchar, unit varchar, formula varchar, grain varchar, owner varchar);
create table compliance.fct_violations (violation_id varchar, incident_id varchar, rule_id varchar, family varchar,
    severity varchar, points decimal(18,6), employee_id varchar, org_unit_id varchar, branch_id varchar,
    occurred_at timestamp, subject_type varchar, subject_id varchar, customer_id varchar,
    amount_at_risk decimal(18,2), currency varchar, status varchar, disposition varchar, is_appeal_pending boolean,
    explanation_zh varchar, explanation_en varchar, is_suppressed boolean, suppression_reason varchar,
    suppression_author varchar, suppressed_until date);
create table compliance.review_items (violation_id varchar, incident_id varchar, rule_id varchar, family varchar,
    severity varchar, review_cause varchar, review_cause_zh varchar, review_cause_en varchar, employee_id varchar,
    org_unit_id varchar, branch_id varchar, occurred_at timestamp, subject_type varchar, subject_id varchar,
    customer_id varchar, amount_at_risk decimal(18,2), currency varchar, status varchar, disposition varchar,
    is_appeal_pending boolean, explanation_zh varchar, explanation_en varchar, is_suppressed boolean,
    suppression_reason varchar, suppression_author varchar, suppressed_until date);
create table compliance.fct_violation_evidence (violation_id varchar, role varchar, dataset varchar,
    record_key varchar, source_file varchar, source_row bigint, row_hash varchar);
create table compliance.case_timeline (violation_id varchar, event_no integer, occurred_at timestamp, role varchar,
    dataset varchar, record_key varchar, actor_id varchar, summary_zh varchar, summary_en varchar, content varchar,
    is_deciding boolean, source_file varchar, source_row bigint);
create table compliance.rule_status (rule_id varchar, org_unit_id varchar, valid_from date, valid_to date,
    status varchar, violation_count bigint, missing_datasets varchar);
create table compliance.rule_health (family varchar, rule_id varchar, org_unit_id varchar, violation_count bigint,
    incident_count bigint, person_count bigint, review_item_count bigint, suppressed_count bigint, open_count bigint,
    substantiated_count bigint, unsubstantiated_count bigint, overturned_count bigint, decided_count bigint,
    precision_share double, precision_low double, precision_high double, has_enough_data boolean, pass_days bigint,
    fail_days bigint, needs_review_days bigint, no_data_days bigint, not_applicable_days bigint,
    not_yet_effective_days bigint, coverage_share double, first_judged_day date, first_occurred_at timestamp,
    last_occurred_at timestamp, last_event_at timestamp, missing_datasets varchar);
create table compliance.monthly_by_org (month date, org_unit_id varchar, family varchar, violation_count bigint,
    incident_count bigint, points bigint, amount_at_risk decimal(18,2), currency varchar, unconverted_count bigint,
    exposure_count bigint, exposure_unit varchar, rate_per_1000 double, rate_low double, rate_high double,
    has_enough_data boolean);
create table compliance.branch_comparison (family varchar, org_unit_id varchar, period_start date, period_end date,
    event_count bigint, exposure_count bigint, exposure_unit varchar, rate_per_1000 double, rate_low double,
    rate_high double, other_event_count bigint, other_exposure_count bigint, other_rate_per_1000 double,
    expected_event_count double, rate_ratio double, rate_ratio_low double, rate_ratio_high double, p_value double,
    q_value double, is_flagged boolean, has_enough_data boolean);
create table compliance.employee_scores (employee_id varchar, month date, org_unit_id varchar, job_family varchar,
    incident_count bigint, points_deducted bigint, compliance_score double, refusal_count bigint,
    kpi_weight_pct double, is_bonus_earned boolean);
create table compliance.champions (employee_id varchar, as_of_month date, org_unit_id varchar, job_family varchar,
    refusal_count bigint);
create table hotspots.slots (family varchar, org_unit_id varchar, weekday integer, hour integer, period_start date,
    period_end date, employee_count bigint, event_count bigint, exposure_count bigint, exposure_unit varchar,
    rate_per_1000 double, rate_low double, rate_high double, baseline_rate_per_1000 double,
    expected_event_count double, rate_ratio double,
    rate_ratio_low double, rate_ratio_high double, p_value double, q_value double, is_flagged boolean,
    has_enough_data boolean);
create table hotspots.clusters (family varchar, org_unit_id varchar, block_no integer, block_role varchar,
    scan_state varchar, period_start date, period_end date, exposure_unit varchar, scanned_event_count bigint,
    scanned_exposure_count bigint, unexposed_event_count bigint, dispersion double, near_equal_count bigint,
    weekday_first integer, weekday_count integer, hour_first integer, hour_count integer, event_count bigint,
    expected_event_count double, exposure_count bigint, rate_ratio double, rate_ratio_low double,
    rate_ratio_high double, log_likelihood_ratio double, p_value double, replicate_count bigint, q_value double,
    is_flagged boolean);
create table hotspots.cluster_trend (family varchar, org_unit_id varchar, block_no integer, period_start date,
    week_count integer, event_count bigint, exposure_count bigint, rate_per_1000 double, rate_low double,
    rate_high double, other_event_count bigint, other_exposure_count bigint, other_rate_per_1000 double);
create table hotspots.cohorts (family varchar, org_unit_id varchar, cohort_type varchar, cohort_value varchar,
    cohort_name_zh varchar, cohort_name_en varchar, sort_order integer, period_start date, period_end date,
    employee_count bigint, event_count bigint, exposure_count bigint, exposure_unit varchar, rate_per_1000 double,
    rate_low double, rate_high double, other_rate_per_1000 double, expected_event_count double, rate_ratio double,
    rate_ratio_low double, rate_ratio_high double, p_value double, q_value double, is_flagged boolean,
    has_enough_data boolean);
create table cost.labour_monthly (month date, org_unit_id varchar, headcount bigint, base_amount decimal(18,2),
    overtime_amount decimal(18,2), bonus_amount decimal(18,2), allowance_amount decimal(18,2),
    variable_amount decimal(18,2), employer_burden_amount decimal(18,2), labour_amount decimal(18,2),
    budget_amount decimal(18,2), variance_amount decimal(18,2), currency varchar);
create table cost.violation_losses (month date, org_unit_id varchar, rule_id varchar, family varchar,
    incident_count bigint, hard_loss_amount decimal(18,2), amount_at_risk decimal(18,2), currency varchar);
create table performance.kpi_values (employee_id varchar, month date, kpi_code varchar, org_unit_id varchar,
    job_family varchar, value double, exposure_count bigint, exposure_unit varchar, unit varchar, direction varchar,
    target double, has_enough_data boolean, score double);
create table performance.scorecards (employee_id varchar, month date, org_unit_id varchar, job_family varchar,
    complaint_rate_pct double, first_response_seconds double, satisfaction double, review_score double,
    compliance_score double, ticket_count bigint, scored_weight_pct double, overall_score double,
    has_enough_data boolean);
create table performance.error_attribution (error_id varchar, employee_id varchar, org_unit_id varchar,
    branch_id varchar, job_family varchar, ticket_id varchar, category varchar, process_step varchar,
    occurred_at timestamp, grade varchar, loss_amount decimal(18,2), currency varchar, loss_amount_cny decimal(18,2),
    cause varchar, confidence varchar, undecidable_reason varchar, missing_datasets varchar,
    knowledge_gap_weight integer, system_not_synced_weight integer, process_flaw_weight integer,
    negligence_weight integer, indications_for varchar, indications_against varchar, explanation_zh varchar,
    explanation_en varchar, reported_cause varchar, reported_cause_class varchar, is_reported_cause_confirmed boolean,
    case_id varchar, case_root_cause varchar, case_cause_class varchar, is_case_cause_confirmed boolean);
create table performance.error_attribution_evidence (error_id varchar, role varchar, dataset varchar,
    record_key varchar, source_file varchar, source_row bigint, row_hash varchar);
create table quality.publication (publication_id varchar, published_at timestamp, fingerprint varchar,
    is_synthetic boolean, data_as_of timestamp);
create table quality.runs (step_no integer, step varchar, duration_seconds double, detail varchar);
create table quality.checks (check_id varchar, layer varchar, dataset varchar, check_name varchar, severity varchar,
    passed boolean, failing_count bigint, failing_keys varchar, detail_zh varchar, detail_en varchar,
    observed varchar);
create table quality.reconciliation (batch_id varchar, dataset varchar, source_file varchar, read_count bigint,
    accepted_count bigint, quarantined_count bigint, duplicate_count bigint, ignored_count bigint,
    landed_count bigint, staged_count bigint, superseded_count bigint, core_model varchar, core_count bigint,
    core_excluded_count bigint, core_excluded_by varchar, mart_model varchar, mart_count bigint,
    mart_excluded_count bigint, mart_excluded_by varchar, file_money_total varchar, quarantined_money_total varchar,
    duplicate_money_total varchar, landed_money_total varchar, staged_money_total varchar,
    superseded_money_total varchar, core_money_total varchar, mart_money_total varchar, is_balanced boolean,
    difference varchar);
create table quality.quarantine (batch_id varchar, dataset varchar, source_file varchar, source_row bigint,
    column_name varchar, value varchar, reason_code varchar, reason_zh varchar, reason_en varchar, raw varchar);
create table quality.unresolved_people (dataset varchar, column_name varchar, person varchar, row_count bigint,
    first_event_at timestamp, last_event_at timestamp, reason varchar, is_repeated boolean);
create table quality.expected_deliveries (dataset varchar, source varchar, frequency varchar, lag_hours integer,
    valid_from date, valid_to date, last_delivered_at timestamp, covered_to date, judged_to date,
    next_due_at timestamp, is_overdue boolean);
create table quality.missing_deliveries (dataset varchar, source varchar, frequency varchar, missing_from date,
    missing_to date, due_at timestamp);
create table quality.batch_events (batch_id varchar, sequence integer, action varchar, "at" timestamp, "by" varchar,
    reason varchar);
create table quality.freshness (dataset varchar, system varchar, row_count bigint, last_delivered_at timestamp,
    last_event_at timestamp);
create table quality.batches (batch_id varchar, status varchar, is_active boolean, system varchar, dataset varchar,
    profile varchar, profile_evidence varchar, source_file varchar, delivered_at timestamp, covers_from varchar,
    covers_to varchar, encoding varchar, read_count bigint, accepted_count bigint);
create table quality.files (source_file varchar, status varchar, reason_zh varchar, reason_en varchar,
    read_count bigint, accepted_count bigint);
"""


@dataclass
class Company:
    """The fixture's people and cases, for tests to compare with."""

    org_units: list[tuple] = field(default_factory=list)
    ancestors: list[tuple] = field(default_factory=list)
    employees: list[tuple] = field(default_factory=list)
    violations: list[tuple] = field(default_factory=list)

    @property
    def counted(self) -> list[tuple]:
        """Violations that count: neither dismissed nor suppressed, and no signals."""
        return [row for row in self.violations if is_valid(row) and ANSWERABLE.get(row[3]) != "nobody"]

    def below(self, org_unit_id: str) -> set[str]:
        return {unit for unit, ancestor, _ in self.ancestors if ancestor == org_unit_id}


def is_valid(row: tuple) -> bool:
    """Whether a violation stands: open or substantiated, and not suppressed."""
    return row[16] not in ("unsubstantiated", "overturned") and not row[20]


def digest(*parts: object) -> str:
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()


def build_company(seed: int = 7) -> Company:
    rng = random.Random(seed)
    company = Company()
    company.org_units.append(("G", "虎符集团", None, "group", "CN", None, "Asia/Shanghai", None, None, 0, True, True))
    units: list[tuple[str, str, str, int]] = [("HQ", "总部", "G", 14)]
    for index, (branch, name) in enumerate(BRANCHES):
        units.append((branch, name, "G", 6))
        for number, label in enumerate(("客服组", "销售组", "售后组"), start=1):
            team = f"{branch}-T{number}"
            size = 3 if team == TINY_TEAM else 8 + (index + number) % 4
            units.append((team, f"{name[:2]}{label}", branch, size))
    parents = {"G": None} | {unit: parent for unit, _, parent, _ in units}
    names = {"G": "虎符集团"} | {unit: name for unit, name, _, _ in units}
    for unit, name, parent, _ in units:
        branch = unit if parent == "G" and unit != "HQ" else (parent if parent != "G" else None)
        company.org_units.append(
            (
                unit,
                name,
                parent,
                "branch" if branch == unit else ("department" if unit == "HQ" else "team"),
                "HK" if (branch or "") == "B08" else "CN",
                None,
                "Asia/Shanghai",
                branch,
                names.get(branch) if branch else None,
                1 if parent == "G" else 2,
                False,
                True,
            )
        )
    for unit in parents:
        ancestor, distance = unit, 0
        while ancestor is not None:
            company.ancestors.append((unit, ancestor, distance))
            ancestor, distance = parents[ancestor], distance + 1
    number = 0
    for unit, _, parent, size in units:
        branch = unit if parent == "G" and unit != "HQ" else (parent if parent != "G" else None)
        for _ in range(size):
            number += 1
            employee_id = f"E{number:04d}"
            name = HOSTILE_NAME if number == 40 else rng.choice(SURNAMES) + rng.choice(GIVEN)
            job = "customer_service" if unit.endswith(("T1", "T3")) else ("sales" if unit.endswith("T2") else "other")
            hired = date(2018, 1, 1) + timedelta(days=rng.randrange(2950))
            company.employees.append(
                (
                    employee_id,
                    name,
                    unit,
                    branch,
                    f"P-{job}",
                    {"customer_service": "客服专员", "sales": "销售代表", "other": "职员"}[job],
                    job,
                    None,
                    "active",
                    hired,
                    None,
                )
            )
    company.violations = list(_violations(company, rng))
    return company


def _violations(company: Company, rng: random.Random):
    staff = {"DISC": [], "RED": []}
    for employee in company.employees:
        weight = 6 if employee[3] == BAD_BRANCH else 1
        if employee[6] == "sales":
            staff["DISC"] += [employee] * weight
        if employee[6] == "customer_service":
            staff["RED"] += [employee] * weight
    for number in range(260):
        family = "DISC" if number % 5 < 2 else "RED"
        rule = rng.choice([rule for rule in RULES if rule[1] == family and rule[0] != "DISC-07"])
        # Fewer in the last months, so that the trend has something to say.
        month = rng.choice(MONTHS if rng.random() < 0.45 else MONTHS[:8])
        hour = rng.choice([18, 19, 20]) if family == "RED" and rng.random() < 0.6 else rng.randrange(9, 20)
        day = month + timedelta(days=rng.randrange(28))
        if family == "RED" and hour in (18, 19, 20):
            day += timedelta(days=(5 - day.weekday()) % 7 + rng.randrange(2))
        at = datetime.combine(day, datetime.min.time()) + timedelta(hours=hour, minutes=rng.randrange(60))
        employee = rng.choice(staff[family])
        subject = f"O{number:05d}/1" if family == "DISC" else f"M{number:06d}"
        violation_id = digest(rule[0], subject)[:32]
        amount = round(rng.uniform(300, 20000), 2) if family == "DISC" or rule[0] == "RED-03" else None
        explanation = (
            (
                f"给出{rng.choice(['3.0', '5.5', '7.0'])}折，权限下限9.5折，无已批准申请",
                "30 % of list price given, floor 95 %, no approved request",
            )
            if family == "DISC"
            else ("消息命中“发个红包”，会话未登记", "Message matches “send me a red packet”, talk not on record")
        )
        status = "n.a." if family == "DISC" else ("completed" if rule[0] == "RED-03" else "attempted")
        disposition = ["open", "open", "substantiated", "open", "unsubstantiated"][number % 5]
        yield (
            violation_id,
            f"I{digest(subject)[:10]}",
            rule[0],
            family,
            rule[4],
            rule[5],
            employee[0],
            employee[2],
            employee[3],
            at,
            "order_line" if family == "DISC" else "message",
            subject,
            f"C{rng.randrange(400):04d}",
            amount,
            "CNY" if amount is not None else None,
            status,
            disposition,
            False,
            *explanation,
            *(
                (True, SUPPRESSION_REASON, "E0001", date(2026, 12, 31))
                if number % 50 == 7
                else (False, None, None, None)
            ),
        )
    yield from _others(company, rng)


def _others(company: Company, rng: random.Random):
    """A few duties of the company, which concern people without accusing them, and signals about customers."""
    people = [employee for employee in company.employees if employee[2] != TINY_TEAM]
    for number in range(12):
        family = "LAB" if number % 2 else "CUST"
        rule = next(rule for rule in RULES if rule[1] == family)
        employee = rng.choice(people)
        day = MONTHS[number] + timedelta(days=rng.randrange(28))
        subject = f"{employee[0]}/{day:%Y-%m-%d}" if family == "LAB" else f"C{rng.randrange(400):04d}"
        yield (
            digest(rule[0], subject)[:32],
            f"I{digest(subject)[:10]}",
            *(rule[0], family, rule[4], rule[5]),
            employee[0] if family == "LAB" else None,
            *(employee[2], employee[3], datetime.combine(day, datetime.min.time())),
            *(SUBJECTS[family], subject, None if family == "LAB" else subject, None, None, "n.a.", "open", False),
            *("当月加班超过上限" if family == "LAB" else "30天内更换两次联系人",),
            *("Overtime of the month above the limit" if family == "LAB" else "Two contact changes in 30 days",),
            *(False, None, None, None),
        )


def build_published_file(
    path: Path, company: Company | None = None, *, is_synthetic: bool = True, then: tuple[str, ...] = ()
) -> Company:
    """Write one published file and return the company in it; `then` are statements that make it a special one."""
    company = company or build_company()
    rng = random.Random(11)
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(str(path))
    connection.execute(DDL)

    def insert(table: str, rows: list[tuple]) -> None:
        if rows:
            frame = pd.DataFrame(rows, dtype=object)
            connection.register("new_rows", frame)
            connection.execute(f"insert into {table} select * from new_rows")
            connection.unregister("new_rows")

    connection.execute("begin")
    insert("reference.org_units", company.org_units)
    insert("reference.org_unit_ancestors", company.ancestors)
    insert("reference.employees", company.employees)
    insert("reference.rules", [_rule_row(rule) for rule in RULES])
    insert("reference.metrics", METRICS)
    insert("compliance.fct_violations", company.violations)
    cause = ("unidentified_employee", "责任人无法识别", "the person is not identified")
    review = [(f"R{row[0][:20]}", *row[1:5], *cause, None, *row[7:]) for row in company.violations[:3]]
    insert("compliance.review_items", review)
    _insert_cases(insert, company)
    _insert_rates(insert, company, rng)
    _insert_money_and_scores(insert, company, rng)
    insert("performance.error_attribution", service_errors(company))
    insert("performance.error_attribution_evidence", _error_evidence(company))
    _insert_quality(insert, path, is_synthetic)
    for statement in then:
        connection.execute(statement)
    connection.execute("commit")
    connection.close()
    return company


def _rule_row(rule: tuple) -> tuple:
    rule_id, family, name_zh, name_en, severity, points = rule
    datasets = {"DISC": "orders, order_lines", "RED": "messages"}.get(family, DATASETS[family])
    datasets = "inventory, " + datasets if rule_id == "DISC-07" else datasets
    return (
        rule_id,
        family,
        name_zh,
        name_en,
        "凡未经授权即作出的承诺都由公司承担后果。",
        "What nobody was allowed to promise, the company pays for.",
        severity,
        points,
        "none",
        ANSWERABLE.get(family, "person"),
        True,
        MONTHS[0],
        None,
        SUBJECTS[family],
        datasets,
        "employees",
        "促销期间的平台券。",
        "Platform coupons during a promotion.",
        "核对审批记录，与当事人谈话。",
        "Check the approvals, talk to the person.",
        "《折扣管理办法》第4条",
        "Discount policy, section 4",
        1,
        "stable",
        2 if rule_id == "RED-03" else 0,
    )


METRICS = [
    (
        metric_id,
        name_zh,
        name_en,
        f"{name_zh}：按制度文件定义的口径。",
        f"{name_en}, as the policy defines it.",
        unit,
        formula,
        "org unit x month",
        "Compliance",
    )
    for metric_id, name_zh, name_en, unit, formula in (
        ("incident_count", "事件数", "Incidents", "incidents", "count(distinct incident_id)"),
        ("violation_rate", "违规率", "Violation rate", "per 1,000", "violations / exposure * 1000"),
        ("rate_ratio", "相对比率", "Rate ratio", "ratio", "rate / rate of the others"),
        ("hard_loss_amount", "实际损失", "Hard loss", "money", "sum(hard_loss_amount)"),
        ("labour_amount", "人工成本", "Labour cost", "money", "base + variable + burden"),
        ("compliance_score", "合规分", "Compliance score", "points", "100 - points"),
        ("error_count", "服务差错数", "Service errors", "errors", "count(error_id)"),
        ("overall_score", "综合得分", "Overall score", "points", "weighted mean"),
    )
]


def _insert_cases(insert, company: Company) -> None:
    evidence, timeline = [], []
    for row in company.violations:
        violation_id, family, employee_id, at, subject, status = row[0], row[3], row[6], row[9], row[11], row[15]
        dataset = DATASETS[family]
        for number in range(2):
            evidence.append(
                (
                    violation_id,
                    "message" if family == "RED" and number == 0 else ("order_line" if number == 0 else "request"),
                    dataset,
                    subject,
                    f"crm_{dataset}_{at:%Y%m}.csv",
                    1000 + int(digest(subject, number)[:4], 16),
                    digest(subject, "row", number),
                )
            )
        events = [
            (
                -60,
                "context",
                "客户询问价格",
                "Customer asks for the price",
                "这款还能便宜吗？" if family == "RED" else None,
                False,
            ),
            (
                0,
                "subject",
                "当事人作出承诺",
                "The person makes the promise",
                HOSTILE if family == "RED" else None,
                True,
            ),
            (45, "context", f"状态：{status}", f"Status: {status}", None, False),
        ]
        for number, (minutes, role, zh, en, content, deciding) in enumerate(events, start=1):
            actor = employee_id if deciding else ("E0001" if minutes > 0 else None)
            timeline.append(
                (
                    violation_id,
                    number,
                    at + timedelta(minutes=minutes),
                    role,
                    dataset,
                    f"{subject}#{number}",
                    actor,
                    zh,
                    en,
                    content,
                    deciding,
                    f"crm_{dataset}_{at:%Y%m}.csv",
                    1000 + number,
                )
            )
    evidence += [(f"R{row[0][:20]}", *row[1:]) for row in evidence[:6]]
    insert("compliance.fct_violation_evidence", evidence)
    insert("compliance.case_timeline", timeline)


def _health(rule: tuple, unit: str, company: Company) -> tuple:
    """One row of rule_health as the pipeline would count it; the interval is a rough one."""
    below = company.below(unit)
    all_rows = [row for row in company.violations if row[2] == rule[0] and row[7] in below]
    rows = [row for row in all_rows if not row[20]]
    valid = [row for row in rows if is_valid(row)]
    by_disposition = [
        sum(1 for row in rows if row[16] == name) for name in ("open", "substantiated", "unsubstantiated", "overturned")
    ]
    decided = sum(by_disposition[1:])
    share = by_disposition[1] / decided if decided else None
    missing = "inventory" if rule[0] == "DISC-07" else None
    days = (AS_OF.date() - MONTHS[0]).days
    return (
        *(rule[1], rule[0], unit, len(rows), len({row[1] for row in valid}), len({row[6] for row in valid})),
        *(0, len(all_rows) - len(rows), *by_disposition, decided),
        *(share, max(0, share - 0.2) if decided else None, min(1, share + 0.2) if decided else None, decided >= 10),
        *((0, 0, 0, days, 0, 0, 0.0) if missing else (days - 30, 30, 0, 0, 0, 0, 1.0)),
        *(None if missing else MONTHS[0], min((row[9] for row in valid), default=None)),
        *(max((row[9] for row in valid), default=None), None if missing else AS_OF, missing),
    )


def interval(events: int, exposure: int) -> tuple[float | None, float | None, float | None]:
    if not exposure:
        return None, None, None
    rate = 1000 * events / exposure
    spread = 1000 * 1.96 * (max(events, 1) ** 0.5) / exposure
    return rate, max(0.0, rate - spread), rate + spread


def _insert_rates(insert, company: Company, rng: random.Random) -> None:
    valid = [row for row in company.violations if is_valid(row)]
    units = [row[0] for row in company.org_units]
    headcount = defaultdict(int)
    for employee in company.employees:
        for unit, ancestor, _ in company.ancestors:
            if unit == employee[2]:
                headcount[ancestor] += 1
    status, monthly, comparison, slots, cohorts = [], [], [], [], []
    for rule in RULES:
        hits = sum(1 for row in valid if row[2] == rule[0])
        missing = "inventory" if rule[0] == "DISC-07" else None
        verdict = "NO_DATA" if missing else ("FAIL" if hits else "PASS")
        status.append((rule[0], "G", MONTHS[0], AS_OF.date(), verdict, 0 if missing else hits, missing))
        status.append((rule[0], TINY_TEAM, MONTHS[0], AS_OF.date(), "NO_DATA" if missing else "PASS", 0, missing))
        for branch, _ in BRANCHES:
            hits = sum(1 for row in valid if row[2] == rule[0] and row[8] == branch)
            verdict = "NO_DATA" if missing else ("FAIL" if hits else "PASS")
            status.append((rule[0], branch, MONTHS[0], MONTHS[6], verdict, hits, missing))
            status.append((rule[0], branch, MONTHS[6], AS_OF.date(), "NO_DATA" if missing else "PASS", 0, missing))
    for unit in units:
        below = company.below(unit)
        for month in MONTHS:
            for family, exposure_unit in FAMILIES.items():
                rows = [
                    row
                    for row in valid
                    if row[3] == family and row[7] in below and row[9].date().replace(day=1) == month
                ]
                exposure = headcount[unit] * (40 if family == "DISC" else 260)
                monthly.append(
                    (
                        month,
                        unit,
                        family,
                        len(rows),
                        len({row[1] for row in rows}),
                        sum(row[5] for row in rows),
                        sum(row[13] or 0 for row in rows),
                        "CNY",
                        0,
                        exposure,
                        exposure_unit,
                        *interval(len(rows), exposure),
                        True,
                    )
                )
    for family, exposure_unit in FAMILIES.items():
        counts = {
            branch: (
                sum(1 for row in valid if row[3] == family and row[8] == branch),
                headcount[branch] * 12 * (40 if family == "DISC" else 260),
            )
            for branch, _ in BRANCHES
        }
        for branch, (events, exposure) in counts.items():
            other = (
                sum(e for b, (e, _) in counts.items() if b != branch),
                sum(x for b, (_, x) in counts.items() if b != branch),
            )
            ratio = (events / exposure) / (other[0] / other[1])
            spread = 2.718 ** (1.96 * (1 / max(events, 1) + 1 / other[0]) ** 0.5)
            q_value = 0.001 if ratio > 2 else 0.4
            comparison.append(
                (
                    family,
                    branch,
                    MONTHS[0],
                    AS_OF.date(),
                    events,
                    exposure,
                    exposure_unit,
                    *interval(events, exposure),
                    *other,
                    1000 * other[0] / other[1],
                    (events + other[0]) * exposure / (exposure + other[1]),
                    ratio,
                    ratio / spread,
                    ratio * spread,
                    q_value / 2,
                    q_value,
                    ratio > 2,
                    branch != "B08",
                )
            )
        for unit in ("G", *counts):
            below = company.below(unit)
            rows = [row for row in valid if row[3] == family and row[7] in below]
            base_exposure = headcount[unit] * 12 * (40 if family == "DISC" else 260)
            for weekday in range(1, 8):
                for hour in range(24):
                    busy = 0 if hour < 8 or hour > 21 else (2 if weekday < 6 else 1)
                    exposure = base_exposure * busy // 154
                    events = sum(1 for row in rows if row[9].isoweekday() == weekday and row[9].hour == hour)
                    baseline = 1000 * (len(rows) - events) / max(1, base_exposure - exposure)
                    rate, low, high = interval(events, exposure)
                    ratio = rate / baseline if rate is not None and baseline else None
                    flagged = bool(ratio and ratio > 3 and events > 4)
                    spread = 2.718 ** (1.96 * (1 / max(events, 1) + 1 / max(len(rows) - events, 1)) ** 0.5)
                    slots.append(
                        (
                            family,
                            unit,
                            weekday,
                            hour,
                            MONTHS[0],
                            AS_OF.date(),
                            # Early and late hours are few people's, the middle of the day is everybody's.
                            0 if not busy else (3 if hour in (8, 21) else 12),
                            events,
                            exposure,
                            exposure_unit,
                            rate,
                            low,
                            high,
                            baseline,
                            len(rows) * exposure / base_exposure,
                            ratio,
                            ratio / spread if ratio is not None else None,
                            # No upper end where the rest of the week has next to nothing to compare with.
                            ratio * spread if ratio is not None and events else None,
                            0.001 if flagged else 0.5,
                            0.002 if flagged else 0.6,
                            flagged,
                            exposure >= 40,
                        )
                    )
            shares = [0.02, 0.5, 0.28, 0.2]
            for order, band in enumerate(TENURE):
                people = [3, 30, 90, 120][order] if unit == "G" else [2, 8, 12, 14][order]
                exposure = people * (400 if family == "DISC" else 3000)
                events = int(len(rows) * shares[order])
                other = 1000 * (len(rows) - events) / (base_exposure or 1)
                rate, low, high = interval(events, exposure)
                ratio = rate / other if rate is not None and other else None
                cohorts.append(
                    (
                        family,
                        unit,
                        "tenure_band",
                        band,
                        *TENURE_NAMES[band],
                        order,
                        MONTHS[0],
                        AS_OF.date(),
                        people,
                        events,
                        exposure,
                        exposure_unit,
                        rate,
                        low,
                        high,
                        other,
                        len(rows) * exposure / (base_exposure or 1),
                        ratio,
                        ratio / 1.6 if ratio is not None else None,
                        ratio * 1.6 if ratio is not None else None,
                        0.01,
                        0.02,
                        bool(ratio and ratio > 1.5 and people >= 5),
                        people >= 5,
                    )
                )
    insert("compliance.rule_status", status)
    insert("compliance.rule_health", [_health(rule, unit, company) for rule in RULES for unit in units])
    insert(
        "reference.rule_periods", [(rule[0], rule[4], rule[5], True, False, date(2000, 1, 1), None) for rule in RULES]
    )
    insert(
        "reference.rule_parameters",
        [
            ("RED-03", "window_hours", "消息之后的时间", "Time after the message", "h", 72, 48, "higher", True, 1),
            ("RED-04", "window_hours", "命中之后的时间", "Time after the hit", "h", 24, 24, "higher", False, 0),
        ],
    )
    insert("compliance.monthly_by_org", monthly)
    insert("compliance.branch_comparison", comparison)
    insert("hotspots.slots", slots)
    insert("hotspots.cohorts", cohorts)
    _insert_clusters(insert, units, {unit: [r for r in valid if r[7] in company.below(unit)] for unit in units})


def _insert_clusters(insert, units: list[str], violations: dict[str, list[tuple]]) -> None:
    """The whole week of the group is hot on weekend evenings for RED, even for DISC; a small unit has too few."""
    blocks, trend = [], []
    for unit in units:
        for family, exposure_unit in FAMILIES.items():
            count = sum(1 for row in violations[unit] if row[3] == family)
            state = "not_enough_data" if count < 15 else ("hot_block" if family == "RED" else "no_hot_block")
            days = (MONTHS[0], AS_OF.date(), exposure_unit)
            scanned = (count, 1000 * count, 0, 1.3, 0 if state == "not_enough_data" else 1)
            if state == "not_enough_data":
                blocks.append((family, unit, 0, "hottest", state, *days, *scanned, *[None] * 14, False))
                continue
            inside = count // 4
            named = (inside, inside / 3, 300 * inside, 3.1, 2.3, 4.0, 12.5)
            tested = (0.0001, 9999, 0.0002, True) if state == "hot_block" else (0.4, 52, 0.6, False)
            blocks.append((family, unit, 0, "hottest", state, *days, *scanned, 6, 2, 18, 3, *named, *tested))
            untested = (None, None, None, False)
            blocks.append((family, unit, 1, "near_equal", state, *days, *scanned, 6, 1, 22, 4, *named, *untested))
            for period in range(6):
                start = MONTHS[0] + timedelta(weeks=4 * period)
                rate = None if period == 2 else 5.0 - 0.5 * period
                interval = (None, None) if rate is None else (rate / 2, rate * 2)
                trend.append((family, unit, 0, start, 4, period, 1000, rate, *interval, 20, 20_000, 1.0))
    insert("hotspots.clusters", blocks)
    insert("hotspots.cluster_trend", trend)


def _insert_money_and_scores(insert, company: Company, rng: random.Random) -> None:
    own = defaultdict(list)
    for employee in company.employees:
        own[employee[2]].append(employee)
    labour, losses, scores, cards = [], [], [], []
    valid = [row for row in company.violations if is_valid(row)]
    for month_no, month in enumerate(MONTHS):
        for unit, people in own.items():
            base = 9000.0 * len(people)
            variable = base * (0.2 + 0.01 * (month_no % 5))
            burden = base * 0.32
            total = base + variable + burden
            budget = base * (1.5 + 0.02 * (len(unit) + int(digest(unit)[:2], 16) % 7))
            parts = (base, variable / 2, variable / 4, variable / 4, variable, burden)
            labour.append((month, unit, len(people), *parts, total, budget, total - budget, "CNY"))
        grouped = defaultdict(list)
        for row in valid:
            if row[9].date().replace(day=1) == month and row[13] is not None:
                grouped[(row[7], row[2], row[3])].append(row)
        for (unit, rule, family), rows in grouped.items():
            at_risk = sum(row[13] for row in rows)
            losses.append((month, unit, rule, family, len(rows), round(at_risk * 0.6, 2), at_risk, "CNY"))
        for employee in company.employees:
            mine = [row for row in valid if row[6] == employee[0] and row[9].date().replace(day=1) == month]
            points = sum(row[5] for row in mine)
            score = max(0, 100 - points)
            scores.append(
                (employee[0], month, employee[2], employee[6], len(mine), points, score, 0, 20.0, score >= 90)
            )
            if employee[6] == "customer_service":
                tickets = rng.randrange(5, 160)
                cards.append(
                    (
                        employee[0],
                        month,
                        employee[2],
                        employee[6],
                        round(rng.uniform(0.2, 4.0), 2),
                        round(rng.uniform(25, 190), 1),
                        round(rng.uniform(3.6, 4.9), 2),
                        None,
                        score,
                        tickets,
                        100.0,
                        round(0.4 * score + rng.uniform(35, 58), 1),
                        tickets >= 30,
                    )
                )
    insert("cost.labour_monthly", labour)
    insert("cost.violation_losses", losses)
    insert("compliance.employee_scores", scores)
    insert("performance.scorecards", cards)


# Cause -> weights of the four causes, indications for and against, and how often among a hundred.
ATTRIBUTIONS = {
    "knowledge_gap": ((4, -1, -1, -3), "not_trained, article_unread, new_to_category", None, 40),
    "system_not_synced": ((-3, 3, -1, -2), "article_not_synced", "few_persons", 12),
    "process_flaw": ((-2, -1, 3, 0), "many_persons", None, 16),
    "negligence": ((-3, -1, -1, 3), "trained, article_read, experienced", None, 10),
    "undecidable": ((1, -1, -1, -1), "not_trained, article_read", None, 22),
}
HOSTILE_CATEGORY = "=2+5 <i>refund</i> :red[x]"


def service_errors(company: Company) -> list[tuple]:
    """Attributed errors: mostly of the bad branch, one of the team too small to be shown, one of nobody known."""
    rng = random.Random(19)
    agents = [employee for employee in company.employees if employee[6] == "customer_service"]
    agents += 2 * [employee for employee in agents if employee[3] == BAD_BRANCH]
    tiny = next(employee for employee in company.employees if employee[2] == TINY_TEAM)
    causes = list(ATTRIBUTIONS)
    rows = []
    for number in range(160):
        employee = tiny if number == 7 else rng.choice(agents)
        cause = causes[number] if number < 5 else rng.choices(causes, [ATTRIBUTIONS[c][3] for c in causes])[0]
        weights, indications_for, indications_against, _ = ATTRIBUTIONS[cause]
        at = datetime.combine(rng.choice(MONTHS), datetime.min.time()) + timedelta(days=rng.randrange(27), hours=14)
        currency = "HKD" if employee[3] == "B08" else "CNY"
        loss = None if number % 9 == 5 else float(rng.randrange(20, 8000))
        reported = [("疏忽", "negligence"), ("流程不清", "process_flaw"), (HOSTILE, None)][number % 3]
        is_decided = cause != "undecidable"
        is_unknown = number == 11
        rows.append(
            (
                f"SE{number:05d}",
                *((None, None, None, None) if is_unknown else (employee[0], employee[2], employee[3], employee[6])),
                *(f"T{number:05d}", HOSTILE_CATEGORY if number % 7 == 0 else ("refund", "price")[number % 2]),
                *("售后", at, "gross" if (loss or 0) >= 5000 else "minor", loss, currency),
                loss if currency == "CNY" else None,
                *(cause, ("high" if weights[1] < 3 else "medium") if is_decided else None),
                *(
                    (None, None)
                    if is_decided
                    else (("missing_dataset", "tickets") if number == 4 else ("contradiction", None))
                ),
                *(*weights, indications_for, indications_against),
                *(f"归因说明：{HOSTILE}", f"Attribution of error {number}: {HOSTILE}"),
                *(*reported, reported[1] == cause if is_decided and reported[1] else None),
                *(("K00001", "培训不足", "knowledge_gap", cause == "knowledge_gap") if number == 0 else (None,) * 4),
            )
        )
    return rows


def _error_evidence(company: Company) -> list[tuple]:
    rows = []
    for number, error in enumerate(service_errors(company), start=2):
        for role, dataset, key in (
            ("error", "service_errors", error[0]),
            ("trained", "training_records", f"PX{number}"),
        ):
            line = (dataset, key, f"{dataset}.csv", number)
            rows.append((error[0], role, *line, digest(*line)))
    return rows


def _reconciled(
    batch_id: str,
    dataset: str,
    source_file: str,
    counts: tuple[int, int, int, int, int],
    *,
    core: str | None = None,
    mart: str | None = None,
    money: str = "0.00",
    difference: str | None = None,
) -> tuple:
    """One batch from file to mart. counts: read, accepted, quarantined, duplicate, ignored."""
    staged = counts[1] - (1 if difference else 0)

    def carried(model: str | None) -> tuple:
        return (model, staged - 2, 2, '{"never_in_force": 2}') if model else (None, None, None, None)

    totals = (money, "0.00", "0.00", money, money, "0.00", money if core else None, money if mart else None)
    return (
        *(batch_id, dataset, source_file, *counts, staged, staged, 0),
        *(*carried(core), *carried(mart), *totals, difference is None, difference),
    )


def _insert_quality(insert, path: Path, is_synthetic: bool) -> None:
    publication_id = path.stem.removeprefix("hufu-")
    insert("quality.publication", [(publication_id, datetime(2026, 5, 1, 8, 12), "f" * 64, is_synthetic, AS_OF)])
    insert("quality.runs", [(1, "land", 12.5, "47 files"), (2, "build", 20.25, None), (3, "publish", 1.5, None)])
    keys = json.dumps([{"order_id": "O00012"}, {"order_id": "O00940"}])
    insert(
        "quality.checks",
        [
            (
                "c1",
                "raw",
                "messages",
                "not null",
                "blocking",
                True,
                0,
                "[]",
                "每条消息都有编号",
                "Every message has an id",
                None,
            ),
            (
                "c2",
                "raw",
                "orders",
                "range",
                "warning",
                False,
                2,
                keys,
                "2笔订单金额为负",
                "2 orders are negative",
                "min -3",
            ),
            (
                "c3",
                "warehouse",
                "fct_violations",
                "unique",
                "blocking",
                True,
                0,
                "[]",
                "编号唯一",
                "Ids are unique",
                None,
            ),
            (
                "c4",
                "published",
                "monthly_by_org",
                "row count",
                "blocking",
                True,
                0,
                "[]",
                "行数合理",
                "Row count plausible",
                None,
            ),
        ],
    )
    insert(
        "quality.reconciliation",
        [
            _reconciled("b1", "orders", "crm_orders.csv", (5000, 4990, 6, 4, 0), core="core.fct_order", money="1.00"),
            _reconciled("b2", "messages", "crm_messages.csv", (90000, 89990, 10, 0, 0)),
            _reconciled(
                "b3",
                "employees",
                "花名册.xlsx",
                (300, 299, 1, 0, 0),
                core="core.dim_employee",
                mart="reference.employees",
                difference="landed 298 <> 299",
            ),
        ],
    )
    insert(
        "quality.quarantine",
        [
            ("b1", "orders", "crm_orders.csv", 17, "amount", HOSTILE, "TYPE", "不是数字", "Not a number", HOSTILE),
            ("b1", "orders", "crm_orders.csv", 18, "amount", "一百", "TYPE", "不是数字", "Not a number", "{}"),
            ("b3", "employees", "花名册.xlsx", 9, "hire_date", "2026-02-30", "TYPE", "不是日期", "Not a date", "{}"),
        ],
    )
    delivered = datetime(2026, 5, 1, 2)
    insert(
        "quality.freshness",
        [
            ("messages", "crm", 1_000_000, delivered, datetime(2026, 4, 30, 23, 55)),
            ("orders", "crm", 5000, delivered, datetime(2026, 4, 30, 21, 3)),
            ("inventory", "crm", 0, None, None),
        ],
    )
    insert(
        "quality.batches",
        [
            (
                *("b1", "landed", True, "crm", "orders", "canonical", None, "crm_orders.csv", delivered),
                *(None, None, "utf-8", 5000, 4990),
            ),
            (
                *("b2", "landed", True, "crm", "messages", "shop_chat", "A", "crm_messages.csv", delivered),
                *("2026-04-01", "2026-04-30", "gb18030", 90000, 89990),
            ),
            (
                *("b3", "landed", True, "hr", "employees", "roster", "I", "花名册.xlsx", delivered),
                *(None, None, None, 300, 299),
            ),
            (
                *("b0", "landed", False, "hr", "employees", "roster", "I", "花名册旧.xlsx", delivered),
                *(None, None, None, 280, 280),
            ),
        ],
    )
    insert("quality.batch_events", [("b0", 1, "withdrawn", delivered, "operator", "=2+2 花名册<b>选错了</b>")])
    insert(
        "quality.unresolved_people",
        [
            (
                "messages",
                "employee_id",
                "qianniu:客服一号",
                812,
                AS_OF - timedelta(days=30),
                AS_OF,
                "no_identity",
                False,
            ),
            ("messages", "employee_id", HOSTILE, 3, AS_OF, AS_OF, "unknown_employee", False),
            ("orders", "employee_id", "fxiaoke:shared", 41, AS_OF, AS_OF, "ambiguous_identity", False),
        ],
    )
    start = date(2026, 4, 1)
    insert(
        "quality.expected_deliveries",
        [
            (
                *("messages", "crm/", "daily", 36, start, None, delivered, date(2026, 5, 1), date(2026, 4, 29)),
                *(datetime(2026, 5, 3, 4), False),
            ),
            ("inventory", "", "weekly", 24, start, None, None, None, date(2026, 4, 27), datetime(2026, 4, 6, 16), True),
        ],
    )
    insert(
        "quality.missing_deliveries",
        [("inventory", "", "weekly", start, date(2026, 4, 27), datetime(2026, 4, 6, 16))],
    )
    insert("quality.files", [("说明.docx", "set_aside", "无法识别", "Not recognised", 0, 0)])


# Rows are there, but nearly nothing can be said by them.
SPARSE = (
    "delete from compliance.fct_violations",
    "delete from compliance.review_items",
    "delete from performance.scorecards",
    "delete from performance.error_attribution where cause <> 'undecidable'",
    "update performance.error_attribution set loss_amount = null, loss_amount_cny = null",
    "update compliance.monthly_by_org set has_enough_data = false",
    "update compliance.branch_comparison set rate_ratio = null, rate_ratio_low = null, rate_ratio_high = null,"
    " is_flagged = false, has_enough_data = false",
    "update hotspots.slots set has_enough_data = false, is_flagged = false",
    "delete from hotspots.clusters where block_no > 0",
    "update hotspots.clusters set scan_state = 'not_enough_data', is_flagged = false, weekday_first = null",
    "update hotspots.cohorts set has_enough_data = false, is_flagged = false, rate_per_1000 = null",
    "update cost.labour_monthly set base_amount = null, variable_amount = null, employer_burden_amount = null,"
    " labour_amount = null, budget_amount = null, variance_amount = null",
    "delete from cost.violation_losses",
    "update compliance.rule_status set status = 'NO_DATA', missing_datasets = 'orders'",
    "update compliance.rule_health set precision_share = null, precision_low = null, precision_high = null,"
    " has_enough_data = false, coverage_share = 0, last_event_at = null, missing_datasets = 'orders'",
    "update quality.freshness set last_delivered_at = null, last_event_at = null",
)

# No row in any mart.
EMPTY = tuple(
    f"delete from {table}"
    for table in (
        *("compliance.fct_violations", "compliance.review_items", "compliance.fct_violation_evidence"),
        *("compliance.case_timeline", "compliance.rule_status", "compliance.monthly_by_org", "compliance.champions"),
        *("compliance.rule_health", "reference.rule_parameters", "reference.rule_periods"),
        *("compliance.branch_comparison", "compliance.employee_scores", "hotspots.slots", "hotspots.cohorts"),
        *("hotspots.clusters", "hotspots.cluster_trend"),
        *("cost.labour_monthly", "cost.violation_losses", "performance.scorecards", "performance.kpi_values"),
        *("performance.error_attribution", "performance.error_attribution_evidence"),
        *("reference.org_units", "reference.org_unit_ancestors", "reference.employees", "quality.checks"),
        *("quality.reconciliation", "quality.quarantine", "quality.freshness", "quality.batches", "quality.files"),
        *("quality.unresolved_people", "quality.expected_deliveries", "quality.missing_deliveries"),
        "quality.batch_events",
    )
)


def publish(data_dir: Path, publication_id: str, **options) -> Company:
    """Build a published file in a data folder and point `current` at it, as the pipeline does."""
    published = data_dir / "published"
    company = build_published_file(published / f"hufu-{publication_id}.duckdb", **options)
    link = published / "current.new"
    link.symlink_to(f"hufu-{publication_id}.duckdb")
    os.replace(link, published / "current")
    return company


if __name__ == "__main__":
    import sys

    publish(Path(sys.argv[1]), sys.argv[2])
