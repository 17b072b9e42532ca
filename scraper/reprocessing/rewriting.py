"""Writing articles anew as they read today: what changed, counted and shown by field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlite_utils import Database

from pipelines.article import EXTRACTOR_VERSION, Use, names_of
from pipelines.save_article import save_found
from scraper.base.source import Source
from scraper.base.urls import canonical_url
from scraper.reprocessing.profiles import url_rules_of
from scraper.reprocessing.rereading import Reread
from scraper.store.archived_pages import ArchivedPage, is_latest
from scraper.store.article_rows import read_article
from scraper.store.articles import rewrite_article, set_extractor_version
from scraper.store.block_occurrences import add_block_occurrences
from scraper.store.states import drop_identical_revision

COMPARED = names_of(Use.COMPARED)

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
    ``unmatched`` tells of selectors of the sources that find nothing on their last pages.
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
    unmatched: list[str] = field(default_factory=list)

    def show(self, name: str, url: str, before: Any, after: Any) -> None:
        """Keep a sample, as long as there are few."""
        shown = self.samples.setdefault(name, [])
        if len(shown) < SAMPLES:
            shown.append(Change(url, before, after))


def take(
    db: Database,
    batch: list[tuple[ArchivedPage, Reread]],
    sources: Mapping[str, Source],
    report: Report,
) -> None:
    """Rewrite the articles that read otherwise; those of ``report.dry_run`` are only counted.

    ``sources`` are by slug. The caller holds the transaction.
    """
    for kept, reread in batch:
        report.pages += 1
        if not is_latest(db, kept):
            continue  # what was read is no longer what the site shows
        if reread.problem:
            report.failed += 1
            report.show("failed", kept.url, None, reread.problem)
        elif reread.article is None or not reread.article.verdict.is_article:
            _note_lost(kept, reread, report)
        elif kept.article is None:
            _take_found(db, kept, reread, sources[kept.source], report)
        else:
            _take_changed(db, kept, kept.article, reread, report)


def _note_lost(kept: ArchivedPage, reread: Reread, report: Report) -> None:
    if kept.article is not None:
        report.lost += 1
        verdict = reread.article.verdict if reread.article else None
        report.show("lost", kept.url, None, verdict and (verdict.reason or verdict.outcome))


def _take_found(
    db: Database, kept: ArchivedPage, reread: Reread, source: Source, report: Report
) -> None:
    article, moment = reread.article, reread.fetched_at
    assert article is not None
    assert moment is not None
    article.url = canonical_url(kept.url, source, url_rules_of(db, source))
    if report.dry_run or save_found(db, kept, article, moment):
        report.found += 1
        report.show("found", kept.url, None, article.title)


def _take_changed(
    db: Database, kept: ArchivedPage, row: int, reread: Reread, report: Report
) -> None:
    article = reread.article
    assert article is not None
    stored, read = read_article(db, row), article.as_json()
    changed = [name for name in COMPARED if stored[name] != read[name]]
    for name in changed:
        report.changes[name] += 1
        report.show(name, kept.url, stored[name], read[name])
    report.changed += bool(changed)
    if report.dry_run:
        return
    if changed:
        rewrite_article(db, row, article)
        drop_identical_revision(db, row)
    elif stored["extractor"] != EXTRACTOR_VERSION:
        set_extractor_version(db, row, article)
    seen = reread.block_occurrences
    add_block_occurrences(db, row, kept.source, kept.url_key, article, reread.quarter, seen)


def batches(
    results: Iterator[tuple[ArchivedPage, Reread]],
) -> Iterator[list[tuple[ArchivedPage, Reread]]]:
    """Pages that were read again, as many as go into one transaction."""
    batch: list[tuple[ArchivedPage, Reread]] = []
    for result in results:
        batch.append(result)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
