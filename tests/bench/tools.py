"""The compared extractors, each with the same small interface.

The peers are optional: one that is not installed is left out. Each is called as its own
documentation says, with all the fields it offers.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Found:
    """The fields that a tool extracted from a page; None if it does not support a field.

    ``lede_is_cut`` says that the lede is a part of the text that the body does not repeat;
    ``is_kept`` that the tool takes the page for something to keep.
    """

    body: str
    title: str | None = None
    author: str | None = None
    published: str | None = None
    captions: Sequence[tuple[str | None, str | None]] = ()
    section: str | None = None
    lede: str | None = None
    tags: Sequence[str] = ()
    lede_is_cut: bool = False
    is_kept: bool = True


Tool = Callable[[bytes, str], Found]


def installed() -> dict[str, Tool]:
    """Return the tools that can be imported, ours first."""
    makers: dict[str, Callable[[], Tool]] = {
        "tinhuyen": _tinhuyen,
        "trafilatura": _trafilatura,
        "newspaper4k": _newspaper,
        "readability-lxml": _readability,
        "resiliparse": _resiliparse,
    }
    tools: dict[str, Tool] = {}
    for name, make in makers.items():
        try:
            tools[name] = make()
        except ImportError:
            continue
    return tools


def _tinhuyen() -> Tool:
    from pipelines import extract

    def read(html: bytes, url: str) -> Found:
        article = extract(html, url)
        captions = [(photo.caption, photo.url) for photo in article.photos if photo.caption]
        return Found(
            article.body,
            article.title,
            article.author,
            article.published_at,
            captions,
            article.section,
            article.lede,
            article.tags,
            lede_is_cut=True,
            is_kept=article.verdict.is_article,
        )

    return read


def _trafilatura() -> Tool:
    trafilatura: Any = importlib.import_module("trafilatura")

    def read(html: bytes, url: str) -> Found:
        document = trafilatura.bare_extraction(html, url=url, with_metadata=True)
        if document is None:
            return Found("", is_kept=False)
        found = document.as_dict()
        return Found(
            found["text"] or "",
            found["title"],
            found["author"],
            found["date"],
            section=next(iter(found["categories"] or []), None),
            lede=found["description"],
            tags=found["tags"] or [],
        )

    return read


def _newspaper() -> Tool:
    newspaper: Any = importlib.import_module("newspaper")

    def read(html: bytes, url: str) -> Found:
        article = newspaper.Article(url, fetch_images=False)
        article.download(input_html=html.decode("utf-8", "replace"))
        try:
            article.parse()
        except ImportError:  # some languages need more packages than the tool itself
            return Found("", is_kept=False)
        published = article.publish_date.isoformat() if article.publish_date else None
        return Found(
            article.text,
            article.title,
            ", ".join(article.authors),
            published,
            lede=article.meta_description,
            tags=sorted(article.tags or []),
        )

    return read


def _readability() -> Tool:
    readability: Any = importlib.import_module("readability")
    html_parser: Any = importlib.import_module("lxml.html")

    def read(html: bytes, url: str) -> Found:
        document = readability.Document(html.decode("utf-8", "replace"), url=url)
        summary = re.sub(r"(</(?:p|div|li|h\d|td)>|<br/?>)", r"\1 ", document.summary())
        return Found(html_parser.fromstring(summary).text_content(), document.short_title())

    return read


def _resiliparse() -> Tool:
    module: Any = importlib.import_module("resiliparse.extract.html2text")

    def read(html: bytes, url: str) -> Found:
        return Found(module.extract_plain_text(html.decode("utf-8", "replace"), main_content=True))

    return read
