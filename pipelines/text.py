"""Text as it is kept (NFC, one space between words) and as it is compared (folded)."""

from __future__ import annotations

import codecs
import re
import unicodedata

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_NO_DECOMPOSITION = dict(zip("đĐðÐɖƉøØłŁħĦŧŦı", "ddddddoollhhtti", strict=True))
"""Letters with a stroke, which Unicode does not take apart; ``Ð`` and ``Ɖ`` are typed for ``Đ``."""

_LONE_MARK = "\u02c8"
"""A mark that makes one character with no letter (the breve of Ê Đê ``ơ̆``) keeps its place, but
as a letter of its own: on the bare ``o`` it would make one, and the places would move."""


def normalise(text: str) -> str:
    """The text in NFC, without what no reader sees, words parted by one space, trimmed.

    Taken out without a trace, so that what stood on both sides belongs together: C0 and C1
    controls that are not white space, soft hyphens, zero-width spaces and joiners, word joiners,
    BOMs, direction marks, overrides and isolates, interlinear and tag characters, lone
    surrogates, U+FFFE and U+FFFF. White space is all that Unicode calls so, no-break spaces too.
    """
    if not text.isprintable():
        text = _INVISIBLE.sub("", text)
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split())


def fold(text: str) -> str:
    """The key by which texts are compared and searched: lower case, no accents, ``đ`` as ``d``.

    One character of the text in NFC becomes one character, so that places in both agree; the two
    tone styles (``hòa``, ``hoà``) fall together. Folding twice changes nothing.
    """
    if text.isascii():
        return text.lower()
    try:
        letters, _ = codecs.charmap_encode(text.lower(), "strict", _PLACES)
    except UnicodeEncodeError:
        return _fold_all(text)
    return codecs.charmap_decode(letters, "strict", _FOLDED_ALPHABET)[0]


def _fold_all(text: str) -> str:
    """``fold`` for any text."""
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return text.translate(_FOLDED)


class _Folding(dict[int, int]):
    """A translation table that grows as characters are met."""

    def __missing__(self, code: int) -> int:
        folded = self[code] = ord(_fold_character(chr(code)))
        return folded


def _fold_character(character: str) -> str:
    """One character folded to one: what would become several stays as it is."""
    decomposed = unicodedata.normalize("NFD", character)
    base = "".join(part for part in decomposed if not unicodedata.combining(part))
    if not base:
        return _LONE_MARK
    folded = _NO_DECOMPOSITION.get(base, base.lower())
    return folded if len(folded) == 1 else character


_FOLDED = _Folding()

_ALPHABET = (
    "".join(map(chr, range(128)))
    + "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
    + "“”‘’–—…•«»·°×´"
)
"""What nearly all Vietnamese is written with, in lower case. There is room for it in a byte, and a
codec of one byte a character folds four times as fast as a translation."""

_PLACES = codecs.charmap_build(_ALPHABET)
_FOLDED_ALPHABET = _ALPHABET.translate(_FOLDED)
