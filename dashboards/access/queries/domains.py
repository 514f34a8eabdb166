"""Values that filters may have.

Belongs here: for each filter with a published list, the query that yields the list.
Does not belong here: labels.
"""

from dashboards.access.queries.model import NO_PEOPLE, NamedQuery


def _domain(name: str, table: str, column: str, grain: str = "aggregate") -> NamedQuery:
    relation = table.split(".")[1]
    return NamedQuery(
        name=f"domain_{name}",
        tables=(table,),
        columns=(name,),
        # A domain is the set of values, so each value once.
        body=f"select distinct {column} as {name} from {relation} where {column} is not null order by 1",
        grain=grain,
        groups=NO_PEOPLE if grain == "aggregate" else None,
    )


QUERIES = (
    _domain("org_unit_id", "reference.org_units", "org_unit_id"),
    _domain("family", "reference.rules", "family"),
    _domain("rule_id", "reference.rules", "rule_id"),
    _domain("job_family", "reference.employees", "job_family"),
    _domain("violation_id", "compliance.fct_violations", "violation_id", grain="rows"),
)
