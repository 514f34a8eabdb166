"""Look-alikes of what OrangeHRM, Frappe HR and Odoo export. People and figures are made up.

Belongs here: column names and values in those systems' own spelling. Does not belong here: what they mean.
"""

from __future__ import annotations

from tests.vendors.builders_files import Header, Sheet, delimited

ORANGEHRM_HEADER: Header = (
    "first_name",
    "middle_name",
    "last_name",
    "employee_id",
    "other_id",
    "driver's_license_no",
    "license_expiry_date",
    "gender",
    "marital_status",
    "nationality",
    "date_of_birth",
    "address_street_1",
    "address_street_2",
    "city",
    "work_email",
    "other_email",
)


def orangehrm_employees() -> bytes:
    """The import layout; it has no day of hire."""
    rows = [
        {
            "first_name": "Ana",
            "middle_name": "Maria",
            "last_name": "Silva",
            "employee_id": "0007",
            "gender": "Female",
            "marital_status": "Single",
            "nationality": "Brazilian",
            "date_of_birth": "1992-11-30",
            "work_email": "ana@example.com",
        },
        {"first_name": "John", "last_name": "Doe", "employee_id": "0008", "gender": "Male"},
    ]
    return delimited(Sheet("", ORANGEHRM_HEADER, rows))


FRAPPE_ATTENDANCE_HEADER: Header = (
    "name",
    "employee",
    "employee_name",
    "working_hours",
    "status",
    "leave_type",
    "attendance_date",
    "company",
    "department",
    "shift",
    "in_time",
    "out_time",
    "late_entry",
    "early_exit",
)


def frappe_attendance() -> bytes:
    rows = [
        {
            "name": f"HR-ATT-2026-{number:05d}",
            "employee": "HR-EMP-00012",
            "employee_name": "Ana Silva",
            "working_hours": hours,
            "status": status,
            "leave_type": leave,
            "attendance_date": day,
            "company": "Example Ltd",
            "department": "Support - EL",
            "shift": "Day",
            "in_time": came,
            "out_time": went,
            "late_entry": late,
            "early_exit": 0,
        }
        for number, (hours, status, leave, day, came, went, late) in enumerate(
            [
                (8.5, "Present", None, "2026-02-02", "2026-02-02 09:10:00", "2026-02-02 17:40:00", 1),
                (0, "Absent", None, "2026-02-03", None, None, 0),
                (0, "On Leave", "Casual Leave", "2026-02-04", None, None, 0),
                (4, "Half Day", "Sick Leave", "2026-02-05", None, None, 0),
                (8, "Work From Home", None, "2026-02-06", None, None, 0),
            ],
            start=1,
        )
    ]
    return delimited(Sheet("", FRAPPE_ATTENDANCE_HEADER, rows))


FRAPPE_CHECKIN_HEADER: Header = (
    "name",
    "employee",
    "employee_name",
    "log_type",
    "time",
    "device_id",
    "latitude",
    "longitude",
    "shift",
)


def frappe_checkins() -> bytes:
    rows = [
        {
            "name": "EMP-CKIN-02-2026-000001",
            "employee": "HR-EMP-00012",
            "employee_name": "Ana Silva",
            "log_type": "IN",
            "time": "2026-02-02 09:10:00.000000",
            "device_id": "gate-1",
            "latitude": "19.076",
            "longitude": "72.8777",
        },
        {
            "name": "EMP-CKIN-02-2026-000002",
            "employee": "HR-EMP-00012",
            "employee_name": "Ana Silva",
            "log_type": "OUT",
            "time": "2026-02-02 17:40:00.000000",
            "device_id": "gate-1",
        },
    ]
    return delimited(Sheet("", FRAPPE_CHECKIN_HEADER, rows))


ODOO_HEADER: Header = ("id", "employee_id", "check_in", "check_out", "worked_hours")


def odoo_attendance() -> bytes:
    """Employees stand with their names; the last one has not gone yet."""
    rows = [
        {
            "id": "__export__.hr_attendance_1_a1b2",
            "employee_id": "Ana Silva",
            "check_in": "2026-02-02 09:10:00",
            "check_out": "2026-02-02 17:40:00",
            "worked_hours": 8.5,
        },
        {"id": "__export__.hr_attendance_2_c3d4", "employee_id": "John Doe", "check_in": "2026-02-02 09:30:00"},
    ]
    return delimited(Sheet("", ODOO_HEADER, rows))
