"""Where things are, and what the operator configured.

Belongs here: the only reads of the environment, and the layout of a data folder.
Does not belong here: policy (dbt seeds) and anything that opens a file.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

CODE_ROOT = Path(__file__).resolve().parent.parent
DBT_PROJECT_DIR = CODE_ROOT / "dbt_project"
EXPECTATIONS_DIR = CODE_ROOT / "expectations"
DASHBOARD_APP = CODE_ROOT / "dashboards" / "app.py"

DEFAULT_PORT = 8501
LOOPBACK = "127.0.0.1"

# Set before any of these libraries is imported: nothing about a company's use leaves its machine.
TELEMETRY_OFF: dict[str, str] = {
    "DO_NOT_TRACK": "1",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DAGSTER_DISABLE_TELEMETRY": "yes",
    "GX_ANALYTICS_ENABLED": "false",
    "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
}


@dataclass(frozen=True)
class DataPaths:
    """Layout of one data folder."""

    root: Path
    build_folder: str = "build"
    """Where the warehouse is built; trying something out has a folder of its own."""

    @property
    def inbox(self) -> Path:
        return self.root / "inbox"

    @property
    def policy(self) -> Path:
        """The company's own policy tables, where they are not kept elsewhere."""
        return self.root / "policy"

    @property
    def build(self) -> Path:
        return self.root / self.build_folder

    @property
    def working_database(self) -> Path:
        """One fixed name: dbt re-parses the whole project when the path in its profile changes."""
        return self.build / "hufu.duckdb"

    @property
    def published(self) -> Path:
        return self.root / "published"

    @property
    def current(self) -> Path:
        return self.published / "current"

    @property
    def state(self) -> Path:
        return self.root / "state"

    @property
    def last_run(self) -> Path:
        return self.state / "last_run.json"

    @property
    def logs(self) -> Path:
        return self.root / "logs"


@dataclass(frozen=True)
class Settings:
    """One run's or one server's configuration."""

    paths: DataPaths
    inbox: Path
    policy_dir: Path
    target: str = "duckdb"
    keep_publications: int = 5
    viewer_role: str | None = None
    viewer_org_unit_id: str | None = None
    server_address: str = LOOPBACK
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def load(
        cls,
        environment: Mapping[str, str] | None = None,
        *,
        data_dir: Path | None = None,
        inbox: Path | None = None,
        policy_dir: Path | None = None,
        target: str | None = None,
    ) -> Settings:
        """Arguments win over `HUFU_*` variables, which win over defaults."""
        env = dict(os.environ if environment is None else environment)
        root = (data_dir or Path(env.get("HUFU_DATA") or "data")).expanduser().resolve()
        paths = DataPaths(root)
        chosen_inbox = inbox or (Path(env["HUFU_INBOX"]) if env.get("HUFU_INBOX") else paths.inbox)
        chosen_policy = policy_dir or (Path(env["HUFU_POLICY"]) if env.get("HUFU_POLICY") else paths.policy)
        return cls(
            paths=paths,
            inbox=chosen_inbox.expanduser().resolve(),
            policy_dir=chosen_policy.expanduser().resolve(),
            target=target or env.get("HUFU_TARGET") or "duckdb",
            keep_publications=int(env.get("HUFU_KEEP_PUBLICATIONS") or 5),
            viewer_role=env.get("HUFU_VIEWER_ROLE") or None,
            viewer_org_unit_id=env.get("HUFU_VIEWER_ORG_UNIT") or None,
            server_address=env.get("HUFU_SERVER_ADDRESS") or LOOPBACK,
            environment=env,
        )


def disable_telemetry() -> None:
    """Switch off the usage reporting of every library before it is imported."""
    os.environ.update(TELEMETRY_OFF)
