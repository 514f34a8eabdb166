"""Following the published file, and who may look at it from where."""

from __future__ import annotations

import json
import multiprocessing
import os

import duckdb
import pytest

from dashboards.access import (
    AccessDenied,
    Connection,
    NotConfigured,
    NotPublished,
    PublishedFile,
    Viewer,
    available_personas,
    read_last_run,
    resolve_viewer,
)
from tests.support.published_fixture import publish

LOCAL = Connection("127.0.0.1", {"Host": "localhost:8501"})


def test_nothing_published_is_its_own_state(tmp_path):
    with pytest.raises(NotPublished):
        PublishedFile(tmp_path / "published" / "current").current()


def test_a_dangling_link_is_nothing_published(tmp_path):
    (tmp_path / "current").symlink_to("hufu-gone.duckdb")
    with pytest.raises(NotPublished):
        PublishedFile(tmp_path / "current").current()


def test_a_half_written_file_is_nothing_published(tmp_path):
    (tmp_path / "hufu-x.duckdb").write_bytes(b"not a database")
    (tmp_path / "current").symlink_to("hufu-x.duckdb")
    with pytest.raises(NotPublished):
        PublishedFile(tmp_path / "current").current()


def test_a_moved_link_is_followed_and_old_readers_finish(tmp_path):
    publish(tmp_path, "one")
    published = PublishedFile(tmp_path / "published" / "current")
    first = published.current()
    cursor = first.cursor()
    publish(tmp_path, "two")
    second = published.current()
    assert (first.info.publication_id, second.info.publication_id) == ("one", "two")
    assert published.current() is second
    os.unlink(first.path)
    assert cursor.execute("select publication_id from quality.publication").fetchone() == ("one",)


@pytest.mark.parametrize(
    "statement",
    [
        "create table x (a int)",
        "insert into quality.runs values (9, 'x', 0, null)",
        "set threads = 8",
        "set enable_external_access = true",
        "attach '/tmp/other.duckdb'",
        "copy (select 1) to '/tmp/hufu-leak.csv'",
        "select * from read_text('/etc/passwd')",
        "install httpfs",
    ],
)
def test_the_connection_can_only_read_its_file(data_dir, company, statement):
    cursor = PublishedFile(data_dir / "published" / "current").current().cursor()
    with pytest.raises(duckdb.Error):
        cursor.execute(statement)


def _publish_in_another_process(folder) -> None:
    publish(folder, "two")


def test_an_open_reader_never_blocks_the_next_publication(tmp_path):
    publish(tmp_path, "one")
    published = PublishedFile(tmp_path / "published" / "current")
    held = published.current().cursor()
    writer = multiprocessing.get_context("spawn").Process(target=_publish_in_another_process, args=(tmp_path,))
    writer.start()
    writer.join(60)
    assert writer.exitcode == 0
    assert published.current().info.publication_id == "two"
    assert held.execute("select count(*) from reference.employees").fetchone()[0] > 0


def personas(**changes):
    facts = {"configured_role": None, "is_synthetic": True, "connection": LOCAL, "branch_ids": ("B1", "B2")}
    return available_personas(**{**facts, **changes})


def test_personas_on_synthetic_data_and_loopback():
    assert personas() == ("hr", "executive", "manager:B1", "manager:B2", "analyst", "auditor")


@pytest.mark.parametrize(
    "connection",
    [
        Connection(None, {"Host": "localhost"}),
        Connection("0.0.0.0", {"Host": "localhost"}),
        Connection("127.0.0.1", {}),
        Connection("127.0.0.1", {"Host": "hufu.example.com"}),
        Connection("127.0.0.1", {"Host": "127.0.0.1.example.com"}),
        Connection("127.0.0.1", {"Host": "localhost", "X-Forwarded-For": "10.0.0.9"}),
        Connection("localhost", {"Host": "localhost", "Forwarded": "for=10.0.0.9"}),
    ],
)
def test_no_personas_unless_really_local(connection):
    assert personas(connection=connection) == ()


@pytest.mark.parametrize(
    ("address", "host"),
    [("127.0.0.1", "127.0.0.1:8501"), ("localhost", "localhost"), ("::1", "[::1]:8501"), ("127.0.0.1", "LOCALHOST:1")],
)
def test_loopback_in_all_its_spellings(address, host):
    assert Connection(address, {"host": host}).is_loopback


def test_no_personas_on_real_data_or_beside_a_configured_role():
    assert personas(is_synthetic=False) == ()
    assert personas(configured_role="executive") == ()


def resolve(**changes):
    facts = {"configured_role": None, "configured_org_unit_id": None, "personas": (), "wanted_persona": None}
    return resolve_viewer(**{**facts, **changes})


def test_without_role_or_persona_nobody_sees_anything():
    with pytest.raises(NotConfigured):
        resolve()
    with pytest.raises(NotConfigured):
        resolve(wanted_persona="hr")


def test_the_operators_role_wins_over_the_address():
    assert resolve(configured_role="auditor", personas=("hr",), wanted_persona="hr") == Viewer("auditor")


def test_a_mistyped_role_and_a_manager_without_unit_fail_closed():
    with pytest.raises(AccessDenied):
        resolve(configured_role="HR")
    with pytest.raises(AccessDenied):
        resolve(configured_role="manager")
    assert resolve(configured_role="manager", configured_org_unit_id="B1") == Viewer("manager", "B1")


def test_a_persona_that_is_not_on_offer_is_not_taken():
    offered = personas()
    assert resolve(personas=offered, wanted_persona="manager:B2") == Viewer("manager", "B2", "manager:B2")
    assert resolve(personas=offered, wanted_persona="manager:XX").role == "hr"


def test_last_run(tmp_path):
    path = tmp_path / "last_run.json"
    assert read_last_run(path) is None
    path.write_text(json.dumps({"status": "published", "finished_at": "2026-05-01T08:00:00+00:00", "message": "ok"}))
    assert read_last_run(path).failed is False
    path.write_text(json.dumps({"status": "failed", "finished_at": "2026-05-02T08:00:00+00:00", "message": "check x"}))
    last = read_last_run(path)
    assert last.failed and last.message == "check x" and last.finished_at.day == 2


@pytest.mark.parametrize("content", ["", "{", "[]", '{"status": "odd"}'])
def test_an_unreadable_state_does_not_look_like_success(tmp_path, content):
    path = tmp_path / "last_run.json"
    path.write_text(content)
    assert read_last_run(path).failed
