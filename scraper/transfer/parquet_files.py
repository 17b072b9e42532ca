"""Exports as Parquet: times are timestamps, nested values lists and structures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, BinaryIO

from scraper.base.clock import VIETNAM
from scraper.base.errors import UsageError
from scraper.transfer.export_columns import ATTACHMENT_KEYS, PHOTO_KEYS, VALUES, Column, Value
from scraper.transfer.export_report import ExportReport
from scraper.transfer.site_times import read_our_time, read_site_time

ROW_GROUP = 1_000
MAX_GROUP_CHARS = 32_000_000
"""Rows, and characters of their texts, that are written at a time."""

Row = dict[str, Any]


def write_parquet(
    rows: Iterator[Row], columns: Sequence[Column], out: BinaryIO, report: ExportReport
) -> None:
    """Write rows to ``out``. Raises UsageError if pyarrow is not installed.

    A column with times of sites holds those that have a clock; the day of all of them, also if only
    the day is known, is in a further column at the end: ``published_on`` for ``published_at``.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise UsageError(
            "Parquet needs pyarrow: pip install 'tinhuyen[parquet]', or use --format jsonl"
        ) from error
    schema = _schema(columns)
    with parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        for group in _groups(rows):
            typed = [_typed(row, columns, report) for row in group]
            writer.write_table(pyarrow.Table.from_pylist(typed, schema=schema))
            report.rows += len(group)


def day_name(column: str) -> str:
    """Return the column with the days of a column with times."""
    return f"{column.removesuffix('_at')}_on"


def _groups(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Yield rows in groups that are neither too many nor too large."""
    group: list[Row] = []
    size = 0
    for row in rows:
        group.append(row)
        size += sum(len(value) for value in row.values() if isinstance(value, str))
        if len(group) == ROW_GROUP or size >= MAX_GROUP_CHARS:
            yield group
            group, size = [], 0
    if group:
        yield group


def _typed(row: Row, columns: Sequence[Column], report: ExportReport) -> Row:
    """Return a row with values of the types of the schema."""
    typed: Row = {}
    for column in columns:
        value = row[column.name]
        if column.value is Value.SITE_TIME:
            moment, day = _read(read_site_time, value, (None, None), report)
            typed[column.name], typed[day_name(column.name)] = moment, day
        elif column.value is Value.OUR_TIME:
            typed[column.name] = _read(read_our_time, value, None, report)
        elif column.value is Value.OUR_TIMES:
            typed[column.name] = [_read(read_our_time, each, None, report) for each in value]
        elif column.value is Value.MAPPING:
            typed[column.name] = list(value.items())
        else:
            typed[column.name] = value
    return typed


def _read(
    read: Callable[[str | None], Any], text: str | None, unknown: Any, report: ExportReport
) -> Any:
    """Return a time; one that cannot be read is counted, and unknown."""
    try:
        return read(text)
    except ValueError:
        report.unread_times += 1
        return unknown


def _schema(columns: Sequence[Column]) -> Any:
    """Return the schema of the rows: the columns, then the days of times of sites."""
    import pyarrow

    kinds = _types()
    site_times = [column.name for column in columns if column.value is Value.SITE_TIME]
    return pyarrow.schema(
        [(column.name, kinds[column.value]) for column in columns]
        + [(day_name(name), pyarrow.date32()) for name in site_times]
    )


def _types() -> dict[Value, Any]:
    """Return the type of each kind of value."""
    import pyarrow

    text, number = pyarrow.string(), pyarrow.int64()
    texts, our_time = pyarrow.list_(text), pyarrow.timestamp("us", tz="UTC")
    block = {
        "type": text, "text": text, "level": number, "ordered": pyarrow.bool_(), "items": texts,
        "header": texts, "rows": pyarrow.list_(texts), "photo": number, "attachment": number,
    }  # fmt: skip

    def structures(fields: Iterable[tuple[str, Any]]) -> Any:
        return pyarrow.list_(pyarrow.struct(list(fields)))

    def files(keys: Iterable[str]) -> Any:
        is_number = Value.NUMBER
        return structures((key, number if VALUES.get(key) is is_number else text) for key in keys)

    return {
        Value.TEXT: text,
        Value.NUMBER: number,
        Value.SITE_TIME: pyarrow.timestamp("us", tz=VIETNAM.key),
        Value.OUR_TIME: our_time,
        Value.OUR_TIMES: pyarrow.list_(our_time),
        Value.TEXTS: texts,
        Value.BLOCKS: structures(block.items()),
        Value.PHOTOS: files(PHOTO_KEYS),
        Value.ATTACHMENTS: files(ATTACHMENT_KEYS),
        Value.MAPPING: pyarrow.map_(text, text),
    }
