"""The same facts, delivered in a hundred wrong orders: random histories of one company's deliveries.

Belongs here: from a seed the right files with their delivery stamps, and a history that ends with the same facts.
Does not belong here: the company's rows (`tests/support/small_company.py`), what is made of them, the comparison.

A history holds the right files in disguise: they also bring rows that a later file brings right, as an outdated or an
unreadable version; of others a cell is unreadable until a workbook corrects it; one is first read by a profile that
takes the wrong column; some come twice, under two names and two stamps (the earlier one counts). Whole lists come in
parts first. Files that are wrong altogether are withdrawn, right ones withdrawn by mistake and reinstated.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random

from openpyxl import load_workbook

from pipelines.contract import Dataset, load_contract
from pipelines.onboarding.deliveries import list_deliveries, reinstate, withdraw
from pipelines.onboarding.quarantine import export, open_deliveries
from tests.support.compiled import CompiledWarehouse
from tests.support.small_company import Row, as_file, small_company

FIRST_DELIVERY = datetime(2026, 7, 1, 1, tzinfo=UTC)
LAST_CORRECTION = FIRST_DELIVERY + timedelta(days=60)
MINUTES = 40 * 24 * 60
LIVELY_DATASETS = 9
# Workbooks take the longest of all.
MOST_CORRECTIONS = 3
MOST_REINSTATED = 2
MOST_OLD_ROWS = 30
# A row of the log that is delivered otherwise later on is itself a finding, so it may not be outdated by the way.
NEVER_OUTDATED = "operation_log"
EXPORTED = "receipts"
EXPORT_PATH = "cashier/收款流水.csv"
PROFILE_NAME = "cashier"
FEE = "手续费"
MISREAD_COLUMN = "amount"


@dataclass(frozen=True)
class Drop:
    """A file that somebody puts into the inbox."""

    path: str
    content: str
    delivered_at: datetime

    def put(self, warehouse: CompiledWarehouse) -> None:
        warehouse.deliver({self.path: self.content}, self.delivered_at.isoformat())

    @property
    def sha256(self) -> str:
        return sha256(self.content.lstrip("\n").encode()).hexdigest()


@dataclass
class Step:
    """Something that happens to the data folder, once all of `after` has happened."""

    act: Callable[[CompiledWarehouse], None]
    after: tuple[Step, ...] = ()
    needs_landing: bool = False
    """What was dropped before must have landed."""


@dataclass
class Scenario:
    """The right files, and what happens instead of them."""

    seed: int
    right: list[Drop] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def deliver_right(self, warehouse: CompiledWarehouse) -> None:
        """All right files at once."""
        for drop in self.right:
            drop.put(warehouse)
        report = warehouse.land()
        assert all(f.status == "landed" and not f.counts.quarantined for f in report.files)

    def happen(self, warehouse: CompiledWarehouse) -> None:
        """The history, in any order that it can have, in several landings; everything has landed in the end."""
        rng = Random(f"order/{self.seed}")
        waiting, happened = list(self.steps), set[int]()
        while waiting:
            step = rng.choice([s for s in waiting if all(id(a) in happened for a in s.after)])
            waiting.remove(step)
            if step.needs_landing or rng.random() < 0.02:
                warehouse.land()
            step.act(warehouse)
            happened.add(id(step))
        warehouse.land()


class _Builder:
    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.scenario = Scenario(seed)
        self.rows = small_company().rows
        self.minutes: set[int] = set()
        self.contents: set[str] = set()
        # What stands in a cell that nobody can read, and what belongs there.
        self.unreadable: dict[str, str] = {}
        self.corrections = 0
        self.reinstated = 0

    def build(self) -> Scenario:
        contract = load_contract()
        lively = {d.name for d in self.rng.sample([d for d in contract if self.rows[d.name]], LIVELY_DATASETS)}
        for dataset in contract:
            rows = self.rows[dataset.name]
            if dataset.name == NEVER_OUTDATED:
                self._alterations(dataset, rows)
            if dataset.name not in lively | {EXPORTED}:
                self._right(Drop(self._path(dataset), as_file(dataset, rows), self._stamp(0, 0.2)))
            elif dataset.delivery == "full":
                self._whole_list(dataset, rows)
            else:
                self._parts(dataset, rows)
        for name in self.rng.sample(sorted(lively), 2):
            self._wrong_altogether(contract.get(name))
        return self.scenario

    # ------------------------------------------------------------------------------------------------- right files

    def _whole_list(self, dataset: Dataset, rows: Sequence[Row]) -> None:
        """The whole list at last, after lists in which some are missing and some are outdated."""
        right = Drop(self._path(dataset), as_file(dataset, rows), self._stamp(0.5, 0.8))
        self._right(right)
        for number in range(self.rng.randint(1, 2)):
            part = [self._old_version(dataset, rows, row) for row in rows if self.rng.random() < 0.7]
            self._drop(Drop(self._path(dataset, f"_part{number}"), as_file(dataset, part), self._stamp(0, 0.5)))

    def _parts(self, dataset: Dataset, rows: Sequence[Row]) -> None:
        """Rows in several files; the earlier ones hold old versions of what the later ones bring."""
        count = self.rng.randint(2, 3)
        stamps = sorted(self._stamp(0, 0.8) for _ in range(count))
        parts: list[list[Row]] = [[] for _ in range(count)]
        for row in rows:
            parts[self.rng.randrange(count)].append(row)
        exported = self.rng.randrange(count) if dataset.name == EXPORTED else None
        for number, (stamp, part) in enumerate(zip(stamps, parts, strict=True)):
            right = Drop(self._path(dataset, f"_{number}"), as_file(dataset, part), stamp)
            later = [row for others in parts[number + 1 :] for row in others]
            old = [self._old_version(dataset, rows, row) for row in self._some(later)]
            if number == exported:
                self.scenario.right.append(right)
                self._exported(dataset, [*part, *old], stamp)
                continue
            delivered = part
            if self.corrections < MOST_CORRECTIONS and self.rng.random() < 0.4:
                delivered = [self._damaged(dataset, row) if self.rng.random() < 0.05 else row for row in part]
            is_damaged = delivered != part
            self.corrections += is_damaged
            delivered = [*delivered, *old]
            self.rng.shuffle(delivered)
            self._right(right, as_file(dataset, delivered), is_damaged=is_damaged)

    def _alterations(self, dataset: Dataset, rows: Sequence[Row]) -> None:
        """Rows of the log that come again with other content: that they do is what is to be found."""
        numbered = [row for row in rows if row[dataset.column_names.index("sequence_no")]]
        place = dataset.column_names.index("object_id")
        altered = [(*row[:place], "KH0000000", *row[place + 1 :]) for row in self.rng.sample(numbered, 3)]
        self._right(Drop(self._path(dataset, "_again"), as_file(dataset, altered), self._stamp(0.8, 0.9)))

    def _right(self, right: Drop, delivered: str | None = None, *, is_damaged: bool = False) -> None:
        """A right file, and the same facts as they are delivered in the history."""
        self.scenario.right.append(right)
        drop = Drop(right.path, right.content if delivered is None else delivered, right.delivered_at)
        chance = self.rng.random()
        if chance < 0.3:
            # Two names, two stamps: it counts as delivered when it was first.
            name, _, suffix = drop.path.rpartition(".")
            again = Drop(f"{name}_copy.{suffix}", drop.content, drop.delivered_at)
            drop = Drop(drop.path, drop.content, self._stamp(0.8, 1))
            self.scenario.steps.append(Step(again.put))
        step = self._drop(drop)
        if is_damaged:
            self.scenario.steps.append(Step(self._correct, (step,), needs_landing=True))
        elif chance > 0.9 and self.reinstated < MOST_REINSTATED:
            self.reinstated += 1
            taken_out = self._decision(withdraw, drop, step)
            self._decision(reinstate, drop, taken_out)

    # ------------------------------------------------------------------------------------------------- wrong ones

    def _some(self, rows: Sequence[Row]) -> list[Row]:
        return self.rng.sample(rows, self.rng.randint(0, min(len(rows), MOST_OLD_ROWS)))

    def _old_version(self, dataset: Dataset, rows: Sequence[Row], row: Row) -> Row:
        """The row as it once was: the same, outdated, or unreadable."""
        chance = self.rng.random()
        if chance < 0.4:
            return row
        if chance < 0.55:
            return self._damaged(dataset, row)
        return row if dataset.name == NEVER_OUTDATED else self._outdated(dataset, row, self.rng.choice(rows))

    def _outdated(self, dataset: Dataset, row: Row, other: Row) -> Row:
        return tuple(
            mine if column.key else theirs for column, mine, theirs in zip(dataset.columns, row, other, strict=True)
        )

    def _damaged(self, dataset: Dataset, row: Row) -> Row:
        places = [
            place
            for place, column in enumerate(dataset.columns)
            if column.type != "text" and not column.key and row[place]
        ]
        if not places:
            return row
        place, mark = self.rng.choice(places), f"看不清{len(self.unreadable)}"
        self.unreadable[mark] = row[place]
        return (*row[:place], mark, *row[place + 1 :])

    def _wrong_altogether(self, dataset: Dataset) -> None:
        """A file that must not count, taken out again; its copy does not bring it back."""
        rows = self.rows[dataset.name]
        wrong = [self._outdated(dataset, row, self.rng.choice(rows)) for row in self._some(rows)]
        drop = Drop(self._path(dataset, "_wrong"), as_file(dataset, [*wrong, rows[0]]), self._stamp(0.9, 1))
        taken_out = self._decision(withdraw, drop, self._drop(drop))
        if self.rng.random() < 0.5:
            again = Drop(self._path(dataset, "_wrong_again"), drop.content, self._stamp(0.9, 1))
            self.scenario.steps.append(Step(again.put, (taken_out,)))

    def _exported(self, dataset: Dataset, rows: Sequence[Row], stamp: datetime) -> None:
        """A part as the cashier's own system exports it, and the two versions of the profile that reads it."""
        headers = {name: f"{name}(导出)" for name in dataset.column_names}
        lines = [[*headers.values(), FEE], *([*row, f"{number}.50"] for number, row in enumerate(rows))]
        text = "\n".join(",".join(line) for line in lines) + "\n"
        self._drop(Drop(EXPORT_PATH, text, stamp))

        def profile(version: int, **read: str) -> Callable[[CompiledWarehouse], None]:
            columns = "\n".join(f'      {name}: "{header}"' for name, header in (headers | read).items())
            listed = ", ".join(f'"{header}"' for header in (*headers.values(), FEE))
            document = (
                f"name: {PROFILE_NAME}\nversion: {version}\nmatch: {{headers: [{listed}]}}\n"
                f"datasets:\n  - dataset: {dataset.name}\n    columns:\n{columns}\n"
            )
            return lambda warehouse: warehouse.deliver({f"profiles/{PROFILE_NAME}.yml": document})

        misread = Step(profile(1, **{MISREAD_COLUMN: FEE}))
        self.scenario.steps += [misread, Step(profile(2), (misread,), needs_landing=True)]

    # ------------------------------------------------------------------------------------------------- steps

    def _drop(self, drop: Drop) -> Step:
        # The same content at another stamp would be the same delivery.
        assert drop.content not in self.contents
        self.contents.add(drop.content)
        step = Step(drop.put)
        self.scenario.steps.append(step)
        return step

    def _decision(self, decide: Callable[..., object], drop: Drop, after: Step) -> Step:
        def act(warehouse: CompiledWarehouse) -> None:
            made = [d for d in list_deliveries(warehouse.paths.root) if d.batch.source_sha256 == drop.sha256]
            decide(warehouse.paths.root, made, by="lin", reason="as it turned out")

        step = Step(act, (after,), needs_landing=True)
        self.scenario.steps.append(step)
        return step

    def _correct(self, warehouse: CompiledWarehouse) -> None:
        """Correct what can be by now, in the workbook that is made for it."""
        number = len(list(warehouse.inbox.glob("corrected_*.xlsx")))
        out = warehouse.inbox / f"corrected_{number}.xlsx"
        export(open_deliveries(warehouse.paths.root), warehouse.paths.root, warehouse.inbox, out, "zh")
        _fill_in(out, self.unreadable)
        moment = (LAST_CORRECTION + timedelta(minutes=number)).timestamp()
        os.utime(out, (moment, moment))

    def _path(self, dataset: Dataset, suffix: str = "") -> str:
        return f"{dataset.system}/{dataset.name}{suffix}.csv"

    def _stamp(self, low: float, high: float) -> datetime:
        """A delivery stamp that no other file has, within that part of the time."""
        minute = self.rng.choice(sorted(set(range(int(low * MINUTES), int(high * MINUTES))) - self.minutes))
        self.minutes.add(minute)
        return FIRST_DELIVERY + timedelta(minutes=minute)


def _fill_in(workbook: Path, values: dict[str, str]) -> None:
    book = load_workbook(workbook)
    for sheet in book:
        headings = [cell.value for cell in sheet[1]]
        for row in sheet.iter_rows(min_row=2):
            for heading, cell in zip(headings, row, strict=True):
                # The leading columns only tell what was there.
                if cell.value in values and not str(heading).startswith("⚠"):
                    cell.value = values[cell.value]
    book.save(workbook)


def scenario(seed: int) -> Scenario:
    """The same for the same seed, in every process."""
    return _Builder(seed).build()
