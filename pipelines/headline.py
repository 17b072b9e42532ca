"""The title: the visible heading that the page's own claims confirm, in the page's spelling."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass

from pipelines.body import is_prose
from pipelines.markup.blocks import HEADINGS, Block, Outline
from pipelines.markup.class_words import Hint
from pipelines.markup.structured import Claims
from pipelines.sections import GENERIC_NAMES
from pipelines.vietnamese.boilerplate import boilerplate_line
from pipelines.vietnamese.text import fold

MAX_TITLE = 400
UNCONFIRMED = "heading alone"
"""Source of a title that nothing else on the page confirms."""

_SEPARATOR = re.compile(r"\s+[|–—»·•-]\s+|\s*[|»]\s*|\s::\s|:\s{2,}")
_SITE = re.compile(r"\w+://[^/?#]+")
_SITE_HEADING = re.compile(r"(cong|trang) (thong tin|ttdt)\b|trang chu$|bao dien tu\b|website\b")
"""How portals name themselves in the heading of every page (folded)."""

_WORDS = re.compile(r"\w+")
_TITLE_WORDS = 5
_SIGNS = 4
"""Characters by which quotes, dashes and blanks make a shown title differ from a claimed one."""

_OPENING = 1
"""Paragraphs that may stand above a title: a notice, a greeting, the lede."""

_LIKE_A_TITLE = 0.5
_LEAST_SCORE = 3.0
_CONFIRMED = 4.0
"""What the same words in a claim add to the weight of a heading; nothing adds more."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """A claimed title, ready to be compared."""

    key: str
    words: frozenset[str]
    source: str


@dataclass(frozen=True, slots=True)
class Headline:
    """A title, the block that shows it (None: no block does) and where it came from."""

    text: str
    block: int | None
    source: str


def find_headline(outline: Outline, claims: Claims, site_names: frozenset[str]) -> Headline | None:
    """The best visible heading, or the best claim where no heading agrees with any."""
    claimed = _claimed_titles(claims, site_names)
    if not claimed:
        return _unconfirmed(outline, site_names)
    comparable = [_comparable(text, source) for text, source in claimed]
    page_title = claims.first("page_title") or ""
    page_key, first_part = _key(page_title), _key(_SEPARATOR.split(page_title)[0])
    best_score, best = 0.0, None
    for block in outline.blocks:
        weight = _heading_weight(outline, block)
        if not weight or weight + _CONFIRMED <= best_score or fold(block.text) in site_names:
            continue
        agreement, source = _agreement(_key(block.text), comparable, page_key, first_part)
        if weight + agreement > best_score:
            best_score = weight + agreement
            best = Headline(block.text, block.index, source)
    if best is not None and best_score >= _LEAST_SCORE:
        return best
    text, source = claimed[0]
    return Headline(text, _shown(outline, text), source)


def _shown(outline: Outline, title: str) -> int | None:
    """The block that shows a title in the words of a claim, whatever its markup; None: none."""
    key = _key(title)
    return next(
        (
            block.index
            for block in outline.blocks
            if abs(len(block.text) - len(title)) <= _SIGNS
            and not block.link
            and _key(block.text) == key
        ),
        None,
    )


def _unconfirmed(outline: Outline, site_names: frozenset[str]) -> Headline | None:
    """The first of the strongest headings, where the page claims nothing but the site's name.

    Where no markup makes a heading, the first bold line stands for one.
    """
    blocks = [
        block
        for block in _above_text(outline)
        if fold(block.text) not in site_names and not boilerplate_line(block.text)
    ]
    candidates = [
        (weight + _LIKE_A_TITLE * _is_long(block), -block.index, block)
        for block in blocks
        if (weight := _heading_weight(outline, block))
        and (block.link_share <= 0.9 or outline.boxes[block.box].tag == "h1")
    ]
    candidates = candidates or [(0.0, -each.index, each) for each in blocks if _is_bold_line(each)]
    if not candidates:
        return None
    block = max(candidates, key=lambda each: each[:2])[2]
    return Headline(block.text, block.index, UNCONFIRMED)


def _above_text(outline: Outline) -> list[Block]:
    """What stands above the running text: a heading below it is that of a part of it."""
    prose = [block.index for block in outline.blocks if is_prose(block)]
    return outline.blocks[: prose[_OPENING]] if len(prose) > _OPENING else outline.blocks


def _is_bold_line(block: Block) -> bool:
    """Whether a line looks like a title where no markup names one: bold, and no sentence."""
    is_line = len(block.text) <= MAX_TITLE and not block.text.endswith((".", ":"))
    return block.is_bold and not block.link and is_line and _is_long(block)


def _is_long(block: Block) -> bool:
    """Whether a heading has the words of a title; those of a page's parts have two or three."""
    return len(block.text.split()) >= _TITLE_WORDS


def _heading_weight(outline: Outline, block: Block) -> float:
    """How much a block looks like a title by its markup alone; 0 for no candidate."""
    box = outline.boxes[block.box]
    named = bool(box.hints & Hint.TITLE)
    if not (named or block.spans or box.tag in HEADINGS):
        return 0.0
    if not block.text or len(block.text) > MAX_TITLE or block.breaks:
        return 0.0
    if box.hints & Hint.LEDE and box.tag != "h1":
        return 0.0
    if _SITE_HEADING.match(fold(block.text[:40])):
        return 0.0
    if box.tag == "h1":
        return 3.0 + named * 0.5
    if block.link_share > 0.9:
        return 0.4  # mostly another article's; a page's own title may link to itself
    if box.tag in HEADINGS:
        return 1.0 + named * 0.5
    span_named = any(span.hints & Hint.TITLE and span.text == block.text for span in block.spans)
    return 0.8 if named or span_named else 0.0


def _agreement(
    key: str, claimed: list[_Claim], page_key: str, first_part: str
) -> tuple[float, str]:
    """How well a heading agrees with what the page claims, and with whom.

    ``page_key`` is the title in the window bar, ``first_part`` what stands before its first sign.
    """
    if len(key) < 3:
        return -3.0, "heading"
    for claim in claimed:
        if key == claim.key:
            return _CONFIRMED, f"heading = {claim.source}"
    if page_key.endswith(key) and page_key != key:
        return -3.0, "heading"
    if page_key.startswith(key) and (len(key) >= 12 or key == first_part):
        return 3.5, "heading = title"
    words = set(key.split())
    best = max((_overlap(words, claim.words) for claim in claimed), default=0.0)
    if best >= 0.6:
        return 3.0 * best, "heading ~ title"
    return (-1.5 if claimed else 0.0), "heading"


def _overlap(one: Set[str], other: Set[str]) -> float:
    shared = len(one & other)
    return shared / max(1, len(one) + len(other) - shared)


def _comparable(text: str, source: str) -> _Claim:
    key = _key(text)
    return _Claim(key, frozenset(key.split()), source)


def _key(text: str) -> str:
    """Words only, folded: quotes, dashes and tone styles differ between heading and claim."""
    return " ".join(_WORDS.findall(fold(text)))


def _claimed_titles(claims: Claims, site_names: frozenset[str]) -> list[tuple[str, str]]:
    """Claimed titles without the site's name at their end or beginning, best source first."""
    found = [
        (claim.value, claim.source)
        for source in ("og", "jsonld", "microdata", "meta")
        for claim in claims.of("title", source)
    ]
    found += [(claim.value, "title") for claim in claims.of("page_title")]
    plain = [(strip_site(text, site_names), source) for text, source in found]
    return [
        (text, source)
        for text, source in plain
        if fold(text) not in site_names | GENERIC_NAMES and not _SITE_HEADING.match(fold(text))
    ]


def strip_site(title: str, site_names: frozenset[str]) -> str:
    """Cut the site's name off a title: a part that is its name, or a short last part."""
    parts = list(_SEPARATOR.finditer(title))
    if not parts:
        return title
    last, first = title[parts[-1].end() :], title[: parts[0].start()]
    if fold(last) in site_names or _SITE_HEADING.match(fold(last)):
        return strip_site(title[: parts[-1].start()], site_names)
    if fold(first) in site_names or _SITE_HEADING.match(fold(first)):
        return title[parts[0].end() :]
    return title


def names_of_site(
    outline: Outline, claims: Claims, declared: str | None, address: str | None
) -> frozenset[str]:
    """Folded names under which the site calls itself: claimed, declared, its home link's text."""
    names = {fold(claim.value) for claim in claims.of("site_name")}
    site = _SITE.match(address or "")
    roots = frozenset(("/", site[0], f"{site[0]}/") if site else ("/",))
    names |= {fold(block.text) for block in outline.blocks if _leads_home(block, roots)}
    if declared:
        names.add(fold(declared))
    host = re.sub(r"^\w+://(www\.)?|[/:?].*$", "", address or "")
    if host:
        names.add(fold(host))
    return frozenset(name for name in names if name)


def _leads_home(block: Block, roots: frozenset[str]) -> bool:
    """Whether a line is nothing but a link to one of the addresses of the site's root."""
    hrefs = block.hrefs
    if not hrefs or hrefs[0] not in roots or len(set(hrefs)) != 1:
        return False
    return block.link_share == 1
