"""Reads the archived pages of a database on a cluster: the driver of `reprocess --out`.

From top to bottom: the first readings, what is learned from them, and the readings with that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import uuid4

from sqlite_utils import Database

from scraper.archive.opening import is_held
from scraper.archive.storage import DiskStorage, open_storage
from scraper.base.errors import ArchiveError, ClusterError
from scraper.base.source import Source
from scraper.cluster.dataset_work import write_articles
from scraper.cluster.engine import Engine, TaskGivenUp
from scraper.cluster.report import ClusterReport
from scraper.cluster.tasks import (
    READINGS,
    DatasetTask,
    LearnedSource,
    LearnedTask,
    LearnTask,
    RangeResult,
    RangeTask,
    Workplace,
    learned_name,
    own_versions,
)
from scraper.cluster.work import archive_at, learn_source, read_learned, read_range
from scraper.reprocessing.page_reading import SourceProfiles
from scraper.reprocessing.profiles import profile_of, profile_with
from scraper.store.article_rows import ids_without_page, read_article_facts, read_by_ids
from scraper.store.block_occurrences import learned_blocks, stored_occurrences
from scraper.store.pages_by_file import PageRange, page_ranges, pages_of_range

PAGES_PER_TASK = 500
"""Pages of a task: about eight seconds of work, which a lost worker costs at most."""

PUSHED = "archive"
"""The folder of the shared folder into which `archive push` puts the files of the archive."""

MAX_LOST_AT_START = 3
"""Tasks that may be given up before one succeeds: then the others would fail too."""

Result = TypeVar("Result")


@dataclass(slots=True)
class _Ranges:
    """The first readings: the results, and which sources each of them has pages of.

    ``again`` are the files of the readings with what was learned, ``unread`` the articles (ids) of
    which there is no reading.
    """

    results: list[RangeResult] = field(default_factory=list)
    sources: list[frozenset[str]] = field(default_factory=list)
    again: list[str] = field(default_factory=list)
    unread: set[int] = field(default_factory=set)

    def names(self, source: str) -> tuple[str, ...]:
        """Return the files with pages of a source."""
        pairs = zip(self.results, self.sources, strict=True)
        return tuple(result.name for result, sources in pairs if source in sources)


def planned(db: Database, sources: Sequence[Source]) -> ClusterReport:
    """Return how many tasks and pages there are to read."""
    ranges = _ranges_of(db, sources)
    pages = sum(each.pages for each in ranges)
    return ClusterReport(tasks=len(ranges), pages=pages)


def read_on(
    engine: Engine,
    db: Database,
    archive: str,
    sources: Sequence[Source],
    root: str,
    *,
    is_elsewhere: bool = False,
) -> Iterator[ClusterReport]:
    """Read every archived page of the sources; yield the report after each task.

    The readings are files in ``root``; the database is only read. Workers that are elsewhere read
    what was pushed into ``root`` rather than ``archive``, if all files were. Raises ArchiveError if
    the root cannot be written or the archive is not there, and ClusterError.
    """
    ranges = _ranges_of(db, sources)
    report = ClusterReport(tasks=len(ranges) + 2 * len(sources))
    profiles = {source.slug: (source, profile_of(db, source)) for source in sources}
    with _workplace(archive, root, ranges, is_elsewhere=is_elsewhere) as place:
        read = _Ranges()
        yield from _read_ranges(engine, db, place, ranges, profiles, read, report)
        learned: dict[str, LearnedSource] = {}
        yield from _learn(engine, db, place, sources, read, learned, report)
        yield from _read_learned(engine, place, profiles, read, learned, report)
        yield from _write_dataset(engine, db, place, sources, read, report)
    yield report


def _ranges_of(db: Database, sources: Sequence[Source]) -> list[PageRange]:
    return page_ranges(db, [source.slug for source in sources], PAGES_PER_TASK)


def _read_ranges(
    engine: Engine,
    db: Database,
    place: Workplace,
    ranges: Sequence[PageRange],
    profiles: SourceProfiles,
    read: _Ranges,
    report: ClusterReport,
) -> Iterator[ClusterReport]:
    def tasks() -> Iterator[RangeTask]:
        for each in ranges:
            pages = tuple(pages_of_range(db, each))
            known = {slug: profiles[slug] for slug in sorted({page.source for page in pages})}
            yield RangeTask(place, each.warc_file, each.first, each.last, pages, known)

    for task, result in engine.run(read_range, tasks()):
        if isinstance(result, TaskGivenUp):
            report.lose(task.name, len(task.pages), result.reason)
            read.unread.update(page.article for page in task.pages if page.article is not None)
            if not read.results and len(report.lost) >= MAX_LOST_AT_START:
                raise ClusterError(f"no task succeeds ({result.reason}): mend that, then repeat")
        else:
            report.add(result)
            read.results.append(result)
            read.unread.update(result.unread)
            read.sources.append(frozenset(task.profiles))
        yield report


def _learn(
    engine: Engine,
    db: Database,
    place: Workplace,
    sources: Sequence[Source],
    read: _Ranges,
    learned: dict[str, LearnedSource],
    report: ClusterReport,
) -> Iterator[ClusterReport]:
    tasks = (
        LearnTask(
            place,
            source.slug,
            tuple(learned_blocks(db, source.slug)),
            tuple(stored_occurrences(db, source.slug)),
            read.names(source.slug),
        )
        for source in sources
    )
    for task, result in engine.run(learn_source, tasks):
        if isinstance(result, TaskGivenUp):
            report.lose(task.name, 0, result.reason)
        else:
            report.add_source(result)
            learned[task.source] = result
        yield report


def _read_learned(
    engine: Engine,
    place: Workplace,
    profiles: SourceProfiles,
    read: _Ranges,
    learned: Mapping[str, LearnedSource],
    report: ClusterReport,
) -> Iterator[ClusterReport]:
    changed = {slug: each for slug, each in learned.items() if each.changed}
    after = {
        slug: (profiles[slug][0], profile_with(profiles[slug][0], each.boilerplate))
        for slug, each in changed.items()
    }
    tasks = [
        LearnedTask(
            place, result.name, result.inputs, result.pages,
            {slug: after[slug] for slug in sorted(sources & after.keys())},
            {slug: changed[slug].changed for slug in sorted(sources & after.keys())},
        )
        for result, sources in zip(read.results, read.sources, strict=True)
        if sources & after.keys()
    ]  # fmt: skip
    report.tasks += len(tasks)
    for task, result in engine.run(read_learned, tasks):
        if isinstance(result, TaskGivenUp):
            report.lose(task.name, task.pages, result.reason)
        else:
            report.add_again(result)
            read.again.append(result.name)
        yield report


def _write_dataset(
    engine: Engine,
    db: Database,
    place: Workplace,
    sources: Sequence[Source],
    read: _Ranges,
    report: ClusterReport,
) -> Iterator[ClusterReport]:
    again = frozenset(read.again)

    def task_of(slug: str) -> DatasetTask:
        first = read.names(slug)
        names = [*first, *(name for each in first if (name := learned_name(each)) in again)]
        facts = read_article_facts(db, slug)
        ids = read.unread.intersection(row["id"] for row in facts) | {*ids_without_page(db, slug)}
        stored = tuple(read_by_ids(db, sorted(ids)))
        return DatasetTask(place, slug, tuple(names), tuple(facts), stored)

    for task, result in engine.run(write_articles, (task_of(each.slug) for each in sources)):
        if isinstance(result, TaskGivenUp):
            report.lose(task.name, 0, result.reason)
        else:
            report.add_dataset(result)
        yield report


@contextmanager
def _workplace(
    archive: str, root: str, ranges: Sequence[PageRange], *, is_elsewhere: bool
) -> Iterator[Workplace]:
    """Yield where the workers read and write; a file marks the root as long as they do."""
    storage, marker = open_storage(root), f"{READINGS}/at-work-{uuid4().hex}"
    if isinstance(storage, DiskStorage):
        root = str(storage.folder.absolute())
    places = [archive, f"{root}/{PUSHED}"]
    archive, landmark = _archive_with(
        [each.warc_file for each in ranges], places[::-1] if is_elsewhere else places
    )
    storage.write(marker, b"")
    try:
        yield Workplace(archive, root, landmark, marker, own_versions())
    finally:
        storage.remove(marker)


def _archive_with(files: Iterable[str], places: Sequence[str]) -> tuple[str, str]:
    """Return the first place that has all files, else the one with the most, and a file there.

    What was pushed from the archive of this machine counts as its own. Raises ArchiveError if
    there are files, and no place has any.
    """
    wanted = set(files)
    if not wanted:
        return places[0], ""
    held = [
        (place, {name for name in wanted if is_held(archive_at(place), name)}) for place in places
    ]
    place, known = max(held, key=lambda pair: len(pair[1]))
    if not known:
        raise ArchiveError(f"{place} has no archive file of this database: name the right place")
    here = known.intersection(open_storage(place).names())
    return place, min(here, default="")
