"""Repair UTF-8 that was decoded as windows-1252 and encoded again: ``Tin xÃ£ Má»›i``."""

from __future__ import annotations

import re

_GAPS = frozenset((0x81, 0x8D, 0x8F, 0x90, 0x9D))
_BYTE_OF = {
    ord(bytes([code]).decode("cp1252")): code for code in range(0x80, 0xA0) if code not in _GAPS
}
"""Bytes of windows-1252 that differ from latin-1. Its five gaps are those of latin-1, as in
browsers."""

_TAIL = "\x80-\xbf" + re.escape("".join(map(chr, _BYTE_OF)))
_TWO_BYTES = f"[\u00c2-\u00df][{_TAIL}]"
_THREE_BYTES = f"[\u00e0-\u00ef][{_TAIL}]{{2}}"
_FOUR_BYTES = f"[\u00f0-\u00f4][{_TAIL}]{{3}}"
_DOUBLED = re.compile(f"{_TWO_BYTES}|{_THREE_BYTES}|{_FOUR_BYTES}")
_SUSPECT = re.compile(f"Ã[{_TAIL}]")
_LETTERS = re.compile("[À-ÖØ-öø-ỹ]")
_MAX_ROUNDS = 3
_MIN_DOUBLED_CHARS = 3
"""Fewer doubled characters are kept, because a capital before a closing quote looks like one."""


def decode_windows_1252(body: bytes) -> str:
    """Decode as browsers do: every byte is a character."""
    return body.decode("latin-1").translate({code: char for char, code in _BYTE_OF.items()})


def is_suspect(text: str) -> bool:
    """Whether a text may have doubled characters; takes microseconds for a page."""
    # searching one rare character is ten times as fast as two in a row
    return (
        ("»" in text and "á»" in text)
        or ("º" in text and "áº" in text)
        or ("Ä" in text and "Ä‘" in text)
        or ("Ã" in text and _SUSPECT.search(text) is not None)
    )


def repair_doubled(text: str) -> tuple[str, bool]:
    """Return the text with doubled characters repaired, and whether there were any.

    A text is repaired only if most of its letters beyond ASCII are doubled; up to three times.
    """
    repaired = text
    for _ in range(_MAX_ROUNDS):
        if not _is_mostly_doubled(repaired):
            break
        repaired = _DOUBLED.sub(_undouble, repaired).replace("Ã ", "à")
    return repaired, repaired != text


def count_doubled(text: str) -> int:
    """Return how many characters look as if they were encoded twice."""
    return sum(_undouble(found) != found[0] for found in _DOUBLED.finditer(text))


def _is_mostly_doubled(text: str) -> bool:
    """Whether most letters beyond ASCII are doubled, and at least a few."""
    if not is_suspect(text):
        return False
    doubled = count_doubled(text)
    return doubled >= _MIN_DOUBLED_CHARS and doubled > len(_LETTERS.findall(_DOUBLED.sub("", text)))


def _undouble(found: re.Match[str]) -> str:
    """Return the character that was encoded twice, or the text if it is not one."""
    try:
        return found[0].translate(_BYTE_OF).encode("latin-1").decode()
    except UnicodeDecodeError:
        return found[0]
