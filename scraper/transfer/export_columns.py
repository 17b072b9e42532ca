"""The columns of exports: their order, and what each holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from pipelines.article import Use, names_of

ARTICLES = "articles"


class Value(Enum):
    """What a column holds."""

    TEXT = auto()
    NUMBER = auto()
    SITE_TIME = auto()
    """A time in +07:00 as a site states it, or only a day."""
    OUR_TIME = auto()
    """A time in UTC at which a crawl saw something."""
    OUR_TIMES = auto()
    TEXTS = auto()
    BLOCKS = auto()
    PHOTOS = auto()
    ATTACHMENTS = auto()
    MAPPING = auto()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an export. One that is not ``in_cells`` repeats or explains the others."""

    name: str
    value: Value = Value.TEXT
    in_cells: bool = True


VALUES = {
    "id": Value.NUMBER,
    "word_count": Value.NUMBER,
    "same_as": Value.NUMBER,
    "published_at": Value.SITE_TIME,
    "modified_at": Value.SITE_TIME,
    **dict.fromkeys(
        ("first_seen_at", "last_seen_at", "changed_at", "gone_at", "seen_at", "fetched_at"),
        Value.OUR_TIME,
    ),
    "seen_again_at": Value.OUR_TIMES,
    "paragraphs": Value.TEXTS,
    "tags": Value.TEXTS,
    "blocks": Value.BLOCKS,
    "photos": Value.PHOTOS,
    "attachments": Value.ATTACHMENTS,
    "provenance": Value.MAPPING,
    **dict.fromkeys(
        ("article", "position", "size", "width", "height", "pages"),
        Value.NUMBER,
    ),
}
"""What the columns hold that hold something else than text."""

OF_ARTICLE = ("article_url", "article_title", "source", "source_name")

ARTICLE_COLUMNS = (
    *names_of(Use.EXPORTED), "source", "source_name", "level", "province", "district", "id",
    "first_seen_at", "last_seen_at", "changed_at", "gone_at", "same_as",
)  # fmt: skip
NOT_IN_CELLS = {*names_of(Use.EXPORTED)} - {*names_of(Use.IN_CSV)}

PHOTO_KEYS = (
    "url", "caption", "credit", "alt", "media_type", "size", "width", "height", "digest",
    "outcome", "reason",
)  # fmt: skip
ATTACHMENT_KEYS = ("url", "name", "media_type", "size", "digest", "pages", "outcome", "reason")
"""The keys of files in articles."""

NAMES: Mapping[str, tuple[str, ...]] = {
    ARTICLES: ARTICLE_COLUMNS,
    "revisions": (
        "id", "article", *OF_ARTICLE, "seen_at", "seen_again_at", "title", "lede", "body",
        "author", "published_at", "modified_at", "section", "tags", "photos", "attachments",
        "blocks", "content_hash",
    ),
    "photos": (
        "article", *OF_ARTICLE, "position", "url", "caption", "credit", "alt", "media_type",
        "size", "width", "height", "digest", "fetched_at", "outcome", "reason",
    ),
    "attachments": (
        "article", *OF_ARTICLE, "position", "url", "name", "media_type", "size", "digest",
        "fetched_at", "pages", "outcome", "reason", "text",
    ),
}  # fmt: skip

TABLES: Mapping[str, tuple[Column, ...]] = {
    table: tuple(
        Column(name, VALUES.get(name, Value.TEXT), name not in {*NOT_IN_CELLS, "text"})
        for name in names
    )
    for table, names in NAMES.items()
}
"""The tables that can be exported. The text of an attachment would be too long for a cell."""


def cell_names(table: str) -> tuple[str, ...]:
    """Return the columns of a table in CSV and spreadsheets."""
    return tuple(column.name for column in TABLES[table] if column.in_cells)
