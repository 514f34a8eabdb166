"""The metric definitions: complete, in both languages, and there for every metric that a page names."""

import csv
import re
from pathlib import Path

import pytest

from pipelines.settings import DBT_PROJECT_DIR

DASHBOARDS = Path(DBT_PROJECT_DIR).parent / "dashboards"


@pytest.fixture(scope="module")
def metrics():
    with open(Path(DBT_PROJECT_DIR) / "seeds" / "reference" / "metrics.csv", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_metric_is_defined_in_full(metrics):
    assert metrics
    assert [(m["metric_id"], column) for m in metrics for column, value in m.items() if not (value or "").strip()] == []


def test_chinese_is_chinese_and_english_is_not(metrics):
    chinese = re.compile(r"[\u4e00-\u9fff]")
    for metric in metrics:
        assert chinese.search(metric["name_zh"]) and chinese.search(metric["definition_zh"]), metric["metric_id"]
        assert not chinese.search(metric["name_en"] + metric["definition_en"]), metric["metric_id"]


def test_pages_name_only_defined_metrics(metrics):
    named = {
        metric_id
        for path in DASHBOARDS.rglob("*.py")
        for metric_id in re.findall(r"metric=\"(\w+)\"", path.read_text(encoding="utf-8"))
    }
    assert named
    assert named - {m["metric_id"] for m in metrics} == set()
