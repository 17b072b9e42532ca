"""What a capture shows: an article, a list with the addresses that it names, a redirect."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TypeVar
from urllib.parse import urljoin

from pipelines.article import Article, Verdict
from pipelines.extraction import ExtractionResult, SourceProfile
from pipelines.items import Outcome, Page
from pipelines.workers import Workers, reason_of
from scraper.base.clock import now
from scraper.base.source import Source
from scraper.base.urls import is_home
from scraper.reprocessing.profiles import layout_at
from scraper.store.recovery import CaptureKind, CaptureOutcome, CaptureResult, WaitingCapture
from spiders.discovery.feeds import read_feed
from spiders.discovery.inspection import SourceView, inspect_links, inspect_list
from spiders.discovery.links import PageLinks
from spiders.discovery.page_classifier import PageContent
from spiders.discovery.sitemaps import read_sitemap
from spiders.discovery.url_classifier import classify_url
from spiders.limits import Limits
from spiders.link_selection import is_worth_asking
from spiders.responses import (
    REDIRECTS,
    Done,
    Redirect,
    RedirectChain,
    decide_answer,
    decide_redirect,
    meta_refresh_target,
)
from spiders.source_history import SourceHistory
from spiders.source_urls import SourceUrls

LIMITS = Limits()

Result = TypeVar("Result")

OUTCOMES = {
    Outcome.LISTING: CaptureOutcome.LISTING,
    Outcome.SOFT_404: CaptureOutcome.GONE,
    Outcome.GONE: CaptureOutcome.GONE,
    Outcome.BROKEN: CaptureOutcome.BROKEN,
}
"""How a capture ends whose page is no article; all other outcomes are ``not_article``."""


@dataclass(slots=True)
class ReadCapture:
    """What a capture shows.

    ``extraction`` is None if there is nothing to store but the ``result``. ``named`` are addresses
    of the source that a list names and that may be articles or sitemaps. ``kind`` is the kind of
    its page.
    """

    result: CaptureResult
    extraction: ExtractionResult | None = None
    kind: str = "article"
    named: list[str] = field(default_factory=list)


class CaptureReader:
    """Reads the captures of one source; workers parse them, by the rules of a crawl."""

    def __init__(
        self,
        source: Source,
        history: SourceHistory,
        urls: SourceUrls,
        profile: SourceProfile,
        workers: Workers,
    ) -> None:
        self.source = source
        self.history = history
        self.urls = urls
        self.profile = profile
        self.workers = workers
        self.home_key = urls.key(source.home_url, "listing")
        self.home_content = PageContent()

    def read(self, waiting: WaitingCapture, page: Page) -> ReadCapture:
        """Return what a page of an archive shows. An error of a worker makes it broken.

        Raises WorkersFailedError if no worker can read pages any more.
        """
        if page.status in REDIRECTS:
            return self._redirect(waiting, page.headers.get("location"))
        decision = decide_answer(page, now(), LIMITS, is_partial=False)
        if decision is not None and not 200 <= page.status < 300:
            return ReadCapture(_result_of_status(page.status))
        if decision is not None:
            outcome = decision.outcome if isinstance(decision, Done) else Outcome.BROKEN
            return _unread(outcome, decision.reason)
        if waiting.kind is CaptureKind.FEED:
            return self._read_feed(page)
        if waiting.kind is CaptureKind.SITEMAP:
            return self._read_sitemap(page)
        if target := meta_refresh_target(page):
            return self._redirect(waiting, target)
        if self._is_list(waiting):
            return self._read_list(page)
        return self._read_page(waiting, page)

    def _redirect(self, waiting: WaitingCapture, location: str | None) -> ReadCapture:
        """Return where a capture leads; a redirect to the home page means that it is gone."""
        chain = RedirectChain(waiting.url, waiting.url, (waiting.url,), LIMITS.redirects)
        step = decide_redirect(location, chain, self.source)
        if isinstance(step, Redirect):
            return ReadCapture(CaptureResult(CaptureOutcome.REDIRECT, redirects_to=step.url))
        is_gone = step.outcome is Outcome.SOFT_404
        outcome = CaptureOutcome.GONE if is_gone else CaptureOutcome.REDIRECT
        return ReadCapture(CaptureResult(outcome, step.reason, redirects_to=location))

    def _is_list(self, waiting: WaitingCapture) -> bool:
        """Whether a page is a list because of its address alone."""
        if waiting.kind is not CaptureKind.LISTING:
            return False
        key = self.urls.key(waiting.url, "listing")
        lists = (urljoin(self.source.home_url, page.url) for page in self.source.lists)
        named = {self.urls.key(url, "listing") for url in lists}
        return is_home(waiting.url) or key == self.home_key or key in named

    def _read_feed(self, page: Page) -> ReadCapture:
        feed, problem = self._call(read_feed, page.body, page.url)
        if feed is None:
            return _unread(Outcome.BROKEN, problem, "feed")
        named = self._worth_asking((one.url for one in feed.entries), "article")
        return _entries(feed.problem, bool(feed.entries), "feed", named)

    def _read_sitemap(self, page: Page) -> ReadCapture:
        sitemap, problem = self._call(read_sitemap, page.body, page.url)
        if sitemap is None:
            return _unread(Outcome.BROKEN, problem, "sitemap")
        named = self._worth_asking((one.url for one in sitemap.children), "sitemap")
        named += self._worth_asking((one.url for one in sitemap.pages), None)
        has_entries = bool(sitemap.pages or sitemap.children)
        return _entries(sitemap.problem, has_entries, "sitemap", named)

    def _read_list(self, page: Page) -> ReadCapture:
        seen, problem = self._call(inspect_list, page, self._view(None), False)
        if seen is None:
            return _unread(Outcome.BROKEN, problem, "listing")
        if self.urls.key(page.url or "", "listing") == self.home_key:
            self.home_content = seen.content
        return self._listing(seen.links)

    def _read_page(self, waiting: WaitingCapture, page: Page) -> ReadCapture:
        """Return the article of a page, or the links of one that shows none."""
        profile = replace(self.profile, layout=layout_at(self.source, page.fetched_at))
        extraction = self.workers.read(page, profile)
        verdict = extraction.article.verdict
        if verdict.is_article:
            links = None if waiting.kind is CaptureKind.ARTICLE else self._links_of_copy(page)
            if links is None:
                return ReadCapture(CaptureResult(CaptureOutcome.ARTICLE), extraction)
            return self._listing(links)
        result = CaptureResult(outcome_of(verdict), verdict.reason)
        if verdict.outcome not in (Outcome.LISTING, Outcome.NOT_ARTICLE):
            return ReadCapture(result, extraction, "unknown")
        links, _ = self._call(inspect_links, page, self._view(PageContent()))
        named = self._articles_of(links) if links else []
        kind = "listing" if verdict.outcome is Outcome.LISTING else "unknown"
        return ReadCapture(result, extraction, kind, named)

    def _links_of_copy(self, page: Page) -> PageLinks | None:
        """Return the links of a page that shows nothing but what the home page shows, else None."""
        seen, _ = self._call(inspect_list, page, self._view(self.home_content), True)
        return seen.links if seen is not None and seen.adds_nothing else None

    def _listing(self, links: PageLinks) -> ReadCapture:
        read = _unread(Outcome.LISTING, None, "listing")
        read.named = self._articles_of(links)
        return read

    def _articles_of(self, links: PageLinks) -> list[str]:
        return [link.url for link in links.articles]

    def _worth_asking(self, urls: Iterable[str], kind: str | None) -> list[str]:
        """Return the announced addresses that a crawl would ask for, but for lists."""
        platform, classifier = self.history.platform, self.history.url_classifier
        return [
            url
            for url in urls
            if is_worth_asking(self.source, platform, url, kind)
            and (kind or classify_url(url, platform, classifier)) != "listing"
        ]

    def _view(self, home: PageContent | None) -> SourceView:
        platform, classifier = self.history.platform.name, self.history.url_classifier
        return SourceView(self.source, platform, classifier, home)

    def _call(
        self, function: Callable[..., Result], *values: object
    ) -> tuple[Result | None, str | None]:
        """Return the result of a worker, or why there is none."""
        try:
            return self.workers.submit(function, *values).result(), None
        except Exception as error:  # a program error on one page affects that page only
            self.workers.raise_if_failed(error)
            return None, reason_of(error, "links")


def outcome_of(verdict: Verdict) -> CaptureOutcome:
    """Return how a capture ends by what was read from its page."""
    if verdict.outcome is None:
        return CaptureOutcome.ARTICLE
    return OUTCOMES.get(verdict.outcome, CaptureOutcome.NOT_ARTICLE)


def _unread(outcome: Outcome, reason: str | None, kind: str = "unknown") -> ReadCapture:
    """Return a page that is kept without a text."""
    verdict = Verdict(outcome, reason)
    result = CaptureResult(outcome_of(verdict), reason)
    return ReadCapture(result, ExtractionResult(Article(verdict=verdict)), kind)


def _entries(problem: str | None, has_entries: bool, kind: str, named: list[str]) -> ReadCapture:
    """Return a feed or a sitemap; a broken one with readable entries counts as one."""
    if has_entries or problem in (None, "empty"):
        read = _unread(Outcome.LISTING, problem, kind)
    else:
        outcome = Outcome.NOT_ARTICLE if problem == "html" else Outcome.BROKEN
        read = _unread(outcome, problem, kind)
    read.named = named
    return read


def _result_of_status(status: int) -> CaptureResult:
    reason = f"http_{status}"
    is_gone = status in (404, 410)
    return CaptureResult(CaptureOutcome.GONE if is_gone else CaptureOutcome.LEFT_OUT, reason)
