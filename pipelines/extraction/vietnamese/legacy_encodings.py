"""Convert Vietnamese that was typed in fonts from before Unicode, or encoded twice.

Text in such a font (TCVN3, VNI) consists of other letters than it shows (``C«ng ty``,
``Coâng ty``), so that no charset identifies it. It is recognised because its words become
Vietnamese syllables when converted, which they were not before. UTF-8 that was decoded as
windows-1252 and encoded again looks like ``Tin xÃ£ Má»›i``.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from pipelines.extraction.vietnamese import read_words

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


def convert_legacy(text: str, encoding: str) -> str:
    """Return text that is known to be in a legacy encoding in Unicode."""
    font = next(font for font in _fonts() if font.name == encoding)
    return _WORD.sub(lambda found: font.convert(found[0]), text)


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


_TONES = "\u0300\u0301\u0303\u0309\u0323"
_TONED = "".join(
    unicodedata.normalize("NFC", letter + tone) for letter in "aăâeêioôơuưy" for tone in _TONES
)
_TONELESS = str.maketrans(_TONED, "".join(letter * len(_TONES) for letter in "aăâeêioôơuưy"))


def is_syllable(word: str) -> bool:
    """Whether a word (NFC, without punctuation) is a valid syllable without inner capitals."""
    small = word.lower()
    if word[1:] != small[1:] and not word.isupper():
        return False
    return small.translate(_TONELESS) in _known_syllables()


@lru_cache(maxsize=1)
def _known_syllables() -> frozenset[str]:
    """Return all syllables without tone marks: every onset with every rhyme."""
    parts: dict[str, str] = read_words("syllables")
    rhymes = parts["rhymes"].split()
    onsets = ["", *parts["onsets"].split()]
    return frozenset(onset + rhyme for onset in onsets for rhyme in rhymes) | {"gi"}
