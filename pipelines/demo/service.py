"""How well customers were served: tickets, errors, the knowledge base and who read it.

Belongs here: tickets, service_errors, knowledge_articles, knowledge_access.
Does not belong here: the conversations themselves (`chats`), training (`records`).
"""

from __future__ import annotations

from pipelines.demo.company import TICKET, Company

CATEGORIES = ("price", "promotion", "shipping", "refund", "stock", "invoice")
ARTICLES = 120


def build(company: Company) -> None:
    """Create a year of service."""
    company.sql(f"""
        create table ticket_seed as
        select t.i, t.n, t.employee_id, t.started_at, t.topic, {TICKET.sql("t.i")} as ticket_id, t.branch,
            c.customer_id,
            case when rnd(t.i, 'is_slow') < 0.03 then 125 + pick(t.i, 'slow', 500) else 6 + pick(t.i, 'fast', 105) end
                as waited
        from talk t join customer c on c.c = t.c
        where rnd(t.i, 'ticket') < 0.45
    """)
    company.take_numbers(TICKET, company.count("talk"))
    company.sql("""
        insert into tickets by name
        select ticket_id, customer_id, employee_id, topic as category, started_at as opened_at,
            started_at + to_seconds(waited) as first_response_at,
            least(started_at + to_minutes(5 + pick(i, 'solved', 1400)), timestamp '2026-06-30 23:30:00') as resolved_at,
            case when rnd(i, 'rated') < 0.45 then null
                when waited > 120 then 1 + pick(i, 'low', 4)
                when rnd(i, 'mood') < 0.06 then 1 + pick(i, 'low', 3) else 4 + pick(i, 'high', 2) end as satisfaction,
            topic = 'complaint' and rnd(i, 'complains') < 0.35 as is_complaint
        from ticket_seed
    """)
    # One error of a category at most in any half year of one person, so that nobody repeats a mistake by accident.
    company.sql(f"""
        insert into service_errors by name
        with months as (
            select distinct date_trunc('month', day)::date as month from calendar where in_window
        ),
        slip as (
            select n, employee_id, m.month, date_diff('month', date '2025-01-01', m.month) as m,
                e.n * 64 + date_diff('month', date '2025-01-01', m.month) as k
            from emp e, months m
            where e.family = 'customer_service'
        ),
        made as (
            select s.*, t.ticket_id, t.started_at from slip s
            join ticket_seed t on t.n = s.n and date_trunc('month', t.started_at) = s.month
            where rnd(s.k, 'slip') < 0.22
            qualify row_number() over (partition by s.k order by rnd(t.i, 'which'), t.i) = 1
        )
        select 'CW' || lpad(k::varchar, 7, '0') as error_id, employee_id, ticket_id,
            {list(CATEGORIES)}[1 + (n + m) % {len(CATEGORIES)}] as category,
            ['受理', '报价', '下单', '发货', '售后'][1 + pick(k, 'step', 5)] as process_step,
            started_at + to_minutes(40) as occurred_at, 15 + pick(k, 'loss', 860) as loss_amount,
            'minor' as grade,
            ['系统未同步', '不了解规则', '流程不清', '疏忽'][1 + pick(k, 'cause', 4)] as reported_cause,
            'CNY' as currency
        from made
    """)
    company.sql(f"""
        insert into knowledge_articles by name
        select 'ZS' || lpad(a::varchar, 4, '0') as article_id, v + 1 as version,
            {list(CATEGORIES)}[1 + a % {len(CATEGORIES)}] as category,
            timestamp '2025-01-06 10:00:00' + to_hours(a * 17 + v * 2600) as updated_at,
            timestamp '2025-01-06 10:00:00' + to_hours(a * 17 + v * 2600)
                + to_minutes(case when rnd(a * 8 + v, 'unsynced') < 0.12 then 2000 + pick(a * 8 + v, 'days', 6000)
                    else 2 + pick(a * 8 + v, 'minutes', 25) end) as synced_at
        from (select unnest(range({ARTICLES})) as a), (select unnest(range(4)) as v)
    """)
    company.sql(f"""
        insert into knowledge_access by name
        select 'FW' || lpad(k::varchar, 10, '0') as access_id, employee_id,
            'ZS' || lpad(pick(k, 'article', {ARTICLES})::varchar, 4, '0') as article_id,
            starts_at + to_seconds(600 + pick(k, 'read', 25000)) as accessed_at
        from attended
        where serves_customers and in_window and family = 'customer_service' and rnd(k, 'reads') < 0.22
    """)
