"""The article that is extracted from a page, its fields and how each field is used."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from enum import Flag, StrEnum, auto
from types import NoneType
from typing import Any

from pipelines import blocks as shape
from pipelines.blocks import Block
from pipelines.items import Outcome

EXTRACTOR_VERSION = 7
"""Version of the extraction rules. It is raised whenever the rules change what is extracted. Stored
rows carry it, so that a change of the rules is not mistaken for a change by the publisher."""


class Kind(StrEnum):
    """What an article consists of: text, a file or photo in place of text, or several photos."""

    ARTICLE = "article"
    NOTICE = "notice"
    PHOTOS = "photos"


class Use(Flag):
    """Uses of an article's field besides its column in ``articles``."""

    EXPORTED = auto()
    """A key of the article as JSON, in ``extract --json`` and ``export``."""
    IN_CSV = auto()
    """A column of a CSV export. The other fields repeat or explain these."""
    REVISIONED = auto()
    """Stored in ``revisions`` with each earlier state of the article."""
    COMPARED = auto()
    """Reported by ``reprocess`` if the new rules read it differently."""
    SHOWN_IN_DIFF = auto()
    """Compared word by word on the page that compares two versions."""
    COUNTED = auto()
    """Its share among a source's articles shows whether the source is still read well."""


EXPORTED_COLUMN = Use.EXPORTED | Use.IN_CSV
COMPARED_COLUMN = EXPORTED_COLUMN | Use.COMPARED
REVISIONED_COLUMN = COMPARED_COLUMN | Use.REVISIONED


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an article.

    ``sql`` is the type of its column in ``articles``, or None if the field has a table of its own
    or is derived from another field. Lists and mappings are stored as JSON. ``aliases`` are its
    names in the exports of other scrapers (news-please, trafilatura, newspaper4k, schema.org).
    """

    name: str
    sql: str | None
    uses: Use
    aliases: tuple[str, ...] = ()


FIELDS = (
    Field("url", "TEXT", EXPORTED_COLUMN, ("link", "canonical_url", "page_url")),
    Field("kind", "TEXT", COMPARED_COLUMN),
    Field(
        "title",
        "TEXT",
        REVISIONED_COLUMN | Use.SHOWN_IN_DIFF | Use.COUNTED,
        ("headline", "name"),
    ),
    Field(
        "lede",
        "TEXT",
        REVISIONED_COLUMN | Use.SHOWN_IN_DIFF | Use.COUNTED,
        ("sapo", "description", "summary", "abstract", "excerpt"),
    ),
    Field(
        "body",
        "TEXT",
        REVISIONED_COLUMN,
        ("text", "maintext", "articleBody", "content", "raw_text"),
    ),
    Field("paragraphs", None, Use.EXPORTED),
    Field("blocks", "TEXT", Use.EXPORTED | Use.COMPARED | Use.REVISIONED),
    Field("attachments", None, REVISIONED_COLUMN),
    Field(
        "author",
        "TEXT",
        REVISIONED_COLUMN | Use.SHOWN_IN_DIFF | Use.COUNTED,
        ("authors", "byline", "creator"),
    ),
    Field(
        "published_at",
        "TEXT",
        REVISIONED_COLUMN | Use.COUNTED,
        ("date_publish", "datePublished", "published", "publish_date", "pub_date", "date"),
    ),
    Field("published_raw", "TEXT", COMPARED_COLUMN),
    Field(
        "modified_at",
        "TEXT",
        REVISIONED_COLUMN,
        ("date_modify", "dateModified", "updated"),
    ),
    Field(
        "section",
        "TEXT",
        REVISIONED_COLUMN | Use.SHOWN_IN_DIFF | Use.COUNTED,
        ("category", "articleSection"),
    ),
    Field("tags", "TEXT", REVISIONED_COLUMN, ("keywords",)),
    Field("photos", None, REVISIONED_COLUMN),
    Field("language", "TEXT", COMPARED_COLUMN, ("lang",)),
    Field("word_count", "INTEGER", EXPORTED_COLUMN),
    Field("content_hash", "TEXT", Use.REVISIONED),
    Field("provenance", "TEXT", Use.EXPORTED),
    Field("extractor", "INTEGER", Use(0)),
)
"""The one table of an article's fields, in the order of its JSON. A new field needs a line here, a
stage that finds it and a migration that adds its column."""


def names_of(use: Use) -> tuple[str, ...]:
    """Return the names of the fields that have a use, in the order of ``FIELDS``."""
    return tuple(field.name for field in FIELDS if use in field.uses)


_EXPORTED = names_of(Use.EXPORTED)

COLUMNS = tuple(field.name for field in FIELDS if field.sql is not None)
"""The columns of ``articles`` whose values come from the page."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that an article links to or embeds: its absolute URL and its name on the page."""

    url: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo in an article. ``url`` is None if only its caption is known.

    ``alt`` is the text that the page has in place of the photo.
    """

    url: str | None = None
    caption: str | None = None
    credit: str | None = None
    alt: str | None = None

    def __getitem__(self, name: str) -> str | None:
        """Return a field by its JSON name, so that photos and exported rows are read alike."""
        return asdict(self)[name]  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a page is an article (``outcome`` is None), or which outcome it has and why."""

    outcome: Outcome | None = None
    reason: str | None = None

    @property
    def is_article(self) -> bool:
        """Whether the page holds an article."""
        return self.outcome is None


@dataclass(slots=True)
class Article:
    """The article of one page.

    Texts are in NFC and trimmed. ``paragraphs`` is the body without title, lede, captions, byline
    and end mark. A data table is one paragraph, with a line for each row and a tab between cells.
    ``blocks`` are the same text in its shape, with the places of photos and attachments. They are
    set together by ``set_blocks``.
    ``published_at`` and ``modified_at`` are ISO 8601 with the offset +07:00, or a date without a
    time if the page shows none. Unknown fields are None; they are never guessed. ``provenance``
    names the source of each field.
    """

    url: str | None = None
    kind: Kind = Kind.ARTICLE
    title: str | None = None
    lede: str | None = None
    paragraphs: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    author: str | None = None
    published_at: str | None = None
    published_raw: str | None = None
    modified_at: str | None = None
    section: str | None = None
    tags: list[str] = field(default_factory=list)
    photos: list[Photo] = field(default_factory=list)
    language: str | None = None
    provenance: dict[str, str] = field(default_factory=dict)
    verdict: Verdict = field(default_factory=Verdict)

    def __post_init__(self) -> None:
        if shape.paragraphs_of(self.blocks) != self.paragraphs:
            self.blocks = shape.paragraph_blocks(self.paragraphs)
        self.set_blocks(self.blocks)

    def set_blocks(self, blocks: Iterable[Block]) -> None:
        """Set the text and its shape. Photos and attachments without a place come at its end."""
        self.blocks = shape.with_every_file(blocks, len(self.photos), len(self.attachments))
        self.paragraphs = shape.paragraphs_of(self.blocks)

    @property
    def body(self) -> str:
        """The paragraphs, separated by a blank line."""
        return "\n\n".join(self.paragraphs)

    @property
    def word_count(self) -> int:
        """The number of words in title, lede and body, separated by white space.

        In Vietnamese these are syllables.
        """
        return sum(len(text.split()) for text in (self.title or "", self.lede or "", self.body))

    @property
    def content_hash(self) -> str:
        """SHA-256 in hex of what the publisher wrote. A different hash means a new revision.

        Section, tags and photo URLs are left out. Otherwise, renaming a menu or moving pictures to
        another server would create a revision of every article of a site.
        """
        captions = [photo.caption or "" for photo in self.photos if photo.caption]
        fields = [self.title, self.lede, self.body, self.author, self.published_at, *captions]
        return hashlib.sha256("\x1e".join(text or "" for text in fields).encode()).hexdigest()

    @property
    def extractor(self) -> int:
        """The version of the rules that extracted the article."""
        return EXTRACTOR_VERSION

    @property
    def file_urls(self) -> set[str]:
        """The URLs of its attachments and photos, which identify a notice without text."""
        photos = {photo.url for photo in self.photos if photo.url}
        return photos | {attachment.url for attachment in self.attachments}

    def as_json(self) -> dict[str, Any]:
        """Return the exported fields as plain JSON values, by name.

        ``published_at`` and ``modified_at`` stay ISO 8601 strings. Unknown fields are None, or an
        empty list.
        """
        return {name: plain_value(getattr(self, name)) for name in _EXPORTED}


_PLAIN = frozenset({str, int, NoneType})


def plain_value(value: Any) -> Any:
    """Return a value as JSON types."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, list):
        return [plain_value(each) for each in value]
    if isinstance(value, Block):
        return shape.as_json(value)
    if isinstance(value, (Attachment, Photo)):
        return asdict(value)
    if isinstance(value, dict):
        return dict(value)
    return str(value) if isinstance(value, StrEnum) else value
