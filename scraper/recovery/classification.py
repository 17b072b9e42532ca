"""What a line of an index is about: the kind of its address, and whether it is fetched at all."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from scraper.base.clock import to_utc_iso
from scraper.base.source import Source
from scraper.base.urls import belongs, is_home
from scraper.recovery.web_archive import IndexedCapture
from scraper.store.recovery import CaptureKind, CaptureOutcome, ListedCapture, Rank, Span
from spiders.discovery.links import FEED_URL, SITEMAP_URL
from spiders.discovery.site_files import default_paths
from spiders.discovery.traps import is_asset, is_dated_list, is_document, trap
from spiders.discovery.url_classifier import classify_url, path_and_query
from spiders.responses import REDIRECTS
from spiders.source_history import SourceHistory
from spiders.source_urls import SourceUrls

EMPTY_BODY = "3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"
"""The digest of a body without bytes."""

PHOTO_PATH = re.compile(r"\.(jpe?g|png|gif|webp|bmp)$", re.I)
PAGE_TYPES = ("", "text/html", "application/xhtml+xml", "unk", "unknown", "no-type", "warc/revisit")
"""Media types, as indexes have them, of captures that may be pages."""

FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml")
XML_TYPES = ("text/xml", "application/xml", "application/x-gzip", "application/gzip", "text/plain")
"""Media types of sitemaps, and of the feeds of many systems."""

FILE_TYPES = re.compile(
    r"image/(jpe?g|pjpeg|png|gif|webp|bmp)$|application/(pdf|msword|vnd\.|rtf|zip|x-rar|x-zip"
    r"|x-msdownload|octet-stream|force-download|download)|text/csv$",
    re.I,
)

ABSENT = (404, 410)


@dataclass(frozen=True)
class LineClassifier:
    """Classifies the lines of indexes for one source, as a crawl would classify its links."""

    source: Source
    history: SourceHistory
    urls: SourceUrls
    span: Span = field(default_factory=Span)

    def is_outside(self, capture: IndexedCapture) -> bool:
        """Whether a line is about another site or time than was asked for."""
        moment = to_utc_iso(capture.captured_at)
        is_asked = self.span.since <= moment <= self.span.until
        return not (is_asked and belongs(capture.url, self.source))

    def listed(self, capture: IndexedCapture) -> ListedCapture:
        """Return the row of the plan for a line."""
        kind = self._kind(capture)
        outcome, reason = self._settled(capture, kind)
        place = capture.place
        return ListedCapture(
            url=capture.url,
            url_key=self.urls.key(capture.url, kind if kind in URL_KINDS else "article"),
            captured_at=to_utc_iso(capture.captured_at),
            kind=kind,
            rank=self._rank(capture, kind),
            http_status=capture.status,
            media_type=capture.media_type,
            digest=capture.digest,
            warc_file=place.warc_file if place else None,
            warc_offset=place.offset if place else None,
            length=place.length if place else capture.length,
            is_revisit=capture.is_revisit,
            outcome=outcome,
            reason=reason,
        )

    @cached_property
    def _feeds_and_sitemaps(self) -> dict[str, CaptureKind]:
        feeds, sitemaps = default_paths(self.source.home_url)
        named = {
            CaptureKind.FEED: (*feeds, *self.source.feeds),
            CaptureKind.SITEMAP: (*sitemaps, *self.source.sitemaps),
        }
        return {self.urls.key(url, kind): kind for kind, urls in named.items() for url in urls}

    def _kind(self, capture: IndexedCapture) -> CaptureKind:
        media_type = capture.media_type.partition(";")[0].strip().lower()
        named = self._feeds_and_sitemaps.get(self.urls.key(capture.url, "feed"))
        if media_type in FEED_TYPES:
            return CaptureKind.FEED
        if FILE_TYPES.match(media_type):
            return CaptureKind.FILE
        if media_type in XML_TYPES:
            return named or self._kind_of_xml(capture.url)
        if media_type not in PAGE_TYPES:
            return CaptureKind.OTHER
        return named or self._kind_of_page(capture.url)

    def _kind_of_xml(self, url: str) -> CaptureKind:
        if SITEMAP_URL.search(url):
            return CaptureKind.SITEMAP
        if FEED_URL.search(path_and_query(url)) or "rss" in url.lower():
            return CaptureKind.FEED
        return CaptureKind.OTHER

    def _kind_of_page(self, url: str) -> CaptureKind:
        path = path_and_query(url).partition("?")[0]
        if PHOTO_PATH.search(path) or is_document(url):
            return CaptureKind.FILE
        if is_asset(url) or path == "/robots.txt":
            return CaptureKind.OTHER
        if is_home(url):
            return CaptureKind.LISTING
        return CaptureKind(classify_url(url, self.history.platform, self.history.url_classifier))

    def _settled(
        self, capture: IndexedCapture, kind: CaptureKind
    ) -> tuple[CaptureOutcome | None, str | None]:
        """Return the outcome of a capture of which the line says all, with the reason."""
        status, url = capture.status, capture.url
        if status in ABSENT:
            return CaptureOutcome.GONE, f"http_{status}"
        if status in REDIRECTS:
            return None, None
        if status is not None and not 200 <= status < 300 and status > 0:
            return CaptureOutcome.LEFT_OUT, f"http_{status}"
        if kind is CaptureKind.OTHER:
            return CaptureOutcome.LEFT_OUT, "no_page"
        if kind is not CaptureKind.FILE and (reason := self._trap(url, kind)):
            return CaptureOutcome.LEFT_OUT, reason
        if capture.digest == EMPTY_BODY:
            return CaptureOutcome.LEFT_OUT, "empty"
        return None, None

    def _trap(self, url: str, kind: CaptureKind) -> str | None:
        """Return why a crawl would not follow a link to an address, or None."""
        if reason := trap(url):
            return reason
        if kind in (CaptureKind.LISTING, CaptureKind.UNKNOWN) and is_dated_list(url):
            return "dated_list"
        is_page = kind not in (CaptureKind.FEED, CaptureKind.SITEMAP)
        if is_page and self.history.platform.skips(path_and_query(url)):
            return "platform"
        return None

    def _rank(self, capture: IndexedCapture, kind: CaptureKind) -> int:
        if capture.status in REDIRECTS and kind is not CaptureKind.FILE:
            return Rank.REDIRECT
        rank = {
            CaptureKind.ARTICLE: Rank.PAGE,
            CaptureKind.UNKNOWN: Rank.PAGE,
            CaptureKind.FILE: Rank.FILE,
        }.get(kind, Rank.LISTING)
        return rank + Rank.REVISIT * capture.is_revisit


URL_KINDS = ("article", "listing", "feed", "sitemap", "unknown")
