"""The company's own rule book as its staff know it: positions, roles, who signs what, what one may give away.

Belongs here: the rules that honest background data obeys, written down from the company's paper policy.
Does not belong here: the detector's policy seeds. The two are kept apart on purpose: were one derived from the other,
a wrong seed would make its own evidence.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Position:
    position_id: str
    name: str
    family: str
    level: int
    role: str | None
    base_pay: int


POSITIONS: dict[str, Position] = {
    p.position_id: p
    for p in (
        Position("P01", "客服专员", "customer_service", 1, "cs_agent", 5200),
        Position("P02", "资深客服专员", "customer_service", 2, "cs_agent", 6800),
        Position("P03", "客服经理", "customer_service", 4, "cs_manager", 11500),
        Position("P11", "销售代表", "sales", 1, "sales_rep", 6000),
        Position("P12", "销售经理", "sales", 4, "sales_manager", 13000),
        Position("P13", "销售总监", "sales", 6, "sales_director", 28000),
        Position("P21", "商品专员", "merchandising", 2, "merchandiser", 9000),
        Position("P31", "会计", "finance", 2, "finance", 9500),
        Position("P32", "财务经理", "finance", 4, "finance", 18000),
        Position("P41", "法务专员", "legal", 3, "legal", 14000),
        Position("P51", "人事专员", "hr", 2, "hr", 8500),
        Position("P52", "人事经理", "hr", 4, "hr", 16000),
        Position("P61", "系统管理员", "it", 3, "it_admin", 15000),
        Position("P62", "开发工程师", "it", 3, None, 17000),
        Position("P71", "总经理", "management", 7, None, 45000),
        Position("P72", "内审专员", "other", 3, "auditor", 15000),
        Position("P81", "仓储物流专员", "other", 1, None, 5000),
        Position("P82", "行政专员", "other", 1, None, 5500),
    )
}

# Lowest paid fraction that a role may give without asking.
DISCOUNT_FLOOR = {
    "cs_agent": 1.00,
    "cs_manager": 0.95,
    "sales_rep": 0.95,
    "sales_manager": 0.90,
    "sales_director": 0.80,
}
CUSTOMER_ROLES = frozenset({"cs_agent", "cs_manager", "sales_rep", "sales_manager", "sales_director"})

# What staff of a role normally do in the systems: (system, action, object type, relative frequency).
DAILY_OPERATIONS: dict[str, tuple[tuple[str, str, str, int], ...]] = {
    "cs_agent": (
        ("CRM", "login", "session", 3), ("CRM", "view", "customer", 8), ("CRM", "update", "customer", 2),
        ("CRM", "view", "order", 5), ("ERP", "view", "product", 2),
    ),
    "cs_manager": (
        ("CRM", "login", "session", 3), ("CRM", "view", "customer", 6), ("CRM", "update", "order", 2),
        ("HRIS", "view", "employee", 2), ("CRM", "view", "order", 4),
    ),
    "sales_rep": (
        ("CRM", "login", "session", 3), ("CRM", "view", "customer", 7), ("CRM", "create", "customer", 1),
        ("CRM", "update", "customer", 3), ("CRM", "create", "quote", 3), ("CRM", "create", "order", 2),
        ("CRM", "update", "contract", 1),
    ),
    "sales_manager": (
        ("CRM", "login", "session", 3), ("CRM", "view", "customer", 6), ("CRM", "approve", "order", 3),
        ("CRM", "update", "quote", 2), ("HRIS", "view", "employee", 1), ("CRM", "export", "customer", 1),
    ),
    "sales_director": (
        ("CRM", "login", "session", 3), ("CRM", "approve", "discount", 4), ("CRM", "view", "contract", 3),
        ("CRM", "export", "customer", 1),
    ),
    "merchandiser": (
        ("ERP", "login", "session", 3), ("ERP", "update", "product", 5), ("CRM", "view", "order", 3),
        ("CRM", "approve", "discount", 2),
    ),
    "finance": (
        ("ERP", "login", "session", 3), ("CRM", "approve", "discount", 3), ("HRIS", "view", "payroll", 3),
        ("HRIS", "export", "payroll", 1), ("CRM", "view", "contract", 2),
    ),
    "legal": (
        ("CRM", "login", "session", 2), ("CRM", "update", "contract", 3), ("CRM", "approve", "contract", 3),
    ),
    "hr": (
        ("HRIS", "login", "session", 3), ("HRIS", "view", "employee", 6), ("HRIS", "update", "employee", 3),
        ("HRIS", "view", "payroll", 1), ("HRIS", "export", "employee", 1),
    ),
    "it_admin": (
        ("HRIS", "login", "session", 2), ("HRIS", "create", "grant", 2), ("HRIS", "delete", "grant", 1),
        ("HRIS", "view", "grant", 3),
    ),
    "auditor": (
        ("HRIS", "login", "session", 2), ("HRIS", "view", "payroll", 2), ("CRM", "view", "order", 4),
    ),
}  # fmt: skip
