"""Menus of a page, found as runs of short links in any elements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from pipelines.extraction.body import is_headline
from pipelines.extraction.context import PageContext
from pipelines.extraction.html.blocks import HEADINGS, Block
from pipelines.text import fold

MAX_ENTRY_CHARS = 40
"""Characters of an entry of a menu."""

MIN_MENU_LINKS = 4
"""Short links in a row from which they are a menu."""

MIN_ARTICLE_HEADLINES = 4
"""Long headlines around an entry from which a menu lists articles."""

_CRUMB = re.compile(r"bread-?crumb|itemlistelement", re.IGNORECASE)
_CRUMB_SIGNS = re.compile(r"\S\s*[»›>→]\s*\S")
_PUNCTUATION = re.compile(r"[\W_]+")
_ROOT = re.compile(r"\w+://[^/?#]+/?(#.*)?")


def is_menu_entry(context: PageContext) -> bool:
    """Whether the title is also an entry of the menu, so that the page is a section."""
    title = _name_key(context.title or "")
    if not title or len(title) > MAX_ENTRY_CHARS:
        return False
    return any(
        block.link_share > 0.9
        and len(block.text) <= MAX_ENTRY_CHARS
        and _name_key(block.text) == title
        and not is_crumb(context, block)
        and not _is_among_articles(context, block)
        for block in context.outline.blocks[: context.title_block]
    )


def _name_key(name: str) -> str:
    """Return a name without punctuation, because menus and headings set it differently."""
    return _PUNCTUATION.sub(" ", fold(name)).strip()


def is_in_menu(context: PageContext) -> bool:
    """Whether an entry of a menu links to the page itself."""
    if is_root(context.address):
        return False
    return any(
        is_same_page(context, href)
        for block, entries in _menus(context)
        if not _is_among_articles(context, block)
        for href in entries
    )


def _menus(context: PageContext) -> Iterator[tuple[Block, list[str]]]:
    """Yield the menus outside of the text, each as its first block and the URLs of its links."""
    outside = [*context.outline.blocks[: context.start], *context.outline.blocks[context.end :]]
    for tag, group in groupby(outside, lambda block: _menu_tag(context, block)):
        run = list(group)
        if tag and sum(len(each.links) for each in run) >= MIN_MENU_LINKS:
            yield run[0], [href for each in run for href in each.hrefs]


def _menu_tag(context: PageContext, block: Block) -> str:
    """Return the tag of a line that may be the entry of a menu, "" for other lines."""
    tag = context.outline.boxes[block.box].tag
    is_entry = _is_menu_line(block) and tag not in HEADINGS and not is_crumb(context, block)
    return tag if is_entry else ""


def _is_menu_line(block: Block) -> bool:
    """Whether a line consists of short links with letters in them."""
    return (
        block.link_share > 0.8
        and len(block.text) <= MAX_ENTRY_CHARS * max(1, len(block.links))
        and any(character.isalpha() for character in block.text)
    )


def _is_among_articles(context: PageContext, entry: Block) -> bool:
    """Whether the menu around an entry lists articles, as the drop-down menus of Plone do."""
    around = list(context.outline.ancestors(entry.box, limit=3))
    blocks = context.outline.blocks[around[-1].first_block : around[-1].end_block]
    headlines = [block for block in blocks if is_headline(block)]
    return sum(len(block.text) > MAX_ENTRY_CHARS for block in headlines) >= MIN_ARTICLE_HEADLINES


def is_same_page(context: PageContext, href: str) -> bool:
    """Whether a link leads to the page itself."""
    if not context.address or not href or href.startswith(("#", "javascript:")):
        return False
    if href[0] in "/h" and _last_path_part(href) != _last_path_part(context.address):
        return False
    return _comparable(context.outline.resolve(context.address, href)) == _comparable(
        context.address
    )


def _last_path_part(address: str) -> str:
    """Return the last part of a URL, which is cheap to compare and independent of the base URL."""
    return address.partition("#")[0].rstrip("/").rpartition("/")[2]


def _comparable(address: str) -> str:
    """Return a URL without scheme, ``www.``, fragment and final slash."""
    return re.sub(r"^\w+://(www\.)?|/?(?s:#.*)?$", "", address)


def is_crumb(context: PageContext, block: Block) -> bool:
    """Whether a line is a breadcrumb or a part of one."""
    around = context.outline.ancestors(block.box, limit=3)
    return bool(_CRUMB_SIGNS.search(block.text)) or any(_CRUMB.search(box.words) for box in around)


def is_root(address: str | None) -> bool:
    """Whether a URL is the root of a site, which is never an article."""
    return bool(address) and bool(_ROOT.fullmatch(address or ""))
