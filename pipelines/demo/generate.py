"""From a seed and a scale to a folder of exports and the truth beside it.

Belongs here: the order in which the company is built, and what the caller is told about it.
Does not belong here: any subject's data.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipelines.demo import (
    access,
    attendance,
    cause_truth,
    causes,
    chats,
    departures,
    discounts,
    exports,
    finance,
    goods,
    log_losses,
    mistakes,
    operations,
    overtime,
    paperwork,
    poaching,
    records,
    service,
    staff,
    trade,
)
from pipelines.demo.company import Company, Progress
from pipelines.demo.evaluate import COVERED_RULES
from pipelines.demo.world import World

DEFAULT_SEED = 20260101


@dataclass(frozen=True)
class DemoReport:
    """What was written."""

    out: Path
    truth: Path
    files: int
    rows: dict[str, int]
    planted: dict[str, int]
    seconds: float


def truth_folder(inbox: Path) -> Path:
    """Where the truth of a delivery lies: beside it, so that nothing that reads the inbox can see it."""
    return inbox.with_name(inbox.name + ".truth")


def generate(
    out: Path, *, scale: float = 1.0, seed: int = DEFAULT_SEED, on_progress: Progress | None = None
) -> DemoReport:
    """Write the exports of a demo company to `out` (which must be empty or absent) and its truth to `out`.truth.

    The same seed and scale give the same bytes and the same file times. Raises FileExistsError when `out` holds files.
    """
    if scale <= 0:
        raise ValueError("scale must be positive")
    truth = truth_folder(out)
    if out.exists() and any(out.iterdir()):
        raise FileExistsError(f"{out} is not empty")
    began = time.monotonic()
    company = build_company(scale=scale, seed=seed, on_progress=on_progress)
    try:
        shutil.rmtree(truth, ignore_errors=True)
        out.mkdir(parents=True, exist_ok=True)
        digests = exports.write(company, out, on_progress)
        planted = exports.write_truth(company, truth, {"covered_rules": list(COVERED_RULES)})
        exports.write_manifest(company, out, digests)
        rows = {d.name: company.rows(f'select count(*) from "{d.name}"')[0][0] for d in company.contract}
    finally:
        company.close()
    return DemoReport(out, truth, len(digests), rows, planted, time.monotonic() - began)


def build_company(*, scale: float = 1.0, seed: int = DEFAULT_SEED, on_progress: Progress | None = None) -> Company:
    """The company with all that happened in it, before anything is exported. The caller closes it."""
    company = Company(World(seed=seed, scale=scale))
    try:
        steps = _build_steps(company)
        for number, (name, step) in enumerate(steps):
            step()
            if on_progress:
                on_progress(name, number + 1, len(steps))
    except BaseException:
        company.close()
        raise
    return company


def _build_steps(company: Company) -> list[tuple[str, Callable[[], None]]]:
    """The subjects in the order in which they lean on each other."""
    people: list[staff.Person] = []
    catalogue: list[goods.Good] = []
    log = departures.Operations()

    def staff_up() -> None:
        people.extend(staff.build(company))
        paperwork.plant(company)
        overtime.plan(company)

    def discount_cases() -> None:
        counter = discounts.plant(company, people, catalogue)
        company.sql("create table late_approval_requests as select * from approval_requests limit 0")
        company.add("approval_requests", counter.late_rows["approval_requests"], table="late_approval_requests")

    def customer_cases() -> None:
        reserve = poaching.Reserve(company, company.rng("reserve"))
        departures.plant(company, people, reserve, log)
        poaching.plant(company, people, catalogue, reserve)
        attendance.judge_field_days(company)
        trade.settle(company)

    def systems() -> None:
        access.plant(company, people, log)
        operations.build(company, log)
        log_losses.plant(company)

    def serve() -> None:
        service.build(company)
        records.build(company)
        causes.plant(company, mistakes.plant(company, people))
        mistakes.judge(company)
        cause_truth.judge(company)

    def money() -> None:
        finance.build(company)
        departures.plant_unpaid_wages(company)
        overtime.judge(company)

    return [
        ("people", staff_up),
        ("goods", lambda: catalogue.extend(goods.build(company, people))),
        ("trade", lambda: trade.build(company, people)),
        ("discounts", discount_cases),
        ("chats", lambda: chats.build(company)),
        ("attendance", lambda: attendance.build(company)),
        ("customers", customer_cases),
        ("systems", systems),
        ("service", serve),
        ("money", money),
    ]
