"""Made-up pay, tax and insurance lists, and payment bills, in the layouts of the offices that make them.

Belongs here: the amounts, and one function per layout that writes them as that form does.
Does not belong here: file formats (`files_finance`), what is expected of the landing (the tests).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Row = list[Any]


@dataclass(frozen=True)
class Pay:
    """One person's pay of one month. Gross less insurance, fund and tax is what reached the person."""

    number: str
    name: str
    base: float
    performance: float
    meals: float
    travel: float
    pension: float
    medical: float
    unemployment: float
    fund: float
    tax: float

    @property
    def gross(self) -> float:
        return round(self.base + self.performance + self.meals + self.travel, 2)

    @property
    def insurance(self) -> float:
        return round(self.pension + self.medical + self.unemployment, 2)

    @property
    def net(self) -> float:
        return round(self.gross - self.insurance - self.fund - self.tax, 2)


PAYS: tuple[Pay, ...] = (
    Pay("0007", "王一", 8000.0, 1500.5, 300.0, 200.0, 640.0, 160.0, 40.0, 800.0, 85.11),
    Pay("0012", "李二", 20000.0, 5000.0, 300.0, 0.0, 1600.0, 400.0, 100.0, 2000.0, 1210.4),
    Pay("0300", "张三", 5000.0, 0.0, 300.0, 0.0, 400.0, 100.0, 25.0, 500.0, 0.0),
)


def hand_made(has_blanks_in_names: bool = False) -> list[Row]:
    """A pay list by hand: the month in the title, bases beside the amounts, a total and signatures below."""
    gross, net = ("应 发 工 资", "实 发 工 资") if has_blanks_in_names else ("应发合计", "实发工资")
    header = ["编号", "姓名", "部门", "基本工资", "岗位工资", "绩效工资", "餐补", "交补", gross, "养老基数", "养老"]
    header += ["医疗", "失业", "住房公积金", "个人所得税", net]
    rows: list[Row] = [["虎符测试有限公司2026年3月工资表", *[None] * 15], header]
    for p in PAYS:
        rows.append(
            [p.number, p.name, "门店", p.base, None, p.performance, p.meals, p.travel, p.gross, p.base]
            + [p.pension, p.medical, p.unemployment, p.fund, p.tax, p.net]
        )
    sums = [round(sum(row[i] or 0 for row in rows[2:]), 2) for i in range(3, 16)]
    rows.append(["合计", None, None, *sums])
    rows.append(["制表：甲", *[None] * 6, "审核：乙", *[None] * 8])
    return rows


def hand_made_groups() -> tuple[list[Row], tuple[str, ...]]:
    """The same list with what is due and what is taken under names of their own; rows and merged ranges."""
    title, header, *lines = hand_made()
    upper: Row = [
        *header[:3],
        "应发项目",
        None,
        None,
        None,
        None,
        header[8],
        header[9],
        "代扣项目",
        *[None] * 4,
        header[15],
    ]
    lower: Row = [None] * 3 + header[3:8] + [None] * 2 + header[10:15] + [None]
    return [title, upper, lower, *lines], ("A1:P1", *(f"{c}2:{c}3" for c in "ABCIJP"), "D2:H2", "K2:O2")


IMPORT_HEADER = (
    "工号 姓名 证照类型 证照号码 本期收入 本期免税收入 基本养老保险费 基本医疗保险费 失业保险费 住房公积金 "
    "累计子女教育 累计继续教育 累计住房贷款利息 累计住房租金 累计赡养老人 累计3岁以下婴幼儿照护 "
    "累计个人养老金 企业(职业)年金 商业健康保险 税延养老保险 其他 准予扣除的捐赠额 减免税额 备注"
).split()


def tax_import(has_new_columns: bool = True, has_net_pay: bool = True) -> list[Row]:
    """The list that the tax client takes in. It says no month; three lines of explanation stand below.

    Companies keep a column of their own with what was paid out; the client passes over it.
    """
    new = () if has_new_columns else ("累计3岁以下婴幼儿照护", "累计个人养老金")
    header = [name for name in IMPORT_HEADER if name not in new] + (["实发工资"] if has_net_pay else [])
    rows: list[Row] = [header]
    for p in PAYS:
        cells: dict[str, Any] = {
            "工号": p.number,
            "姓名": p.name,
            "证照类型": "居民身份证",
            "证照号码": f"33010619900101{p.number}",
            "本期收入": p.gross,
            "本期免税收入": 0,
            "基本养老保险费": p.pension,
            "基本医疗保险费": p.medical,
            "失业保险费": p.unemployment,
            "住房公积金": p.fund,
            "累计子女教育": 3000,
            "实发工资": p.net,
            "备注": "门店补" if p.number == "0007" else None,
        }
        rows.append([cells.get(name) for name in header])
    for note in ("填表说明：", "1.带*为必填项", "2.证照号码须为文本"):
        rows.append([note, *[None] * (len(header) - 1)])
    return rows


# group, sub-group, name, number of the field on the form
BUREAU_COLUMNS: tuple[tuple[str | None, str | None, str, int], ...] = (
    (None, None, "序号", 1),
    (None, None, "姓名", 2),
    (None, None, "身份证件类型", 3),
    (None, None, "身份证件号码", 4),
    (None, None, "所得项目", 7),
    ("本月（次）情况", "收入额计算", "收入", 8),
    ("本月（次）情况", "收入额计算", "费用", 9),
    ("本月（次）情况", "收入额计算", "免税收入", 10),
    ("本月（次）情况", "专项扣除", "基本养老保险费", 12),
    ("本月（次）情况", "专项扣除", "基本医疗保险费", 13),
    ("本月（次）情况", "专项扣除", "失业保险费", 14),
    ("本月（次）情况", "专项扣除", "住房公积金", 15),
    ("累计情况", None, "累计收入额", 22),
    ("累计情况", None, "累计减除费用", 23),
    ("税款计算", None, "应纳税所得额", 33),
    ("税款计算", None, "税率/预扣率", 34),
    ("税款计算", None, "速算扣除数", 35),
    ("税款计算", None, "应纳税额", 36),
    ("税款计算", None, "减免税额", 37),
    ("税款计算", None, "已缴税额", 38),
    ("税款计算", None, "应补/退税额", 39),
    (None, None, "备注", 41),
)


def bureau() -> tuple[list[Row], tuple[str, ...]]:
    """The declaration as the bureau gives it back: rows, and the merged ranges of its three header rows."""
    width = len(BUREAU_COLUMNS)
    rows: list[Row] = [
        ["个人所得税扣缴申报表", *[None] * (width - 1)],
        ["税款所属期：2026年03月01日至2026年03月31日", *[None] * (width - 1)],
    ]
    top, middle, leaf = [None] * width, [None] * width, [None] * width
    merges = [_span(0, width - 1, 1, 1), _span(0, width - 1, 2, 2)]
    for i, (group, part, name, _) in enumerate(BUREAU_COLUMNS):
        if group is None:
            top[i] = name
            merges.append(_span(i, i, 3, 5))
            continue
        before = BUREAU_COLUMNS[i - 1][:2]
        if before[0] != group:
            top[i] = group
            merges.append(_span(i, _last(i, 0, group), 3, 3))
        if part is None:
            middle[i] = name
            merges.append(_span(i, i, 4, 5))
            continue
        if before != (group, part):
            middle[i] = part
            merges.append(_span(i, _last(i, 1, part), 4, 4))
        leaf[i] = name
    rows += [top, middle, leaf, [number for *_, number in BUREAU_COLUMNS]]
    for position, p in enumerate(PAYS, start=1):
        cells: dict[str, Any] = {
            "序号": position,
            "姓名": p.name,
            "身份证件类型": "居民身份证",
            "身份证件号码": f"33010619900101{p.number}",
            "所得项目": "正常工资薪金",
            "收入": p.gross,
            "费用": 0,
            "免税收入": 0,
            "基本养老保险费": p.pension,
            "基本医疗保险费": p.medical,
            "失业保险费": p.unemployment,
            "住房公积金": p.fund,
            "累计收入额": p.gross * 3,
            "累计减除费用": 15000,
            "税率/预扣率": "3%",
            "应纳税额": round(p.tax * 3, 2),
            "减免税额": 0,
            "已缴税额": round(p.tax * 2, 2),
            "应补/退税额": p.tax,
        }
        rows.append([cells.get(name) for *_, name, _ in BUREAU_COLUMNS])
    taxes = round(sum(p.tax for p in PAYS), 2)
    rows.append(["合　计", *[None] * (width - 3), taxes, None])
    return rows, tuple(merges)


def _last(start: int, level: int, text: str) -> int:
    end = start
    while end + 1 < len(BUREAU_COLUMNS) and BUREAU_COLUMNS[end + 1][level] == text:
        end += 1
    return end


def _span(left: int, right: int, top: int, low: int) -> str:
    return f"{chr(65 + left)}{top}:{chr(65 + right)}{low}"


def insurance(is_percent: bool = True) -> list[Row]:
    """The pension list of one company: which company and which insurance says only the file's name."""
    rows: list[Row] = ["姓名 证件类型 证件号码 缴费工资 缴费基数 费率 应缴费额".split()]
    for p in PAYS:
        rate: Any = "8%" if is_percent else 0.08
        rows.append([p.name, "居民身份证", f"33010619900101{p.number}", p.base, p.base, rate, p.pension])
    rows.append(["合计", *[None] * 5, sum(p.pension for p in PAYS)])
    return rows


ALIPAY_HEADER = (
    "交易号 商家订单号 交易创建时间 付款时间 最近修改时间 交易来源地 类型 交易对方 商品名称 金额（元） 收/支 交易状态 "
    "服务费（元） 成功退款（元） 备注 资金状态"
).split()


def alipay_bill() -> list[str]:
    """Lines of a bill: four lines above, cells padded with blanks and tabs, a rule and totals below."""

    def line(number: str, at: str, partner: str, amount: str, side: str, state: str, funds: str) -> str:
        cells = [number, "", at, at, at, "其他（包括阿里巴巴和外部商家）", "即时到账交易", partner, "货款"]
        cells += [amount, side, state, "0.00", "0.00", "", funds]
        return ",".join(f"{cell:<12}" if i % 2 else f"{cell}\t" for i, cell in enumerate(cells)) + ","

    return [
        "支付宝交易记录明细查询",
        "账号:[shop@example.com]",
        "起始日期:[2026-03-01 00:00:00]    终止日期:[2026-04-01 00:00:00]",
        "---------------------------------交易记录明细列表------------------------------------",
        ",".join(f"{name:<16}" for name in ALIPAY_HEADER) + ",",
        line("2026030122001400000000000001", "2026-03-01 10:00:00", "小明", "269.10", "收入", "交易成功", "已收入"),
        line(
            "2026030222001400000000000002", "2026-03-02 11:00:00", "甲供应商", "1000.00", "支出", "交易成功", "已支出"
        ),
        "------------------------------------------------------------------------------------",
        "共2笔记录,,,,,,,,,,,,,,,,",
        "已收入:1笔,269.10元,,,,,,,,,,,,,,,",
    ]


WECHAT_HEADER = "交易时间 交易类型 交易对方 商品 收/支 金额(元) 支付方式 当前状态 交易单号 商户单号 备注".split()


def wechat_bill() -> list[Row]:
    """A bill: title lines, amounts with the sign of the currency, a slash for nothing."""
    title = [
        "微信支付账单明细",
        "微信昵称：[虎符门店]",
        "起始时间：[2026-03-01 00:00:00] 终止时间：[2026-03-31 23:59:59]",
    ]
    rows: list[Row] = [[line, *[""] * 10] for line in title]
    rows.append(["----------------------微信支付账单明细列表--------------------", *[""] * 10])
    rows.append(list(WECHAT_HEADER))
    rows.append(
        ["2026-03-01 10:20:30", "二维码收款", "小明", "收款方备注:二维码收款", "收入", "¥25.00", "/", "已存入零钱"]
        + ["1000039801262603010001\t", "/", "/"]
    )
    rows.append(
        ["2026-03-02 08:00:00", "商户消费", "便利店", "早餐", "支出", "¥1,012.50", "零钱", "支付成功"]
        + ["1000039801262603020002\t", "M1\t", "/"]
    )
    return rows
