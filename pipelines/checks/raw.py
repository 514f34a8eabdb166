"""The suites of the landed data, derived from the contract: its shape, nothing of what it means.

Belongs here: which expectation follows from which word of the contract.
Does not belong here: column lists (the contract), limits (`expectations/thresholds.yml`), keys and relations (dbt).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pipelines.checks.result import Severity
from pipelines.checks.suite import Check, Query, Suite, Table
from pipelines.checks.thresholds import RawThresholds, ShareLimits
from pipelines.contract.model import PROVENANCE_COLUMNS, Column, Contract, Dataset, Title

# What evidence is cited by: without them a violation could not be led back to its line.
EVIDENCE_COLUMNS = ("_source_file", "_source_row", "_row_hash", "_batch_id", "_delivered_at")
# Where a failing row stands, for whoever repairs it.
PLACE_COLUMNS = ("_source_file", "_source_row")

DELIVERIES_QUERY = """
    with corrected as (
        select repairs as source_sha256, dataset, sum(accepted_count) as corrected_count
        from landed.batches
        where is_active and repairs is not null
        group by repairs, dataset
    ),
    -- rows that come back corrected are judged as part of the file that they came from
    judged as (
        select
            batches.dataset, batches.source_file, batches.batch_id, batches.delivered_at, batches.read_count,
            batches.quarantined_count,
            greatest(batches.quarantined_count - coalesce(corrected.corrected_count, 0), 0)
                / nullif(batches.read_count, 0) as quarantined_share,
            nullif(nullif(trim(cast(batches.unknown_columns as varchar)), ''), '[]') as unknown_columns
        from landed.batches as batches
        left join corrected
            on batches.source_sha256 = corrected.source_sha256 and batches.dataset = corrected.dataset
        where batches.is_active and batches.repairs is null
    )
    select
        *,
        case
            when read_count < {minimum_rows} then 0
            -- a broken file stops counting once a sound one of the dataset came after it: that is how it is repaired
            when exists (
                select 1 from judged as later
                where later.dataset = judged.dataset
                    and later.delivered_at > judged.delivered_at
                    and coalesce(later.quarantined_share, 0) <= {blocking}
            ) then 0
            else quarantined_share
        end as unrepaired_share
    from judged
"""

FILES_QUERY = """
    select source_file, case when status = 'set_aside' then reason_code end as set_aside_for
    from landed.files
    where is_present
"""


@dataclass(frozen=True)
class Delivery:
    """What the register says of one dataset's active batches."""

    read_count: int
    accepted_count: int


def plan_raw_suites(contract: Contract, thresholds: RawThresholds, deliveries: Mapping[str, Delivery]) -> list[Suite]:
    """One suite per dataset, one over the register, one over the inbox.

    deliveries: by dataset; what was never delivered is absent.
    """
    suites = [_dataset_suite(dataset, thresholds, deliveries.get(dataset.name)) for dataset in contract]
    return [*suites, _deliveries_suite(thresholds.quarantined_share, tuple(sorted(deliveries))), _inbox_suite()]


def _dataset_suite(dataset: Dataset, thresholds: RawThresholds, delivery: Delivery | None) -> Suite:
    checks = list(_shape(dataset))
    if delivery is not None:
        checks.append(_rows(dataset, delivery))
        for column in dataset.columns:
            checks.extend(_values(column))
        checks.append(_evidence(dataset))
        checks.extend(_event_time(dataset, thresholds))
        checks.extend(_repeated_keys(dataset, thresholds.repeated_key_share))
    personal = frozenset(column.name for column in dataset.columns if column.pii)
    return Suite(
        layer="raw",
        dataset=dataset.name,
        relation=Table(f"landed_{dataset.system}", dataset.name),
        checks=tuple(checks),
        key_columns=(*_named(dataset), *PLACE_COLUMNS),
        hidden_columns=personal,
    )


def _named(dataset: Dataset) -> list[str]:
    """What a row is told by: its key, less what is personal."""
    return [column.name for column in dataset.columns if column.key and not column.pii]


def _shape(dataset: Dataset) -> Iterator[Check]:
    yield Check(
        "columns",
        "expect_table_columns_to_match_set",
        {"column_set": [*dataset.column_names, *PROVENANCE_COLUMNS], "exact_match": True},
        "blocking",
        Title(zh="列与契约一致", en="The columns are those of the contract"),
    )
    yield Check(
        "types",
        "expect_table_column_types_to_match",
        {"column_types": {c.name: c.sql_type for c in dataset.columns} | PROVENANCE_COLUMNS},
        "blocking",
        Title(zh="列类型与契约一致", en="The columns have the contract's types"),
    )


def _rows(dataset: Dataset, delivery: Delivery) -> Check:
    severity: Severity = "blocking" if delivery.accepted_count else "warning"
    return Check(
        "rows",
        "expect_table_row_count_to_be_between",
        {"min_value": 1},
        severity,
        Title(zh=f"已交付的{dataset.title.zh}有数据行", en=f"What was delivered of {dataset.title.en} holds rows"),
    )


def _values(column: Column) -> Iterator[Check]:
    zh, en = (column.label.zh, column.label.en) if column.label else (column.name, column.name)
    if column.is_mandatory:
        yield Check(
            f"required.{column.name}",
            "expect_column_values_to_not_be_null",
            {"column": column.name},
            "blocking",
            Title(zh=f"「{zh}」不为空", en=f"{en} is filled"),
        )
    if column.domain:
        values = ", ".join(column.domain)
        yield Check(
            f"domain.{column.name}",
            "expect_column_values_to_be_in_set",
            {"column": column.name, "value_set": list(column.domain)},
            "blocking",
            Title(zh=f"「{zh}」取值属于 {values}", en=f"{en} is one of {values}"),
        )
    if column.pattern:
        yield Check(
            f"pattern.{column.name}",
            "expect_column_values_to_match_pattern",
            {"column": column.name, "pattern": column.pattern},
            "blocking",
            Title(zh=f"「{zh}」符合格式 {column.pattern}", en=f"{en} has the form {column.pattern}"),
        )
    if column.min is not None or column.max is not None:
        yield Check(
            f"range.{column.name}",
            "expect_column_values_to_be_between",
            {"column": column.name, "min_value": column.min, "max_value": column.max},
            "blocking",
            Title(zh=f"「{zh}」{_bounds(column, '不小于', '不大于')}", en=f"{en} is {_bounds(column, '>=', '<=')}"),
        )


def _bounds(column: Column, at_least: str, at_most: str) -> str:
    ends = ((at_least, column.min), (at_most, column.max))
    return ", ".join(f"{word} {end:g}" for word, end in ends if end is not None)


def _evidence(dataset: Dataset) -> Check:
    return Check(
        "evidence",
        "expect_all_columns_to_be_filled",
        {"columns": list(EVIDENCE_COLUMNS), "named_columns": _named(dataset)},
        "blocking",
        Title(zh="每行都能追溯到来源文件的行", en="Every row leads back to its line of a source file"),
    )


def _event_time(dataset: Dataset, thresholds: RawThresholds) -> Iterator[Check]:
    column = dataset.event_time
    if column is None:
        return
    age, ahead = thresholds.event_time.window(dataset)
    zh, en = (column.label.zh, column.label.en) if column.label else (column.name, column.name)
    yield Check(
        f"event_time.{column.name}",
        "expect_event_time_to_be_plausible",
        {
            "column": column.name,
            "delivered_column": "_delivered_at",
            "is_month": column.type == "text",
            "max_age_days": age,
            "max_ahead_days": ahead,
        },
        "warning",
        Title(
            zh=f"「{zh}」不早于交付前 {age} 天，不晚于交付后 {ahead} 天",
            en=f"{en} lies between {age} days before and {ahead} days after its delivery stamp",
        ),
    )


def _repeated_keys(dataset: Dataset, limits: ShareLimits) -> Iterator[Check]:
    for name, severity, share, minimum_rows in (
        ("repeated_keys", "warning", limits.warning, 0),
        ("repeated_keys_limit", "blocking", limits.blocking, limits.minimum_rows),
    ):
        yield Check(
            name,
            "expect_repeated_key_share_to_be_at_most",
            {
                "key_columns": [*dataset.keys, "_batch_id"],
                "named_columns": [*_named(dataset), "_source_file"],
                "max_share": share,
                "minimum_rows": minimum_rows,
            },
            severity,
            Title(
                zh=f"同一文件内主键重复的行不超过 {share:.0%}",
                en=f"At most {share:.0%} of the rows repeat a key of the same file",
            ),
        )


def _deliveries_suite(limits: ShareLimits, delivered: tuple[str, ...]) -> Suite:
    return Suite(
        layer="raw",
        dataset="deliveries",
        relation=Query(DELIVERIES_QUERY.format(minimum_rows=limits.minimum_rows, blocking=limits.blocking)),
        checks=tuple(_delivery_checks(limits)),
        key_columns=("dataset", "source_file", "read_count", "quarantined_count"),
        split_by="dataset",
        split_values=delivered,
        key_limit=10_000,
    )


def _delivery_checks(limits: ShareLimits) -> Iterable[Check]:
    yield Check(
        "quarantined_share",
        "expect_column_values_to_be_between",
        {"column": "quarantined_share", "max_value": limits.warning},
        "warning",
        Title(
            zh=f"每个文件进入隔离区的记录不超过 {limits.warning:.0%}",
            en=f"At most {limits.warning:.0%} of each file's records went to quarantine",
        ),
    )
    yield Check(
        "quarantined_share_limit",
        "expect_column_values_to_be_between",
        {"column": "unrepaired_share", "max_value": limits.blocking},
        "blocking",
        Title(
            zh=f"没有隔离超过 {limits.blocking:.0%} 且尚未重新交付的文件",
            en=f"No file with more than {limits.blocking:.0%} of its records in quarantine waits for its repair",
        ),
    )
    yield Check(
        "unknown_columns",
        "expect_column_values_to_be_null",
        {"column": "unknown_columns"},
        "warning",
        Title(zh="文件中没有契约以外的列", en="No file has columns that the contract does not know"),
    )


def _inbox_suite() -> Suite:
    return Suite(
        layer="raw",
        dataset="inbox",
        relation=Query(FILES_QUERY),
        checks=(
            Check(
                "files_read",
                "expect_column_values_to_be_null",
                {"column": "set_aside_for"},
                "warning",
                Title(zh="收件箱中的文件都能识别并读取", en="Every file of the inbox could be recognised and read"),
            ),
        ),
        key_columns=("source_file",),
        rows=Title(zh="个文件", en="files"),
    )
