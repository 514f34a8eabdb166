"""Values that filters may have.

Belongs here: for each filter with a published list, the query that yields the list.
Does not belong here: labels.
"""

from dashboards.access.queries.model import NO_PEOPLE, NamedQuery


def _domain(name: str, table: str, column: str) -> NamedQuery:
    relation = table.split(".")[1]
    return NamedQuery(
        name=f"domain_{name}",
        tables=(table,),
        columns=(name,),
        # A domain is the set of values, so each value once.
        body=f"select distinct {column} as {name} from {relation} where {column} is not null order by 1",
        grain="aggregate",
        groups=NO_PEOPLE,
    )


QUERIES = (
    _domain("org_unit_id", "reference.org_units", "org_unit_id"),
    _domain("family", "reference.rules", "family"),
    _domain("rule_id", "reference.rules", "rule_id"),
    _domain("job_family", "reference.employees", "job_family"),
    NamedQuery(
        name="domain_violation_id",
        tables=("compliance.fct_violations", "compliance.review_items"),
        columns=("violation_id",),
        body="""
select v.violation_id from fct_violations as v
union all
select r.violation_id from review_items as r
order by 1
""",
        grain="rows",
    ),
    NamedQuery(
        name="domain_error_id",
        tables=("performance.error_attribution",),
        columns=("error_id",),
        body="select x.error_id from error_attribution as x order by 1",
        grain="rows",
    ),
)
