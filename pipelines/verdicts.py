"""What a page is: an article, or what else, and why."""

from __future__ import annotations

import re

from pipelines.article import Article, Kind, Verdict
from pipelines.body import is_headline, is_prose, is_teaser
from pipelines.headline import UNCONFIRMED
from pipelines.markup.blocks import Block
from pipelines.page import Outcome
from pipelines.photos import is_photo
from pipelines.scene import Scene
from pipelines.vietnamese.text import fold

SHORT = 150
"""Words below which a page is asked whether it is an error, a gate or a page of the site."""

MIN_WORDS = 25
"""Words of lede and body below which a page is a notice, not an article."""

BARE = 60
FEW_BLOCKS = 40
"""A page with fewer words and blocks is read whole for what an error page says."""

MIN_NOTICE_TITLE = 5
"""Words of a title from which it is no name of a section."""

MANY_HEADLINES = 6
"""Headlines from which a page without text is a list."""

MAX_MENU_ENTRY = 40
FEW_HEADLINES = 4
WORDS_A_HEADLINE = 25
"""A list has fewer words of its own than this for each headline among them."""

_GATE = re.compile(
    r"just a moment|attention required|checking your browser|access denied|captcha"
    r"|verify (that )?you are (a )?human|are you a robot|xac minh (ban|rang ban)|ma xac nhan"
    r"|request blocked|pardon our interruption|too many requests|truy cap bi tu choi"
)
_MISSING = re.compile(
    r"^\W*(loi |error )?404\b|(page|file|article) (was )?not found|no longer available"
    r"|khong tim thay (trang|bai|noi dung|duong dan|ket qua|du lieu|thong tin yeu cau)"
    r"|(trang|bai viet|tin bai|noi dung|duong dan)( \w+){0,6} (khong ton tai|da bi xoa|khong con"
    r"|da bi go|khong dung|khong hop le)"
)
"""What error pages say (folded); with the thing that is missing, since news report losses, too."""

_STANDING_PAGE = re.compile(r"(^|\s)(page-id-\d+|(page-)?node-type-page)(\s|$)")
"""Classes of ``body`` by which WordPress and Drupal mark a page that is no post: "Giới thiệu"."""

_SEARCH = re.compile(r"^(ket qua )?(tim kiem|search( results)?|tim thay \d+)")
_ROOT = re.compile(r"\w+://[^/?#]+/?(#.*)?")
_DOCUMENT = re.compile(r"\.(pdf|docx?|xlsx?|rar|zip)(\?|$)", re.IGNORECASE)


def read_gate(text: str) -> Verdict | None:
    """What a page has in its source of a challenge or cookie gate, None where it has nothing.

    Evidence only: Cloudflare puts the script of its bot detection into the pages it lets through.
    """
    if len(text) > 60_000:
        return None
    if len(text) < 4_000 and "document.cookie" in text and re.search(r"reload|location", text):
        return Verdict(Outcome.BLOCKED, "cookie_gate")
    if len(text) < 30_000 and ("cf-chl" in text or "challenge-platform" in text):
        return Verdict(Outcome.BLOCKED, "challenge")
    return None


def kind_of(article: Article) -> Kind:
    """What an article consists of: a few words beside a file or photo make a notice."""
    if _count_words(article) >= MIN_WORDS or not (article.attachments or article.photos):
        return Kind.ARTICLE
    several = len(article.photos) > 1 and not article.attachments
    return Kind.PHOTOS if several else Kind.NOTICE


def _count_words(article: Article) -> int:
    return sum(text.count(" ") + 1 for text in (article.lede, *article.paragraphs) if text)


def judge(scene: Scene, article: Article, gate: Verdict | None = None) -> Verdict:
    """The verdict on a page whose article has been read as well as it can be.

    ``gate`` is what ``read_gate`` saw: a page with running text of its own is none.
    """
    words = _count_words(article)
    if gate is not None and words < BARE:
        return gate
    if words < SHORT:
        refused = _refusal(scene, words, bool(article.published_at))
        if refused:
            return refused
    if article.kind is not Kind.ARTICLE and _is_notice(scene, article):
        return Verdict()
    if _is_listing(scene, article, words):
        return Verdict(Outcome.LISTING, _listing_reason(scene))
    is_undated = words < SHORT or article.published_at is None
    if _is_standing_page(scene) or (is_undated and _is_menu_entry(scene)):
        return Verdict(Outcome.NOT_ARTICLE, "site_page")
    if words < MIN_WORDS and not (words >= 12 and article.published_at and article.lede):
        return Verdict(Outcome.NOT_ARTICLE, _thin_reason(scene, words))
    if words < BARE and scene.title_block is None and scene.title_source != "layout":
        return Verdict(Outcome.NOT_ARTICLE, "no_heading")
    return Verdict()


def _is_notice(scene: Scene, article: Article) -> bool:
    """Whether a page with a file or photos in place of text has a title of its own.

    A photo alone stands on many pages of a site, so that it needs a day beside it; a file needs a
    day, a title that something confirms, or one as long as a headline.
    """
    if not article.title or _is_root(scene.address) or _is_standing_page(scene):
        return False
    if _is_menu_entry(scene) or scene.title_block is None:
        return False
    if article.published_at:
        return True
    is_own = scene.title_source != UNCONFIRMED or len(article.title.split()) >= MIN_NOTICE_TITLE
    return bool(article.attachments) and is_own


def _refusal(scene: Scene, words: int, is_dated: bool) -> Verdict | None:
    """A page of a few words that says it is a gate or that there is nothing.

    News may say so too: of captchas and of claims that are not right. It has a date, and words.
    """
    title = fold(scene.claims.first("page_title") or "")
    shown = [block.text for block in scene.outline.blocks if block.text][:60]
    text = fold(" ".join([title, scene.title or "", *shown])[:3_000])
    is_bare = words < BARE and not (is_dated and words >= MIN_WORDS)
    is_all = is_bare and len(shown) < FEW_BLOCKS
    if is_bare and (_GATE.search(title) or (is_all and _GATE.search(text))):
        return Verdict(Outcome.BLOCKED, "challenge")
    heading = f"{title} {fold(scene.title or '')}"
    if (_MISSING.search(heading) and not is_dated) or (is_all and _MISSING.search(text)):
        return Verdict(Outcome.SOFT_404, "says_not_found")
    return None


def _is_listing(scene: Scene, article: Article, words: int) -> bool:
    """A page on which headlines that lead elsewhere stand where the text should be.

    Only headlines up to the last running text count: what follows an article is its company.
    """
    blocks = scene.outline.blocks
    if scene.title_block is None and _is_menu_entry(scene):
        return _count_headlines(scene, blocks) >= FEW_HEADLINES // 2
    if words < MIN_WORDS or _is_root(scene.address):
        return _count_headlines(scene, blocks) >= MANY_HEADLINES
    first = scene.title_block or 0
    if scene.title_source == UNCONFIRMED:
        first = 0  # any heading of a list may have been taken for its title
    amid = _count_headlines(scene, blocks[first + 1 : scene.last_prose])
    if not amid:
        return False
    shown = set(article.paragraphs)
    teasers = [
        block.text
        for block in blocks[scene.start : scene.end]
        if block.text in shown
        and is_prose(block)
        and is_teaser(scene.outline, block, scene.title_block)
    ]
    own_words = words - sum(len(text.split()) for text in teasers)
    few = FEW_HEADLINES // 2 if _is_menu_entry(scene) else FEW_HEADLINES
    return amid + len(teasers) >= few and own_words < WORDS_A_HEADLINE * amid


def _count_headlines(scene: Scene, blocks: list[Block]) -> int:
    return sum(is_headline(block) and not scene.is_furniture(block) for block in blocks)


def _is_menu_entry(scene: Scene) -> bool:
    """Whether the title is also an entry of the menu: the page is a section, not an article."""
    title = fold(scene.title or "")
    if not title or len(title) > MAX_MENU_ENTRY:
        return False
    return any(
        block.link_share > 0.9
        and len(block.text) <= MAX_MENU_ENTRY
        and fold(block.text) == title
        and not _is_among_articles(scene, block)
        for block in scene.outline.blocks[: scene.title_block]
    )


def _is_among_articles(scene: Scene, entry: Block) -> bool:
    """Whether the menu around an entry lists articles, as Plone's drops down all of a section."""
    around = [box for box, _ in zip(scene.outline.ancestors(entry.box), range(3), strict=False)]
    blocks = scene.outline.blocks[around[-1].first_block : around[-1].end_block]
    headlines = [block for block in blocks if is_headline(block)]
    return sum(len(block.text) > MAX_MENU_ENTRY for block in headlines) >= FEW_HEADLINES


def _is_standing_page(scene: Scene) -> bool:
    body = next((box for box in scene.outline.boxes if box.tag == "body"), None)
    return body is not None and bool(_STANDING_PAGE.search(body.words))


def _is_root(address: str | None) -> bool:
    """Whether an address is a site's bare root, where no article lives."""
    return bool(address) and bool(_ROOT.fullmatch(address or ""))


def _listing_reason(scene: Scene) -> str:
    if _is_root(scene.address):
        return "home_page"
    heading = fold(scene.title or scene.claims.first("page_title") or "")
    return "search_results" if _SEARCH.search(heading) else "list_of_links"


def _thin_reason(scene: Scene, words: int) -> str:
    blocks = scene.outline.blocks
    region = blocks[scene.title_block or 0 : (scene.end or len(blocks)) + 20]
    if any(_DOCUMENT.search(href) for block in region for href in block.hrefs):
        return "document"
    own = [block for block in region if not scene.is_furniture(block)]
    if any(block.image and is_photo(block.image) for block in own):
        return "photo_only"
    if scene.outline.embeds or any(box.tag == "video" for box in scene.outline.boxes):
        return "video_only"
    said = any(block.text and block.link_share < 0.5 for block in own[1:])
    return "too_short" if words or said else "no_content"
