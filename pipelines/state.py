"""What the last run left, and whether there is anything to do.

Belongs here: fingerprints of input and code, the note of the last run, the test for synthetic data.
Does not belong here: the run itself.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from pipelines.files import write_json
from pipelines.landing.storage import DEMO_MANIFEST
from pipelines.settings import CODE_ROOT, DBT_PROJECT_DIR, EXPECTATIONS_DIR, DataPaths, Settings

# Libraries whose version can change a published number.
ENGINE_PACKAGES = ("duckdb", "dbt-core", "dbt-duckdb", "scipy", "statsmodels", "numpy", "holidays")


@dataclass(frozen=True)
class LastRun:
    """Outcome of the newest run. status: published, unchanged or failed."""

    status: str
    finished_at: str
    message: str
    publication_id: str | None
    failing: tuple[dict[str, str], ...] = ()


def write_last_run(paths: DataPaths, status: str, message: str, **more: object) -> LastRun:
    """Replace the note of the last run (atomic)."""
    note = LastRun(
        status=status,
        finished_at=datetime.now(UTC).isoformat(timespec="seconds"),
        message=message,
        **{"publication_id": None, **more},  # type: ignore[arg-type]
    )
    write_json(paths.last_run, asdict(note))
    return note


def _files_hash(folders: Iterable[Path], packages: Iterable[str]) -> str:
    """Hash of the source files below `folders` and of the versions of `packages`."""
    suffixes = {".sql", ".yml", ".csv", ".py"}
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix in suffixes and not {"target", "demo"} & set(path.relative_to(CODE_ROOT).parts):
                digest.update(str(path.relative_to(CODE_ROOT)).encode())
                digest.update(path.read_bytes())
    for package in packages:
        digest.update(f"{package}=={metadata.version(package)}".encode())
    return digest.hexdigest()


def dbt_fingerprint() -> str:
    """Hash of the dbt project and of the dbt that reads it."""
    return _files_hash((DBT_PROJECT_DIR,), ("dbt-core", "dbt-duckdb"))


def code_fingerprint() -> str:
    """Hash of models, policy, expectations, pipeline code and of the engines' versions."""
    return _files_hash((DBT_PROJECT_DIR, EXPECTATIONS_DIR, CODE_ROOT / "pipelines"), ENGINE_PACKAGES)


def basis_fingerprint(settings: Settings) -> str:
    """Hash of what the company's policy is applied to: the register, the code and the target."""
    from pipelines.landing.register import register_fingerprint

    parts = (register_fingerprint(settings.paths.root), code_fingerprint(), settings.target)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def run_fingerprint(settings: Settings) -> str:
    """Hash of all that determines the marts: the basis, and the company's policy."""
    from pipelines.policy.overlay import policy_fingerprint

    parts = (basis_fingerprint(settings), policy_fingerprint(settings.policy_dir))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def is_synthetic(settings: Settings) -> bool:
    """True only if every active batch is, byte for byte, a file that the demo generator says it wrote."""
    from pipelines.landing.register import active_batches

    manifest = settings.inbox / DEMO_MANIFEST
    if not manifest.is_file():
        return False
    known = set(json.loads(manifest.read_text(encoding="utf-8"))["files"].values())
    batches = active_batches(settings.paths.root)
    return bool(batches) and all(b.source_sha256 in known for b in batches)


def ensure_pseudonym_key(paths: DataPaths) -> Path:
    """The key behind pseudonyms, made once per data folder, so that a pseudonym stays the same over restarts."""
    path = paths.state / "pseudonym.key"
    if not path.exists():
        paths.state.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(secrets.token_hex(32))
    return path
