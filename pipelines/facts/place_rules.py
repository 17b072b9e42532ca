"""Places: a class word with a name, lists of names behind one class word, and bare names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from pipelines.facts.analysis import Words, longest_phrase
from pipelines.facts.name_rules import is_name, is_surname
from pipelines.facts.resolution import Resolver
from pipelines.facts.unit_index import unit_index
from pipelines.facts.vocabulary import PlaceClass, vocabulary

MAX_NAME_WORDS = 5
ABBREVIATIONS = frozenset({"tp", "tx", "tt", "q", "p"})
"""Class words that a full stop may follow."""
NUMBER_LABEL = "số"
LIST_WORDS = frozenset({"gồm", "như"})


@dataclass(frozen=True, slots=True)
class PlaceAtom:
    """The words of a place; ``name`` is where its name begins, the class word before it."""

    start: int
    end: int
    name: int
    key: str
    wanted: PlaceClass | None
    rule: str


def class_at(words: Words, at: int) -> tuple[int, PlaceClass] | None:
    """Return the end of a class word and what it stands for."""
    found = longest_phrase(words, at, vocabulary().classes)
    if found is None or (len(words.keys[at]) == 1 and words.gaps[found[0]] != "."):
        return None
    return found


def _is_before_name(words: Words, at: int, end: int) -> bool:
    """Whether only a blank, or the full stop of an abbreviation, separates a class from a name."""
    if end >= len(words.words):
        return False
    gap = words.gaps[end]
    return not gap or (gap == "." and words.keys[at] in ABBREVIATIONS)


def _name_start(words: Words, at: int, end: int, wanted: PlaceClass) -> int | None:
    """Return where the name behind a class word begins; a village may be called "thôn số 4"."""
    if not _is_before_name(words, at, end):
        return _behind_colon(words, at, end)
    is_label = words.keys[end] == NUMBER_LABEL and wanted.level == "village"
    return end + 1 if is_label and end + 1 < len(words.words) else end


def place_at(words: Words, at: int, resolver: Resolver, *, in_office: bool) -> PlaceAtom | None:
    """Return the place whose class word begins at a word, if a name follows."""
    found = class_at(words, at)
    if found is None:
        return None
    end, wanted = found
    name = _name_start(words, at, end, wanted)
    if name is None:
        return None
    if words.words[name].isdigit():
        return _numbered(words, at, name, wanted)
    if not words.capitals[name] or wanted.is_numbered or _is_acronym(words, name, name - 1):
        return None
    size = split_run(words, name, resolver, wanted, in_office=in_office)
    end = name + size
    if not size or _is_region(words.key(name, end), wanted):
        return None
    start = name if _is_plural(words, at) else at
    return PlaceAtom(start, end, name, words.key(name, end), wanted, "class and name")


def _is_acronym(words: Words, at: int, before: int) -> bool:
    """Whether a word is an abbreviation and no name; in a text in capitals all words look so."""
    word = words.words[at]
    if not word.isalpha() or len(word) < 2 or not word.isupper():
        return False
    if words.words[before].isupper() and len(word) > 3:
        return False
    return words.keys[at] not in unit_index()


def _is_region(key: str, wanted: PlaceClass) -> bool:
    return wanted.level == "province" and key in vocabulary().never_bare and key not in unit_index()


def _is_plural(words: Words, at: int) -> bool:
    """Whether a class word is that of several places, and so no part of the first one's name."""
    if at == 0 or words.gaps[at]:
        return False
    return words.words[at - 1].isdigit() or words.keys[at - 1] in vocabulary().plural_offices


def _behind_colon(words: Words, at: int, end: int) -> int | None:
    """Return where a list begins behind the class word of several places: "các xã: A, B"."""
    if not _is_plural(words, at) or end >= len(words.words):
        return None
    if words.keys[end] in LIST_WORDS and not words.gaps[end] and end + 1 < len(words.words):
        end += 1
        return end if words.gaps[end] in ("", ":") else None
    return end if words.gaps[end] == ":" else None


def _numbered(words: Words, at: int, name: int, wanted: PlaceClass) -> PlaceAtom | None:
    """A place that is called by a number: Phường 4, thôn 7."""
    if wanted.level not in ("commune", "village", "district") or len(words.words[name]) > 2:
        return None
    if wanted.level == "commune" and not words.capitals[at] and wanted.kinds != ("Phường",):
        return None
    if _is_quantity(words, name + 1) or (wanted.level == "district" and wanted.kinds != ("Quận",)):
        return None
    key = words.keys[name] if wanted.level == "village" else words.key(at, name + 1)
    if wanted.level != "village":
        key = f"{wanted.kinds[0].lower()} {int(words.keys[name])}"
    return PlaceAtom(at, name + 1, name, key, wanted, "class and number")


def _is_quantity(words: Words, at: int) -> bool:
    if at < len(words.words) and words.gaps[at] in ("/", "-", ".") and words.words[at].isdigit():
        return True
    return at < len(words.words) and not words.gaps[at] and words.keys[at] in vocabulary().units


def split_run(
    words: Words, start: int, resolver: Resolver, wanted: PlaceClass | None, *, in_office: bool
) -> int:
    """Return how many of the capitalised words from one on are the place, 0 if they are a person.

    The longest name that is known and leaves nothing, or a person's name, comes first.
    """
    end = name_end(words, start)
    size = end - start
    for count in range(min(size, MAX_NAME_WORDS), 0, -1):
        rest_fits = count == size or is_name(words, start + count, end)
        key = words.key(start, start + count)
        if rest_fits and (resolver.known(key, wanted) if wanted else resolver.known_near(key)):
            return count
    if wanted is not None and wanted.level == "village" and not in_office:
        return min(size, MAX_NAME_WORDS)
    if in_office and size > 1 and is_name(words, start, end):
        return 0
    if wanted is None:
        return 0
    return _unknown_size(words, start, end, resolver, wanted)


def _unknown_size(
    words: Words, start: int, end: int, resolver: Resolver, wanted: PlaceClass
) -> int:
    """How many words an unknown place has: up to a sure surname, and to where a known one ends."""
    size = end - start
    for count in range(1, size - 1):
        if is_surname(words, start + count, sure=True) and is_name(words, start + count, end):
            return count
    for count in range(min(size, MAX_NAME_WORDS) - 1, 0, -1):
        if resolver.known(words.key(start, start + count), wanted):
            return count
    return min(size, MAX_NAME_WORDS)


def name_end(words: Words, start: int) -> int:
    """Return the end of the capitalised words that may be one name: an office ends them."""
    end = words.name_ends.get(start)
    if end is None:
        end = words.name_ends[start] = _name_end(words, start)
    return end


def _name_end(words: Words, start: int) -> int:
    breaks, end = _name_breaks(), words.run_end(start)
    if end < len(words.words) and not words.gaps[end] and _is_numeral(words, end):
        end += 1
    if end < len(words.words) and words.gaps[end] == "-" and words.capitals[end]:
        end = _after_hyphen(words, start, end)
    for at in range(start + 1, end):
        if words.keys[at] in breaks and _begins_phrase(words, at):
            return at
    return end


@cache
def _name_breaks() -> frozenset[str]:
    """Return the words with which an office, organisation or title begins."""
    known = vocabulary()
    return frozenset((*known.offices, *known.bodies, *known.titles))


def _after_hyphen(words: Words, start: int, end: int) -> int:
    """The end of a name with a hyphen, if the index has it (Phan Rang-Tháp Chàm)."""
    last = words.run_end(end)
    key = f"{words.key(start, end)} {words.key(end, last)}"
    return last if key in unit_index() else end


def _is_numeral(words: Words, at: int) -> bool:
    return (
        words.words[at].isdigit() and len(words.words[at]) <= 2 and not _is_quantity(words, at + 1)
    )


def _begins_phrase(words: Words, at: int) -> bool:
    """Whether an office, organisation or title of two words, or an abbreviation, begins here."""
    known = vocabulary()
    for tree in (known.offices, known.bodies, known.titles):
        found = longest_phrase(words, at, tree)
        if found and (
            found[0] > at + 1 or (len(words.words[at]) > 1 and words.words[at].isupper())
        ):
            return True
    return False


def bare_place_at(words: Words, at: int, resolver: Resolver) -> PlaceAtom | None:
    """Return the place whose name stands here without a class word.

    Provinces, the source's own units, and what the text named before are sure. Other names count
    behind a word of place, in the source's province.
    """
    end = name_end(words, at)
    index = unit_index()
    for count in range(min(end - at, 4), 0, -1):
        key = words.key(at, at + count)
        if key not in index or key in vocabulary().never_bare or is_something_else(words, at):
            continue
        if at + count < end and not is_name(words, at + count, end):
            return None
        rule = _bare_rule(words, at, key, resolver, count)
        return PlaceAtom(at, at + count, at, key, None, rule) if rule else None
    return None


def _bare_rule(words: Words, at: int, key: str, resolver: Resolver, count: int) -> str | None:
    if key in resolver.named and (count > 1 or "'" in key):
        return "named before"
    found = unit_index().get(key)
    if any(one.level == "province" for one in found):
        return "name of a province"
    if any(resolver.is_own_unit(one) for one in found):
        return "name of the source's unit"
    near = [one for one in found if resolver.is_own(one)]
    is_place = at and not words.gaps[at] and words.keys[at - 1] in vocabulary().before
    if near and count > 1 and (is_place or any(one.level == "district" for one in near)):
        return "name behind a word of place" if is_place else "name of a district"
    return None


def is_something_else(words: Words, at: int) -> bool:
    """Whether the words before a name make it that of a street, a river, or the like."""
    node, back = vocabulary().not_before, at - 1
    while back >= 0 and not words.gaps[back + 1]:
        node = node.get(words.keys[back], {})
        if "" in node:
            return True
        if not node:
            return False
        back -= 1
    return False
