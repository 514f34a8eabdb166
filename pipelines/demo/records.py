"""What HR keeps: training, reviews, surveys, cases and appeals.

Belongs here: training_records, reviews, surveys, cases, appeals, and the disposition that a decided case gives.
Does not belong here: pay (`finance`), attendance.
"""

from __future__ import annotations

from pipelines.demo.company import Company
from pipelines.demo.world import BRANCHES

# From this day on suspected cases reach HR by the system, within hours and not days.
FAST_REPORTING_FROM = "2026-01-01"


def build(company: Company) -> None:
    """Create three years of records; the last year's cases come from what was planted."""
    _training(company)
    _reviews(company)
    _surveys(company)
    _cases(company)


def _training(company: Company) -> None:
    talked = ", ".join(f"'{b.code}'" for b in BRANCHES if b.has_intervention)
    company.sql(f"""
        insert into training_records by name
        with onboarding as (
            select n, 'ONB-01' as code, '新员工入职培训' as name, 'onboarding' as category, '公司制度' as topic,
                hire_date + interval 10 hour as assigned_at, 30 as days
            from emp where hire_date >= date '2023-07-01'
        ),
        quarters as (
            select unnest(generate_series(timestamp '2023-07-10 09:00:00', timestamp '2026-06-10 09:00:00',
                interval 3 month)) as at
        ),
        yearly as (
            select e.n, case pick(date_diff('month', timestamp '2023-07-01', q.at), 'code', 3)
                    when 0 then 'CMP-RED' when 1 then 'PRD-NEW' else 'SKL-SRV' end as code,
                case pick(date_diff('month', timestamp '2023-07-01', q.at), 'code', 3)
                    when 0 then '廉洁与红包红线' when 1 then '新品知识' else '沟通技巧' end as name,
                case pick(date_diff('month', timestamp '2023-07-01', q.at), 'code', 3)
                    when 0 then 'compliance' when 1 then 'product' else 'skill' end as category,
                ['price', 'promotion', 'shipping', 'refund', 'stock', 'invoice']
                    [1 + (e.n + date_diff('month', timestamp '2023-07-01', q.at)) % 6] as topic,
                q.at as assigned_at, 21 as days
            from emp e, quarters q
            where e.family in ('customer_service', 'sales') and e.hire_date < q.at - interval 20 day
                and e.works_until > q.at + interval 25 day
        ),
        talk as (
            select n, 'CMP-TALK' as code, '合规专项宣讲' as name, 'compliance' as category, '红包与私下收款' as topic,
                timestamp '2026-03-24 09:00:00' as assigned_at, 7 as days
            from emp
            where family = 'customer_service' and branch in ({talked}) and hire_date < date '2026-03-20'
                and works_until > date '2026-04-05'
        ),
        every as (select * from onboarding union all select * from yearly union all select * from talk),
        numbered as (select *, row_number() over (order by assigned_at, code, n) - 1 as i from every),
        timed as (
            select t.*, assigned_at + to_days(days) as due_at,
                assigned_at + to_minutes(1440 + pick(i, 'took', days * 1440 - 1500)) as finished_at
            from numbered t
        )
        select 'PX' || lpad(i::varchar, 7, '0') as training_id, e.employee_id, code as course_code,
            name as course_name, category, topic, assigned_at, due_at,
            case when finished_at < timestamp '2026-06-30 18:00:00' then finished_at end as completed_at,
            case when finished_at < timestamp '2026-06-30 18:00:00' then 60 + pick(i, 'score', 41) end as score
        from timed t join emp e on e.n = t.n
        where due_at < e.last_day
    """)


def _reviews(company: Company) -> None:
    company.sql("""
        insert into reviews by name
        with periods as (
            select unnest(generate_series(date '2023-09-01', date '2026-06-01', interval 3 month)) as month
        ),
        rated as (
            select e.n, e.employee_id, x.manager_id, p.month, r.reviewer_type,
                e.n * 4096 + date_diff('month', date '2023-01-01', p.month::date) * 4 + r.k as i
            from emp e
            join employees x on x.employee_id = e.employee_id
            cross join periods p
            cross join (values ('supervisor', 0), ('peer', 1), ('customer', 2)) r(reviewer_type, k)
            where e.hire_date < p.month and e.works_until > p.month + interval 1 month
                and (r.reviewer_type <> 'customer' or e.family in ('customer_service', 'sales'))
        )
        select 'PF' || lpad(i::varchar, 9, '0') as review_id, employee_id, strftime(month, '%Y-%m') as period,
            reviewer_type, case when reviewer_type = 'supervisor' then manager_id end as reviewer_id,
            round(least(100, greatest(40, 82 + 9 * (rnd(n, 'talent') - 0.5) * 2 + 10 * (rnd(i, 'score') - 0.5))), 1)
                as score
        from rated
    """)


def _surveys(company: Company) -> None:
    company.sql("""
        insert into surveys by name
        with staff as (
            select 'employee' as respondent, employee_id, org_unit_id, n as k,
                timestamp '2025-09-15 10:00:00' + to_days(q * 91) + to_minutes(pick(n * 8 + q, 'answered', 7000))
                    as answered_at,
                ['work_climate', 'pay_fairness', 'management', 'workload'][1 + q] as topic
            from emp, (select unnest(range(4)) as q)
            where hire_date < date '2025-09-01' + (q * 91)::int and works_until > date '2025-09-20' + (q * 91)::int
                and rnd(n * 8 + q, 'answers') < 0.6
        ),
        client as (
            select 'customer', employee_id, branch, i, started_at + to_hours(20), 'service' from ticket_seed
            where rnd(i, 'survey') < 0.08 and started_at < timestamp '2026-06-29'
        ),
        every as (select * from staff union all select * from client)
        select 'WJ' || lpad((row_number() over (order by respondent, answered_at, k))::varchar, 7, '0') as survey_id,
            respondent, employee_id, org_unit_id, answered_at, topic,
            case when respondent = 'customer' then 3 + pick(k, 'graded', 3) else 2 + pick(k, 'graded', 4) end as score
        from every
    """)


def _cases(company: Company) -> None:
    """Cases on part of what was planted, and complaints about what only looked like it."""
    company.sql(f"""
        create table case_seed as
        with planted as (
            select rule_id, subject_id, employee_id, occurred_at, true as is_true,
                hash(subject_id || rule_id) as h from truth_violations
            where employee_id is not null
                and rule_id in ('RED-01', 'RED-02', 'RED-03', 'DISC-01', 'DISC-03', 'DISC-06')
        ),
        suspected as (
            select a.rule_id, a.subject_id, m.employee_id, m.sent_at as occurred_at, false as is_true,
                hash(a.subject_id || a.rule_id) as h
            from truth_look_alikes a join messages m on m.message_id = a.subject_id
            where a.rule_id in ('RED-01', 'RED-02')
        ),
        every as (select * from planted where h % 100 < 62 union all select * from suspected where h % 100 < 4)
        select v.*, row_number() over (order by occurred_at, rule_id, subject_id) - 1 as i,
            occurred_at + case when occurred_at < timestamp '{FAST_REPORTING_FROM}' then to_hours(24 + (h % 97)::int)
                else to_minutes(40 + (h % 160)::int) end as reported_at
        from every v
    """)
    company.sql("""
        insert into cases by name
        select 'AJ' || lpad(s.i::varchar, 6, '0') as case_id, s.rule_id, s.employee_id, s.subject_id, s.occurred_at,
            case when not s.is_true then 'complaint' when pick(s.i, 'source', 10) < 6 then 'system'
                when pick(s.i, 'source', 10) < 8 then 'complaint' when pick(s.i, 'source', 10) < 9 then 'audit'
                else 'report' end as source,
            s.reported_at,
            case when pick(s.i, 'open', 100) >= 8 then s.reported_at + to_hours(6 + pick(s.i, 'verify', 90)) end
                as verified_at,
            case when pick(s.i, 'open', 100) < 8 then 'pending' when s.is_true and pick(s.i, 'outcome', 100) < 88
                then 'substantiated' else 'unsubstantiated' end as outcome,
            ['利益诱惑', '权限边界不清', '培训不足', '监督缺位'][1 + pick(s.i, 'cause', 4)] as root_cause,
            case when s.rule_id in ('RED-03', 'DISC-06') then 'gross' else 'minor' end as grade,
            (select e.employee_id from signer g join emp e on e.n = g.n
                where g.step_type = 'hr' and g.k = pick(s.i, 'handler', 2)) as handler_id,
            round(1 + 7 * rnd(s.i, 'hours'), 1) as handling_hours,
            case when pick(s.i, 'open', 100) >= 8 then s.reported_at + to_hours(110 + pick(s.i, 'close', 60)) end
                as closed_at
        from case_seed s
        where s.reported_at < timestamp '2026-06-22'
    """)
    company.sql("""
        insert into appeals by name
        select 'SS' || right(case_id, 6) as appeal_id, case_id, verified_at + to_hours(30) as filed_at,
            case when verified_at < timestamp '2026-06-01' then verified_at + to_hours(150) end as decided_at,
            case when verified_at >= timestamp '2026-06-01' then 'pending'
                when hash(case_id || 'decision') % 100 < 25 then 'overturned' else 'confirmed' end as decision
        from cases where outcome = 'substantiated' and hash(case_id || 'appeal') % 100 < 12
    """)
    company.sql("""
        update truth_violations v
        set expected_disposition = d.disposition
        from (
            select c.rule_id, c.subject_id,
                case when a.decision = 'overturned' then 'overturned' when c.outcome = 'pending' then 'open'
                    else c.outcome end as disposition
            from cases c left join appeals a on a.case_id = c.case_id
        ) d
        where d.rule_id = v.rule_id and d.subject_id = v.subject_id
    """)
