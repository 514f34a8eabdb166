"""Truth of the stories beside discounts and gifts, judged again by the letter of the catalogue over the files."""

from __future__ import annotations

import pytest

from tests.unit.demo.delivery import Delivery

HAVERSINE = """2 * 6371008.8 * asin(sqrt(pow(sin(radians({b}_lat - {a}_lat) / 2), 2)
    + cos(radians({a}_lat)) * cos(radians({b}_lat)) * pow(sin(radians({b}_lon - {a}_lon) / 2), 2)))"""
ALLOWED = {
    ("customer", "view"): "cs sales", ("customer", "update"): "cs sales", ("customer", "create"): "sales",
    ("customer", "export"): "sales_manager sales_director hr",
    ("order", "view"): "cs sales merchandiser finance legal", ("quote", "view"): "cs sales merchandiser finance legal",
    ("contract", "view"): "cs sales merchandiser finance legal", ("order", "create"): "sales cs_manager",
    ("order", "update"): "sales cs_manager", ("quote", "create"): "sales", ("quote", "update"): "sales",
    ("contract", "create"): "sales legal", ("contract", "update"): "sales legal",
    ("order", "approve"): "sales_manager sales_director finance legal merchandiser",
    ("contract", "approve"): "sales_manager sales_director finance legal merchandiser",
    ("discount", "approve"): "sales_manager sales_director finance legal merchandiser",
    ("discount", "update"): "finance", ("product", "update"): "merchandiser",
    ("employee", "view"): "hr sales_manager sales_director cs_manager", ("employee", "create"): "hr",
    ("employee", "update"): "hr", ("employee", "export"): "hr", ("payroll", "view"): "hr finance",
    ("payroll", "export"): "hr finance", ("grant", "view"): "it_admin", ("grant", "create"): "it_admin",
    ("grant", "delete"): "it_admin",
}  # fmt: skip
KNOWN_OBJECTS = {"customer", "order", "quote", "contract", "discount", "product", "employee", "payroll", "grant"}

LETTER: dict[str, str] = {
    "POACH-01": """
        select order_id from orders o
        where status in ('committed', 'shipped') and not exists (
            select 1 from approval_requests r where r.status = 'approved' and (
                (r.process_type = 'order' and r.subject_id = o.order_id)
                or (r.process_type = 'contract' and r.subject_id = o.contract_id)))
        union all
        select contract_id from contracts c where not exists (
            select 1 from approval_requests r
            where r.status = 'approved' and r.process_type = 'contract' and r.subject_id = c.contract_id)
    """,
    "POACH-02": """
        select order_id from orders o
        where quote_id is null
            and not exists (select 1 from interactions i where i.customer_id = o.customer_id
                and i.occurred_at between o.ordered_at - interval 90 day and o.ordered_at)
            and not exists (select 1 from quotes q where q.customer_id = o.customer_id
                and q.quoted_at between o.ordered_at - interval 90 day and o.ordered_at)
    """,
    "POACH-03": """
        with spell as (
            select customer_id, changed_at as since, new_value, coalesce(lead(changed_at) over (
                partition by customer_id order by changed_at), timestamp '2026-06-30 22:00:00') as until
            from customer_changes where field = 'status'
        ),
        mark as (
            select customer_id, since, until, since as seen from spell where new_value = 'pending_signature'
            union
            select s.customer_id, s.since, s.until, i.occurred_at from spell s join interactions i
                on i.customer_id = s.customer_id and i.occurred_at between s.since and s.until
            where new_value = 'pending_signature'
        ),
        gap as (
            select customer_id, seen,
                coalesce(lead(seen) over (partition by customer_id, since order by seen), until) as next
            from mark
        )
        select customer_id from gap where next - seen > interval 14 day
    """,
    "POACH-04": "select receipt_id from receipts where payee_type = 'private'",
    "TRAJ-01": f"""
        with stop as (
            select p.punch_id, p.employee_id, p.punched_at, p.latitude as p_lat, p.longitude as p_lon,
                c.latitude as c_lat, c.longitude as c_lon
            from punches p
            join work_plans w on w.employee_id = p.employee_id and w.activity = 'visit'
                and p.punched_at between w.planned_start and w.planned_end
            join customers c on c.customer_id = w.customer_id
            where p.direction = 'visit' and c.coordinate_system = 'WGS84'
        )
        select punch_id from stop where {HAVERSINE.format(a="p", b="c")} > 500
    """,
    "TRAJ-02": f"""
        with claim as (
            select s.summary_id, s.employee_id, s.claimed_start, s.claimed_end, s.customer_id, u.latitude as o_lat,
                u.longitude as o_lon
            from work_summaries s
            join employees e on e.employee_id = s.employee_id
            join org_units u on u.org_unit_id = e.org_unit_id
            where s.activity = 'visit'
        ),
        near as (
            select c.summary_id, {HAVERSINE.format(a="o", b="p")} as metres from (
                select c.*, p.latitude as p_lat, p.longitude as p_lon from claim c join punches p
                    on p.employee_id = c.employee_id and p.punched_at between c.claimed_start and c.claimed_end
            ) c
        )
        select summary_id from claim c
        where summary_id in (select summary_id from near where metres < 200) or not exists (
            select 1 from interactions i
            where i.customer_id = c.customer_id and i.occurred_at::date = c.claimed_start::date)
    """,
    "TRAJ-03": "select interaction_id from interactions where channel = 'visit' and photo_ref is null",
    "TRAJ-04": f"""
        with pair as (
            select punch_id, latitude as p_lat, longitude as p_lon, punched_at,
                lag(latitude) over w as q_lat, lag(longitude) over w as q_lon, lag(punched_at) over w as before
            from punches window w as (partition by employee_id order by punched_at)
        ),
        speed as (
            select punch_id, {HAVERSINE.format(a="q", b="p")} as metres,
                date_diff('second', before, punched_at) / 3600.0 as hours
            from pair where before is not null
        )
        select punch_id from speed where metres >= 20000 and metres / 1000 > 350 * hours
    """,
    "TRAJ-05": """
        select distinct w.employee_id || '/' || w.planned_start::date from work_plans w
        join punches p on p.employee_id = w.employee_id and p.punched_at::date = w.planned_start::date
        where w.activity = 'visit' and not exists (
            select 1 from work_summaries s where s.employee_id = w.employee_id and s.customer_id is not null
                and s.claimed_start::date = w.planned_start::date)
    """,
    "SVC-01": "select error_id from service_errors where loss_amount >= 1000",
    "SVC-02": """
        select distinct a.employee_id || '/' || a.category from service_errors a
        where (select count(*) from service_errors b where b.employee_id = a.employee_id and b.category = a.category
            and b.occurred_at between a.occurred_at and a.occurred_at + interval 30 day) >= 3
    """,
    "SVC-03": """
        select employee_id || '/' || strftime(opened_at, '%Y-%m') from tickets
        group by employee_id, strftime(opened_at, '%Y-%m')
        having count(*) >= 30 and avg((date_diff('second', opened_at, first_response_at) > 120)::int) > 0.2
    """,
    "SVC-04": """
        select training_id from training_records
        where completed_at > due_at or (completed_at is null and due_at < timestamp '2026-06-30 12:00:00')
    """,
    "EXIT-01": """
        select l.event_id from operation_log l join employees e on e.employee_id = l.employee_id
        where l.success and l.occurred_at >= e.last_working_date + interval 1 day
    """,
    "EXIT-02": """
        select g.grant_id from permission_grants g join employees e on e.employee_id = g.employee_id
        where (e.last_working_date < date '2026-06-25'
                and coalesce(g.revoked_at, timestamp '2099-01-01') > e.last_working_date + interval 48 hour)
            or (e.resignation_notice_date < date '2026-06-25' and g.role_code similar to '(cs|sales)_.*'
                and coalesce(g.revoked_at, timestamp '2099-01-01') > e.resignation_notice_date + interval 48 hour)
    """,
    "EXIT-04": """
        select distinct o.customer_id from customer_ownership o join employees e on e.employee_id = o.employee_id
        where coalesce(o.valid_to, timestamp '2099-01-01') >= e.last_working_date + interval 1 day
            and e.last_working_date < date '2026-06-30'
    """,
    "EXIT-05": """
        select distinct o.customer_id from customer_ownership o
        where o.reason = 'handover' and o.valid_from < timestamp '2026-06-16' and not exists (
            select 1 from interactions i where i.customer_id = o.customer_id and i.employee_id = o.employee_id
                and i.occurred_at between o.valid_from and o.valid_from + interval 14 day)
    """,
    "EXIT-06": """
        select p.employee_id from payroll p join employees e on e.employee_id = p.employee_id
        where p.payment_type = 'final' and e.last_working_date < date '2026-06-01'
            and coalesce(p.paid_at, timestamp '2026-06-30') > e.last_working_date + interval 14 day
    """,
    "PERM-02": """
        select distinct a.employee_id || '/' || a.role_code || '+' || b.role_code
        from permission_grants a
        join permission_grants b on b.employee_id = a.employee_id and a.role_code < b.role_code
            and a.granted_at < coalesce(b.revoked_at, timestamp '2099-01-01')
            and b.granted_at < coalesce(a.revoked_at, timestamp '2099-01-01')
        where (a.role_code, b.role_code) in (('finance', 'sales_rep'), ('finance', 'sales_director'),
            ('cs_manager', 'merchandiser'), ('auditor', 'it_admin'), ('hr', 'it_admin'))
    """,
    "CUST-01": """
        select distinct a.customer_id from customer_changes a join customer_changes b on b.customer_id = a.customer_id
        join customers c on c.customer_id = a.customer_id
        where a.field like 'contact%' and b.field like 'contact%' and b.change_id <> a.change_id
            and b.changed_at between a.changed_at and a.changed_at + interval 30 day and c.grade in ('A', 'B')
    """,
    "CUST-02": """
        select distinct a.customer_id from customer_changes a join customer_changes b on b.customer_id = a.customer_id
        join customers c on c.customer_id = a.customer_id
        where a.field = 'score' and b.field = 'score' and b.changed_at between a.changed_at and a.changed_at
            + interval 90 day and a.old_value::double - b.new_value::double >= 15 and c.grade in ('A', 'B')
    """,
}


@pytest.mark.parametrize("rule", LETTER)
def test_rule_is_broken_exactly_where_planted(delivery: Delivery, rule: str) -> None:
    found = sorted(r[0] for r in delivery.rows(LETTER[rule]))
    # Whether a shifted coordinate is read back rightly is the reader's business; here it would need the same formula.
    shifted = """
        select p.punch_id from punches p
        join work_plans w on w.employee_id = p.employee_id and p.punched_at between w.planned_start and w.planned_end
        join customers c on c.customer_id = w.customer_id where c.coordinate_system = 'GCJ02'
    """
    planted = sorted(
        r[0]
        for r in delivery.rows(
            f"select subject_id from truth_violations where rule_id = '{rule}' "
            f"and (rule_id <> 'TRAJ-01' or subject_id not in ({shifted}))"
        )
    )
    assert planted
    assert found == planted


def test_operations_break_the_matrix_exactly_where_planted(delivery: Delivery) -> None:
    held: dict[str, list[tuple]] = {}
    for person, *grant in delivery.rows(
        "select employee_id, role_code, granted_at, coalesce(revoked_at, timestamp '2099-01-01') from permission_grants"
    ):
        held.setdefault(person, []).append(tuple(grant))
    broken = set()
    for event, person, action, kind, when in delivery.rows(
        "select event_id, employee_id, action, object_type, occurred_at from operation_log "
        "where action <> 'login' and not (action = 'view' and object_type = 'product')"
    ):
        roles = {role for role, since, until in held.get(person, []) if since <= when < until}
        allowed = ALLOWED.get((kind, action), "").split()
        fits = any(role in allowed or role.split("_")[0] in allowed for role in roles)
        if kind in KNOWN_OBJECTS and not fits and not (action == "view" and "auditor" in roles):
            broken.add(event)
    assert broken == {r[0] for r in delivery.rows("select subject_id from truth_violations where rule_id = 'PERM-01'")}


def test_big_exports_are_the_planted_ones(delivery: Delivery) -> None:
    days = {
        r[0]
        for r in delivery.rows("""
            select employee_id || '/' || occurred_at::date from operation_log
            where action in ('export', 'download')
            group by employee_id, occurred_at::date having sum(record_count) > 500
        """)
    }
    assert days == {r[0] for r in delivery.rows("select subject_id from truth_violations where rule_id = 'PERM-03'")}


def test_hoarding_leavers_are_the_planted_ones(delivery: Delivery) -> None:
    people = {
        r[0]
        for r in delivery.rows("""
            select l.employee_id from operation_log l join employees e on e.employee_id = l.employee_id
            where l.action in ('export', 'download') and l.occurred_at >= e.resignation_notice_date - interval 30 day
                and l.occurred_at < e.last_working_date + interval 1 day
            group by 1 having sum(l.record_count) > 500
        """)
    }
    assert people == {r[0] for r in delivery.rows("select subject_id from truth_violations where rule_id = 'EXIT-03'")}


def test_customers_lost_after_a_stall_had_a_busy_owner(delivery: Delivery) -> None:
    """Every planted case meets every reading of the rule; whoever merely resembles it meets none."""
    found = {
        r[0]
        for r in delivery.rows("""
            with lost as (
                select customer_id, changed_at, changed_by from customer_changes
                where field = 'status' and old_value = 'pending_signature' and new_value = 'lost'
            ),
            silent as (
                select l.*, coalesce((select max(i.occurred_at) from interactions i
                    where i.customer_id = l.customer_id and i.occurred_at <= l.changed_at), timestamp '2000-01-01')
                    as last
                from lost l
            )
            select customer_id from silent s
            where changed_at - last > interval 14 day and changed_at - last < interval 30 day and (
                select count(*) from interactions i
                where i.employee_id = s.changed_by and i.customer_id <> s.customer_id
                    and i.occurred_at between s.last + interval 14 day and s.changed_at) >= 5
        """)
    }
    assert found == {r[0] for r in delivery.rows("select subject_id from truth_violations where rule_id = 'POACH-05'")}
