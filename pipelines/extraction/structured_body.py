"""The body of an article in JSON-LD, for pages whose text is inserted by a script."""

from __future__ import annotations

import re
from html import escape, unescape

from pipelines.article import Article
from pipelines.extraction.context import PageContext
from pipelines.text import fold, normalise

MIN_BODY_CHARS = 200
"""Characters from which a text is the body of an article, not a summary."""

MAX_BODY_CHARS = 500_000
MAX_TEASER_SHARE = 0.6
"""Share of the text that the page may show if it shows only a teaser."""

MAX_OTHER_SHARE = 0.25
"""Share up to which a page may show another text in place of the body ("Đang tải…")."""

_MIN_SHARED_SHARE = 0.8
_TAG = re.compile(r"<(?:/?(?:p|div|br|h[1-6]|ul|ol|li|figure|table|span|strong|em|a|img)\b)[^<>]*>")
_ESCAPED_TAG = re.compile(r"&lt;/?(?:p|div|br|h[1-6]|ul|li|span|strong)\b", re.IGNORECASE)
_LINES = re.compile(r"(?<!\s)\s*[\n\r\u2028\u2029]\s*")
_GAP = re.compile(r"(?<=[.!?…”\"»])[ \t\xa0]{2,}")
_GLUED = re.compile(r"(?<=[^\W\d_]{2}[.!?…])(?<!\b(?:[Tt]p|TP|[Tt]x|TX|[Tt]t|TT)\.)(?=[^\W\d_])")
"""The end of a sentence without a space after it, because a separator was lost."""

_WORDS = re.compile(r"[^\W_]+")


def find_structured_body(context: PageContext, article: Article) -> str | None:
    """Return the body in JSON-LD as markup, or None if the page shows the body itself."""
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
    """Whether a text contains nearly all that the page shows."""
    whole = _comparable(text)
    shared = sum(len(each) for each in shown if _comparable(each.rstrip(". …")) in whole)
    return shared >= _MIN_SHARED_SHARE * sum(map(len, shown))


def _comparable(text: str) -> str:
    """Return the folded words of a text."""
    return " ".join(_WORDS.findall(fold(text)))


def _to_markup(body: str) -> str:
    """Return a body as markup.

    The body may be markup, escaped markup, or plain text with or without line ends.
    """
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
