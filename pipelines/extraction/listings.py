"""Lists of articles: pages with headlines or teasers of other pages in place of a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.article import Article
from pipelines.extraction.body import is_headline, is_prose, is_teaser
from pipelines.extraction.context import PageContext
from pipelines.extraction.document_urls import links_to_document
from pipelines.extraction.html.blocks import HEADINGS, Block, Outline
from pipelines.extraction.menus import is_menu_entry, is_root, is_same_page
from pipelines.extraction.title import UNCONFIRMED_TITLE
from pipelines.extraction.vietnamese.boilerplate import boilerplate_line
from pipelines.extraction.vietnamese.dates import is_mostly_date, parse_dates
from pipelines.text import count_words, fold

MIN_WORDS = 25
"""Words of lede and body below which a page is a notice, not an article."""

MIN_ARTICLE_WORDS = 80
"""Words of running text, in two or more paragraphs, from which a page is an article whatever the
number of headlines around it."""

MIN_TITLE_WORDS = 5
"""Words from which a title is that of an article, not the name of a section."""

MIN_LIST_HEADLINES = 6
"""Headlines from which a page without text is a list."""

MIN_SECTION_HEADLINES = 4
"""Headlines from which a page with a short text is a list."""

MAX_WORDS_PER_HEADLINE = 25
"""Words of its own text that a list has per headline."""

MIN_LINK_CHARS = 20
"""Characters per link from which a line of several links may be a headline."""

MIN_TEASERS = 3
"""Teasers from which a page may be a list."""

MAX_TEASER_BLOCKS = 6
"""Blocks of a teaser below its headline: photo, date, summary, "Xem thêm"."""

MIN_TEASER_SHARE = 0.6
"""Share of a page's text in teasers from which the page is a list."""

MAX_INTRODUCTION_WORDS = 120
"""Words of a text that introduces a list of articles on one topic."""

_MIN_HEADING_LINK_SHARE = 0.35
"""Share of a heading that is link, from which it leads to another page. A date may follow."""

_MORE = re.compile(
    r"\W*(xem (them|tiep|chi tiet)|doc tiep|chi tiet|read more|more|view all)\b.{0,20}"
)

_IMAGE = re.compile(r"\.(jpe?g|png|gif|webp)($|\?)", re.IGNORECASE)
MAX_DATED_CHARS = 120
"""Characters of a line of a teaser that are searched for its date."""

MAX_RELATED_CHARS = 80
"""Characters of a heading of related articles."""

_SCHEME = re.compile(r"(?!https?:)[a-z]+:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Teaser:
    """A teaser of another page.

    ``head`` is the index of its headline, ``end`` that after its last block, ``href`` the URL it
    links to.
    """

    head: int
    end: int
    href: str


def is_listing(context: PageContext, article: Article, words: int) -> bool:
    """Whether headlines or teasers of other pages are in place of a text.

    ``words`` is the number of words of lede and body. Headlines after the last running text do not
    count, because articles are followed by headlines, too.
    """
    blocks = context.outline.blocks
    is_section = is_menu_entry(context)
    if context.title_block is None and is_section:
        return count_headlines(context, blocks) >= MIN_SECTION_HEADLINES // 2
    teasers = list(_teasers(context))
    if words < MIN_WORDS or is_root(context.address):
        several = article.published_at is None and _are_of_several_pages(teasers, MIN_TEASERS)
        return several or count_headlines(context, blocks) >= MIN_LIST_HEADLINES
    if _is_all_teasers(context, article, words, teasers, is_section):
        return True
    if _introduces_list(context, article, words):
        return True
    return _stands_among_headlines(context, article, words, is_section)


def _is_all_teasers(
    context: PageContext, article: Article, words: int, teasers: list[Teaser], is_section: bool
) -> bool:
    """Whether most of the extracted text belongs to teasers of several pages."""
    is_list_title = is_section or bool(_linked_page(context, context.title_block))
    if not _are_of_several_pages(teasers, 2 if is_list_title else MIN_TEASERS):
        return False
    shown = {*article.paragraphs, article.lede}
    blocks = context.outline.blocks
    inside = {index for teaser in teasers for index in range(teaser.head, teaser.end)}
    taken = sum(count_words(blocks[index].text) for index in inside if blocks[index].text in shown)
    return taken >= MIN_TEASER_SHARE * words and words - taken < MIN_ARTICLE_WORDS


def _are_of_several_pages(teasers: list[Teaser], least: int) -> bool:
    """Whether there are at least ``least`` teasers, of two or more pages."""
    return len(teasers) >= least and len({teaser.href for teaser in teasers}) >= 2


def _introduces_list(context: PageContext, article: Article, words: int) -> bool:
    """Whether a short text without a date introduces the dated headlines right below it."""
    if article.published_at or words > MAX_INTRODUCTION_WORDS or len(article.paragraphs) > 2:
        return False
    if article.author or article.photos or article.attachments:
        return False
    dated = 0
    for block in context.outline.blocks[context.last_prose + 1 :]:
        if not block.text or is_mostly_date(block.text):
            continue
        if not is_headline(block) or context.is_boilerplate(block):
            break
        dated += bool(parse_dates(block.text))
    return dated >= MIN_SECTION_HEADLINES


def _stands_among_headlines(
    context: PageContext, article: Article, words: int, is_section: bool
) -> bool:
    """Whether headlines of other pages are between the title and the last running text."""
    blocks = context.outline.blocks
    shown = {*article.paragraphs, article.lede}
    prose = [
        block
        for block in blocks[context.start : context.end]
        if block.text in shown and is_prose(block)
    ]
    teasers = [each for each in prose if is_teaser(context.outline, each, context.title_block)]
    own_words = words - sum(count_words(each.text) for each in teasers)
    first = context.title_block or 0
    if context.title_source == UNCONFIRMED_TITLE:
        first = 0  # the title may be any heading of the list
    is_text = len(prose) - len(teasers) >= 2 and own_words >= MIN_ARTICLE_WORDS
    is_own_title = context.title_source != UNCONFIRMED_TITLE and not is_section
    if is_text and is_own_title and (article.published_at or _is_headline_length(context.title)):
        return False
    if is_text and not _linked_page(context, context.title_block):
        first = max(context.first_prose, context.start)
    headlines = count_headlines(context, blocks[first + 1 : context.last_prose])
    least = MIN_SECTION_HEADLINES // 2 if is_section else MIN_SECTION_HEADLINES
    if not headlines or headlines + len(teasers) < least:
        return False
    return own_words < MAX_WORDS_PER_HEADLINE * headlines


def _is_headline_length(title: str | None) -> bool:
    """Whether a title has as many words as that of an article."""
    return count_words(title or "") >= MIN_TITLE_WORDS


def count_headlines(context: PageContext, blocks: list[Block]) -> int:
    """Return how many of these blocks are headlines of other pages, outside of boilerplate."""
    return sum(
        _is_one_headline(context.outline, block) and not context.is_boilerplate(block)
        for block in blocks
    )


def _is_one_headline(outline: Outline, block: Block) -> bool:
    """Whether a line is one headline, not a row of links to sections, buttons or files."""
    if not is_headline(block) or links_to_document(outline, block):
        return False
    return len(block.links) < 2 or len(block.text) >= MIN_LINK_CHARS * len(block.links)


def _teasers(context: PageContext) -> Iterator[Teaser]:
    """Yield the teasers from the title on, up to a heading of related articles.

    A teaser has a linked heading above its summary, or a heading, a summary and a link to more. If
    the title links to another page or may be the name of a section, the text below it may be a
    single summary. The other summaries are then outside of the body, and are included.
    """
    blocks = context.outline.blocks
    title = context.anchor
    first = title if context.title_source == UNCONFIRMED_TITLE else title + 1
    is_list_heading = _linked_page(context, context.title_block) is not None or (
        context.title_source == UNCONFIRMED_TITLE and not _is_headline_length(context.title)
    )
    last = len(blocks) if context.body is None or is_list_heading else context.end
    boxes = context.outline.boxes
    heads = [
        block.index
        for block in blocks[first:last]
        if block.text
        and (boxes[block.box].tag in HEADINGS or _is_one_headline(context.outline, block))
    ]
    if len(heads) < 2:
        return
    others = next((b.index for b in blocks[first : heads[-1] + 1] if _is_related_heading(b)), last)
    heads = [head for head in heads if head < others]
    for head, following in zip(heads, [*heads[1:], len(blocks)], strict=False):
        end = min(following, head + 1 + MAX_TEASER_BLOCKS)
        own = blocks[head + 1 : end]
        if sum(map(is_prose, own)) > 2:
            continue
        linked = _linked_page(context, head)
        if linked and (any(map(is_prose, own)) or any(map(_shows_date, (blocks[head], *own)))):
            yield Teaser(head, end, linked)
            continue
        target = _more_link(context, head, end)
        if target and any(map(is_prose, own)) and not _links_in_text(own):
            yield Teaser(head, end, target)


def _shows_date(block: Block) -> bool:
    """Whether there is a date at the beginning of a line."""
    return bool(parse_dates(block.text[:MAX_DATED_CHARS]))


def _more_link(context: PageContext, head: int, end: int) -> str | None:
    """Return the URL of a link that covers a teaser, repeats its heading or says "Đọc tiếp".

    An empty link belongs to the block after it, which may be the heading itself.
    """
    blocks = context.outline.blocks
    name = fold(blocks[head].text)
    for block in [*blocks[head + 1 : end + 1], blocks[head]]:
        texts = [fold(text).strip() for text in block.links]
        texts += [""] * (len(block.hrefs) - len(texts))
        for href, text in zip(block.hrefs, texts, strict=False):
            is_cover = not text and not block.image and not _IMAGE.search(href)
            is_more = text == name or (text and _MORE.fullmatch(text))
            if (is_cover or is_more) and _is_other_page(context, href):
                return href
    return None


def _is_related_heading(block: Block) -> bool:
    """Whether a line is a heading of related articles, not a link to the rest of an article."""
    if not 0 < len(block.text) <= MAX_RELATED_CHARS:
        return False
    is_heading = boilerplate_line(block.text) == "related"
    return is_heading and not _MORE.fullmatch(fold(block.text))


def _links_in_text(blocks: list[Block]) -> bool:
    """Whether running text has links that do not only lead to the rest of an article."""
    return any(
        is_prose(block) and block.link and not any(_MORE.fullmatch(fold(t)) for t in block.links)
        for block in blocks
    )


def _linked_page(context: PageContext, index: int | None) -> str | None:
    """Return the URL of another page that a heading links to. A confirmed title links to none."""
    if index is None or index >= len(context.outline.blocks):
        return None
    if index == context.title_block and context.title_source != UNCONFIRMED_TITLE:
        return None
    block = context.outline.blocks[index]
    is_heading = context.outline.boxes[block.box].tag in HEADINGS
    if block.link_share < (_MIN_HEADING_LINK_SHARE if is_heading else 0.6):
        return None
    return next((href for href in block.hrefs if _is_other_page(context, href)), None)


def _is_other_page(context: PageContext, href: str) -> bool:
    """Whether a link leads to another web page."""
    if not href or href.startswith("#") or _SCHEME.match(href):
        return False
    return not is_same_page(context, href)
