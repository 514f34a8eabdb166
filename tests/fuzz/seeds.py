"""Small sound files of every format, and ways to damage them.

Belongs here: seed files, mutations. Does not belong here: landing them (`fuzz_landing`).
"""

from __future__ import annotations

import csv
import gzip
import html
import importlib
import inspect
import io
import json
import random
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pyarrow
import pyarrow.parquet

HEADER = ["order_id", "customer_id", "ordered_at", "list_amount", "net_amount", "status"]
VENDORS = Path(__file__).parents[1] / "vendors"


@dataclass(frozen=True)
class Seed:
    """A sound file: its name in the inbox, without a number, and its bytes."""

    name: str
    suffix: str
    content: bytes


def own_seeds() -> list[Seed]:
    """One dataset in every format that the landing reads."""
    rows = _orders(random.Random(7))
    text = _text(rows)
    chinese = text.replace("C1", "客户一").replace("C2", "客户二")
    sheet = _workbook(rows)
    named = [dict(zip(HEADER, row, strict=True)) for row in rows]
    contents = {
        "csv": [text.encode(), chinese.encode("gb18030"), chinese.encode("utf-8-sig"), chinese.encode("utf-16")],
        "tsv": [_text(rows, "\t").encode()],
        "csv.gz": [gzip.compress(text.encode(), mtime=0)],
        "xlsx": [sheet],
        "xls": [_page(rows), _spreadsheetml(rows), _text(rows, "\t").encode("gb18030"), _old_workbook(rows)],
        "zip": [_zip({"orders_a.csv": text.encode(), "b/orders_b.xlsx": sheet, "客户.csv": chinese.encode("gb18030")})],
        "jsonl": ["\n".join(map(json.dumps, named)).encode()],
        "json": [json.dumps({"code": 0, "data": {"items": named}}).encode()],
        "parquet": [_parquet(rows)],
    }
    return [Seed("crm/orders", suffix, content) for suffix, found in contents.items() for content in found]


def vendor_seeds() -> list[Seed]:
    """What the builders of vendors' look-alike exports write when they are called without arguments."""
    seeds = []
    for path in sorted(VENDORS.glob("builders_*.py")):
        module = importlib.import_module(f"tests.vendors.{path.stem}")
        for name, build in sorted(inspect.getmembers(module, inspect.isfunction)):
            parameters = inspect.signature(build).parameters.values()
            needs_nothing = all(parameter.default is not parameter.empty for parameter in parameters)
            if build.__module__ != module.__name__ or name.startswith("_") or not needs_nothing:
                continue
            if inspect.signature(build).return_annotation not in ("bytes", bytes):
                continue
            content = build()
            seeds.append(Seed(f"drop/{path.stem.removeprefix('builders_')}_{name}", _suffix(content), content))
    return seeds


def _suffix(content: bytes) -> str:
    if content.startswith(b"PK"):
        return "xlsx"
    if content.startswith((b"\xd0\xcf\x11\xe0", b"<", b"MIME")):
        return "xls"
    return "jsonl" if content.startswith(b"{") else "csv"


def _orders(rng: random.Random) -> list[list[str]]:
    return [
        [
            f"O{number}",
            rng.choice(["C1", "C2", ""]),
            f"2026-03-{rng.randint(1, 28):02d} {rng.randint(0, 23):02d}:15:00",
            rng.choice(["100.00", "¥1,234.50", "面议", "0.1"]),
            rng.choice(["90", "1,000.00", "-5.25"]),
            rng.choice(["committed", "shipped", "unknown"]),
        ]
        for number in range(1, 13)
    ]


def _text(rows: list[list[str]], delimiter: str = ",") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows([HEADER, *rows])
    return out.getvalue()


def _workbook(rows: list[list[str]]) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["订单导出"])
    book.active.merge_cells("A1:F1")
    for row in [HEADER, *rows]:
        book.active.append(row)
    book.create_sheet("notes")["B3"] = 46_000.5
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _old_workbook(rows: list[list[str]]) -> bytes:
    from tests.support.workbook_bytes import xls

    return xls([HEADER, *rows])


def _page(rows: list[list[str]]) -> bytes:
    lines = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in [HEADER, *rows]
    )
    return f'<html><meta charset="gb2312"><table>{lines}</table></html>'.encode("gb18030")


def _spreadsheetml(rows: list[list[str]]) -> bytes:
    lines = "".join(
        "<Row>" + "".join(f'<Cell><Data ss:Type="String">{html.escape(cell)}</Data></Cell>' for cell in row) + "</Row>"
        for row in [HEADER, *rows]
    )
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    return (
        f'<?xml version="1.0"?><Workbook xmlns="{space}" xmlns:ss="{space}"><Worksheet ss:Name="S"><Table>{lines}'
        "</Table></Worksheet></Workbook>"
    ).encode()


def _parquet(rows: list[list[str]]) -> bytes:
    out = io.BytesIO()
    columns = dict(zip(HEADER, map(list, zip(*rows, strict=True)), strict=True))
    pyarrow.parquet.write_table(pyarrow.table(columns), out)
    return out.getvalue()


def _zip(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content)
    return out.getvalue()


# ---------------------------------------------------------------------------------------------- mutations

Mutation = Callable[[random.Random, bytes], bytes]


def flip_bytes(rng: random.Random, content: bytes) -> bytes:
    raw = bytearray(content)
    for _ in range(rng.choice([1, 1, 3, 20])):
        if raw:
            raw[rng.randrange(len(raw))] = rng.randrange(256)
    return bytes(raw)


def cut(rng: random.Random, content: bytes) -> bytes:
    place = rng.randrange(len(content) + 1)
    return content[:place] if rng.random() < 0.7 else content[place:]


def remove_piece(rng: random.Random, content: bytes) -> bytes:
    place = rng.randrange(len(content) + 1)
    return content[:place] + content[place + rng.randrange(1, 200) :]


def repeat_piece(rng: random.Random, content: bytes) -> bytes:
    place = rng.randrange(len(content) + 1)
    piece = content[place : place + rng.randrange(1, 200)]
    return content[:place] + piece * rng.choice([2, 3, 50]) + content[place:]


def insert_noise(rng: random.Random, content: bytes) -> bytes:
    place = rng.randrange(len(content) + 1)
    odd = [b"\0", b'"', b"\r", b"\n\n", b"\x1f", b"<table>", b"]]>", b"&#0;", b"\xff\xfe", b"=", b"\xef\xbb\xbf", b","]
    noise = rng.choice([*odd, rng.randbytes(rng.randrange(1, 40))])
    return content[:place] + noise * rng.choice([1, 1, 7]) + content[place:]


def zero_piece(rng: random.Random, content: bytes) -> bytes:
    place = rng.randrange(len(content) + 1)
    size = min(rng.randrange(1, 600), len(content) - place)
    return content[:place] + bytes(size) + content[place + size :]


def recode(rng: random.Random, content: bytes) -> bytes:
    for encoding in ("utf-8-sig", "gb18030", "utf-16"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        target = rng.choice(["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "big5"])
        return text.encode(target, rng.choice(["ignore", "replace"]))
    return content


def shuffle_columns(rng: random.Random, content: bytes) -> bytes:
    lines = content.split(b"\n")
    width = max((line.count(b",") for line in lines), default=0) + 1
    order = list(range(width))
    rng.shuffle(order)
    shuffled = []
    for line in lines:
        cells = line.rstrip(b"\r").split(b",")
        shuffled.append(b",".join(cells[i] for i in order if i < len(cells)))
    return b"\n".join(shuffled)


def shuffle_rows(rng: random.Random, content: bytes) -> bytes:
    end = rng.choice([b"\n", b"</tr>", b"</Row>", b"},"])
    lines = content.split(end)
    middle = lines[1:-1]
    rng.shuffle(middle)
    return end.join([*lines[:1], *middle, *rng.sample(middle, len(middle) // 3), *lines[-1:]])


def swap_parts(rng: random.Random, content: bytes) -> bytes:
    """Members of a zip file exchanged, renamed, damaged or left out."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError, OSError, EOFError):
        return flip_bytes(rng, content)
    if not members:
        return content
    one, other = rng.choice(list(members)), rng.choice(list(members))
    match rng.randrange(5):
        case 0:
            members[one], members[other] = members[other], members[one]
        case 1:
            del members[one]
        case 2:
            members[one] = mutate(rng, members[one])
        case 3:
            members[rng.choice(["../up.csv", "/etc/x", "a\\b.csv", "dir/", "x" * 300, other.upper()])] = members[one]
        case 4:
            members[one] = _zip({"inner.csv": members[one]})
    return _zip(members)


def pack(rng: random.Random, content: bytes) -> bytes:
    return gzip.compress(content, mtime=0) if rng.random() < 0.5 else _zip({f"orders_{rng.randrange(9)}.csv": content})


def leave(rng: random.Random, content: bytes) -> bytes:
    return content


MUTATIONS: tuple[Mutation, ...] = (
    flip_bytes,
    flip_bytes,
    cut,
    remove_piece,
    repeat_piece,
    insert_noise,
    zero_piece,
    recode,
    shuffle_columns,
    shuffle_rows,
    swap_parts,
    swap_parts,
    pack,
    leave,
)


def mutate(rng: random.Random, content: bytes) -> bytes:
    for _ in range(rng.choice([1, 1, 2, 3])):
        content = rng.choice(MUTATIONS)(rng, content)
    return content


def mutated_files(rng: random.Random, seeds: list[Seed]) -> Iterator[tuple[str, bytes]]:
    """Damaged files without end, each under a name of its own. One in ten lies about its format."""
    suffixes = sorted({seed.suffix for seed in seeds})
    number = 0
    while True:
        seed = rng.choice(seeds)
        suffix = rng.choice(suffixes) if rng.random() < 0.1 else seed.suffix
        number += 1
        yield f"{seed.name}_{number}.{suffix}", mutate(rng, seed.content)
