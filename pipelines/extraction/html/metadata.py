"""The metadata of a page: JSON-LD, OpenGraph, meta tags, microdata.

The values are compared with what readers see. None is reliable alone, because pages put the name of
the site in place of the author and write times in wrong zones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pipelines.extraction.html.blocks import Outline
from pipelines.extraction.html.decode import decode_again
from pipelines.extraction.html.json_ld import (
    Graph,
    Node,
    as_list,
    read_graph,
    text_values,
    types_of,
)
from pipelines.text import normalise

_ARTICLE_TYPES = frozenset({
    "NewsArticle", "Article", "BlogPosting", "ReportageNewsArticle", "Report", "ScholarlyArticle",
    "AnalysisNewsArticle", "OpinionNewsArticle", "ReviewNewsArticle", "LiveBlogPosting",
    "TechArticle",
})  # fmt: skip
_SITE_TYPES = frozenset({"Organization", "NewsMediaOrganization", "WebSite"})
_ROOT = re.compile(r"(?:\w+:)?//[^/?#]+/?(?:#.*)?|/?")
_META_NAMES = ("property", "name", "itemprop")
_META_FIELDS = {
    "og:title": "title",
    "twitter:title": "title",
    "title": "title",
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
    "og:site_name": "site_name",
    "application-name": "site_name",
    "copyright": "site_name",
    "og:type": "type",
    "content-language": "language",
    "og:locale": "language",
}
_MICRODATA_FIELDS = {
    "headline": "title",
    "datePublished": "published",
    "dateModified": "modified",
    "articleSection": "section",
    "keywords": "tags",
}
_ARTICLE_PROPERTIES = {
    "title": ("headline", "name"),
    "published": ("datePublished",),
    "modified": ("dateModified",),
    "section": ("articleSection",),
}


@dataclass(frozen=True, slots=True)
class MetadataValue:
    """A value and its source.

    The sources are ``jsonld``, ``og``, ``meta``, ``microdata``, ``html`` and ``title``.
    """

    value: str
    source: str


@dataclass(slots=True)
class PageMetadata:
    """All metadata values of a page by field, in order of reliability.

    ``article_bodies`` are the bodies in JSON-LD, unchanged.
    """

    by_field: dict[str, list[MetadataValue]] = field(default_factory=dict)
    article_bodies: list[str] = field(default_factory=list)

    def add(self, name: str, value: object, source: str) -> None:
        """Add a value. Values that are not text are ignored."""
        text = normalise(value[:5000]) if isinstance(value, str) else ""
        if "&" in text:
            text = normalise(decode_again(text))
        if text:
            self.by_field.setdefault(name, []).append(MetadataValue(text, source))

    def of(self, name: str, source: str | None = None) -> list[MetadataValue]:
        """Return the values of a field, of all sources or of one."""
        metadata = self.by_field.get(name, [])
        return metadata if source is None else [each for each in metadata if each.source == source]

    def first(self, name: str) -> str | None:
        """Return the first value of a field, or None."""
        metadata = self.by_field.get(name)
        return metadata[0].value if metadata else None


def read_metadata(outline: Outline) -> PageMetadata:
    """Read the metadata of a page. Never raises."""
    metadata = PageMetadata()
    _read_json_ld(read_graph(outline.head.json_ld), metadata)
    for attributes in outline.head.meta:
        _read_meta(attributes, metadata)
    for title in outline.head.titles:
        metadata.add("page_title", title, "title")
    for name, value, _ in outline.microdata:
        if name in _MICRODATA_FIELDS:
            metadata.add(_MICRODATA_FIELDS[name], value, "microdata")
    for name in outline.crumbs:
        metadata.add("breadcrumb", name, "microdata")
    metadata.add("language", outline.language, "html")
    return metadata


def _read_meta(attributes: Mapping[str, str], metadata: PageMetadata) -> None:
    """Add the value of a ``meta`` element if its name is known."""
    name = next(filter(None, map(attributes.get, _META_NAMES)), "").lower()
    field_name = _META_FIELDS.get(name)
    if field_name is None and name.endswith("datepublished"):
        field_name = "published"
    if field_name:
        metadata.add(
            field_name, attributes.get("content"), "og" if name.startswith("og:") else "meta"
        )


def _read_json_ld(graph: Graph, metadata: PageMetadata) -> None:
    """Add the values of all articles, sites and breadcrumbs in JSON-LD."""
    headlines = {
        text
        for node in graph.nodes
        if types_of(node) & _ARTICLE_TYPES
        for text in text_values(node.get("headline"))
    }
    for node in graph.nodes:
        types = types_of(node)
        if types & _ARTICLE_TYPES:
            _read_article_node(node, graph, metadata)
        elif types & _SITE_TYPES:
            if not _is_named_as_article(node, headlines):
                _add_all(metadata, "site_name", node.get("name"))
        elif "BreadcrumbList" in types and not metadata.of("breadcrumb"):
            for name in _crumbs(node, graph):
                metadata.add("breadcrumb", name, "jsonld")


def _is_named_as_article(site: Node, headlines: set[str]) -> bool:
    """Whether a node of a site has the name and URL of the article, by a template's mistake."""
    address = next(iter(text_values(site.get("url"))), "")
    plain = {normalise(decode_again(text)) for text in headlines}
    names = {normalise(decode_again(text)) for text in text_values(site.get("name"))}
    return bool(names & plain) and not _ROOT.fullmatch(address)


def _read_article_node(node: Node, graph: Graph, metadata: PageMetadata) -> None:
    """Add the values of an article in JSON-LD."""
    metadata.add("type", "article", "jsonld")
    for name, properties in _ARTICLE_PROPERTIES.items():
        value = next(filter(None, map(node.get, properties)), None)
        for text in text_values(value)[: None if name == "section" else 1]:
            metadata.add(name, text, "jsonld")
    for author in map(graph.resolve, as_list(node.get("author"))):
        if isinstance(author, str) or "Person" in (types_of(author) or {"Person"}):
            names = author if isinstance(author, str) else author.get("name")
            _add_all(metadata, "author", names)
    for publisher in map(graph.resolve, as_list(node.get("publisher"))):
        if isinstance(publisher, dict):
            _add_all(metadata, "site_name", publisher.get("name"))
    body = "\n\n".join(text_values(node.get("articleBody")))
    if body:
        metadata.article_bodies.append(body)


def _add_all(metadata: PageMetadata, name: str, value: object) -> None:
    """Add each text of a JSON-LD value."""
    for text in text_values(value):
        metadata.add(name, text, "jsonld")


def _crumbs(node: Node, graph: Graph) -> list[str]:
    """Return the names of a breadcrumb in the order of their positions."""
    steps = [each for each in as_list(node.get("itemListElement")) if isinstance(each, dict)]
    steps = [{**each, "name": _crumb_name(each, graph)} for each in steps]
    places = [_whole_number(each.get("position")) for each in steps]
    if None not in places:
        order = sorted(range(len(steps)), key=lambda index: places[index] or 0)
        steps = [steps[index] for index in order]
    return [each["name"] for each in steps if each["name"]]


def _crumb_name(step: Node, graph: Graph) -> str:
    """Return the name of a step, which may be on the step or on its item."""
    item = graph.resolve(step.get("item"))
    named = text_values(step.get("name")) or (
        text_values(item.get("name")) if isinstance(item, dict) else []
    )
    return named[0] if named else ""


def _whole_number(value: object) -> int | None:
    """Return a number of at most five digits, or None."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None
