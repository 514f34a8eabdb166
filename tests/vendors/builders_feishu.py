"""Look-alikes of what 飞书 (Feishu) answers and exports. People and figures are made up.

Belongs here: field names and values in Feishu's own spelling. Does not belong here: what they mean.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from tests.vendors.builders_files import Header, Sheet, json_lines, workbook


def seconds(text: str) -> str:
    """Seconds since 1970 of a time in UTC, as the text that Feishu sends."""
    return str(int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()))


def milliseconds(text: str) -> str:
    return f"{seconds(text)}000"


def flow(number: int, user: str, at: str, kind: int = 0, result: str = "Normal", **more: Any) -> dict[str, Any]:
    return {
        "user_id": user,
        "creator_id": user,
        "location_name": more.get("place", "东站广场"),
        "check_time": seconds(at),
        "comment": more.get("comment", ""),
        "record_id": f"70152468013579246{number:02d}",
        "ssid": "0a:1b:2c:3d:4e:5f",
        "bssid": "0a:1b:2c:3d:4e:5f",
        "is_field": more.get("is_field", False),
        "is_wifi": True,
        "type": kind,
        "photo_urls": [],
        "device_id": "d4c3b2a1-0001",
        "check_result": result,
    }


def user_flow() -> bytes:
    """One punch a line, seconds as text; 9:00 in China is 1:00 UTC."""
    return json_lines(
        [
            flow(1, "c0ffee01", "2026-01-06 01:01:07", result="Late"),
            flow(2, "c0ffee01", "2026-01-06 10:30:00"),
            flow(3, "c0ffee02", "2026-01-05 23:50:00", kind=2, comment="忘记打卡"),
            flow(4, "c0ffee02", "2026-01-06 06:00:00", is_field=True, place="客户现场"),
        ]
    )


def user_task() -> bytes:
    """One result a person and day, the punches nested in it."""
    records = [
        {
            "check_in_record_id": "7015246801357924611",
            "check_in_record": flow(11, "c0ffee01", "2026-01-07 01:20:00", result="Late"),
            "check_out_record_id": "7015246801357924612",
            "check_out_record": flow(12, "c0ffee01", "2026-01-07 10:05:00"),
            "check_in_result": "Late",
            "check_out_result": "Normal",
            "check_in_result_supplement": "None",
            "check_out_result_supplement": "None",
            "check_in_shift_time": seconds("2026-01-07 01:00:00"),
            "check_out_shift_time": seconds("2026-01-07 10:00:00"),
            "task_shift_type": 0,
        }
    ]
    missing = [
        {
            "check_in_result": "Lack",
            "check_out_result": "Lack",
            "check_in_shift_time": seconds("2026-01-07 01:00:00"),
            "check_out_shift_time": seconds("2026-01-07 10:00:00"),
            "task_shift_type": 0,
        }
    ]
    head = {"group_id": "7000000000000000110", "shift_id": "7000000000000000215"}
    return json_lines(
        [
            {
                "result_id": "7015246801357924641",
                "user_id": "c0ffee01",
                "employee_name": "江雪",
                "day": 20260107,
                **head,
                "records": records,
            },
            {
                "result_id": "7015246801357924642",
                "user_id": "c0ffee02",
                "employee_name": "贺兰",
                "day": 20260107,
                **head,
                "records": missing,
            },
        ]
    )


def task(number: int, user: str, status: str, starts: str, ends: str | None) -> dict[str, Any]:
    return {
        "id": f"70000000000000031{number:02d}",
        "user_id": user,
        "open_id": f"ou_{user}",
        "status": status,
        "node_id": f"node-{number}",
        "node_name": "直属上级" if number % 2 else "人事",
        "type": "AND",
        "start_time": milliseconds(starts),
        "end_time": milliseconds(ends) if ends else "0",
    }


def instance(number: int, name: str, status: str, ends: str | None, tasks: list[dict[str, Any]]) -> dict[str, Any]:
    """A request of 6 January 2026, 10:00 in China."""
    return {
        "approval_code": "1A2B3C4D-0000-4000-8000-000000000001",
        "approval_name": name,
        "start_time": milliseconds("2026-01-06 02:00:00"),
        "end_time": milliseconds(ends) if ends else "0",
        "user_id": "c0ffee01",
        "open_id": "ou_jiangxue",
        "serial_number": f"20260106{number:04d}",
        "department_id": "od-0a1b2c3d",
        "status": status,
        "form": json.dumps(
            [{"id": "widget1", "name": "原因", "type": "input", "value": "家里有事"}], ensure_ascii=False
        ),
        "task_list": tasks,
        "comment_list": [],
        "timeline": [{"type": "START", "create_time": milliseconds("2026-01-06 02:00:00"), "user_id": "c0ffee01"}],
    }


def approval_instances() -> bytes:
    """A request in each state; one was passed by two people, one waits for its second."""
    first, second = ("2026-01-06 02:00:00", "2026-01-06 03:00:00"), ("2026-01-06 03:00:00", "2026-01-06 04:30:00")
    return json_lines(
        [
            instance(
                1,
                "请假",
                "APPROVED",
                "2026-01-06 04:30:00",
                [task(1, "boss-1", "APPROVED", *first), task(2, "hr-1", "APPROVED", *second)],
            ),
            instance(2, "费用报销", "REJECTED", "2026-01-06 03:00:00", [task(3, "boss-1", "REJECTED", *first)]),
            instance(
                3,
                "加班申请",
                "PENDING",
                None,
                [task(5, "boss-1", "APPROVED", *first), task(6, "hr-1", "PENDING", second[0], None)],
            ),
            instance(4, "请假", "CANCELED", "2026-01-06 02:30:00", []),
            instance(5, "请假", "DELETED", "2026-01-06 02:40:00", []),
        ]
    )


def employees() -> bytes:
    """The fields of the roster interface, one person a line; most are left empty in practice."""
    common = {
        "en_name": "",
        "department_id": "od-0a1b2c3d",
        "job_level": "",
        "work_location": "杭州",
        "custom_fields": [],
    }
    return json_lines(
        [
            {
                "name": "江雪",
                **common,
                "email": "jiang@example.com",
                "mobile": "+8613700000003",
                "manager": "boss-1",
                "job": "客服专员",
                "gender": 2,
                "birthday": "1995-02-28",
                "entered_workforce_date": "2018-07-01",
                "employee_no": "F0001",
                "employee_type": 1,
                "status": 2,
                "hire_date": "2021-03-01",
                "probation_months": 3,
                "conversion_date": "2021-06-01",
                "last_day": "",
                "departure_type": 0,
                "contract_type": 1,
                "contract_start_date": "2024-03-01",
                "contract_expiration_date": "2027-02-28",
                "contract_sign_times": 2,
            },
            {
                "name": "贺兰",
                **common,
                "email": "",
                "mobile": "",
                "manager": "",
                "job": "",
                "gender": 1,
                "birthday": "",
                "employee_no": "F0002",
                "employee_type": 1,
                "status": 5,
                "hire_date": "2022-05-16",
                "last_day": "2026-01-31",
                "departure_type": 1,
                "departure_reason": 9,
                "departure_notes": "去外地",
                "contract_type": 1,
                "contract_expiration_date": "",
            },
        ]
    )


DAILY_HEADER: Header = (
    "姓名",
    "工号",
    "部门",
    "日期",
    "班次",
    "应出勤天数",
    "第1次上班打卡时间",
    "第1次上班打卡结果",
    "第1次下班打卡时间",
    "第1次下班打卡结果",
)


def daily_workbook() -> bytes:
    """`-` is Feishu's null."""
    rows = [
        {
            "姓名": "江雪",
            "工号": "F0001",
            "部门": "客服部",
            "日期": "2026-01-08",
            "班次": "行政班 09:00-18:00",
            "应出勤天数": 1,
            "第1次上班打卡时间": "09:12",
            "第1次上班打卡结果": "迟到",
            "第1次下班打卡时间": "18:01",
            "第1次下班打卡结果": "正常",
        },
        {"姓名": "贺兰", "日期": "2026-01-08", "第1次上班打卡结果": "无需打卡"},
    ]
    return workbook(Sheet("每日统计", DAILY_HEADER, rows, filler="-"))
