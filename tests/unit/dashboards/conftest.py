"""One published file for all tests of the dashboards, and the access layer over it."""

from __future__ import annotations

import pytest

from dashboards.access import AccessLayer, PublishedFile, Viewer
from tests.support.published_fixture import BAD_BRANCH, Company, publish

VIEWERS = {
    "executive": Viewer("executive"),
    "hr": Viewer("hr"),
    "manager": Viewer("manager", BAD_BRANCH),
    "analyst": Viewer("analyst"),
    "auditor": Viewer("auditor"),
}


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("published")


@pytest.fixture(scope="session")
def company(data_dir) -> Company:
    return publish(data_dir, "fixture1")


@pytest.fixture(scope="session")
def access(data_dir, company) -> AccessLayer:
    return AccessLayer(PublishedFile(data_dir / "published" / "current"), pseudonym_key="test key")


@pytest.fixture(params=sorted(VIEWERS))
def viewer(request) -> Viewer:
    return VIEWERS[request.param]
