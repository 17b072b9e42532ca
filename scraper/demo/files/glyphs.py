"""Vietnamese letters for PDF, composed of the glyphs that every reader of PDF has.

The 14 standard fonts have no Vietnamese letters, and a font file would have to be shipped. A font
of Type 3 may draw its letters with another font: ``ế`` is the ``e`` of Helvetica under its own
circumflex and acute accent.
"""

from __future__ import annotations

import unicodedata

_ASCII_WIDTHS = (
    "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556"
    " 556 556 556 278 278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833"
    " 722 778 667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 333 556 556 500 556"
    " 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500 334"
    " 260 334 584"
)
"""Widths of Helvetica in thousandths of an em, from the space to the tilde."""

_WIDTHS = {chr(32 + place): int(width) for place, width in enumerate(_ASCII_WIDTHS.split())}
_WIDTHS |= {"–": 556, "—": 1000, "“": 333, "”": 333, "‘": 222, "’": 222, "…": 1000, "•": 350}
_WIDTHS |= {"°": 400, "²": 333, "³": 333, "×": 584, "½": 834, "«": 556, "»": 556}

_ACCENTS = {
    "\u0300": 0xC1,  # grave
    "\u0301": 0xC2,  # acute
    "\u0302": 0xC3,  # circumflex
    "\u0303": 0xC4,  # tilde
    "\u0306": 0xC6,  # breve
}
"""Combining marks and their glyphs in StandardEncoding."""

_ACCENT_WIDTH = 333
_CAPITAL_RISE = 190
_STACKED_RISE = 150
_HOOK = "{x} {y} m {x1} {y1} {x2} {y1} {x2} {y} c {x2} {y2} {x} {y2} {x} {y3} c S"


def width_of(character: str) -> int:
    """Return the width of a character in thousandths of the font size."""
    return _WIDTHS.get(_base_of(character), 556)


def drawing_of(character: str) -> str:
    """Return the content stream that draws a character, in the units of ``width_of``."""
    base = _base_of(character)
    width = width_of(character)
    parts = [f"{width} 0 d0", _show("B", 0, 0, base.encode("cp1252", "replace"))]
    if character in "đĐ":
        parts.append("40 w 0 380 m 360 380 l S" if base == "D" else "40 w 300 600 m 560 600 l S")
    rise = _CAPITAL_RISE if base.isupper() else 0
    for mark in unicodedata.normalize("NFD", character)[1:]:
        parts.append(_draw_mark(mark, width, rise, is_capital=base.isupper()))
        if mark in "\u0302\u0306":
            rise += _STACKED_RISE
    return "\n".join(parts)


def _base_of(character: str) -> str:
    """Return the letter of Helvetica that a character is built on."""
    return {"đ": "d", "Đ": "D"}.get(character, unicodedata.normalize("NFD", character)[0])


def _draw_mark(mark: str, width: int, rise: int, *, is_capital: bool) -> str:
    """Return the drawing of a combining mark over, beside or below a letter."""
    middle = width // 2
    if code := _ACCENTS.get(mark):
        return _show("A", middle - _ACCENT_WIDTH // 2, rise, bytes([code]))
    if mark == "\u0323":
        return _show("B", middle - 139, -200, b".")
    if mark == "\u031b":  # the horn
        return _show("B", width - 130, 10 if is_capital else -180, b"\x92")
    top = 600 + rise  # the hook above
    return "38 w " + _HOOK.format(
        x=middle - 60, x1=middle - 60, x2=middle + 60, y=top + 70, y1=top + 160, y2=top, y3=top - 20
    )


def _show(font: str, x: int, y: int, text: bytes) -> str:
    """Return the operators that show bytes in a font of 1,000 units at a place."""
    return f"BT /{font} 1000 Tf {x} {y} Td <{text.hex()}> Tj ET"
