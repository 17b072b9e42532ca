"""The page type: whether a page is an article, and the reason if it is not."""

from __future__ import annotations

import re
from itertools import takewhile

from pipelines.article import Article, Kind, Verdict
from pipelines.extraction.context import PageContext
from pipelines.extraction.document_urls import links_to_document
from pipelines.extraction.listings import MIN_LIST_HEADLINES, MIN_WORDS, count_headlines, is_listing
from pipelines.extraction.menus import is_crumb, is_menu_entry, is_root
from pipelines.extraction.photos import is_photo
from pipelines.extraction.standing_pages import (
    has_standing_class,
    has_standing_name,
    is_standing_page,
    is_undated,
)
from pipelines.extraction.title import UNCONFIRMED_TITLE
from pipelines.extraction.title_text import agrees_with_slug, slug_words
from pipelines.items import Outcome
from pipelines.text import count_words, fold

MIN_ALBUM_LINKS = 4
"""Pictures that link to other pages, from which the page of a section is a list of albums."""

MIN_NEWS_WORDS = 12
"""Words of the shortest news: a sentence below a title and a date."""

MAX_ERROR_PAGE_WORDS = 150
"""Words up to which a page may be an error page, a bot challenge or a page of the site."""

MAX_BARE_PAGE_WORDS = 60
"""Words up to which the whole page is searched for what error pages say."""

MAX_BARE_PAGE_BLOCKS = 40
"""Blocks up to which the whole page is searched for what error pages say."""

MIN_NOTICE_TITLE_WORDS = 5
"""Words from which the title of a notice is not the name of a section."""

MIN_SCAN_TITLE_WORDS, MAX_BLOCKS_ABOVE_SCAN = 6, 4
"""Words of the title of an undated photo, and blocks below it in which the photo is."""

MIN_CONTACTS, MIN_CONTACT_SHARE = 4, 0.6
"""Lines with a contact, and their share of all lines, from which a text is a directory."""

_CONTACT_LINE = re.compile(
    r"https?://\w|\bwww\.\w|\w@\w|(?<!\w)0\d{2,3}[ .]?\d{3,4}[ .]?\d{3,4}(?!\w)", re.IGNORECASE
)

_BOT_CHALLENGE = re.compile(
    r"just a moment|attention required|checking your browser|access denied"
    r"|verify (that )?you are (a )?human|are you a robot|xac minh (ban|rang ban)"
    r"|request blocked|pardon our interruption|too many requests|truy cap bi tu choi"
)
_CAPTCHA = re.compile(r"captcha|ma xac nhan")
"""Words for a captcha, which is in challenges and in the forms of ordinary pages."""

MAX_CHALLENGE_LINKS = 10
"""Links up to which a page with a captcha may be only a challenge."""

_MISSING = re.compile(
    r"^\W*(loi |error )?404\b|(page|file|article) (was )?not found|(page|url) does not exist"
    r"|no longer available|has not archived that|cannot be displayed"
    r"|khong tim thay (trang|bai|noi dung|duong dan|ket qua|du lieu|thong tin yeu cau)"
    r"|(trang|bai viet|tin bai|noi dung|duong dan)( \w+){0,6} (khong ton tai|da bi xoa|khong con"
    r"|da bi go|khong dung|khong hop le)"
)
"""Sentences (folded) of error pages. They name what is missing, because news report losses, too."""

_SEARCH = re.compile(r"^(ket qua )?(tim kiem|search( results)?|tim thay \d+)")


def find_bot_challenge(text: str) -> Verdict | None:
    """Return the verdict that the source of a page suggests if it has a bot challenge, or None.

    The result is evidence only, because Cloudflare adds the script of its bot detection to ordinary
    pages, too.
    """
    if len(text) > 60_000:
        return None
    if len(text) < 4_000 and "document.cookie" in text and re.search(r"reload|location", text):
        return Verdict(Outcome.BLOCKED, "cookie_gate")
    if len(text) < 30_000 and ("cf-chl" in text or "challenge-platform" in text):
        return Verdict(Outcome.BLOCKED, "challenge")
    return None


def kind_of(article: Article) -> Kind:
    """Return the kind of an article. A few words beside a file or photo are a notice."""
    if _count_words(article) >= MIN_WORDS or not (article.attachments or article.photos):
        return Kind.ARTICLE
    several = len(article.photos) > 1 and not article.attachments
    return Kind.PHOTOS if several else Kind.NOTICE


def _count_words(article: Article) -> int:
    """Return the number of words of lede and body."""
    return sum(count_words(text) for text in (article.lede or "", *article.paragraphs))


def classify_page(
    context: PageContext, article: Article, bot_challenge: Verdict | None = None
) -> Verdict:
    """Return the verdict on a page whose fields have been extracted.

    ``bot_challenge`` is the result of ``find_bot_challenge``. It is ignored if the page has running
    text.
    """
    words = _count_words(article)
    if bot_challenge is not None and words < MAX_BARE_PAGE_WORDS:
        return bot_challenge
    is_standing = is_standing_page(context, article, words)
    if words < MAX_ERROR_PAGE_WORDS and not is_standing:
        refused = _challenge_or_error(context, article, words)
        if refused:
            return refused
    if article.kind is not Kind.ARTICLE and _is_notice(context, article):
        return Verdict()
    if context.has_short_lines and not is_standing:
        return _classify_short_lines(context, article)
    return _classify_text(context, article, words, is_standing=is_standing)


def _classify_short_lines(context: PageContext, article: Article) -> Verdict:
    """Return the verdict on a body of short lines: an article if its title is confirmed."""
    if is_undated(article) and _is_directory(article):
        return Verdict(Outcome.NOT_ARTICLE, "site_page")
    is_own = article.published_at or _is_confirmed_title(context)
    return Verdict() if is_own else Verdict(Outcome.NOT_ARTICLE, "no_heading")


def _classify_text(
    context: PageContext, article: Article, words: int, *, is_standing: bool
) -> Verdict:
    """Return the verdict on a page with running text or with none."""
    if is_listing(context, article, words):
        return Verdict(Outcome.LISTING, _listing_reason(context))
    if is_standing:
        if count_headlines(context, context.outline.blocks) >= MIN_LIST_HEADLINES or _shows_albums(
            context
        ):
            return Verdict(Outcome.LISTING, _listing_reason(context))
        return Verdict(Outcome.NOT_ARTICLE, "site_page")
    is_short_news = (
        words >= MIN_NEWS_WORDS and article.published_at and _has_lede_or_title(context, article)
    )
    if words < MIN_WORDS and not is_short_news:
        return Verdict(Outcome.NOT_ARTICLE, _reason_without_text(context, words))
    if (
        words < MAX_BARE_PAGE_WORDS
        and context.title_block is None
        and context.title_source != "layout"
    ):
        return Verdict(Outcome.NOT_ARTICLE, "no_heading")
    return Verdict()


def _is_directory(article: Article) -> bool:
    """Whether most lines hold the URL, mail address or telephone of an office or person."""
    lines = [line for text in article.paragraphs for line in text.split("\n")]
    contacts = sum(_CONTACT_LINE.search(line) is not None for line in lines)
    return contacts >= max(MIN_CONTACTS, MIN_CONTACT_SHARE * len(lines))


def _shows_albums(context: PageContext) -> bool:
    """Whether pictures below the title link to several other pages: a list of albums."""
    below = context.outline.blocks[(context.title_block or 0) + 1 :]
    targets = {
        block.hrefs[-1]
        for block in below
        if block.image and block.hrefs and not context.is_boilerplate(block)
    }
    return len(targets) >= MIN_ALBUM_LINKS


def _is_confirmed_title(context: PageContext) -> bool:
    """Whether metadata or the URL of the page confirm the title."""
    is_confirmed = context.title_source not in ("", UNCONFIRMED_TITLE)
    return is_confirmed or agrees_with_slug(context.title or "", slug_words(context.address))


def _has_lede_or_title(context: PageContext, article: Article) -> bool:
    """Whether a short text is news, because it is a lede or has a confirmed title."""
    return bool(article.lede) or context.title_source not in ("", UNCONFIRMED_TITLE)


def _is_notice(context: PageContext, article: Article) -> bool:
    """Whether a page with a file or photos in place of text has a title of its own.

    A photo needs a date, a title that the URL repeats, or a long title right above it that metadata
    confirm, because many pages of a site show a photo. A file needs a date, a confirmed title, or a
    title as long as a headline.
    """
    if not article.title or is_root(context.address) or has_standing_class(context):
        return False
    if not (article.published_at or article.attachments) and has_standing_name(context):
        return False
    if is_menu_entry(context) or context.title_block is None:
        return False
    if is_crumb(context, context.outline.blocks[context.title_block]):
        return False
    is_printed = article.provenance.get("published_at") in ("printed", "layout")
    if article.published_at and (article.attachments or is_printed):
        return True
    if agrees_with_slug(article.title, slug_words(context.address)):
        return True
    is_own = (
        context.title_source != UNCONFIRMED_TITLE
        or len(article.title.split()) >= MIN_NOTICE_TITLE_WORDS
    )
    return is_own and (bool(article.attachments) or _is_scan(context, article))


def _is_scan(context: PageContext, article: Article) -> bool:
    """Whether a single undated photo is below a confirmed title that is as long as a headline."""
    if article.kind is not Kind.NOTICE or not _is_confirmed_title(context):
        return False
    if len((article.title or "").split()) < MIN_SCAN_TITLE_WORDS:
        return False
    if is_standing_page(context, article, 0) or context.title_block is None:
        return False
    below = context.outline.blocks[context.title_block + 1 :][:MAX_BLOCKS_ABOVE_SCAN]
    own = list(takewhile(lambda block: not block.hrefs, below))
    return any(block.image is not None and is_photo(block.image) for block in own)


def _challenge_or_error(context: PageContext, article: Article, words: int) -> Verdict | None:
    """Return the verdict on a short page that is a bot challenge or an error page, else None.

    News about captchas or false statements use the same words, but have a date and more text.
    """
    is_dated = bool(article.published_at)
    title = fold(context.metadata.first("page_title") or "")
    shown = [block.text for block in context.outline.blocks if block.text][:60]
    text = fold(" ".join([title, context.title or "", *shown])[:3_000])
    is_bare = words < MAX_BARE_PAGE_WORDS and not (is_dated and words >= MIN_WORDS)
    is_all = is_bare and len(shown) < MAX_BARE_PAGE_BLOCKS
    names_bot_challenge = (
        _BOT_CHALLENGE.search(title)
        or _CAPTCHA.search(title)
        or (is_all and _BOT_CHALLENGE.search(text))
    )
    links = sum(len(block.links) for block in context.outline.blocks)
    asks = is_all and links <= MAX_CHALLENGE_LINKS and _CAPTCHA.search(text)
    if is_bare and (names_bot_challenge or asks):
        return Verdict(Outcome.BLOCKED, "challenge")
    heading = f"{title} {fold(context.title or '')}"
    own = fold(article.body)
    says_missing = _MISSING.search(heading) or (is_bare and _MISSING.search(own))
    if (says_missing and not is_dated) or (is_all and _MISSING.search(text)):
        return Verdict(Outcome.SOFT_404, "says_not_found")
    return None


def _listing_reason(context: PageContext) -> str:
    """Return the reason for the outcome ``listing``."""
    if is_root(context.address):
        return "home_page"
    heading = fold(context.title or context.metadata.first("page_title") or "")
    return "search_results" if _SEARCH.search(heading) else "list_of_links"


def _reason_without_text(context: PageContext, words: int) -> str:
    """Return the reason why a page with few words is not an article."""
    blocks = context.outline.blocks
    region = blocks[context.title_block or 0 : (context.end or len(blocks)) + 20]
    if any(links_to_document(context.outline, block) for block in region):
        return "document"
    own = [block for block in region if not context.is_boilerplate(block)]
    if any(block.image and is_photo(block.image) for block in own):
        return "photo_only"
    if context.outline.embeds or any(box.tag == "video" for box in context.outline.boxes):
        return "video_only"
    said = any(block.text and block.link_share < 0.5 for block in own[1:])
    return "too_short" if words or said else "no_content"
