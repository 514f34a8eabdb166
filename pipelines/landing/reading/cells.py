"""Typed cells of a spreadsheet as texts: one by one, and a column at a time.

Belongs here: the canonical text of a cell. Does not belong here: files, sheets, what a text means.

Whole numbers have no `.0`, dates are ISO, text stays as it is, an empty cell is null. A column at a time is the same
in a tenth of the time: most columns hold cells of one kind.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy
    import pyarrow

# What spreadsheets write for a carriage return, and what no text may hold.
_MARKS = re.compile(r"_x000[dD]_|\0")
_MARK_BYTES = re.compile(rb"_x000[dD]_|\0")
_HALF_PAIRS = re.compile("[\ud800-\udfff]")
# Beyond 15 digits a spreadsheet has lost the rest; what had more stays visible as E+.
_EXACT_BELOW = 1e15
_SHORT_DIGITS = 15
# Smaller ones are written with an exponent by whoever writes them shortly.
_PLAIN_FROM = 1e-3


def cell_text(cell: Any) -> str | None:
    """The canonical text of a typed cell."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, str):
        return _MARKS.sub("", cell) or None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return number_text(cell)
    if isinstance(cell, datetime):
        return _moment_text(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return cell.isoformat(timespec="seconds")
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
    return str(cell)


def number_text(value: float) -> str:
    """A spreadsheet number as text: the 15 digits that spreadsheets hold. What had more stays visible as E+."""
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    if value == int(value) and abs(value) < _EXACT_BELOW:
        return str(int(value))
    if abs(value) >= _EXACT_BELOW:
        return f"{value:.14E}"
    text = f"{value:.15g}"
    if "e" in text:
        text = f"{value:.20f}".rstrip("0").rstrip(".")
    return text


def _moment_text(cell: datetime) -> str:
    # A serial number holds no exact second: 09:00 can come back as 08:59:59.999999.
    late = cell > datetime.max - timedelta(milliseconds=1)
    snapped = cell if late else cell + timedelta(microseconds=500)
    snapped = snapped.replace(microsecond=snapped.microsecond // 1000 * 1000)
    return snapped.isoformat(sep=" ", timespec="milliseconds" if snapped.microsecond else "seconds")


def column_texts(values: Sequence[Any]) -> pyarrow.Array:
    """The texts of a column's cells: `cell_text` of each, as an Arrow array with nulls."""
    kinds = set(map(type, values))
    if kinds == {str}:
        return _from_texts(values)
    if len(kinds) == 1:
        return _of_one_kind(values, kinds.pop())
    return _of_several_kinds(values, kinds)


def _of_one_kind(values: Sequence[Any], kind: type) -> pyarrow.Array:
    import pyarrow

    if kind is str:
        return _from_texts(values)
    if kind is float:
        return _from_numbers(values)
    if kind is datetime:
        texts = _from_moments(values)
        if texts is not None:
            return texts
    return pyarrow.array([cell_text(value) for value in values], pyarrow.string())


def _of_several_kinds(values: Sequence[Any], kinds: set[type]) -> pyarrow.Array:
    """The cells of each kind by themselves, then all in their places."""
    import numpy
    import pyarrow

    kind_of = list(map(type, values))
    parts, found = [], numpy.empty(len(values), numpy.int64)
    done = 0
    for kind in kinds:
        places = [place for place, other in enumerate(kind_of) if other is kind]
        parts.append(_of_one_kind([values[place] for place in places], kind))
        found[places] = numpy.arange(done, done + len(places))
        done += len(places)
    return pyarrow.concat_arrays(parts).take(pyarrow.array(found))


def _from_texts(values: Sequence[str]) -> pyarrow.Array:
    import numpy
    import pyarrow

    try:
        texts = pyarrow.array(values, pyarrow.string())
    except UnicodeEncodeError:
        texts = pyarrow.array([_HALF_PAIRS.sub("\ufffd", value) for value in values], pyarrow.string())
    if isinstance(texts, pyarrow.ChunkedArray):
        raise MemoryError("the texts of one column do not fit into memory")
    _, offsets, data = texts.buffers()
    if data is not None and _MARK_BYTES.search(data):
        return pyarrow.array([_MARKS.sub("", value) or None for value in texts.to_pylist()], pyarrow.string())
    lengths = numpy.diff(numpy.frombuffer(offsets, numpy.int32, len(texts) + 1))
    if lengths.all():
        return texts
    validity = pyarrow.py_buffer(numpy.packbits(lengths > 0, bitorder="little").tobytes())
    return pyarrow.StringArray.from_buffers(len(texts), offsets, data, validity)


def _from_numbers(values: Sequence[float]) -> pyarrow.Array:
    import numpy
    import pyarrow
    import pyarrow.compute as compute

    numbers = numpy.array(values)
    size = numpy.abs(numbers)
    whole = (numbers == numpy.trunc(numbers)) & (size < _EXACT_BELOW)
    integers = pyarrow.array(numpy.where(whole, numbers, 0).astype(numpy.int64)).cast(pyarrow.string())
    if whole.all():
        return integers
    # The shortest text that gives the number back is what 15 digits give, unless it needs more of them.
    shortest = pyarrow.array(numbers).cast(pyarrow.string())
    texts = compute.if_else(pyarrow.array(whole), integers, shortest)
    is_usual = (size >= _PLAIN_FROM) & (size < _EXACT_BELOW)
    long = ~whole & is_usual & (_lengths(shortest) > _SHORT_DIGITS)
    if long.any():
        exact = pyarrow.array([f"{value:.15g}" for value in numbers[long].tolist()], pyarrow.string())
        texts = compute.replace_with_mask(texts, pyarrow.array(long), exact)
    rare = ~whole & ~is_usual
    if rare.any():
        exact = pyarrow.array([number_text(value) for value in numbers[rare].tolist()], pyarrow.string())
        texts = compute.replace_with_mask(texts, pyarrow.array(rare), exact)
    return texts


def _lengths(texts: pyarrow.Array) -> numpy.ndarray:
    import pyarrow.compute as compute

    return compute.binary_length(texts).to_numpy(zero_copy_only=False)


def _from_moments(values: Sequence[datetime]) -> pyarrow.Array | None:
    """None where a moment has a part of a second."""
    import pyarrow

    micros = pyarrow.array(values, pyarrow.timestamp("us")).cast(pyarrow.int64()).to_numpy()
    millis = (micros + 500) // 1000
    if (millis % 1000).any():
        return None
    return pyarrow.array(millis // 1000).cast(pyarrow.timestamp("s")).cast(pyarrow.string())
