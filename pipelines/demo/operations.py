"""What people did in the systems: one log line per login, view, change, approval or export.

Belongs here: operation_log, with gap-free sequence numbers per system.
Does not belong here: whether an operation was allowed; staff here do only what their role is for. Tampering with the
log itself comes afterwards (`log_losses`).
"""

from __future__ import annotations

import pyarrow as pa

from pipelines.demo.company import Company
from pipelines.demo.departures import OPERATION_TYPES, Operations
from pipelines.demo.handbook import DAILY_OPERATIONS

NO_ROLE = (("ERP", "login", "session", 2), ("ERP", "view", "product", 1))


def build(company: Company, planted: Operations) -> None:
    """Create the log of the whole window, with the planted lines in their places."""
    company.table("planted_operation", planted.columns, OPERATION_TYPES)
    rows = [
        (role, system, action, None if object_type == "session" else object_type)
        for role, operations in {**DAILY_OPERATIONS, "none": NO_ROLE}.items()
        for system, action, object_type, weight in operations
        for _ in range(weight)
    ]
    company.table(
        "daily_operation",
        {name: [r[i] for r in rows] for i, name in enumerate(("role", "system", "action", "object_type"))},
        {name: pa.string() for name in ("role", "system", "action", "object_type")},
    )
    company.sql("""
        create table operation_rank as
        select *, row_number() over (partition by role order by system, action, object_type) - 1 as k,
            count(*) over (partition by role) as size
        from daily_operation
    """)
    company.sql("""
        insert into operation_log by name
        with worked as (
            select a.k, a.n, a.employee_id, coalesce(a.role, 'none') as role, a.starts_at, a.ends_at
            from attended a
            where a.in_window and a.serves_customers and rnd(a.k, 'logged') < 0.75
        ),
        role_size as (select role, max(size) as size from operation_rank group by role),
        done as (
            select w.*, z.size, unnest(range(1 + pick(w.k, 'operations', 2))) as j from worked w
            join role_size z on z.role = w.role
        ),
        ordinary as (
            select d.k * 8 + d.j as i, d.employee_id, o.system, o.action, o.object_type,
                d.starts_at + to_seconds(300 + pick(d.k * 8 + d.j, 'second', 27000)) as occurred_at
            from done d
            join operation_rank o on o.role = d.role and o.k = pick(d.k * 8 + d.j, 'operation', d.size)
        ),
        timed as (
            -- An ordinary day or month of exports stays far below 500 rows, so that a hoard is never an accident.
            select *, case when action in ('export', 'download') then 10 + pick(i, 'records', 60) end as record_count,
                not (action = 'login' and rnd(i, 'failed') < 0.015) as success
            from ordinary
            union all by name
            select * from planted_operation
        )
        select 'CZ' || lpad(i::varchar, 11, '0') as event_id,
            row_number() over (partition by system order by occurred_at, i) as sequence_no,
            employee_id, system, action, object_type,
            case when object_type is not null then object_type || '-' || pick(i, 'object', 9000) end as object_id,
            occurred_at, record_count, success,
            '10.' || pick(i, 'net', 20) || '.' || pick(i, 'sub', 250) || '.' || (1 + pick(i, 'host', 250)) as ip_address
        from timed
    """)
