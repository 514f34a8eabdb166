"""Where and when people worked: shifts, punches, leave, and the field days of the sales staff.

Belongs here: everything of the attendance system, and the visits that the CRM records for the same field days.
Does not belong here: pay for it (`finance`).
"""

from __future__ import annotations

from pipelines.demo import overtime
from pipelines.demo.company import INTERACTION, REQUEST, Company
from pipelines.demo.world import GiftWorld

PUNCH_METER = 1 / 111_320  # degrees of latitude


STORY = "order_poaching"
# What is wrong with a field day, how many at scale 1, how many at least; the last two only look wrong.
FIELD_FAULTS = (
    ("far_away", 24, 2),
    ("at_the_office", 14, 2),
    ("unknown_to_crm", 14, 2),
    ("no_photo", 30, 2),
    ("no_summary", 12, 2),
    ("no_customer_named", 8, 1),
    ("near_the_limit", 20, 2),
    ("second_stop", 10, 2),
)


def build(company: Company) -> None:
    """Create a year of attendance and three years of daily results."""
    _offices(company)
    _schedules(company)
    _leaves(company)
    _attended(company)
    _punches(company)
    _field_days(company)
    _impossible_journeys(company)
    _daily_results(company)


def _offices(company: Company) -> None:
    company.sql("""
        create table office as
        select case when org_unit_type = 'group' then 'HQ' else org_unit_id end as branch, latitude, longitude
        from org_units where org_unit_type in ('group', 'branch')
    """)


def _schedules(company: Company) -> None:
    """Planned shifts; from the intervention day on, HR is on call on weekend evenings."""
    company.sql("""
        insert into schedules by name
        select e.employee_id, s.day as shift_date, s.starts_at as shift_start, s.ends_at as shift_end, s.break_minutes,
            'work' as shift_type
        from shift s join emp e on e.n = s.n where s.in_window
    """)
    company.sql("""
        insert into schedules by name
        select e.employee_id, x.day as shift_date, x.starts_at as shift_start, x.ends_at as shift_end, x.break_minutes,
            x.day_kind as shift_type
        from extra_work x join emp e on e.n = x.n where x.is_scheduled
    """)
    gifts: GiftWorld = company.world.gifts
    company.sql(f"""
        insert into schedules by name
        with helper as (
            select n, employee_id, row_number() over (order by n) - 1 as k, count(*) over () as size
            from emp where family = 'hr' and last_day > date '2026-07-01' and hire_date < date '2026-03-01'
        ),
        evening as (
            select day, row_number() over (order by day) as turn from calendar
            where weekday >= 6 and day >= date '{gifts.intervention_from}' and not is_break
        )
        select h.employee_id, v.day as shift_date, v.day + to_hours({gifts.evening_from_hour}) as shift_start,
            v.day + to_hours({gifts.evening_to_hour}) as shift_end, 0 as break_minutes, 'on_call' as shift_type
        from evening v join helper h on h.k = v.turn % h.size or h.k = (v.turn + 1) % h.size
    """)


def _leaves(company: Company) -> None:
    """Single days off, each with its approved request; and time off in lieu that was asked for and refused."""
    days_off = company.rows("select count(*) from shift where is_on_leave")[0][0]
    first_request = company.take_numbers(REQUEST, days_off)
    company.sql(f"""
        create table leave_seed as
        select s.k, s.n, e.employee_id, e.hours_ahead, s.day, s.starts_at, s.ends_at,
            'QJ' || lpad((row_number() over (order by s.k))::varchar, 6, '0') as leave_id,
            {REQUEST.sql(f"{first_request} + row_number() over (order by s.k) - 1")} as request_id
        from shift s join emp e on e.n = s.n where s.is_on_leave
    """)
    company.sql("""
        insert into leaves by name
        select l.leave_id, l.employee_id,
            coalesce(p.leave_type, ['annual', 'sick', 'personal'][1 + pick(l.k, 'leave_type', 3)]) as leave_type,
            l.starts_at, l.ends_at, 'approved' as status
        from leave_seed l left join planned_leave p on p.n = l.n and p.day = l.day
    """)
    company.sql("""
        insert into approval_requests by name
        select request_id, 'leave' as process_type, employee_id as applicant_id,
            starts_at - to_hours(50) + to_hours(hours_ahead) as submitted_at, 'leave' as subject_type,
            leave_id as subject_id, 'approved' as status, starts_at - to_hours(40) + to_hours(hours_ahead) as decided_at
        from leave_seed
    """)
    company.sql("""
        insert into approval_steps by name
        select l.request_id, 1 as step_no, 'hr' as step_type, e.employee_id as approver_id, 'approve' as action,
            l.starts_at - to_hours(50) as received_at, l.starts_at - to_hours(40) as acted_at
        from leave_seed l
        join signer g on g.step_type = 'hr' and g.k = pick(l.k, 'hr', 2)
        join emp e on e.n = g.n
    """)
    refused = company.count("refused_leave")
    first_request = company.take_numbers(REQUEST, refused)
    company.sql(f"""
        create table refused_leave_seed as
        select e.employee_id, r.leave_type, s.starts_at, s.ends_at,
            'QJ9' || lpad((row_number() over (order by s.k))::varchar, 5, '0') as leave_id,
            {REQUEST.sql(f"{first_request} + row_number() over (order by s.k) - 1")} as request_id
        from refused_leave r join shift s on s.n = r.n and s.day = r.day join emp e on e.n = r.n
    """)
    company.sql("""
        insert into leaves by name
        select leave_id, employee_id, leave_type, starts_at, ends_at, 'rejected' as status
        from refused_leave_seed
    """)
    company.sql("""
        insert into approval_requests by name
        select request_id, 'leave' as process_type, employee_id as applicant_id,
            starts_at - to_hours(50) as submitted_at, 'leave' as subject_type, leave_id as subject_id,
            'rejected' as status, starts_at - to_hours(40) as decided_at
        from refused_leave_seed
    """)


def _attended(company: Company) -> None:
    """When people came and went: a few minutes around the shift, sometimes late, sometimes overtime, or as planned.

    Nobody works overtime past midnight, or in a last month, whose wages are final before the month is over.
    """
    company.sql("""
        create table attended as
        select s.*, e.employee_id, e.hours_ahead, o.latitude, o.longitude, 'work' as day_kind,
            coalesce(p.is_out_forgotten, false) as is_out_forgotten,
            case when p.k is not null then s.starts_at - to_seconds(p.before_seconds)
                when rnd(s.k, 'is_late') < 0.02 then s.starts_at + to_seconds(180 + pick(s.k, 'late', 1400))
                else s.starts_at - to_seconds(pick(s.k, 'early', 420)) end as came_at,
            case when p.k is not null then s.ends_at + to_seconds(p.after_seconds)
                when rnd(s.k, 'is_over') < 0.02 and last_day(s.day) <> last_day(e.last_day)
                    then s.ends_at
                        + to_seconds(1800 + pick(s.k, 'over', case s.shift when 'late' then 3000 else 5000 end))
                else s.ends_at + to_seconds(pick(s.k, 'after', 300)) end as went_at
        from shift s
        join emp e on e.n = s.n
        join office o on o.branch = s.branch
        left join planned_hours p on p.k = s.k
        where not s.is_on_leave
    """)
    company.sql("""
        insert into attended by name
        select x.n * 100000 + (x.day - date '2020-01-01') as k, x.n, x.day, c.weekday, true as in_window,
            s.org_unit_id, s.branch, s.family, s.role, e.shift, c.activity, x.starts_at, x.ends_at, x.break_minutes,
            false as serves_customers, false as is_on_leave, e.employee_id, e.hours_ahead, o.latitude, o.longitude,
            x.day_kind, false as is_out_forgotten, x.starts_at as came_at, x.ends_at as went_at
        from extra_work x
        join emp e on e.n = x.n
        join emp_span s on s.n = x.n and x.day >= s.from_day and x.day < s.to_day
        join office o on o.branch = s.branch
        join calendar c on c.day = x.day
    """)
    overtime.measure(company)


def _punches(company: Company) -> None:
    """In and out at the own office."""
    company.sql(f"""
        insert into punches by name
        with both_ways as (
            select k, employee_id, 'in' as direction, came_at as punched_at, latitude, longitude, 0 as side
            from attended where in_window
            union all
            select k, employee_id, 'out', went_at, latitude, longitude, 1 from attended
            where in_window and not is_out_forgotten
        )
        select 'DK' || lpad((k * 4 + side)::varchar, 10, '0') as punch_id, employee_id, punched_at, direction,
            round(latitude + (rnd(k * 4 + side, 'lat') - 0.5) * 90 * {PUNCH_METER}, 6) as latitude,
            round(longitude + (rnd(k * 4 + side, 'lon') - 0.5) * 90 * {PUNCH_METER}, 6) as longitude,
            'WGS84' as coordinate_system, 10 + pick(k * 4 + side, 'accuracy', 40) as accuracy_m, '公司' as place_name,
            ['wifi', 'gps', 'device'][1 + pick(k * 4 + side, 'method', 3)] as method
        from both_ways
    """)


def _field_days(company: Company) -> None:
    """Planned visits: a punch at the customer's, a photo, a summary, a CRM entry. A few lack one of them."""
    first_contact = company.take_numbers(INTERACTION, 0)
    company.sql("""
        create table own_rank as
        select n, c, since, until, row_number() over (partition by n order by c, since) - 1 as k,
            count(*) over (partition by n) as size
        from own where c not in (select c from customer where is_set_aside)
    """)
    bounds, limit = [], 0
    for fault, at_scale_one, minimum in FIELD_FAULTS:
        limit += company.world.sized(at_scale_one, minimum)
        bounds.append(f"when rank <= {limit} then '{fault}'")
    company.sql(f"""
        create table visit as
        with owner_size as (select n, max(size) as size from own_rank group by n),
        planned as (
            select a.k, a.n, a.day, a.employee_id, a.branch, a.latitude, a.longitude, o.c,
                a.day + to_seconds(35400 + pick(a.k, 'visit_at', 3600)) as planned_start
            from attended a
            join owner_size z on z.n = a.n
            join own_rank o on o.n = a.n and o.k = pick(a.k, 'visited', z.size)
            where a.in_window and a.role = 'sales_rep' and a.serves_customers and rnd(a.k, 'field') < 0.34
                and o.since < a.day and (o.until is null or o.until > a.day + interval 1 day)
        ),
        ranked as (
            select p.*, row_number() over (order by p.k) - 1 as i,
                row_number() over (order by rnd(p.k, 'fault'), p.k) as rank
            from planned p
        )
        select r.*, c.customer_id, c.latitude as client_latitude, c.longitude as client_longitude, c.name,
            case {" ".join(bounds)} end as fault,
            'DK' || lpad((r.k * 4 + 2)::varchar, 10, '0') as punch_id, {INTERACTION.sql(f"{first_contact} + r.i")}
                as interaction_id, 'ZJ' || lpad(r.i::varchar, 7, '0') as summary_id
        from ranked r join customer c on c.c = r.c
    """)
    company.take_numbers(INTERACTION, company.count("visit"))
    company.sql("""
        insert into work_plans by name
        select 'JH' || lpad(i::varchar, 7, '0') as plan_id, employee_id, planned_start,
            planned_start + to_minutes(90) as planned_end, 'visit' as activity, customer_id
        from visit
    """)
    # Metres north of the customer, by what is wrong; everybody stands somewhere within 200 m of the door.
    company.sql(f"""
        insert into punches by name
        select punch_id, employee_id, planned_start + to_seconds(300 + pick(k, 'arrived', 2400)) as punched_at,
            'visit' as direction,
            round(case when fault = 'at_the_office' then latitude + (rnd(k, 'vlat') - 0.5) * 90 * {PUNCH_METER}
                when fault = 'far_away' then client_latitude + (620 + 2500 * rnd(k, 'vlat')) * {PUNCH_METER}
                when fault = 'near_the_limit' then client_latitude + (430 + 50 * rnd(k, 'vlat')) * {PUNCH_METER}
                else client_latitude + (rnd(k, 'vlat') - 0.5) * 300 * {PUNCH_METER} end, 6) as latitude,
            round(case when fault = 'at_the_office' then longitude
                when fault in ('far_away', 'near_the_limit') then client_longitude
                else client_longitude + (rnd(k, 'vlon') - 0.5) * 300 * {PUNCH_METER} end, 6) as longitude,
            'WGS84' as coordinate_system, 15 + pick(k, 'vaccuracy', 60) as accuracy_m,
            case when fault = 'at_the_office' then '公司' else name end as place_name, 'gps' as method
        from visit
    """)
    company.sql(f"""
        insert into punches by name
        select 'DK' || lpad((k * 4 + 3)::varchar, 10, '0') as punch_id, employee_id,
            planned_start + to_minutes(240) as punched_at, 'visit' as direction,
            round(client_latitude + 4000 * {PUNCH_METER}, 6) as latitude, round(client_longitude, 6) as longitude,
            'WGS84' as coordinate_system, 30 as accuracy_m, '顺路巡店' as place_name, 'gps' as method
        from visit where fault = 'second_stop'
    """)
    company.sql("""
        insert into interactions by name
        select interaction_id, customer_id, employee_id, 'visit' as channel,
            planned_start + to_minutes(70) as occurred_at,
            ['上门拜访，查看陈列与库存', '现场沟通补货计划', '拜访店主，介绍新款',
             '处理退换货，当面致歉'][1 + pick(k, 'did', 4)] as content,
            '下周电话回访' as next_step, day + 7 as next_step_due,
            case when fault = 'no_photo' then null else 'IMG_' || lpad(i::varchar, 7, '0') || '.jpg' end as photo_ref
        from visit where fault is null or fault <> 'unknown_to_crm'
    """)
    company.sql("""
        insert into work_summaries by name
        select summary_id, employee_id, planned_start as claimed_start, planned_start + to_minutes(90) as claimed_end,
            case when fault = 'no_customer_named' then 'office' else 'visit' end as activity,
            case when fault = 'no_customer_named' then null else customer_id end as customer_id,
            case when fault = 'no_customer_named' then '整理资料，外出办事' else '拜访' || name || '，沟通顺利' end
                as content,
            day + to_minutes(1070) as submitted_at
        from visit where fault is null or fault <> 'no_summary'
    """)


def _impossible_journeys(company: Company) -> None:
    """A further punch after the way out of a proper field day: too far for the time in between, or just near enough."""
    sized = company.world.sized
    company.sql(f"""
        create table journey as
        with ranked as (
            select a.*, row_number() over (order by rnd(a.k, 'journey'), a.k) as rank from attended a
            where a.in_window and a.role = 'sales_rep' and a.day < date '2026-06-25' and a.day_kind = 'work'
                and a.k in (select k from visit where fault is null)
        ),
        cast_as as (
            select *, case when rank <= {sized(12, 2)} then 'too_fast' when rank <= {sized(12, 2) * 2} then 'short_hop'
                when rank <= {sized(12, 2) * 3} then 'by_train' end as kind
            from ranked
        )
        select *, 'DK' || lpad((k * 4 + 3)::varchar, 10, '0') as punch_id,
            case kind when 'too_fast' then 90000 when 'short_hop' then 19000 else 60000 end as metres,
            case kind when 'too_fast' then 10 when 'short_hop' then 2 else 60 end as minutes
        from cast_as where kind is not null
    """)
    company.sql(f"""
        insert into punches by name
        select punch_id, employee_id, went_at + to_minutes(minutes) as punched_at, 'visit' as direction,
            round(latitude - metres * {PUNCH_METER}, 6) as latitude, round(longitude, 6) as longitude,
            'WGS84' as coordinate_system, 40 as accuracy_m, null as place_name, 'gps' as method
        from journey
    """)


def judge_field_days(company: Company) -> None:
    """Every field day that breaks a rule by its letter, and the ones that only seem to.

    Goes after the last talk with a customer is planted: any entry of that day in the CRM confirms a visit.
    """
    company.sql(f"""
        insert into truth_violations
        select 'TRAJ-01', punch_id, employee_id, planned_start, '{STORY}', fault, 'n.a.', 'open'
        from visit where fault in ('far_away', 'at_the_office')
        union all
        select 'TRAJ-02', v.summary_id, v.employee_id, v.planned_start, '{STORY}',
            coalesce(v.fault, 'no CRM entry that day'), 'n.a.', 'open'
        from visit v
        where coalesce(v.fault, '') not in ('no_summary', 'no_customer_named')
            and (v.fault = 'at_the_office' or not exists (
                select 1 from interactions i where i.customer_id = v.customer_id and i.occurred_at::date = v.day
            ))
        union all
        select 'TRAJ-03', interaction_id, employee_id, planned_start, '{STORY}', 'no photo', 'n.a.', 'open'
        from visit where fault = 'no_photo'
        union all
        select 'TRAJ-04', punch_id, employee_id, went_at, '{STORY}', '90 km in 10 minutes', 'n.a.', 'open'
        from journey where kind = 'too_fast'
        union all
        select 'TRAJ-05', employee_id || '/' || day, employee_id, planned_start, '{STORY}', fault, 'n.a.', 'open'
        from visit where fault in ('no_summary', 'no_customer_named')
    """)
    company.sql("""
        insert into truth_look_alikes
        select 'TRAJ-01', punch_id, fault, '430 to 480 m from the door' from visit where fault = 'near_the_limit'
        union all
        select 'TRAJ-01', 'DK' || lpad((k * 4 + 3)::varchar, 10, '0'), fault, 'far away, but outside any planned visit'
        from visit where fault = 'second_stop'
        union all
        (select 'TRAJ-01', punch_id, 'other_coordinate_system', 'the customer is on record in GCJ02' from visit
        where fault is null and branch = 'B03' order by k limit 20)
        union all
        select 'TRAJ-04', punch_id, kind, (metres / 1000)::varchar || ' km in ' || minutes || ' minutes'
        from journey where kind <> 'too_fast'
    """)


def _daily_results(company: Company) -> None:
    company.sql("""
        insert into daily_results by name
        select employee_id, day as work_date,
            case when not is_out_forgotten then
                round(date_diff('second', greatest(came_at, starts_at), went_at) / 3600.0 - break_minutes / 60.0, 2)
                end as worked_hours,
            greatest(0, date_diff('minute', starts_at, came_at)) as late_minutes, 0 as early_leave_minutes,
            0 as absent_minutes,
            case when day_kind <> 'work'
                then round(date_diff('minute', came_at, went_at) / 60.0 - break_minutes / 60.0, 1)
                when went_at > ends_at + interval 30 minute
                then round(date_diff('minute', ends_at, went_at) / 60.0, 1) else 0 end as overtime_hours,
            case when is_out_forgotten then '下班缺卡'
                when came_at > starts_at then '迟到' || date_diff('minute', starts_at, came_at) || '分钟'
                else '正常' end as result
        from attended
    """)
