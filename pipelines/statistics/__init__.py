"""Statistics on counts and exposures: pure functions, and one step that runs them on the working database.

Belongs here: rates, comparisons, corrections for many comparisons, and what counts as enough data.
Does not belong here: counting (dbt models in `statistics_input`) and what is shown (the marts that read `statistics`).
"""

from pipelines.statistics.compute import compute

__all__ = ["compute"]
