"""The numbers of list items in DOCX, which Word computes and does not store."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from pipelines.documents.xml_events import Attributes, walk

_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_MAX_LEVELS = 9


@dataclass(slots=True)
class _Level:
    """How one level of a list is numbered."""

    kind: str = "decimal"
    text: str = ""
    start: int = 1

    def show(self, number: int) -> str:
        """Return a number as this level writes it."""
        if self.kind in ("lowerLetter", "upperLetter"):
            letter = chr(ord("a") + (number - 1) % 26)
            return letter.upper() if self.kind == "upperLetter" else letter
        if self.kind in ("lowerRoman", "upperRoman"):
            roman = _roman(number)
            return roman.upper() if self.kind == "upperRoman" else roman
        return str(number)


@dataclass(slots=True)
class Numbering:
    """The lists of a document, and the numbers that they have reached."""

    lists: dict[str, dict[int, _Level]] = field(default_factory=dict)
    list_of: dict[str, str] = field(default_factory=dict)
    _reached: defaultdict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    def next_label(self, number_id: str, level: int) -> str:
        """Return what Word writes before the next item of a list, with a space after it."""
        key = self.list_of.get(number_id, "")
        levels = self.lists.get(key, {})
        shown = levels.get(level)
        if shown is None or shown.kind == "none":
            return ""
        if shown.kind == "bullet":
            return "• "
        reached = self._reached[key]
        reached[level] = reached.get(level, shown.start - 1) + 1
        for deeper in range(level + 1, _MAX_LEVELS):
            reached.pop(deeper, None)
        label = shown.text
        for place in range(level + 1):
            each = levels.get(place, shown)
            number = reached.get(place, each.start)
            label = label.replace(f"%{place + 1}", each.show(number))
        return f"{label} " if label else ""


def read_numbering(body: bytes | None) -> Numbering:
    """Return the lists of ``numbering.xml``."""
    numbering = Numbering()
    levels: dict[int, _Level] = {}
    level = _Level()
    number_id = ""

    def start(name: str, found: Attributes) -> None:
        nonlocal levels, level, number_id
        value = found.get("val", "")
        if name == "abstractNum":
            levels = numbering.lists.setdefault(found.get("abstractNumId", ""), {})
        elif name == "lvl":
            level = levels.setdefault(number_of(found.get("ilvl")), _Level())
        elif name == "num":
            number_id = found.get("numId", "")
        elif name == "abstractNumId":
            numbering.list_of[number_id] = value
        elif name == "numFmt":
            level.kind = value
        elif name == "lvlText":
            level.text = value[:100]
        elif name == "start":
            level.start = number_of(value)

    if body:
        walk(body, start)
    return numbering


def number_of(text: str | None) -> int:
    """Return a small number of an attribute, 0 if it is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else 0


def _roman(number: int) -> str:
    """Return a number below 40 in Roman numerals, others as they are."""
    if not 0 < number < 40:
        return str(number)
    shown = ""
    for value, letters in _ROMAN:
        while number >= value:
            shown, number = shown + letters, number - value
    return shown
