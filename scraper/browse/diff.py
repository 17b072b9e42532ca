"""What changed between two versions of an article, paragraph by paragraph and word by word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import takewhile, zip_longest
from typing import Any

WORD = re.compile(r"\s+|\w+|[^\w\s]")

MAX_CELLS = 400_000
"""Pairs of paragraphs, or of words, that are compared on one page: the work grows with the square
of a text. The rest is shown as a whole, before and after."""


class Kind(StrEnum):
    """How a piece of text differs."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text of one kind."""

    kind: Kind
    text: str


class Budget:
    """What may still be compared on a page. ``is_spent`` is True if something was not compared."""

    def __init__(self, cells: int = MAX_CELLS) -> None:
        self.cells = cells
        self.is_spent = False

    def allows(self, before: int, after: int) -> bool:
        """Spend the cost of comparing so many parts with so many others, if it is affordable."""
        cost = before * after
        if cost > self.cells:
            self.is_spent = True
            return False
        self.cells -= cost
        return True


def changes(
    old: Sequence[str], new: Sequence[str], budget: Budget | None = None
) -> list[list[Piece]]:
    """The paragraphs of both versions in reading order, each as its pieces."""
    budget = budget or Budget()
    start = _common_length(old, new)
    end = _common_length(old[start:][::-1], new[start:][::-1])
    before, after = old[start : len(old) - end], new[start : len(new) - end]
    found = [[Piece(Kind.SAME, text)] for text in old[:start]]
    if budget.allows(len(before), len(after)):
        found += _aligned(before, after, budget)
    else:
        found += [[Piece(Kind.REMOVED, text)] for text in before]
        found += [[Piece(Kind.ADDED, text)] for text in after]
    return found + [[Piece(Kind.SAME, text)] for text in old[len(old) - end :]]


def _common_length(old: Sequence[str], new: Sequence[str]) -> int:
    """How many paragraphs both begin with."""
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False))
    return sum(1 for _ in pairs)


def _aligned(old: Sequence[str], new: Sequence[str], budget: Budget) -> list[list[Piece]]:
    """Return the changed paragraphs, each compared with the one that replaced it."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    found: list[list[Piece]] = []
    for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        before, after = old[old_start:old_end], new[new_start:new_end]
        if tag == "equal":
            found += [[Piece(Kind.SAME, text)] for text in before]
        else:
            found += [words(*pair, budget) for pair in zip_longest(before, after, fillvalue="")]
    return found


def words(old: str, new: str, budget: Budget | None = None) -> list[Piece]:
    """Return what changed from one text to another; whole texts if there is too much to compare."""
    if old == new or not (old and new):
        return whole(old, new)
    before, after = WORD.findall(old), WORD.findall(new)
    if not (budget or Budget()).allows(len(before), len(after)):
        return whole(old, new)
    found: list[Piece] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        removed = "".join(before[old_start:old_end])
        if tag == "equal":
            found.append(Piece(Kind.SAME, removed))
        else:
            found += whole(removed, "".join(after[new_start:new_end]))
    return found


def whole(old: str, new: str) -> list[Piece]:
    """A text replaced by another as a whole, or one that stayed."""
    if old == new:
        return [Piece(Kind.SAME, old)] if old else []
    pieces = [Piece(Kind.REMOVED, old), Piece(Kind.ADDED, new)]
    return [piece for piece in pieces if piece.text]


def paragraphs(version: dict[str, Any]) -> list[str]:
    """A version's body as paragraphs."""
    return version["body"].split("\n\n") if version["body"] else []
