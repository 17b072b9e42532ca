"""Clean ledes: remove the prefix of the newspaper, separate a place from the text."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from pipelines.extraction.vietnamese import read_words
from pipelines.extraction.vietnamese.organisations import organisations
from pipelines.text import fold

_IN_BRACKETS = re.compile(
    r"[(\[]\s*(?P<name>[^()\[\]]{2,40})[)\]]\s*+(?P<dash>\.?\s*[-–—]+|:)?\s*(?=\S)"
)
_ABBREVIATED = re.compile(
    r"(?P<name>[\w.&+ ]{2,24}?)\s*(?:[-–—]{1,2}\s+|\s[-–—]|:\s+)(?=[\"“'(]?\w)"
)
_ONLINE = re.compile(r"[B-DF-HJ-NP-TVXĐ]{1,4}O|[A-ZĐ]{2,5}[. ](?:VN|vn|Online)")
"""Online editions: consonants and an O (``TTO``), or an abbreviation and ``VN`` or ``Online``."""
MAX_PREFIX_WORDS, MAX_PREFIX_CHARS = 5, 80
"""Words and characters at the start of a lede that may be the name of the site."""

_PAPER_WORDS = re.compile(r"^(?:bao|tap chi)(?: dien tu)? | (?:online|dien tu)$")
_CAPITALS = re.compile(r"[A-ZĐ]{3,6}")
_NO_PAPER = re.compile(
    r"\d{3}|[,;]|\b(?:ảnh|video|clip|tiếp theo|bài|kỳ|phần|tập)\b", re.IGNORECASE
)


def clean_lede(text: str, paper_names: Collection[str] = ()) -> str:
    """Return the lede without the prefix of the newspaper: ``(Dân trí) - Giá vàng…``.

    A name in brackets before a dash is always a prefix. Without brackets, it must be a known
    abbreviation, one of ``paper_names`` or their initials (``ĐBP`` for Báo Điện Biên Phủ), or end
    like an online edition (``TTO``). A place that markup joined to the first word is separated by a
    dash: ``TP HCMNgười…`` becomes ``TP HCM - Người…``. Prose that begins with an abbreviation and a
    dash is kept.
    """
    found = _IN_BRACKETS.match(text)
    if found and not _NO_PAPER.search(found["name"]):
        return (
            text[found.end() :]
            if found["dash"] or organisations().is_source(found["name"])
            else text
        )
    found = _ABBREVIATED.match(text)
    if found and _is_paper(found["name"].strip(), paper_names):
        return text[found.end() :]
    return _separate_place(_without_own_name(text, paper_names))


def _without_own_name(text: str, paper_names: Collection[str]) -> str:
    """Return a text without the site's own name at its start, if the next word begins a sentence.

    Markup may have lost the brackets or the dash: ``Dân trí Chiều 22/6, …``.
    """
    own = {_bare_name(paper) for paper in paper_names}
    words = text[:MAX_PREFIX_CHARS].split(" ")
    for count in range(min(MAX_PREFIX_WORDS, len(words) - 1), 0, -1):
        name, following = " ".join(words[:count]), words[count]
        is_start = following[:1].isupper() and not following.isupper() and name[:1].isupper()
        is_own = _bare_name(name) in own or (count == 1 and _is_initials(name, paper_names))
        if is_start and is_own:
            return text[len(name) + 1 :]
    return text


def _bare_name(name: str) -> str:
    """Return the folded name of a newspaper without "Báo", "điện tử" and "Online"."""
    return _PAPER_WORDS.sub("", fold(name)).strip()


def _is_initials(name: str, paper_names: Collection[str]) -> bool:
    """Whether a word is an online edition's abbreviation, and the site is a newspaper."""
    is_paper = any(
        fold(paper).startswith("bao ") or "online" in fold(paper) for paper in paper_names
    )
    key = fold(name)
    return is_paper and bool(_ONLINE.fullmatch(name)) and key not in organisations().no_prefixes


def _is_paper(name: str, paper_names: Collection[str]) -> bool:
    """Whether a name is that of a newspaper."""
    key = fold(name)
    if key in organisations().no_prefixes:
        return False
    return (
        key in organisations().prefixes
        or key in {fold(paper) for paper in paper_names}
        or organisations().is_wire(name)
        or bool(_ONLINE.fullmatch(name))
        or any(_is_short_for(name, paper) for paper in paper_names)
    )


def _is_short_for(name: str, paper: str) -> bool:
    """Whether capitals are the initials of a site's name, with or without its first word."""
    initials = fold("".join(word[0] for word in paper.split()))
    return bool(_CAPITALS.fullmatch(name)) and any(
        part.startswith(fold(name)) for part in (initials, initials[1:])
    )


def _separate_place(text: str) -> str:
    """Separate a place from the first word of the text."""
    for place in _place_names():
        if text.startswith(place):
            rest = text[len(place) :]
            if rest[:1].isupper() and (len(rest) < 2 or not rest[1].isupper()):
                return f"{place} - {rest}"
    return text


@lru_cache(maxsize=1)
def _place_names() -> tuple[str, ...]:
    return tuple(sorted(read_words("names")["places"], key=len, reverse=True))
