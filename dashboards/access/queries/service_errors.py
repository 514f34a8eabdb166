"""Service errors: which causes the records show, and what a single error's cause rests on.

Belongs here: queries on attributed errors.
Does not belong here: violations of the rules about errors (compliance.py), and weighing causes; the marts do that.
"""

from dashboards.access.filters import CAUSES
from dashboards.access.queries.fragments import ORG_TABLES, equals, in_months, in_org
from dashboards.access.queries.model import EVERYBODY_CHOSEN, NamedQuery
from dashboards.access.suppression import GroupRule

# An error of somebody unknown is one more person at most, so it counts as one.
_PEOPLE = """count(distinct x.employee_id) + count(*) filter (where x.employee_id is null) as person_count"""
_GROSS = "count(*) filter (where x.grade = 'gross') as gross_count"
_CHOSEN = f"""{in_org("x.org_unit_id")}
    and {in_months("x.occurred_at")}"""
_CAUSE_COUNTS = tuple(f"{cause}_count" for cause in CAUSES)

_ERROR_COLUMNS = (
    "error_id",
    "occurred_at",
    "employee_id",
    "full_name",
    "org_unit_id",
    "org_unit_name",
    "category",
    "process_step",
    "grade",
    "loss_amount",
    "currency",
    "cause",
    "confidence",
    "undecidable_reason",
    "missing_datasets",
    "reported_cause",
    "reported_cause_class",
    "is_reported_cause_confirmed",
)
_WHY_COLUMNS = (
    "position_name",
    "ticket_id",
    *(f"{cause}_weight" for cause in CAUSES[:-1]),
    "indications_for",
    "indications_against",
    "explanation_zh",
    "explanation_en",
    "case_id",
    "case_root_cause",
    "case_cause_class",
    "is_case_cause_confirmed",
)
_ERROR_TABLES = ("performance.error_attribution", "reference.employees", *ORG_TABLES)


def _errors(columns: tuple[str, ...]) -> str:
    owners = {"full_name": "p", "position_name": "p", "org_unit_name": "u"}
    listed = ", ".join(f"{owners.get(column, 'x')}.{column}" for column in columns)
    return f"""select
    {listed}
from error_attribution as x
left join employees as p on p.employee_id = x.employee_id
left join org_units as u on u.org_unit_id = x.org_unit_id"""


QUERIES = (
    NamedQuery(
        name="error_totals",
        tables=("performance.error_attribution", *ORG_TABLES),
        columns=("error_count", "person_count", "gross_count"),
        body=f"""
select
    count(*) as error_count,
    {_PEOPLE},
    {_GROSS}
from error_attribution as x
where {_CHOSEN}
""",
        grain="aggregate",
        filters=("org", "from", "to"),
        groups=EVERYBODY_CHOSEN,
    ),
    NamedQuery(
        name="errors_by_cause",
        tables=("performance.error_attribution", *ORG_TABLES),
        columns=("cause", "error_count", "person_count", "gross_count"),
        body=f"""
select
    x.cause,
    count(*) as error_count,
    {_PEOPLE},
    {_GROSS}
from error_attribution as x
where {_CHOSEN}
group by x.cause
order by error_count desc, x.cause
""",
        grain="aggregate",
        filters=("org", "from", "to"),
        groups=GroupRule(measures=("error_count", "person_count", "gross_count"), population="person_count"),
    ),
    NamedQuery(
        name="error_losses_by_cause",
        tables=("performance.error_attribution", *ORG_TABLES),
        columns=("currency", "cause", "error_count", "person_count", "loss_amount"),
        body=f"""
select
    x.currency,
    x.cause,
    count(*) as error_count,
    {_PEOPLE},
    sum(x.loss_amount) as loss_amount
from error_attribution as x
where {_CHOSEN}
    and x.loss_amount > 0
group by x.currency, x.cause
order by x.currency, loss_amount desc, x.cause
""",
        grain="aggregate",
        filters=("org", "from", "to"),
        groups=GroupRule(
            measures=("error_count", "person_count", "loss_amount"),
            population="person_count",
            partition=("currency",),
        ),
    ),
    NamedQuery(
        name="errors_by_report",
        tables=("performance.error_attribution", *ORG_TABLES),
        columns=(
            "reported_cause_class",
            "error_count",
            "person_count",
            "confirmed_count",
            "contradicted_count",
            "undecidable_count",
        ),
        body=f"""
select
    x.reported_cause_class,
    count(*) as error_count,
    {_PEOPLE},
    count(*) filter (where x.is_reported_cause_confirmed) as confirmed_count,
    count(*) filter (where not x.is_reported_cause_confirmed) as contradicted_count,
    count(*) filter (where x.cause = 'undecidable') as undecidable_count
from error_attribution as x
where {_CHOSEN}
group by x.reported_cause_class
order by x.reported_cause_class is null, error_count desc, x.reported_cause_class
""",
        grain="aggregate",
        filters=("org", "from", "to"),
        groups=GroupRule(
            measures=("error_count", "person_count", "confirmed_count", "contradicted_count", "undecidable_count"),
            population="person_count",
        ),
    ),
    NamedQuery(
        name="errors_by_category",
        tables=("performance.error_attribution", *ORG_TABLES),
        columns=("category", "error_count", "person_count", *_CAUSE_COUNTS),
        body=f"""
select
    x.category,
    count(*) as error_count,
    {_PEOPLE},
    {", ".join(f"count(*) filter (where x.cause = '{cause}') as {cause}_count" for cause in CAUSES)}
from error_attribution as x
where {_CHOSEN}
group by x.category
order by error_count desc, x.category
""",
        grain="aggregate",
        filters=("org", "from", "to"),
        groups=GroupRule(measures=("error_count", "person_count", *_CAUSE_COUNTS), population="person_count"),
    ),
    NamedQuery(
        name="error_list",
        tables=_ERROR_TABLES,
        columns=_ERROR_COLUMNS,
        body=f"""
{_errors(_ERROR_COLUMNS)}
where {_CHOSEN}
    and {equals("x.cause", "cause")}
    and {equals("x.grade", "grade")}
order by x.occurred_at desc, x.error_id
limit 5000
""",
        grain="rows",
        filters=("org", "from", "to", "cause", "grade"),
    ),
    NamedQuery(
        name="error_header",
        tables=_ERROR_TABLES,
        columns=(*_ERROR_COLUMNS, *_WHY_COLUMNS),
        body=f"""
{_errors((*_ERROR_COLUMNS, *_WHY_COLUMNS))}
where x.error_id = $filter_error
""",
        grain="rows",
        filters=("error",),
    ),
    NamedQuery(
        name="error_evidence",
        tables=("performance.error_attribution_evidence",),
        columns=("role", "dataset", "record_key", "source_file", "source_row", "row_hash"),
        body="""
select x.role, x.dataset, x.record_key, x.source_file, x.source_row, x.row_hash
from error_attribution_evidence as x
where x.error_id = $filter_error
order by x.role, x.dataset, x.source_file, x.source_row
""",
        grain="rows",
        filters=("error",),
    ),
)
