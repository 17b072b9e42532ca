"""The body that JSON-LD gives of an article, for pages whose text is filled in by a script."""

from __future__ import annotations

import re
from html import escape, unescape

from pipelines.article import Article
from pipelines.extraction.context import PageContext
from pipelines.text import fold, normalise

MIN_BODY_CHARS = 200
"""Characters from which a text is the body of an article rather than a summary."""

MAX_BODY_CHARS = 500_000
MAX_TEASER_SHARE = 0.6
"""The share of the text that the page may show and still be a teaser of it."""

MAX_OTHER_SHARE = 0.25
"""The share up to which a page may show another text in place of the body ("Đang tải…")."""

_MIN_SHARED_SHARE = 0.8
_TAG = re.compile(r"<(?:/?(?:p|div|br|h[1-6]|ul|ol|li|figure|table|span|strong|em|a|img)\b)[^<>]*>")
_ESCAPED_TAG = re.compile(r"&lt;/?(?:p|div|br|h[1-6]|ul|li|span|strong)\b", re.IGNORECASE)
_LINES = re.compile(r"(?<!\s)\s*[\n\r\u2028\u2029]\s*")
_GAP = re.compile(r"(?<=[.!?…”\"»])[ \t\xa0]{2,}")
_GLUED = re.compile(r"(?<=[^\W\d_]{2}[.!?…])(?<!\b(?:[Tt]p|TP|[Tt]x|TX|[Tt]t|TT)\.)(?=[^\W\d_])")
"""Where a sentence ends and the next begins without a blank: what parted them was lost."""

_WORDS = re.compile(r"[^\W_]+")


def find_structured_body(context: PageContext, article: Article) -> str | None:
    """The markup of the body in JSON-LD; None if there is none, or the page has its own."""
    bodies = [text for text in context.metadata.article_bodies if len(text) <= MAX_BODY_CHARS]
    body = max(bodies, key=len, default="")
    if len(body) < MIN_BODY_CHARS:
        return None
    markup = _to_markup(body)
    text = normalise(unescape(_TAG.sub(" ", markup)))
    shown = [paragraph for paragraph in (article.lede or "", *article.paragraphs) if paragraph]
    size = sum(map(len, shown))
    if len(text) < MIN_BODY_CHARS or size > MAX_TEASER_SHARE * len(text):
        return None
    if size > MAX_OTHER_SHARE * len(text) and not _contains_shown(text, shown):
        return None
    return markup


def _contains_shown(text: str, shown: list[str]) -> bool:
    """Whether nearly all that is shown stands in a text."""
    whole = _comparable(text)
    shared = sum(len(each) for each in shown if _comparable(each.rstrip(". …")) in whole)
    return shared >= _MIN_SHARED_SHARE * sum(map(len, shown))


def _comparable(text: str) -> str:
    return " ".join(_WORDS.findall(fold(text)))


def _to_markup(body: str) -> str:
    """A body as markup: it may be markup, escaped markup, or text in lines or in one."""
    if _ESCAPED_TAG.search(body):
        body = unescape(body)
    if _TAG.search(body):
        return body
    text = unescape(body).strip()
    for separator in (_LINES, _GAP, _GLUED):
        paragraphs = [part for part in separator.split(text) if part.strip()]
        if len(paragraphs) > 1:
            break
    return "".join(f"<p>{escape(part)}</p>" for part in paragraphs)
