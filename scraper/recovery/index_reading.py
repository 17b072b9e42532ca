"""Asks the indexes of web archives for a source, and puts their lines into the plan."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from urllib.parse import urlsplit

from sqlite_utils import Database

from scraper.base.clock import now, to_utc_iso
from scraper.base.source import Source
from scraper.recovery.classification import LineClassifier
from scraper.recovery.options import RecoveryOptions
from scraper.recovery.report import RecoveryReport
from scraper.recovery.web_archive import IndexBatch, IndexQuery, Match, ServiceError, WebArchive
from scraper.store.database import write_transaction
from scraper.store.recovery import add_listed
from scraper.store.recovery_queries import (
    QueryKey,
    QueryProgress,
    WaitingQuery,
    add_query,
    finish_query,
    note_batch,
    note_problem,
    reopen_queries,
)
from spiders.discovery.portal_hosts import is_subsite


class IndexReader:
    """Asks the indexes, and stores how far each query was read together with its lines."""

    def __init__(
        self,
        db: Database,
        classifier: LineClassifier,
        archives: Mapping[str, WebArchive],
        report: RecoveryReport,
    ) -> None:
        self.db = db
        self.classifier = classifier
        self.archives = archives
        self.report = report

    def plan(self, options: RecoveryOptions) -> None:
        """Add the queries of the whole site to the plan, unless they are in it."""
        source, span = self.classifier.source, query_span(options)
        with write_transaction(self.db):
            reopen_queries(self.db, source.slug, now())
            for service in self.archives:
                for url, match in site_queries(source):
                    add_query(self.db, QueryKey(source.slug, service, url, match, "", *span))

    def read(self, waiting: WaitingQuery) -> Iterator[None]:
        """Read a query to its end; yields after each batch of lines, which is stored then.

        Raises ServiceError if the service cannot be asked now.
        """
        archive = self.archives[waiting.service]
        counts = self.report.services[waiting.service]
        try:
            if waiting.asked_at is None and not waiting.collection:
                waiting_is_split = self._split(waiting, archive)
                if waiting_is_split:
                    return
            began = time.monotonic()
            for batch in archive.captures(index_query(waiting), waiting.resume_at):
                counts.seconds += time.monotonic() - began
                counts.requests += 1
                self._store(waiting, batch)
                yield
                began = time.monotonic()
        except ServiceError as error:
            with write_transaction(self.db):
                note_problem(self.db, waiting.id, str(error))
            raise

    def _split(self, waiting: WaitingQuery, archive: WebArchive) -> bool:
        """Put the queries of all collections in the place of one; returns whether there are any."""
        queries = archive.queries(index_query(waiting))
        collections = [one.collection for one in queries if one.collection]
        if not collections:
            return False
        with write_transaction(self.db):
            for collection in collections:
                key = QueryKey(
                    self.classifier.source.slug, waiting.service, waiting.url, waiting.match,
                    collection, waiting.since, waiting.until,
                )  # fmt: skip
                add_query(self.db, key, waiting.named_by)
            finish_query(self.db, waiting.id, now())
        return True

    def _store(self, waiting: WaitingQuery, batch: IndexBatch) -> None:
        """Store the lines of a batch and how far the query was read, both or nothing."""
        inside = [one for one in batch.captures if not self.classifier.is_outside(one)]
        listed = [self.classifier.listed(one) for one in inside]
        slug, lines = self.classifier.source.slug, len(batch.captures)
        moment = now()
        with write_transaction(self.db):
            added = add_listed(self.db, slug, waiting.service, waiting.id, listed, moment)
            progress = QueryProgress(
                lines, batch.broken, len(listed) - added, lines - len(listed), batch.resume_at
            )
            note_batch(self.db, waiting.id, progress, moment)
        counts = self.report.services[waiting.service]
        counts.lines += lines
        counts.broken += batch.broken
        counts.repeated += progress.repeated
        counts.outside += progress.outside


def index_query(waiting: WaitingQuery) -> IndexQuery:
    """Return the query of a row of the plan as a service takes it."""
    since, until = (
        datetime.fromisoformat(one) if one else None for one in (waiting.since, waiting.until)
    )
    return IndexQuery(waiting.url, Match(waiting.match), since, until, waiting.collection)


def query_span(options: RecoveryOptions) -> tuple[str, str]:
    """Return the times of the queries of a recovery, as the plan has them: "" without limit."""
    since, until = options.since, options.until
    return to_utc_iso(since) if since else "", to_utc_iso(until) if until else ""


def site_queries(source: Source) -> list[tuple[str, Match]]:
    """Return the addresses that an index is asked for, each with how much of it.

    These are all hosts of the source, whole; of a site in a folder of a shared host, its folder.
    The forms with and without ``www.`` are one host to an index.
    """
    urls = [source.home_url, source.filed_under]
    urls += [f"http://{alias}/" for alias in source.aliases]
    queries: dict[str, tuple[str, Match]] = {}
    for url in filter(None, urls):
        parts = urlsplit(url)
        host = parts.netloc.lower().removeprefix("www.")
        if is_subsite(url):
            queries.setdefault(f"{host}{parts.path}", (url, Match.PREFIX))
        else:
            root = parts._replace(path="/", query="", fragment="").geturl()
            queries.setdefault(host, (root, Match.HOST))
    return list(queries.values())
