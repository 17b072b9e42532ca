"""Text as it is kept (NFC, one space between words) and as it is compared (folded)."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
"""Controls, soft hyphens, zero-width and direction marks, BOMs, lone surrogates: nothing that a
reader sees; what stands on both sides of one belongs together."""


def normalise(text: str) -> str:
    """The text in NFC, without invisible characters, words parted by one space, trimmed.

    Every white space of Unicode counts, the no-break space too.
    """
    if not text.isascii():
        if _INVISIBLE.search(text):
            text = _INVISIBLE.sub("", text)
        if not unicodedata.is_normalized("NFC", text):
            text = unicodedata.normalize("NFC", text)
    elif not text.isprintable():
        text = _INVISIBLE.sub("", text)
    return " ".join(text.split())


def fold(text: str) -> str:
    """The key by which texts are compared and searched: lower case, no accents, ``đ`` as ``d``.

    One character stays one character (of NFC), so that places in both texts agree; the two tone
    styles (``hòa``, ``hoà``) fall together.
    """
    if text.isascii():
        return text.lower()
    return text.translate(_FOLDED)


class _Folding(dict[int, str]):
    """A translation table that is made as characters are met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_character(chr(code))
        return folded


def _fold_character(character: str) -> str:
    """One character folded to one: what would become several, or none, stays as it is."""
    if character in "đĐð":
        return "d"
    decomposed = unicodedata.normalize("NFD", character)
    base = "".join(part for part in decomposed if not unicodedata.combining(part)).lower()
    return base if len(base) == 1 else character


_FOLDED = _Folding()
