"""The planted hotspots are really there, as rates by exposure."""

from __future__ import annotations

from pipelines.demo import chats, goods, staff, trade
from pipelines.demo.company import Company
from pipelines.demo.world import World


def test_rates_follow_the_worlds_factors() -> None:
    company = Company(World(seed=11, scale=0.4))
    people = staff.build(company)
    goods.build(company, people)
    trade.build(company, people)
    chats.build(company)

    def rate(condition: str) -> float:
        hits, messages = company.rows(f"""
            select count(*) filter (l.rules <> ''), count(*) from line l join emp e on e.n = l.n
            where l.sender = 'agent' and {condition}
        """)[0]
        return hits / messages

    evening = "isodow(l.sent_at) >= 6 and hour(l.sent_at) between 18 and 20"
    novice = "l.sent_at::date - e.hire_date < 365"
    after = "l.sent_at >= timestamp '2026-04-01'"
    assert 2 < rate(evening) / rate(f"not ({evening})") < 4.5
    assert 1.7 < rate(novice) / rate(f"not ({novice})") < 3.5
    assert 2 < rate("l.branch = 'B04'") / rate("l.branch <> 'B04'") < 4.5
    talked = "l.branch not in ('B06', 'B07')"
    assert rate(f"{talked} and {after}") < 0.75 * rate(f"{talked} and not ({after})")
    company.close()
