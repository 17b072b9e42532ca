"""Reading pages out of the archive and into articles, on every core."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass, field, replace
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from pipelines.article import Article
from pipelines.extraction import BlockOccurrence, ExtractionResult, SourceProfile, extract_page
from pipelines.items import Page
from pipelines.memory import within_memory
from scraper.archive.reader import read_page
from scraper.base.errors import ArchiveError
from scraper.base.source import Layout, Source
from scraper.config.program_settings import settings
from scraper.store.archived_pages import ArchivedPage

AHEAD = 32
"""Pages given to each worker before their results are taken: memory stays flat."""

Known = Mapping[str, tuple[Source, SourceProfile]]
"""Each source by its slug, with what was learned of it."""


@dataclass(frozen=True, slots=True)
class Reread:
    """What a worker made of a page: its article, and the blocks from which boilerplate is learned.

    ``quarter`` is that of the page; ``problem`` tells why it could not read it.
    """

    article: Article | None = None
    block_occurrences: list[BlockOccurrence] = field(default_factory=list)
    quarter: str = ""
    fetched_at: datetime | None = None
    problem: str | None = None


def reread_all(
    pages: Iterator[ArchivedPage],
    archive: Path,
    profile: Known,
    workers: int | None,
) -> Iterator[tuple[ArchivedPage, Reread]]:
    """Each page with what a worker process made of it, in order.

    A page on which a worker hangs or dies is a problem of that page only.
    """
    count = workers or os.cpu_count() or 1
    context = get_context("forkserver")
    context.set_forkserver_preload(["pipelines.extraction"])
    waiting: deque[tuple[ArchivedPage, ProcessFuture[Reread]]] = deque()
    pool = ProcessPool(count, 2000, _prepare, (archive, profile), context=context)
    try:
        for kept in pages:
            task = (settings.EXTRACTION_MEMORY_MB, _reread, kept)
            future = pool.schedule(within_memory, args=task, timeout=settings.EXTRACTION_SECONDS)
            waiting.append((kept, future))
            if len(waiting) >= AHEAD * count:
                yield _result(*waiting.popleft())
        while waiting:
            yield _result(*waiting.popleft())
    finally:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()


def _result(kept: ArchivedPage, future: ProcessFuture[Reread]) -> tuple[ArchivedPage, Reread]:
    try:
        return kept, future.result()
    except (TimeoutError, FutureTimeoutError):
        return kept, Reread(problem=f"not read within {settings.EXTRACTION_SECONDS} s")
    except ProcessExpired:
        return kept, Reread(problem="the process that read it died")
    except Exception as error:  # any bug of ours on one page is that page's only
        return kept, Reread(problem=f"{type(error).__name__}: {error}")


def layout_at(source: Source, moment: datetime) -> Layout | None:
    """The layout that the site had then: the first that was replaced later, else today's."""
    day = moment.date().isoformat()
    replaced = [layout for layout in source.layouts if layout.until and day < layout.until]
    current = [layout for layout in source.layouts if layout.until is None]
    old = sorted(replaced, key=lambda layout: layout.until or "")
    return next(iter(old + current), None)


_PREPARED: tuple[Path, Known]


def _prepare(archive: Path, profile: Known) -> None:
    """Give a worker once what it needs for every page."""
    global _PREPARED
    _PREPARED = archive, profile


def _reread(kept: ArchivedPage) -> Reread:
    """In a worker: the article of the latest capture that shows one."""
    archive, profile = _PREPARED
    source, known = profile[kept.source]
    read = Reread(problem="no capture")
    for warc_file, warc_offset in kept.captures[: None if kept.article else 1]:
        try:
            page = read_page(archive, warc_file, warc_offset)
        except ArchiveError as error:
            read = Reread(problem=str(error))
            continue
        reading = _extract(page, kept, source, known)
        read = Reread(reading.article, reading.block_occurrences, reading.quarter, page.fetched_at)
        if read.article and read.article.verdict.is_article:
            break
    return read


def _extract(
    page: Page, kept: ArchivedPage, source: Source, known: SourceProfile
) -> ExtractionResult:
    page = replace(page, url=kept.url, source=kept.source)
    return extract_page(page, replace(known, layout=layout_at(source, page.fetched_at)))
