"""Who may see what, decided once, below the pages.

Belongs here: the only SQL that runs on the published file, and the rows, columns and groups that a role gets from it.
Does not belong here: anything of Streamlit or Plotly, and wording.
"""

from dashboards.access.errors import (
    AccessDenied,
    AccessError,
    InvalidFilter,
    NotConfigured,
    NotPublished,
    NotServed,
    TooFewPeople,
)
from dashboards.access.layer import AccessLayer, Result
from dashboards.access.publication import PublicationInfo, PublishedFile
from dashboards.access.run_state import LastRun, read_last_run
from dashboards.access.viewer import Connection, Viewer, available_personas, resolve_viewer

__all__ = [
    "AccessDenied",
    "AccessError",
    "AccessLayer",
    "Connection",
    "InvalidFilter",
    "LastRun",
    "NotConfigured",
    "NotPublished",
    "NotServed",
    "PublicationInfo",
    "PublishedFile",
    "Result",
    "TooFewPeople",
    "Viewer",
    "available_personas",
    "read_last_run",
    "resolve_viewer",
]
