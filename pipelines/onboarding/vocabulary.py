"""Which words people use for which column of the contract.

Belongs here: gathering the words from the contract and the profiles, and how well a header fits a column by its words.
Does not belong here: what stands in the column (`values`), likeness of words (`likeness`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from pipelines.contract import Column, Contract, Dataset
from pipelines.contract.profile import Profile
from pipelines.landing.header import header_key
from pipelines.onboarding.likeness import likeness

How = Literal["contract", "profile", "elsewhere", "usual", "alike"]

_SCORES: dict[How, float] = {"contract": 1.0, "usual": 0.95, "profile": 0.95, "elsewhere": 0.8, "alike": 0.85}

# Words that neither a label nor a shipped layout has, and whose parts do not tell: `dataset.column` -> words.
_USUAL: dict[str, str] = {
    "employees.employment_status": "状态 人员状态 员工状态 是否在职",
    "employees.last_working_date": "离职日期 离职时间 离岗日期 退工日期",
    "employees.manager_id": "主管工号 上级工号 直属领导 部门负责人",
    "employees.org_unit_id": "部门 部门名称 部门编码 一级部门 二级部门 事业部 科室 门店",
    "employees.position_id": "岗位 职务 岗位名称 职位名称 职称",
    "orders.customer_id": "客户 客户名称 客户ID 会员 买家 收货人",
    "orders.employee_id": "业务员 销售员 销售 客户经理 跟单员 经办人",
    "orders.list_amount": "总金额 订单原价 应付金额 应收金额 标价 商品总价 原始金额",
    "orders.net_amount": "实收金额 实付款 成交金额 成交价 折后金额 付款金额",
    "orders.order_id": "单号 订单号 单据号 销售单号",
    "orders.ordered_at": "成交时间 开单时间 销售日期 订单时间",
    "orders.status": "状态 单据状态 交易状态",
    "customers.owner_id": "负责人 业务员 销售负责人 跟进人",
    "leaves.leave_type": "请假类型 休假类型",
    "payroll.net_pay": "实发 实发金额 到手工资 实发合计",
    "payroll.base_pay": "底薪 基薪",
}


@dataclass(frozen=True)
class Fit:
    """How well a header fits a column by its words: from 0 to 1, with the word that made it."""

    score: float
    how: How
    word: str
    origin: str | None = None
    """Name of the profile that knows the word."""


@dataclass
class Vocabulary:
    """Words per column. `elsewhere` has the words of equally named columns of other datasets."""

    words: dict[tuple[str, str], dict[str, tuple[How, str, str | None]]] = field(default_factory=dict)
    elsewhere: dict[str, dict[str, tuple[str, str | None]]] = field(default_factory=dict)

    @classmethod
    def of(cls, contract: Contract, profiles: Iterable[Profile]) -> Vocabulary:
        vocabulary = cls()
        for dataset in contract:
            for column in dataset.columns:
                names = [column.name, *([column.label.zh, column.label.en] if column.label else [])]
                for name in names:
                    vocabulary._add(dataset.name, column.name, name, "contract", None)
                for name in _USUAL.get(f"{dataset.name}.{column.name}", "").split():
                    vocabulary._add(dataset.name, column.name, name, "usual", None)
        for profile in profiles:
            for target in profile.datasets:
                for column, source in target.columns.items():
                    for name in source.headers:
                        # A grouped header is mostly met by its last part.
                        for spelling in {name, name.rpartition(".")[2]}:
                            vocabulary._add(target.dataset, column, spelling, "profile", profile.name)
        return vocabulary

    def _add(self, dataset: str, column: str, word: str, how: How, origin: str | None) -> None:
        self.words.setdefault((dataset, column), {}).setdefault(header_key(word), (how, word, origin))
        if how != "contract":
            self.elsewhere.setdefault(column, {}).setdefault(header_key(word), (word, origin))

    def fit(self, header: str, dataset: Dataset, column: Column) -> Fit:
        """The best reason to take the header for the column."""
        known = self.words[(dataset.name, column.name)]
        spellings = (header, header.rpartition(".")[2])
        for spelling in spellings:
            found = known.get(header_key(spelling))
            if found is not None:
                how, word, origin = found
                return Fit(_SCORES[how], how, word, origin)
        for spelling in spellings:
            other = self.elsewhere.get(column.name, {}).get(header_key(spelling))
            if other is not None:
                return Fit(_SCORES["elsewhere"], "elsewhere", *other)
        alike = [
            (likeness(spelling, word), how, word, origin)
            for spelling in spellings
            for how, word, origin in known.values()
        ]
        score, _, word, origin = max(alike, key=lambda a: a[0])
        return Fit(score * _SCORES["alike"], "alike", word, origin)
