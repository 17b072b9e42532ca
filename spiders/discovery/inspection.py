"""What a worker process makes of a list: all that needs the parsed page. Imports no Scrapy."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.items import Page
from scraper.base.source import Source
from spiders.discovery.document import forget_document
from spiders.discovery.links import PageLinks, read_links
from spiders.discovery.page_classifier import PageContent, adds_nothing, content_of, page_kind
from spiders.discovery.site_name import site_name
from spiders.discovery.url_classifier import UrlClassifier
from spiders.platforms import GENERIC, platform_for, platform_named


@dataclass(frozen=True, slots=True)
class SourceView:
    """What has to be known of a source to read a page of it.

    ``platform`` is what is known of its platform; ``home`` the content of its home page, None
    where the page in hand is that one.
    """

    source: Source
    platform: str
    url_classifier: UrlClassifier
    home: PageContent | None = None


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a page looks like, and where it leads.

    ``is_article`` and ``adds_nothing`` are only told where the page was asked for its looks;
    ``platform``, ``site_name`` and ``content`` only of a home page.
    """

    links: PageLinks
    is_article: bool = False
    adds_nothing: bool = False
    platform: str | None = None
    site_name: str | None = None
    content: PageContent = field(default_factory=PageContent)


def inspect_list(page: Page, view: SourceView, has_to_look: bool) -> Inspection:
    """Read a page that is or may be a list; ``has_to_look`` asks whether it is an article."""
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
    """Read where a page leads."""
    try:
        return read_links(page, view.source, platform_named(view.platform), view.url_classifier)
    finally:
        forget_document()
