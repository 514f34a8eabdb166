"""Customers and what they buy, with every approval that an honest company asks for.

Belongs here: customers, customer_ownership, customer_changes, contracts, orders, order_lines, quotes, interactions,
opportunities and the approvals of contracts, orders and discounts, all of them clean.
Does not belong here: planted violations (`discounts` and others add their own orders through `desk`).
"""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa

from pipelines.demo import names
from pipelines.demo.company import CHANGE, CONTRACT, CUSTOMER, INTERACTION, ORDER, QUOTE, REQUEST, Company
from pipelines.demo.staff import Person, tagged
from pipelines.demo.world import BRANCHES

SIGNERS = {
    "sales_director": ("director_1", "director_2", "director_3"),
    "finance": ("finance_1", "finance_2"),
    "legal": ("legal_1", "legal_2"),
    "merchandise_confirm": ("merchandiser_1", "merchandiser_2"),
    "hr": ("hr_1", "hr_2"),
}


# The first customers are buyers in every branch, whatever the scale.
FIRST_CUSTOMERS = 96


def build(company: Company, people: list[Person]) -> None:
    """Create the clean trade of the whole window."""
    _signers(company, people)
    _customers(company)
    _ownership(company)
    _contracts(company)
    _orders(company)
    _requests(company)
    _quotes_and_contacts(company)
    _pipeline(company)


def _signers(company: Company, people: list[Person]) -> None:
    """Who signs which step: people who held the role throughout, so that clean approvals stay clean."""
    rows = [
        (step, k, "ALL", tagged(people, tag).number) for step, tags in SIGNERS.items() for k, tag in enumerate(tags)
    ]
    rows += [("sales_manager", 0, b.code, tagged(people, f"{b.code}_sales_manager").number) for b in BRANCHES]
    company.table(
        "signer",
        {name: [row[i] for row in rows] for i, name in enumerate(("step_type", "k", "branch", "n"))},
        {"step_type": pa.string(), "k": pa.int64(), "branch": pa.string(), "n": pa.int64()},
    )


def _to_gcj02(latitude: np.ndarray, longitude: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shift WGS84 degrees as Chinese map services do."""
    axis, eccentricity = 6378245.0, 0.00669342162296594323
    x, y = longitude - 105.0, latitude - 35.0
    waves = (20 * np.sin(6 * x * math.pi) + 20 * np.sin(2 * x * math.pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x)) + waves
    north += (20 * np.sin(y * math.pi) + 40 * np.sin(y / 3 * math.pi)) * 2 / 3
    north += (160 * np.sin(y / 12 * math.pi) + 320 * np.sin(y * math.pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x)) + waves
    east += (20 * np.sin(x * math.pi) + 40 * np.sin(x / 3 * math.pi)) * 2 / 3
    east += (150 * np.sin(x / 12 * math.pi) + 300 * np.sin(x / 30 * math.pi)) * 2 / 3
    radians = latitude / 180 * math.pi
    magic = 1 - eccentricity * np.sin(radians) ** 2
    north = north * 180 / ((axis * (1 - eccentricity)) / (magic * np.sqrt(magic)) * math.pi)
    east = east * 180 / (axis / np.sqrt(magic) * np.cos(radians) * math.pi)
    return latitude + north, longitude + east


def _customers(company: Company) -> None:
    rng = company.rng("customers")
    count = company.world.customers
    seats = {b.code: [r[0] for r in company.rows(
        "select distinct seat from seat_span where branch = ? order by seat", [b.code])] for b in BRANCHES}  # fmt: skip
    shares = np.array([b.staff_share for b in BRANCHES])
    branch = rng.choice(len(BRANCHES), size=count, p=shares / shares.sum())
    branch[:FIRST_CUSTOMERS] = np.tile(np.arange(8), FIRST_CUSTOMERS // 8)  # every branch has some at any scale
    is_reserved = (rng.random(count) < 0.025) | np.isin(np.arange(count), np.arange(48, FIRST_CUSTOMERS))
    distance, angle = 0.1 * np.sqrt(rng.random(count)) + 0.012, rng.random(count) * 2 * math.pi
    latitude = np.array([BRANCHES[b].latitude for b in branch]) + distance * np.cos(angle)
    longitude = np.array([BRANCHES[b].longitude for b in branch]) + distance * np.sin(angle)
    gcj_latitude, gcj_longitude = _to_gcj02(latitude, longitude)
    is_gcj = np.array([BRANCHES[b].code == "B03" for b in branch])
    code = np.array([b.code for b in BRANCHES])[branch]
    pool = {k: np.array(getattr(names, k)) for k in ("SHOP_WORDS", "SHOP_KINDS", "SURNAMES", "ROADS", "DISTRICTS")}

    def draw(key: str) -> np.ndarray:
        return pool[key][rng.integers(len(pool[key]), size=count)]

    city = np.array([b.city for b in BRANCHES])[branch]
    given = np.array(names.GIVEN_FEMALE + names.GIVEN_MALE)
    columns = {
        "c": np.arange(count),
        "branch": code,
        # A branch's first sales seat is held by one person throughout; whoever plants cases on customers starts there.
        "seat": np.array([
            seats[b][0 if reserved else int(r * len(seats[b]))]
            for b, r, reserved in zip(code, rng.random(count), is_reserved, strict=True)
        ]),
        "is_set_aside": is_reserved,
        "name": [f"{a}{b}{c}" for a, b, c in zip(city, draw("SHOP_WORDS"), draw("SHOP_KINDS"), strict=True)],
        "contact": [f"{a}{b}" for a, b in zip(draw("SURNAMES"), given[rng.integers(len(given), size=count)],
                                              strict=True)],
        "address": [f"{a}{b}区{c}{d}号" for a, b, c, d in zip(
            city, draw("DISTRICTS"), draw("ROADS"), rng.integers(1, 400, size=count), strict=True)],
        "industry": np.array(names.INDUSTRIES)[rng.integers(len(names.INDUSTRIES), size=count)],
        "region": np.array([b.province for b in BRANCHES])[branch],
        "latitude": latitude, "longitude": longitude,
        "shown_latitude": np.round(np.where(is_gcj, gcj_latitude, latitude), 6),
        "shown_longitude": np.round(np.where(is_gcj, gcj_longitude, longitude), 6),
        "coordinate_system": np.where(is_gcj, "GCJ02", "WGS84"),
    }  # fmt: skip
    company.table("customer_seed", {k: list(v) for k, v in columns.items()}, {
        "c": pa.int64(), "branch": pa.string(), "seat": pa.int64(), "is_set_aside": pa.bool_(), "name": pa.string(),
        "contact": pa.string(),
        "address": pa.string(), "industry": pa.string(), "region": pa.string(), "latitude": pa.float64(),
        "longitude": pa.float64(), "shown_latitude": pa.float64(), "shown_longitude": pa.float64(),
        "coordinate_system": pa.string(),
    })  # fmt: skip
    # Buyers were won long before the window; the rest is the pipeline of the last months.
    company.sql(f"""
        create table customer as
        select s.*, {CUSTOMER.sql("s.c")} as customer_id,
            s.c >= {FIRST_CUSTOMERS} and not s.is_set_aside and rnd(s.c, 'stage') >= 0.78 as is_prospect,
            case
                when s.c < {FIRST_CUSTOMERS} or s.is_set_aside or rnd(s.c, 'stage') < 0.78 then 'signed'
                when rnd(s.c, 'stage') < 0.84 then 'lead' when rnd(s.c, 'stage') < 0.90 then 'following'
                when rnd(s.c, 'stage') < 0.94 then 'quoting' when rnd(s.c, 'stage') < 0.97 then 'pending_signature'
                else 'lost' end as status,
            case when s.c < {FIRST_CUSTOMERS} or s.is_set_aside or rnd(s.c, 'stage') < 0.78
                then timestamp '2022-01-04 09:00:00' + to_seconds(floor(rnd(s.c, 'since') * 86400 * 1080)::bigint)
                else timestamp '2025-04-01 09:00:00' + to_seconds(floor(rnd(s.c, 'since') * 86400 * 340)::bigint)
            end as created_at,
            case when rnd(s.c, 'grade') < 0.1 then 'A' when rnd(s.c, 'grade') < 0.35 then 'B'
                when rnd(s.c, 'grade') < 0.8 then 'C' else 'D' end as grade,
            round(45 + 50 * rnd(s.c, 'score')) as score
        from customer_seed s
    """)
    company.sql("""
        create table branch_customer as
        select branch, c, row_number() over (partition by branch order by c) - 1 as k,
            count(*) over (partition by branch) as size
        from customer where not is_prospect and not is_set_aside
    """)


def _ownership(company: Company) -> None:
    company.sql("""
        create table own as
        select c.c, greatest(s.since, c.created_at) as since, s.n,
            case when s.until < timestamp '2026-06-30 18:00:00' then s.until end as until,
            -- Handovers are told apart only from where the follow-ups are on record too.
            case when s.since <= c.created_at or s.since < timestamp '2025-06-01' then 'assigned'
                else s.reason end as reason
        from customer c
        join seat_span s on s.seat = c.seat and s.since < timestamp '2026-06-30 18:00:00'
            and (s.until is null or s.until > c.created_at)
    """)
    company.sql("""
        insert into customer_ownership by name
        select c.customer_id, o.since as valid_from, e.employee_id, o.until as valid_to, o.reason
        from own o join customer c on c.c = o.c join emp e on e.n = o.n
    """)
    company.sql("""
        insert into customers by name
        select c.customer_id, c.name as customer_name, c.contact as contact_name,
            '1' || ['36', '57', '88', '91'][1 + pick(c.c, 'ph', 4)]
                || lpad(pick(c.c, 'phone', 100000000)::varchar, 8, '0') as contact_phone,
            c.region, c.grade, c.industry, c.status,
            case when c.status = 'pending_signature'
                    then timestamp '2026-06-28 10:00:00' - to_hours(pick(c.c, 'stalled', 800))
                when c.status = 'lead' then c.created_at
                else c.created_at + to_days(20) end as status_changed_at,
            case when c.status = 'lead' and rnd(c.c, 'pool') < 0.3 then null else e.employee_id end as owner_id,
            c.created_at, c.shown_latitude as latitude, c.shown_longitude as longitude, c.coordinate_system, c.address,
            c.score
        from customer c
        join own o on o.c = c.c and o.until is null
        join emp e on e.n = o.n
    """)


def _contracts(company: Company) -> None:
    """Frame contracts of most buyers; orders under an approved contract need no approval of their own."""
    company.sql(f"""
        create table contract_seed as
        with signed as (
            select c.c, c.branch, timestamp '2024-01-10 10:00:00' + to_minutes(floor(
                case when rnd(c.c, 'early') < 0.8 then rnd(c.c, 'signed') * 530 else 530 + rnd(c.c, 'signed') * 340 end
                * 1440)::bigint) as signed_at
            from customer c
            where not c.is_prospect and not c.is_set_aside and rnd(c.c, 'contract') < 0.62
        ),
        numbered as (
            select s.*, o.n, row_number() over (order by s.c) - 1 as i
            from signed s
            join customer c on c.c = s.c and s.signed_at > c.created_at + interval 10 day
            asof join own o on o.c = s.c and s.signed_at >= o.since
        )
        select n.*, {CONTRACT.sql("n.i")} as contract_id from numbered n
    """)
    company.take_numbers(CONTRACT, company.count("contract_seed"))


def _orders(company: Company) -> None:
    company.sql("""
        create table order_day as
        with weighted as (
            select day, activity * case when is_break then 0.05 when weekday >= 6 then 0.35 else 1.0 end as w
            from calendar where in_window
        )
        select day, sum(w) over (order by day) / sum(w) over () as hi from weighted
    """)
    company.sql("""
        create table buyer as
        select c, branch, row_number() over (order by c) - 1 as k
        from customer where not is_prospect and not is_set_aside
    """)
    buyers = company.rows("select count(*) from buyer")[0][0]
    # A seller is the customer's owner, or somebody of the branch; a few orders come through the portal without one.
    company.sql(f"""
        create table order_draft as
        with drawn as (
            select i, b.c, b.branch, d.day
                + to_seconds(case when rnd(i, 'late') < 0.06 then 66600 + pick(i, 'second', 12600)
                    else 32700 + pick(i, 'second', 33300) end) as ordered_at,
                rnd(i, 'seller') as x
            from (select unnest(range({company.world.orders})) as i)
            join buyer b on b.k = pick(i, 'buyer', {buyers})
            asof join order_day d on rnd(i, 'day') <= d.hi
        ),
        sold as (
            select d.*, o.n as owner_n,
                case when d.x < 0.80 then o.n
                    when d.x < 0.88 then (select n from emp where tag = d.branch || '_cs_manager')
                    when d.x < 0.94 then (select n from emp where tag = d.branch || '_sales_manager')
                    when d.x < 0.97 then (select n from emp where tag = d.branch || '_agent') end as n
            from drawn d
            asof join own o on o.c = d.c and d.ordered_at >= o.since
        )
        select s.*,
            coalesce(e.hours_ahead, 0) as hours_ahead,
            coalesce((select min(r.floor) from role_span r
                where r.n = s.n and r.since <= s.ordered_at and (r.until is null or r.until > s.ordered_at)), 1.0
            ) as floor,
            rnd(s.i, 'pattern') as pattern_draw,
            k.contract_id
        from sold s
        left join emp e on e.n = s.n
        left join contract_seed k on k.c = s.c and k.signed_at < s.ordered_at
    """)
    company.sql(f"""
        create table order_seed as
        with shaped as (
            select d.*,
                case when d.n is null then 'none'
                    when d.pattern_draw < 0.12 then 'approved'
                    when d.pattern_draw < 0.45 and d.floor < 1 then 'own'
                    else 'none' end as pattern,
                case when rnd(d.i, 'reason') < 0.3 then 'off_season' when rnd(d.i, 'reason') < 0.55 then 'clearance'
                    when rnd(d.i, 'reason') < 0.8 then 'volume' when rnd(d.i, 'reason') < 0.92 then 'complaint'
                    else 'other' end as reason,
                round(0.55 + rnd(d.i, 'depth') * (d.floor - 0.03 - 0.55), 2) as lowest,
                1 + pick(d.i, 'lines', 4) as lines
            from order_draft d
        )
        select s.*, {ORDER.sql("s.i")} as order_id, o.rank as off_goods, l.rank as launched_goods
        from shaped s
        asof join off_rank o on s.ordered_at >= o.since
        asof join launch_rank l on s.ordered_at >= l.since
    """)
    company.take_numbers(ORDER, company.world.orders)
    company.sql("""
        insert into order_lines by name
        with line as (
            select s.*, unnest(range(1, s.lines + 1)) as line_no from order_seed s
        ),
        priced as (
            select l.*,
                case
                    when l.pattern = 'none' then 1.0
                    when l.pattern = 'own' and rnd(l.i * 8 + l.line_no, 'full') < 0.25 then 1.0
                    when l.pattern = 'own'
                        then round(l.floor + rnd(l.i * 8 + l.line_no, 'rate') * (0.99 - l.floor), 2)
                    when l.line_no = 1 then l.lowest
                    when rnd(l.i * 8 + l.line_no, 'full') < 0.3 then 1.0
                    else round(l.lowest + rnd(l.i * 8 + l.line_no, 'rate') * (l.floor - 0.01 - l.lowest), 2)
                end as rate
            from line l
        ),
        chosen as (
            select p.*,
                case when p.pattern = 'approved' and p.reason = 'off_season' and p.rate < 1 then
                    (select g from off_rank where rank = 1 + pick(p.i * 8 + p.line_no, 'good', p.off_goods))
                else (select g from launch_rank where rank = 1 + pick(p.i * 8 + p.line_no, 'good', p.launched_goods))
                end as g
            from priced p
        )
        select c.order_id, c.line_no, g.product_id, 5 + pick(c.i * 8 + c.line_no, 'quantity', 60) as quantity,
            g.list_price, c.rate as discount_rate,
            case when c.rate = 1 then null when c.pattern = 'approved' then c.reason
                else ['volume', 'clearance', 'other'][1 + pick(c.i, 'own_reason', 3)] end as discount_reason,
            g.unit_cost, 'CNY' as currency
        from chosen c join good g on g.g = c.g
    """)
    company.sql("""
        insert into orders by name
        select s.order_id, c.customer_id, e.employee_id, s.ordered_at,
            case when s.n is null then 'portal' else ['offline', 'phone', 'im', 'fair'][1 + pick(s.i, 'channel', 4)] end
                as channel,
            0 as list_amount, 0 as net_amount,
            case when rnd(s.i, 'status') < 0.03 then 'cancelled' when rnd(s.i, 'status') < 0.06 then 'returned'
                when s.ordered_at > timestamp '2026-06-22' then 'committed'
                when rnd(s.i, 'status') < 0.08 then 'committed' else 'shipped' end as status,
            null as quote_id, s.contract_id, 'CNY' as currency
        from order_seed s join customer c on c.c = s.c left join emp e on e.n = s.n
    """)


def _requests(company: Company) -> None:
    """Contract, order and discount requests, decided before what they allow, each step by somebody entitled to it."""
    company.sql(f"""
        create table request_seed as
        with wanted as (
            select 'contract' as process_type, k.i as source, k.n as applicant_n, k.branch, k.signed_at as needed_at,
                'contract' as subject_type, k.contract_id as subject_id, null as reason, null::double as value
            from contract_seed k
            union all
            select 'order', s.i, coalesce(s.n, s.owner_n), s.branch, s.ordered_at - to_hours(s.hours_ahead), 'order',
                s.order_id, null, null
            from order_seed s where s.contract_id is null
            union all
            select 'discount', s.i, s.n, s.branch, s.ordered_at - to_hours(s.hours_ahead), 'order', s.order_id,
                s.reason, s.lowest
            from order_seed s where s.pattern = 'approved'
        ),
        numbered as (
            select *, row_number() over (order by process_type, source) - 1 as r from wanted
        )
        select n.*, {REQUEST.sql("n.r")} as request_id,
            n.needed_at - to_seconds(21600 + pick(n.r, 'lead', 240000)) as submitted_at,
            n.needed_at - to_seconds(900 + pick(n.r, 'decided', 14000)) as decided_at,
            case process_type
                when 'contract' then ['sales_manager', 'finance', 'legal']
                when 'order' then ['sales_manager']
                else case when n.reason = 'off_season' then ['merchandise_confirm', 'sales_director', 'finance']
                    else ['sales_director', 'finance'] end
            end as steps
        from numbered n
    """)
    company.take_numbers(REQUEST, company.count("request_seed"))
    company.sql("""
        insert into approval_requests by name
        select r.request_id, r.process_type, e.employee_id as applicant_id,
            r.submitted_at + to_hours(e.hours_ahead) as submitted_at, r.subject_type, r.subject_id,
            r.reason as reason_code,
            case r.reason when 'off_season' then '商品已过季，申请特价' when 'clearance' then '尾货清仓'
                when 'volume' then '客户批量采购' when 'complaint' then '客诉补偿'
                when 'other' then '其他' end as reason,
            r.value as requested_value, r.value as approved_value, 'approved' as status,
            r.decided_at + to_hours(e.hours_ahead) as decided_at
        from request_seed r join emp e on e.n = r.applicant_n
    """)
    company.sql("""
        insert into approval_steps by name
        with step as (
            select r.*, unnest(r.steps) as step_type, unnest(range(1, len(r.steps) + 1)) as step_no,
                date_diff('second', r.submitted_at, r.decided_at) as lasted
            from request_seed r
        ),
        signed as (
            select s.*,
                case when s.step_type = 'sales_manager' then
                    case when m.n <> s.applicant_n then m.n
                        else (select n from signer where step_type = 'sales_director' and k = 0) end
                else (select g.n from signer g where g.step_type = s.step_type and g.branch = 'ALL' and g.k = pick(
                    s.r * 4 + s.step_no, 'signer', case s.step_type when 'sales_director' then 3 else 2 end))
                end as signer_n
            from step s
            join signer m on m.step_type = 'sales_manager' and m.branch = s.branch
        )
        select s.request_id, s.step_no, s.step_type, e.employee_id as approver_id,
            case when s.step_type = 'merchandise_confirm' then 'confirm' else 'approve' end as action,
            s.submitted_at + to_seconds((s.lasted * (s.step_no - 1) // len(s.steps))::bigint) + to_hours(e.hours_ahead)
                as received_at,
            s.submitted_at + to_seconds((s.lasted * s.step_no // len(s.steps))::bigint) + to_hours(e.hours_ahead)
                as acted_at
        from signed s join emp e on e.n = s.signer_n
    """)
    company.sql("""
        insert into contracts by name
        select k.contract_id, c.customer_id, e.employee_id, k.signed_at + to_hours(e.hours_ahead) as signed_at,
            50000 + pick(k.c, 'worth', 400) * 1000 as amount, r.request_id, 'CNY' as currency
        from contract_seed k
        join customer c on c.c = k.c
        join emp e on e.n = k.n
        join request_seed r on r.process_type = 'contract' and r.subject_id = k.contract_id
    """)


def _quotes_and_contacts(company: Company) -> None:
    """Every order follows a talk with the customer, many a quote too; a new owner calls within days."""
    company.sql(f"""
        create table quote_seed as
        select s.i, s.order_id, {QUOTE.sql("s.i")} as quote_id, s.c, s.n,
            s.ordered_at - to_seconds(86400 + pick(s.i, 'quoted', 1200000)) as quoted_at
        from order_seed s
        where s.n is not null and s.n = s.owner_n and rnd(s.i, 'quote') < 0.55
    """)
    company.take_numbers(QUOTE, company.world.orders)
    company.sql("""
        update quote_seed q set n = o.n from (
            select q.i, o.n from quote_seed q asof join own o on o.c = q.c and q.quoted_at >= o.since
        ) o where o.i = q.i
    """)
    company.sql("""
        create table contact as
        with before_order as (
            select 1 as kind, s.i as source, s.c, s.ordered_at - to_seconds(86400 + pick(s.i, 'talk', 1600000)) as at
            from order_seed s
        ),
        after_handover as (
            select 2, row_number() over (order by o.c, o.since), o.c,
                o.since + to_seconds(14400 + pick(o.c, 'call', 860000))
            from own o
            where o.reason in ('handover', 'rebalance') and o.since >= timestamp '2025-06-01'
        ),
        waiting as (
            select 3, c.c * 16 + v.k, c.c,
                timestamp '2026-06-28 10:00:00' - to_hours(pick(c.c, 'stalled', 800)) + to_days(7 * v.k)
                    + to_minutes(pick(c.c * 16 + v.k, 'jitter', 600))
            from customer c, (select unnest(range(8)) as k) v
            where c.status = 'pending_signature'
        ),
        courting as (
            select 4, c.c * 16 + v.k, c.c,
                greatest(c.created_at, timestamp '2025-07-01')
                    + to_minutes(pick(c.c * 16 + v.k, 'court', 200000))
            from customer c, (select unnest(range(5)) as k) v
            where c.is_prospect and c.status in ('following', 'quoting', 'lost', 'pending_signature')
        ),
        every as (
            select * from before_order union all select * from after_handover union all select * from waiting
            union all select * from courting
        )
        select e.*, o.n, row_number() over (order by e.kind, e.source) - 1 as i
        from every e
        asof join own o on o.c = e.c and e.at >= o.since
        where e.at < timestamp '2026-06-30 18:00:00'
    """)
    company.take_numbers(INTERACTION, company.count("contact"))
    company.sql(f"""
        insert into interactions by name
        select {INTERACTION.sql("t.i")} as interaction_id, c.customer_id, e.employee_id,
            ['phone', 'im', 'phone', 'email'][1 + pick(t.i, 'via', 4)] as channel, t.at as occurred_at,
            ['沟通补货需求，客户反馈动销良好', '确认订单数量与交期', '了解门店库存，推荐当季新款',
             '回访售后情况，客户满意', '发送报价单，客户考虑中', '跟进合同签署进度',
             '邀请参加订货会'][1 + pick(t.i, 'said', 7)] as content,
            ['寄送样品', '下周电话回访', '准备报价', '安排拜访'][1 + pick(t.i, 'next', 4)] as next_step,
            (t.at + to_days(3 + pick(t.i, 'due', 10)))::date as next_step_due
        from contact t join customer c on c.c = t.c join emp e on e.n = t.n
    """)
    company.sql("update orders o set quote_id = q.quote_id from quote_seed q where q.order_id = o.order_id")


def _pipeline(company: Company) -> None:
    """Changes of customer records and the opportunities behind them."""
    company.sql("""
        create table change_seed as
        with changed as (
            select 1 as kind, c.c, s.status_changed_at as at, 'status' as field,
                case c.status when 'following' then 'lead' when 'quoting' then 'following'
                    when 'pending_signature' then 'quoting' else 'following' end as old_value, c.status as new_value
            from customer c join customers s on s.customer_id = c.customer_id
            where c.is_prospect and c.status <> 'lead'
            union all
            select 2, c.c, timestamp '2025-07-02 10:00:00' + to_minutes(pick(c.c, 'renamed', 500000)), 'contact_name',
                '王经理', c.contact
            from customer c where not c.is_set_aside and rnd(c.c, 'contact_change') < 0.03
            union all
            select 3, c.c, timestamp '2025-07-02 10:00:00' + to_minutes(pick(c.c, 'rescored', 500000)), 'score',
                (c.score + 4 - pick(c.c, 'rise', 9))::int::varchar, c.score::int::varchar
            from customer c where not c.is_set_aside and rnd(c.c, 'score_change') < 0.2
        )
        select t.*, o.n, row_number() over (order by kind, t.c) - 1 as i
        from changed t asof join own o on o.c = t.c and t.at >= o.since
    """)
    company.take_numbers(CHANGE, company.count("change_seed"))
    company.sql(f"""
        insert into customer_changes by name
        select {CHANGE.sql("t.i")} as change_id, c.customer_id, t.at as changed_at, t.field, t.old_value,
            t.new_value, e.employee_id as changed_by
        from change_seed t join customer c on c.c = t.c join emp e on e.n = t.n
    """)
    company.sql("""
        insert into opportunities by name
        with every as (
            select c.c, c.customer_id, c.status,
                case when c.is_prospect then c.created_at
                    else timestamp '2025-07-01 09:00:00' + to_minutes(pick(c.c, 'opened', 480000)) end as opened_at
            from customer c where c.is_prospect or rnd(c.c, 'opportunity') < 0.4
        )
        select 'SJ' || lpad(v.c::varchar, 7, '0') as opportunity_id, v.customer_id, e.employee_id,
            (select product_id from good where g = 9 + pick(v.c, 'wish', 40)) as product_id,
            case v.status when 'lead' then 'prospecting' when 'lost' then 'lost' when 'signed' then
                case when rnd(v.c, 'won') < 0.7 then 'won' else 'lost' end else 'engaging' end as stage,
            v.opened_at,
            case when v.status in ('signed', 'lost') then least(v.opened_at + to_days(5 + pick(v.c, 'took', 60)),
                timestamp '2026-06-30 17:00:00') end as closed_at,
            5000 + pick(v.c, 'hope', 300) * 500 as amount, 'CNY' as currency
        from every v
        asof join own o on o.c = v.c and v.opened_at >= o.since
        join emp e on e.n = o.n
    """)


def settle(company: Company) -> None:
    """Totals and quote amounts, once all planted orders are in."""
    company.sql("""
        create table order_total as
        select order_id, sum(quantity * list_price) as list_amount,
            sum(round(quantity * list_price * discount_rate, 2)) as net_amount
        from order_lines group by order_id
    """)
    company.sql("""
        update orders o set list_amount = t.list_amount, net_amount = t.net_amount
        from order_total t where t.order_id = o.order_id
    """)
    company.sql("""
        insert into quotes by name
        select q.quote_id, c.customer_id, e.employee_id, q.quoted_at, t.net_amount as amount,
            round(t.net_amount / t.list_amount, 4) as discount_rate, (q.quoted_at + to_days(30))::date as valid_until,
            'CNY' as currency
        from quote_seed q
        join order_total t on t.order_id = q.order_id
        join customer c on c.c = q.c
        join emp e on e.n = q.n
    """)
