"""Tables on the command line, fitted to the width of a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from shutil import get_terminal_size
from textwrap import wrap
from typing import Any

from scraper.base.messages import ENGLISH, spoken, translate, word

WORDS = {
    "outcome": ("outcome",),
    "state": ("state", "site"),
    "trigger": ("trigger",),
    "verdict": ("verdict", "portal_verdict"),
    "level": ("level",),
    "from": ("origin",),
    "service": ("service",),
    "place": ("place",),
    "kind": ("heading",),
}
"""The columns of tables whose values have words, and of which kinds these may be."""

MESSAGES = ("reason", "error")
"""The columns that hold messages."""

NAMES = ("name", "home_url", "title", "url")
"""The columns that are cut on a narrow terminal; ``--json`` has them whole."""

TEXTS = (*MESSAGES, "value", "value_before", "value_after", "words", "places", "sources")
"""The columns that go on in further lines on a narrow terminal."""

MIN_CHARS = 16
"""The least width of a column that is cut or wrapped, in characters."""

GAP = 2
"""Characters between two columns."""

INDENT = " " * 4


def table(
    rows: Iterable[Mapping[str, Any]], columns: Sequence[str], below: Sequence[str] = ()
) -> str:
    """Rows as an aligned text table with the columns as headings.

    Headings, and values that have words, are in the language of the reader. On a terminal that is
    too narrow, names are cut and long texts go on in further lines; of the columns ``below``, as
    many as needed, the first ones first, become lines under their row instead. What is piped is
    never changed.
    """
    kept = list(rows)
    cells = _cells(kept, columns)
    width = get_terminal_size().columns if sys.stdout.isatty() else None
    whole = _drawn(cells, columns)
    if width is None or _width(whole) <= width:
        return whole
    folded = _folded(cells, columns, below, width)
    shown = [name for name in columns if name not in folded]
    fitted = _fitted(_cells(kept, shown), shown, width)
    if not folded:
        return _drawn(fitted, shown)
    head, rule, *lines = _drawn(fitted, shown).splitlines()
    under = [name for name in columns if name in folded]
    parts = [head, rule]
    for row, texts in zip(kept, fitted, strict=True):
        height = max(len(str(text).splitlines()) for text in texts)
        parts += [*lines[:height], *_lines_below(row, under, width)]
        del lines[:height]
    return "\n".join(parts)


def _cells(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> list[list[Any]]:
    return [[_cell(name, row.get(name)) for name in columns] for row in rows]


def _drawn(cells: Sequence[Sequence[Any]], columns: Sequence[str]) -> str:
    from tabulate import tabulate

    headings = [word("heading", name, spoken()) for name in columns]
    return tabulate(cells, headers=headings, tablefmt="simple")


def _width(text: str) -> int:
    return max(map(len, text.splitlines()), default=0)


def _widths(cells: Sequence[Sequence[Any]], columns: Sequence[str]) -> list[int]:
    """Return the widths of columns. The library leaves two characters free beside a heading."""
    headings = [f"{word('heading', name, spoken())}  " for name in columns]
    texts = [[str(cell) for cell in row] for row in (headings, *cells)]
    return [max(map(_width, column)) for column in zip(*texts, strict=True)]


def _folded(
    cells: Sequence[Sequence[Any]], columns: Sequence[str], below: Sequence[str], width: int
) -> Sequence[str]:
    """Return the columns that have no place beside the others, with these as narrow as may be."""
    widths = dict(zip(columns, _widths(cells, columns), strict=True))
    for name in columns:
        if name in NAMES + TEXTS and name not in below:
            widths[name] = min(widths[name], MIN_CHARS)
    for count in range(len(below)):
        left = [widths[name] for name in columns if name not in below[:count]]
        if sum(left) + GAP * (len(left) - 1) <= width:
            return below[:count]
    return below


def _fitted(cells: list[list[Any]], columns: Sequence[str], width: int) -> list[list[Any]]:
    """Return cells with names cut and texts wrapped, as far as that makes the table fit."""
    widths = _widths(cells, columns)
    flexible = [at for at, name in enumerate(columns) if name in NAMES + TEXTS]
    limits = _limits(widths, flexible, width - GAP * (len(columns) - 1))
    return [
        [_shortened(cell, columns[at], limits.get(at)) for at, cell in enumerate(row)]
        for row in cells
    ]


def _limits(widths: Sequence[int], flexible: Sequence[int], width: int) -> dict[int, int]:
    """Return the widths of flexible columns, the widest made narrower first, until all fit."""
    limits = {at: widths[at] for at in flexible}
    for _ in range(sum(widths) - width):
        widest = max(limits, key=lambda at: limits[at], default=None)
        if widest is None or limits[widest] <= MIN_CHARS:
            break
        limits[widest] -= 1
    return limits


def _shortened(cell: Any, column: str, limit: int | None) -> Any:
    """Return a cell that is no wider than its limit."""
    if limit is None or not isinstance(cell, str) or len(cell) <= limit:
        return cell
    if column in NAMES:
        bare = cell.removeprefix("https://").rstrip("/") if column.endswith("url") else cell
        return bare if len(bare) <= limit else f"{bare[: limit - 1]}…"
    return "\n".join(wrap(cell, limit))


def _lines_below(row: Mapping[str, Any], columns: Sequence[str], width: int) -> list[str]:
    """Return the values of columns as indented lines, each with its heading."""
    found = ((name, str(_cell(name, row.get(name)))) for name in columns)
    texts = (f"{word('heading', name, spoken())}: {text}" for name, text in found if text)
    wide = max(width, MIN_CHARS)
    return [
        line
        for text in texts
        for line in wrap(text, wide, initial_indent=INDENT, subsequent_indent=INDENT)
    ]


def _cell(column: str, value: Any) -> Any:
    """A value as a table shows it."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        parts = (each if isinstance(each, tuple) else (each,) for each in value)
        return ", ".join(": ".join(map(str, part)) for part in parts)
    if spoken() == ENGLISH:
        return value
    if isinstance(value, bool):
        return word("answer", str(value).lower(), spoken())
    if column in MESSAGES:
        return translate(str(value), spoken())
    found = (word(kind, str(value), spoken()) for kind in WORDS.get(column, ()))
    return next((text for text in found if text != value), value)
