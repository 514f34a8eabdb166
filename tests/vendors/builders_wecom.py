"""Look-alikes of what 企业微信 (WeCom) lets a company download. People and figures are made up.

Belongs here: headers, titles and values in WeCom's own spelling. Does not belong here: what they mean.
"""

from __future__ import annotations

from typing import Any

from tests.vendors.builders_files import Header, Sheet, delimited, json_lines, workbook

NULL = "--"
DAY_SHIFT = "09:00-12:00、13:00-18:00"
RULE = "客服中心上下班打卡"
DEPARTMENT = "云栖酒店集团/客服中心"
ACCOUNT_AS_NUMBER = "13900001234"

BASE = ("基础信息", ("部门", "职务", "工号"))
OVERVIEW = (
    "考勤概况",
    (
        "所属规则",
        "班次",
        "最早",
        "最晚",
        "打卡次数(次)",
        "标准工作时长(小时)",
        "实际工作时长(小时)",
        "假勤申请",
        "考勤结果",
    ),
)
FAULTS = (
    "异常统计",
    (
        "异常合计(次)",
        "迟到次数(次)",
        "迟到时长(分钟)",
        "早退次数(次)",
        "早退时长(分钟)",
        "旷工次数(次)",
        "旷工时长(分钟)",
        "缺卡次数(次)",
        "地点异常(次)",
        "设备异常(次)",
    ),
)
OUTSIDE = ("外出打卡", ("外出打卡次数(次)", "最早", "最晚"))
OVERTIME = (
    "加班统计",
    (
        "加班状态",
        "加班时长(小时)",
        "工作日加班计为调休(小时)",
        "工作日加班计为加班费(小时)",
        "休息日加班计为调休(小时)",
        "休息日加班计为加班费(小时)",
        "节假日加班计为调休(小时)",
        "节假日加班计为加班费(小时)",
    ),
)
LEAVE_COUNTS = ("补卡次数(次)", "审批打卡次数(次)", "外勤次数(次)", "外出(小时)", "出差(天)")
LEAVE_IN_DAYS = (
    "事假(天)",
    "病假(天)",
    "调休假(天)",
    "年假(天)",
    "婚假(天)",
    "产假(天)",
    "陪产假(天)",
    "其他(天)",
    "丧假(天)",
)
IN_1 = ("上班1", ("打卡时间", "打卡状态"))
OUT_1 = ("下班1", ("打卡时间", "打卡状态"))
LINKS = ("打卡时间记录", "打卡详情")

DAILY_HEADER: Header = (
    "时间",
    "姓名",
    "账号",
    BASE,
    OVERVIEW,
    FAULTS,
    OUTSIDE,
    OVERTIME,
    ("假勤统计", (*LEAVE_COUNTS, *LEAVE_IN_DAYS)),
    IN_1,
    OUT_1,
    *LINKS,
)
# A tenant that counts leave in hours, has leave types of its own, works in two shifts a day and orders columns anew.
HOURS_TENANT_HEADER: Header = (
    "时间",
    "姓名",
    "账号",
    ("基础信息", ("工号", "部门", "职务")),
    (
        "考勤概况",
        (
            "所属规则",
            "班次",
            "标准工作时长(小时)",
            "实际工作时长(小时)",
            "最早",
            "最晚",
            "打卡次数(次)",
            "考勤结果",
            "假勤申请",
        ),
    ),
    IN_1,
    OUT_1,
    ("上班2", ("打卡时间", "打卡状态")),
    ("下班2", ("打卡时间", "打卡状态")),
    *LINKS,
    FAULTS,
    OVERTIME,
    ("假勤统计", (*LEAVE_COUNTS, "事假(小时)", "年假(小时)", "育儿假(天)", "独生子女陪护假(天)")),
)
OLD_HEADER: Header = tuple(
    (cell[0], tuple("校准状态" if leaf == "考勤结果" else leaf for leaf in cell[1])) if cell[0] == "考勤概况" else cell
    for cell in DAILY_HEADER
)
DETAIL_HEADER: Header = (
    "日期",
    "姓名",
    "账号",
    "部门",
    "职务",
    "所属规则",
    "打卡类型",
    "应打卡时间",
    "实际打卡时间",
    "打卡状态",
    "打卡地点",
    "打卡设备",
    "备注内容",
    "备注图片",
    "假勤申请",
)


def period_line(first: str, last: str, made: str) -> str:
    return f"统计时间:{first} ～ {last}     制表时间:{made}(UTC+8)"


def day_row(
    day: str, name: str, account: str | int, shift: str = DAY_SHIFT, result: str = "正常", **values: Any
) -> dict:
    """One person's day; further values go by their short names in `_NAMES`."""
    row = {
        "时间": day,
        "姓名": name,
        "账号": account,
        "基础信息.部门": DEPARTMENT,
        "考勤概况.所属规则": RULE,
        "考勤概况.班次": shift,
        "考勤概况.考勤结果": result,
        "打卡详情": "查看",
    }
    if shift != "休息" and shift != NULL:
        row["考勤概况.标准工作时长(小时)"] = 8
    for key, value in values.items():
        row[_NAMES[key]] = value
    return row


_NAMES = {
    "staff_no": "基础信息.工号",
    "post": "基础信息.职务",
    "first": "考勤概况.最早",
    "last": "考勤概况.最晚",
    "count": "考勤概况.打卡次数(次)",
    "hours": "考勤概况.实际工作时长(小时)",
    "applied": "考勤概况.假勤申请",
    "late": "异常统计.迟到时长(分钟)",
    "early": "异常统计.早退时长(分钟)",
    "absent": "异常统计.旷工时长(分钟)",
    "overtime": "加班统计.加班时长(小时)",
    "in_time": "上班1.打卡时间",
    "in_state": "上班1.打卡状态",
    "out_time": "下班1.打卡时间",
    "out_state": "下班1.打卡状态",
    "record": "打卡时间记录",
    "trip_days": "假勤统计.出差(天)",
    "sick_days": "假勤统计.病假(天)",
    "swap_days": "假勤统计.调休假(天)",
    "funeral_days": "假勤统计.丧假(天)",
    "personal_hours": "假勤统计.事假(小时)",
    "annual_hours": "假勤统计.年假(小时)",
    "only_child_days": "假勤统计.独生子女陪护假(天)",
    "in_2_time": "上班2.打卡时间",
    "in_2_state": "上班2.打卡状态",
    "out_2_time": "下班2.打卡时间",
    "out_2_state": "下班2.打卡状态",
}


def punch_row(day: str, name: str, account: str, kind: str, due: str, done: str, state: str, **values: str) -> dict:
    applied = values.get("applied", NULL)
    # A punch that was applied for afterwards has the company for its place, and no device; its state need not say so.
    is_corrected = done != NULL and applied.startswith("补卡") and applied.endswith(f" {done}）")
    place, device = "云栖酒店 | 浙江省杭州市西湖区转塘街道云展路1号", "iPhone iOS 25.1 | 0A1B2C3D-4E5F"
    if is_corrected or done == NULL:
        place, device = "云栖酒店" if is_corrected else NULL, NULL
    return {
        "日期": day,
        "姓名": name,
        "账号": account,
        "部门": DEPARTMENT,
        "所属规则": RULE,
        "打卡类型": kind,
        "应打卡时间": due,
        "实际打卡时间": done,
        "打卡状态": state,
        "打卡地点": place,
        "打卡设备": device,
        "假勤申请": applied,
    }


THU, FRI, SAT = "2026/02/12 星期四", "2026/02/13 星期五", "2026/02/14 星期六"
PEOPLE = {
    "LinXiao": "林晓",
    "HeQiang": "何强",
    "SunLei01": "孙磊（已离职）",
    ACCOUNT_AS_NUMBER: "马涛",
    "GuoMin": "郭敏",
}
TWO_DAYS_OFF = "病假2.0天（2/13 上午 - 2/14 下午）"


def february_days() -> list[dict]:
    """Fifteen days of five people; one of them (郭敏) has a 工号, with leading zeros."""
    lin, he, sun, ma, guo = ((name, account) for account, name in PEOPLE.items())
    no_show = {
        "first": "未打卡",
        "last": "未打卡",
        "in_state": "缺卡（09:00）",
        "out_state": "缺卡（18:00）",
    }
    off = {"first": "未打卡", "last": "未打卡", "in_state": "无需打卡（请假）", "out_state": "无需打卡（请假）"}

    def full(first: str, last: str, hours: float, **more: Any) -> dict[str, Any]:
        told = {"first": first, "last": last, "count": 2, "hours": hours, "in_time": first, "in_state": "正常"}
        return told | {"out_time": last, "out_state": "正常", "record": f"{first} {last}"} | more

    return [
        day_row(SAT, *lin, result="正常（请假）", applied=TWO_DAYS_OFF, sick_days=1, **off),
        day_row(SAT, *he, shift="休息", result="正常（休息）"),
        day_row(SAT, *sun, shift=NULL, result=NULL),
        day_row(
            SAT,
            *ma,
            result="正常（补卡）",
            applied="补卡申请（02-14 18:00）",
            **full("08:14", "18:00", 9, out_state="正常(补卡)", record="08:14 16:37 18:00(补卡)"),
        ),
        day_row(SAT, *guo, staff_no="00871", **full("08:47", "20:35", 10.5, overtime=2.5)),
        day_row(FRI, *lin, result="正常（请假）", applied=TWO_DAYS_OFF, sick_days=1, **off),
        day_row(
            FRI,
            *he,
            result="正常（请假）",
            applied="调休假0.5天（2/13 下午 - 2/13 下午）",
            swap_days=0.5,
            first="08:36",
            last="08:36",
            count=1,
            in_time="08:36",
            in_state="正常",
            out_state="无需打卡（请假）",
            record="08:36",
        ),
        day_row(
            FRI, *sun, result="正常（出差）", applied="出差9.5小时（2/13 08:30 - 2/13 18:00）", trip_days=1, **no_show
        ),
        day_row(FRI, *ma, result="正常（请假）", applied=TWO_DAYS_OFF, sick_days=1, **off),
        day_row(
            FRI,
            *guo,
            staff_no="00871",
            result="正常（请假）",
            applied="丧假1.0天（2/13 上午 - 2/13 下午）",
            funeral_days=1,
            **off,
        ),
        day_row(THU, *lin, **full("08:52", "18:31", 8.5, count=3, record="08:52 12:40 18:31")),
        day_row(
            THU,
            *he,
            result="迟到28分钟",
            applied="补卡申请（02-12 09:28）",
            late=28,
            **full("09:28", "22:10", 12.5, in_state="迟到28分钟", record="09:28(补卡) 22:10"),
        ),
        day_row(THU, *sun, result="旷工480分钟", absent=480, **no_show),
        day_row(
            THU,
            *ma,
            result="缺卡1次",
            first="18:02",
            last="18:02",
            count=1,
            in_state="缺卡（09:00）",
            out_time="18:02",
            out_state="正常",
            record="18:02",
        ),
        day_row(
            THU,
            *guo,
            staff_no="00871",
            result="早退143分钟",
            early=143,
            **full("09:00", "15:37", 5.5, out_state="早退143分钟"),
        ),
    ]


def february_punches() -> list[dict]:
    """The second sheet of the same days: punches that were due, done or not, and one that was replaced."""
    lin, he, sun, ma, guo = ((name, account) for account, name in PEOPLE.items())
    off, missing_in, missing_out = "无需打卡（请假）", "缺卡（09:00）", "缺卡（18:00）"
    return [
        punch_row(SAT, *lin, "上班", "09:00", NULL, off, applied=TWO_DAYS_OFF),
        punch_row(SAT, *lin, "下班", "18:00", NULL, off, applied=TWO_DAYS_OFF),
        punch_row(SAT, *ma, "上班", "09:00", "08:14", "正常", applied="补卡申请（02-14 18:00）"),
        punch_row(SAT, *ma, "下班", NULL, "16:37", "失效 早退83分钟", applied="补卡申请（02-14 18:00）"),
        punch_row(SAT, *ma, "下班", "18:00", "18:00", "正常(补卡)", applied="补卡申请（02-14 18:00）"),
        punch_row(SAT, *guo, "上班", "09:00", "08:47", "正常"),
        punch_row(SAT, *guo, "下班", "18:00", "20:35", "正常"),
        punch_row(FRI, *lin, "上班", "09:00", NULL, off, applied=TWO_DAYS_OFF),
        punch_row(FRI, *lin, "下班", "18:00", NULL, off, applied=TWO_DAYS_OFF),
        punch_row(FRI, *he, "上班", "09:00", "08:36", "正常", applied="调休假0.5天（2/13 下午 - 2/13 下午）"),
        punch_row(FRI, *he, "下班", "18:00", NULL, off, applied="调休假0.5天（2/13 下午 - 2/13 下午）"),
        punch_row(FRI, *ma, "上班", "09:00", NULL, off, applied=TWO_DAYS_OFF),
        punch_row(FRI, *ma, "下班", "18:00", NULL, off, applied=TWO_DAYS_OFF),
        punch_row(THU, *lin, "上班", "09:00", "08:52", "正常"),
        punch_row(THU, *lin, "下班", "18:00", "18:31", "正常"),
        punch_row(THU, *he, "上班", "09:00", "09:28", "迟到28分钟", applied="补卡申请（02-12 09:28）"),
        punch_row(THU, *he, "下班", "18:00", "22:10", "正常", applied="补卡申请（02-12 09:28）"),
        punch_row(THU, *sun, "上班", "09:00", NULL, missing_in),
        punch_row(THU, *sun, "下班", "18:00", NULL, missing_out),
        punch_row(THU, *ma, "上班", "09:00", NULL, missing_in),
        punch_row(THU, *ma, "下班", "18:00", "18:02", "正常"),
        punch_row(THU, *guo, "上班", "09:00", "09:00", "正常"),
        punch_row(THU, *guo, "下班", "18:00", "15:37", "早退143分钟"),
    ]


def daily_sheet(rows: list[dict], period: str, header: Header = DAILY_HEADER) -> Sheet:
    name = "概况统计与打卡明细"
    return Sheet(name, header, rows, titles=(name, period), filler=NULL)


def detail_sheet(rows: list[dict], period: str) -> Sheet:
    # The header is merged down over a row that holds nothing, as beside the first sheet's two rows.
    return Sheet("打卡详情", DETAIL_HEADER, rows, titles=("打卡详情", period), filler=NULL, header_rows=2)


def daily_report() -> bytes:
    """The whole workbook of 12 to 14 February 2026."""
    period = period_line("02-12", "02-14", "2026-03-02 09:15")
    return workbook(daily_sheet(february_days(), period), detail_sheet(february_punches(), period))


def details_of_the_same_days() -> bytes:
    """The second sheet of `daily_report`, exported by itself."""
    return workbook(detail_sheet(february_punches(), period_line("02-12", "02-14", "2026-03-02 09:20")))


def daily_csv(encoding: str = "gb18030") -> bytes:
    """The first sheet alone as text. One name has a character that GBK lacks and GB18030 has."""
    rows = [
        day_row(
            "2026/01/15 星期四",
            "李䶮",
            "LiYan",
            first="08:55",
            last="18:05",
            hours=8.0,
            in_time="08:55",
            in_state="正常",
            out_time="18:05",
            out_state="正常",
            record="08:55 18:05",
        ),
        day_row("2026/01/16 星期五", "李䶮", "LiYan", result="旷工480分钟", absent=480, first="未打卡", last="未打卡"),
    ]
    return delimited(daily_sheet(rows, period_line("01-15", "01-16", "2026-02-01 08:00")), encoding)


NEW_YEAR_DAYS = ("2025/12/30 星期二", "2025/12/31 星期三", "2026/01/01 星期四", "2026/01/02 星期五")
OVER_NEW_YEAR = "年假16.0小时（12/31 上午 - 1/2 下午）"


def new_year_report() -> bytes:
    """The tenant that counts in hours, over New Year: no text in it names a year but the day's own."""
    who = ("唐悦", "TangYue")
    rows = [
        day_row(
            NEW_YEAR_DAYS[0],
            *who,
            result="正常（请假）",
            applied="事假4.0小时（12/30 14:00 - 12/30 18:00）",
            personal_hours=4,
            hours=4,
            first="08:58",
            last="14:01",
            in_time="08:58",
            in_state="正常",
            out_time="12:00",
            out_state="正常",
            in_2_time="13:00",
            in_2_state="正常",
            out_2_time="14:01",
            out_2_state="正常(外出)",
            record="08:58 12:00 13:00 14:01",
        ),
        day_row(NEW_YEAR_DAYS[1], *who, result="正常（请假）", applied=OVER_NEW_YEAR, annual_hours=8),
        day_row(NEW_YEAR_DAYS[2], *who, shift="休息", result="正常（休息）", applied=OVER_NEW_YEAR),
        day_row(
            NEW_YEAR_DAYS[3], *who, result="正常（请假）", applied=OVER_NEW_YEAR, annual_hours=8, only_child_days=0.5
        ),
    ]
    for row in rows:
        row["基础信息.工号"] = ""
    return workbook(daily_sheet(rows, period_line("12-30", "01-02", "2026-01-05 10:00"), header=HOURS_TENANT_HEADER))


def month_end_report(day: str, first: str, last: str, made: str) -> bytes:
    """One day of a leave that began in the month before or ends in the month after."""
    row = day_row(day, "宋雨", "SongYu", result="正常（请假）", applied="婚假2.0天（02-28 上午 - 03-01 下午）")
    return workbook(daily_sheet([row], period_line(first, last, made)))


def one_day_report(
    day: str, period: str, account: str | int, header: Header = DAILY_HEADER, merged: bool = True
) -> bytes:
    """One ordinary day: what a test needs that is about something else."""
    row = day_row(day, "许安", account, first="09:00", last="18:00", hours=8, record="09:00 18:00")
    if header is OLD_HEADER:
        row["考勤概况.校准状态"] = row.pop("考勤概况.考勤结果")
    return workbook(daily_sheet([row], period, header), merged=merged)


def report_of(days: list[tuple[str, str, str]], period: str) -> bytes:
    """Ordinary days: (day, name, account) from 9 to 18 o'clock, in both sheets."""
    rows = [day_row(*day, first="09:00", last="18:00", hours=8, record="09:00 18:00") for day in days]
    punches = [
        punch_row(*day, kind, clock, clock, "正常")
        for day in days
        for kind, clock in (("上班", "09:00"), ("下班", "18:00"))
    ]
    return workbook(daily_sheet(rows, period), detail_sheet(punches, period))


def wrong_weekday_report() -> bytes:
    """27 February 2026 was a Friday."""
    rows = [
        day_row("2026/02/27 星期六", "许安", "XuAn", first="09:00", last="18:00", hours=8, record="09:00 18:00"),
        day_row("2026/02/26 星期四", "许安", "XuAn", first="09:01", last="18:01", hours=8, record="09:01 18:01"),
    ]
    return workbook(daily_sheet(rows, period_line("02-26", "02-27", "2026-03-02 09:15")))


def punch_details(encoding: str | None = None) -> bytes:
    """The second sheet alone, as a workbook or (with an encoding) as text."""
    day = "2026/03/05 星期四"
    rows = [
        punch_row(day, "罗一", "LuoYi", "上班", "09:00", "08:57", "正常"),
        punch_row(day, "罗一", "LuoYi", "下班", "18:00", "18:12", "正常"),
        punch_row(day, "罗二", "LuoEr", "上班", "09:00", NULL, "缺卡（09:00）"),
        punch_row(day, "罗二", "LuoEr", "下班", "18:00", "18:00", "正常(补卡)"),
    ]
    sheet = detail_sheet(rows, period_line("03-05", "03-05", "2026-03-06 09:00"))
    return delimited(sheet, encoding) if encoding else workbook(sheet)


MONTH_BASE = ("姓名", "账号", "所属规则", "部门", "职务")
MONTH_HEADER: Header = (
    *MONTH_BASE,
    (
        "考勤概况",
        (
            "应出勤天数\n(天)",
            "实际出勤天数\n(天)",
            "休息天数\n(天)",
            "正常天数\n(天)",
            "异常天数\n(天)",
            "标准工作时长\n(小时)",
            "实际工作时长\n(小时)",
        ),
    ),
    (
        "异常统计",
        (
            "异常合计\n(次)",
            "迟到次数\n(次)",
            "迟到时长\n(分钟)",
            "早退次数\n(次)",
            "早退时长\n(分钟)",
            "旷工次数\n(次)",
            "旷工时长\n(分钟)",
            "缺卡次数\n(次)",
            "地点异常\n(次)",
            "设备异常\n(次)",
        ),
    ),
    (
        "假勤统计",
        (
            "补卡次数\n(次)",
            "审批打卡次数\n(次)",
            "外勤次数\n(次)",
            "外出\n(小时)",
            "出差\n(天)",
            "年假\n(天)",
            "产休假\n(小时)",
            "病假\n(天)",
            "调休\n(小时)",
            "病假（长期）\n(天)",
        ),
    ),
    ("加班统计", ("加班时长\n(小时)", "工作日加班时长\n(小时)", "休息日加班时长\n(小时)", "节假日加班时长\n(小时)")),
)
MONTH_DAYS = ("26\n星期四", "27\n星期五", "28\n星期六", "1\n星期日", "2\n星期一")
"""26 February to 2 March 2026: the number alone does not tell the month."""


def monthly_report(with_period: bool = True) -> bytes:
    """One row a person, one column a day; the period stands in the title only."""
    header = (*MONTH_HEADER, ("打卡状态", MONTH_DAYS))
    cells = {
        ("韩梅", "HanMei"): ("正常 09:00 18:00 ;", "迟到 09:31 18:00 ;", "正常（休息） ;", "正常（休息） ;", "旷工 ;"),
        ("田野", "TianYe"): ("--", "--", "正常（未排班）;", "正常 08:50 17:58;地点异常 ;", "缺卡 09:02 ;"),
    }
    rows = [
        {"姓名": name, "账号": account, "所属规则": RULE, "部门": DEPARTMENT, "假勤统计.补卡次数\n(次)": 1}
        | {"假勤统计.病假（长期）\n(天)": 3 if account == "TianYe" else NULL}
        | {f"打卡状态.{day}": cell for day, cell in zip(MONTH_DAYS, days, strict=True)}
        for (name, account), days in cells.items()
    ]
    name = "上下班打卡_月报"
    period = period_line("02-26", "03-02", "2026-03-04 10:00") if with_period else "制表人:韩梅"
    return workbook(Sheet(name, header, rows, titles=(name, period), filler=NULL))


CUSTOMER_HEADER: Header = (
    "客户名称",
    "描述",
    "添加人",
    "添加人账号",
    "添加人所属部门",
    "添加时间",
    "来源",
    "手机",
    "企业",
    "邮箱",
    "地址",
    "职务",
    "电话",
    "标签组1(客户等级)",
    "标签组2(意向)",
)


def customers() -> bytes:
    """The same nickname twice, added by two agents."""
    rows = [
        {
            "客户名称": "海风",
            "添加人": "林晓",
            "添加人账号": "LinXiao",
            "添加人所属部门": DEPARTMENT,
            "添加时间": "2026-01-03 10:21:05",
            "来源": "扫描二维码",
            "手机": "13700009876",
            "企业": "海风旅行社",
            "标签组1(客户等级)": "A",
        },
        {
            "客户名称": "海风",
            "添加人": "何强",
            "添加人账号": "HeQiang",
            "添加时间": "2026-02-11 16:00:00",
            "来源": "名片分享",
            "标签组2(意向)": "高",
        },
        {"客户名称": "陈先生", "添加人": "何强", "添加人账号": "HeQiang", "添加时间": "2026-02-12 09:30:00"},
    ]
    return workbook(Sheet("客户列表", CUSTOMER_HEADER, rows))


APPROVAL_HEADER: Header = (
    "审批编号",
    "审批名称",
    "提交时间",
    "申请人",
    "申请人账号",
    "申请人部门",
    "审批状态",
    "当前审批人",
    "审批流程",
    "完成时间",
)


def approvals() -> bytes:
    """One request in each state."""
    states = [
        ("202603010001", "请假", "已通过", "2026-03-01 11:00"),
        ("202603010002", "加班", "已驳回", "2026-03-01 12:00"),
        ("202603010003", "报销", "审批中", None),
        ("202603010004", "请假", "已撤销", "2026-03-02 08:00"),
        ("202603010005", "请假", "通过后撤销", "2026-03-03 08:00"),
        ("202603010006", "报销", "已支付", "2026-03-04 08:00"),
    ]
    rows = [
        {
            "审批编号": number,
            "审批名称": name,
            "提交时间": "2026-03-01 10:00",
            "申请人": "林晓",
            "申请人账号": "LinXiao",
            "申请人部门": DEPARTMENT,
            "审批状态": state,
            "当前审批人": "何强" if done is None else None,
            "审批流程": "何强(HeQiang)",
            "完成时间": done,
        }
        for number, name, state, done in states
    ]
    return workbook(Sheet("审批记录", APPROVAL_HEADER, rows))


def members() -> bytes:
    """Members as the contacts interface answers them; it knows no day of hire."""
    return json_lines(
        [
            {
                "userid": "LinXiao",
                "name": "林晓",
                "mobile": "13700000001",
                "department": [2, 7],
                "main_department": 2,
                "order": [1, 2],
                "position": "客服主管",
                "gender": "2",
                "email": "lin@example.com",
                "biz_mail": "lin@corp.example.com",
                "is_leader_in_dept": [1, 0],
                "direct_leader": ["HeQiang"],
                "telephone": "",
                "alias": "晓",
                "status": 1,
            },
            {
                "userid": "SunLei01",
                "name": "孙磊",
                "mobile": "",
                "department": [7],
                "main_department": 7,
                "order": [1],
                "position": "",
                "gender": "1",
                "email": "",
                "biz_mail": "",
                "is_leader_in_dept": [0],
                "direct_leader": [],
                "telephone": "",
                "alias": "",
                "status": 5,
            },
        ]
    )
