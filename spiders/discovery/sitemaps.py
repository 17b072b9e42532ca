"""Reading sitemaps and sitemap indexes (sitemaps.org), gzipped or not, XML or plain text."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from lxml import etree

from scraper.base.clock import VIETNAM, is_day
from spiders.discovery.site_files import (
    MAX_ENTRIES,
    absolute_url,
    as_utf8,
    declares_entities,
    is_plausible_time,
    looks_like_html,
)

MAX_SITEMAP_BYTES = 50 * 1024 * 1024
"""Bytes of an uncompressed sitemap: the limit of the protocol (sitemaps.org)."""

GZIP_MAGIC = b"\x1f\x8b"

BARE_AMPERSAND = re.compile(rb"&(?!#?\w{1,31};)")
DOCUMENT = re.compile(rb"<\?xml\b|<(?:[\w-]{1,20}:)?(?:urlset|sitemapindex)\b")
CDATA, CDATA_END = b"<![CDATA[", b"]]>"


@dataclass(frozen=True, slots=True)
class SitemapEntry:
    """An entry of a sitemap or of a sitemap index.

    ``changed_at`` is its ``lastmod`` in ISO 8601: a time in +07:00, or a bare date; None if it is
    absent or not plausible.
    """

    url: str
    changed_at: str | None = None


@dataclass(frozen=True, slots=True)
class Sitemap:
    """The entries of a sitemap: ``children`` of an index, ``pages`` of a URL set.

    ``problem`` is None, or one of ``entities`` (it declares entities and is not parsed), ``html``
    (the server sent a page), ``too_large``, ``truncated`` (the gzip stream ends early), ``broken``
    (not well-formed: the entries before the error are kept), ``capped`` (more entries than the
    protocol allows) and ``empty``.
    """

    children: tuple[SitemapEntry, ...] = ()
    pages: tuple[SitemapEntry, ...] = ()
    problem: str | None = None


def read_sitemap(body: bytes, url: str) -> Sitemap:
    """Parse the sitemap fetched from ``url``. Never raises, fetches nothing, expands no entity."""
    unpacked, problem = _unpack(body)
    unpacked = as_utf8(unpacked)
    if declares_entities(unpacked):
        return Sitemap(problem="entities")
    if looks_like_html(unpacked):
        return Sitemap(problem="html")
    unpacked = _without_preamble(unpacked)
    if not unpacked.lstrip().startswith(b"<"):
        return _plain_list(unpacked, problem)
    root, broken = _parse(unpacked)
    if broken and BARE_AMPERSAND.search(unpacked):
        root, broken = _parse(_with_escaped_ampersands(unpacked))
    children = tuple(islice(_entries(root, "sitemap", url), MAX_ENTRIES))
    pages = tuple(islice(_entries(root, "url", url), MAX_ENTRIES + 1))
    if len(pages) > MAX_ENTRIES:
        problem = "capped"
    if not problem:
        problem = "broken" if broken else None if children or pages else "empty"
    return Sitemap(children, pages[:MAX_ENTRIES], problem)


def _unpack(body: bytes) -> tuple[bytes, str | None]:
    """Return the XML and a problem; the file may be gzipped besides any Content-Encoding."""
    if not body.startswith(GZIP_MAGIC):
        return body[:MAX_SITEMAP_BYTES], "too_large" if len(body) > MAX_SITEMAP_BYTES else None
    inflate = zlib.decompressobj(wbits=31)
    try:
        unpacked = inflate.decompress(body, MAX_SITEMAP_BYTES)
    except zlib.error:
        return b"", "truncated"
    if inflate.unconsumed_tail:
        return unpacked, "too_large"
    return unpacked, None if inflate.eof else "truncated"


def _without_preamble(text: bytes) -> bytes:
    """Remove what a server printed before the document: PHP warnings, blank lines."""
    start = DOCUMENT.search(text)
    return text[start.start() :] if start else text


def _plain_list(text: bytes, problem: str | None) -> Sitemap:
    """Read the plain text form of the protocol: one URL per line."""
    lines = text.decode("utf-8", "replace").split()
    pages = [SitemapEntry(line) for line in lines[:MAX_ENTRIES] if line.startswith("http")]
    return Sitemap(pages=tuple(pages), problem=problem or (None if pages else "broken"))


def _parse(xml: bytes) -> tuple[etree._Element | None, bool]:
    """Return the root element and whether the XML is broken; lxml keeps what precedes an error."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None, True
    return root, root is None or len(parser.error_log) > 0


def _with_escaped_ampersands(xml: bytes) -> bytes:
    """Escape the ampersands that begin no entity, except in CDATA sections."""
    before, *sections = xml.split(CDATA)
    pieces = [BARE_AMPERSAND.sub(b"&amp;", before)]
    for section in sections:
        data, end, after = section.partition(CDATA_END)
        pieces += [CDATA, data, end, BARE_AMPERSAND.sub(b"&amp;", after)]
    return b"".join(pieces)


def _entries(root: etree._Element | None, tag: str, url: str) -> Iterator[SitemapEntry]:
    if root is None:
        return
    for entry in root.iter(f"{{*}}{tag}", tag):
        if target := absolute_url(url, entry.findtext("{*}loc")):
            yield SitemapEntry(target, _lastmod(entry.findtext("{*}lastmod")))


def _lastmod(text: str | None) -> str | None:
    """Return a W3C datetime in +07:00, or a bare date; a time without a zone is Vietnam's."""
    try:
        moment = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)
    if not is_plausible_time(aware):
        return None
    if is_day((text or "").strip()):
        return moment.date().isoformat()
    return aware.astimezone(VIETNAM).isoformat()
