"""Story 3 and a million ordinary chat lines: who talked when, what was said, and which lines were private gifts.

Belongs here: messages, the private receipts that follow some of them, deleted and edited lines, and their truth.
Does not belong here: the wording (`phrases`) and the rates behind the hotspots (`world`).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa

from pipelines.demo import names, phrases
from pipelines.demo.company import CONVERSATION, MESSAGE, RECEIPT, Company
from pipelines.demo.phrases import Script
from pipelines.demo.world import BRANCHES, HOUR_ACTIVITY

STORY = "private_gifts"
MEAN_LENGTH = 11.8
LAST_MOMENT = datetime(2026, 6, 30, 23, 59)


def build(company: Company) -> None:
    """Create every conversation of the window."""
    _word_tables(company)
    _conversations(company)
    _cast_scripts(company)
    _aftermath(company)
    _messages(company)
    _truth(company)


def _string_table(company: Company, name: str, columns: dict[str, list[Any]]) -> None:
    kinds = {k: pa.int64() if v and isinstance(v[0], int) else pa.string() for k, v in columns.items()}
    company.table(name, columns, kinds)


def _word_tables(company: Company) -> None:
    spoken: list[tuple[str, int, str]] = []
    for slot, lines in (
        ("open_customer", phrases.OPEN_CUSTOMER), ("open_agent", phrases.OPEN_AGENT),
        ("close_customer", phrases.CLOSE_CUSTOMER), ("close_agent", phrases.CLOSE_AGENT),
        ("system", phrases.SYSTEM_LINES),
    ):  # fmt: skip
        spoken += [(slot, k, text) for k, text in enumerate(lines)]
    for topic, pairs in phrases.TOPICS.items():
        spoken += [(f"{topic}?", k, question) for k, (question, _) in enumerate(pairs)]
        spoken += [(f"{topic}!", k, answer) for k, (_, answer) in enumerate(pairs)]
    _string_table(company, "spoken", {n: [r[i] for r in spoken] for i, n in enumerate(("slot", "k", "text"))})
    company.sql("create table spoken_size as select slot, count(*) as size from spoken group by slot")
    # Each company talks its own way: of many wordings a seed knows about half, so that another seed brings new ones.
    rng = company.rng("wordings")
    rows: list[tuple[str, int, int, str, str, str, str]] = []
    for script in _all_scripts():
        for step, line in enumerate(script.lines):
            known = max(min(3, len(line.texts)), len(line.texts) // 2)
            texts = [line.texts[k] for k in sorted(rng.permutation(len(line.texts))[:known])]
            for variant, text in enumerate(texts):
                rows.append((script.kind, step, variant, line.sender, text, ",".join(line.rules), line.message_type))
    fields = ("kind", "step", "variant", "sender", "text", "rules", "message_type")
    _string_table(company, "script_line", {n: [r[i] for r in rows] for i, n in enumerate(fields)})
    company.sql("create table script_size as select kind, step, count(*) as size from script_line group by kind, step")


def _all_scripts() -> tuple[Script, ...]:
    return (*phrases.MISCONDUCT, *phrases.REFUSALS, *phrases.LOOK_ALIKES)


def _sql_list(words: tuple[str, ...] | list[str]) -> str:
    return "[" + ", ".join("'" + w.replace("'", "''") + "'" for w in words) + "]"


def _conversations(company: Company) -> None:
    """Conversations in proportion to how busy each hour of each agent's shift is."""
    from_hour = ", ".join(f"({hour}, {weight})" for hour, weight in HOUR_ACTIVITY.items())
    company.sql(f"""
        create table conversation as
        with profile(hour, weight) as (values {from_hour}),
        slot as (
            select s.k, s.n, s.day, s.weekday, s.branch, s.activity, p.hour,
                p.weight * s.activity * case when s.role = 'cs_manager' then 0.25 else 1 end as w
            from shift s
            join profile p on p.hour between hour(s.starts_at) and hour(s.ends_at - interval 1 second)
            where s.in_window and s.family = 'customer_service' and s.serves_customers and not s.is_on_leave
        ),
        counted as (
            select *, floor(
                {company.world.messages / MEAN_LENGTH} * w / sum(w) over () + rnd(k * 24 + hour, 'talks'))::int as talks
            from slot
        ),
        started as (
            select n, day, weekday, branch, hour, k, unnest(range(talks)) as talk from counted where talks > 0
        ),
        timed as (
            select *, day + to_seconds(hour * 3600
                + case when hour in (11, 14) then pick(k * 960 + hour * 40 + talk, 'second', 1500) + 1800
                    else pick(k * 960 + hour * 40 + talk, 'second', 3100) end) as started_at
            from started
        )
        select row_number() over (order by day, n, hour, talk) - 1 as i, n, day, weekday, branch, started_at from timed
        where hour <> 22 or extract(minute from started_at) < 22
    """)
    topics = _sql_list(list(phrases.TOPICS))
    company.sql(f"""
        create table talk as
        with placed as (
            select v.*, e.employee_id, e.hours_ahead, e.hire_date, b.c,
                6 + pick(v.i, 'length', 7) + pick(v.i, 'more', 7) as lines,
                {topics}[1 + pick(v.i, 'topic', {len(phrases.TOPICS)})] as topic
            from conversation v
            join emp e on e.n = v.n
            join (select branch, max(size) as size from branch_customer group by branch) z on z.branch = v.branch
            join branch_customer b on b.branch = v.branch and b.k = pick(v.i, 'who', z.size)
        )
        select p.*, o.order_id from placed p
        asof left join (select c, ordered_at, order_id from order_seed) o
            on o.c = p.c and p.started_at >= o.ordered_at
    """)


def _weighted(scripts: tuple[Script, ...]) -> list[str]:
    return [script.kind for script in scripts for _ in range(script.weight)]


def _cast_scripts(company: Company) -> None:
    """Choose the conversations that hold a script: misconduct where the world says it is likely, the rest anywhere."""
    g = company.world.gifts
    factors = ", ".join(
        f"('{b.code}', {b.gift_factor}, {g.intervention_factor if b.has_intervention else 1.0})" for b in BRANCHES
    )
    misconduct, others = _weighted(phrases.MISCONDUCT), _weighted((*phrases.REFUSALS, *phrases.LOOK_ALIKES))
    kinds, other_kinds = len(phrases.MISCONDUCT), len(phrases.REFUSALS) + len(phrases.LOOK_ALIKES)
    first = _sql_list([s.kind for s in phrases.MISCONDUCT])
    first_other = _sql_list([s.kind for s in (*phrases.REFUSALS, *phrases.LOOK_ALIKES)])
    company.sql(f"""
        create table cast_list as
        with factor(branch, gift, after) as (values {factors}),
        likely as (
            select t.i,
                t.lines * f.gift
                * case when t.weekday >= 6 and hour(t.started_at) >= {g.evening_from_hour}
                    and hour(t.started_at) < {g.evening_to_hour} then {g.weekend_evening_factor} else 1 end
                * case when t.day - t.hire_date < {g.novice_days} then {g.novice_factor} else 1 end
                * case when t.day >= date '{g.intervention_from}' then f.after else 1 end as w
            from talk t join factor f on f.branch = t.branch
            where t.started_at < timestamp '2026-06-27'
        ),
        bad as (
            select i, row_number() over (order by -ln(1 - rnd(i, 'tempted')) / w, i) as rank from likely
        ),
        odd as (
            select t.i, row_number() over (order by rnd(t.i, 'odd'), t.i) as rank
            from talk t
            where t.order_id is not null
                and t.i not in (select i from bad where rank <= {company.world.gift_conversations})
        )
        select i, rank, true as is_bad,
            case when rank <= {kinds} then {first}[rank]
                else {_sql_list(misconduct)}[1 + pick(i, 'kind', {len(misconduct)})] end as kind
        from bad where rank <= {company.world.gift_conversations}
        union all
        select i, rank, false,
            case when rank <= {other_kinds} then {first_other}[rank]
                else {_sql_list(others)}[1 + pick(i, 'kind', {len(others)})] end
        from odd where rank <= {company.world.look_alike_conversations}
    """)
    # Where in the conversation a script begins: after a whole exchange, so that the talk around it stays sensible.
    company.sql("""
        create table scene as
        select t.*, l.kind, coalesce(l.is_bad, false) as is_bad, l.rank,
            coalesce((select max(step) + 1 from script_size z where z.kind = l.kind), 0) as script_lines,
            2 + 2 * pick(t.i, 'begins', ((t.lines - 4) // 2)::bigint) as begins
        from talk t left join cast_list l on l.i = t.i
    """)


def _aftermath(company: Company) -> None:
    """What followed: private receipts and tampering, decided per conversation before its lines are written."""
    rng = company.rng("aftermath")
    g = company.world.gifts
    rule_steps: dict[str, list[int]] = {
        s.kind: [k for k, line in enumerate(s.lines) if line.rules] for s in phrases.MISCONDUCT
    }
    scenes = company.records("""
        select s.i, s.n, s.employee_id, s.hours_ahead, s.started_at, s.kind, s.begins, s.script_lines, s.lines, s.rank,
            c.customer_id, c.c
        from scene s join customer c on c.c = s.c where s.is_bad order by s.rank
    """)
    jitter = dict(company.rows("""
        select s.i * 64 + p.p, pick(s.i * 64 + p.p, 'jitter', 32)
        from scene s, (select unnest(range(64)) as p) p where s.is_bad and p.p < s.lines + s.script_lines
    """))  # fmt: skip
    tampered: dict[str, list[Any]] = {"i": [], "position": [], "deleted_at": [], "edited_at": []}
    receipts: list[dict[str, Any]] = []

    def tamper(i: int, position: int, at: datetime, is_edit: bool) -> None:
        for column, value in zip(
            tampered.values(), (i, position, None if is_edit else at, at if is_edit else None), strict=True
        ):
            column.append(value)

    def receipt(scene: dict[str, Any], customer_id: str, at: datetime, payee: str = "private") -> str:
        receipt_id = company.take_id(RECEIPT)
        is_private = payee == "private"
        receipts.append({
            "receipt_id": receipt_id, "customer_id": customer_id, "received_at": at,
            "amount": round(float(rng.choice([50, 66, 88, 100, 188, 200, 288, 520, 666, 1200, 2000])), 2),
            "payee_account": f"wx-{scene['employee_id'].lower()}" if is_private else "33010101040012345",
            "payee_type": payee, "payee_employee_id": scene["employee_id"] if is_private else None,
            "method": "微信转账" if is_private else "对公转账", "memo": "个人收款" if is_private else "货款",
            "currency": "CNY",
        })  # fmt: skip
        return receipt_id

    quiet = _quiet_customers(company)
    for scene in scenes:
        i, rank = scene["i"], scene["rank"]
        positions = [scene["begins"] + k for k in rule_steps[scene["kind"]]]
        hits = [scene["started_at"] + timedelta(seconds=p * 40 + jitter[i * 64 + p]) for p in positions]
        end = LAST_MOMENT - timedelta(hours=30)
        draw = rng.random()
        # The first few of the cast always show each form, whatever the scale.
        form = rank % 29 if rank <= 29 else (1 if draw < g.private_receipt_share else 28)
        after = _minutes(rng, 70, 4200)
        if form in (1, 2, 3, 4):
            # At the very edge only where payee and group share a clock: whose time a receipt shows must not decide.
            is_edge = form == 2 and scene["hours_ahead"] == 0
            gap = timedelta(hours=72) - timedelta(minutes=8) if is_edge else after
            receipt(scene, scene["customer_id"], hits[-1] + gap)
        elif form == 5 or (form == 28 and draw < g.private_receipt_share + 0.02):
            receipt_id = receipt(scene, scene["customer_id"], hits[-1] + timedelta(hours=74) + after)
            company.look_alike("RED-03", receipt_id, "after_the_window", "private, but more than 72 hours later")
        elif form == 6 or (form == 28 and draw < g.private_receipt_share + 0.04):
            receipt_id = receipt(scene, quiet.pop(), hits[-1] + after)
            company.look_alike("RED-03", receipt_id, "another_customer", "private, of a customer without such talk")
        elif form == 7 or (form == 28 and draw < g.private_receipt_share + 0.06):
            receipt_id = receipt(scene, scene["customer_id"], hits[-1] + after, "company")
            company.look_alike("RED-03", receipt_id, "paid_to_the_company", "same customer, but the company's account")
        draw = rng.random()
        form = rank % 31 if rank <= 31 else (8 + int(rng.integers(4)) if draw < g.tampering_share else 30)
        soon = _minutes(rng, 2, 1380)
        if hits[-1] > end:
            continue
        if form == 8:
            tamper(i, positions[-1], hits[-1] + soon, False)
        elif form == 9:
            tamper(i, positions[-1], hits[-1] + soon, True)
        elif form == 10:  # an earlier line of the agent vanishes after the hit
            tamper(i, 1, hits[-1] + soon, False)
        elif form == 11:  # a later line of the agent vanishes
            script, resumes = scene["script_lines"], scene["begins"] + scene["script_lines"]
            later = next((p for p in range(resumes, scene["lines"] + script - 1) if (p - script) % 2 == 1), None)
            if later is None:
                tamper(i, positions[-1], hits[-1] + soon, False)
            else:
                tamper(i, later, hits[-1] + timedelta(seconds=3600) + soon / 2, False)
        elif form == 12 or (form == 30 and draw < g.tampering_share + 0.04):
            tamper(i, positions[-1], hits[-1] + timedelta(hours=24, minutes=5) + soon, form % 2 == 0)
    company.add("receipts", receipts)
    company.table("tampered", tampered, {
        "i": pa.int64(), "position": pa.int64(), "deleted_at": pa.timestamp("us"), "edited_at": pa.timestamp("us"),
    })  # fmt: skip


def _minutes(rng: Any, low: int, high: int) -> timedelta:
    return timedelta(minutes=int(rng.integers(low, high)))


def _quiet_customers(company: Company) -> list[str]:
    """Customers who never appear in a conversation with misconduct."""
    return [
        r[0]
        for r in company.rows("""
            select c.customer_id from customer c
            where not c.is_prospect and c.c not in (select s.c from scene s where s.is_bad)
            order by hash(c.customer_id)
        """)
    ]


def _messages(company: Company) -> None:
    company.sql(f"""
        create table scene_words as
        with goods as (select array_agg(product_name order by product_id) as all_goods from products)
        select s.*, {CONVERSATION.sql("s.i")} as conversation_id, c.customer_id,
            regexp_replace(g.all_goods[1 + pick(s.i, 'p', len(g.all_goods))], '^\\d\\d', '') as w_p,
            {_sql_list(names.SIZES)}[1 + pick(s.i, 's', {len(names.SIZES)})] as w_s,
            {_sql_list(names.COLOURS)}[1 + pick(s.i, 'col', {len(names.COLOURS)})] as w_col,
            {_sql_list(names.CITIES)}[1 + pick(s.i, 'city', {len(names.CITIES)})] as w_city,
            {_sql_list(names.COURIERS)}[1 + pick(s.i, 'co', {len(names.COURIERS)})] as w_co,
            {_sql_list(names.WEATHER)}[1 + pick(s.i, 'w', {len(names.WEATHER)})] as w_w,
            (2 + pick(s.i, 'd', 14))::varchar as w_d,
            (20 + pick(s.i, 'num', 79))::varchar as w_num,
            ['20', '50', '66', '88', '100', '200'][1 + pick(s.i, 'amt', 6)] as w_amt,
            '1' || ['37', '50', '81', '99'][1 + pick(s.i, 'ph', 4)]
                || lpad(pick(s.i, 'phone', 100000000)::varchar, 8, '0') as w_phone,
            (100000000 + pick(s.i, 'qq', 899999999))::varchar as w_qq,
            ['lily', 'xiaomei', 'amy', 'yunyun', 'wxid_k', 'sunny', 'mumu'][1 + pick(s.i, 'wx', 7)]
                || (1980 + pick(s.i, 'wxn', 7999))::varchar as w_wx
        from scene s join customer c on c.c = s.c, goods g
    """)
    prefixes, suffixes = _sql_list(phrases.AGENT_PREFIXES), _sql_list(phrases.AGENT_SUFFIXES)
    company.sql(f"""
        create table line as
        with positioned as (
            select w.*, unnest(range(w.lines + w.script_lines)) as position from scene_words w
        ),
        staged as (
            select p.*,
                case when position >= begins and position < begins + script_lines then position - begins end as step,
                case when position >= begins + script_lines then position - script_lines else position end as j
            from positioned p
        ),
        slotted as (
            select s.*,
                case when step is not null then null
                    when j = lines - 1 and rnd(i, 'bye') < 0.06 then 'system'
                    when j = 0 then 'open_customer' when j = 1 then 'open_agent'
                    when j >= lines - 2 + lines % 2
                        then case when j % 2 = 0 then 'close_customer' else 'close_agent' end
                    else topic || case when j % 2 = 0 then '?' else '!' end end as slot
            from staged s
        ),
        chosen as (
            select s.*,
                case when s.slot is null then null
                    when s.slot in ('open_customer', 'open_agent', 'close_customer', 'close_agent', 'system')
                        then pick(i * 64 + position, 'line', z.size)
                    else (pick(i, 'pair', z.size) + j // 2) % z.size end as k,
                case when s.step is not null then pick(i * 64 + position, 'line', sz.size) end as variant
            from slotted s
            left join spoken_size z on z.slot = s.slot
            left join script_size sz on sz.kind = s.kind and sz.step = s.step
        )
        select c.i, c.position, c.conversation_id, c.employee_id, c.n, c.customer_id, c.order_id, c.branch,
            c.hours_ahead, c.kind, c.step, c.is_bad, coalesce(l.rules, '') as rules,
            {MESSAGE.sql("c.i * 64 + c.position")} as message_id,
            case when l.sender is not null then l.sender when c.slot = 'system' then 'system'
                when c.j % 2 = 0 then 'customer' else 'agent' end as sender,
            c.started_at + to_seconds(c.position * 40 + pick(c.i * 64 + c.position, 'jitter', 32)) as sent_at,
            coalesce(l.message_type, 'text') as message_type,
            case when coalesce(l.message_type, 'text') in ('red_packet', 'transfer') then c.w_amt::decimal(18, 2) end
                as transfer_amount,
            case when c.step is null and c.j % 2 = 1 and c.slot like '%!'
                then {prefixes}[1 + pick(c.i * 64 + c.position, 'pre', {len(phrases.AGENT_PREFIXES)})] else '' end
            || {_fill("coalesce(l.text, t.text)")}
            || case when c.step is null and c.j % 2 = 1 and c.slot like '%!'
                then {suffixes}[1 + pick(c.i * 64 + c.position, 'suf', {len(phrases.AGENT_SUFFIXES)})] else '' end
                as text
        from chosen c
        left join spoken t on t.slot = c.slot and t.k = c.k
        left join script_line l on l.kind = c.kind and l.step = c.step and l.variant = c.variant
    """)
    _fill_rare_slots(company)
    company.sql("""
        insert into messages by name
        select l.message_id, l.conversation_id, l.employee_id, l.customer_id, l.order_id,
            case when l.branch = 'B08' then 'line' else ['千牛', '企业微信', '小程序'][1 + pick(l.i, 'app', 3)] end
                as channel,
            l.message_type, l.transfer_amount, l.sender, l.sent_at, l.text,
            case when t.i is not null then t.deleted_at
                when l.kind is null and l.sender = 'agent' and rnd(l.i * 64 + l.position, 'delete') < 0.0008
                    then l.sent_at + to_seconds(20 + pick(l.i, 'deleted', 90)) end as deleted_at,
            case when t.i is not null then t.edited_at
                when l.kind is null and l.sender = 'agent' and rnd(l.i * 64 + l.position, 'edit') < 0.0012
                    then l.sent_at + to_seconds(10 + pick(l.i, 'edited', 240)) end as edited_at,
            'CNY' as currency
        from line l
        left join tampered t on t.i = l.i and t.position = l.position
    """)


COMMON_SLOTS = ("p", "s", "col", "city", "co", "w", "d", "num", "amt")


def _fill(text: str) -> str:
    for slot in COMMON_SLOTS:
        text = f"replace({text}, '{{{slot}}}', c.w_{slot})"
    return text


def _fill_rare_slots(company: Company) -> None:
    """Personal accounts and numbers, in the spellings people use; only scripted lines hold them."""
    company.sql("""
        update line set text = filled.text
        from (
            select l.i, l.position,
                replace(replace(replace(replace(replace(replace(replace(l.text,
                    '{o}', coalesce(l.order_id, '13' || lpad(pick(l.i, 'lost_order', 999999937)::varchar, 9, '0'))),
                    '{wx}', w.w_wx), '{qq}', w.w_qq), '{phone}', w.w_phone),
                    '{phone_spaced}', regexp_replace(w.w_phone, '(\\d)', '\\1 ', 'g')),
                    '{phone_dashed}', w.w_phone[1:3] || '-' || w.w_phone[4:7] || '-' || w.w_phone[8:11]),
                    '{phone_wide}', translate(w.w_phone, '0123456789', '０１２３４５６７８９')) as text
            from line l join scene_words w on w.i = l.i
            where l.step is not null
        ) filled
        where filled.i = line.i and filled.position = line.position and line.step is not null
    """)


def _truth(company: Company) -> None:
    """Write down every hit by the letter of the rules, side effects of one plant on another included."""
    company.sql("""
        create table gift_hit as
        select l.*, unnest(string_split(l.rules, ',')) as rule_id from line l where l.rules <> ''
    """)
    # Receipts of foreign branches are written in the payee's own time, as the messages are.
    company.sql("""
        create table gift_receipt as
        select r.receipt_id, r.customer_id, r.payee_employee_id, r.received_at, min(h.sent_at) as hit_at
        from receipts r
        join emp e on e.employee_id = r.payee_employee_id
        join gift_hit h on h.customer_id = r.customer_id
            and r.received_at - to_hours(e.hours_ahead)
                between h.sent_at - to_hours(h.hours_ahead) and h.sent_at - to_hours(h.hours_ahead) + interval 72 hour
        where r.payee_type = 'private'
        group by all
    """)
    company.sql(f"""
        insert into truth_violations
        select h.rule_id, h.message_id, h.employee_id, h.sent_at, '{STORY}', h.kind,
            case when exists (
                select 1 from gift_receipt r where r.customer_id = h.customer_id
                    and r.received_at between h.sent_at and h.sent_at + interval 72 hour
            ) then 'completed' else 'attempted' end,
            'open'
        from gift_hit h
    """)
    company.sql(f"""
        insert into truth_violations
        select 'RED-03', receipt_id, payee_employee_id, received_at, '{STORY}', 'private receipt after such a message',
            'completed', 'open'
        from gift_receipt
    """)
    company.sql(f"""
        insert into truth_violations
        select 'RED-04', m.message_id, m.employee_id, coalesce(m.deleted_at, m.edited_at), '{STORY}',
            case when m.deleted_at is not null then 'deleted' else 'edited' end, null, 'open'
        from messages m
        where coalesce(m.deleted_at, m.edited_at) is not null and exists (
            select 1 from gift_hit h where h.conversation_id = m.conversation_id
                and coalesce(m.deleted_at, m.edited_at) between h.sent_at and h.sent_at + interval 24 hour
        )
    """)
    company.sql("""
        insert into truth_look_alikes
        select 'RED-04', m.message_id,
            case when m.conversation_id in (select conversation_id from gift_hit) then 'tampered_after_the_window'
                else 'typo_without_misconduct' end,
            'changed, but not within 24 hours of a hit in this conversation'
        from messages m
        where coalesce(m.deleted_at, m.edited_at) is not null
            and m.message_id not in (select subject_id from truth_violations where rule_id = 'RED-04')
    """)
    resembled = ", ".join(f"('{s.kind}', '{s.resembles}')" for s in (*phrases.REFUSALS, *phrases.LOOK_ALIKES))
    company.sql(f"""
        insert into truth_look_alikes
        with resembled(kind, rule_id) as (values {resembled})
        select r.rule_id, l.message_id, l.kind, l.text from line l join resembled r on r.kind = l.kind
        where l.step is not null and l.sender = 'agent'
    """)
    refusals = ", ".join(f"'{s.kind}'" for s in phrases.REFUSALS)
    company.sql(f"""
        insert into truth_refusals
        select conversation_id, message_id, employee_id, sent_at from line
        where step is not null and sender = 'agent' and kind in ({refusals})
    """)
