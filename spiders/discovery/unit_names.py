"""Units that are named in a short text, such as a title or the text of a link."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from pipelines.gazetteer.units import Unit, districts
from pipelines.text import fold, normalise
from spiders.discovery.portal_words import portal_words
from spiders.discovery.unit_index import KINDS, WORD, Match, Rank, names_of_units, spelling

ABBREVIATED_KINDS = {
    "x": "xã",
    "p": "phường",
    "đk": "đặc khu",
    "tt": "thị trấn",
    "h": "huyện",
    "q": "quận",
    "tx": "thị xã",
    "tp": "thành phố",
    "t": "tỉnh",
}
KIND_OF_PLAIN = {fold(kind): kind for kind in KINDS}

ABOLISHED_KIND = "thị trấn"
"""A kind of communes that no unit has since July 2025: such a name is always a former unit's."""

MAX_NAMEWORDS = 6

MAX_TEXT_CHARS = 400
MAX_UNKNOWNWORDS = 4
"""Words that are taken for the name of a unit that the gazetteer does not have."""

_HARD = re.compile(r"[|–—:,;()»«/•·\[\]]|\s-\s")
"""What separates the parts of a title."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A unit that a text names; without matches, one that the gazetteer does not have."""

    text: str
    rank: Rank
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: as written, folded, and whether a separator is before or a dot behind."""

    text: str
    folded: str
    is_after_separator: bool
    is_before_dot: bool


def words_of(text: str) -> list[Word]:
    """Return the words of a text, up to ``MAX_TEXT_CHARS``."""
    line = normalise(text[: 2 * MAX_TEXT_CHARS])[:MAX_TEXT_CHARS]
    words: list[Word] = []
    end = 0
    for found in WORD.finditer(line):
        gap = line[end : found.start()]
        is_sentence = (
            bool(words) and gap[:2] == ". " and words[-1].text.lower() not in ABBREVIATED_KINDS
        )
        is_after = is_sentence or bool(_HARD.search(gap))
        end = found.end()
        words.append(Word(found[0], fold(found[0]), is_after, line[end : end + 1] == "."))
    return words


def without_inner_separators(words: list[Word], is_plain: bool) -> list[Word]:
    """Return the words with the dashes inside of names counted as no separators.

    Some units have such names: "Phường Văn Miếu - Quốc Tử Giám".
    """
    joined = list(words)
    for start in range(len(words)):
        kind, first = _kind_at(words, start, is_plain)
        if kind is None:
            continue
        for end in range(min(first + MAX_NAMEWORDS, len(words)), first + 1, -1):
            inside = words[first + 1 : end]
            parts = [word.text for word in words[first:end]]
            if any(word.is_after_separator for word in inside) and _matches(kind, parts, is_plain):
                joined[first + 1 : end] = [replace(w, is_after_separator=False) for w in inside]
                break
    return joined


def read_mention(words: list[Word], start: int, is_plain: bool) -> tuple[Mention, int] | None:
    """Return the unit that is named at a position, with the position after it, or None.

    Names are compared with their accents; those of a text without any (``is_plain``), without.
    """
    kind, first = _kind_at(words, start, is_plain)
    if kind is None or first >= len(words) or words[first].is_after_separator:
        return None
    is_abbreviated = first == start + 1 and fold(words[start].text) not in KIND_OF_PLAIN
    for end in range(min(first + MAX_NAMEWORDS, len(words)), first, -1):
        if any(word.is_after_separator for word in words[first + 1 : end]):
            continue
        parts = [word.text for word in words[first:end]]
        matches = _matches(kind, parts, is_plain)
        if matches and not _continues(words, end, is_plain):
            return Mention(_text(words, start, end), _rank(kind, matches), matches), end
    if is_abbreviated or not _is_name_start(words, start, first):
        return None
    end = _end_of_unknown(words, first, is_plain)
    return Mention(_text(words, start, end), KINDS[kind][0], ()), end


def _text(words: list[Word], start: int, end: int) -> str:
    return " ".join(word.text for word in words[start:end])


def _rank(kind: str, matches: tuple[Match, ...]) -> Rank:
    """Return the rank of a mention; a city of the rank of a province goes before a district."""
    if any(match.rank == "province" and match.is_exact for match in matches):
        return "province"
    ranks = {match.rank for match in matches}
    return next((rank for rank in KINDS[kind] if rank in ranks), KINDS[kind][0])


def _kind_at(words: list[Word], start: int, is_plain: bool) -> tuple[str | None, int]:
    """Return the kind that is named at a position and the position after it."""
    for length in (2, 1):
        inside = words[start : start + length]
        text = " ".join(word.text for word in inside).lower()
        kind = KIND_OF_PLAIN.get(text) if is_plain else _accented_kind(text)
        if kind and len(inside) == length:
            return kind, start + length
    word = words[start]
    short = ABBREVIATED_KINDS.get(word.text.lower())
    is_clear = word.is_before_dot or (
        word.text.isupper() and (len(word.text) > 1 or _led(words, start))
    )
    return (short, start + 1) if short and is_clear else (None, start)


def _accented_kind(text: str) -> str | None:
    if fold(text) not in KIND_OF_PLAIN:
        return None
    key = spelling(text.split())
    return next((kind for kind in KINDS if spelling(kind.split()) == key), None)


def _led(words: list[Word], start: int) -> bool:
    """Whether the name of an authority is right before a position: "UBND P Minh Xuân"."""
    return start > 0 and words[start - 1].folded in ("ubnd", "hdnd", "dan")


def _matches(kind: str, parts: list[str], is_plain: bool) -> tuple[Match, ...]:
    key = "".join(map(fold, parts)) if is_plain else spelling(parts)
    if kind == ABOLISHED_KIND:
        return ()
    return tuple(
        Match(match.code, match.province_code, match.rank, match_kind == kind)
        for match_kind, match in names_of_units().get(key, ())
        if match.rank in KINDS[kind]
    )


def _continues(words: list[Word], end: int, is_plain: bool) -> bool:
    """Whether a name goes on behind a position, so that it is another one."""
    if end >= len(words) or words[end].is_after_separator:
        return False
    if words[end].text[:1].islower() or _kind_at(words, end, is_plain)[0]:
        return False
    folded = [word.folded for word in words[: end + 6]]
    listed = portal_words()
    return listed.around.length_at(folded, end) < 2 and not listed.portal_words.length_at(
        folded, end
    )


def _is_name_start(words: list[Word], start: int, first: int) -> bool:
    """Whether a kind is followed by a name: "Xã Trung Hà", not "xã hội" or "hợp tác xã"."""
    listed = portal_words()
    if start and words[start].folded == "xa" and words[start - 1].folded in listed.no_kinds_after:
        return False
    name = words[first]
    is_other_word = name.folded in listed.no_names and (
        name.text.islower() or words[start].text.isupper()
    )
    return not is_other_word and not name.text[:1].islower()


def _end_of_unknown(words: list[Word], first: int, is_plain: bool) -> int:
    end = first + 1
    while end < len(words) and end - first < MAX_UNKNOWNWORDS and _continues(words, end, is_plain):
        end += 1
    return end


def units_named(name: str, province: Unit, kind: str | None = None) -> frozenset[str]:
    """Return the communes of a province that have a name without a kind.

    ``kind`` is the kind in a heading above the name, in lower case.
    """
    parts = [word.text for word in words_of(name)]
    is_plain = all(part.isascii() for part in parts)
    key = "".join(map(fold, parts)) if is_plain else spelling(parts)
    found = [
        (match_kind, match.code)
        for match_kind, match in names_of_units().get(key, ())
        if match.rank == "commune" and match.province_code == province.code
    ]
    of_kind = frozenset(code for match_kind, code in found if match_kind == kind)
    return of_kind or frozenset(code for _, code in found)


def resolve(
    mention: Mention, province_codes: Collection[str], within: Collection[str] = ()
) -> frozenset[str]:
    """Return the codes of the units that a mention means in the provinces, any province if none.

    ``within`` are the codes of the former districts that the text names around it. A unit with the
    kind that the text names goes before one whose kind has changed.
    """
    matches = [
        match
        for match in mention.matches
        if match.rank == mention.rank
        and (not province_codes or match.province_code in province_codes)
    ]
    if within and mention.rank == "commune":
        inside = {code for district in within for code in districts()[district].communes}
        matches = [match for match in matches if match.code in inside]
    exact = frozenset(match.code for match in matches if match.is_exact)
    return exact or frozenset(match.code for match in matches)
