"""Rules of the dashboards' source that a reader would otherwise have to keep in mind."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

import dashboards

ROOT = Path(dashboards.__file__).parent
SOURCES = sorted(ROOT.rglob("*.py"))


def imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return {name.split(".")[0] for name in names} | names


def outside_access() -> list[Path]:
    return [path for path in SOURCES if "access" not in path.relative_to(ROOT).parts]


@pytest.mark.parametrize("path", outside_access(), ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_above_the_access_layer_can_open_the_file(path):
    assert not imports(path) & {"duckdb", "sqlite3", "sqlalchemy", "pyarrow"}
    text = path.read_text(encoding="utf-8").lower()
    assert " from compliance." not in text and "select *" not in text


@pytest.mark.parametrize("path", sorted((ROOT / "access").rglob("*.py")), ids=lambda path: path.stem)
def test_the_access_layer_knows_no_page(path):
    assert not imports(path) & {"streamlit", "plotly", "dashboards.i18n", "dashboards.components", "dashboards.views"}


@pytest.mark.parametrize("path", sorted((ROOT / "charts").rglob("*.py")), ids=lambda path: path.stem)
def test_charts_are_pure(path):
    assert not imports(path) & {"streamlit", "dashboards.access", "dashboards.components"}
    assert not any(word in path.read_text(encoding="utf-8") for word in ("geo(", "choropleth", "mapbox", "Scattermap"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_raw_html_no_shared_cache_no_environment(path):
    text = path.read_text(encoding="utf-8")
    assert "unsafe_allow_html" not in text and "components.html" not in text
    assert "cache_data" not in text, "a cache of rows must be keyed on the viewer; the access layer has it"
    assert "os.environ" not in text and "os.getenv" not in text
    if path.name != "frame.py":
        assert "st.html" not in text


def test_no_folder_that_streamlit_would_take_for_pages():
    assert not (ROOT / "pages").exists()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_what_belongs_in_it(path):
    words = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    assert "Belongs here" in words and "Does not belong here" in words


def test_the_server_tells_nobody_and_shows_no_traces():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["browser"]["gatherUsageStats"] is False
    assert config["client"]["showErrorDetails"] == "none"
    assert config["client"]["disableDataExport"] is True
    assert config["server"]["fileWatcherType"] == "none"
    assert config["server"]["enableXsrfProtection"] is True


def test_nothing_in_the_style_or_theme_is_fetched_from_elsewhere():
    for path in (ROOT / "components" / "style.css", ROOT / ".streamlit" / "config.toml"):
        text = path.read_text(encoding="utf-8")
        assert "http" not in text and "@import" not in text and "url(" not in text


def test_icons_are_files_of_our_own():
    """A `:material/…:` page icon would be fetched from a font server."""
    text = (ROOT / "app.py").read_text(encoding="utf-8")
    assert 'page_icon=":material' not in text and "page_icon=str(frame.ICON)" in text
