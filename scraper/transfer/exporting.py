"""Export of articles as JSON lines, CSV or Parquet, in memory that does not grow with them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, BinaryIO

from sqlite_utils import Database

from pipelines.article import Use, names_of
from scraper.base.errors import UsageError
from scraper.store.article_rows import Selection, read_selection
from scraper.store.exported_files import add_file_facts

KEYS = (*names_of(Use.EXPORTED), "source")
CSV_KEYS = (*names_of(Use.IN_CSV), "source")

FORMULA = tuple("=+-@\t\r＝＋－＠")
"""First characters that make a spreadsheet read a cell as a formula (OWASP, CSV Injection)."""

ROW_GROUP = 1_000

PHOTO_KEYS = (
    "url", "caption", "credit", "alt", "media_type", "size", "width", "height", "digest",
    "outcome", "reason",
)  # fmt: skip
ATTACHMENT_KEYS = ("url", "name", "media_type", "size", "digest", "pages", "outcome", "reason")
NUMBERS = {"size", "width", "height", "pages"}
"""The keys of files in Parquet, and those of them that are numbers."""

WITH_FILE_TEXTS = {"jsonl"}
"""The forms that hold the text of attachments: it would be too long for a cell or a row group."""

Row = dict[str, Any]


def export(db: Database, selection: Selection, form: str, out: BinaryIO) -> int:
    """Write the selected articles to ``out``, oldest row first; returns how many there were.

    ``form`` is jsonl, csv or parquet. Raises UsageError if Parquet is asked for and pyarrow is
    not installed.
    """
    with_text = form in WITH_FILE_TEXTS
    read = (add_file_facts(db, row, with_text=with_text) for row in read_selection(db, selection))
    return WRITERS[form](({key: row[key] for key in KEYS} for row in read), out)


def without_formula(text: str) -> str:
    """A cell that no spreadsheet runs: what it would read as a formula gets an apostrophe."""
    is_formula = text.lstrip(" \n").startswith(FORMULA)
    return f"'{text}" if is_formula else text


def csv_header(*added: str) -> str:
    """Return the first line of CSV, with further columns.

    It has a byte order mark, without which Excel garbles Vietnamese.
    """
    return "\ufeff" + ",".join((*CSV_KEYS, *added)) + "\r\n"


def csv_text(rows: Iterable[Row], *added: str) -> str:
    """Return rows as the lines of CSV that `export` writes, with further columns."""
    text = io.StringIO(newline="")
    keys = (*CSV_KEYS, *added)
    csv.writer(text).writerows([_cell(row[key]) for key in keys] for row in rows)
    return text.getvalue()


def _write_jsonl(rows: Iterator[Row], out: BinaryIO) -> int:
    lines = (json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)
    return sum(bool(out.write(line)) for line in lines)


def _write_csv(rows: Iterator[Row], out: BinaryIO) -> int:
    out.write(csv_header().encode())
    return sum(bool(out.write(csv_text([row]).encode())) for row in rows)


def _cell(value: object) -> object:
    """A value that no spreadsheet runs; lists are JSON."""
    if isinstance(value, list):
        value = json.dumps(value, ensure_ascii=False)
    return without_formula(value) if isinstance(value, str) else value


def _write_parquet(rows: Iterator[Row], out: BinaryIO) -> int:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise UsageError(
            "Parquet needs pyarrow: pip install 'tinhuyen[parquet]', or use --format jsonl"
        ) from error
    schema = _parquet_schema()
    count = 0
    with parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        while group := list(islice(rows, ROW_GROUP)):
            for row in group:
                row["provenance"] = list(row["provenance"].items())
            writer.write_table(pyarrow.Table.from_pylist(group, schema=schema))
            count += len(group)
    return count


def _parquet_schema() -> Any:
    """Return the schema of the rows: nested values are lists and structures."""
    import pyarrow

    text, texts, number = pyarrow.string(), pyarrow.list_(pyarrow.string()), pyarrow.int64()

    def files(names: Iterable[str]) -> Any:
        fields = [(name, number if name in NUMBERS else text) for name in names]
        return pyarrow.list_(pyarrow.struct(fields))

    block = {
        "type": text, "text": text, "level": number, "ordered": pyarrow.bool_(), "items": texts,
        "header": texts, "rows": pyarrow.list_(texts), "photo": number, "attachment": number,
    }  # fmt: skip
    kinds = {
        "paragraphs": texts,
        "blocks": pyarrow.list_(pyarrow.struct(list(block.items()))),
        "attachments": files(ATTACHMENT_KEYS),
        "tags": texts,
        "photos": files(PHOTO_KEYS),
        "word_count": number,
        "provenance": pyarrow.map_(text, text),
    }
    return pyarrow.schema([(key, kinds.get(key, text)) for key in KEYS])


WRITERS: dict[str, Callable[[Iterator[Row], BinaryIO], int]] = {
    "jsonl": _write_jsonl,
    "csv": _write_csv,
    "parquet": _write_parquet,
}
