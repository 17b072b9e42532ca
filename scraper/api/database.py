"""The database for Python programs: read-only, in bounded memory, also while a crawl writes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TypedDict, Unpack

from sqlite_utils import Database

from scraper.api.records import (
    ArticleRecord,
    AttachmentRecord,
    PhotoRecord,
    RevisionRecord,
    Row,
    article_of,
    attachment_of,
    photo_of,
    revision_of,
)
from scraper.archive.bodies import first_readable
from scraper.base.errors import ArchiveError, UsageError
from scraper.store.article_rows import Selection, read_article, read_selection
from scraper.store.database import open_for_reading
from scraper.store.exported_tables import read_table, rows_of_articles
from scraper.store.file_rows import archived_file, other_places
from scraper.store.file_texts import stored_text
from scraper.store.nearest_names import check_source
from scraper.store.pruning import PRUNED
from scraper.store.runs import end_of_run


class Wanted(TypedDict, total=False):
    """Which articles: those that meet everything that is given.

    ``source`` is a slug. ``since`` and ``until`` are days of publication, both included, as dates
    or like ``"2026-11-23"``. ``words`` is a search as people type it. ``new_since`` is a run, by
    its number: articles that were new, changed or gone after it ended.
    """

    source: str | None
    section: str | None
    since: date | str | None
    until: date | str | None
    words: str | None
    new_since: int | None


def open_database(path: str | Path | None = None) -> ArticleDatabase:
    """Open a database for reading; by default the one that `tinhuyen` uses here.

    Raises StoreError if there is none or it cannot be read.
    """
    from scraper.config.configuration import load_configuration

    flags = {"db": Path(path) if path is not None else None}
    configuration = load_configuration(None, os.environ, flags)
    return ArticleDatabase(open_for_reading(configuration.database), configuration.archive)


class ArticleDatabase:
    """Stored articles, their revisions, photos and attachments.

    Articles are read a few hundred at a time, so that they need little memory, however many there
    are, and a crawl that writes at the same time is never held up. It belongs to the thread that
    opened it.
    """

    def __init__(self, db: Database, archive: Path) -> None:
        self._db = db
        self._archive = archive

    def __enter__(self) -> ArticleDatabase:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def articles(self, **wanted: Unpack[Wanted]) -> Iterator[ArticleRecord]:
        """Return articles, oldest row first. Raises UsageError for an unknown source or run."""
        return map(self._article, read_selection(self._db, self._selection(wanted)))

    def article(self, article: int) -> ArticleRecord:
        """Return one article. Raises KeyError if there is none with this id."""
        return self._article(read_article(self._db, article))

    def revisions(self, **wanted: Unpack[Wanted]) -> Iterator[RevisionRecord]:
        """Return the earlier states of articles, oldest first within each article."""
        return map(revision_of, self._rows("revisions", wanted))

    def revisions_of(self, article: ArticleRecord | int) -> list[RevisionRecord]:
        """Return the earlier states of one article, oldest first."""
        row_id = article if isinstance(article, int) else article.id
        return list(map(revision_of, rows_of_articles(self._db, "revisions", [row_id])))

    def photos(self, **wanted: Unpack[Wanted]) -> Iterator[PhotoRecord]:
        """Return the photos of articles."""
        return map(photo_of, self._rows("photos", wanted))

    def attachments(self, **wanted: Unpack[Wanted]) -> Iterator[AttachmentRecord]:
        """Return the attachments of articles."""
        return map(attachment_of, self._rows("attachments", wanted))

    def text_of(self, attachment: AttachmentRecord) -> str | None:
        """Return the text of an attachment, with a form feed between pages; None if it has none."""
        text = stored_text(self._db, attachment.digest) if attachment.digest else None
        return text.text or None if text else None

    def bytes_of(self, file: PhotoRecord | AttachmentRecord) -> bytes | None:
        """Return a file as it was received; None if it was never fetched, or deleted on purpose.

        Raises ArchiveError if the archive should hold it and cannot give it.
        """
        if file.digest is None or file.reason == PRUNED:
            return None
        found = archived_file(self._db, file.digest)
        body = first_readable(self._archive, found.places, file.digest) if found else None
        if body is None:
            others = other_places(self._db, file.digest)
            body = first_readable(self._archive, others, file.digest)
        if body is None:
            raise ArchiveError(
                f"{file.url}: lost or damaged in {self._archive}: `tinhuyen archive verify` says "
                "what is missing"
            )
        return body

    def _article(self, row: Row) -> ArticleRecord:
        photos, attachments = (
            rows_of_articles(self._db, table, [row["id"]]) if row[table] else []
            for table in ("photos", "attachments")
        )
        return article_of(row, photos, attachments)

    def _rows(self, table: str, wanted: Wanted) -> Iterator[Row]:
        return read_table(self._db, table, self._selection(wanted), with_text=False)

    def _selection(self, wanted: Wanted) -> Selection:
        source, run = wanted.get("source"), wanted.get("new_since")
        if source is not None:
            check_source(self._db, source)
        return Selection(
            source=source,
            section=wanted.get("section"),
            since=_day(wanted.get("since")),
            until=_day(wanted.get("until")),
            words=wanted.get("words"),
            changed_after=None if run is None else end_of_run(self._db, run),
        )


def _day(value: date | str | None) -> str | None:
    """Return a day in ISO 8601. Raises UsageError for a text that is none."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError as error:
        raise UsageError(f"{value!r} is no day: write it as 2026-11-23") from error
    return day.isoformat() if day else None
