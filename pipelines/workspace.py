"""What the steps of one run share.

Belongs here: handles (settings, contract, dbt project, progress) that every step needs.
Does not belong here: results; those stand in the lake and in the working database.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.contract import Contract
from pipelines.progress import Steps
from pipelines.settings import Settings
from pipelines.warehouse.dbt import DbtProjectRunner
from pipelines.warehouse.working import PolicyRows


@dataclass(frozen=True)
class Workspace:
    """Handles of one run.

    policy: the company's tables, where whoever started the run has had them admitted; else the landing step does.
    """

    settings: Settings
    contract: Contract
    dbt: DbtProjectRunner
    steps: Steps
    policy: PolicyRows | None = None
