"""What changed between two versions of an article, paragraph by paragraph and word by word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import zip_longest
from typing import Any

WORD = re.compile(r"\s+|\w+|[^\w\s]")

LONGEST = 2_000
"""Words of a paragraph that are compared one by one: the work grows with their square."""


class Kind(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text of one kind."""

    kind: Kind
    text: str


def changes(old: Sequence[str], new: Sequence[str]) -> list[list[Piece]]:
    """The paragraphs of both versions in reading order, each as its pieces."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    found: list[list[Piece]] = []
    for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        before, after = old[old_start:old_end], new[new_start:new_end]
        if tag == "equal":
            found += [[Piece(Kind.SAME, text)] for text in before]
        else:
            found += [words(*pair) for pair in zip_longest(before, after, fillvalue="")]
    return found


def words(old: str, new: str) -> list[Piece]:
    """What changed from one text to another; whole texts where they are very long."""
    before, after = WORD.findall(old), WORD.findall(new)
    if len(before) > LONGEST or len(after) > LONGEST:
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
