"""What the company sells: products, when merchandising called them off season, and what lay in stock each day.

Belongs here: products, product_season_status, inventory, and the working tables `good`, `launch_rank`, `off_rank`.
Does not belong here: who bought it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pyarrow as pa

from pipelines.demo import names
from pipelines.demo.company import Company
from pipelines.demo.staff import Person, tagged
from pipelines.demo.world import WINDOW_END, WINDOW_START

# Season -> (launch, day on which merchandising calls it off season; None = not within the window).
SEASON_DATES: dict[str, tuple[datetime, datetime | None]] = {
    "24春": (datetime(2024, 2, 1), datetime(2024, 8, 1)),
    "24夏": (datetime(2024, 5, 1), datetime(2024, 10, 10)),
    "24秋": (datetime(2024, 8, 15), datetime(2025, 1, 10)),
    "24冬": (datetime(2024, 10, 20), datetime(2025, 3, 20)),
    "25春": (datetime(2025, 2, 1), datetime(2025, 7, 15)),
    "25夏": (datetime(2025, 5, 1), datetime(2025, 10, 10)),
    "25秋": (datetime(2025, 8, 15), datetime(2026, 1, 5)),
    "25冬": (datetime(2025, 10, 20), datetime(2026, 3, 16)),
    "26春": (datetime(2026, 2, 1), None),
    "26夏": (datetime(2026, 5, 1), None),
}
SCARCE_GOODS = 6


@dataclass
class Good:
    """One product with what Python code needs to know of it."""

    index: int
    product_id: str
    season: str
    list_price: float
    unit_cost: float
    launched: datetime
    off_from: datetime | None  # confirmed one day earlier
    tag: str | None = None  # used by planted cases only

    def is_off_season(self, when: datetime) -> bool:
        return self.off_from is not None and self.off_from <= when


def build(company: Company, people: list[Person]) -> list[Good]:
    """Create the catalogue, its seasons and its stock."""
    rng = company.rng("goods")
    merchandisers = [tagged(people, "merchandiser_1").employee_id, tagged(people, "merchandiser_2").employee_id]
    goods: list[Good] = []
    rows, statuses = [], []

    def status(good: Good, value: str, since: datetime, confirmed: datetime | None) -> None:
        by = merchandisers[good.index % 2] if confirmed else None
        statuses.append(
            {"product_id": good.product_id, "effective_from": since, "status": value,
             "confirmed_by": by, "confirmed_at": confirmed}
        )  # fmt: skip

    special = {0: ("unconfirmed", "26春"), 1: ("confirmed_late", "25冬"), 2: ("back_in_season", "25夏")}
    special |= {3 + i: (f"scarce_{i}", "25秋") for i in range(SCARCE_GOODS)}
    for index in range(company.world.products + len(special)):
        tag, season = special.get(index, (None, names.SEASONS[index % len(names.SEASONS)]))
        launched, off = SEASON_DATES[season]
        if off:
            off += timedelta(days=int(rng.integers(0, 9)))
        is_evergreen = off is not None and tag is None and rng.random() < 0.1
        price = float(rng.integers(20, 130) * 10 - 1)
        good = Good(index, f"{season[:2]}{_LETTER[season[2]]}{1001 + index}", season, price,
                    round(price * (0.28 + 0.12 * rng.random()), 2), launched, None, tag)  # fmt: skip
        style, garment = names.STYLES[int(rng.integers(len(names.STYLES)))], names.GARMENTS[index % len(names.GARMENTS)]
        rows.append({"product_id": good.product_id, "product_name": f"{season}季{style}{garment}",
                     "category": garment, "season": season})  # fmt: skip
        status(good, "in_season", launched, launched - timedelta(days=10))
        if tag == "unconfirmed":
            status(good, "off_season", datetime(2026, 4, 10), None)
        elif tag == "confirmed_late":
            status(good, "off_season", datetime(2025, 12, 20), datetime(2025, 12, 28, 16))
        elif tag == "back_in_season":
            status(good, "off_season", datetime(2025, 9, 1), datetime(2025, 8, 30, 15))
            status(good, "in_season", datetime(2025, 11, 1), datetime(2025, 10, 30, 15))
        elif off and not is_evergreen and tag is None:
            good.off_from = off
            status(good, "off_season", off, off - timedelta(days=1) + timedelta(hours=15))
        goods.append(good)
    company.add("products", rows)
    company.add("product_season_status", statuses)
    _working_tables(company, goods)
    return goods


_LETTER = {"春": "C", "夏": "X", "秋": "Q", "冬": "D"}


def _working_tables(company: Company, goods: list[Good]) -> None:
    company.table(
        "good",
        {
            "g": [g.index for g in goods],
            "product_id": [g.product_id for g in goods],
            "list_price": [g.list_price for g in goods],
            "unit_cost": [g.unit_cost for g in goods],
            "launched": [g.launched for g in goods],
            "off_from": [g.off_from for g in goods],
            "is_special": [g.tag is not None for g in goods],
            "is_scarce": [(g.tag or "").startswith("scarce") for g in goods],
        },
        {
            "g": pa.int64(), "product_id": pa.string(), "list_price": pa.float64(), "unit_cost": pa.float64(),
            "launched": pa.timestamp("us"), "off_from": pa.timestamp("us"), "is_special": pa.bool_(),
            "is_scarce": pa.bool_(),
        },
    )  # fmt: skip
    for table, moment in (("launch_rank", "launched"), ("off_rank", "off_from")):
        company.sql(f"""
            create table {table} as
            select row_number() over (order by {moment}, g) as rank, g, {moment} as since
            from good where not is_special and {moment} is not null
        """)
    # Ordinary goods never run below what an ordinary order takes; scarce ones do.
    company.sql(
        """
        insert into inventory by name
        select g.product_id, c.day as as_of,
            case when g.is_scarce then 20 + pick(g.g * 1000 + date_diff('day', date '2025-01-01', c.day), 'stock', 40)
                else 150 + pick(g.g * 1000 + date_diff('day', date '2025-01-01', c.day), 'stock', 900) end as quantity
        from good g, calendar c
        where c.day between ? and ?
        """,
        [WINDOW_START, WINDOW_END],
    )
