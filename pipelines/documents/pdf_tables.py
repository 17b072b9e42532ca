"""Find tables on a page of a PDF by the rules around their cells."""

from __future__ import annotations

import ctypes
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import pypdfium2
import pypdfium2.raw as pdfium

MAX_OBJECTS = 20_000
"""Objects of a page that are looked at."""

MAX_RULES = 400
"""Rules of a page in one direction. A page with more is a drawing."""

_MAX_POINTS = 200
_MAX_THICKNESS = 3.0
_MIN_LENGTH = 8.0
_NEAR = 2.5
"""Points between rules that are one rule, or that meet."""

RulingLine = tuple[float, float, float]
"""Where a rule is, where it begins and where it ends: (x, bottom, top) or (y, left, right)."""


@dataclass(slots=True)
class Grid:
    """A table: its rules, and the places of its columns and rows."""

    vertical: list[RulingLine] = field(default_factory=list)
    horizontal: list[RulingLine] = field(default_factory=list)
    xs: list[float] = field(default_factory=list)
    ys: list[float] = field(default_factory=list)
    """Places of the rules from the left and, negative, from the top."""
    _vertical_at: defaultdict[float, list[RulingLine]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _horizontal_at: defaultdict[float, list[RulingLine]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _columns: dict[tuple[int, int], int] = field(default_factory=dict)
    _rows: dict[tuple[int, int], int] = field(default_factory=dict)
    """The cells that were looked for: where they begin."""

    @property
    def columns(self) -> int:
        """The number of columns."""
        return len(self.xs) - 1

    def cell_at(self, x: float, y: float) -> tuple[int, int] | None:
        """Return the row and the column of a point, or None if it is outside.

        A point in a cell that spans several is in the first one.
        """
        row, column = bisect_right(self.ys, -y) - 1, bisect_right(self.xs, x) - 1
        if not (0 <= row < len(self.ys) - 1 and 0 <= column < self.columns):
            return None
        return self._first_row(row, first := self._first_column(row, column)), first

    def _first_column(self, row: int, column: int) -> int:
        """Return the column in which the cell of a place begins."""
        middle = -(self.ys[row] + self.ys[row + 1]) / 2
        place = column
        while place and (row, place) not in self._columns and not self._is_rule_at(place, middle):
            place -= 1
        first = self._columns.get((row, place), place)
        self._columns.update(((row, each), first) for each in range(place, column + 1))
        return first

    def _first_row(self, row: int, column: int) -> int:
        """Return the row in which the cell of a place begins."""
        middle = (self.xs[column] + self.xs[column + 1]) / 2
        place = row
        while place and (place, column) not in self._rows:
            if _passes(self._horizontal_at[self.ys[place]], middle):
                break
            place -= 1
        first = self._rows.get((place, column), place)
        self._rows.update(((each, column), first) for each in range(place, row + 1))
        return first

    def _is_rule_at(self, column: int, middle: float) -> bool:
        return _passes(self._vertical_at[self.xs[column]], middle)

    def find_places(self) -> None:
        """Find the columns and rows, when all rules are known."""
        for rule in self.vertical:
            self._vertical_at[rule[0]].append(rule)
        for rule in self.horizontal:
            self._horizontal_at[-rule[0]].append(rule)
        self.xs, self.ys = sorted(self._vertical_at), sorted(self._horizontal_at)


def grids_of(page: pypdfium2.PdfPage) -> list[Grid]:
    """Return the tables of a page from the top."""
    vertical, horizontal = _ruling_lines(page)
    if len(vertical) < 2 or len(horizontal) < 2:
        return []
    vertical, horizontal = _merged(vertical), _merged(horizontal)
    if max(len(vertical), len(horizontal)) > MAX_RULES:
        return []
    grids = _connected(vertical, horizontal)
    for grid in grids:
        grid.find_places()
    tables = [grid for grid in grids if grid.columns * (len(grid.ys) - 1) > 1 and grid.columns > 1]
    return sorted(tables, key=lambda grid: grid.ys[0])


def _ruling_lines(page: pypdfium2.PdfPage) -> tuple[list[RulingLine], list[RulingLine]]:
    """Return the vertical and the horizontal lines of a page."""
    vertical: list[RulingLine] = []
    horizontal: list[RulingLine] = []
    for index in range(min(pdfium.FPDFPage_CountObjects(page), MAX_OBJECTS)):
        each = pdfium.FPDFPage_GetObject(page, index)
        if pdfium.FPDFPageObj_GetType(each) != pdfium.FPDF_PAGEOBJ_PATH:
            continue
        for x1, y1, x2, y2 in _lines_of(each):
            left, right, bottom, top = min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2)
            if right - left <= _MAX_THICKNESS and top - bottom >= _MIN_LENGTH:
                vertical.append(((left + right) / 2, bottom, top))
            elif top - bottom <= _MAX_THICKNESS and right - left >= _MIN_LENGTH:
                horizontal.append(((bottom + top) / 2, left, right))
    return vertical, horizontal


def _lines_of(path: pdfium.FPDF_PAGEOBJECT) -> Iterator[tuple[float, float, float, float]]:
    """Yield the straight lines of a path; a thin rectangle is one."""
    edges = [ctypes.c_float() for _ in range(4)]
    if not pdfium.FPDFPageObj_GetBounds(path, *map(ctypes.byref, edges)):
        return
    left, bottom, right, top = (edge.value for edge in edges)
    if min(right - left, top - bottom) <= _MAX_THICKNESS:
        yield left, bottom, right, top
        return
    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(path, ctypes.byref(matrix)):
        return
    last: tuple[float, float] | None = None
    first: tuple[float, float] | None = None
    for number in range(min(pdfium.FPDFPath_CountSegments(path), _MAX_POINTS)):
        segment = pdfium.FPDFPath_GetPathSegment(path, number)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        x, y = ctypes.c_float(), ctypes.c_float()
        pdfium.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
        point = (
            matrix.a * x.value + matrix.c * y.value + matrix.e,
            matrix.b * x.value + matrix.d * y.value + matrix.f,
        )
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            first = point
        elif kind == pdfium.FPDF_SEGMENT_LINETO and last:
            yield *last, *point
        last = point
        if pdfium.FPDFPathSegment_GetClose(segment) and first:
            yield *point, *first
            last = first


def _merged(rules: list[RulingLine]) -> list[RulingLine]:
    """Join rules that continue each other, as each cell may draw its own."""
    by_place: defaultdict[int, list[RulingLine]] = defaultdict(list)
    place = -1e9
    key = -1
    for rule in sorted(rules):
        if rule[0] - place > _NEAR:
            place, key = rule[0], key + 1
        by_place[key].append(rule)
    merged: list[RulingLine] = []
    for group in by_place.values():
        where = sum(rule[0] for rule in group) / len(group)
        start: float | None = None
        end = 0.0
        for _, first, last in sorted(group, key=lambda rule: rule[1]):
            if start is None:
                start, end = first, last
            elif first > end + _NEAR:
                merged.append((where, start, end))
                start, end = first, last
            else:
                end = max(end, last)
        if start is not None:
            merged.append((where, start, end))
    return merged


def _connected(vertical: list[RulingLine], horizontal: list[RulingLine]) -> list[Grid]:
    """Return the groups of rules that cross or meet."""
    groups = list(range(len(vertical) + len(horizontal)))

    def root(index: int) -> int:
        while groups[index] != index:
            groups[index] = groups[groups[index]]
            index = groups[index]
        return index

    for i, (x, bottom, top) in enumerate(vertical):
        for j, (y, left, right) in enumerate(horizontal, len(vertical)):
            if left - _NEAR <= x <= right + _NEAR and bottom - _NEAR <= y <= top + _NEAR:
                groups[root(i)] = root(j)
    grids: defaultdict[int, Grid] = defaultdict(Grid)
    for i, rule in enumerate(vertical):
        grids[root(i)].vertical.append(rule)
    for j, rule in enumerate(horizontal, len(vertical)):
        grids[root(j)].horizontal.append(rule)
    return [grid for grid in grids.values() if len(grid.vertical) > 1 and len(grid.horizontal) > 1]


def _passes(rules: list[RulingLine], at: float) -> bool:
    """Whether one of the rules at a place passes a point of the other axis."""
    return any(rule[1] - _NEAR <= at <= rule[2] + _NEAR for rule in rules)
