"""Pages of a site that are not news: its publisher, contact and terms."""

from __future__ import annotations

import re

from pipelines.article import Article
from pipelines.extraction.context import PageContext
from pipelines.extraction.listings import MIN_WORDS
from pipelines.extraction.menus import is_in_menu, is_menu_entry
from pipelines.extraction.title import UNCONFIRMED_TITLE
from pipelines.text import count_words, fold

STANDING_PAGES = frozenset({
    # the site and its office
    *("gioi thieu", "gioi thieu chung", "tong quan", "thong tin chung", "ve chung toi"),
    *("gioi thieu ve chung toi", "gioi thieu tong quan", "loi gioi thieu", "tam nhin su menh"),
    *("so do to chuc", "co cau to chuc", "to chuc bo may", "bo may to chuc", "he thong to chuc"),
    *("chuc nang nhiem vu", "chuc nang, nhiem vu", "chuc nang - nhiem vu", "quy che hoat dong"),
    *("chuc nang va nhiem vu", "chuc nang, nhiem vu, quyen han", "lich su hinh thanh"),
    *("lich su hinh thanh va phat trien", "dieu kien tu nhien", "vi tri dia ly"),
    *("ban do hanh chinh",),
    *("ban lanh dao", "lanh dao don vi", "danh ba", "danh ba dien thoai", "danh ba dien tu"),
    # contact and use
    *("lien he", "thong tin lien he", "lien he - gop y", "lien he quang cao", "hop thu gop y"),
    *("gop y", "so do site", "so do trang", "so do website", "so do cong", "huong dan su dung"),
    *("lien he voi chung toi", "lien he toa soan", "toa soan", "ban bien tap", "tro giup"),
    *("quang cao", "bang gia quang cao", "cau hoi thuong gap", "hoi dap", "dang ky", "dang nhap"),
    *("quen mat khau", "dang ky tai khoan"),
    # its terms
    *("dieu khoan", "dieu khoan su dung", "dieu khoan dich vu", "quy dinh su dung"),
    *("dieu khoan va dieu kien", "thoa thuan su dung", "chinh sach bao mat", "chinh sach rieng tu"),
    *("chinh sach bao mat thong tin", "chinh sach quyen rieng tu", "chinh sach cookie"),
    *("ban quyen",),
    # in English
    *("about", "about us", "who we are", "our team", "our story", "contact", "contact us"),
    *("privacy", "privacy policy", "privacy notice", "cookie policy", "terms", "terms of use"),
    *("terms of service", "terms and conditions", "terms & conditions", "imprint", "sitemap"),
    *("site map", "faq", "frequently asked questions", "disclaimer", "advertise", "legal notice"),
    *("advertise with us", "help", "login", "log in", "sign in", "register", "newsletter"),
})  # fmt: skip
"""Their names (folded), which are compared with whole titles."""

RENEWED_PAGES = frozenset({
    *("lich cong tac", "lich cong tac tuan", "lich lam viec", "lich lam viec tuan"),
    *("lich tiep cong dan", "lich tiep dan", "don vi truc thuoc", "cac don vi truc thuoc"),
})  # fmt: skip
"""Names (folded) of pages whose text is replaced regularly, and of sections with articles. They
count only if the page has no date of publication. A title with dates in it is that of an article.
"""

_STANDING_BEGINNING = re.compile(
    r"(?:gioi thieu (?:chung|tong quan|khai quat)|tong quan|khai quat) ve\b"
    r"|(?:so do|co cau) to chuc\b|(?:to chuc )?bo may to chuc\b|danh ba (?:dien|can bo|lanh dao)"
    r"|chuc nang(?:,| va| -) ?nhiem vu\b|dieu kien tu nhien\b|vi tri dia ly\b|ban do hanh chinh\b"
    r"|lich su hinh thanh\b|tiem nang(?:,| va| -) (?:the manh|loi the)\b|thong tin lien he\b"
    r"|(?:danh lam )?thang canh(?: du lich)?$"
)
"""Beginnings of longer names (folded): "Lịch sử hình thành xã Hùng Đức".

They count only if the page has no date, and no metadata that calls it an article.
"""

_RENEWED_BEGINNING = re.compile(r"lich (?:cong tac|lam viec|tiep (?:cong )?dan)\b\D*$")
"""The same for schedules that are replaced regularly.

The week, month or day in a title makes it that of one schedule, which is news.
"""

MIN_DATED_WORDS = 150
"""Words from which a dated text may be an article although it is in the menu."""

_MAX_LABEL_DISTANCE_BLOCKS = 3
"""Blocks above title or text in which the name of a standing page may be."""

_STANDING_CLASS = re.compile(r"(^|\s)(page-id-\d+|(page-)?node-type-page)(\s|$)")
"""Classes of ``body`` by which WordPress and Drupal mark pages that are not posts."""

_MAX_PAGE_TITLE_WORDS = 4
"""Words up to which the title of such a page is the name of a page, not a headline."""

_MAX_NAME_CHARS = 80
_NAME_END = re.compile(r"\s*\([^)]*\)$|\W+$")

_PARTS = re.compile(r"(?<!\s)\s+[|–—»·•-]\s+|(?:(?<!\s)\s+)?[|»]\s*")


def is_standing_page(context: PageContext, article: Article, words: int) -> bool:
    """Whether a page is about the site or its office: "Giới thiệu", "Liên hệ".

    ``words`` is the number of words of lede and body.
    """
    is_undated = article.published_at is None
    if _is_named_standing(context, article):
        return True
    if (is_undated or words < MIN_DATED_WORDS) and is_menu_entry(context):
        return True
    is_signed = bool(article.author) or "article" in _metadata_types(context, "jsonld")
    if not is_undated or is_signed:
        return False
    title = context.title or ""
    if has_standing_class(context) and count_words(title) <= _MAX_PAGE_TITLE_WORDS:
        return True
    return words >= MIN_WORDS and "article" not in _metadata_types(context) and is_in_menu(context)


def _metadata_types(context: PageContext, source: str | None = None) -> set[str]:
    """Return the folded page types in the metadata, of all sources or of one."""
    return {fold(entry.value) for entry in context.metadata.of("type", source)}


def _is_named_standing(context: PageContext, article: Article) -> bool:
    """Whether title, metadata or the line above the text is the name of a standing page."""
    if has_standing_name(context) or (is_undated(article) and _begins_standing(context)):
        return True
    is_own_title = context.title_source not in ("", UNCONFIRMED_TITLE)
    if is_own_title and (
        article.published_at or count_words(context.title or "") > _MAX_PAGE_TITLE_WORDS
    ):
        return False
    titles = [entry.value for entry in context.metadata.of("title")]
    titles += [_PARTS.split(entry.value)[0] for entry in context.metadata.of("page_title")]
    if any(_page_name(text) in STANDING_PAGES for text in titles):
        return True
    if article.published_at and context.title:
        return False
    anchor = context.anchor
    above = context.outline.blocks[max(0, anchor - _MAX_LABEL_DISTANCE_BLOCKS) : anchor]
    return any(not block.link and _page_name(block.text) in STANDING_PAGES for block in above)


def is_undated(article: Article) -> bool:
    """Whether neither a date nor an author is known."""
    return article.published_at is None and not article.author


def _begins_standing(context: PageContext) -> bool:
    """Whether the title begins like the name of a standing page that names its office or place."""
    name = _page_name(context.title or "")
    is_name = _STANDING_BEGINNING.match(name) or _RENEWED_BEGINNING.match(name)
    return bool(is_name) and "article" not in _metadata_types(context)


def has_standing_name(context: PageContext) -> bool:
    """Whether the title is the name of a standing page."""
    name = _page_name(context.title or "")
    is_renewed = name in RENEWED_PAGES and not context.metadata.of("published")
    return is_renewed or name in STANDING_PAGES


def _page_name(text: str) -> str:
    """Return a name folded, without brackets and punctuation at its end."""
    return _NAME_END.sub("", fold(text)).strip() if len(text) <= _MAX_NAME_CHARS else ""


def has_standing_class(context: PageContext) -> bool:
    """Whether the template marks the page as one that is not a post."""
    body = next((box for box in context.outline.boxes if box.tag == "body"), None)
    return body is not None and bool(_STANDING_CLASS.search(body.words))
