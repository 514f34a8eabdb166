"""Zip archives: every member is a delivery of its own, and no archive harms what lies beside it."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile

import openpyxl
import pytest

from pipelines.landing import archives as archives_module
from pipelines.landing import inbox_unchanged
from pipelines.landing import text as text_module
from pipelines.landing.archives import is_archive

PRODUCTS = b"product_id,product_name,category,season\nP1,coat,outer,winter\n"
MORE = b"product_id,product_name,category,season\nP2,shirt,top,summer\n"
INVENTORY = b"product_id,as_of,quantity\nP1,2026-03-01,3\n"


def packed(*members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", method) as archive:
        warnings.simplefilter("ignore")  # of names that occur twice
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def outcomes(company):
    files = company.ask("select source_file, status, reason_code from landed.files where is_present order by 1")
    return {name: (status if status != "set_aside" else code) for name, status, code in files}


def product_names(company):
    return [n for (n,) in company.ask("select product_name from landed_crm.products order by product_id")]


def test_members_land_as_if_they_lay_beside_the_archive(company):
    company.deliver("crm/all.zip", packed(("products.csv", PRODUCTS), ("inventory.csv", INVENTORY)))
    report = company.land()
    assert outcomes(company) == {
        "crm/all.zip": "unpacked",
        "crm/all.zip!/products.csv": "landed",
        "crm/all.zip!/inventory.csv": "landed",
    }
    assert product_names(company) == ["coat"]
    assert company.one("select _source_file from landed_crm.products") == "crm/all.zip!/products.csv"
    assert report.count("unpacked") == 1
    kept = {path.read_bytes() for path in (company.data / "lake/sources").iterdir()}
    assert {(company.inbox / "crm/all.zip").read_bytes(), PRODUCTS, INVENTORY} == kept


def test_an_archive_at_the_top_brings_its_folders(company):
    company.deliver("export.zip", packed(("crm/", b""), ("crm/products.csv", PRODUCTS)))
    company.land()
    assert outcomes(company) == {"export.zip": "unpacked", "export.zip!/crm/products.csv": "landed"}


def test_nothing_is_done_again_while_the_archive_stays(company):
    archive = packed(("products.csv", PRODUCTS), ("notes.md", b"hello"), ("../up.csv", MORE))
    company.deliver("crm/all.zip", archive)
    company.land()
    assert inbox_unchanged(company.inbox, company.data)
    again = company.land()
    assert not again.has_news and len(again.files) == 4
    company.deliver("crm/all.zip", packed(("products.csv", MORE)), at=1_767_272_400)
    assert not inbox_unchanged(company.inbox, company.data)
    company.land()
    assert outcomes(company) == {"crm/all.zip": "unpacked", "crm/all.zip!/products.csv": "landed"}
    assert company.one("select count(*) from landed.files where not is_present") == 2


def test_the_same_content_beside_an_archive_counts_once(company):
    company.deliver("crm/all.zip", packed(("products.csv", PRODUCTS)))
    company.deliver("crm/products.csv", PRODUCTS)
    company.land()
    assert outcomes(company) == {
        "crm/all.zip": "unpacked",
        "crm/all.zip!/products.csv": "landed",
        "crm/products.csv": "duplicate",
    }
    assert product_names(company) == ["coat"]


def test_an_archive_inside_an_archive_is_unpacked_once_more(company):
    innermost = packed(("products.csv", PRODUCTS))
    inner = packed(("inventory.csv", INVENTORY), ("deeper.zip", innermost))
    company.deliver("crm/all.zip", packed(("inner.zip", inner), ("products.csv", MORE)))
    company.land()
    assert outcomes(company) == {
        "crm/all.zip": "unpacked",
        "crm/all.zip!/inner.zip": "unpacked",
        "crm/all.zip!/inner.zip!/inventory.csv": "landed",
        "crm/all.zip!/inner.zip!/deeper.zip": "nested_archive",
        "crm/all.zip!/products.csv": "landed",
    }
    assert company.one("select count(*) from landed_crm.inventory") == 1


def test_a_workbook_is_no_archive_and_a_renamed_archive_is_one(company, tmp_path):
    book = openpyxl.Workbook()
    for row in (["product_id", "product_name"], ["P3", "scarf"]):
        book.active.append(row)
    book.save(tmp_path / "book.zip")
    assert not is_archive(tmp_path / "book.zip")
    company.deliver("crm/products.xls", packed(("products.csv", PRODUCTS)))
    company.deliver("crm/products.xlsx", packed(("products.xlsx", (tmp_path / "book.zip").read_bytes())))
    company.land()
    assert product_names(company) == ["coat", "scarf"]


def test_names_in_gbk_are_decoded(company):
    archive = packed(("products_XX.csv", PRODUCTS))
    raw = "products_月报.csv".encode("gb18030")
    same_length = packed(("products_" + "X" * (len(raw) - 13) + ".csv", PRODUCTS))
    assert len(archive) < len(same_length)
    company.deliver("crm/all.zip", same_length.replace(b"products_XXXX.csv", raw))
    company.land()
    assert outcomes(company) == {"crm/all.zip": "unpacked", "crm/all.zip!/products_月报.csv": "landed"}


def info(name: str, mode: int = 0o100644) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
    member.external_attr = mode << 16
    member.create_system = 3
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


@pytest.mark.parametrize(
    ("member", "shown", "code"),
    [
        (info("../../products.csv"), "../../products.csv", "unsafe_member"),
        (info("a/../../products.csv"), "a/../../products.csv", "unsafe_member"),
        (info("/etc/products.csv"), "/etc/products.csv", "unsafe_member"),
        (info("C:\\products.csv"), "C:/products.csv", "unsafe_member"),
        (info("..\\products.csv"), "../products.csv", "unsafe_member"),
        (info("products.csv", 0o120777), "products.csv", "symlink"),
        (info("products.csv", 0o020666), "products.csv", "not_regular"),
        (info("products\n.csv"), "products\ufffd.csv", "bad_member_name"),
        (info("products.csv" + "x" * 600), ("products.csv" + "x" * 600)[:500], "bad_member_name"),
        (info("__MACOSX/._products.csv"), "__MACOSX/._products.csv", "ignored"),
        (info(".DS_Store"), ".DS_Store", "ignored"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isidentifier() else "",
)
def test_members_that_are_refused_by_name_or_kind(company, member, shown, code):
    company.deliver("crm/all.zip", packed((member, PRODUCTS), ("inventory.csv", INVENTORY)))
    company.land()
    assert outcomes(company) == {
        "crm/all.zip": "unpacked",
        f"crm/all.zip!/{shown}": code,
        "crm/all.zip!/inventory.csv": "landed",
    }
    assert not list(company.data.parent.rglob("products*"))
    assert inbox_unchanged(company.inbox, company.data)


def test_of_two_members_of_one_name_neither_lands(company):
    archive = packed(("products.csv", PRODUCTS), ("Products.csv", MORE), ("inventory.csv", INVENTORY))
    company.deliver("crm/all.zip", archive)
    company.land()
    assert outcomes(company) == {
        "crm/all.zip": "unpacked",
        "crm/all.zip!/products.csv": "duplicate_member",
        "crm/all.zip!/inventory.csv": "landed",
    }


def flagged(archive: bytes, name: bytes, flag: int) -> bytes:
    """The archive with a flag set in both headers of a member."""
    raw = bytearray(archive)
    for mark, flag_at, name_at in ((b"PK\x03\x04", 6, 30), (b"PK\x01\x02", 8, 46)):
        place = -1
        while (place := raw.find(mark, place + 1)) >= 0:
            if raw[place + name_at :].startswith(name):
                raw[place + flag_at] |= flag
    return bytes(raw)


def test_encrypted_and_damaged_members_cost_only_themselves(company):
    members = ("a_products.csv", PRODUCTS), ("products.csv", MORE), ("inventory.csv", INVENTORY)
    archive = flagged(packed(*members, method=zipfile.ZIP_STORED), b"a_products", 1)
    damaged = archive.replace(b"shirt", b"short")
    company.deliver("crm/all.zip", damaged)
    company.land()
    assert outcomes(company) == {
        "crm/all.zip": "unpacked",
        "crm/all.zip!/a_products.csv": "password",
        "crm/all.zip!/products.csv": "truncated",
        "crm/all.zip!/inventory.csv": "landed",
    }


def test_bombs_are_refused_while_they_unpack(company, monkeypatch):
    monkeypatch.setattr(text_module, "RATIO_MATTERS_FROM_BYTES", 100_000)
    bomb = packed(("products.csv", b"0" * 20_000_000), ("inventory.csv", INVENTORY))
    company.deliver("crm/ratio.zip", bomb)
    company.land()
    assert outcomes(company)["crm/ratio.zip!/products.csv"] == "bomb"
    assert outcomes(company)["crm/ratio.zip!/inventory.csv"] == "landed"


def test_members_together_stay_within_a_limit(company, monkeypatch):
    monkeypatch.setattr(text_module, "MAX_UNPACKED_BYTES", 200)
    many = packed(*((f"products_{i}.csv", PRODUCTS + b"P%d,a,b,c\n" % i) for i in range(9)))
    company.deliver("crm/total.zip", many)
    company.land()
    found = outcomes(company)
    assert found["crm/total.zip!/products_0.csv"] == "landed"
    assert found["crm/total.zip!/products_8.csv"] == "bomb"


def test_too_many_members_are_refused_unread(company, monkeypatch):
    monkeypatch.setattr(archives_module, "MAX_MEMBERS", 5)
    company.deliver("crm/count.zip", packed(*((f"products_{i}.csv", b"x") for i in range(6))))
    company.deliver("crm/products.csv", PRODUCTS)
    company.land()
    assert outcomes(company) == {"crm/count.zip": "too_many_members", "crm/products.csv": "landed"}


def lying_about_size(archive: bytes, size: int) -> bytes:
    raw = bytearray(archive)
    struct.pack_into("<L", raw, raw.index(b"PK\x03\x04") + 22, size)
    struct.pack_into("<L", raw, raw.index(b"PK\x01\x02") + 24, size)
    return bytes(raw)


@pytest.mark.parametrize("size", [3, 10_000_000])
def test_a_member_that_lies_about_its_size_is_refused(company, size):
    company.deliver("crm/all.zip", lying_about_size(packed(("products.csv", PRODUCTS)), size))
    company.land()
    assert outcomes(company) == {"crm/all.zip": "unpacked", "crm/all.zip!/products.csv": "truncated"}


def overlapping() -> bytes:
    """Two directory entries over the same bytes."""
    raw = packed(("products.csv", PRODUCTS))
    start = raw.index(b"PK\x01\x02")
    end = raw.index(b"PK\x05\x06")
    entry = raw[start:end]
    twice = raw[:start] + entry + entry.replace(b"products.csv", b"inventory.cs") + raw[end:]
    record = bytearray(twice)
    at = twice.index(b"PK\x05\x06")
    struct.pack_into("<HHL", record, at + 8, 2, 2, 2 * len(entry))
    return bytes(record)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (packed(("products.csv", PRODUCTS))[:-10], "damaged_archive"),
        (packed(("products.csv", PRODUCTS)).replace(b"PK\x01\x02", b"PK\x01\x09"), "damaged_archive"),
        (b"PK\x03\x04" + bytes(200), "damaged_archive"),
        (overlapping(), "damaged_archive"),
        (packed(), "empty_file"),
        (b"Rar!\x1a\x07\x01\x00" + bytes(50), "other_archive"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(50), "other_archive"),
    ],
    ids=["cut", "directory", "zeros", "overlap", "empty", "rar", "7z"],
)
def test_archives_that_cannot_be_trusted_are_set_aside_whole(company, content, code):
    company.deliver("crm/all.zip", content)
    company.deliver("crm/products.csv", PRODUCTS)
    company.land()
    assert outcomes(company) == {"crm/all.zip": code, "crm/products.csv": "landed"}


def test_a_directory_of_absurd_size_is_refused_before_it_is_read(company, monkeypatch):
    monkeypatch.setattr(archives_module, "_MAX_DIRECTORY_BYTES", 50)
    company.deliver("crm/all.zip", packed(("products.csv", PRODUCTS), ("inventory.csv", INVENTORY)))
    company.land()
    assert outcomes(company) == {"crm/all.zip": "too_many_members"}


def test_a_directory_that_names_other_members_than_the_archive_holds(company):
    raw = packed(("products.csv", PRODUCTS), ("inventory.csv", INVENTORY))
    start = raw.index(b"PK\x01\x02")
    company.deliver("crm/all.zip", raw[:start] + raw[start:].replace(b"products.csv", b"products.tsv"))
    company.land()
    assert outcomes(company) == {
        "crm/all.zip": "unpacked",
        "crm/all.zip!/products.tsv": "truncated",
        "crm/all.zip!/inventory.csv": "landed",
    }


def test_a_stamp_for_the_archive_holds_for_its_members(company):
    company.deliver("crm/all.zip", packed(("products.csv", PRODUCTS)))
    company.deliver("manifest.yml", "crm/all.zip: 2025-12-24T00:00:00Z\n")
    company.land()
    assert company.one("select delivered_at::varchar from landed.batches") == "2025-12-24 00:00:00"
