"""Every question that pages may ask, by name.

Belongs here: one module per mart with its named queries.
Does not belong here: who may ask (policy.yml), how an answer looks.
"""

from dashboards.access.queries import (
    case_file,
    compliance,
    cost,
    domains,
    hotspots,
    performance,
    quality,
    reference,
    rules,
    service_errors,
)
from dashboards.access.queries.model import registry

QUERIES = registry(
    domains.QUERIES,
    reference.QUERIES,
    compliance.QUERIES,
    case_file.QUERIES,
    hotspots.QUERIES,
    cost.QUERIES,
    performance.QUERIES,
    quality.QUERIES,
    rules.QUERIES,
    service_errors.QUERIES,
)
