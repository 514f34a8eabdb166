"""Typed view of expectations/thresholds.yml.

Belongs here: the shape of the thresholds. Does not belong here: any of their values.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from pipelines.contract.model import Dataset


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ShareLimits(_Strict):
    """Up to what share of rows something is tolerated; below minimum_rows it never blocks."""

    warning: float = Field(ge=0, le=1)
    blocking: float = Field(ge=0, le=1)
    minimum_rows: int = Field(ge=0)

    @model_validator(mode="after")
    def _warns_before_it_blocks(self) -> ShareLimits:
        if self.warning > self.blocking:
            raise ValueError(f"warning ({self.warning}) must not exceed blocking ({self.blocking})")
        return self


class EventTimeWindow(_Strict):
    """Bounds around the delivery stamp, in days; null = the general one."""

    max_age_days: int | None = Field(default=None, ge=0)
    max_ahead_days: int | None = Field(default=None, ge=0)


class EventTimeLimits(_Strict):
    """The general window, that of plans, and exceptions by dataset."""

    max_age_days: int = Field(ge=0)
    max_ahead_days: int = Field(ge=0)
    plan_max_ahead_days: int = Field(ge=0)
    datasets: dict[str, EventTimeWindow] = Field(default_factory=dict)

    def window(self, dataset: Dataset) -> tuple[int, int]:
        """(max_age_days, max_ahead_days) of the dataset."""
        own = self.datasets.get(dataset.name, EventTimeWindow())
        ahead = self.plan_max_ahead_days if dataset.is_plan else self.max_ahead_days
        return (
            self.max_age_days if own.max_age_days is None else own.max_age_days,
            ahead if own.max_ahead_days is None else own.max_ahead_days,
        )


class RawThresholds(_Strict):
    quarantined_share: ShareLimits
    repeated_key_share: ShareLimits
    event_time: EventTimeLimits


class Toleration(_Strict):
    """A known failure of one check: it only warns while it stays within the number and the date."""

    check_id: str
    at_most: int = Field(ge=0)
    until: date
    reason: str = Field(min_length=1)


class Thresholds(_Strict):
    raw: RawThresholds
    published: dict[str, float]
    policy_driven_tables: tuple[str, ...] = ()
    tolerated: tuple[Toleration, ...] = ()


def load_thresholds(path: Path) -> Thresholds:
    """Raises pydantic.ValidationError where the file says something that it must not."""
    return Thresholds.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
