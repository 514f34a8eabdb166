"""What people cost against what was planned, and what violations lose.

Belongs here: labour cost and budget, losses.
Does not belong here: what one person is paid; the marts do not hold it.
"""

from dashboards.access.queries.fragments import CHILD_UNITS, ORG_TABLES, TOP_UNITS, equals, in_months, in_org
from dashboards.access.queries.model import EVERYBODY_CHOSEN, NamedQuery
from dashboards.access.suppression import GroupRule

_LABOUR = (
    "base_amount",
    "variable_amount",
    "employer_burden_amount",
    "labour_amount",
    "budget_amount",
    "variance_amount",
)

# A month without any budget has none, rather than one of zero; so has the variance.
_SUMS = """sum(l.base_amount) as base_amount,
    sum(l.variable_amount) as variable_amount,
    sum(l.employer_burden_amount) as employer_burden_amount,
    sum(l.labour_amount) as labour_amount,
    sum(l.budget_amount) as budget_amount,
    sum(l.labour_amount) - sum(l.budget_amount) as variance_amount"""

QUERIES = (
    NamedQuery(
        name="labour_by_month",
        tables=("cost.labour_monthly", *ORG_TABLES),
        columns=("month", "currency", "headcount", *_LABOUR),
        body=f"""
select
    cast(l.month as date) as month,
    l.currency,
    sum(l.headcount) as headcount,
    {_SUMS}
from labour_monthly as l
where {in_org("l.org_unit_id")}
    and {in_months("l.month")}
group by l.month, l.currency
order by l.month, l.currency
""",
        grain="aggregate",
        filters=("org", "from", "to"),
        groups=GroupRule(measures=_LABOUR, population="headcount", partition=("month", "currency")),
        is_pay=True,
    ),
    NamedQuery(
        name="labour_by_unit",
        tables=("cost.labour_monthly", *ORG_TABLES),
        columns=("org_unit_id", "org_unit_name", "currency", "headcount", *_LABOUR),
        body=f"""{TOP_UNITS},
{CHILD_UNITS},
monthly as (
    select
        c.org_unit_id, c.org_unit_name, l.currency, l.month,
        sum(l.headcount) as headcount,
        {_SUMS}
    from child_units as c
    join org_unit_ancestors as a on a.ancestor_id = c.org_unit_id
    join labour_monthly as l on l.org_unit_id = a.org_unit_id
    where {in_months("l.month")}
    group by c.org_unit_id, c.org_unit_name, l.currency, l.month
)
select
    l.org_unit_id, l.org_unit_name, l.currency,
    min(l.headcount) as headcount,
    {_SUMS}
from monthly as l
group by l.org_unit_id, l.org_unit_name, l.currency
order by l.currency, labour_amount desc, l.org_unit_id
""",
        grain="aggregate",
        filters=("org", "from", "to"),
        groups=GroupRule(measures=_LABOUR, org_unit="org_unit_id", population="headcount", partition=("currency",)),
        is_pay=True,
    ),
    NamedQuery(
        name="losses_by_month",
        tables=("cost.violation_losses", *ORG_TABLES),
        columns=("month", "family", "currency", "incident_count", "hard_loss_amount", "amount_at_risk"),
        body=f"""
select
    cast(l.month as date) as month,
    l.family,
    l.currency,
    sum(l.incident_count) as incident_count,
    sum(l.hard_loss_amount) as hard_loss_amount,
    sum(l.amount_at_risk) as amount_at_risk
from violation_losses as l
where {in_org("l.org_unit_id")}
    and {in_months("l.month")}
    and {equals("l.family", "family")}
group by l.month, l.family, l.currency
order by l.month, l.family, l.currency
""",
        grain="aggregate",
        filters=("org", "family", "from", "to"),
        groups=EVERYBODY_CHOSEN,
    ),
    NamedQuery(
        name="losses_by_rule",
        tables=("cost.violation_losses", *ORG_TABLES),
        columns=("rule_id", "family", "currency", "incident_count", "hard_loss_amount", "amount_at_risk"),
        body=f"""
select
    l.rule_id,
    max(l.family) as family,
    l.currency,
    sum(l.incident_count) as incident_count,
    sum(l.hard_loss_amount) as hard_loss_amount,
    sum(l.amount_at_risk) as amount_at_risk
from violation_losses as l
where {in_org("l.org_unit_id")}
    and {in_months("l.month")}
    and {equals("l.family", "family")}
group by l.rule_id, l.currency
order by hard_loss_amount desc nulls last, amount_at_risk desc nulls last, l.rule_id
""",
        grain="aggregate",
        filters=("org", "family", "from", "to"),
        groups=EVERYBODY_CHOSEN,
    ),
)
