"""Look-alikes of what i人事 (iHR360) answers and exports. People and figures are made up.

Belongs here: field names and values in i人事's own spelling. Does not belong here: what they mean.
"""

from __future__ import annotations

from tests.vendors.builders_files import Header, Sheet, delimited, json_lines, workbook

ROSTER_HEADER: Header = (
    "工号",
    "姓名",
    "部门",
    "职位",
    "员工状态",
    "入职日期",
    "转正日期",
    "离职日期",
    "手机号",
    "身份证号",
)


def roster() -> bytes:
    """One without a staff number, one who left and whose number was typed in full width."""
    rows = [
        {
            "工号": "R0101",
            "姓名": "方圆",
            "部门": "销售一部",
            "职位": "销售代表",
            "员工状态": "正式",
            "入职日期": "2023-04-03",
            "手机号": "13700000021",
            "身份证号": "330************021",
        },
        {"工号": None, "姓名": "毛豆", "部门": "销售一部", "员工状态": "试用期", "入职日期": "2026-01-12"},
        {
            "工号": "Ｒ０１０３",
            "姓名": "路遥（离职）",
            "部门": "销售二部",
            "职位": "销售经理",
            "员工状态": "离职",
            "入职日期": "2019.09.02",
            "离职日期": "2026-02-10",
        },
    ]
    return workbook(Sheet("员工信息", ROSTER_HEADER, rows))


LEAVER_HEADER: Header = (
    "staffNo",
    "staffName",
    "departmentName",
    "positionName",
    "enrollInDate",
    "applyDate",
    "confirmQuitDate",
    "lastWorkDay",
    "quitReason",
    "quitType",
    "quitStatus",
    "mobileNo",
    "houseFundEndMonth",
)


def leavers() -> bytes:
    return json_lines(
        [
            {
                "staffNo": "R0107",
                "staffName": "路宽",
                "departmentName": "销售二部",
                "positionName": "销售代表",
                "enrollInDate": "2020-10-08",
                "applyDate": "2026-01-05",
                "confirmQuitDate": "2026-02-04",
                "lastWorkDay": "2026-02-03",
                "quitReason": "个人发展",
                "quitType": "主动离职",
                "quitStatus": "已离职",
                "mobileNo": "137****0107",
                "houseFundEndMonth": "2026-02",
            }
        ]
    )


SIGN_HEADER: Header = ("staffId", "signTime", "signAddress", "sourceDescription", "signType")


def sign_rows(staff: str = "8a1f03") -> list[dict]:
    return [
        {
            "staffId": staff,
            "signTime": "2026-02-03 08:55:10",
            "signAddress": "杭州市西湖区文三路",
            "sourceDescription": "手机签到",
            "signType": "上班",
        },
        {
            "staffId": staff,
            "signTime": "2026-02-03 18:20:00",
            "signAddress": "杭州市西湖区文三路",
            "sourceDescription": "考勤机",
            "signType": "下班",
        },
    ]


def sign_records(staff: str = "8a1f03") -> bytes:
    return json_lines(sign_rows(staff))


def sign_records_as_text(staff: str = "9b2e77") -> bytes:
    return delimited(Sheet("", SIGN_HEADER, sign_rows(staff)), "gb18030")
