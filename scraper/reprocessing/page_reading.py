"""Reads archived pages in worker processes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import TypeVar

from pipelines.article import Article
from pipelines.extraction import BlockOccurrence, SourceProfile, extract_page
from pipelines.workers import Workers, collecting_rarely, reason_of
from scraper.archive.opening import Archive
from scraper.archive.reader import read_page
from scraper.base.errors import ArchiveError
from scraper.base.source import Source
from scraper.reprocessing.profiles import layout_at
from scraper.store.archived_pages import ArchivedPage
from scraper.store.file_hosts import filed_under, set_file_hosts

PAGES_OF_A_CALL, CALLS_AHEAD = 10, 4
"""Pages that a worker reads in one call, and calls for each worker that wait at most: to send a
call takes a tenth of the time of a page."""

Item = TypeVar("Item")

SourceProfiles = Mapping[str, tuple[Source, SourceProfile]]
"""Each source by its slug, with what was learned of it."""


@dataclass(frozen=True, slots=True)
class PageReading:
    """What a worker read from an archived page: an article, and blocks that may be boilerplate.

    ``quarter`` is that of the page; ``problem`` is why the page could not be read.
    """

    article: Article | None = None
    block_occurrences: list[BlockOccurrence] = field(default_factory=list)
    quarter: str = ""
    fetched_at: datetime | None = None
    problem: str | None = None


PageReadings = Iterator[tuple[ArchivedPage, PageReading]]


def read_archived_pages(
    pages: Iterator[ArchivedPage], archive: Archive, profiles: SourceProfiles, workers: int | None
) -> PageReadings:
    """Each page, in order, with what a worker read from it.

    A page on which a worker hangs, dies or raises is a problem of that page only: if it was read
    together with others, each of them is read alone.
    """
    calls = (_call(chunk, archive, profiles) for chunk in chunks(pages, PAGES_OF_A_CALL))
    with Workers(workers or os.cpu_count() or 1, preload=[__name__]) as pool:
        for chunk, future in pool.map(_read_each, calls, ahead=CALLS_AHEAD):
            if future.exception() is None:
                yield from zip(chunk, future.result(), strict=True)
            else:
                yield from _read_alone(pool, chunk, archive, profiles)


def _read_alone(
    pool: Workers, chunk: list[ArchivedPage], archive: Archive, profiles: SourceProfiles
) -> PageReadings:
    """Each page with what a worker read from it in a call of its own."""
    calls = (_call([page], archive, profiles) for page in chunk)
    for [page], future in pool.map(_read_each, calls):
        try:
            [reading] = future.result()
        except Exception as error:  # any bug of ours on one page is that page's only
            reading = PageReading(problem=reason_of(error, "extraction"))
        yield page, reading


def _call(
    chunk: list[ArchivedPage], archive: Archive, profiles: SourceProfiles
) -> tuple[list[ArchivedPage], tuple[Archive, list[ArchivedPage], SourceProfiles]]:
    """Some pages, and the arguments of ``_read_each`` for them."""
    slugs = {page.source for page in chunk}
    return chunk, (archive, chunk, {slug: profiles[slug] for slug in slugs})


def _read_each(
    archive: Archive, pages: Sequence[ArchivedPage], profiles: SourceProfiles
) -> list[PageReading]:
    """Read some pages within the limits of one call. What one of them raises is raised."""
    return [_read_archived_page(archive, page, *profiles[page.source]) for page in pages]


def _read_archived_page(
    archive: Archive, archived: ArchivedPage, source: Source, profile: SourceProfile
) -> PageReading:
    """The article of the latest capture that shows one; of a page without one, the latest only."""
    reading = PageReading(problem="no capture")
    for warc_file, warc_offset in archived.captures[: None if archived.article else 1]:
        try:
            page = read_page(archive, warc_file, warc_offset)
        except ArchiveError as error:
            reading = PageReading(problem=str(error))
            continue
        page = replace(page, url=archived.url, source=archived.source)
        then = replace(profile, layout=layout_at(source, page.fetched_at))
        with collecting_rarely():
            read = extract_page(page, then)
        set_file_hosts(read.article, page.address, filed_under(source, page.address))
        reading = PageReading(read.article, read.block_occurrences, read.quarter, page.fetched_at)
        if read.article.verdict.is_article:
            break
    return reading


def chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Return the items in lists of so many."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
