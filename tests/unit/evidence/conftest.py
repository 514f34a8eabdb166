"""One small data folder, landed and published for real, and what tests do to copies of it."""

from __future__ import annotations

import io
import json
import os
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.checks.result import CheckResult
from pipelines.contract import Contract
from pipelines.evidence.checkpoint import PublicKey, SignedCheckpoint, SigningKey
from pipelines.evidence.log import Log, LogContent, key_path, log_path, read_log
from pipelines.evidence.verify import Report, verify
from pipelines.landing import create_landed_views, land_inbox, withdraw_batch
from pipelines.landing.register import read_batches, record_event
from pipelines.publish import publish
from pipelines.publish.quality import CARRIED_TABLES, QualityFacts
from pipelines.publish.verdict import REQUIRED_CHECKS, REQUIRED_LAYERS
from pipelines.settings import DataPaths
from tests.support.company import TINY_COMPANY, write_inbox

MESSAGES = 1_300
VIOLATION = "v-0001"


@dataclass
class Folder:
    """A data folder, the inbox it came from, and the checkpoint that somebody keeps elsewhere."""

    inbox: Path
    data: Path
    kept: SignedCheckpoint | None = None
    key: PublicKey | None = None
    original: dict[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def paths(self) -> DataPaths:
        return DataPaths(self.data)

    def verify(self, *, quick: bool = True, kept: bool = True, **options: Any) -> Report:
        if kept:
            options = {"checkpoint": self.kept, "key": self.key, **options}
        return verify(self.paths, is_quick=quick, inbox=self.inbox, **options)

    def land(self, **options: Any) -> None:
        land_inbox(self.inbox, self.data, **options)

    def publish(self, value: int = 1) -> None:
        _build_marts(self.paths, value)
        parts = [CheckResult(f"{layer}.x", layer, "orders", "x", "blocking", True) for layer in REQUIRED_LAYERS]
        parts += [
            CheckResult(f"reconciliation.{name}", "reconciliation", "orders", name, "blocking", True)
            for name in REQUIRED_CHECKS.values()
        ]
        publish(
            self.paths,
            QualityFacts(Contract(datasets=()), f"{value:08d}", False, tuple(parts)),
            keep=2,
        )

    def checkpoint(self) -> SignedCheckpoint:
        log = read_log(self.data)
        assert log is not None and log.signed is not None and not log.faults
        return log.signed

    def keep_checkpoint(self) -> None:
        log = read_log(self.data)
        assert log is not None
        self.kept, self.key = log.signed, log.public_key
        self.original = {
            path.relative_to(self.data).as_posix(): path.read_bytes()
            for path in self.data.rglob("*")
            if path.is_file() and not path.is_symlink()
        }

    def files(self, pattern: str) -> list[str]:
        return sorted(path.relative_to(self.data).as_posix() for path in self.data.glob(pattern) if path.is_file())

    def restore(self, touched: set[str]) -> None:
        for path in touched:
            whole = self.data / path
            if path in self.original:
                whole.parent.mkdir(parents=True, exist_ok=True)
                whole.write_bytes(self.original[path])
            elif whole.is_dir():
                shutil.rmtree(whole)
            else:
                whole.unlink(missing_ok=True)

    def batch(self, dataset: str) -> dict[str, Any]:
        """The newest register document of a dataset's own delivery."""
        [found] = [b for b in read_batches(self.data) if b.dataset == dataset and b.status == "landed"]
        return found.as_dict()

    def forge(self, change: Callable[[dict[str, Any]], dict[str, Any] | None], key: SigningKey | None = None) -> None:
        """Write the whole log anew, as somebody can who holds the key (or another)."""
        content = read_log(self.data)
        assert content is not None
        beside = self.data / "state" / "forged"
        log = Log(self.data, beside, key or SigningKey.load_or_make(key_path(self.data)), LogContent())
        for entry in content.entries:
            changed = change({n: v for n, v in entry.document.items() if n not in ("number", "first", "at")})
            if changed is not None:
                if changed["kind"] == "started":
                    changed["public_key"] = str(log.key.public)
                log.record(changed)
        os.replace(beside, log_path(self.data))


def _build_marts(paths: DataPaths, value: int) -> None:
    paths.build.mkdir(exist_ok=True)
    paths.working_database.unlink(missing_ok=True)
    with duckdb.connect(str(paths.working_database)) as con:
        create_landed_views(con, paths.root)
        for schema in ("compliance", "staging", "core", "audit", "policy"):
            con.execute(f"create schema if not exists {schema}")
        con.execute("create table policy.thresholds as select * from (values ('b', 2), ('a', 1)) as t(name, value)")
        con.execute(f"create table compliance.counts as select i as n, i * {value} as points from range(40) as t(i)")
        con.execute(
            f"create table compliance.fct_violations as select '{VIOLATION}' as violation_id, 'RED-01' as rule_id, "
            "2.50::decimal(18,6) as points, timestamp '2026-04-04 18:31:00' as occurred_at"
        )
        con.execute(
            f"create table compliance.fct_violation_evidence as select '{VIOLATION}' as violation_id, "
            "'message' as role, 'messages' as dataset, message_id as record_key, _source_file as source_file, "
            "_source_row as source_row, _row_hash as row_hash from landed_crm.messages "
            "where message_id in ('M7', 'M1200') union all select "
            f"'{VIOLATION}', 'order', 'orders', order_id, _source_file, _source_row, _row_hash "
            "from landed_crm.orders where order_id = 'O2'"
        )
        for source in CARRIED_TABLES.values():
            if not source.startswith("landed."):
                con.execute(f"create table {source} as select 1 as x")


def messages(count: int) -> str:
    lines = [f"M{n},V{n % 40},E1,C1,agent,2026-04-04 18:{n % 60:02d}:00,您好 {n}" for n in range(count)]
    return "message_id,conversation_id,employee_id,customer_id,sender,sent_at,text\n" + "\n".join(lines) + "\n"


def _zip(files: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def build_folder(root: Path) -> Folder:
    """Landed twice, published three times (one publication is pruned), a delivery withdrawn and taken back."""
    folder = Folder(root / "inbox", root / "data")
    chosen = ("hr/employees.csv", "crm/orders.csv", "crm/order_lines.csv")
    write_inbox(folder.inbox, {name: TINY_COMPANY[name] for name in chosen})
    (folder.inbox / "crm" / "messages.csv").write_text(messages(MESSAGES), encoding="utf-8")
    (folder.inbox / "hr" / "positions.csv").write_text(
        TINY_COMPANY["hr/positions.csv"].lstrip() + ",no number,sales\n", encoding="utf-8"
    )
    (folder.inbox / "units.zip").write_bytes(_zip({"hr/org_units.csv": TINY_COMPANY["hr/org_units.csv"].lstrip()}))
    folder.land()
    folder.publish(1)
    folder.publish(2)
    (folder.inbox / "crm" / "receipts.xlsx").write_bytes(b"not a workbook")
    write_inbox(folder.inbox, {"hr/permission_grants.csv": TINY_COMPANY["hr/permission_grants.csv"]})
    folder.land()
    batch = folder.batch("permission_grants")["batch_id"]
    withdraw_batch(folder.data, batch, by="hr.lead", reason="wrong month")
    record_event(folder.data, batch, "reinstated", by="hr.lead", reason="it was right")
    folder.publish(3)
    folder.keep_checkpoint()
    return folder


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """Not to be written to, or to be restored."""
    return build_folder(tmp_path_factory.mktemp("evidence"))


@pytest.fixture
def folder(built: Folder, tmp_path: Path) -> Folder:
    """A copy of one's own."""
    shutil.copytree(built.data, tmp_path / "data", symlinks=True)
    shutil.copytree(built.inbox, tmp_path / "inbox")
    return Folder(tmp_path / "inbox", tmp_path / "data", built.kept, built.key, built.original)


def edit_json(path: Path, **changes: Any) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(document | changes, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
