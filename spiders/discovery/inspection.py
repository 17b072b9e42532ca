"""What a worker process does with a list page: everything that needs its parsed tree.

Imports no Scrapy, so that a worker starts fast.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.items import Page
from scraper.base.source import Source
from spiders.discovery.html import forget_document, site_name
from spiders.discovery.links import PageLinks, read_links
from spiders.discovery.page_classifier import PageContent, adds_nothing, content_of, page_kind
from spiders.discovery.url_classifier import UrlClassifier
from spiders.platforms import GENERIC, platform_for, platform_named


@dataclass(frozen=True, slots=True)
class SourceView:
    """What a worker needs to know of a source to inspect one of its pages.

    ``platform`` is the name of its platform; ``home`` the content of its home page, None if the
    page to inspect is the home page.
    """

    source: Source
    platform: str
    url_classifier: UrlClassifier
    home: PageContent | None = None


@dataclass(frozen=True, slots=True)
class Inspection:
    """The links of a page, and what kind of page it is.

    ``is_article`` and ``adds_nothing`` are False unless the page was classified; ``platform``,
    ``site_name`` and ``content`` are set for a home page only.
    """

    links: PageLinks
    is_article: bool = False
    adds_nothing: bool = False
    platform: str | None = None
    site_name: str | None = None
    content: PageContent = field(default_factory=PageContent)


def inspect_list(page: Page, view: SourceView, has_to_look: bool) -> Inspection:
    """Read the links of a page that is or may be a list.

    If ``has_to_look``, also classify the page as an article or a list.
    """
    platform = platform_named(view.platform)
    recognised = None
    if view.home is None and view.source.platform is None:
        recognised = platform_for(page)
        platform = platform if recognised is GENERIC else recognised
    try:
        links = read_links(page, view.source, platform, view.url_classifier)
        content = content_of(page, links) if view.home is None else PageContent()
        is_article = has_to_look and page_kind(page, links) == "article"
        return Inspection(
            links,
            is_article,
            has_to_look and not is_article and adds_nothing(page, links, view.home or content),
            recognised.name if recognised else None,
            site_name(page) if view.home is None else None,
            content,
        )
    finally:
        forget_document()


def inspect_links(page: Page, view: SourceView) -> PageLinks:
    """Read the links of a page without classifying it."""
    try:
        return read_links(page, view.source, platform_named(view.platform), view.url_classifier)
    finally:
        forget_document()
