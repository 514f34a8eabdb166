"""Whether the figures can be trusted.

Belongs here: checks, reconciliation, quarantine, freshness, batches, runs.
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
            "is_balanced",
        ),
        body="""
select
    r.dataset, r.source_file, r.read_count, r.accepted_count, r.quarantined_count, r.duplicate_count, r.ignored_count,
    r.landed_count, r.staged_count, r.superseded_count, r.is_balanced
from reconciliation as r
order by r.is_balanced, r.dataset, r.source_file
""",
        grain="aggregate",
        groups=NO_PEOPLE,
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
            "encoding",
            "read_count",
            "accepted_count",
        ),
        body="""
select b.system, b.dataset, b.source_file, b.delivered_at, b.profile, b.encoding, b.read_count, b.accepted_count
from batches as b
where b.is_active
order by b.delivered_at desc, b.system, b.dataset, b.batch_id
limit 5000
""",
        grain="aggregate",
        groups=NO_PEOPLE,
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
