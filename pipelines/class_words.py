"""What the class and id words of an element say about its role, as one cached look-up.

Theme writers of all platforms draw on the same small vocabulary, English and Vietnamese. A word
is a hint to be weighed, never a verdict: a theme may call the whole article ``comment-open``.
"""

from __future__ import annotations

import re
from functools import lru_cache


class Hint:
    """Bits for what a class or id word hints at; an element may carry several.

    Plain integers: ``enum.Flag`` costs a microsecond an operation, on every element of a page.
    """

    NONE = 0
    BODY = 1 << 0
    LEDE = 1 << 1
    TITLE = 1 << 2
    CAPTION = 1 << 3
    AUTHOR = 1 << 4
    DATE = 1 << 5
    TAGS = 1 << 6
    SECTION = 1 << 7
    RELATED = 1 << 8
    COMMENTS = 1 << 9
    TOOLS = 1 << 10
    ADVERT = 1 << 11
    NAVIGATION = 1 << 12
    TODAY = 1 << 13


FURNITURE = Hint.RELATED | Hint.COMMENTS | Hint.TOOLS | Hint.ADVERT | Hint.NAVIGATION

_VOCABULARY: dict[int, str] = {
    Hint.BODY: (
        r"news-?bodyhtml|body-?text|article-?body|articlebody|journal-content-article"
        r"|div-?article-?(description|content)|(news|detail|article|post|entry|story|main)[-_]*"
        r"(cms)?content|content[-_]*(detail|news|article|main|body)|(story|post|entry|page)-?body"
        r"|tandan-content-view|tt_tinchitiet_doctin|fck_?detail|noi-?dung|chi-?tiet(-?tin)?"
        r"|maincontent|storytext|article-?text"
    ),
    Hint.LEDE: (
        r"sapo|home-?text|(?<![a-z])(lead|lede|standfirst|dek|summary|trich-?dan|tom-?tat|mo-?ta|desc)"
        r"(?![a-z])|(?<!meta-)(?<!meta_)(?<![a-z])description(?![a-z])|intro-?text|article-?summary"
        r"|chapeau|sub-?headline|detail__summary|gioi-?thieu-?tin"
    ),
    Hint.TITLE: r"title|headline|tieu-?de|ten-?tin",
    Hint.CAPTION: (
        r"caption|(?<![a-z])(chu-?thich|note-?(img|anh|image)|img-?note|photo-?note|credit"
        r"|image-?(text|desc\w*))(?![a-z])|chu-?thich-?anh|legend"
    ),
    Hint.AUTHOR: r"author|by-?line|tac-?gia|but-?danh|writer|(?<![a-z])nguoi-?(viet|dang)",
    Hint.DATE: (
        r"(?<![a-z])(date|time|pub-?date|ngay(-?dang)?|thoi-?gian|published?|updated?|timestamp"
        r"|datetime|post-?(date|time)|date-?time)(?![a-z])|publish-?date|detail-?time|date-?line"
    ),
    Hint.TAGS: r"(?<![a-z])(tags?|tag-?(list|cloud|links?)|key-?words?|tu-?khoa|hash-?tags?|topics)"
    r"(?![a-z])|post-?tags|article-?tags",
    Hint.SECTION: (
        r"bread-?crumbs?|crumb|cate-?name|category|chuyen-?muc|(?<![a-z])(cat|section)(?![a-z])"
    ),
    Hint.RELATED: (
        r"relat(?!ive|ion)|lien-?quan|cung-?(chuyen|loai|chu)|tin-?(khac|moi|cu)(?![a-z])"
        r"|other-?news|news-?other|read-?(more|next|also)|see-?(also|more)|recommend|more-?(news|stor|from|on|link|article|post)"
        r"|suggest|popular|trending|most-?(read|view|pop)|doc-?nhieu|xem-?(them|nhieu)|tin-?noi-?bat"
        r"|you-?(may|might)|also-?like|next-?(post|article)|prev(ious)?-?(post|article)|post-?nav"
        r"|teaser-?list|onenewstitle|thread-?body|latest-?news|lastest-?news|in-?line-?links"
        r"|up-?next|newsfeed|(?<!has-)(?<!no-)(?<!with-)side-?bar(?!-?layout)|(?<![a-z])rail(?![a-z])|link-?stack"
    ),
    Hint.COMMENTS: (
        r"(?<![a-z])(comments?|disqus|binh-?luan|y-?kien|respond|feedback|reactions?|discussion)(?![a-z])"
        r"|comment(s|-?(list|box|form|area|section|wrap)|_|er)|reader-?opinion"
    ),
    Hint.TOOLS: (
        r"(?<![a-z])(shar(e|ing)|social|tool-?s?|tool-?bar|print|font-?size|(star-?)?ratings?|vote|e?mail"
        r"|follow|bookmark|actions?|like-?box|addthis|sharedaddy|jp-relatedposts|icons?)(?![a-z])"
        r"|social|share-?|send-?mail|sharing|rate-?box|cont?rol-?bar"
    ),
    Hint.ADVERT: (
        r"(?<![a-z])(ads?|advert\w*|banner|sponsor\w*|promo\w*|quang-?cao|dfp|gpt|adv|teads"
        r"|outbrain|taboola|newsletter|subscri\w*|signup|sign-?up|donat\w*|cta|app-?download"
        r"|google-?auto-?placed|merch\w*|affiliate|disclosure|optin|mc4wp|survey)(?![a-z])|ad-?(slot|unit|wrap|box|container)"
        r"|newsletter|ads-?by"
    ),
    Hint.NAVIGATION: (
        r"(?<![a-z])(nav|nav-?bar|navigation|menu|sub-?menu|pagination|pager|paging|cookies?|gdpr|consent"
        r"|modal|pop-?up|login|dang-?nhap|masthead|top-?bar|site-?(header|footer)|page-?footer"
        r"|footer|foot|copyright|skip-?link|screen-?reader-?text|sr-?only|visually-?hidden|lightbox"
        r"|overlay|search-?(form|box)|language|weather|tooltip|breaking-?news|ticker"
        r"|author-?(bio|box|info|card|desc\w*|about)|about-?(the-?)?author|bio|toc|table-?of-?contents)(?![a-z])"
        r"|navigation|menu-|timeout|bottom-?menu|footer-"
        r"|^(is-|element-)?hidden$|^d-none$|^hide-accessible$|^element-invisible$"
    ),
    Hint.TODAY: r"current-?(date|time)|clock|today|ngay-?hien-?tai|dong-?ho|header-?date|date-?now",
}

_PATTERNS = {hint: re.compile(pattern) for hint, pattern in _VOCABULARY.items()}
_SEPARATORS = re.compile(r"[^a-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@lru_cache(maxsize=16384)
def read_hints(words: str) -> int:
    """Tell what the class, id and itemprop of one element hint at, in any writing style."""
    hints = Hint.NONE
    for word in words.split():
        hints |= _hints_of_word(word)
    return hints


@lru_cache(maxsize=16384)
def _hints_of_word(word: str) -> int:
    plain = _SEPARATORS.sub("-", _CAMEL.sub("-", word).lower())
    found = Hint.NONE
    for hint, pattern in _PATTERNS.items():
        if pattern.search(plain):
            found |= hint
    return found
