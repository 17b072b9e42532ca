"""Text that a spreadsheet would run as a formula (OWASP, CSV Injection)."""

from __future__ import annotations

import re

_SIGNS = "=+\\-@＝＋－＠"
_FORMULA = re.compile(rf"[\t\r]|[\s\x00-\x1f\u200b-\u200f\u2060\ufeff]*[{_SIGNS}]")
_HIDDEN = re.compile(
    r"(?<=[;|\t\r\n])(?=[ \xa0]*(?:[=@＝＠]|[+\-＋－][^\n;|\t]*(?:[A-Za-z]\(|\|)))"
)
"""Where a formula begins within a cell, if the spreadsheet separates cells by another sign."""


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would read a cell with this text as a formula."""
    return _FORMULA.match(text) is not None


def without_formula(text: str) -> str:
    """A cell of CSV that no spreadsheet runs: a formula gets an apostrophe before it.

    Where the list separator is a semicolon, as in Vietnam, a spreadsheet also splits cells at
    semicolons and line ends inside them. A line that begins with a hyphen or a plus sign is left as
    it is, unless it calls a function.
    """
    start = _FORMULA.match(text)
    if start is None:
        return _HIDDEN.sub("'", text)
    rest = _HIDDEN.sub("'", text[start.end() :])
    return f"'{start[0]}{rest}"
