"""Convert Vietnamese that was typed in fonts from before Unicode (TCVN3, VNI).

Such text consists of other letters than it shows (``C«ng ty``, ``Coâng ty``), so that no charset
identifies it. It is recognised because its words become Vietnamese syllables when converted, which
they were not before.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from pipelines.extraction.vietnamese.syllables import is_syllable

_UNICODE_LETTERS = "đĐạảếộư"
"""Letters that all longer texts in Unicode have, and no legacy text."""

_WORD = re.compile("[A-Za-z\u00a1-\u024f\u0300-\u0323\u1ea0-\u1ef9\u0152-\u2122]+")
_SAMPLE_WORDS = 2_000
_MIN_SYLLABLE_SHARE = 0.8
"""Share of words with special characters that become syllables. The rest are names and quotes."""
_MAX_SHARE_BEFORE = 0.5
"""Share of these that may have been syllables before: ``bé`` is ``bộ``, and also a word."""
_MIN_GAINED_WORDS = 5
"""Different words that become syllables. If there are fewer, the plain words must be syllables,
too."""
_TELLTALE = re.compile(
    "[a-z§][¨©«¬\u00ad®µ¶·¸¹»¼½¾÷×][a-z]|[aeo][äåãâá]|[aeuyôö][ùøûõ]|ñ[aeoöôuy]", re.I
)
"""Sequences that are inside words of no other language, so that one such word is enough."""
_MIN_LONG_TEXT_CHARS = 2_000
_FREQUENT = (("®", "µ"), ("ñ", "ø"))
"""The characters for ``đ`` and ``à``. Texts that are longer than _MIN_LONG_TEXT_CHARS have both."""


@dataclass(frozen=True, slots=True)
class _Font:
    """A legacy encoding: its sequences of characters, and the letters that they show."""

    name: str
    letters: dict[str, str]
    pattern: re.Pattern[str]

    def convert(self, word: str) -> str:
        """Convert a word to Unicode.

        TCVN3 has no capitals with tone marks. A word is in capitals if its other letters are.
        """
        converted = self.pattern.sub(lambda found: self.letters[found[0]], word)
        plain = [letter for letter in word[1:] if letter.isascii()]
        return converted.upper() if plain and all(map(str.isupper, plain)) else converted


def repair_legacy(text: str) -> tuple[str, str | None]:
    """Return the text in Unicode and its legacy encoding: ``tcvn3``, ``vni`` or None.

    The text must be in one encoding: a block, an article or a page. Other text is returned
    unchanged, and so is text with letters of Unicode.
    """
    if not _may_be_legacy(text):
        return text, None
    words = _WORD.findall(text)
    for font in _fonts():
        if _is_typed_in(words, font):
            return _WORD.sub(_converter(font), text), font.name
    return text, None


def _may_be_legacy(text: str) -> bool:
    """Whether a text may be in a legacy encoding; takes microseconds for a page."""
    if text.isascii():
        return False
    if len(text) >= _MIN_LONG_TEXT_CHARS and not any(
        one in text and other in text for one, other in _FREQUENT
    ):
        return False
    return not any(letter in text for letter in _UNICODE_LETTERS)


def _is_typed_in(words: list[str], font: _Font) -> bool:
    """Whether the words become syllables when they are converted from a font."""
    special = [word for word in words if _is_special(word)][:_SAMPLE_WORDS]
    after = [word for word in special if is_syllable(font.convert(word))]
    before = [word for word in after if is_syllable(word)]
    gained = {word for word in after if not is_syllable(word)}
    if len(after) < _MIN_SYLLABLE_SHARE * len(special) or len(before) > _MAX_SHARE_BEFORE * len(
        after
    ):
        return False
    return len(gained) >= _MIN_GAINED_WORDS or _is_short_proof(words, gained)


def _is_short_proof(words: list[str], gained: set[str]) -> bool:
    """Whether a few words are enough: three, or one with a telltale, if the rest are syllables."""
    plain = [word for word in words if word.isascii()]
    syllables = sum(is_syllable(word) for word in plain)
    if syllables < _MIN_SYLLABLE_SHARE * len(plain):
        return False
    has_telltale = any(map(_TELLTALE.search, gained))
    return len(gained) > 2 or (has_telltale and len(words) > 1)


def _is_special(word: str) -> bool:
    """Whether a word has characters beyond ASCII and is not a single sign."""
    return not word.isascii() and (len(word) > 1 or word.isalpha())


def _converter(font: _Font) -> Callable[[re.Match[str]], str]:
    """Return a function that converts the words with special characters."""

    def convert(found: re.Match[str]) -> str:
        word = found[0]
        return font.convert(word) if _is_special(word) else word

    return convert


@lru_cache(maxsize=1)
def _fonts() -> tuple[_Font, ...]:
    """Return the fonts of ``legacy_encodings.toml``, which are read once."""
    text = (files("pipelines.extraction.vietnamese") / "legacy_encodings.toml").read_text(
        encoding="utf-8"
    )
    data: dict[str, dict[str, list[str]]] = tomllib.loads(text)
    return tuple(_read_font(name, table["letters"]) for name, table in data.items())


def _read_font(name: str, lines: list[str]) -> _Font:
    """Return a font from the lines of its table; VNI also has capitals."""
    pairs = {pair[:-1]: pair[-1] for line in lines for pair in line.split()}
    letters = dict(pairs)
    if name == "vni":
        for sequence, letter in pairs.items():
            letters[sequence.upper()] = letters[sequence.capitalize()] = letter.upper()
    longest_first = sorted(letters, key=len, reverse=True)
    return _Font(name, letters, re.compile("|".join(map(re.escape, longest_first))))
