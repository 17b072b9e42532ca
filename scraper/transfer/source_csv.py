"""Sources as CSV: a row a source, a column a key."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from scraper.base.errors import UsageError
from scraper.base.source import Source
from scraper.config.toml_file import nearest
from scraper.transfer.source_cells import (
    KEYS,
    cells_of,
    given_values,
    guarded,
    unguarded,
    without_control,
)
from scraper.transfer.source_lists import ListedSource, SourceList

BOM = b"\xef\xbb\xbf"
"""Excel reads CSV as UTF-8 only if it begins with this."""

SEPARATORS = (",", ";", "\t")
SEPARATOR_LINE = "sep="
ENCODINGS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", BOM: "utf-8-sig"}


def write_csv(sources: Iterable[Source], out: BinaryIO) -> None:
    """Write sources as CSV that a spreadsheet opens."""
    out.write(BOM)
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(KEYS)
    for source in sources:
        cells = cells_of(source)
        writer.writerow([guarded(without_control(cells.get(key, ""))) for key in KEYS])
    text.detach()


def read_csv(content: bytes) -> SourceList:
    """Read sources from CSV in UTF-8, or UTF-16 as Excel has it, with the usual separators.

    Raises UsageError if the text cannot be decoded, or if no column names a home page.
    """
    lines = list(io.StringIO(_text(content), newline=""))
    skipped = 1 if lines and lines[0].lower().startswith(SEPARATOR_LINE) else 0
    first = next((line for line in lines[skipped:] if line.strip()), "")
    separator = max(SEPARATORS, key=first.count)
    rows = _rows(lines[skipped:], separator, skipped)
    _, header = next(rows, (0, []))
    keys = [cell.strip().lower() for cell in header]
    if "home_url" not in keys:
        raise UsageError(
            "no column home_url: is this CSV or OPML? `tinhuyen sources export` shows the columns"
        )
    if twice := next((key for key in keys if key in KEYS and keys.count(key) > 1), None):
        raise UsageError(f"two columns {twice}: leave one out")
    found = SourceList(ignored=[f"{key}{nearest(key, KEYS)}" for key in keys if key not in KEYS])
    for line, row in rows:
        _take(line, row, keys, found)
    return found


def _take(line: int, row: list[str], keys: list[str], found: SourceList) -> None:
    """Add the source of a row, or say why it brings none."""
    cells = dict(zip(keys, map(unguarded, row), strict=False))
    if not any(map(str.strip, row)):
        return
    name = cells.get("name") or cells["home_url"] if "home_url" in cells else ""
    if any(map(str.strip, row[len(keys) :])):
        found.refuse(line, name, "more cells than columns")
        return
    try:
        known = {key: cell for key, cell in cells.items() if key in KEYS}
        found.add(ListedSource(line, given_values(known), is_entry=True))
    except ValueError as error:
        found.refuse(line, name, str(error))


def _rows(lines: list[str], separator: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of CSV, each with the number of its first line."""
    reader = csv.reader(lines, delimiter=separator, strict=True)
    line = 1 + skipped
    try:
        for row in reader:
            yield line, row
            line = reader.line_num + 1 + skipped
    except csv.Error as error:
        raise UsageError(f"line {line}: {error}: save the file as CSV again") from error


def _text(content: bytes) -> str:
    encoding = next((name for mark, name in ENCODINGS.items() if content.startswith(mark)), "utf-8")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise UsageError(f"line {line}: is not {encoding}: save it as CSV UTF-8") from error
