"""The demo company's data as the files that its systems would export: mixed formats, encodings, splits, a few bad rows.

Belongs here: file names, formats, encodings, delivery stamps, rows meant for quarantine, the manifest, the truth.
Does not belong here: what the data says.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from pipelines.contract import Dataset
from pipelines.demo.company import Company
from pipelines.demo.world import COMPANY_NAME, EXPORTED_AT, WINDOW_START

MONTHS = [f"{2025 + (6 + k) // 12}-{(6 + k) % 12 + 1:02d}" for k in range(12)]
_ZIP_TIME = (2026, 7, 1, 1, 0, 0)


@dataclass(frozen=True)
class Export:
    """One file: where, how, and which rows of its dataset."""

    path: str
    dataset: str
    style: str = "csv"  # csv, bom, gb18030, slashes, tsv, gz, jsonl, jsonl.gz, parquet, xlsx
    where: str = "true"
    order_by: str = ""
    dirty: tuple[tuple[dict[str, str], str], ...] = ()  # (values that break the contract, why)
    labels: bool = False  # headers are the contract's Chinese labels
    title: str | None = None  # lines above the header of a workbook
    utc: bool = False  # moments written as UTC with their offset
    from_table: str | None = None


def _monthly(dataset: str, column: str, style_of: Any, where: str = "true") -> list[Export]:
    found = []
    for month in MONTHS:
        style = style_of(month)
        suffix = {"gz": "csv.gz", "tsv": "tsv"}.get(style, "csv")
        found.append(
            Export(
                f"{_SYSTEM[dataset]}/{dataset}_{month}.{suffix}", dataset, style,
                f"{column} >= date '{month}-01' and {column} < date '{month}-01' + interval 1 month and {where}",
            )
        )  # fmt: skip
    return found


_SYSTEM: dict[str, str] = {}


def plan(company: Company) -> list[Export]:
    """All files of one delivery, in the order in which they were exported."""
    _SYSTEM.update({d.name: d.system for d in company.contract})
    tokyo = "employee_id in (select employee_id from emp where hours_ahead = 1)"
    files = [
        Export("hr/org_units_组织架构.xlsx", "org_units", "xlsx", title="组织架构导出"),
        Export("hr/positions.csv", "positions", "bom"),
        Export("hr/employees_花名册_20260701.xlsx", "employees", "xlsx", labels=True, title="员工花名册"),
        Export("hr/employee_events.csv", "employee_events", "gb18030", dirty=(
            ({"event_id": "YD-X1", "employee_id": "YX10001", "event_type": "secondment",
              "effective_date": "2025-08-01"}, "unknown event type"),
            ({"event_id": "YD-X2", "employee_id": "YX10002", "event_type": "transfer",
              "effective_date": "2025-02-30"}, "a day that does not exist"),
        )),
        Export("hr/training_records.csv", "training_records", "bom", dirty=(
            ({"training_id": "PX-X1", "employee_id": "", "course_code": "CMP-RED", "category": "compliance",
              "assigned_at": "2025-10-10 09:00:00"}, "nobody named"),
        )),
        Export("hr/approval_requests_2025H2.csv", "approval_requests", "gb18030",
               "submitted_at < timestamp '2026-01-01'"),
        Export("hr/approval_requests_2026H1.csv", "approval_requests", "bom",
               "submitted_at >= timestamp '2026-01-01'", dirty=(
            ({"request_id": "SP-X1", "process_type": "discount", "applicant_id": "YX10003",
              "submitted_at": "2026-03-01 10:00:00", "subject_type": "order", "subject_id": "", "status": "pending"},
             "a request for nothing"),
            ({"request_id": "SP-X2", "process_type": "discount", "applicant_id": "YX10003",
              "submitted_at": "待补", "subject_type": "order", "subject_id": "13000000000", "status": "pending"},
             "a moment still to be filled in"),
        )),
        Export("hr/approval_steps.csv", "approval_steps"),
        Export("hr/permission_grants.csv", "permission_grants", "bom"),
        Export("hr/operation_log.csv.gz", "operation_log", "gz", order_by="system, sequence_no"),
        Export("hr/cases_合规案件.xlsx", "cases", "xlsx", title="合规案件台账"),
        Export("hr/reviews.csv", "reviews", dirty=(
            ({"review_id": "PF-X1", "employee_id": "YX10004", "period": "2025-09", "reviewer_type": "peer",
              "score": "185"}, "a score above 100"),
        )),
        Export("crm/customers_客户档案.csv", "customers", "gb18030"),
        Export("crm/order_lines.csv", "order_lines", "bom", dirty=(
            ({"order_id": "13-X1", "line_no": "1", "product_id": "25C1001", "quantity": "三十", "list_price": "399.00",
              "discount_rate": "1.0"}, "a quantity in words"),
            ({"order_id": "13-X2", "line_no": "1", "product_id": "25C1001", "quantity": "30", "list_price": "399.00",
              "discount_rate": ""}, "no discount rate"),
        )),
        Export("crm/orders_2025.csv", "orders", "slashes", "ordered_at < timestamp '2026-01-01'"),
        Export("crm/orders_2026.csv", "orders", "csv", "ordered_at >= timestamp '2026-01-01'", dirty=(
            ({"order_id": "13-X3", "customer_id": "KH0000001", "ordered_at": "2026-13-05 10:00:00",
              "list_amount": "100.00", "net_amount": "100.00", "status": "committed"}, "month 13"),
            ({"order_id": "13-X4", "customer_id": "KH0000001", "ordered_at": "2026-03-05 10:00:00",
              "list_amount": "面议", "net_amount": "100.00", "status": "committed"}, "an amount still to be agreed"),
        )),
        Export("crm/products_商品档案.xlsx", "products", "xlsx", title="商品档案"),
        Export("crm/tickets.tsv", "tickets", "tsv", dirty=(
            ({"ticket_id": "GD-X1", "customer_id": "KH0000001", "category": "refund",
              "opened_at": "2025-11-11 11:11:11", "satisfaction": "7"}, "seven of five stars"),
        )),
        Export("crm/knowledge_access.jsonl", "knowledge_access", "jsonl"),
        Export("attendance/daily_results.parquet", "daily_results", "parquet"),
        Export("finance/receipts_收款.csv", "receipts", "gb18030", dirty=(
            ({"receipt_id": "SK-X1", "received_at": "2026-01-15 12:00:00", "amount": "200.00",
              "payee_account": "6222", "payee_type": "unknown"}, "neither company nor private"),
            ({"receipt_id": "SK-X2", "received_at": "2026-01-15 12:00:00", "amount": "",
              "payee_account": "6222", "payee_type": "company"}, "no amount"),
        )),
        Export("finance/payroll_2023.csv", "payroll", "gb18030", "period < '2024-01'"),
        Export("finance/payroll_2024.csv", "payroll", "gb18030", "period between '2024-01' and '2024-12'"),
        Export("finance/payroll_2025.csv", "payroll", "bom", "period between '2025-01' and '2025-12'"),
        Export("finance/payroll_2026.csv", "payroll", "bom", "period > '2025-12'"),
        Export("finance/exchange_rates_汇率.xlsx", "exchange_rates", "xlsx", title="月度记账汇率"),
    ]  # fmt: skip
    files += _monthly("messages", "sent_at", lambda m: "gb18030" if m < "2025-10" else "csv", f"not {tokyo}")
    files.append(Export("crm/messages_tokyo.jsonl.gz", "messages", "jsonl.gz", tokyo, utc=True))
    files += _monthly("punches", "punched_at", lambda m: "gz" if m < "2026-01" else "csv")
    planned = {f.dataset for f in files}
    for dataset in company.contract:
        if dataset.name not in planned:
            files.append(Export(f"{dataset.system}/{dataset.name}.csv", dataset.name))
    late = "late_approval_requests"
    files.append(Export("hr/approval_requests_补录_20260705.csv", "approval_requests", "bom", from_table=late))
    files.append(Export("hr/operation_log_补传_20260705.csv", "operation_log", from_table="late_operation_log"))
    return files


def write(company: Company, out: Path, progress: Any = None) -> dict[str, str]:
    """Write every file of the plan below `out`; returns path -> sha-256."""
    files = plan(company)
    digests: dict[str, str] = {}
    rejected: list[tuple[str, str, int, str]] = []
    for number, export in enumerate(files):
        target = out / export.path
        target.parent.mkdir(parents=True, exist_ok=True)
        dataset = company.contract.get(export.dataset)
        dirty = [{**dict.fromkeys(dataset.column_names, ""), **values} for values, _ in export.dirty]
        _write_one(company, dataset, export, target, dirty)
        rejected += [(export.path, export.dataset, k + 1, why) for k, (_, why) in enumerate(export.dirty)]
        stamp = EXPORTED_AT + timedelta(minutes=number)
        if export.from_table:
            stamp = EXPORTED_AT + timedelta(days=4)
        os.utime(target, (stamp.timestamp(), stamp.timestamp()))
        with target.open("rb") as handle:
            digests[export.path] = hashlib.file_digest(handle, "sha256").hexdigest()
        if progress:
            progress("write files", number + 1, len(files))
    company.sql("create table truth_quarantine (file varchar, dataset varchar, bad_row int, reason varchar)")
    if rejected:
        company.con.executemany("insert into truth_quarantine values (?, ?, ?, ?)", rejected)
    return digests


def write_manifest(company: Company, out: Path, digests: dict[str, str]) -> None:
    """Say in the inbox itself that this is invented data, file by file."""
    world = company.world
    body = {"product": "hufu-demo", "seed": world.seed, "scale": world.scale, "files": dict(sorted(digests.items()))}
    path = out / "demo-manifest.json"
    path.write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    os.utime(path, (EXPORTED_AT.timestamp(), EXPORTED_AT.timestamp()))


def write_truth(company: Company, folder: Path, extra: dict[str, Any]) -> dict[str, int]:
    """Write what was planted beside the delivery; returns planted violations per rule."""
    folder.mkdir(parents=True, exist_ok=True)
    for table, order in (
        ("violations", "rule_id, subject_id"), ("look_alikes", "rule_id, subject_id, kind"),
        ("refusals", "message_id"), ("causes", "error_id"), ("quarantine", "file, bad_row"),
    ):  # fmt: skip
        target = folder / f"{table}.csv"
        company.sql(f"copy (select * from truth_{table} order by {order}) to '{target}' (header, delimiter ',')")
    world = {**company.world.describe(), **extra}
    (folder / "world.json").write_text(json.dumps(world, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return dict(company.rows("select rule_id, count(*) from truth_violations group by 1 order by 1"))


def _select(dataset: Dataset, export: Export) -> str:
    """The rows of one file, moments as text where the style asks for it."""
    order = export.order_by or ", ".join(
        dict.fromkeys([c.name for c in dataset.columns if c.event_time] + list(dataset.keys))
    )
    columns = []
    for column in dataset.columns:
        value = f'"{column.name}"'
        if column.type == "ts" and export.utc:
            value = f"strftime({value} - interval 9 hour, '%Y-%m-%dT%H:%M:%SZ')"
        elif column.type == "ts" and export.style == "slashes":
            value = f"strftime({value}, '%Y/%-m/%-d %H:%M:%S')"
        elif column.type == "ts" and export.style not in {"parquet", "xlsx"}:
            value = f"strftime({value}, '%Y-%m-%d %H:%M:%S')"
        elif column.type == "num" and export.style != "parquet":
            value = f"{value}::double"
        columns.append(f'{value} as "{column.name}"')
    source = export.from_table or export.dataset
    return f'select {", ".join(columns)} from "{source}" where {export.where} order by {order}'


def _write_one(
    company: Company, dataset: Dataset, export: Export, target: Path, dirty: Sequence[dict[str, str]]
) -> None:
    query = _select(dataset, export)
    if export.style == "xlsx":
        cursor = company.con.execute(query)
        labels = [(c.label.zh if c.label and export.labels else c.name) for c in dataset.columns]
        _write_workbook(target, dataset, labels, cursor.fetchall(), export.title)
        return
    if export.style == "parquet":
        company.sql(f"copy ({query}) to '{target}' (format parquet, compression zstd, row_group_size 122880)")
        return
    plain = target.with_name(target.name + ".part")
    if export.style.startswith("jsonl"):
        company.sql(f"copy ({query}) to '{plain}' (format json)")
    else:
        delimiter = "\\t" if export.style == "tsv" else ","
        company.sql(f"copy ({query}) to '{plain}' (header, delimiter E'{delimiter}')")
    if dirty:
        _append_dirty(plain, dirty, "\t" if export.style == "tsv" else ",")
    if export.style in {"gb18030", "bom"}:
        _recode(plain, target, export.style)
    elif export.style.endswith("gz"):
        _compress(plain, target)
    else:
        plain.replace(target)
    plain.unlink(missing_ok=True)


def _append_dirty(path: Path, rows: Sequence[dict[str, str]], delimiter: str) -> None:
    with path.open("a", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, delimiter=delimiter, lineterminator="\n")
        writer.writerows(row.values() for row in rows)


def _recode(source: Path, target: Path, style: str) -> None:
    encoding = "gb18030" if style == "gb18030" else "utf-8-sig"
    with source.open(encoding="utf-8", newline="") as reader, target.open("w", encoding=encoding, newline="") as writer:
        shutil.copyfileobj(reader, writer, 1 << 22)


def _compress(source: Path, target: Path) -> None:
    """Gzip without a name or a time in its header, so that the same content gives the same bytes."""
    with (
        source.open("rb") as reader,
        target.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=3, mtime=0) as writer,
    ):
        shutil.copyfileobj(reader, writer, 1 << 20)


# --- workbooks: written directly, because a workbook's bytes must not depend on the clock -----------------------------

_DAY_ZERO = date(1899, 12, 30)
_PARTS = {
    "[Content_Types].xml": '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    '<Override PartName="/xl/styles.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>',
    "_rels/.rels": '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    'Target="worksheets/sheet1.xml"/><Relationship Id="rId2" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>'
    "</Relationships>",
    # Style 1 shows a day, style 2 a moment.
    "xl/styles.xml": '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy/m/d\\ hh:mm:ss"/></numFmts>'
    '<fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts>'
    '<fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
    '<borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/>'
    '<xf numFmtId="164" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}


def _write_workbook(
    target: Path, dataset: Dataset, labels: Sequence[str], rows: Sequence[tuple[Any, ...]], title: str | None
) -> None:
    head: list[list[Any]] = []
    if title:
        head = [[f"{COMPANY_NAME} {title}"], [f"制表时间：2026-07-01 09:00  数据起始：{WINDOW_START:%Y-%m-%d}"], []]
    width = _column_name(len(labels))
    merged = f'<mergeCells count="1"><mergeCell ref="A1:{width}1"/></mergeCells>' if title else ""

    def body() -> Iterator[str]:
        yield (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
            '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        )
        for number, row in enumerate([*head, list(labels), *rows], 1):
            yield f'<row r="{number}">' + "".join(_cell(number, k, v) for k, v in enumerate(row, 1)) + "</row>"
        yield f"</sheetData>{merged}</worksheet>"

    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in {**_PARTS, "xl/worksheets/sheet1.xml": "".join(body())}.items():
            info = zipfile.ZipInfo(name, _ZIP_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, content.encode("utf-8"))


def _column_name(number: int) -> str:
    name = ""
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


def _cell(row: int, column: int, value: Any) -> str:
    at = f"{_column_name(column)}{row}"
    if value is None:
        return ""
    if isinstance(value, datetime):
        serial = (value - datetime(1899, 12, 30)) / timedelta(days=1)
        return f'<c r="{at}" s="2"><v>{serial:.10f}</v></c>'
    if isinstance(value, date):
        return f'<c r="{at}" s="1"><v>{(value - _DAY_ZERO).days}</v></c>'
    if isinstance(value, bool):
        return f'<c r="{at}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, str):
        return f'<c r="{at}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{at}"><v>{value}</v></c>'
