"""Recognise captions by their words alone.

A caption describes a picture: a subject, a visible action, the present tense, no date, no reference
to the sentence before. Every feature adds or subtracts points. Rules that remove a line from a body
need more evidence than the points (see ``plain_text``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipelines.extraction.vietnamese import read_words
from pipelines.extraction.vietnamese.credits import read_credit

MAX_CAPTION_WORDS = 36
"""Words of a caption. There are longer ones, but paragraphs have that length, too."""

MAX_BRIEF_CAPTION_WORDS = 22
"""Words up to which a line is brief, which adds a point."""

MAX_PLAYER_CAPTION_CHARS = 200

_PLAYER = re.compile(r"\W{0,3}(?:nguồn )?(?:video|clip|podcast)(?: clip)?\s?[:：]\s?\S", re.I)
_CREDIT_PART = re.compile(r"(?:(?<!\W)\W+)?\b\w[\w/, ]{0,20}[:：][^:]{1,60}$")
_DATED = re.compile(r"\d{1,2}\s*[/-]\s*\d{1,2}|\b(?:19|20)\d\d\b|\d\s*(?:%|triệu|tỷ|ha|tấn)\b")
_SENTENCE = re.compile(r"[.!?…]\s+[A-ZĐÀ-Ỹ\"“]")
_MARKED = re.compile(r"^\s*(?:[-–+*•]|\d+[.)]|[a-zđ]\))\s")


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of ``captions.toml``, prepared for lookup."""

    scenes: tuple[str, ...]
    subjects: tuple[str, ...]
    actions: re.Pattern[str]
    narration: re.Pattern[str]
    openings: tuple[str, ...]


def caption_points(line: str) -> int:
    """Return how much a line reads like a caption; from 1 on, it may be one.

    A credit (``Ảnh: X``) adds 6 points, a scene (``Quang cảnh hội nghị.``) 2, and a subject, an
    action and brevity 1 each. Narration, dates, numbers, lists, quotes and a second sentence
    subtract points. So does a missing full stop, which makes a subheading more likely.
    """
    words = _words()
    if _MARKED.match(line) or line.endswith((":", ";", "?")):
        return -5
    credit = read_credit(line)
    points = 6 if credit else 0
    line = _CREDIT_PART.sub("", line) if credit else line
    points += 2 * line.startswith(words.scenes) + line.startswith(words.subjects)
    points += bool(words.actions.search(line)) + (len(line.split()) <= MAX_BRIEF_CAPTION_WORDS)
    points -= 2 * (not credit and not line.endswith(".") and not line.startswith(words.scenes))
    points -= 3 * line.startswith(words.openings) + 3 * bool(words.narration.search(line))
    points -= 2 * bool(_DATED.search(line)) + 3 * bool(_SENTENCE.search(line))
    points -= 2 * (";" in line) + 2 * (line.count(",") > 3) + 2 * bool(re.search('[“"]', line))
    return points - 3 * (len(line.split()) > MAX_CAPTION_WORDS)


def is_certain_caption(line: str) -> bool:
    """Whether a line names a scene or credit, which only captions do."""
    return line.startswith(_words().scenes) or read_credit(line) is not None


def is_player_caption(line: str) -> bool:
    """Whether a line is the label of a player above or below it: ``Video: Người dân …``."""
    return len(line) <= MAX_PLAYER_CAPTION_CHARS and _PLAYER.match(line) is not None


@lru_cache(maxsize=1)
def _words() -> _Words:
    """Return the words of ``captions.toml``, which are read once."""
    data: dict[str, list[str]] = read_words("captions")

    def starts(name: str) -> tuple[str, ...]:
        return tuple(f"{word} " for word in data[name])

    def anywhere(name: str) -> re.Pattern[str]:
        inner = "|".join(sorted(map(re.escape, data[name]), key=len, reverse=True))
        return re.compile(rf"(?<!\w)(?:{inner})(?!\w)")

    return _Words(
        scenes=starts("scenes"),
        subjects=starts("subjects"),
        actions=anywhere("actions"),
        narration=anywhere("narration"),
        openings=starts("openings"),
    )
