"""`make dagster`: Dagster's own pages over the same pipeline and data folder.

Belongs here: starting them with an instance of their own. Does not belong here: definitions.
"""

from __future__ import annotations

import os
import sys

from pipelines.settings import LOOPBACK, Settings, disable_telemetry

INSTANCE_CONFIG = "telemetry: {enabled: false}\nnux: {enabled: false}\n"


def main() -> None:
    """Replace this process by `dagster dev`."""
    disable_telemetry()
    paths = Settings.load().paths
    home = paths.state / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    (home / "dagster.yaml").write_text(INSTANCE_CONFIG, encoding="utf-8")
    os.environ.update(DAGSTER_HOME=str(home), HUFU_DATA=str(paths.root))
    os.execv(sys.executable, [sys.executable, "-m", "dagster", "dev", "-m", "pipelines.definitions", "-h", LOOPBACK])


if __name__ == "__main__":
    main()
