"""What a page says about itself for machines: JSON-LD, OpenGraph, meta tags, microdata.

These are claims with their source, to be weighed against what readers see; none is trusted alone
(site names stand as authors, organisations as persons, clocks in wrong zones).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.markup.blocks import Outline
from pipelines.vietnamese.text import normalise

_ARTICLE_TYPES = frozenset({
    "NewsArticle", "Article", "BlogPosting", "ReportageNewsArticle", "Report", "ScholarlyArticle",
    "AnalysisNewsArticle", "OpinionNewsArticle", "ReviewNewsArticle", "LiveBlogPosting",
    "TechArticle",
})  # fmt: skip
_MAX_SCRIPT = 500_000
_META_NAMES = ("property", "name", "itemprop")
_META_FIELDS = {
    "og:title": "title",
    "twitter:title": "title",
    "title": "title",
    "og:description": "description",
    "description": "description",
    "twitter:description": "description",
    "author": "author",
    "article:author": "author",
    "dc.creator": "author",
    "dable:author": "author",
    "article:published_time": "published",
    "og:article:published_time": "published",
    "pubdate": "published",
    "publishdate": "published",
    "publish_date": "published",
    "datepublished": "published",
    "date": "published",
    "dc.date": "published",
    "dc.date.issued": "published",
    "dcterms.created": "published",
    "article:modified_time": "modified",
    "og:updated_time": "modified",
    "lastmod": "modified",
    "datemodified": "modified",
    "article:section": "section",
    "article:tag": "tags",
    "news_keywords": "tags",
    "keywords": "tags",
    "og:image": "image",
    "og:site_name": "site_name",
    "application-name": "site_name",
    "copyright": "site_name",
    "og:type": "type",
    "og:url": "url",
    "content-language": "language",
    "og:locale": "language",
}
_MICRODATA_FIELDS = {
    "headline": "title",
    "datePublished": "published",
    "dateCreated": "created",
    "dateModified": "modified",
    "articleSection": "section",
    "keywords": "tags",
}


@dataclass(frozen=True, slots=True)
class Claim:
    """A value and where it was said: ``jsonld``, ``og``, ``meta``, ``microdata`` or ``title``."""

    value: str
    source: str


@dataclass(slots=True)
class Claims:
    """All claims of a page by field, in the order of their standing."""

    by_field: dict[str, list[Claim]] = field(default_factory=dict)

    def add(self, name: str, value: object, source: str) -> None:
        """Note a claim; what is no text is left out."""
        text = normalise(value[:5000]) if isinstance(value, str) else ""
        if text:
            self.by_field.setdefault(name, []).append(Claim(text, source))

    def of(self, name: str, source: str | None = None) -> list[Claim]:
        """The claims on a field, of one source only where one is named."""
        claims = self.by_field.get(name, [])
        return claims if source is None else [each for each in claims if each.source == source]

    def first(self, name: str) -> str | None:
        """The value of the first claim on a field."""
        claims = self.by_field.get(name)
        return claims[0].value if claims else None


def read_claims(outline: Outline) -> Claims:
    """Collect every claim of a page. Never raises."""
    claims = Claims()
    for script in outline.head.json_ld:
        _read_json_ld(script, claims)
    for tag, attributes in outline.head.elements:
        _read_head_element(tag, attributes, claims)
    for title in outline.head.titles:
        claims.add("page_title", title, "title")
    for name, value, _ in outline.microdata:
        if name in _MICRODATA_FIELDS:
            claims.add(_MICRODATA_FIELDS[name], value, "microdata")
    claims.add("language", outline.language, "html")
    return claims


def _read_head_element(tag: str, attributes: Mapping[str, str], claims: Claims) -> None:
    if tag == "meta":
        name = next(filter(None, map(attributes.get, _META_NAMES)), "").lower()
        known = _META_FIELDS.get(name)
        if known is None and name.endswith("datepublished"):
            known = "published"
        if known:
            claims.add(known, attributes.get("content"), "og" if name.startswith("og:") else "meta")
    elif attributes.get("rel", "").lower() == "canonical":
        claims.add("url", attributes.get("href"), "link")


def _read_json_ld(script: str, claims: Claims) -> None:
    if len(script) > _MAX_SCRIPT:
        return
    try:
        data = json.loads(script, strict=False)
    except (ValueError, RecursionError):
        return
    for thing in _things(data):
        types = thing.get("@type")
        kinds = {types} if isinstance(types, str) else set(filter(_is_text, _listed(types)))
        if kinds & _ARTICLE_TYPES:
            _read_article_thing(thing, claims)
        elif kinds & {"Organization", "NewsMediaOrganization", "WebSite"}:
            claims.add("site_name", thing.get("name"), "jsonld")


def _read_article_thing(thing: dict[str, Any], claims: Claims) -> None:
    claims.add("type", "article", "jsonld")
    claims.add("title", thing.get("headline") or thing.get("name"), "jsonld")
    claims.add("description", thing.get("description"), "jsonld")
    claims.add("published", thing.get("datePublished"), "jsonld")
    claims.add("modified", thing.get("dateModified"), "jsonld")
    for section in _listed(thing.get("articleSection")):
        claims.add("section", section, "jsonld")
    for author in _listed(thing.get("author")):
        person = isinstance(author, str) or author.get("@type", "Person") == "Person"
        name = author if isinstance(author, str) else author.get("name")
        for each in _listed(name):
            claims.add("author" if person else "organisation", each, "jsonld")
    for publisher in _listed(thing.get("publisher")):
        if isinstance(publisher, dict):
            claims.add("site_name", publisher.get("name"), "jsonld")


def _things(data: object) -> Iterator[dict[str, Any]]:
    """The objects of a script: itself, a list's members, a graph's members."""
    for each in _listed(data):
        if isinstance(each, dict):
            yield each
            for inner in _listed(each.get("@graph")):
                if isinstance(inner, dict):
                    yield inner


def _listed(value: object) -> list[Any]:
    items = value if isinstance(value, list) else [value]
    return [each for each in items if isinstance(each, str | dict)]


def _is_text(value: object) -> bool:
    return isinstance(value, str)
