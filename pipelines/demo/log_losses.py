"""What is wrong with the operation log itself: lines that are gone, numbers given twice, lines that were changed later.

Belongs here: the planted PERM-04 cases with their truth, and the look-alikes.
Does not belong here: what people did (`operations`). Lines that other planted cases or anybody's exports rest on stay.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import numpy as np

from pipelines.demo.company import Company

STORY = "tampering"
# A log may begin in the middle: what came before was archived.
FIRST_NUMBERS = {"CRM": 1, "ERP": 40_961, "HRIS": 813}
# How many lines in a row are gone, how often at scale 1.
LOST = ((1, 5), (3, 4), (12, 3))
DISTANCE = 12


def plant(company: Company) -> None:
    """Take numbers from the log, give some twice, and prepare a second delivery of a few lines."""
    company.sql("create table late_operation_log as select * from operation_log limit 0")
    log = _Log(company)
    repeated = [log.find(1) for _ in range(company.world.sized(6, 2))]
    lost = [(log.find(length), length) for length, number in LOST for _ in range(company.world.sized(number, 1))]
    changed = [log.find(1) for _ in range(company.world.sized(8, 3))]
    unchanged = [log.find(1) for _ in range(company.world.sized(8, 2))]
    shift = _number_again(company, log, repeated)
    for system, number in repeated:
        when = log.when(system, shift(system, number))
        _hit(company, system, shift(system, number), when, "a number given to two lines")
    for (system, first), length in lost:
        number = shift(system, first)
        _hit(company, system, number, log.when(system, number), f"lines gone: {length}")
        company.sql(
            "delete from operation_log where system = ? and sequence_no between ? and ?",
            [system, number, number + length - 1],
        )
    _deliver_again(company, log, [(s, shift(s, n)) for s, n in changed], [(s, shift(s, n)) for s, n in unchanged])
    _look_alikes(company)


class _Log:
    """Places in the log where nothing rests on a line, well apart from each other."""

    def __init__(self, company: Company) -> None:
        self.company, self.rng = company, company.rng("log losses")
        self.sizes = dict(company.rows("select system, max(sequence_no) from operation_log group by 1 order by 1"))
        shares = np.sqrt(np.array(list(self.sizes.values()), dtype=float))
        self.shares = shares / shares.sum()
        self.taken: list[tuple[str, int]] = []
        # Event ids end in a slot: the ordinary lines of a day have the lower ones.
        company.sql("""
            create table needed_line as
            select system, sequence_no from operation_log
            where right(event_id, 11)::bigint % 8 >= 4 or action in ('export', 'download') or not success
        """)

    def find(self, length: int) -> tuple[str, int]:
        """The system and first number of so many lines in a row that nothing rests on."""
        for _ in range(500):
            system = list(self.sizes)[int(self.rng.choice(len(self.sizes), p=self.shares))]
            first = int(self.rng.integers(2 * DISTANCE, self.sizes[system] - 2 * DISTANCE - length))
            is_apart = all(s != system or abs(n - first) > 3 * DISTANCE for s, n in self.taken)
            if is_apart and not self.company.rows(
                "select 1 from needed_line where system = ? and sequence_no between ? and ? limit 1",
                [system, first - 1, first + length],
            ):
                self.taken.append((system, first))
                return system, first
        raise LookupError(f"no {length} lines in a row that nothing rests on")

    def when(self, system: str, number: int) -> datetime:
        query = "select max(occurred_at) from operation_log where system = ? and sequence_no = ?"
        return self.company.rows(query, [system, number])[0][0]


def _hit(company: Company, system: str, number: int, when: datetime, note: str) -> None:
    company.violation("PERM-04", f"{system}/{number}", None, when, STORY, note)


def _number_again(company: Company, log: _Log, repeated: list[tuple[str, int]]) -> Callable[[str, int], int]:
    """Give each line after a repeated number one number less, and every system its own beginning."""
    starts = {system: sorted(n for s, n in repeated if s == system) for system in log.sizes}

    def shift(system: str, number: int) -> int:
        return number + FIRST_NUMBERS[system] - 1 - sum(n < number for n in starts[system])

    for system, numbers in starts.items():
        less = " + ".join(f"(sequence_no > {n})::int" for n in numbers) or "0"
        company.sql(
            f"update operation_log set sequence_no = sequence_no + {FIRST_NUMBERS[system] - 1} - ({less}) "
            "where system = ?",
            [system],
        )
    return shift


def _deliver_again(
    company: Company, log: _Log, changed: list[tuple[str, int]], unchanged: list[tuple[str, int]]
) -> None:
    """Some lines come again days later, most of the time with another content."""
    for system, number in changed + unchanged:
        company.sql(
            "insert into late_operation_log select * from operation_log where system = ? and sequence_no = ?",
            [system, number],
        )
    alterations = (
        ("object_id = coalesce(object_type, 'session') || '-0'", "another object"),
        ("ip_address = '10.99.0.1'", "another address"),
        ("after_value = '已更正'", "a value added later"),
    )
    for index, (system, number) in enumerate(changed):
        alteration, note = alterations[index % len(alterations)]
        company.sql(
            f"update late_operation_log set {alteration} where system = ? and sequence_no = ?", [system, number]
        )
        _hit(company, system, number, log.when(system, number), f"delivered again with {note}")
    for system, number in unchanged:
        company.look_alike("PERM-04", f"{system}/{number}", "delivered_twice", "the same line twice, unchanged")


def _look_alikes(company: Company) -> None:
    for system, first in FIRST_NUMBERS.items():
        if first > 1:
            company.look_alike("PERM-04", f"{system}/1", "begins_later", f"the log begins at {first}")
    company.sql(f"""
        insert into truth_look_alikes
        select 'PERM-04', system || '/' || sequence_no, 'failed_operation', 'a failed login has a number of its own'
        from operation_log where not success and system || '/' || sequence_no not in (
            select subject_id from truth_violations where rule_id = 'PERM-04')
        order by hash(event_id), event_id limit {company.world.sized(10, 2)}
    """)
