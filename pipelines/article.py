"""The article: what a reader would call the article, and nothing else."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from enum import Flag, StrEnum, auto
from typing import Any

from pipelines.items import Outcome

EXTRACTOR_VERSION = 4
"""Raised whenever the rules change what is extracted, so that stored rows tell which rules made
them and a change of ours is never taken for a change of the publisher's."""


class Kind(StrEnum):
    """What an article consists of: running text, a file or photo in place of it, or photos."""

    ARTICLE = "article"
    NOTICE = "notice"
    PHOTOS = "photos"


class Use(Flag):
    """What a field of an article is used for, besides its column in ``articles``."""

    EXPORTED = auto()
    """A key of the article as JSON: ``extract --json``, ``export``."""
    IN_CSV = auto()
    """A column of a CSV export; the others only repeat or explain."""
    REVISIONED = auto()
    """Kept in ``revisions`` with each earlier state."""
    COMPARED = auto()
    """Reported by ``reprocess`` if other rules read it differently."""
    SHOWN_IN_DIFF = auto()
    """Compared word by word on the page that compares two versions."""
    COUNTED = auto()
    """Its share in a source's articles tells whether the source is still read well."""


TABLE = Use.EXPORTED | Use.IN_CSV
TEXT = TABLE | Use.COMPARED
MATTER = TEXT | Use.REVISIONED


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an article.

    ``sql`` is the type of its column in ``articles``; None if it has a table of its own or follows
    from another field. Lists and mappings are stored as JSON. ``aliases`` are its names in the
    exports of other scrapers (news-please, trafilatura, newspaper4k, schema.org).
    """

    name: str
    sql: str | None
    uses: Use
    aliases: tuple[str, ...] = ()


FIELDS = (
    Field("url", "TEXT", TABLE, ("link", "canonical_url", "page_url")),
    Field("kind", "TEXT", TEXT),
    Field("title", "TEXT", MATTER | Use.SHOWN_IN_DIFF | Use.COUNTED, ("headline", "name")),
    Field(
        "lede",
        "TEXT",
        MATTER | Use.SHOWN_IN_DIFF | Use.COUNTED,
        ("sapo", "description", "summary", "abstract", "excerpt"),
    ),
    Field("body", "TEXT", MATTER, ("text", "maintext", "articleBody", "content", "raw_text")),
    Field("paragraphs", None, Use.EXPORTED),
    Field("attachments", None, TEXT),
    Field(
        "author",
        "TEXT",
        MATTER | Use.SHOWN_IN_DIFF | Use.COUNTED,
        ("authors", "byline", "creator"),
    ),
    Field(
        "published_at",
        "TEXT",
        MATTER | Use.COUNTED,
        ("date_publish", "datePublished", "published", "publish_date", "pub_date", "date"),
    ),
    Field("published_raw", "TEXT", TEXT),
    Field("modified_at", "TEXT", MATTER, ("date_modify", "dateModified", "updated")),
    Field(
        "section",
        "TEXT",
        MATTER | Use.SHOWN_IN_DIFF | Use.COUNTED,
        ("category", "articleSection"),
    ),
    Field("tags", "TEXT", MATTER, ("keywords",)),
    Field("photos", None, MATTER),
    Field("language", "TEXT", TEXT, ("lang",)),
    Field("word_count", "INTEGER", TABLE),
    Field("content_hash", "TEXT", Use.REVISIONED),
    Field("provenance", "TEXT", Use.EXPORTED),
    Field("extractor", "INTEGER", Use(0)),
)
"""The one table of an article's fields, in the order of its JSON. A new one is a line here, a
stage that finds it and a migration that adds its column."""


def names_of(use: Use) -> tuple[str, ...]:
    """The names of the fields with a use, in their order."""
    return tuple(field.name for field in FIELDS if use in field.uses)


COLUMNS = tuple(field.name for field in FIELDS if field.sql is not None)
"""The columns of ``articles`` that a page gives."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that an article links to or embeds: its absolute address and its name on the page."""

    url: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo in an article; ``url`` is None where only its caption is known."""

    url: str | None = None
    caption: str | None = None
    credit: str | None = None

    def __getitem__(self, name: str) -> str | None:
        """Read a field by its JSON name, so that objects and exported rows read alike."""
        return asdict(self)[name]  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a page turned out to be: an article (``outcome`` None), or why it is none."""

    outcome: Outcome | None = None
    reason: str | None = None

    @property
    def is_article(self) -> bool:
        """Whether the page holds an article."""
        return self.outcome is None


@dataclass(slots=True)
class Article:
    """An article of one page.

    Texts are NFC and trimmed. ``paragraphs`` holds the body without title, lede, captions, byline
    and end mark; a data table is one paragraph with a line a row and a tab between cells.
    ``published_at`` and ``modified_at`` are ISO 8601 in +07:00, or a bare date where the page
    tells no time; what is unknown is None, never a guess. ``provenance`` names where each field
    came from.
    """

    url: str | None = None
    kind: Kind = Kind.ARTICLE
    title: str | None = None
    lede: str | None = None
    paragraphs: list[str] = field(default_factory=list)
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

    @property
    def body(self) -> str:
        """The paragraphs, parted by a blank line."""
        return "\n\n".join(self.paragraphs)

    @property
    def word_count(self) -> int:
        """Words of title, lede and body, parted by white space (Vietnamese: syllables)."""
        return sum(len(text.split()) for text in (self.title or "", self.lede or "", self.body))

    @property
    def content_hash(self) -> str:
        """SHA-256 over what the publisher wrote: a change of it is a new revision.

        Section, tags and photo addresses stay out: a menu renamed or a picture moved to another
        server would otherwise make a revision of every article of a site.
        """
        captions = [photo.caption or "" for photo in self.photos if photo.caption]
        fields = [self.title, self.lede, self.body, self.author, self.published_at, *captions]
        return hashlib.sha256("\x1e".join(text or "" for text in fields).encode()).hexdigest()

    @property
    def extractor(self) -> int:
        """The version of the rules that read it."""
        return EXTRACTOR_VERSION

    @property
    def file_urls(self) -> set[str]:
        """The addresses of its attachments and photos: what identifies a notice without text."""
        photos = {photo.url for photo in self.photos if photo.url}
        return photos | {attachment.url for attachment in self.attachments}

    def as_json(self) -> dict[str, Any]:
        """The article as plain values, by the names of its exported fields; absent ones are empty.

        ``published_at`` and ``modified_at`` stay ISO 8601 texts.
        """
        return {name: _plain(getattr(self, name)) for name in names_of(Use.EXPORTED)}


def _plain(value: Any) -> Any:
    """A value as JSON knows it."""
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, (Attachment, Photo)):
        return asdict(value)
    if isinstance(value, dict):
        return dict(value)
    return str(value) if isinstance(value, StrEnum) else value
