"""The article: what a reader would call the article, and nothing else."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from enum import StrEnum
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
    def file_urls(self) -> set[str]:
        """The addresses of its attachments and photos: what identifies a notice without text."""
        photos = {photo.url for photo in self.photos if photo.url}
        return photos | {attachment.url for attachment in self.attachments}

    def as_json(self) -> dict[str, Any]:
        """The object of the contract's section 5, absent values null or empty."""
        return {
            "url": self.url,
            "kind": str(self.kind),
            "title": self.title,
            "lede": self.lede,
            "body": self.body,
            "paragraphs": list(self.paragraphs),
            "attachments": [asdict(attachment) for attachment in self.attachments],
            "author": self.author,
            "published_at": self.published_at,
            "published_raw": self.published_raw,
            "modified_at": self.modified_at,
            "section": self.section,
            "tags": list(self.tags),
            "photos": [asdict(photo) for photo in self.photos],
            "language": self.language,
            "word_count": self.word_count,
            "provenance": dict(self.provenance),
        }
