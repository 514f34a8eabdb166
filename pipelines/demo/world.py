"""What the demo company is and how it behaves: calendar, branches, sizes and the rates behind the planted hotspots.

Belongs here: the parameters of the simulated world, all of which are written to the truth folder.
Does not belong here: rows of any dataset, chat lines, or anything that the warehouse reads.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

WINDOW_START = date(2025, 7, 1)
WINDOW_END = date(2026, 6, 30)
HISTORY_START = date(2023, 7, 1)
EXPORTED_AT = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)

COMPANY_NAME = "云岫服饰集团"
GROUP_ID = "GRP"
OFFICE = (30.2741, 120.1551)

# Days on which nobody is scheduled: the country's own public holidays, and for Chinese office staff the long breaks.
STATUTORY_HOLIDAYS = frozenset(
    date.fromisoformat(day)
    for day in (
        "2023-09-29 2023-10-01 2023-10-02 2023-10-03 2024-01-01 2024-02-10 2024-02-11 2024-02-12 2024-04-04 2024-05-01 "
        "2024-06-10 2024-09-17 2024-10-01 2024-10-02 2024-10-03 2025-01-01 2025-01-28 2025-01-29 2025-01-30 2025-01-31 "
        "2025-04-04 2025-05-01 2025-05-02 2025-05-31 2025-10-01 2025-10-02 2025-10-03 2025-10-06 2026-01-01 2026-02-16 "
        "2026-02-17 2026-02-18 2026-02-19 2026-04-05 2026-05-01 2026-05-02 2026-06-19"
    ).split()
)
JAPANESE_HOLIDAYS = frozenset(
    date.fromisoformat(day)
    for day in (
        "2023-07-17 2023-08-11 2023-09-18 2023-09-23 2023-10-09 2023-11-03 2023-11-23 2024-01-01 2024-01-08 2024-02-11 "
        "2024-02-12 2024-02-23 2024-03-20 2024-04-29 2024-05-03 2024-05-04 2024-05-05 2024-05-06 2024-07-15 2024-08-11 "
        "2024-08-12 2024-09-16 2024-09-22 2024-09-23 2024-10-14 2024-11-03 2024-11-04 2024-11-23 2025-01-01 2025-01-13 "
        "2025-02-11 2025-02-23 2025-02-24 2025-03-20 2025-04-29 2025-05-03 2025-05-04 2025-05-05 2025-05-06 2025-07-21 "
        "2025-08-11 2025-09-15 2025-09-23 2025-10-13 2025-11-03 2025-11-23 2025-11-24 2026-01-01 2026-01-12 2026-02-11 "
        "2026-02-23 2026-03-20 2026-04-29 2026-05-03 2026-05-04 2026-05-05 2026-05-06"
    ).split()
)
LONG_BREAKS = (
    (date(2023, 9, 29), date(2023, 10, 6)),
    (date(2024, 2, 10), date(2024, 2, 17)),
    (date(2024, 10, 1), date(2024, 10, 7)),
    (date(2025, 1, 28), date(2025, 2, 4)),
    (date(2025, 10, 1), date(2025, 10, 8)),
    (date(2026, 2, 15), date(2026, 2, 23)),
)

# Relative trade by calendar month, and the two shopping festivals.
MONTH_ACTIVITY = {
    1: 1.05, 2: 0.7, 3: 1.1, 4: 1.05, 5: 1.05, 6: 1.2, 7: 0.9, 8: 0.95, 9: 1.1, 10: 1.15, 11: 1.4, 12: 1.1
}  # fmt: skip
FESTIVAL_ACTIVITY = {(11, 10): 1.6, (11, 11): 2.4, (11, 12): 1.5, (6, 17): 1.5, (6, 18): 2.0, (12, 12): 1.5}
HOUR_ACTIVITY = {
    9: 0.6, 10: 1.0, 11: 1.0, 12: 0.7, 13: 0.8, 14: 1.0, 15: 1.0, 16: 0.8,
    17: 0.8, 18: 0.9, 19: 1.2, 20: 1.5, 21: 1.4, 22: 0.6,
}  # fmt: skip


@dataclass(frozen=True)
class Branch:
    """One branch office."""

    code: str
    name: str
    city: str
    province: str
    country_code: str
    timezone: str
    latitude: float
    longitude: float
    staff_share: float
    hours_ahead: int  # of the group's zone
    gift_factor: float  # private gifts, relative to the other branches
    discount_factor: float  # unauthorised discounts, relative to the other branches
    has_intervention: bool  # compliance talk and on-call HR from the intervention day


def _cn(
    code: str, name: str, city: str, province: str, at: tuple[float, float], share: float,
    gift: float = 1.0, discount: float = 1.0, intervention: bool = True,
) -> Branch:  # fmt: skip
    return Branch(
        code, name, city, province, "CN", "Asia/Shanghai", at[0], at[1], share, 0, gift, discount, intervention
    )


BRANCHES: tuple[Branch, ...] = (
    _cn("B01", "华东分公司", "上海", "上海市", (31.2304, 121.4737), 0.20),
    _cn("B02", "华南分公司", "广州", "广东省", (23.1291, 113.2644), 0.16),
    _cn("B03", "华北分公司", "北京", "北京市", (39.9042, 116.4074), 0.15, discount=2.0),
    _cn("B04", "西南分公司", "成都", "四川省", (30.5728, 104.0668), 0.12, gift=3.0),
    _cn("B05", "华中分公司", "武汉", "湖北省", (30.5928, 114.3055), 0.11),
    _cn("B06", "东北分公司", "沈阳", "辽宁省", (41.8057, 123.4315), 0.09, intervention=False),
    _cn("B07", "西北分公司", "西安", "陕西省", (34.3416, 108.9398), 0.09, intervention=False),
    Branch("B08", "日本分公司", "东京", "東京都", "JP", "Asia/Tokyo", 35.6762, 139.6503, 0.08, 1, 1.0, 1.0, True),
)  # fmt: skip


@dataclass(frozen=True)
class GiftWorld:
    """Why private gifts happen where and when they do. Factors multiply the rate per agent message."""

    conversations: int = 800
    weekend_evening_factor: float = 3.0
    evening_from_hour: int = 18
    evening_to_hour: int = 21
    novice_days: int = 365
    novice_factor: float = 2.5
    intervention_from: date = date(2026, 4, 1)
    intervention_factor: float = 0.45
    private_receipt_share: float = 0.16
    tampering_share: float = 0.14


@dataclass(frozen=True)
class World:
    """Sizes of one demo company. All scale with `scale`, down to a floor that still holds every kind of case."""

    seed: int
    scale: float
    gifts: GiftWorld = field(default_factory=GiftWorld)

    def sized(self, at_scale_one: int, minimum: int) -> int:
        return max(minimum, round(at_scale_one * self.scale))

    @property
    def messages(self) -> int:
        return self.sized(1_000_000, 16_000)

    @property
    def customers(self) -> int:
        return self.sized(8_000, 480)

    @property
    def products(self) -> int:
        return self.sized(240, 60)

    @property
    def orders(self) -> int:
        return self.sized(24_000, 600)

    @property
    def gift_conversations(self) -> int:
        return self.sized(self.gifts.conversations, 90)

    @property
    def look_alike_conversations(self) -> int:
        return self.sized(2_400, 120)

    def describe(self) -> dict[str, Any]:
        """The parameters as JSON-ready values, for the truth folder."""
        return {
            "product": "hufu-demo",
            "company": COMPANY_NAME,
            "seed": self.seed,
            "scale": self.scale,
            "history_start": HISTORY_START.isoformat(),
            "window_start": WINDOW_START.isoformat(),
            "window_end": WINDOW_END.isoformat(),
            "gifts": {k: v.isoformat() if isinstance(v, date) else v for k, v in asdict(self.gifts).items()},
            "branches": [asdict(branch) for branch in BRANCHES],
        }


def days(start: date, end: date) -> list[date]:
    """All days from `start` to `end`, both included."""
    return [start + timedelta(days=i) for i in range((end - start).days + 1)]


def day_activity(day: date) -> float:
    """How busy trade is on `day`, 1 being an ordinary one."""
    return MONTH_ACTIVITY[day.month] * FESTIVAL_ACTIVITY.get((day.month, day.day), 1.0)
