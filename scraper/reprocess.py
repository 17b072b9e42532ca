"""Reading the archive again with the rules of today: no network, every core, at any time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from pipelines.article import EXTRACTOR_VERSION, Article
from scraper.addresses import canonical_url
from scraper.knowledge import knowledge_of, learned_of
from scraper.rereading import Reread, reread_all
from scraper.sources import Source
from scraper.store.articles import restamp_article, rewrite_article
from scraper.store.database import writing
from scraper.store.kept_pages import (
    KeptPage,
    add_found,
    kept_pages,
    note_completion,
    note_progress,
    progress_of,
)
from scraper.store.reading import read_article

FIELDS = (
    "title",
    "lede",
    "body",
    "author",
    "published_at",
    "published_raw",
    "modified_at",
    "section",
    "tags",
    "photos",
    "language",
)
"""What is compared and reported."""

SAMPLES = 3
"""Pages shown for each field, and for what was found, lost or failed."""

BATCH = 50
"""Pages in one transaction: short ones, so that a crawl beside never waits long."""


@dataclass(frozen=True, slots=True)
class Change:
    """A value that reads otherwise now; of what is no field, ``before`` is None."""

    url: str
    before: Any
    after: Any


@dataclass(slots=True)
class Report:
    """What a reprocess did, or with ``dry_run`` would do.

    ``changes`` counts articles by changed field; ``samples`` holds some of them under the name
    of the field, or under ``found`` (an article where there was none), ``lost`` (today's rules
    see no article; the stored one stays) and ``failed`` (the archive or the rules broke on it).
    """

    dry_run: bool
    resumed: bool = False
    pages: int = 0
    changed: int = 0
    found: int = 0
    lost: int = 0
    failed: int = 0
    changes: Counter[str] = field(default_factory=Counter)
    samples: dict[str, list[Change]] = field(default_factory=dict)

    def show(self, name: str, url: str, before: Any, after: Any) -> None:
        """Keep a sample, as long as there are few."""
        shown = self.samples.setdefault(name, [])
        if len(shown) < SAMPLES:
            shown.append(Change(url, before, after))


def reprocess(
    db: Database,
    archive: Path,
    sources: Sequence[Source],
    *,
    dry_run: bool = False,
    workers: int | None = None,
) -> Iterator[Report]:
    """Extract every kept page of the sources again and rewrite what reads otherwise.

    Gives the report after each batch and at the end, always the same object. What was done
    before an interruption is not done again by the next call for the same sources. No change
    is a revision, and no article is ever removed. ``workers`` are the processes, by default one
    for each core.
    """
    slugs = sorted(source.slug for source in sources)
    after = "" if dry_run else progress_of(db, slugs)
    report = Report(dry_run, resumed=bool(after))
    by_slug = {source.slug: source for source in sources}
    knowledge = {source.slug: (source, knowledge_of(db, source)) for source in sources}
    results = reread_all(kept_pages(db, slugs, after), archive, knowledge, workers)
    for batch in _batches(results):
        if dry_run:
            _take(db, batch, by_slug, report)
        else:
            with writing(db):
                _take(db, batch, by_slug, report)
                note_progress(db, slugs, batch[-1][0].url_key)
        yield report
    if not dry_run:
        with writing(db):
            note_completion(db, slugs)
    yield report


def _take(
    db: Database,
    batch: list[tuple[KeptPage, Reread]],
    sources: Mapping[str, Source],
    report: Report,
) -> None:
    for kept, reread in batch:
        report.pages += 1
        if reread.problem:
            report.failed += 1
            report.show("failed", kept.url, None, reread.problem)
        elif reread.article is None or not reread.article.verdict.is_article:
            _note_lost(kept, reread, report)
        elif kept.article is None:
            _take_found(db, kept, reread, sources[kept.source], report)
        else:
            _take_changed(db, kept.article, reread.article, kept.url, report)


def _note_lost(kept: KeptPage, reread: Reread, report: Report) -> None:
    if kept.article is not None:
        report.lost += 1
        verdict = reread.article.verdict if reread.article else None
        report.show("lost", kept.url, None, verdict and (verdict.reason or verdict.outcome))


def _take_found(
    db: Database, kept: KeptPage, reread: Reread, source: Source, report: Report
) -> None:
    article, moment = reread.article, reread.fetched_at
    assert article is not None
    assert moment is not None
    article.url = canonical_url(kept.url, source, learned_of(db, source))
    if report.dry_run or add_found(db, kept, article, moment):
        report.found += 1
        report.show("found", kept.url, None, article.title)


def _take_changed(db: Database, row: int, article: Article, url: str, report: Report) -> None:
    stored, read = read_article(db, row), article.as_json()
    changed = [name for name in FIELDS if stored[name] != read[name]]
    for name in changed:
        report.changes[name] += 1
        report.show(name, url, stored[name], read[name])
    report.changed += bool(changed)
    if report.dry_run:
        return
    if changed:
        rewrite_article(db, row, article)
    elif stored["extractor"] != EXTRACTOR_VERSION:
        restamp_article(db, row, article)


def _batches(
    results: Iterator[tuple[KeptPage, Reread]],
) -> Iterator[list[tuple[KeptPage, Reread]]]:
    batch: list[tuple[KeptPage, Reread]] = []
    for result in results:
        batch.append(result)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
