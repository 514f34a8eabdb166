"""What the records say of the cause of an error in which nobody planted any.

Belongs here: the company's paper policy on causes, applied by the letter to all rows delivered. Ordinary errors mostly
lie where the records say too little or too much; some of them tell a cause by accident, and that is their truth.
Does not belong here: planted errors (`causes` states what each is an example of), and the detector's policy seeds,
from which nothing is read here: see `handbook`.
"""

from __future__ import annotations

from collections import Counter

from pipelines.demo.causes import KNOWLEDGE, NEGLIGENCE, PROCESS, SYSTEM, UNDECIDABLE
from pipelines.demo.company import Company

# What each finding says: for a cause above zero, against it below.
WEIGHTS: dict[str, dict[str, int]] = {
    "past_due": {KNOWLEDGE: 3, NEGLIGENCE: -1},
    "assigned": {KNOWLEDGE: 2, NEGLIGENCE: -2},
    "failed": {KNOWLEDGE: 2, NEGLIGENCE: -1},
    "never_taught": {KNOWLEDGE: 2, NEGLIGENCE: -2},
    "taught": {KNOWLEDGE: -2, NEGLIGENCE: 1},
    "read_it": {KNOWLEDGE: -1, NEGLIGENCE: 1},
    "read_an_older_one": {KNOWLEDGE: 1, NEGLIGENCE: -1},
    "read_nothing": {KNOWLEDGE: 1},
    "article_behind": {SYSTEM: 3, KNOWLEDGE: -2, NEGLIGENCE: -3},
    "articles_up_to_date": {SYSTEM: -1},
    "no_article": {PROCESS: 1, NEGLIGENCE: -1},
    "many": {PROCESS: 3, KNOWLEDGE: -1, NEGLIGENCE: -2},
    "few": {PROCESS: -1},
    "old_hand": {KNOWLEDGE: -1, NEGLIGENCE: 1},
    "first_time": {KNOWLEDGE: 1, NEGLIGENCE: -1},
    "again_though_taught": {NEGLIGENCE: 1},
    "again_untaught": {KNOWLEDGE: 1},
    "ticket_of_another": {KNOWLEDGE: -1, NEGLIGENCE: -3},
}
LEAST_WEIGHT, LEAST_LEAD = 2, 1

_FACTS = """
    with error as (
        select e.*, p.hire_date, p.hours_ahead, e.occurred_at - to_hours(p.hours_ahead) as group_at
        from service_errors e join emp p on p.employee_id = e.employee_id
    ),
    version as (
        select *, lead(updated_at) over (partition by article_id order by updated_at, version) as replaced_at
        from knowledge_articles
    ),
    current_version as (
        select e.error_id, v.article_id, v.updated_at, v.synced_at, v.synced_at <= e.group_at as has_arrived
        from error e join version v on v.category = e.category
        where v.updated_at <= e.group_at and coalesce(v.replaced_at > e.group_at, true)
    ),
    course as (
        select e.error_id,
            max(t.completed_at) filter (t.category = 'compliance') as conduct_at,
            max(t.completed_at) filter (t.category <> 'compliance') as taught_at,
            arg_max(t.score, t.completed_at) filter (t.category <> 'compliance') as score
        from error e join training_records t on t.employee_id = e.employee_id and t.topic = e.category
        where t.completed_at between e.occurred_at - interval 730 day and e.occurred_at
        group by e.error_id
    ),
    open_course as (
        select e.error_id, count(*) filter (t.due_at < e.occurred_at) > 0 as is_past_due
        from error e join training_records t on t.employee_id = e.employee_id and t.topic = e.category
        where t.category <> 'compliance' and t.assigned_at <= e.occurred_at
            and coalesce(t.completed_at > e.occurred_at, true)
        group by e.error_id
    ),
    reading as (
        select e.error_id,
            bool_or(coalesce(a.accessed_at - to_hours(e.hours_ahead) >= c.synced_at, false)) as is_current
        from error e
        join knowledge_access a on a.employee_id = e.employee_id
            and a.accessed_at between e.occurred_at - interval 90 day and e.occurred_at
        join current_version c on c.error_id = e.error_id and c.article_id = a.article_id
        group by e.error_id
    ),
    crowd as (
        select e.error_id, count(distinct o.employee_id) filter (o.process_step = e.process_step) as here,
            count(distinct (o.process_step, o.employee_id)) filter (o.process_step <> e.process_step) as elsewhere
        from error e join error o on o.category = e.category
            and o.group_at between e.group_at - interval 15 day and e.group_at + interval 15 day
        group by e.error_id
    ),
    desk as (
        select e.error_id, count(distinct t.employee_id) as busy from error e
        join tickets t on t.category = e.category
        join emp p on p.employee_id = t.employee_id
        where t.opened_at - to_hours(p.hours_ahead)
            between e.group_at - interval 15 day and e.group_at + interval 15 day
        group by e.error_id
    ),
    own as (
        select e.error_id, count(*) as handled from error e
        join tickets t on t.employee_id = e.employee_id and t.category = e.category
            and t.ticket_id is distinct from e.ticket_id and t.opened_at < e.occurred_at
            and t.opened_at >= e.occurred_at - interval 90 day
        group by e.error_id
    ),
    earlier as (
        select distinct e.error_id from error e
        join error x on x.employee_id = e.employee_id and x.category = e.category
            and x.occurred_at < e.occurred_at and x.occurred_at >= e.occurred_at - interval 90 day
    ),
    since as (
        select (select min(assigned_at) from training_records) as training,
            (select min(accessed_at) from knowledge_access) as reading, (select min(opened_at) from tickets) as tickets
    )
    select e.error_id,
        coalesce(o.is_past_due, false) as past_due,
        o.error_id is not null and not o.is_past_due and c.taught_at is null as assigned,
        c.taught_at is not null and coalesce(c.score < 60, false) as failed,
        c.error_id is null and o.error_id is null
            and (s.training <= e.occurred_at - interval 730 day or s.training <= e.hire_date) as never_taught,
        c.taught_at is not null and coalesce(c.score >= 60, true) as taught,
        coalesce(r.is_current, false) as read_it,
        r.error_id is not null and not r.is_current and b.behind = 0 as read_an_older_one,
        r.error_id is null and b.known and s.reading <= e.occurred_at - interval 90 day as read_nothing,
        b.behind > 0 as article_behind,
        b.known and b.behind = 0 as articles_up_to_date,
        not b.known as no_article,
        w.here >= 4 and (coalesce(w.here >= 0.2 * d.busy, false)
            or coalesce(w.here >= 3.0 * w.elsewhere / nullif(k.steps - 1, 0), false)) as many,
        w.here < 4 or (not many and (d.busy is not null or k.steps > 1)) as few,
        coalesce(n.handled, 0) >= 20 as old_hand,
        coalesce(n.handled, 0) = 0 and s.tickets <= e.occurred_at - interval 90 day as first_time,
        g.error_id is not null and taught as again_though_taught,
        g.error_id is not null and c.taught_at is null and (never_taught or o.error_id is not null) as again_untaught,
        coalesce(t.employee_id <> e.employee_id, false) as ticket_of_another
    from error e
    cross join since s
    left join course c on c.error_id = e.error_id
    left join open_course o on o.error_id = e.error_id
    left join reading r on r.error_id = e.error_id
    left join crowd w on w.error_id = e.error_id
    left join desk d on d.error_id = e.error_id
    left join own n on n.error_id = e.error_id
    left join earlier g on g.error_id = e.error_id
    left join tickets t on t.ticket_id = e.ticket_id
    join (select category, count(distinct process_step) as steps from service_errors group by category) k
        on k.category = e.category
    join (
        select e.error_id, coalesce(min(v.updated_at) <= any_value(e.group_at), false) as known,
            count(*) filter (c.error_id is not null and not coalesce(c.has_arrived, false)
                and c.updated_at >= e.group_at - interval 14 day) as behind
        from error e
        left join version v on v.category = e.category
        left join current_version c on c.error_id = e.error_id and c.article_id = v.article_id
            and c.updated_at = v.updated_at
        group by e.error_id
    ) b on b.error_id = e.error_id
    order by e.error_id
"""


def judge(company: Company) -> None:
    """Write down the cause of every error in which none was planted."""
    planted = {row[0] for row in company.rows("select error_id from truth_causes")}
    company.con.executemany(
        "insert into truth_causes select error_id, employee_id, occurred_at, ?, 'ordinary' from service_errors "
        "where error_id = ?",
        [(cause, error_id) for error_id, cause in verdicts(company).items() if error_id not in planted],
    )


def verdicts(company: Company) -> dict[str, str]:
    """The cause of each error by the letter, planted or not."""
    found = {}
    for row in company.records(_FACTS):
        weight: Counter[str] = Counter({KNOWLEDGE: 0, SYSTEM: 0, PROCESS: 0, NEGLIGENCE: 0})
        for finding, says in WEIGHTS.items():
            if row[finding]:
                weight.update(says)
        (cause, best), (_, second), *_ = weight.most_common()
        is_clear = best >= LEAST_WEIGHT and best - max(second, 0) >= LEAST_LEAD
        found[row["error_id"]] = cause if is_clear else UNDECIDABLE
    return found
