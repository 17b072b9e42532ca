"""Sitemaps: indexes, lists of pages, gzipped or not, with the news and image extensions."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from lxml import etree

from scraper.base.clock import VIETNAM
from spiders.discovery.announcements import MOST_ENTRIES, Announced, absolute, believable
from spiders.discovery.encoding import as_utf8
from spiders.discovery.feeds import declares_entities, looks_like_html

MAX_SITEMAP_BYTES = 50 * 1024 * 1024
"""Bytes of an unpacked sitemap: the limit of the protocol (sitemaps.org)."""

GZIP = b"\x1f\x8b"

BARE_AMPERSAND = re.compile(rb"&(?!#?\w{1,31};)")
DOCUMENT = re.compile(rb"<\?xml\b|<(?:[\w-]{1,20}:)?(?:urlset|sitemapindex)\b")
CDATA, CDATA_END = b"<![CDATA[", b"]]>"


@dataclass(frozen=True, slots=True)
class Sitemap:
    """A sitemap as read: ``children`` of an index, ``pages`` of a list.

    ``problem`` is None, or one of ``entities`` (declares entities, not parsed), ``html`` (a page
    was served), ``too_large``, ``truncated`` (the gzip ends early), ``broken`` (not well-formed:
    what stands before the fault is kept), ``capped`` (more entries than the protocol allows) and
    ``empty``.
    """

    children: tuple[Announced, ...] = ()
    pages: tuple[Announced, ...] = ()
    problem: str | None = None


def read_sitemap(body: bytes, url: str) -> Sitemap:
    """Read the sitemap served at ``url``. Never raises, fetches nothing, expands no entity."""
    unpacked, problem = _unpack(body)
    unpacked = as_utf8(unpacked)
    if declares_entities(unpacked):
        return Sitemap(problem="entities")
    if looks_like_html(unpacked):
        return Sitemap(problem="html")
    unpacked = _without_notices(unpacked)
    if not unpacked.lstrip().startswith(b"<"):
        return _plain_list(unpacked, problem)
    root, broken = _parse(unpacked)
    if broken and BARE_AMPERSAND.search(unpacked):
        root, broken = _parse(_with_escaped_ampersands(unpacked))
    children = tuple(islice(_announced(root, "sitemap", url), MOST_ENTRIES))
    pages = tuple(islice(_announced(root, "url", url), MOST_ENTRIES + 1))
    if len(pages) > MOST_ENTRIES:
        problem = "capped"
    if not problem:
        problem = "broken" if broken else None if children or pages else "empty"
    return Sitemap(children, pages[:MOST_ENTRIES], problem)


def _unpack(body: bytes) -> tuple[bytes, str | None]:
    """The XML of a body that may be gzipped (once more than the transport said)."""
    if not body.startswith(GZIP):
        return body[:MAX_SITEMAP_BYTES], "too_large" if len(body) > MAX_SITEMAP_BYTES else None
    inflate = zlib.decompressobj(wbits=31)
    try:
        unpacked = inflate.decompress(body, MAX_SITEMAP_BYTES)
    except zlib.error:
        return b"", "truncated"
    if inflate.unconsumed_tail:
        return unpacked, "too_large"
    return unpacked, None if inflate.eof else "truncated"


def _without_notices(text: bytes) -> bytes:
    """The document without what a server prints before it: warnings of PHP, blank lines."""
    start = DOCUMENT.search(text)
    return text[start.start() :] if start else text


def _plain_list(text: bytes, problem: str | None) -> Sitemap:
    """The other form of the protocol: an address a line."""
    lines = text.decode("utf-8", "replace").split()
    pages = [Announced(line) for line in lines[:MOST_ENTRIES] if line.startswith("http")]
    return Sitemap(pages=tuple(pages), problem=problem or (None if pages else "broken"))


def _parse(xml: bytes) -> tuple[etree._Element | None, bool]:
    """The document, and whether it is broken; what stands before a fault is kept."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None, True
    return root, root is None or len(parser.error_log) > 0


def _with_escaped_ampersands(xml: bytes) -> bytes:
    """The document with the ampersands escaped that begin no entity; CDATA stays as it is."""
    before, *sections = xml.split(CDATA)
    pieces = [BARE_AMPERSAND.sub(b"&amp;", before)]
    for section in sections:
        data, end, after = section.partition(CDATA_END)
        pieces += [CDATA, data, end, BARE_AMPERSAND.sub(b"&amp;", after)]
    return b"".join(pieces)


def _announced(root: etree._Element | None, tag: str, url: str) -> Iterator[Announced]:
    if root is None:
        return
    for entry in root.iter(f"{{*}}{tag}", tag):
        if address := absolute(url, entry.findtext("{*}loc")):
            yield Announced(address, _lastmod(entry.findtext("{*}lastmod")))


def _lastmod(text: str | None) -> str | None:
    """A W3C date and time, in +07:00; a time without a zone is Vietnam's."""
    try:
        moment = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)
    if not believable(aware):
        return None
    is_day = len((text or "").strip()) <= len("2023-11-21")
    return moment.date().isoformat() if is_day else aware.astimezone(VIETNAM).isoformat()
