"""What changed between two versions of an article whose shape is known.

Texts are aligned whatever they stand in: a paragraph that became a heading or an item of a list is
not a change of its words. A row of a table is compared cell by cell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import groupby, takewhile, zip_longest
from typing import Any

from scraper.browse.article_shape import PARAGRAPH_END, outline
from scraper.browse.diff import Budget, Kind, Piece, whole, words
from scraper.store.file_search import file_name

SIMILAR = 0.5
"""The share of common words from which a text is an edited one, not another."""

MAX_CELLS_ALIGNED = 200
"""Cells of a row that are aligned if their number changed; others are compared in order."""

GROUPED = {"row": "table", "item": "list"}
"""Parts of a block, and what a run of them is shown as."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a version that stays together: a text, an item of a list, or a row of a table."""

    kind: str
    cells: tuple[str, ...]
    is_header: bool = False
    is_ordered: bool = False
    level: int = 2

    @property
    def key(self) -> str:
        """What is the same in both versions if this part is, whatever the kind of a text."""
        text = "\t".join(self.cells)
        return f"\0{self.kind}\0{text}" if self.kind in ("photo", "attachment") else text


@dataclass(frozen=True, slots=True)
class Change:
    """A part with the pieces of each cell. ``is_moved``: it is the same, but elsewhere."""

    part: Part
    cells: tuple[list[Piece], ...]
    is_moved: bool = False


def parts_of(version: dict[str, Any]) -> list[Part]:
    """Return the parts of a version with ``blocks``, ``photos`` and ``attachments``."""
    blocks = version["blocks"]
    levels = outline([block["level"] for block in blocks if block["type"] == "heading"])
    return [part for block in blocks for part in _parts(block, version, levels)]


def shape_changes(
    old: Sequence[Part], new: Sequence[Part], budget: Budget
) -> list[tuple[str, list[Change]]]:
    """Return the parts of both versions in reading order; runs of rows and items together."""
    found = _changes(old, new, budget)
    return [(name, list(run)) for name, run in groupby(found, _shown_as)]


def _shown_as(change: Change) -> str:
    return GROUPED.get(change.part.kind, change.part.kind)


def _parts(block: dict[str, Any], version: dict[str, Any], levels: Iterator[int]) -> Iterator[Part]:
    kind = block["type"]
    if kind == "heading":
        yield Part(kind, (block["text"],), level=next(levels))
    elif kind == "list":
        yield from (Part("item", (item,), is_ordered=block["ordered"]) for item in block["items"])
    elif kind == "table" or (kind == "paragraph" and "\t" in block["text"]):
        yield from _rows(block)
    elif kind in ("paragraph", "quotation"):
        yield from (Part(kind, (text,)) for text in block["text"].split(PARAGRAPH_END))
    elif kind in ("photo", "attachment"):
        files = version[f"{kind}s"]
        yield from (Part(kind, (_caption(file),)) for file in files[block[kind] :][:1])


def _rows(block: dict[str, Any]) -> Iterator[Part]:
    """Yield the rows of a table, or of a paragraph whose lines are rows."""
    if block.get("header") is not None:
        yield Part("row", tuple(block["header"]), is_header=True)
    rows = block["rows"] if "rows" in block else map(_cells, block["text"].split("\n"))
    yield from (Part("row", tuple(row)) for row in rows)


def _cells(line: str) -> list[str]:
    return line.split("\t")


def _caption(file: dict[str, Any]) -> str:
    """Return by what a photo or an attachment is compared: its address may change with a server."""
    url = file["url"]
    return file.get("caption") or file.get("name") or (file_name(url) if url else "")


def _changes(old: Sequence[Part], new: Sequence[Part], budget: Budget) -> list[Change]:
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    before, after = old[start : len(old) - end], new[start : len(new) - end]
    found = list(map(_same, new[:start]))
    if budget.allows(len(before), len(after)):
        found += _aligned(before, after, budget)
    else:
        found += [_replaced(part, None) for part in before]
        found += [_replaced(None, part) for part in after]
    return found + list(map(_same, new[len(new) - end :]))


def _common(old: Sequence[Part], new: Sequence[Part]) -> int:
    """How many parts both begin with."""
    pairs = takewhile(lambda pair: pair[0].key == pair[1].key, zip(old, new, strict=False))
    return sum(1 for _ in pairs)


def _aligned(old: Sequence[Part], new: Sequence[Part], budget: Budget) -> Iterator[Change]:
    keys = [part.key for part in old], [part.key for part in new]
    codes = SequenceMatcher(None, *keys, autojunk=False).get_opcodes()
    edits = [code for code in codes if code[0] != "equal"]
    removed = Counter(key for code in edits for key in keys[0][code[1] : code[2]])
    added = Counter(key for code in edits for key in keys[1][code[3] : code[4]])
    left, arrived = removed & added, removed & added
    for tag, old_start, old_end, new_start, new_end in codes:
        before, after = old[old_start:old_end], new[new_start:new_end]
        if tag == "equal":
            yield from map(_same, after)
            continue
        before = [part for part in before if not _take(left, part.key)]
        yield from _paired(before, after, arrived, budget)


def _paired(
    old: Sequence[Part], new: Sequence[Part], moved: Counter[str], budget: Budget
) -> Iterator[Change]:
    """Return changed parts, each new one with the old one that it replaced, if there is one."""
    arrived = [_take(moved, part.key) for part in new]
    others = [part for part, is_moved in zip(new, arrived, strict=True) if not is_moved]
    replaced = iter(_predecessors(old, others))
    shown = 0
    for part, is_moved in zip(new, arrived, strict=True):
        if is_moved:
            yield replace(_same(part), is_moved=True)
            continue
        place = next(replaced)
        if place is None:
            yield _replaced(None, part)
            continue
        yield from (_replaced(gone, None) for gone in old[shown:place])
        yield _edited(old[place], part, budget)
        shown = place + 1
    yield from (_replaced(gone, None) for gone in old[shown:])


def _predecessors(old: Sequence[Part], new: Sequence[Part]) -> Iterator[int | None]:
    """Return for each new part which old one it replaced, in rising order.

    As many parts replace each other in their order; else each replaces the next similar one.
    """
    if len(old) == len(new):
        yield from range(len(old))
        return
    texts = [frozenset(part.key.split()) for part in old]
    start = 0
    for part in new:
        found = frozenset(part.key.split())
        place = next(
            (place for place in range(start, len(old)) if _is_similar(texts[place], found)), None
        )
        start = start if place is None else place + 1
        yield place


def _is_similar(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= SIMILAR * max(len(one), len(other), 1)


def _take(counts: Counter[str], key: str) -> bool:
    """Whether one of a key was left; it is taken."""
    if counts[key] < 1:
        return False
    counts[key] -= 1
    return True


def _same(part: Part) -> Change:
    return Change(part, tuple([Piece(Kind.SAME, cell)] if cell else [] for cell in part.cells))


def _replaced(old: Part | None, new: Part | None) -> Change:
    """A part that is gone or new as a whole."""
    part = new or old
    assert part is not None
    pairs = (("", cell) if new else (cell, "") for cell in part.cells)
    return Change(part, tuple(whole(*pair) for pair in pairs))


def _edited(old: Part, new: Part, budget: Budget) -> Change:
    """A part that replaced another, with the kind that it has now."""
    return Change(new, tuple(words(*pair, budget) for pair in _cell_pairs(old.cells, new.cells)))


def _cell_pairs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Return which cell of a row replaced which; empty texts stand for none."""
    if len(old) == len(new) or max(len(old), len(new)) > MAX_CELLS_ALIGNED:
        yield from zip_longest(old, new, fillvalue="")
        return
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for _, old_start, old_end, new_start, new_end in codes:
        yield from zip_longest(old[old_start:old_end], new[new_start:new_end], fillvalue="")
