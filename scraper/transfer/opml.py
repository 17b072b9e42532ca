"""Sources as OPML, the form in which feed readers exchange subscriptions (opml.org, OPML 2.0).

Folders are provinces, and levels inside them. Each feed is an outline of its own; a source without
a declared feed is a link. The keys of an entry that OPML has no name for are attributes in a
namespace of their own, at the first outline of a source.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import urlsplit
from xml.parsers import expat

from pipelines.gazetteer.units import find_province
from scraper.base.errors import UsageError
from scraper.base.source import Source
from scraper.base.urls import urljoin_safely
from scraper.transfer.source_cells import (
    KEYS,
    cells_of,
    given_values,
    level_called,
    text_of,
    without_control,
)
from scraper.transfer.source_lists import ListedSource, SourceList

if TYPE_CHECKING:
    from lxml.etree import _Element

NAMESPACE = "urn:tinhuyen:source"
NATIVE = ("name", "home_url")
"""Keys that OPML has a name for."""

MAX_DEPTH = 32
"""Outlines inside one another."""

MAX_TOLD_CHARS = 80


def write_opml(sources: Iterable[Source], out: BinaryIO) -> None:
    """Write sources as OPML 2.0."""
    from lxml.etree import Element, ElementTree, SubElement

    root = Element("opml", nsmap={"tinhuyen": NAMESPACE}, version="2.0")
    SubElement(SubElement(root, "head"), "title").text = "tinhuyen"
    body = SubElement(root, "body")
    folders: dict[tuple[str, ...], _Element] = {(): body}
    for source in sources:
        place = tuple(filter(None, (without_control(source.province or ""), source.level.value)))
        for depth, name in enumerate(place, 1):
            if place[:depth] not in folders:
                folders[place[:depth]] = SubElement(
                    folders[place[: depth - 1]], "outline", text=name, title=name
                )
        for attributes in _outlines(source):
            SubElement(folders[place], "outline", attributes)
    ElementTree(root).write(out, encoding="utf-8", xml_declaration=True, pretty_print=True)


def _outlines(source: Source) -> list[dict[str, str]]:
    """The attributes of the outlines of a source, one for each feed."""
    cells = {key: without_control(cell) for key, cell in cells_of(source).items()}
    name, home = cells["name"], cells["home_url"]
    shared = {"text": name, "title": name, "htmlUrl": home}
    own = {f"{{{NAMESPACE}}}{key}": cell for key, cell in cells.items() if key not in NATIVE}
    feeds = [without_control(urljoin_safely(home, feed) or feed) for feed in source.feeds]
    if not feeds:
        return [{"type": "link", **shared, "url": home, **own}]
    first, *others = [{"type": "rss", **shared, "xmlUrl": feed} for feed in feeds]
    return [first | own, *others]


def read_opml(content: bytes) -> SourceList:
    """Read sources from OPML. Raises UsageError if it is no OPML, or declares entities."""
    handler = _OpmlHandler()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = lambda name, attributes: handler.open(
        parser.CurrentLineNumber, name, attributes
    )
    parser.EndElementHandler = handler.close
    parser.EntityDeclHandler = _refuse_entities
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        what = expat.ErrorString(error.code)
        raise UsageError(f"line {error.lineno}: {what}: export the file again") from error
    except (ValueError, LookupError) as error:
        raise UsageError(f"{error}: save the file as UTF-8") from error
    except UsageError as error:
        raise UsageError(f"line {parser.CurrentLineNumber}: {error}") from error
    return handler.listed


def _refuse_entities(*_declaration: object) -> None:
    raise UsageError("the file declares entities, which OPML needs none of: remove its DOCTYPE")


@dataclass(slots=True)
class _Outline:
    """An outline that is open: the name of a folder, if it is one."""

    line: int
    name: str
    is_folder: bool
    children: int = 0


@dataclass(slots=True)
class _OpmlHandler:
    """Collects the sources of a document while it is parsed."""

    stack: list[_Outline | None] = field(default_factory=list)
    listed: SourceList = field(default_factory=SourceList)
    by_home: dict[str, int] = field(default_factory=dict)

    def open(self, line: int, name: str, attributes: Mapping[str, str]) -> None:
        """Take an element that begins."""
        element = name.rpartition(" ")[2].lower()
        if not self.stack and element != "opml":
            raise UsageError(f"<{element[:MAX_TOLD_CHARS]}> is no OPML")
        if len(self.stack) >= MAX_DEPTH:
            raise UsageError(f"more than {MAX_DEPTH} outlines inside one another")
        outline = None
        if element == "outline":
            outline = self._outline(line, attributes)
            if parent := next(filter(None, reversed(self.stack)), None):
                parent.children += 1
        self.stack.append(outline)

    def close(self, _name: str) -> None:
        """Take an element that ends."""
        outline = self.stack.pop()
        if outline and outline.is_folder and not outline.children:
            self.listed.refuse(outline.line, outline.name, "no address, and nothing inside")

    def _outline(self, line: int, attributes: Mapping[str, str]) -> _Outline:
        plain = {key.lower(): value.strip() for key, value in attributes.items() if " " not in key}
        own = {
            key.removeprefix(f"{NAMESPACE} "): value
            for key, value in attributes.items()
            if key.startswith(f"{NAMESPACE} ")
        }
        name = plain.get("title") or plain.get("text") or ""
        kind = plain.get("type", "").lower()
        feed = plain.get("xmlurl", "")
        home = plain.get("htmlurl") or (plain.get("url", "") if kind == "link" else "")
        if kind == "include":
            self.listed.refuse(line, name, "refers to another file: import that one")
        elif feed or home:
            self._take(line, {"name": name, "home_url": home or _root_of(feed)}, feed, own)
        return _Outline(line, name, is_folder=not (feed or home or kind == "include"))

    def _take(self, line: int, native: dict[str, str], feed: str, own: Mapping[str, str]) -> None:
        """Add the source of an outline; a further feed of the same site joins it."""
        name = native["name"] or native["home_url"]
        if not native["home_url"]:
            self.listed.refuse(line, name, f"{feed[:MAX_TOLD_CHARS]!r} is no web address")
            return
        feeds = (feed,) if feed else ()
        known = self.by_home.get(native["home_url"])
        if known is not None and not own:
            earlier = self.listed.sources[known]
            if not (earlier.is_entry and _has_feed(earlier, feed)):
                joined = tuple(dict.fromkeys([*earlier.feeds, *feeds]))
                self.listed.sources[known] = ListedSource(
                    earlier.line, earlier.values, joined, earlier.is_entry
                )
            return
        try:
            cells = self._folder_values() | native if not own else {**native, **own}
            values = given_values({key: cell for key, cell in cells.items() if key in KEYS})
        except ValueError as error:
            self.listed.refuse(line, name, str(error))
            return
        if own and _has_feed(ListedSource(line, values), feed):
            feeds = ()
        self.by_home[native["home_url"]] = len(self.listed.sources)
        self.listed.add(ListedSource(line, values, feeds, is_entry=bool(own)))

    def _folder_values(self) -> dict[str, str]:
        """What the names of the folders around an outline say of its place."""
        found: dict[str, str] = {}
        for folder in filter(None, self.stack):
            if province := find_province(folder.name):
                found["province"] = province.short_name
            if level := level_called(folder.name):
                found["level"] = level
        return found


def _has_feed(source: ListedSource, feed: str) -> bool:
    """Whether a feed is among those of an entry, some of which may be paths."""
    home, feeds = str(source.values["home_url"]), source.values.get("feeds", ())
    known: Any = feeds if isinstance(feeds, list | tuple) else ()
    return feed in (urljoin_safely(home, text_of(each)) for each in known)


def _root_of(feed: str) -> str:
    """The address of the site of a feed, nothing if it is no web address."""
    try:
        parts = urlsplit(feed)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return ""
    return f"{parts.scheme}://{parts.netloc}/"
