"""Normalise text for storage (NFC, single spaces), fold it for comparison, count its words."""

from __future__ import annotations

import codecs
import re
import unicodedata

_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_NO_DECOMPOSITION = dict(zip("đĐðÐɖƉøØłŁħĦŧŦı", "ddddddoollhhtti", strict=True))
"""Letters with a stroke, which Unicode does not decompose. ``Ð`` and ``Ɖ`` are typed in place of
``Đ``."""

_LONE_MARK = "\u02c8"
"""Stands for a combining mark that forms no single character with its letter (the breve of Ê Đê
``ơ̆``). It keeps the length of the folded text; the mark itself would combine with the folded
``o``."""


def normalise(text: str) -> str:
    """Return a text in NFC, trimmed, with single spaces and without invisible characters.

    These invisible characters are removed, so that the text before and after them is joined: C0 and
    C1 controls except white space, soft hyphens, zero-width spaces and joiners, word joiners, BOMs,
    direction marks, overrides and isolates, interlinear and tag characters, lone surrogates, U+FFFE
    and U+FFFF. White space is everything that Unicode calls so, including no-break spaces.
    """
    if not text.isprintable():
        text = _INVISIBLE.sub("", text)
    if not (text.isascii() or unicodedata.is_normalized("NFC", text)):
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split())


def fold(text: str) -> str:
    """Return the key by which texts are compared: lower case, no accents, ``đ`` as ``d``.

    One character of a text in NFC becomes one character, so that indexes into both are equal. The
    two ways to place a tone mark (``hòa``, ``hoà``) give the same key. Folding a folded text
    changes nothing.
    """
    if text.isascii():
        return text.lower()
    try:
        letters, _ = codecs.charmap_encode(text.lower(), "strict", _PLACES)
    except UnicodeEncodeError:
        return _fold_all(text)
    return codecs.charmap_decode(letters, "strict", _FOLDED_ALPHABET)[0]


def _fold_all(text: str) -> str:
    """Fold any text; ``fold`` has a faster way for common characters."""
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return text.translate(_FOLDED)


class _Folding(dict[int, int]):
    """A translation table for ``str.translate`` that computes entries on first use."""

    def __missing__(self, code: int) -> int:
        folded = self[code] = ord(_fold_character(chr(code)))
        return folded


def _fold_character(character: str) -> str:
    """Fold one character to one; a character that would become several is kept."""
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
"""The characters of nearly all Vietnamese text, in lower case. They fit into one byte, and a codec
with one byte per character folds four times as fast as ``str.translate``."""

_PLACES = codecs.charmap_build(_ALPHABET)
_FOLDED_ALPHABET = _ALPHABET.translate(_FOLDED)


_IDEOGRAPHS = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Characters of Chinese and Japanese, each of which counts as a word."""

_IDEOGRAPH_LETTERS = 3.0
"""Letters of an alphabet that are equivalent to one such character."""

_SYLLABIC = re.compile(r"[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff]")
"""Characters of Thai, Lao, Tibetan, Burmese and Khmer, including marks."""

_SYLLABLE_CHARS = 3
"""Characters per syllable in these scripts, on average."""


def count_words(text: str) -> int:
    """Return the number of words; of syllables in scripts without spaces between words."""
    if not text:
        return 0
    words = len(text.split())
    if text.isascii():
        return words
    unspaced = len(_IDEOGRAPHS.findall(text)) + len(_SYLLABIC.findall(text)) // _SYLLABLE_CHARS
    return max(words, unspaced)


def letters_per_character(text: str) -> float:
    """Return how many letters of an alphabet a character of the text equals on average."""
    if text.isascii() or not _IDEOGRAPHS.search(text):
        return 1.0
    return 1.0 + (_IDEOGRAPH_LETTERS - 1.0) * len(_IDEOGRAPHS.findall(text)) / len(text)
