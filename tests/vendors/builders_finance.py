"""Made-up vouchers and balances in the layouts of bookkeeping systems, with the habits of each.

Belongs here: the vouchers, and one function per layout that writes them as that system's export does.
Does not belong here: file formats (`files_finance`), what is expected of the landing (the tests).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Row = list[Any]


@dataclass(frozen=True)
class Line:
    """One line of a voucher. Amounts are texts with two decimals; exactly one of them is given."""

    number: int
    entry: int
    day: str
    summary: str
    account: str
    account_name: str
    debit: str | None = None
    credit: str | None = None
    department: str | None = None
    employee: str | None = None
    customer: str | None = None
    word: str = "记"

    @property
    def period(self) -> str:
        return self.day[:7]

    @property
    def voucher_id(self) -> str:
        return f"{self.period}-{self.word}-{self.number}"

    @property
    def amount(self) -> str:
        return self.debit or self.credit or "0.00"


# Three vouchers of one month: a receipt, a rent with two cost lines, and its reversal with negative amounts.
LINES: tuple[Line, ...] = (
    Line(1, 1, "2026-01-05", "收到货款", "1002", "银行存款", debit="11300.00"),
    Line(1, 2, "2026-01-05", "收到货款", "1122", "应收账款", credit="11300.00", customer="C1"),
    Line(12, 1, "2026-01-31", "支付房租\n一月", "6602.01", "管理费用_房租", debit="5000.00", department="B1"),
    Line(12, 2, "2026-01-31", "合计付推广费", "6601.03", "销售费用_推广", debit="1234.56", employee="E2"),
    Line(12, 3, "2026-01-31", "支付房租\n一月", "1002", "银行存款", credit="6234.56"),
    Line(13, 1, "2026-01-31", "冲销记-12房租", "6602.01", "管理费用_房租", debit="-500.00", department="B1"),
    Line(13, 2, "2026-01-31", "冲销记-12房租", "1002", "银行存款", credit="-500.00"),
)


def number(text: str | None) -> float | None:
    """An amount as a workbook holds it."""
    return None if text is None else float(text)


def total(lines: Sequence[Line], side: str) -> str:
    """The sum of one side with its cents."""
    cents = sum(round(float(getattr(line, side) or 0) * 100) for line in lines)
    return f"{cents // 100}.{cents % 100:02d}" if cents >= 0 else f"-{-cents // 100}.{-cents % 100:02d}"


def is_first(line: Line) -> bool:
    return line.entry == 1


# ------------------------------------------------------------ Kingdee

STAR_CODES = [
    "FBillHead(GL_VOUCHER)",
    "FAccountBookID",
    "FAccountBookID#Name",
    "FDate",
    "FBUSDATE",
    "FYEAR",
    "FPERIOD",
    "FVOUCHERGROUPID",
    "FVOUCHERGROUPNO",
    "FATTACHMENTS",
    "FISADJUSTVOUCHER",
    "FACCBOOKORGID",
    "FSourceBillKey",
    "FIMPORTVERSION",
    "*Split*1",
    "FEntity",
    "FEXPLANATION",
    "FACCOUNTID",
    "FDetailID#FFlex5",
    "FDetailID#FFlex7",
    "FDetailID#FFlex4",
    "FDetailID#FFlex6",
    "FDetailID#FFlex9",
    "FDetailID#FF100002",
    "FCURRENCYID",
    "FEXCHANGERATETYPE",
    "FEXCHANGERATE",
    "FUnitId",
    "FPrice",
    "FQty",
    "FAMOUNTFOR",
    "FDEBIT",
    "FCREDIT",
    "FSettleTypeID",
    "FSETTLENO",
    "FBUSNO",
    "FEXPORTENTRYID",
]
STAR_NAMES = [
    "*单据头(序号)",
    "*(单据头)账簿#编码",
    "(单据头)账簿#名称",
    "*(单据头)日期",
    "(单据头)业务日期",
    "(单据头)会计年度",
    "(单据头)期间",
    "(单据头)凭证字#编码",
    "(单据头)凭证号",
    "附件数",
    "是否调整期凭证",
    "核算组织",
    "来源单据",
    "引入版本",
    "间隔列",
    "*分录(序号)",
    "(分录)摘要",
    "*(分录)科目编码#编码",
    "部门",
    "员工",
    "供应商",
    "客户",
    "费用项目",
    "项目",
    "币别",
    "汇率类型",
    "汇率",
    "单位",
    "单价",
    "数量",
    "原币金额",
    "借方金额",
    "贷方金额",
    "结算方式",
    "结算号",
    "业务编号",
    "导出分录",
]


def star_voucher(lines: Sequence[Line] = LINES, books: Sequence[str] = ("001",)) -> list[Row]:
    """星空 voucher export: field codes, Chinese names, head fields on a voucher's first line only.

    The company has made a dimension of its own, 项目 (FF100002). Every book holds the same vouchers.
    """
    rows: list[Row] = [STAR_CODES, STAR_NAMES]
    bill = 0
    for position, (book, line) in enumerate((book, line) for book in books for line in lines):
        head: dict[str, Any] = {}
        if is_first(line):
            bill += 1
            year, month, _ = line.day.split("-")
            head = {
                "FBillHead(GL_VOUCHER)": 100000 + bill,
                "FAccountBookID": book,
                "FAccountBookID#Name": f"虎符测试有限公司{book}",
                "FDate": f"{line.day} 00:00:00",
                "FBUSDATE": f"{line.day} 00:00:00",
                "FYEAR": int(year),
                "FPERIOD": int(month),
                "FVOUCHERGROUPID": line.word,
                "FVOUCHERGROUPNO": line.number,
                "FATTACHMENTS": 2,
                "FISADJUSTVOUCHER": "False",
                "FACCBOOKORGID": book,
            }
        entry = {
            "FEntity": line.entry,
            "FEXPLANATION": line.summary,
            "FACCOUNTID": line.account,
            "FDetailID#FFlex5": line.department,
            "FDetailID#FFlex7": line.employee,
            "FDetailID#FFlex6": line.customer,
            "FDetailID#FF100002": "PJ-2026-07" if line.employee else None,
            "FCURRENCYID": "PRE001",
            "FEXCHANGERATETYPE": "HLTX01_SYS",
            "FEXCHANGERATE": 1,
            "FAMOUNTFOR": number(line.amount),
            "FDEBIT": number(line.debit) or 0,
            "FCREDIT": number(line.credit) or 0,
            "FEXPORTENTRYID": 200000 + position,
        }
        cells = head | entry
        rows.append([cells.get(code) for code in STAR_CODES])
    return rows


def star_query(lines: Sequence[Line] = LINES, has_head_on_every_line: bool = False) -> list[Row]:
    """星空 凭证查询, with its total at the end."""
    rows: list[Row] = [
        "会计年度 期间 凭证字 凭证号 摘要 科目编码 科目全名 核算维度 币别 原币金额 借方金额 贷方金额".split()
    ]
    for line in lines:
        year, month, _ = line.day.split("-")
        head: Row = [int(year), int(month), line.word, line.number]
        dimension = f"客户:{line.customer}/示例客户" if line.customer else None
        rows.append(
            (head if is_first(line) or has_head_on_every_line else [None] * 4)
            + [line.summary, line.account, line.account_name, dimension, "人民币", number(line.amount)]
            + [number(line.debit), number(line.credit)]
        )
    rows.append(["合计", *[None] * 9, number(total(lines, "debit")), number(total(lines, "credit"))])
    return rows


KIS_HEADER = "审核 复核 过账 日期 会计期间 凭证字号 摘要 科目代码 科目名称 币别 汇率 原币金额 借方 贷方".split()


def kis_journal(lines: Sequence[Line] = LINES, period: str = "{year}年{month}期") -> list[Row]:
    """KIS 会计分录序时簿: title, head on the first line, apostrophes, line breaks as Excel escapes them, totals."""
    rows: list[Row] = [["会计分录序时簿", *[None] * 13], KIS_HEADER]
    for line in lines:
        year, month, _ = line.day.split("-")
        said = period.format(year=year, month=int(month), month2=month)
        head: Row = ["已审核", None, "已过账", line.day, said, f"{line.word} - {line.number}"]
        rows.append(
            (head if is_first(line) else [None] * 6)
            + [line.summary.replace("\n", "_x000D_\n"), f"'{line.account}", line.account_name, "人民币", 1]
            + [number(line.amount), number(line.debit), number(line.credit)]
        )
    totals = [number(total(lines, "debit")), number(total(lines, "credit"))]
    rows.append([*[None] * 6, "合计", *[None] * 5, *totals])
    rows.append(["合　计", *[None] * 11, *totals])
    return rows


K3_HEADER = (
    "FDate FYear FPeriod FGroupID FNumber FAccountNum FAccountName FCurrencyNum FCurrencyName FAmountFor FDebit "
    "FCredit FPreparerID FCheckerID FApproveID FCashierID FHandler FSettleTypeID FSettleNo FExplanation FQuantity "
    "FMeasureUnitID FUnitPrice FReference FTransDate FTransNo FAttachments FSerialNum FObjectName FParameter "
    "FExchangeRate FEntryID FItem FPosted FInternalInd FCashFlow"
).split()


def k3_voucher(lines: Sequence[Line] = LINES) -> list[Row]:
    """K/3 standard voucher, one full record a line."""
    rows: list[Row] = [K3_HEADER]
    for line in lines:
        year, month, _ = line.day.split("-")
        cells = {
            "FDate": line.day,
            "FYear": int(year),
            "FPeriod": int(month),
            "FGroupID": line.word,
            "FNumber": line.number,
            "FAccountNum": line.account,
            "FAccountName": line.account_name,
            "FCurrencyNum": "RMB",
            "FCurrencyName": "人民币",
            "FAmountFor": number(line.amount),
            "FDebit": number(line.debit) or 0,
            "FCredit": number(line.credit) or 0,
            "FPreparerID": "制单甲",
            "FExplanation": line.summary,
            "FTransDate": line.day,
            "FAttachments": 0,
            "FSerialNum": line.number,
            "FExchangeRate": 1,
            "FEntryID": line.entry,
            "FItem": f"部门---{line.department}---门店" if line.department else None,
            "FPosted": 1,
        }
        rows.append([cells.get(name) for name in K3_HEADER])
    return rows


HRPI_HEADER = (
    "empnumber name number oldempnumber gender nationality folk birthday marriagestatus healthstatus isprimary "
    "primaryemployee assignment bsed bsled iscurrentversion datastatus boid isdeleted"
).split()


def hrpi_employee(yes: Any = "1", no: Any = "0") -> list[Row]:
    """苍穹 employees with their history: a present version, an old one, a deleted one."""

    def person(
        number: str, name: str, gender: str, born: str, since: str, until: str, is_current: bool, **more: Any
    ) -> Row:
        cells = {
            "empnumber": number,
            "name": name,
            "number": f"SYS{number}",
            "gender": gender,
            "nationality": "中国",
            "birthday": born,
            "isprimary": yes,
            "bsed": since,
            "bsled": until,
            "iscurrentversion": yes if is_current else no,
            "datastatus": "1",
            "boid": f"19482736450{number[-1]}",
            "isdeleted": no,
        } | more
        return [cells.get(name) for name in HRPI_HEADER]

    return [
        HRPI_HEADER,
        person("0007", "王一", "男", "1990-02-03", "2018-03-01", "2023-12-31", False),
        person("0007", "王一", "男", "1990-02-03", "2024-01-01", "2999-12-31", True),
        person("0012", "李二", "女", "1988-11-30", "2020-05-06", "2999-12-31", True),
        person("0099", "赵误", "男", "1995-01-01", "2021-01-01", "2999-12-31", True, isdeleted=yes),
    ]


# ------------------------------------------------------------ Yonyou

JOURNAL_HEADER = "日期 凭证号数 科目编码 科目名称 摘要 方向 数量 外币 金额".split()


def yonyou_journal(
    lines: Sequence[Line] = LINES, is_paged: bool = True, has_head_on_every_line: bool = True
) -> list[Row]:
    """序时账: title rows, one amount with 借 or 贷, dates with dots; the header again on each page, totals."""
    rows: list[Row] = [
        ["序时账", *[None] * 8],
        ["单位名称：虎符测试有限公司", *[None] * 7, "月份：2026.01-2026.01"],
        [None] * 9,
        JOURNAL_HEADER,
    ]
    for line in lines:
        if is_paged and line.number == 13 and is_first(line):
            rows.append(list(JOURNAL_HEADER))
        head: Row = [line.day.replace("-", "."), f"{line.word}-{line.number:04d}"]
        rows.append(
            (head if is_first(line) or has_head_on_every_line else [None, None])
            + [
                account_as_number(line.account),
                line.account_name,
                line.summary,
                "借" if line.debit else "贷",
                None,
                None,
                number(line.amount),
            ]
        )
    rows.append([None, None, None, None, "合计", "借", None, None, number(total(lines, "debit"))])
    rows.append([None, None, None, None, "合　计", "贷", None, None, number(total(lines, "credit"))])
    return rows


def account_as_number(code: str) -> float | str:
    """A code as a spreadsheet takes it: all digits become a number, what has a dot stays text."""
    return float(code) if code.isdigit() else code


BALANCE_HEADER = (
    "会计年度 会计期间 科目编码 科目名称 外币名称 期初借方 期初贷方 本期发生借方 本期发生贷方 期末借方 期末贷方"
).split()
# account, name, opening debit and credit, movement debit and credit, closing debit and credit
BALANCES: tuple[tuple[str, str, str, str, str, str, str, str], ...] = (
    ("1002", "银行存款", "100000.00", "0.00", "11300.00", "5734.56", "105565.44", "0.00"),
    ("1122", "应收账款", "50000.00", "0.00", "0.00", "11300.00", "38700.00", "0.00"),
    ("4001", "实收资本", "0.00", "150000.00", "0.00", "0.00", "0.00", "150000.00"),
    ("6601", "销售费用", "0.00", "0.00", "1234.56", "0.00", "1234.56", "0.00"),
    ("6602", "管理费用", "0.00", "0.00", "4500.00", "0.00", "4500.00", "0.00"),
)


def yonyou_balances(period: Any = 1, title_period: str = "2026.01-2026.01") -> list[Row]:
    """科目余额表 with subtotals and a total. Zeros are blank, as the report shows them."""
    rows: list[Row] = [
        ["发生额及余额表", *[None] * 10],
        ["单位名称：虎符测试有限公司", *[None] * 9, f"月份：{title_period}"],
        BALANCE_HEADER,
    ]
    for code, name, *amounts in BALANCES:
        rows.append([2026, period, float(code), name, None, *[_blank_zero(amount) for amount in amounts]])
        if code == "1122":
            rows.append([None, None, "资产小计", None, None, 150000.0, None, 11300.0, 17034.56, 144265.44, None])
    sums = [sum(round(float(row[i]) * 100) for row in BALANCES) / 100 for i in range(2, 8)]
    rows.append([None, None, "合计", None, None, *sums])
    return rows


def _blank_zero(text: str) -> float | None:
    return float(text) or None


def u8_text(lines: Sequence[Line] = LINES, encoding: str = "gbk") -> bytes:
    """The voucher text of U8: a mark, then lines without header, in the system's own encoding."""
    out = ["填制凭证,V800"]
    for line in lines:
        summary = line.summary.replace("\n", " ")
        cells = [line.day, line.word, f"{line.number:04d}", "1", summary, line.account, line.debit or "0.00"]
        cells += [line.credit or "0.00", "0", "0", "0", "制单甲", "", "", line.day]
        cells += [line.department or "", line.employee or "", line.customer or ""]
        out.append(",".join(cells))
    return ("\r\n".join(out) + "\r\n").encode(encoding)


GL_HEADER = (
    "iperiod csign isignseq ino_id inid dbill_date idoc cbill ibook cdigest ccode cexch_name md mc md_f mc_f nfrat "
    "nd_s nc_s dt_date cdept_id cperson_id ccus_id cname ccode_equal iyear iYPeriod"
).split()


def gl_accvouch(lines: Sequence[Line] = LINES) -> list[Row]:
    """The voucher table of U8 itself: both sides on every line, the one that is not meant is zero."""
    rows: list[Row] = [GL_HEADER]
    for line in lines:
        year, month, _ = line.day.split("-")
        cells = {
            "iperiod": int(month),
            "csign": line.word,
            "isignseq": 1,
            "ino_id": line.number,
            "inid": line.entry,
            "dbill_date": f"{line.day} 00:00:00.000",
            "idoc": 1,
            "cbill": "制单甲",
            "ibook": 1,
            "cdigest": line.summary.replace("\n", " "),
            "ccode": line.account,
            "md": f"{line.debit or '0.00'}00",
            "mc": f"{line.credit or '0.00'}00",
            "md_f": "0.0000",
            "mc_f": "0.0000",
            "cdept_id": line.department,
            "cperson_id": line.employee,
            "ccus_id": line.customer,
            "iyear": int(year),
            "iYPeriod": f"{year}{month}",
        }
        rows.append([cells.get(name) for name in GL_HEADER])
    return rows


NC_HEADER = (
    "code name sex age enablestate pk_psndoc pk_org pk_dept pk_post pk_job ismainjob lastflag endflag trnstype "
    "showorder"
).split()


def nc_people(has_hire_date: bool = True) -> list[Row]:
    """NC people joined with their jobs: main post, part-time post, a past job. The day of hire is a join of its own."""
    rows: list[Row] = [
        list(NC_HEADER),
        ["0007", "王一", 1, 36, 2, "1001A1000000000000X1", "0001A1", "D01", "P01", "J1", "Y", "Y", "N", "0001", 1],
        ["0007", "王一", 1, 36, 2, "1001A1000000000000X1", "0001A1", "D02", "P09", "J2", "N", "Y", "N", "0001", 2],
        ["0012", "李二", 2, 38, 2, "1001A1000000000000X2", "0001A1", "D02", "P02", "J1", "Y", "Y", "N", "0001", 1],
        ["0012", "李二", 2, 38, 2, "1001A1000000000000X2", "0001A1", "D01", "P03", "J1", "Y", "N", "Y", "0001", 3],
    ]
    if has_hire_date:
        hired = {"0007": "2018-03-01", "0012": "2020-05-06"}
        rows = [[*row, hired.get(row[0], "入职日期")] for row in rows]
    return rows
