"""The unit that a portal names as its owner: in its title, its banner or its imprint."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from pipelines.gazetteer.units import districts, units
from spiders.discovery.portal_words import letters_of, portal_words
from spiders.discovery.unit_index import spelling
from spiders.discovery.unit_names import (
    Mention,
    Word,
    read_mention,
    resolve,
    without_inner_separators,
    words_of,
)

MAX_OTHER_CHARS = 120
YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Owner:
    """The owner that a text names.

    ``codes`` are its units of the lowest rank, ``provinces`` the provinces that are named around
    them. ``is_former`` is True if a district or a province that was abolished is named around them:
    "xã Yên Phú, huyện Hàm Yên". ``unknown`` is the name of a unit that the gazetteer does not
    have, and ``other`` that of another body: "Công an xã Phù Lưu".
    """

    codes: frozenset[str] = frozenset()
    provinces: frozenset[str] = frozenset()
    is_former: bool = False
    unknown: str = ""
    other: str = ""


@dataclass(frozen=True, slots=True)
class NamePart:
    """A part of a text between separators.

    ``text`` are its words, ``mentions`` the units that it names, ``rest`` the words that belong to
    no name of a unit's own portal. ``is_of_body`` is True if such words are before the first unit
    ("Công an xã …"), ``is_portal`` if the part names a portal or an authority.
    """

    text: str
    mentions: tuple[Mention, ...]
    rest: str
    is_of_body: bool
    is_portal: bool

    @property
    def is_name(self) -> bool:
        """Whether the part only names units, and what stands around their names."""
        return bool(self.mentions) and not self.rest


@lru_cache(maxsize=256)  # the same lines are read as names and as beginnings of names
def parts_of(text: str) -> tuple[NamePart, ...]:
    """Return the parts of a text that are separated by dashes, bars, commas and the like."""
    words = words_of(text)
    is_plain = all(word.text.isascii() for word in words)
    words = without_inner_separators(words, is_plain)
    starts = [0, *(index for index, word in enumerate(words) if index and word.is_after_separator)]
    bounds = zip(starts, [*starts[1:], len(words)], strict=True)
    return tuple(_read_part(words[start:end], is_plain) for start, end in bounds if end > start)


def _read_part(words: list[Word], is_plain: bool) -> NamePart:
    listed = portal_words()
    folded = [word.folded for word in words]
    mentions: list[Mention] = []
    rest: list[str] = []
    is_portal = is_of_body = False
    index = 0
    while index < len(words):
        is_portal |= bool(listed.portal_words.length_at(folded, index))
        if found := read_mention(words, index, is_plain):
            is_of_body |= bool(rest) and not mentions
            mentions.append(found[0])
            index = found[1]
        elif length := listed.around.length_at(folded, index):
            index += length
        else:
            is_number = words[index].text.isdecimal() and not mentions and not rest
            if not is_number and not YEAR.fullmatch(words[index].text):
                rest.append(words[index].text)
            index += 1
    text = " ".join(word.text for word in words)
    return NamePart(text, tuple(mentions), " ".join(rest), is_of_body, is_portal)


def owner_in(text: str, province_code: str | None) -> Owner:
    """Return the owner that a text names; none if it is no name of a portal or a unit.

    ``province_code`` is the province in which names are looked up if the text names none.
    """
    parts = parts_of(text)
    mentions = [mention for part in parts if part.is_name for mention in part.mentions]
    if not mentions:
        is_of_body = any(part.is_of_body for part in parts)
        return Owner(other=text.strip()[:MAX_OTHER_CHARS]) if is_of_body else Owner()
    provinces = _codes(mentions, "province", ())
    scope = provinces or ({province_code} if province_code else set())
    former = _codes(mentions, "district", scope)
    communes = [mention for mention in mentions if mention.rank == "commune"]
    codes = frozenset(code for one in communes for code in resolve(one, scope, former))
    lost = [one for one in communes if not resolve(one, scope, former)]
    lost += [one for one in mentions if not one.matches and one.rank == "district" and not codes]
    if not communes:
        codes = former or provinces
    return Owner(
        frozenset() if lost and not codes - provinces else codes,
        provinces,
        bool(communes and former) or any(map(_is_former_province, mentions)),
        lost[0].text if lost else "",
    )


def without_namesakes(codes: frozenset[str], host: str) -> frozenset[str]:
    """Return the codes without former districts of the same name, if the host shows which is meant.

    The provinces of today have several districts Châu Thành; ``chauthanh.longan.gov.vn`` is that of
    Long An.
    """
    labels = host.split(".")
    named = [districts()[code] for code in codes if code in districts()]
    of_host = {one.name for one in named if letters_of(one.former_province) in labels}
    others = {
        one.code
        for one in named
        if one.name in of_host and letters_of(one.former_province) not in labels
    }
    return codes - others


def _is_former_province(mention: Mention) -> bool:
    """Whether a mention is the name of a province that became part of another one."""
    if mention.rank != "province" or not mention.matches:
        return False
    name = units()[mention.matches[0].code].short_name
    own = spelling(word.text for word in words_of(name))
    words = [word.text for word in words_of(mention.text)]
    return all(spelling(words[start:]) != own for start in range(len(words)))


def _codes(mentions: list[Mention], rank: str, scope: Collection[str]) -> frozenset[str]:
    found = (resolve(one, scope) for one in mentions if one.rank == rank)
    return frozenset(code for codes in found for code in codes)
