"""Stored articles and what belongs to them, as values that cannot be changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from pipelines.blocks import PARAGRAPH_END
from scraper.transfer.site_times import read_our_time, read_site_time

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PhotoRecord:
    """A photo of an article. What is known of its file is None until it was fetched."""

    article: int
    position: int
    url: str | None
    caption: str | None
    credit: str | None
    alt: str | None
    media_type: str | None
    size: int | None
    width: int | None
    height: int | None
    digest: str | None
    fetched_at: datetime | None
    outcome: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class AttachmentRecord:
    """A file of an article. What is known of it is None until it was fetched."""

    article: int
    position: int
    url: str
    name: str | None
    media_type: str | None
    size: int | None
    digest: str | None
    fetched_at: datetime | None
    pages: int | None
    outcome: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class RevisionRecord:
    """An earlier state of an article, which was last seen at ``seen_at``.

    ``seen_again_at`` are the times at which it came back. ``attachments`` is None if it was stored
    before files were.
    """

    id: int
    article: int
    seen_at: datetime
    seen_again_at: tuple[datetime, ...]
    title: str | None
    lede: str | None
    body: str
    author: str | None
    published_at: datetime | None
    published_on: date | None
    modified_at: datetime | None
    modified_on: date | None
    section: str | None
    tags: tuple[str, ...]
    photos: tuple[Mapping[str, Any], ...]
    attachments: tuple[Mapping[str, Any], ...] | None
    blocks: tuple[Mapping[str, Any], ...]
    content_hash: str


@dataclass(frozen=True, slots=True)
class ArticleRecord:
    """An article as it is now.

    ``published_at`` and ``modified_at`` are in Vietnam's zone, and None if only the day is known,
    which ``published_on`` and ``modified_on`` hold. All other times are in UTC.
    """

    id: int
    source: str
    source_name: str | None
    level: str | None
    province: str | None
    district: str | None
    url: str | None
    kind: str
    title: str | None
    lede: str | None
    body: str
    author: str | None
    published_at: datetime | None
    published_on: date | None
    published_raw: str | None
    modified_at: datetime | None
    modified_on: date | None
    section: str | None
    tags: tuple[str, ...]
    language: str | None
    word_count: int
    photos: tuple[PhotoRecord, ...]
    attachments: tuple[AttachmentRecord, ...]
    blocks: tuple[Mapping[str, Any], ...]
    provenance: Mapping[str, str]
    first_seen_at: datetime
    last_seen_at: datetime
    changed_at: datetime
    gone_at: datetime | None
    same_as: int | None

    @property
    def paragraphs(self) -> list[str]:
        """The paragraphs of the body."""
        return self.body.split(PARAGRAPH_END) if self.body else []


OUR_TIMES = ("first_seen_at", "last_seen_at", "changed_at", "gone_at", "seen_at", "fetched_at")
LISTS = ("tags", "blocks", "photos", "attachments")


def photo_of(row: Row) -> PhotoRecord:
    """Return the photo of a row."""
    return PhotoRecord(**_values(PhotoRecord, row))


def attachment_of(row: Row) -> AttachmentRecord:
    """Return the attachment of a row."""
    return AttachmentRecord(**_values(AttachmentRecord, row))


def revision_of(row: Row) -> RevisionRecord:
    """Return the revision of a row."""
    again = tuple(datetime.fromisoformat(each) for each in row["seen_again_at"])
    return RevisionRecord(**_values(RevisionRecord, row) | {"seen_again_at": again})


def article_of(row: Row, photos: Sequence[Row], attachments: Sequence[Row]) -> ArticleRecord:
    """Return the article of a row, with the rows of its files."""
    files = {
        "photos": tuple(map(photo_of, photos)),
        "attachments": tuple(map(attachment_of, attachments)),
    }
    return ArticleRecord(**_values(ArticleRecord, row) | files)


def _values(record: type[Any], row: Row) -> dict[str, Any]:
    """Return the values of a record: times as such, lists as tuples."""
    values: dict[str, Any] = {}
    for name in (field.name for field in fields(record)):
        if name in ("published_on", "modified_on"):
            continue
        value = row[name]
        if name in ("published_at", "modified_at"):
            values[name], values[name.replace("_at", "_on")] = _site_time(value)
        elif name in OUR_TIMES:
            values[name] = read_our_time(value)
        elif name in LISTS and value is not None:
            values[name] = tuple(value)
        else:
            values[name] = value
    return values


def _site_time(text: str | None) -> tuple[datetime | None, date | None]:
    """Return a time and its day, neither if a row of another program holds something else."""
    try:
        return read_site_time(text)
    except ValueError:
        return None, None
