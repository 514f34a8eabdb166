"""Look-alikes of what 钉钉 (DingTalk) lets a company download. People and figures are made up.

Belongs here: headers, titles and values in DingTalk's own spelling. Does not belong here: what they mean.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

from tests.vendors.builders_files import Header, Sheet, delimited, workbook

WEEKDAYS = "一二三四五六日"
CHINA = timezone(timedelta(hours=8))

PERSON = ("姓名", "考勤组", "部门", "工号", "职位", "UserId")
DAILY_HEADER: Header = (
    *PERSON,
    "日期",
    "workDate",
    "班次",
    *(f"{side}{number}打卡{what}" for number in (1, 2, 3) for side in ("上班", "下班") for what in ("时间", "结果")),
    "关联的审批单",
    "出勤天数",
    "休息天数",
    "工作时长",
    "迟到次数",
    "迟到时长",
    "严重迟到次数",
    "严重迟到时长",
    "旷工迟到天数",
    "早退次数",
    "早退时长",
    "上班缺卡次数",
    "下班缺卡次数",
    "旷工天数",
    "出差时长",
    "外出时长",
    (
        "请假",
        (
            "事假(小时)",
            "调休(小时)",
            "病假(小时)",
            "年假(天)",
            "产假(天)",
            "陪产假(天)",
            "婚假(天)",
            "例假(天)",
            "丧假(天)",
            "哺乳假(小时)",
        ),
    ),
    "加班总时长",
    ("加班时长（转调休）", ("工作日（转调休）", "休息日（转调休）", "节假日（转调休）")),
)
# A tenant that pays overtime out, counts it by approvals and has other leave types.
PAID_TENANT_HEADER: Header = (
    *(cell for cell in DAILY_HEADER[: DAILY_HEADER.index("关联的审批单")] if cell != "workDate"),
    *DAILY_HEADER[DAILY_HEADER.index("关联的审批单") : DAILY_HEADER.index("外出时长") + 1],
    ("请假", ("年假(小时)", "产检假(天)", "育儿假(天)")),
    "加班-审批单统计",
    ("加班时长（转加班费）", ("工作日（转加班费）", "休息日（转加班费）", "节假日（转加班费）")),
)


def weekday_text(day: date) -> str:
    """25-08-01 星期五"""
    return f"{day:%y-%m-%d} 星期{WEEKDAYS[day.weekday()]}"


def epoch_ms(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=CHINA).timestamp() * 1000)


def titles(report: str, first: date, last: date) -> tuple[str, str]:
    made = last + timedelta(days=1)
    return f"{report} 统计日期：{first:%Y-%m-%d} 至 {last:%Y-%m-%d}", f"报表生成时间：{made:%Y-%m-%d} 08:30"


def person(name: str, user: str | None, staff_no: str | None = None, **more: str | None) -> dict[str, Any]:
    group, department = more.get("group", "客服排班组"), more.get("department", "客服中心-售后组")
    return {
        "姓名": name,
        "考勤组": group,
        "部门": department,
        "工号": staff_no,
        "职位": more.get("post", "客服"),
        "UserId": user,
    }


def daily_row(who: dict[str, Any], day: date, **values: Any) -> dict[str, Any]:
    return {**who, "日期": weekday_text(day), "workDate": epoch_ms(day), "班次": "早班", **values}


FRIDAY, SATURDAY = date(2025, 8, 1), date(2025, 8, 2)
ZHOU = person("周敏", "manager4521")
WU = person("吴桐(已离职)", "0136422")
ZHENG = person("郑好（离职）", "17038", staff_no="K0032")
QIAN = person("钱多", "u-qian", group="未加入考勤组", department="总经办", post="总经理")
ROBOT = person("考勤机器人", "robot-1", group="未加入考勤组", department=None, post=None)


def august_days() -> list[dict[str, Any]]:
    def punches(*pairs: tuple[str, str | None, str]) -> dict[str, Any]:
        cells = {}
        for slot, clock, result in pairs:
            cells |= {f"{slot}打卡时间": clock, f"{slot}打卡结果": result}
        return cells

    return [
        daily_row(
            ZHOU,
            FRIDAY,
            **punches(("上班1", "09:17", "迟到"), ("下班1", "次日 00:30", "正常")),
            出勤天数=1,
            工作时长=840,
            迟到次数=1,
            迟到时长=17,
            加班总时长=2.5,
        ),
        daily_row(
            WU,
            FRIDAY,
            **punches(
                ("上班1", "08:58", "正常"),
                ("下班1", "12:01", "正常"),
                ("上班2", "13:29", "外勤"),
                ("下班2", "17:20", "早退"),
            ),
            出勤天数=1,
            工作时长=414,
            早退次数=1,
            早退时长=40,
        ),
        daily_row(
            ZHENG,
            FRIDAY,
            **punches(("上班1", None, "请假"), ("下班1", "18:03", "正常")),
            关联的审批单="事假08-01 09:00到08-01 12:00 3小时",
            工作时长=300,
            **{"请假.事假(小时)": 3},
        ),
        daily_row(QIAN, FRIDAY, 班次=None, **punches(("上班1", "10:05", "外出"), ("下班1", "16:40", "外出"))),
        daily_row(ROBOT, FRIDAY, 班次=None),
        daily_row(ZHOU, SATURDAY, 班次="休息", 休息天数=1),
        daily_row(
            WU, SATURDAY, **punches(("上班1", None, "未打卡"), ("下班1", None, "未打卡")), 旷工天数=1, 上班缺卡次数=1
        ),
        daily_row(
            ZHENG,
            SATURDAY,
            **punches(("上班1", "09:00", "补卡审批通过"), ("下班1", "18:00", "正常")),
            关联的审批单="补卡申请08-02 09:00",
            工作时长=480,
            **{"请假.例假(天)": 0.5},
        ),
        daily_row(
            QIAN,
            SATURDAY,
            班次=None,
            **punches(("上班1", None, "出差"), ("下班1", None, "出差")),
            关联的审批单="出差08-02 08:00到08-02 20:00 12小时",
            出差时长=12,
        ),
        daily_row(ROBOT, SATURDAY, 班次=None),
    ]


def daily_sheet(
    rows: list[dict[str, Any]], first: date, last: date, header: Header = DAILY_HEADER, name: str = "每日统计"
) -> Sheet:
    return Sheet(name, header, rows, titles=titles("每日统计表", first, last))


def daily_report() -> bytes:
    return workbook(daily_sheet(august_days(), FRIDAY, SATURDAY))


def paid_tenant_report() -> bytes:
    """Columns of another tenant, over New Year: what is applied for names no year."""
    who = person("冯夏", "fx-88")
    rows = [
        daily_row(
            who,
            date(2025, 12, 31),
            关联的审批单="年假12-31 09:00到01-02 18:00 24小时",
            **{"请假.年假(小时)": 8, "上班1打卡结果": "请假", "下班1打卡结果": "请假"},
        ),
        daily_row(who, date(2026, 1, 1), 班次="休息", 休息天数=1),
        daily_row(
            who,
            date(2026, 1, 2),
            关联的审批单="年假12-31 09:00到01-02 18:00 24小时",
            **{"请假.年假(小时)": 8, "上班1打卡结果": "请假", "下班1打卡结果": "请假"},
        ),
    ]
    for row in rows:
        del row["workDate"]
    rows[1]["加班时长（转加班费）.节假日（转加班费）"] = 4
    first, last = date(2025, 12, 31), date(2026, 1, 2)
    return workbook(daily_sheet(rows, first, last, header=PAID_TENANT_HEADER))


def one_day(user: str, claimed: str | None = None) -> bytes:
    """One ordinary day; `claimed` replaces what the row says its day is."""
    row = daily_row(person("褚云", user), FRIDAY, 上班1打卡时间="09:00", 上班1打卡结果="正常", 工作时长=480)
    if claimed is not None:
        row["日期"], row["workDate"] = claimed, None
    good = daily_row(person("卫星", f"{user}-2"), FRIDAY, 上班1打卡时间="08:59", 上班1打卡结果="正常", 工作时长=480)
    return workbook(daily_sheet([row, good], FRIDAY, FRIDAY))


def plain_days(people: list[tuple[str, str, str | None]], day: date) -> bytes:
    """(name, UserId, 工号) of people who came at 9 and left at 18 o'clock."""
    rows = [
        daily_row(
            person(*who), day, 上班1打卡时间="09:00", 上班1打卡结果="正常", 下班1打卡时间="18:00", 下班1打卡结果="正常"
        )
        for who in people
    ]
    return workbook(daily_sheet(rows, day, day))


MONTH_TITLES = ("日", "2", "3", "4", "5", "6", "六", "日", "9", "10")
"""1 to 10 March 2026: days off have no number, and 日 stands twice."""


def monthly_sheet(dated: bool = True) -> Sheet:
    header: list[Any] = [
        *PERSON,
        "出勤天数",
        "休息天数",
        "工作时长",
        "迟到次数",
        "迟到时长",
        "严重迟到次数",
        "早退次数",
        "上班缺卡次数",
        "下班缺卡次数",
        "旷工天数",
        "出差时长",
        "外出时长",
        ("请假", ("事假(天)", "病假(天)", "看护假(天)")),
        "加班总时长",
        "工作日加班",
        "休息日加班",
        "节假日加班",
        ("考勤结果", MONTH_TITLES),
    ]
    work, rest = "早班:正常\n(08:57,18:02)", "休息\n(-)"
    days = {
        "manager4521": [rest, work, work, "早班:迟到\n(09:17,18:00)", work, work, rest, rest, work, "早班:旷工\n(-)"],
        # Joined on 4 March.
        "u-new": [None, None, None, work, work, work, rest, rest, work, "早班:缺卡\n(08:50,-)"],
    }
    rows = [[*ZHOU.values(), *[None] * 12, 1, None, 2.5, *[None] * 4, *days["manager4521"]]]
    newcomer = person("蒋新", "u-new", staff_no="K0077")
    rows.append([*newcomer.values(), *[None] * 19, *days["u-new"]])
    first, last = date(2026, 3, 1), date(2026, 3, 10)
    named = titles("月度汇总", first, last) if dated else ("月度汇总", "报表生成人：周敏")
    # A name that stands twice cannot be a key, so these rows are given as cells.
    return Sheet("月度汇总", header, [], titles=named, tail=tuple(map(tuple, rows)))


def monthly_report(dated: bool = True) -> bytes:
    return workbook(monthly_sheet(dated))


RAW_HEADER: Header = (
    *PERSON,
    "考勤日期",
    "考勤时间",
    "打卡时间",
    "打卡结果",
    "打卡地址",
    "打卡备注",
    "异常打卡原因",
    "打卡图片1",
    "打卡图片2",
    "打卡设备",
    "管理员修改备注",
    "管理员修改备注图片1",
    "管理员修改备注图片2",
    "管理员修改备注图片3",
)


def raw_sheet() -> Sheet:
    def record(who: dict[str, Any], day: date, due: str, done: str | None, result: str, **more: Any) -> dict[str, Any]:
        place = "城西银泰 浙江省杭州市拱墅区丰潭路380号" if done else None
        return {**who, "考勤日期": weekday_text(day), "考勤时间": due, "打卡时间": done, "打卡结果": result} | {
            "打卡地址": place,
            **more,
        }

    rows = [
        record(ZHOU, FRIDAY, "09:00", "09:17", "迟到", 打卡设备="手机打卡"),
        record(ZHOU, FRIDAY, "18:00", "次日 00:30", "正常", 打卡设备="手机打卡"),
        record(ZHENG, FRIDAY, "09:00", "08:51", "正常", 打卡设备="考勤机", 异常打卡原因="定位异常"),
        record(ZHENG, FRIDAY, "18:00", None, "未打卡"),
    ]
    return Sheet("原始记录", RAW_HEADER, rows, titles=titles("原始记录表", FRIDAY, FRIDAY))


def raw_records() -> bytes:
    return workbook(raw_sheet())


def raw_records_as_text() -> bytes:
    """Tab-separated GBK text, to be saved under a name that ends in .xls; other people than in the workbook."""
    sheet = raw_sheet()
    rows = [{**row, "UserId": f"{row['UserId']}-t", "工号": None} for row in sheet.rows]
    return delimited(Sheet(sheet.name, sheet.header, rows, titles=sheet.titles), "gb18030", delimiter="\t")


def whole_report() -> bytes:
    """The workbook that holds every report of a period, one a sheet."""
    who = person("沈月", "shen-1")
    days = [daily_row(who, FRIDAY, 上班1打卡时间="09:01", 上班1打卡结果="正常", 工作时长=480)]
    raw = Sheet(
        "原始记录",
        RAW_HEADER,
        [
            {
                **who,
                "考勤日期": weekday_text(FRIDAY),
                "考勤时间": "09:00",
                "打卡时间": "09:01",
                "打卡结果": "正常",
            }
        ],
        titles=titles("原始记录表", FRIDAY, FRIDAY),
    )
    clocks = Sheet(
        "打卡时间",
        (*PERSON, ("打卡时间", ("1",))),
        [{**who, "打卡时间.1": "09:01"}],
        titles=titles("打卡时间表", FRIDAY, FRIDAY),
    )
    return workbook(daily_sheet(days, FRIDAY, FRIDAY), clocks, raw)


VISIT_HEADER: Header = (
    "姓名",
    "部门",
    "完整部门",
    "签到来源",
    "日期",
    "时间",
    "经度",
    "纬度",
    "地点",
    "详细地址",
    "拜访客户",
    "客户部门名称",
    "工作内容",
    "手机标识",
    "图片1",
)


def visits() -> bytes:
    """Check-ins at customers: this report has the name of the person and nothing else."""
    rows = [
        {
            "姓名": "周敏",
            "部门": "售后组",
            "完整部门": "客服中心-售后组",
            "签到来源": "手机",
            "日期": "2025-08-01",
            "时间": "14:05",
            "经度": "120.123456",
            "纬度": "30.287654",
            "地点": "西溪湿地",
            "详细地址": "浙江省杭州市西湖区天目山路518号",
            "拜访客户": "湿地酒店",
            "工作内容": "回访",
        },
        {
            "姓名": "吴桐(已离职)",
            "部门": "售后组",
            "完整部门": "客服中心-售后组",
            "日期": "2025-08-01",
            "时间": "15:40",
            "经度": "120.2",
            "纬度": "30.3",
            "地点": "武林广场",
        },
    ]
    return workbook(Sheet("签到报表", VISIT_HEADER, rows))


OLD_APPROVAL = (
    "审批编号",
    "标题",
    "审批状态",
    "审批结果",
    "审批发起时间",
    "审批完成时间",
    "发起人工号",
    "发起人姓名",
    "发起人部门",
    "历史审批人姓名",
    "审批记录",
    "当前处理人姓名",
    "审批耗时",
)
NEW_APPROVAL = (
    "审批编号",
    "标题",
    "审批状态",
    "审批结果",
    "发起时间",
    "完成时间",
    "发起人工号",
    "发起人UserID",
    "发起人姓名",
    "发起人部门",
    "历史审批人姓名",
    "审批记录",
    "当前审批节点",
)
STATES = (
    ("完成", "同意", "2025-08-04 11:00:00"),
    ("完成", "拒绝", "2025-08-04 12:00:00"),
    ("审批中", None, None),
    ("已撤销", None, "2025-08-04 13:00:00"),
    # Withdrawn after it had been agreed to.
    ("已撤销", "同意", "2025-08-05 09:00:00"),
)


def leave_approvals_old() -> bytes:
    """The former layout, a leave form, one request in each state; 21-digit numbers."""
    header = (*OLD_APPROVAL, "请假类型", "开始时间", "结束时间", "请假天数", "请假事由", "图片")
    rows = [
        {
            "审批编号": f"20250804093000000{number:04d}",
            "标题": "郑好提交的请假",
            "审批状态": status,
            "审批结果": result,
            "审批发起时间": "2025-08-04 09:30:00",
            "审批完成时间": done,
            "发起人工号": "K0032",
            "发起人姓名": "郑好",
            "发起人部门": "客服中心-售后组",
            "历史审批人姓名": "周敏",
            "审批记录": "郑好|发起申请|2025-08-04 09:30:00;周敏|同意|2025-08-04 11:00:00",
            "审批耗时": "1小时30分0秒",
            "请假类型": "年假",
            "开始时间": f"2025-08-{10 + number:02d} 09:00",
            "结束时间": f"2025-08-{10 + number:02d} 18:00",
            "请假天数": 1,
            "请假事由": "家中有事",
        }
        for number, (status, result, done) in enumerate(STATES, start=1)
    ]
    return workbook(Sheet("Sheet1", header, rows))


def leave_approvals_new() -> bytes:
    """The present layout, a leave form; 工号 is empty, 时长 has its unit in the cell."""
    header = (*NEW_APPROVAL, "请假类型", "开始时间", "结束时间", "时长", "请假事由")
    terms = [
        ("事假", "2025-08-06 09:00", "2025-08-06 17:30", "7.5小时"),
        ("产假", "2025-08-07", "2025-08-18", "12天"),
        ("调休", "2025-08-08 13:00", "2025-08-08 18:00", "5小时"),
    ]
    rows = [
        {
            "审批编号": f"20250805101500000{number:04d}",
            "标题": "周敏提交的请假",
            "审批状态": "完成",
            "审批结果": "拒绝" if kind == "调休" else "同意",
            "发起时间": "2025-08-05 10:15:00",
            "完成时间": "2025-08-05 12:15:00",
            "发起人UserID": "manager4521",
            "发起人姓名": "周敏",
            "发起人部门": "客服中心-售后组",
            "历史审批人姓名": "钱多",
            "请假类型": kind,
            "开始时间": starts,
            "结束时间": ends,
            "时长": duration,
            "请假事由": "个人",
        }
        for number, (kind, starts, ends, duration) in enumerate(terms, start=1)
    ]
    return workbook(Sheet("Sheet1", header, rows))


def overtime_approvals() -> bytes:
    header = (*NEW_APPROVAL, "开始时间", "结束时间", "加班时长(小时)", "加班原因", "备注", "加班地点")
    row = {
        "审批编号": "202508061900000000001",
        "标题": "周敏提交的加班",
        "审批状态": "完成",
        "审批结果": "同意",
        "发起时间": "2025-08-06 19:00:00",
        "完成时间": "2025-08-06 19:30:00",
        "发起人UserID": "manager4521",
        "发起人姓名": "周敏",
        "开始时间": "2025-08-06 19:00",
        "结束时间": "2025-08-06 21:30",
        "加班时长(小时)": 2.5,
        "加班原因": "大促",
    }
    return workbook(Sheet("Sheet1", header, [row]))


def expense_approvals() -> bytes:
    """A form with a detail table: the second and third line of a request have no head fields."""
    header = (
        *NEW_APPROVAL,
        "费用类别",
        "费用月份",
        "收款人",
        "开户银行",
        "银行账号",
        "总金额（元）",
        "总金额（元）(大写)",
        "发票号码",
    )
    head = {
        "审批编号": "202508071000000000001",
        "标题": "郑好提交的报销",
        "审批状态": "完成",
        "审批结果": "同意",
        "发起时间": "2025-08-07 10:00:00",
        "完成时间": "2025-08-08 10:00:00",
        "发起人工号": "K0032",
        "发起人UserID": "17038",
        "发起人姓名": "郑好",
        "总金额（元）": "1280.50",
        "总金额（元）(大写)": "壹仟贰佰捌拾元伍角",
    }
    rows = [
        {**head, "费用类别": "差旅", "发票号码": "033001"},
        {"费用类别": "餐饮", "发票号码": "033002"},
        {"费用类别": "交通", "发票号码": "033003"},
        {**head, "审批编号": "202508071000000000002", "审批结果": "拒绝", "费用类别": "办公", "总金额（元）": "88"},
    ]
    return workbook(Sheet("Sheet1", header, rows))


ROSTER_HEADER: Header = (
    "userId",
    *(
        f"sys00-{name}"
        for name in (
            "name",
            "email",
            "mobile",
            "jobNumber",
            "dept",
            "deptIds",
            "mainDept",
            "mainDeptId",
            "position",
            "workPlace",
            "reportManager",
            "confirmJoinTime",
            "remark",
        )
    ),
    "sys01-employeeType",
    "sys01-employeeStatus",
    "sys01-probationPeriodType",
    "sys01-regularTime",
    "sys01-planRegularTime",
    "sys01-positionLevel",
    "sys02-realName",
    "sys02-certNo",
    "sys02-birthTime",
    "sys02-sexType",
    "sys05-contractType",
    "sys05-nowContractStartTime",
    "sys05-nowContractEndTime",
    "9fb7651f-40dd-42ea-b197-a95bbb832c42",
)


def roster() -> bytes:
    """Field codes as the interface names them; a field of the tenant's own is a UUID."""
    rows = [
        {
            "userId": "manager4521",
            "sys00-name": "周敏",
            "sys00-mobile": "+86-13700000002",
            "sys00-dept": "售后组",
            "sys00-mainDept": "客服中心",
            "sys00-mainDeptId": "10021",
            "sys00-position": "客服主管",
            "sys00-confirmJoinTime": "2021-03-01",
            "sys01-employeeType": "全职",
            "sys01-employeeStatus": "正式",
            "sys02-birthTime": "1990-05-06",
            "sys02-sexType": "女",
            "sys05-nowContractEndTime": "2027-02-28",
            "9fb7651f-40dd-42ea-b197-a95bbb832c42": "东区",
        },
        {
            "userId": "17038",
            "sys00-name": "郑好（离职）",
            "sys00-jobNumber": "K0032",
            "sys00-mainDept": "客服中心",
            "sys00-confirmJoinTime": "2023-06-12",
            "sys01-employeeStatus": "离职",
        },
    ]
    return workbook(Sheet("花名册", ROSTER_HEADER, rows))
