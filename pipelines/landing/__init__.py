"""Landing zone: files of the inbox become Parquet in the lake and rows of the batch register.

Belongs here: recognise, decode, check, land, register, quarantine.
Does not belong here: the contract itself (`pipelines.contract`), anything after the landed views.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipelines.landing.land import Counts, FileOutcome, LandingReport, inbox_unchanged, land_inbox
    from pipelines.landing.register import Batch, active_batches, register_fingerprint, withdraw_batch
    from pipelines.landing.storage import LandingBusyError, LandingError
    from pipelines.landing.views import create_landed_views

__all__ = [
    "Batch",
    "Counts",
    "FileOutcome",
    "LandingBusyError",
    "LandingError",
    "LandingReport",
    "active_batches",
    "create_landed_views",
    "inbox_unchanged",
    "land_inbox",
    "register_fingerprint",
    "withdraw_batch",
]

# The light ones first: who asks for an error or the register has no need of the landing itself.
_MODULES = ("storage", "register", "views", "land")


def __getattr__(name: str) -> Any:
    """Look names up when they are asked for: the worker process starts in a third of the time without them."""
    if name in __all__:
        for module in (import_module(f"{__name__}.{module}") for module in _MODULES):
            if name in vars(module):
                return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
