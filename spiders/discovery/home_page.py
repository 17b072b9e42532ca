"""What a home page says of itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from lxml import etree

from pipelines.gazetteer.units import districts, units
from pipelines.items import Page
from scraper.base.source import Source
from spiders.discovery.home_articles import HomeArticle, fingerprint_of, read_articles
from spiders.discovery.home_owner import HomeOwner, read_owner, titles_of
from spiders.discovery.html import base_url, forget_document, parse, shown_texts, site_name
from spiders.discovery.links import PageLinks, read_links
from spiders.discovery.owner_names import without_namesakes
from spiders.discovery.parked_pages import description_of, names_parking_service, parked_by
from spiders.discovery.portal_candidates import Candidate
from spiders.discovery.portal_hosts import province_of_host, site_of
from spiders.discovery.url_classifier import UrlClassifier
from spiders.platforms import GENERIC, Platform, platform_for

MAX_LINES = 5_000


@dataclass(frozen=True, slots=True)
class HomePage:
    """What a home page says of itself.

    ``url`` is the address that was looked at, ``landed_url`` the one after redirects.
    ``unit_codes`` are the units named as the owner (title, banner, imprint), empty if it does not
    say. ``platform`` is None if none is recognised. ``newest`` is the latest day of an article.
    ``fingerprint`` is equal for two hosts that show the same articles, empty without articles.
    ``parked_by`` is what shows that nobody publishes here, empty if nothing does. ``is_former`` is
    True if a district or a province that was abolished is named beside the owner;
    ``other_owner`` is the name of another body, or of a unit that does not exist today.
    """

    url: str
    landed_url: str
    title: str = ""
    site_name: str = ""
    unit_codes: frozenset[str] = frozenset()
    platform: str | None = None
    articles: tuple[HomeArticle, ...] = ()
    newest: date | None = None
    fingerprint: str = ""
    parked_by: str = ""
    is_former: bool = False
    other_owner: str = ""


def read_home_page(
    candidate: Candidate, landed_url: str, body: bytes, content_type: str | None = None
) -> HomePage:
    """Read what a home page says of itself. Never raises: a broken page says little."""
    headers = {"content-type": content_type} if content_type else {}
    page = Page(candidate.url, body, landed_url, headers=headers)
    try:
        root = parse(page)
        return HomePage(candidate.url, landed_url) if root is None else _read(candidate, page, root)
    finally:
        forget_document()


def _read(candidate: Candidate, page: Page, root: etree._Element) -> HomePage:
    address = page.address or candidate.url
    platform = platform_for(page)
    links = _links(page, address, platform)
    articles = read_articles(root, base_url(root, page) or address, links)
    owner = _owner(candidate, address, root)
    titles = titles_of(root)
    return HomePage(
        candidate.url,
        address,
        titles[0] if titles else "",
        site_name(page) or "",
        owner.unit_codes,
        None if platform is GENERIC else platform.name,
        tuple(articles),
        max((one.day for one in articles if one.day), default=None),
        fingerprint_of(articles),
        _parked_by(page, root, titles, links, len(articles)),
        owner.is_former,
        owner.other,
    )


def _links(page: Page, address: str, platform: Platform) -> PageLinks:
    try:
        source = Source(slug="candidate", name="candidate", home_url=address)
    except ValueError:
        return PageLinks()
    return read_links(page, source, platform, UrlClassifier())


def _owner(candidate: Candidate, address: str, root: etree._Element) -> HomeOwner:
    """Return the owner; names are looked up in the province of the candidate, or of the host."""
    unit = units().get(candidate.unit_code or "") or districts().get(candidate.unit_code or "")
    province_code = unit.province_code if unit else province_of_host(site_of(address))
    owner = read_owner(root, address, province_code)
    return replace(owner, unit_codes=without_namesakes(owner.unit_codes, site_of(address)))


def _parked_by(
    page: Page, root: etree._Element, titles: list[str], links: PageLinks, articles: int
) -> str:
    if not articles and names_parking_service(page.body):
        return "a service for parked domains"
    lines = [text for _, text in islice(shown_texts(root), MAX_LINES)]
    groups = (links.articles, links.sections, links.others)
    texts = [link.text for group in groups for link in group]
    return parked_by(titles, description_of(root), lines, texts, articles)
