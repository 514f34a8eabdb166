"""docs/contract.md says what the contract says."""

from pipelines.contract import load_contract
from pipelines.contract.docs import PAGE, render
from pipelines.contract.model import Column, Contract, Dataset, Title


def _contract(*columns: Column) -> Contract:
    dataset = Dataset(
        system="hr",
        name="badges",
        title=Title(zh="工牌", en="badges"),
        grain="one badge",
        delivery="full",
        columns=columns,
    )
    return Contract(datasets=(dataset,))


def _row(page: str, column: str) -> str:
    return next(line for line in page.splitlines() if line.startswith(f"| `{column}` |"))


def test_committed_page_equals_the_rendering() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(load_contract()), "run `hufu contract render`"


def test_page_names_every_dataset_and_column() -> None:
    page = render(load_contract())
    for dataset in load_contract():
        section = page.split(f'<a id="{dataset.name}"></a>')[1].split("<a id=")[0]
        assert [c.name for c in dataset.columns if f"| `{c.name}` |" not in section] == []


def test_row_shows_marks_values_and_both_labels() -> None:
    column = Column(
        name="issued_at", type="ts", required=True, event_time=True, label=Title(zh="发放时间", en="Issued at")
    )
    row = _row(render(_contract(column)), "issued_at")
    assert "● ⏱" in row and "发放时间" in row and "Issued at" in row


def test_default_lifts_the_required_mark_and_is_shown() -> None:
    column = Column(name="is_valid", type="bool", required=True, default=True)
    row = _row(render(_contract(column)), "is_valid")
    assert "●" not in row and "null = `true`" in row


def test_pipe_in_a_pattern_does_not_break_the_table() -> None:
    row = _row(render(_contract(Column(name="code", type="text", pattern="^(a|b)$"))), "code")
    assert "`^(a\\|b)$`" in row


def test_range_shows_both_ends() -> None:
    assert "-90 … 90" in _row(render(_contract(Column(name="latitude", type="num", min=-90, max=90))), "latitude")
