"""Captions told by their words alone, where no markup tells them from short paragraphs.

A caption describes a picture: a subject, an action before the camera, the present tense, no
date, no connection to the sentence before. Every trait gains or costs points; who wants to take a
line out of a body must be surer than the points alone (see ``plain_text``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipelines.extraction.vietnamese import read_words
from pipelines.extraction.vietnamese.credits import read_credit

MAX_CAPTION_WORDS = 36
"""Words of a caption; longer ones occur, but so do paragraphs of that length."""

MAX_BRIEF_CAPTION_WORDS = 22
"""Words up to which brevity speaks for a caption."""

MAX_PLAYER_CAPTION_CHARS = 200

_PLAYER = re.compile(r"\W{0,3}(?:nguồn )?(?:video|clip|podcast)(?: clip)?\s?[:：]\s?\S", re.I)
_CREDIT_PART = re.compile(r"(?:(?<!\W)\W+)?\b\w[\w/, ]{0,20}[:：][^:]{1,60}$")
_DATED = re.compile(r"\d{1,2}\s*[/-]\s*\d{1,2}|\b(?:19|20)\d\d\b|\d\s*(?:%|triệu|tỷ|ha|tấn)\b")
_SENTENCE = re.compile(r"[.!?…]\s+[A-ZĐÀ-Ỹ\"“]")
_MARKED = re.compile(r"^\s*(?:[-–+*•]|\d+[.)]|[a-zđ]\))\s")


@dataclass(frozen=True, slots=True)
class _Words:
    scenes: tuple[str, ...]
    subjects: tuple[str, ...]
    actions: re.Pattern[str]
    narration: re.Pattern[str]
    openings: tuple[str, ...]


def caption_points(line: str) -> int:
    """How much a line of text reads like a caption by itself: from 1 on it may be one.

    A credit (``Ảnh: X``) or a scene (``Quang cảnh hội nghị.``) gives 6 and 2 points, a subject,
    an action and brevity 1 each; narration, dates, figures, lists, quotes and a second sentence
    cost, and so does the want of a full stop, which makes a subheading likelier.
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
    """Whether a line says of itself that it stands below a picture, by scene or credit."""
    return line.startswith(_words().scenes) or read_credit(line) is not None


def is_player_caption(line: str) -> bool:
    """Whether a line tells what the player above or below it plays: ``Video: Người dân …``."""
    return len(line) <= MAX_PLAYER_CAPTION_CHARS and _PLAYER.match(line) is not None


@lru_cache(maxsize=1)
def _words() -> _Words:
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
