"""Recognise captions by their words alone, and read the photo credits in them.

A caption describes a picture: a subject, a visible action, the present tense, no date, no reference
to the sentence before. Every feature adds or subtracts points. Rules that remove a line from a body
need more evidence than the points (see ``plain_text``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipelines.extraction.vietnamese import read_words
from pipelines.extraction.vietnamese.names import is_person_name, is_role
from pipelines.extraction.vietnamese.organisations import organisations

_CREDIT = re.compile(
    r"(?:(?<!hình )(?<!bức )(?<!tấm )\b(?:nguồn ảnh|ảnh tư liệu|ảnh minh họa|ảnh minh hoạ|ảnh/clip"
    r"|ảnh, clip|ảnh và clip|ảnh đồ họa|ảnh|hình|clip|video|đồ họa|đồ hoạ|infographic|minh họa"
    r"|photos?|photograph|image|image credit|credit)\s*[:：]|\bnguồn\s*[:：]|\(photos? by\s)"
    r"\s*+(?P<name>[^:()\n]{1,60})\)?\s*(?:\.\s*)?$",
    re.IGNORECASE,
)
_UNMARKED = re.compile(r"(?:^|[.!?…(–-]\s*)Ảnh\s++(?P<name>[^:()\n.]{2,40})\)?\.?\s*$")
_AGENCY = re.compile(
    r"(?:[(–-]|[.!?…]\s)\s*(?P<name>[^()–.-]{2,40}/\s?[A-ZĐ][\w+]{2,12})\s*\)?\.?$"
)
_AGENCY_ALONE = re.compile(r"\((?P<name>TTXVN|Reuters|AFP|AP|Getty Images|VNA)\)\.?$")
_INITIALS = re.compile(r"(?:^|[\s.])[A-ZĐ]{1,2}\.$")
_GIVEN = re.compile(
    r"cung cấp$|^(?:chụp|cắt từ|internet|tư liệu|sưu tầm|mạng|tác giả|bạn đọc)\b", re.I
)


def read_credit(caption: str) -> str | None:
    """Return who made the photo, as the caption prints it, or None.

    Reads ``Ảnh: X``, ``(Ảnh: CTV)``, ``Ảnh/clip: X``, ``Đồ họa: X``, ``Nguồn ảnh: X`` and
    ``(X/TTXVN)`` at the end of the caption. ``Ảnh minh họa`` alone is not a credit. A label at the
    beginning must be followed by a name (``Ảnh: Các đại biểu dự hội nghị.`` is not a credit).
    """
    text = caption.strip()
    found = _CREDIT.search(text)
    if found is not None and not _is_name(found["name"].strip(" ."), found.start() == 0):
        return None
    found = found or _AGENCY.search(text) or _AGENCY_ALONE.search(text) or _unmarked(text)
    if found is None:
        return None
    name = found["name"].strip(" ,;-–")
    if name.endswith(".") and not _INITIALS.search(name):
        name = name[:-1].rstrip()
    return name or None


def _unmarked(text: str) -> re.Match[str] | None:
    """Match ``Ảnh`` and a name without a colon, at the end of the caption."""
    found = _UNMARKED.search(text)
    if found is None:
        return None
    name = found["name"].strip()
    return found if is_person_name(name) or organisations().is_source(name) else None


def _is_name(text: str, is_first: bool) -> bool:
    """Whether a credit is a name. A sentence after a label at the beginning is not."""
    if not text or _GIVEN.search(text) or is_role(text) or organisations().is_source(text):
        return True
    words = text.split()
    capitals = sum(not word[0].islower() for word in words)
    return capitals >= len(words) / 2 if is_first else capitals > 0


MAX_CAPTION_WORDS = 36
"""Words of a caption. There are longer ones, but paragraphs have that length, too."""

MAX_BRIEF_CAPTION_WORDS = 22
"""Words up to which a line is brief, which adds a point."""

MAX_PLAYER_CAPTION_CHARS = 200

_PLAYER = re.compile(r"\W{0,3}(?:nguồn )?(?:video|clip|podcast)(?: clip)?\s?[:：]\s?\S", re.I)
_CREDIT_PART = re.compile(r"(?:(?<!\W)\W+)?\b\w[\w/, ]{0,20}[:：][^:]{1,60}$")
_DATED = re.compile(r"\d{1,2}\s*[/-]\s*\d{1,2}|\b(?:19|20)\d\d\b|\d\s*(?:%|triệu|tỷ|ha|tấn)\b")
_DAY_AT_END = re.compile(
    r"\b(?:sáng|trưa|chiều|tối) (?:ngày )?\d{1,2}[/-]\d{1,2}(?:[/-]\d{4})?\.?$"
)
"""The day of a picture, at the end of its caption."""

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
    points -= 2 * bool(_DATED.search(_DAY_AT_END.sub("", line))) + 3 * bool(_SENTENCE.search(line))
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
