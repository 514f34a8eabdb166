"""Whether the figures can be trusted.

Belongs here: checks, reconciliation, quarantine, people whom nobody knows, freshness, batches, runs.
Does not belong here: figures about the company.
"""

from dashboards.access.queries.model import NO_PEOPLE, NamedQuery

QUERIES = (
    NamedQuery(
        name="checks",
        tables=("quality.checks",),
        columns=(
            "check_id",
            "layer",
            "dataset",
            "check_name",
            "severity",
            "passed",
            "failing_count",
            "detail_zh",
            "detail_en",
        ),
        body="""
select
    c.check_id, c.layer, c.dataset, c.check_name, c.severity, c.passed, c.failing_count, c.detail_zh, c.detail_en
from checks as c
order by c.passed, c.severity, c.layer, c.dataset, c.check_name
""",
        grain="aggregate",
        groups=NO_PEOPLE,
    ),
    NamedQuery(
        name="failing_keys",
        tables=("quality.checks",),
        columns=("check_id", "dataset", "check_name", "failing_count", "failing_keys", "observed"),
        body="""
select c.check_id, c.dataset, c.check_name, c.failing_count, c.failing_keys, c.observed
from checks as c
where not c.passed
order by c.dataset, c.check_name
""",
        grain="rows",
        roles=("hr", "auditor"),
    ),
    NamedQuery(
        name="reconciliation_stages",
        tables=("quality.reconciliation",),
        columns=(
            "dataset",
            "batch_count",
            "read_count",
            "quarantined_count",
            "duplicate_count",
            "ignored_count",
            "landed_count",
            "superseded_count",
            "staged_count",
            "core_count",
            "core_excluded_count",
            "mart_count",
            "mart_excluded_count",
            "is_balanced",
        ),
        body="""
select
    r.dataset, count(*) as batch_count, sum(r.read_count)::bigint as read_count,
    sum(r.quarantined_count)::bigint as quarantined_count, sum(r.duplicate_count)::bigint as duplicate_count,
    sum(r.ignored_count)::bigint as ignored_count, sum(r.landed_count)::bigint as landed_count,
    sum(r.superseded_count)::bigint as superseded_count, sum(r.staged_count)::bigint as staged_count,
    sum(r.core_count)::bigint as core_count, sum(r.core_excluded_count)::bigint as core_excluded_count,
    sum(r.mart_count)::bigint as mart_count, sum(r.mart_excluded_count)::bigint as mart_excluded_count,
    bool_and(r.is_balanced) as is_balanced
from reconciliation as r
group by r.dataset
order by is_balanced, r.dataset
""",
        grain="aggregate",
        groups=NO_PEOPLE,
    ),
    NamedQuery(
        name="reconciliation",
        tables=("quality.reconciliation",),
        columns=(
            "dataset",
            "source_file",
            "read_count",
            "accepted_count",
            "quarantined_count",
            "duplicate_count",
            "ignored_count",
            "landed_count",
            "staged_count",
            "superseded_count",
            "core_model",
            "core_count",
            "core_excluded_by",
            "mart_model",
            "mart_count",
            "mart_excluded_by",
            "is_balanced",
        ),
        body="""
select
    r.dataset, r.source_file, r.read_count, r.accepted_count, r.quarantined_count, r.duplicate_count, r.ignored_count,
    r.landed_count, r.staged_count, r.superseded_count, r.core_model, r.core_count,
    nullif(r.core_excluded_by, '{}') as core_excluded_by, r.mart_model, r.mart_count,
    nullif(r.mart_excluded_by, '{}') as mart_excluded_by, r.is_balanced
from reconciliation as r
order by r.is_balanced, r.dataset, r.source_file
""",
        grain="aggregate",
        groups=NO_PEOPLE,
    ),
    NamedQuery(
        name="reconciliation_money",
        tables=("quality.reconciliation",),
        columns=(
            "dataset",
            "source_file",
            "file_money_total",
            "quarantined_money_total",
            "duplicate_money_total",
            "landed_money_total",
            "superseded_money_total",
            "staged_money_total",
            "core_money_total",
            "mart_money_total",
            "is_balanced",
        ),
        body="""
select
    r.dataset, r.source_file, r.file_money_total::decimal(38, 2) as file_money_total,
    r.quarantined_money_total::decimal(38, 2) as quarantined_money_total,
    r.duplicate_money_total::decimal(38, 2) as duplicate_money_total,
    r.landed_money_total::decimal(38, 2) as landed_money_total,
    r.superseded_money_total::decimal(38, 2) as superseded_money_total,
    r.staged_money_total::decimal(38, 2) as staged_money_total,
    r.core_money_total::decimal(38, 2) as core_money_total,
    r.mart_money_total::decimal(38, 2) as mart_money_total,
    r.is_balanced
from reconciliation as r
where r.file_money_total::decimal(38, 2) <> 0
order by r.is_balanced, r.dataset, r.source_file
""",
        grain="rows",
        # A file of one person's pay would tell what that person earns.
        roles=("hr",),
    ),
    NamedQuery(
        name="quarantine_summary",
        tables=("quality.quarantine",),
        columns=("dataset", "column_name", "reason_code", "reason_zh", "reason_en", "row_count"),
        body="""
select q.dataset, q.column_name, q.reason_code, q.reason_zh, q.reason_en, count(*) as row_count
from quarantine as q
group by q.dataset, q.column_name, q.reason_code, q.reason_zh, q.reason_en
order by row_count desc, q.dataset, q.column_name, q.reason_code
""",
        grain="aggregate",
        groups=NO_PEOPLE,
    ),
    NamedQuery(
        name="quarantine_rows",
        tables=("quality.quarantine",),
        columns=(
            "dataset",
            "source_file",
            "source_row",
            "column_name",
            "value",
            "reason_code",
            "reason_zh",
            "reason_en",
        ),
        body="""
select
    q.dataset, q.source_file, q.source_row, q.column_name, q.value, q.reason_code, q.reason_zh, q.reason_en
from quarantine as q
order by q.dataset, q.source_file, q.source_row
limit 5000
""",
        grain="rows",
        roles=("hr", "auditor"),
    ),
    NamedQuery(
        name="unresolved_summary",
        tables=("quality.unresolved_people",),
        columns=(
            "dataset",
            "column_name",
            "unresolved_reason",
            "id_count",
            "new_id_count",
            "row_count",
            "first_event_at",
            "last_event_at",
        ),
        # One row per id, dataset and column, so that ids are counted without being read.
        body="""
select
    u.dataset, u.column_name, u.reason as unresolved_reason, count(*) as id_count,
    count(*) filter (not u.is_repeated) as new_id_count, sum(u.row_count)::bigint as row_count,
    min(u.first_event_at) as first_event_at, max(u.last_event_at) as last_event_at
from unresolved_people as u
group by u.dataset, u.column_name, u.reason
order by row_count desc, u.dataset, u.column_name, unresolved_reason
""",
        grain="aggregate",
        groups=NO_PEOPLE,
    ),
    NamedQuery(
        name="unresolved_people",
        tables=("quality.unresolved_people",),
        columns=(
            "person",
            "unresolved_reason",
            "dataset",
            "column_name",
            "row_count",
            "first_event_at",
            "last_event_at",
        ),
        body="""
select
    u.person, u.reason as unresolved_reason, u.dataset, u.column_name, u.row_count, u.first_event_at, u.last_event_at
from unresolved_people as u
order by u.row_count desc, u.person, u.dataset, u.column_name
limit 5000
""",
        grain="rows",
        roles=("hr",),
    ),
    NamedQuery(
        name="missing_deliveries",
        tables=("quality.missing_deliveries",),
        columns=("dataset", "source", "frequency", "missing_from", "missing_until", "day_count", "due_at"),
        body="""
select
    m.dataset, nullif(m.source, '') as source, m.frequency, m.missing_from,
    (m.missing_to - interval 1 day)::date as missing_until,
    date_diff('day', m.missing_from, m.missing_to) as day_count, m.due_at
from missing_deliveries as m
order by m.due_at, m.dataset, source
""",
        grain="aggregate",
        groups=NO_PEOPLE,
    ),
    NamedQuery(
        name="expected_deliveries",
        tables=("quality.expected_deliveries",),
        columns=(
            "dataset",
            "source",
            "frequency",
            "lag_hours",
            "last_delivered_at",
            "covered_until",
            "next_due_at",
            "is_overdue",
        ),
        body="""
select
    e.dataset, nullif(e.source, '') as source, e.frequency, e.lag_hours, e.last_delivered_at,
    (e.covered_to - interval 1 day)::date as covered_until, e.next_due_at, e.is_overdue
from expected_deliveries as e
order by e.is_overdue desc, e.next_due_at, e.dataset, source
""",
        grain="aggregate",
        groups=NO_PEOPLE,
    ),
    NamedQuery(
        name="freshness",
        tables=("quality.freshness",),
        columns=("system", "dataset", "last_delivered_at", "last_event_at", "row_count"),
        body="""
select f.system, f.dataset, f.last_delivered_at, f.last_event_at, f.row_count
from freshness as f
order by f.last_delivered_at nulls first, f.dataset
""",
        grain="aggregate",
        groups=NO_PEOPLE,
    ),
    NamedQuery(
        name="batches",
        tables=("quality.batches",),
        columns=(
            "system",
            "dataset",
            "source_file",
            "delivered_at",
            "profile",
            "profile_evidence",
            "covers_from",
            "covers_to",
            "encoding",
            "read_count",
            "accepted_count",
        ),
        body="""
select
    b.system, b.dataset, b.source_file, b.delivered_at, b.profile, b.profile_evidence, b.covers_from, b.covers_to,
    b.encoding, b.read_count, b.accepted_count
from batches as b
where b.is_active
order by b.delivered_at desc, b.system, b.dataset, b.batch_id
limit 5000
""",
        grain="aggregate",
        groups=NO_PEOPLE,
    ),
    NamedQuery(
        name="batch_log",
        tables=("quality.batch_events", "quality.batches"),
        columns=("decided_at", "batch_action", "dataset", "source_file", "decided_by", "batch_reason", "batch_id"),
        body="""
select
    e.at as decided_at, e.action as batch_action, b.dataset, b.source_file, e.by as decided_by,
    e.reason as batch_reason, e.batch_id
from batch_events as e
left join batches as b on e.batch_id = b.batch_id
order by e.at desc, e.batch_id, e.sequence desc
limit 5000
""",
        grain="rows",
        roles=("hr", "auditor"),
    ),
    NamedQuery(
        name="files",
        tables=("quality.files",),
        columns=("source_file", "status", "reason_zh", "reason_en", "read_count", "accepted_count"),
        body="""
select f.source_file, f.status, f.reason_zh, f.reason_en, f.read_count, f.accepted_count
from files as f
where f.status <> 'landed'
order by f.source_file
""",
        grain="aggregate",
        groups=NO_PEOPLE,
    ),
    NamedQuery(
        name="runs",
        tables=("quality.runs",),
        columns=("step_no", "step", "duration_seconds", "detail"),
        body="""
select r.step_no, r.step, r.duration_seconds, r.detail
from runs as r
order by r.step_no
""",
        grain="aggregate",
        groups=NO_PEOPLE,
    ),
)
