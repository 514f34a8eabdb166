"""Landing zone: files of the inbox become Parquet in the lake and rows of the batch register.

Belongs here: recognise, decode, check, land, register, quarantine.
Does not belong here: the contract itself (`pipelines.contract`), anything after the landed views.
"""

from pipelines.landing import register
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
    "register",
    "register_fingerprint",
    "withdraw_batch",
]
