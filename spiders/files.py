"""Photos and attachments: which is requested next, and what becomes of each.

Files are fetched after all pages of the run, as politely as pages. The sources take turns: the one
for whose files the fewest bytes came is next. In a source, attachments come before photos.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from scrapy import Request
from scrapy.exceptions import CloseSpider, StopDownload
from scrapy.http import Response
from twisted.python.failure import Failure

from pipelines.items import Outcome, Page
from pipelines.workers import WorkersStoppedError, reason_of
from scraper.store.files import FileKind
from spiders.file_budget import FileBudget
from spiders.file_outcomes import FileRecorder
from spiders.file_queue import FileQueue
from spiders.file_responses import decide_file_answer, decide_file_redirect
from spiders.file_rules import refusal_of
from spiders.http.headers import page_of
from spiders.http.resolver import was_refused
from spiders.requests import FileFetch, file_request
from spiders.responses import (
    PRIVATE_ADDRESS,
    REDIRECTS,
    Backoff,
    Decision,
    Done,
    RedirectChain,
    decide_failure,
)
from spiders.run import CrawlRun, ending_the_crawl, is_about_storage
from spiders.source_crawl import SourceCrawl
from spiders.turns import SLICE_SECONDS

BUDGET = "budget"
"""The reason for which files are left if the limits of the run are reached."""

logger = logging.getLogger(__name__)


class FileCrawl:
    """Fetches the files of one run.

    ``robots_request`` returns the request for the robots.txt of a file's host.
    """

    def __init__(self, run: CrawlRun, robots_request: Callable[[FileFetch], Request]) -> None:
        self.run = run
        self.plan = run.plan
        self.recorder = FileRecorder(run)
        self.queues: dict[str, FileQueue] = {}
        self.budget = FileBudget(run.plan)
        self.is_begun = False
        self._robots_request = robots_request

    # Methods that the scheduler calls.

    def begin(self) -> bool:
        """Begin to fetch files, once. Returns whether there is any to fetch."""
        if self.is_begun:
            return False
        self.is_begun = True
        self._open_queues()
        for queue in self.queues.values():
            queue.source_crawl.resume(self.run.clock())
        return self.has_waiting

    @property
    def has_waiting(self) -> bool:
        """Whether a file is left to be requested in this run."""
        return any(queue.has_waiting for queue in self.queues.values())

    def next_request(self) -> Request | None:
        """Return the next request that may be sent now, or None."""
        deadline = self.run.clock() + SLICE_SECONDS
        for queue in sorted(self.queues.values(), key=lambda queue: queue.received):
            if request := self._next_of(queue, deadline):
                return request
        return None

    def ready_times(self) -> list[float]:
        """Return when each file that is to be requested again may be requested."""
        return [
            fetch.ready_at
            for queue in self.queues.values()
            for held in queue.held.values()
            for fetch in held
        ]

    def close(self) -> None:
        """Count the files that are left to a later run."""
        if not self.is_begun:
            self._open_queues()
        for slug, queue in self.queues.items():
            if left := queue.left():
                self.recorder.defer_rest(slug, left, queue.closed or "interrupted")

    # Finding the next request.

    def _open_queues(self) -> None:
        for slug, source_crawl in self.run.source_crawls.items():
            kinds = self._kinds_of(source_crawl)
            if kinds:
                self.recorder.adopt(slug, {kind: self.budget.limit_of(kind) for kind in kinds})
                self.queues[slug] = FileQueue(self.run, source_crawl, kinds, self.run.now())

    def _kinds_of(self, source_crawl: SourceCrawl) -> list[FileKind]:
        source = source_crawl.source
        kinds = [FileKind.ATTACHMENT] if self.plan.attachments and source.attachments else []
        return [*kinds, FileKind.PHOTO] if self.plan.photos and source.photos else kinds

    def _next_of(self, queue: FileQueue, deadline: float) -> Request | None:
        if queue.closed is None and (reason := self._end_of(queue)):
            queue.close(reason)
        if queue.closed is not None:
            return None
        moment = self.run.clock()
        for fetch in self._allowed(queue, deadline):
            max_bytes = self.budget.max_bytes(fetch.known.kind)
            if max_bytes and fetch.host.is_ready(moment):
                return self._depart(queue, fetch, max_bytes)
        return None

    def _end_of(self, queue: FileQueue) -> str | None:
        """Return the reason for which a source gets no more files in this run, or None."""
        source_crawl = queue.source_crawl
        if source_crawl.closed not in (None, BUDGET):
            return source_crawl.closed
        is_spent = self.budget.is_spent or source_crawl.has_spent_minutes(self.run.clock())
        return BUDGET if is_spent else None

    def _allowed(self, queue: FileQueue, deadline: float) -> list[FileFetch]:
        """Return the first file of each host that may be requested.

        Files that may not be requested are recorded. After the deadline, this continues when the
        engine calls again.
        """
        while self.run.clock() <= deadline:
            candidates = list(queue.candidates(self.run.clock()))
            refused = [(one, end) for one in candidates if (end := refusal_of(one, self.run))]
            for fetch, end in refused:
                queue.take(fetch)
                self._record(queue, fetch, end)
            if not refused:
                return candidates
        self.run.wake()
        return []

    def _depart(self, queue: FileQueue, fetch: FileFetch, max_bytes: int) -> Request:
        """Return the request for a file, or for the robots.txt of its host if it is unknown."""
        fetch.host.begin()
        queue.source_crawl.depart(self.run.clock())
        if fetch.host.rules is None:
            return self._robots_request(fetch)
        queue.take(fetch)
        self.budget.reserve(max_bytes)
        fetch.max_bytes = max_bytes
        conditions = _conditions(fetch)
        fetch.is_conditional = bool(conditions)
        fetch.asked = (*fetch.asked, fetch.url)
        return file_request(fetch, conditions, self.plan.limits.file_seconds, self)

    # Responses.

    async def parse(self, response: Response, fetch: FileFetch) -> list[object]:
        """Store a file, record its outcome, or have it requested again.

        Raises CloseSpider if the database or the archive cannot be written.
        """
        assert response.request is not None
        self._arrived(fetch, response.request)
        try:
            await self._take(response, fetch)
        finally:
            self._landed(fetch, len(response.body))
        return []

    def errback(self, failure: Failure) -> None:
        """Record or retry a request that failed.

        Raises CloseSpider if the database cannot be written.
        """
        request: Request = failure.request  # type: ignore[attr-defined]
        fetch: FileFetch = request.cb_kwargs["fetch"]
        self._arrived(fetch, request)
        self._landed(fetch, request.meta.get("received", 0))
        if isinstance(failure.value, StopDownload):
            return  # the crawl is ending, and the file keeps waiting
        is_private = was_refused(fetch.url)
        decision = Done(Outcome.REFUSED, PRIVATE_ADDRESS) if is_private else decide_failure(failure)
        with ending_the_crawl():
            self._act(fetch, decision)

    def _arrived(self, fetch: FileFetch, request: Request) -> None:
        """Count the bytes that came, and begin the pause of the host."""
        size = request.meta.get("received", 0)
        fetch.received += size
        self.budget.receive(size)
        self._queue_of(fetch).received += size
        fetch.host.end(self.run.clock())

    def _landed(self, fetch: FileFetch, size: int) -> None:
        self.budget.free(fetch.max_bytes)
        self.run.free_source(fetch, size)

    async def _take(self, response: Response, fetch: FileFetch) -> None:
        page = page_of(response, fetch.asked[0], fetch.source.slug)
        with ending_the_crawl():
            try:
                await self._read(page, response, fetch)
            except WorkersStoppedError:
                return
            except Exception as error:
                if is_about_storage(error):
                    raise CloseSpider(f"storage: {error}") from error
                logger.exception("file unreadable url=%s source=%s", fetch.url, fetch.source.slug)
                self._act(fetch, Done(Outcome.BROKEN, reason_of(error, "reading")), page)

    async def _read(self, page: Page, response: Response, fetch: FileFetch) -> None:
        if page.status == 304 and fetch.is_conditional:
            self._act(fetch, Done(Outcome.UNCHANGED, "not_modified"), page)
            return
        if page.status in REDIRECTS:
            self._redirect(page, fetch)
            return
        kind, limits = fetch.known.kind, self.plan.limits
        decision = decide_file_answer(page, kind, self.run.now(), limits)
        if decision is not None:
            self._act(fetch, decision, page)
            return
        fetch.host.succeed()
        await self.recorder.save(fetch, page, response)
        self._queue_of(fetch).finish(fetch)

    def _redirect(self, page: Page, fetch: FileFetch) -> None:
        limit = self.plan.limits.redirects
        way = RedirectChain(fetch.asked[0], fetch.url, fetch.asked, limit)
        step = decide_file_redirect(page.headers.get("location"), way)
        if isinstance(step, Done):
            self._act(fetch, step, page)
            return
        fetch.host.succeed()
        fetch.url, fetch.host = step.url, self.run.hosts.of(step.url, fetch.source)
        self._queue_of(fetch).put_back(fetch, is_next=True)

    def _act(self, fetch: FileFetch, decision: Decision, page: Page | None = None) -> None:
        """Carry out a decision: record the file, or have it requested again after a pause."""
        host, moment = fetch.host, self.run.clock()
        if isinstance(decision, Done):
            if decision.outcome is Outcome.BLOCKED:
                host.fail()
            elif page is not None:
                host.succeed()
            self._record(self._queue_of(fetch), fetch, decision, page)
            return
        fetch.tries += 1
        if isinstance(decision, Backoff):
            host.pause(decision.seconds, moment)
        else:
            host.fail()
        if fetch.tries >= self.plan.limits.tries:
            end = Done(Outcome.FAILED, decision.reason)
            self._record(self._queue_of(fetch), fetch, end, page)
            return
        is_paused = isinstance(decision, Backoff)
        fetch.ready_at = moment + (0 if is_paused else self.plan.backoff(fetch.tries))
        self._queue_of(fetch).put_back(fetch)

    def _record(
        self, queue: FileQueue, fetch: FileFetch, end: Done, page: Page | None = None
    ) -> None:
        fetch.limit = limit = self.budget.limit_of(fetch.known.kind)
        if end.reason == "too_large" and 0 < fetch.max_bytes < limit:
            self.budget.spend()
            end = Done(Outcome.DEFERRED, BUDGET)
        if end.outcome is Outcome.DEFERRED:
            self.recorder.defer(fetch, str(end.reason))
        else:
            self.recorder.end(fetch, end, page)
        queue.finish(fetch)

    def _queue_of(self, fetch: FileFetch) -> FileQueue:
        return self.queues[fetch.source.slug]


def _conditions(fetch: FileFetch) -> dict[str, str]:
    """Return the headers of a conditional request for a file whose body is archived."""
    known = fetch.known
    if known.digest is None or fetch.tries:
        return {}
    headers = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in headers.items() if value}
