"""The workshop in which a demo company is built: one in-memory database with an empty table per contract dataset.

Belongs here: seeded randomness, identifiers, inserting rows, the truth tables.
Does not belong here: what the rows say (the modules per subject) and how they are written to files (`exports`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from pipelines.contract import load_contract
from pipelines.demo.world import World

_ARROW = {
    "text": pa.string(),
    "int": pa.int64(),
    "num": pa.float64(),
    "money": pa.float64(),
    "date": pa.date32(),
    "ts": pa.timestamp("us"),
    "bool": pa.bool_(),
}
_TRUTH_DDL = """
create table truth_violations (
    rule_id varchar, subject_id varchar, employee_id varchar, occurred_at timestamp,
    story varchar, note varchar, expected_status varchar, expected_disposition varchar
);
create table truth_look_alikes (rule_id varchar, subject_id varchar, kind varchar, note varchar);
create table truth_causes (error_id varchar, employee_id varchar, occurred_at timestamp, cause varchar, kind varchar);
create table truth_refusals (conversation_id varchar, message_id varchar, employee_id varchar, occurred_at timestamp);
"""


@dataclass(frozen=True)
class IdScheme:
    """Identifiers that look issued, not counted: a bijection of 0..modulus-1, so none shows what was planted."""

    prefix: str
    modulus: int
    factor: int
    width: int
    base: int = 0

    def of(self, number: int) -> str:
        return f"{self.prefix}{self.base + (number * self.factor + 104_729) % self.modulus:0{self.width}d}"

    def sql(self, expression: str) -> str:
        value = f"{self.base} + (({expression})::bigint * {self.factor} + 104729) % {self.modulus}"
        return f"('{self.prefix}' || lpad(({value})::varchar, {self.width}, '0'))"


def _seven(prefix: str) -> IdScheme:
    return IdScheme(prefix, 9_999_991, 6_180_339, 7)


def _nine(prefix: str) -> IdScheme:
    return IdScheme(prefix, 999_999_937, 618_033_989, 9)


CUSTOMER, CONTRACT, QUOTE, REQUEST = _seven("KH"), _seven("HT"), _seven("BJ"), _seven("SP")
RECEIPT, INVOICE, TICKET, GRANT = _seven("SK"), _seven("FP"), _seven("GD"), _seven("QX")
CHANGE = _seven("BG")
INTERACTION, CONVERSATION, MESSAGE = _nine("GJ"), _nine("C"), _nine("M")
# Order numbers of the shop have eleven digits and begin with 13, exactly like a mobile phone number.
ORDER = IdScheme("", 999_999_937, 618_033_989, 11, base=13_000_000_000)


class Company:
    """A demo company under construction."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._next_number: dict[str, int] = {}
        self.contract = load_contract()
        self.con = duckdb.connect(config={"threads": 2})
        self.con.execute("set enable_progress_bar = false")
        self.con.execute(
            f"create macro rnd(i, salt) as "
            f"(hash(i::bigint, salt, {world.seed}::bigint) >> 11)::double / 9007199254740992.0"
        )
        self.con.execute("create macro pick(i, salt, n) as (floor(rnd(i, salt) * n))::bigint")
        self.con.execute(_TRUTH_DDL)
        for dataset in self.contract:
            columns = ", ".join(f'"{c.name}" {c.sql_type}' for c in dataset.columns)
            self.con.execute(f'create table "{dataset.name}" ({columns})')

    def take_numbers(self, scheme: IdScheme, count: int = 1) -> int:
        """Reserve `count` consecutive numbers of an identifier scheme; returns the first."""
        first = self._next_number.get(scheme.prefix, 0)
        self._next_number[scheme.prefix] = first + count
        return first

    def take_id(self, scheme: IdScheme) -> str:
        """The next free identifier of a scheme."""
        return scheme.of(self.take_numbers(scheme))

    def count(self, table: str) -> int:
        return self.rows(f'select count(*) from "{table}"')[0][0]

    def close(self) -> None:
        self.con.close()

    def rng(self, stream: str) -> np.random.Generator:
        """A generator of its own for each subject, so that one subject's draws never shift another's."""
        return np.random.default_rng([self.world.seed, *stream.encode()])

    def sql(self, statement: str, parameters: Sequence[Any] | Mapping[str, Any] | None = None) -> None:
        self.con.execute(statement, parameters)

    def rows(self, query: str, parameters: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
        return self.con.execute(query, parameters).fetchall()

    def records(self, query: str, parameters: Sequence[Any] | None = None) -> list[dict[str, Any]]:
        cursor = self.con.execute(query, parameters)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def add(self, dataset: str, rows: Iterable[Mapping[str, Any]], *, table: str | None = None) -> None:
        """Append rows (dicts of contract columns; a column left out is null) to a dataset, or a table of its shape."""
        rows = list(rows)
        if not rows:
            return
        definition = self.contract.get(dataset)
        present = {name for row in rows for name in row}
        unknown = present - set(definition.column_names)
        if unknown:
            raise KeyError(f"{dataset} has no column {sorted(unknown)}")
        fields = [pa.field(c.name, _ARROW[c.type]) for c in definition.columns if c.name in present]
        self.insert_arrow(table or dataset, pa.Table.from_pylist([dict(r) for r in rows], schema=pa.schema(fields)))

    def insert_arrow(self, table: str, data: pa.Table) -> None:
        self.con.register("arriving", data)
        self.con.execute(f'insert into "{table}" by name select * from arriving')
        self.con.unregister("arriving")

    def table(self, name: str, data: Mapping[str, Sequence[Any]], types: Mapping[str, pa.DataType]) -> None:
        """Create a working table from columns."""
        arrow = pa.table({column: pa.array(data[column], type=kind) for column, kind in types.items()})
        self.con.register("arriving", arrow)
        self.con.execute(f'create table "{name}" as select * from arriving')
        self.con.unregister("arriving")

    def violation(
        self,
        rule_id: str,
        subject_id: str,
        employee_id: str | None,
        occurred_at: datetime,
        story: str,
        note: str,
        status: str = "n.a.",
    ) -> None:
        self.con.execute(
            "insert into truth_violations values (?, ?, ?, ?, ?, ?, ?, 'open')",
            [rule_id, subject_id, employee_id, occurred_at, story, note, status],
        )

    def look_alike(self, rule_id: str, subject_id: str, kind: str, note: str) -> None:
        self.con.execute("insert into truth_look_alikes values (?, ?, ?, ?)", [rule_id, subject_id, kind, note])


Progress = Callable[[str, int, int], None]
