"""Look-alikes of what 北森 (Beisen) answers and exports. People and figures are made up.

Belongs here: field names and values in Beisen's own spelling. Does not belong here: what they mean.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.vendors.builders_files import Header, Sheet, delimited, html_table, json_lines, workbook

NEVER = "0001-01-01 00:00:00"
"""How Beisen writes that there was none."""

EMPLOYEE_INFO = (
    "userID",
    "name",
    "_Name",
    "gender",
    "email",
    "workEmail",
    "mobilePhone",
    "iDType",
    "iDNumber",
    "birthday",
    "workDate",
    "firstEntryDate",
    "latestEntryDate",
    "educationLevel",
    "activationState",
    "objectId",
    "businessModifiedTime",
    "modifiedTime",
    "stdIsDeleted",
)
RECORD_INFO = (
    "staffID",
    "jobNumber",
    "oIdDepartment",
    "oIdOrganization",
    "employeeStatus",
    "employType",
    "serviceType",
    "approvalStatus",
    "startDate",
    "stopDate",
    "entryDate",
    "lastWorkDate",
    "regularizationDate",
    "probation",
    "changeTypeOID",
    "businessTypeOID",
    "pOIdEmpAdmin",
    "oIdJobPost",
    "oIdJobPosition",
    "oIdJobLevel",
    "place",
    "isCurrentRecord",
)
EMPLOYEE_HEADER: Header = (*EMPLOYEE_INFO, *RECORD_INFO)


def employee_record(user: int, name: str, job_number: str, department: str, **more: Any) -> dict[str, Any]:
    record = {
        "userID": user,
        "name": name,
        "_Name": name,
        "gender": 1,
        "mobilePhone": "138****0042",
        "birthday": "1991-04-05 00:00:00",
        "latestEntryDate": "2022-03-01 00:00:00",
        "objectId": f"5b1f2b52-0000-4b8e-9b6f-{user:012d}",
        "modifiedTime": "2026-01-20 10:00:00",
        "stdIsDeleted": False,
        "staffID": f"5b1f2b52-0000-4b8e-9b6f-{user:012d}",
        "jobNumber": job_number,
        "oIdDepartment": department,
        "oIdOrganization": "900000",
        "employeeStatus": "3",
        "employType": "0",
        "serviceType": "0",
        "approvalStatus": "4",
        "startDate": "2024-01-01 00:00:00",
        "stopDate": "9999-12-31 00:00:00",
        "entryDate": "2022-03-01 00:00:00",
        "lastWorkDate": NEVER,
        "probation": 3,
        "oIdJobPost": "7001",
        "isCurrentRecord": True,
    }
    return record | more


def employee_records() -> list[dict[str, Any]]:
    """A person with a past and a part-time post, one without a staff number, one who has left."""
    past = {"isCurrentRecord": False, "startDate": "2022-03-01 00:00:00", "stopDate": "2023-12-31 00:00:00"}
    return [
        employee_record(118200335, "白露", "B1001", "900001", **past),
        employee_record(118200335, "白露", "B1001", "900002"),
        employee_record(118200335, "白露", "B1001", "900009", serviceType="1"),
        employee_record(118200336, "秦川", "", "900002", gender=0, employeeStatus="2", oIdJobPost=""),
        employee_record(
            118200337, "石磊", "B1003", "900001", gender=0, employeeStatus="8", lastWorkDate="2026-01-31 00:00:00"
        ),
    ]


def employees() -> bytes:
    """The interface's answer flattened to a table."""
    return delimited(Sheet("", EMPLOYEE_HEADER, employee_records()))


def employees_as_lines() -> bytes:
    """The same for other people, one object a line, with a field of the tenant's own."""
    record = employee_record(218200001, "古月", "B2001", "900003", extCostCenter="C-12")
    return json_lines([{name: record.get(name) for name in (*EMPLOYEE_INFO, *RECORD_INFO, "extCostCenter")}])


ROSTER_HEADER: Header = (
    "工号",
    "姓名",
    "性别",
    "部门",
    "岗位",
    "职级",
    "直接上级",
    "员工状态",
    "用工类型",
    "入职日期",
    "转正日期",
    "离职日期",
    "手机号",
    "邮箱",
    "证件号码",
)


def roster_sheet(prefix: str = "00") -> Sheet:
    """Staff numbers with leading zeros, dates in three spellings, a masked phone, one who left, a total."""
    rows = [
        {
            "工号": f"{prefix}12",
            "姓名": "白露",
            "性别": "女",
            "部门": "集团/客服中心",
            "岗位": "客服主管",
            "职级": "P5",
            "直接上级": "李二",
            "员工状态": "正式",
            "用工类型": "内部员工",
            "入职日期": date(2020, 3, 5),
            "转正日期": "2020-06-05",
            "离职日期": "9999-12-31",
            "手机号": "138****0042",
            "邮箱": "bai@example.com",
        },
        {
            "工号": f"{prefix}13",
            "姓名": "秦川(已离职)",
            "性别": "男",
            "部门": "集团/销售部",
            "员工状态": "离职",
            "入职日期": "2021/7/1",
            "离职日期": "2026-01-31",
            "手机号": "13700000013",
        },
        {
            "工号": f"{prefix}14",
            "姓名": "石磊",
            "部门": "集团/销售部",
            "岗位": "销售代表",
            "员工状态": "试用",
            "入职日期": "2026年1月5日",
        },
    ]
    return Sheet("花名册", ROSTER_HEADER, rows, titles=("员工花名册",), tail=(("合计", None, None, "3人"),))


def roster() -> bytes:
    return workbook(roster_sheet())


def roster_of(people: list[tuple[str, str, str, str, str]]) -> bytes:
    """工号, 姓名, 部门, 岗位, 入职日期 of people at work."""
    names = ("工号", "姓名", "部门", "岗位", "入职日期")
    rows = [{**dict(zip(names, person, strict=True)), "员工状态": "正式"} for person in people]
    return workbook(Sheet("花名册", ROSTER_HEADER, rows, titles=("员工花名册",)))


def roster_as_html() -> bytes:
    """The page that a web system saves under an `.xls` name; other staff numbers than in the workbook."""
    sheet = roster_sheet(prefix="10")
    return html_table(sheet, "utf-8")


LEAVE_HEADER: Header = (
    "vacationId",
    "staffId",
    "staffEmail",
    "vacationType",
    "vacationStartDateTime",
    "vacationStopDateTime",
    "vacationDuration",
    "dayValueOfDuration",
    "vacationDurationIncludeUnit",
    "approveStatus",
    "reason",
)


def leave_rows() -> list[dict[str, Any]]:
    """A leave, half of it given back (negative), one that was refused."""
    common = {"staffId": 118200335, "staffEmail": "bai@example.com", "vacationType": "年假"}
    return [
        {
            "vacationId": "v-1",
            **common,
            "vacationStartDateTime": "2026-02-03 09:00:00",
            "vacationStopDateTime": "2026-02-03 18:00:00",
            "vacationDuration": 480,
            "dayValueOfDuration": 1,
            "vacationDurationIncludeUnit": "1.0天",
            "approveStatus": "通过",
            "reason": "旅行",
        },
        {
            "vacationId": "v-2",
            **common,
            "vacationStartDateTime": "2026-02-03 13:00:00",
            "vacationStopDateTime": "2026-02-03 18:00:00",
            "vacationDuration": -240,
            "dayValueOfDuration": -0.5,
            "vacationDurationIncludeUnit": "-0.5天",
            "approveStatus": "通过",
            "reason": "提前返岗",
        },
        {
            "vacationId": "v-3",
            **common,
            "vacationType": "事假",
            "vacationStartDateTime": "2026-02-05 09:00:00",
            "vacationStopDateTime": "2026-02-05 12:00:00",
            "vacationDuration": 180,
            "dayValueOfDuration": 0.5,
            "vacationDurationIncludeUnit": "0.5天",
            "approveStatus": "不通过",
            "reason": "",
        },
    ]


def leaves() -> bytes:
    return json_lines(leave_rows())


PUNCH_HEADER: Header = (
    "staffId",
    "userEmail",
    "cardNumber",
    "punchCardDate",
    "swipingCardDateTime",
    "punchCardTime",
    "dataSource",
    "locationTitle",
    "locationDetail",
    "signinResult",
    "wifiName",
    "lat",
)


def punch_rows() -> list[dict[str, Any]]:
    """A whole moment, one whose date stands beside its time, one that never was."""

    def row(staff: int, day: str, moment: str, clock: str) -> dict[str, Any]:
        return {
            "staffId": staff,
            "userEmail": "bai@example.com",
            "cardNumber": "000817",
            "punchCardDate": f"{day} 00:00:00",
            "swipingCardDateTime": moment,
            "punchCardTime": clock,
            "dataSource": "1",
            "locationTitle": "杭州总部",
            "locationDetail": "浙江省杭州市西湖区",
        }

    return [
        row(118200335, "2026-02-03", "2026-02-03 08:58:00", "0001-01-01 08:58:00"),
        row(118200335, "2026-02-03", NEVER, "0001-01-01 16:09:00"),
        row(118200336, "2026-02-03", NEVER, NEVER),
    ]


def punches() -> bytes:
    return json_lines(punch_rows())
