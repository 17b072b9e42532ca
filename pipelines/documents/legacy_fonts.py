"""Convert text in fonts from before Unicode: by the font's name, or by the look of the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipelines.extraction.vietnamese.legacy_encodings import convert_legacy, repair_legacy

_TCVN3_FONT = re.compile(r"(?:[A-Z]{6}\+)?\.Vn[A-Z]", re.I)
_VNI_FONT = re.compile(r"(?:[A-Z]{6}\+)?VNI[- _]", re.I)
_CAPITALS_FONT = re.compile(r"[a-z]H(?:[,\- ]|$)")

_UNICODE_LETTER = re.compile("[ăĂđĐĩĨũŨơƠưƯ\u1ea0-\u1ef9]")


@dataclass(frozen=True, slots=True)
class LegacyFont:
    """A font whose characters are not Unicode."""

    encoding: str
    is_capitals: bool = False
    """Whether it draws small letters as capitals, as ``.VnTimeH`` does."""

    def convert(self, text: str) -> str:
        """Return text in this font as it is shown."""
        converted = convert_legacy(text, self.encoding)
        return converted.upper() if self.is_capitals else converted


def joined(runs: Sequence[tuple[str, LegacyFont | None]]) -> str:
    """Return the text of a paragraph, given its runs and their fonts.

    Some paragraphs are typed in Unicode though their font is a legacy one; they are kept.
    """
    legacy = "".join(text for text, font in runs if font)
    if not legacy or _UNICODE_LETTER.search(legacy):
        return "".join(text for text, _ in runs)
    return "".join(font.convert(text) if font else text for text, font in runs)


@lru_cache(maxsize=512)
def legacy_font(name: str) -> LegacyFont | None:
    """Return the font of this name, or None if its characters are Unicode."""
    if _TCVN3_FONT.match(name):
        return LegacyFont("tcvn3", is_capitals=bool(_CAPITALS_FONT.search(name)))
    return LegacyFont("vni") if _VNI_FONT.match(name) else None


def repaired(text: str) -> str:
    """Return a page in Unicode. It is converted as a whole, or line by line if it is mixed."""
    whole, encoding = repair_legacy(text)
    if encoding or text.isascii():
        return whole
    return "\n".join(
        line if line.isascii() else repair_legacy(line)[0] for line in text.split("\n")
    )
