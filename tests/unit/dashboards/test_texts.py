"""Both languages say everything, and foreign text stays text."""

from __future__ import annotations

import ast
import re
import string
from datetime import date, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from dashboards import i18n
from dashboards.access.filters import CAUSES
from dashboards.access.queries import QUERIES
from dashboards.components.cards import CODE_COLUMNS
from dashboards.escaping import plain
from dashboards.i18n import LANGUAGES, Texts, catalogue
from pipelines.contract import load_contract
from pipelines.settings import DBT_PROJECT_DIR

DASHBOARDS = Path(i18n.__file__).parent
zh, en = Texts("zh"), Texts("en")


def test_both_languages_have_the_same_keys():
    assert set(catalogue("zh")) == set(catalogue("en"))


def test_both_languages_fill_the_same_places():
    def places(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    # A month's short name is a number in one language and a word in the other.
    free = {"format.month_short"}
    different = [
        key
        for key in catalogue("zh")
        if key not in free and places(catalogue("zh")[key]) != places(catalogue("en")[key])
    ]
    assert different == []


def called_keys() -> set[str]:
    """Every literal first argument of a call of the texts, wherever it stands in the source."""
    keys = set()
    for path in DASHBOARDS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in ("texts", "_closed"):
                    keys |= {
                        leaf.value
                        for argument in node.args
                        for leaf in ast.walk(argument)
                        if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str) and "." in leaf.value
                    }
    return keys


def test_every_text_that_is_asked_for_exists():
    known = set(catalogue("zh"))
    groups = {key.split(".")[0] for key in known}
    asked = {key for key in called_keys() if key.split(".")[0] in groups and not key.endswith(".")}
    missing = {key for key in asked if key not in known and f"{key}.title" not in known}
    assert len(asked) > 100 and missing == set()


def test_every_text_is_asked_for():
    literal = called_keys()
    by_code = {"column", "page", "role", "filter", "weekday", "month", "closed", *CODE_COLUMNS.values()}
    by_code |= {"status_of_rule", "quality", "rule", "dataset", "parameter_unit", "person", "lifecycle_note"}
    by_code |= {"nature_title", "nature_kpi", "nature_note", "found", "indication"}
    assert [key for key in catalogue("zh") if key.split(".")[0] not in by_code and key not in literal] == []


def test_every_column_that_a_query_yields_has_a_label():
    columns = {column for query in QUERIES.values() if not query.name.startswith("domain_") for column in query.columns}
    assert sorted(column for column in columns if not zh.has(f"column.{column}")) == []


def rule_entries() -> list[dict]:
    """Metadata of every rule, as its properties say."""
    found = []
    for path in sorted((DBT_PROJECT_DIR / "models" / "rules").glob("*/_*.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models") or []:
            meta = model.get("config", {}).get("meta", {})
            if "rule_id" in meta:
                found.append(meta)
    return found


def codes_of_rules() -> set[tuple[str, str]]:
    """(group of texts, code) of everything that the rules may put before a reader."""
    rules = rule_entries()
    assert len(rules) > 40
    codes = {("family", rule["family"]) for rule in rules} | {("severity", rule["severity"]) for rule in rules}
    codes |= {("subject", kind.strip()) for rule in rules for kind in rule["subject_type"].split(",")}
    codes |= {("lifecycle", rule["status"]) for rule in rules}
    codes |= {
        ("parameter_unit", parameter["unit"]) for rule in rules for parameter in rule.get("thresholds", {}).values()
    }
    sources = [path.read_text(encoding="utf-8") for path in sorted(DBT_PROJECT_DIR.rglob("*.sql"))]
    for source in sources:
        for role, dataset in re.findall(r"evidence_entr(?:y|ies)\(\s*'(\w+)',\s*'(\w+)'", source):
            codes |= {("evidence_role", role), ("dataset", dataset)}
    codes |= {("dataset", dataset.name) for dataset in load_contract()}
    return codes


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_of_a_rule_has_a_word(language):
    """Subjects, evidence and data of all families: whoever adds a rule adds its words."""
    codes = codes_of_rules()
    assert {group for group, _ in codes} >= {"subject", "evidence_role", "dataset", "parameter_unit"}
    # Currencies are their own word.
    free = {("parameter_unit", "CNY"), ("parameter_unit", "%")}
    assert sorted(f"{group}.{code}" for group, code in codes - free if not Texts(language).has(f"{group}.{code}")) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cause_and_indication_has_a_word(language):
    """Whoever adds an indication to the mart adds its words for those who may not read the whole sentence."""
    macro = (DBT_PROJECT_DIR / "macros" / "performance" / "attribution.sql").read_text(encoding="utf-8")
    named = {text.split("'")[1] for text in re.findall(r"^        '\w+': \{", macro, flags=re.MULTILINE)}
    causes, indications = named & set(CAUSES), named - set(CAUSES)
    assert causes == {*CAUSES} - {"undecidable"} and len(indications) > 15
    texts = Texts(language)
    assert {key for key in catalogue(language) if key.startswith("indication.")} == {
        f"indication.{indication}" for indication in indications
    }
    mart = (DBT_PROJECT_DIR / "models" / "marts" / "performance" / "error_attribution.sql").read_text(encoding="utf-8")
    reasons = set(re.findall(r"(?:then|else) '(\w+)'\n", mart[: mart.index("as undecidable_reason")]))
    assert {f"undecidable.{reason}" for reason in reasons - {"undecidable"}} == {
        key for key in catalogue(language) if key.startswith("undecidable.")
    }
    assert texts("cause.undecidable")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_dataset_is_called_what_the_contract_calls_it(language):
    named = {dataset.name: getattr(dataset.title, language) for dataset in load_contract()}
    assert {name: Texts(language)(f"dataset.{name}") for name in named} == named


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_key_without_a_text_is_an_error(language):
    with pytest.raises(KeyError):
        Texts(language)("no.such.key")


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        (None, "—", "—"),
        (float("nan"), "—", "—"),
        (0, "0", "0"),
        (9_999, "9,999", "10.00K"),
        (12_345, "1.23万", "12.3K"),
        (-45_000_000, "-4,500万", "-45.0M"),
        (230_000_000, "2.30亿", "230M"),
    ],
)
def test_short_numbers(value, chinese, english):
    assert zh.compact(value) == chinese
    assert en.compact(value) == english


def test_money_names_its_currency():
    assert zh.money(-1_234_567, "CNY") == "−¥123万"
    assert en.money(1_234_567, "JPY") == "JP¥1.23M"
    assert en.money(5, "THB") == "THB 5"
    assert en.money(None, "CNY") == "—"


def test_dates_and_months():
    assert zh.date(date(2026, 4, 5)) == "2026年4月5日" and en.date(date(2026, 4, 5)) == "5 Apr 2026"
    assert zh.month(date(2026, 4, 1)) == "2026年4月" and en.month(date(2026, 4, 1)) == "Apr 2026"
    assert en.moment(datetime(2026, 4, 5, 9, 3)) == "5 Apr 2026 09:03"
    assert en.instant(datetime(2026, 4, 5, 9, 3)) == "5 Apr 2026 09:03 UTC"
    assert en.instant(datetime.fromisoformat("2026-04-05T09:03:00+08:00")) == "5 Apr 2026 01:03 UTC"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.0123, "0.012"), (0.5, "0.50"), (3.14159, "3.14"), (31.4159, "31.4"), (314.15, "314")],
)
def test_rates(value, text):
    assert en.rate(value) == text


def test_an_interval_without_upper_end_says_so_only_where_that_is_meant():
    assert en.interval(2.0, None, open_ended=True) == "2.00–∞"
    assert en.interval(2.0, None) == en.interval(None, 3.0) == "—"


def test_ratio_change_and_q():
    assert zh.ratio(3.04) == "3.0 倍" and en.ratio(18.2) == "18×"
    assert en.change(-0.0001, 1) == en.change(0.0, 1) == "0.0%"
    assert en.change(-0.321) == "−32%" and en.change(0.05, 1) == "+5.0%"
    assert en.p_value(0.0001) == "<0.001" and en.p_value(0.04) == "0.040"


def test_an_unknown_code_is_shown_as_it_is():
    assert zh.term("severity", "major") == "严重"
    assert zh.term("severity", "new_level") == "new_level"
    assert zh.term("severity", None) == "—"


def test_the_other_language_helps_out_where_one_is_empty():
    assert zh.pick({"name_zh": None, "name_en": "Only English"}, "name") == "Only English"
    assert zh.pick({"name_zh": " ", "name_en": None}, "name") is None


HOSTILE = [
    "**b**",
    "[a](http://x)",
    "![i](http://x)",
    "<img src=x>",
    "# h",
    "1. x",
    "- x",
    "`c`",
    "~~s~~",
    "a\n\nb",
    "&amp;",
    "$x$",
    "http://x.example",
    "a|b\n-|-",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_foreign_text_is_no_markdown(text):
    html = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(plain(text))
    assert html.count("<") == 2 and html.startswith("<p>"), html


@given(st.text(max_size=60))
def test_any_foreign_text_comes_out_as_one_paragraph_of_text(text):
    html = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(plain(text)).strip()
    assert html == "" or (html.startswith("<p>") and html.endswith("</p>") and html.count("<") == 2), html


@pytest.mark.parametrize("text", [":smile:", ":red[x]", ":material/home:", "a:b:c"])
def test_no_shortcode_survives(text):
    assert not re.search(r":[\w+\-/]+:|:\w+\[", plain(text).replace("\\", ""))
