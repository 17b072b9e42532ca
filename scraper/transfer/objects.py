"""Reads an article from a JSON object of another scraper, whatever its keys are called."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from pipelines.article import FIELDS, Article, Attachment, Kind, Photo
from pipelines.blocks import PARAGRAPH_END, Block, paragraph_blocks, paragraphs_of, read_blocks
from pipelines.extraction.plain_text import clean
from scraper.base.clock import VIETNAM, now

FIRST_YEAR, LAST_YEAR = 1900, 2200

NAMES: Mapping[str, tuple[str, ...]] = {
    **{field.name: (field.name, *field.aliases) for field in FIELDS},
    "html": ("html", "raw_html", "page_html", "content_html"),
    "first_seen_at": ("first_seen_at",),
    "last_seen_at": ("last_seen_at", "fetched_at", "date_download"),
}
"""Fields, with the keys under which they are looked for, our own first."""


def html_of(value: Mapping[str, Any]) -> str | None:
    """The page's HTML, if the object holds it."""
    return _text(_get(value, "html"))


def article_of(value: Mapping[str, Any]) -> Article:
    """The article that the object holds; without paragraphs if it holds no text.

    A list of paragraphs is taken as it is; running text is cleaned like plain text. A time is
    stored if it is ISO 8601, else only as it was written.
    """
    title = _text(_get(value, "title"))
    article = Article(title=title, language=_text(_get(value, "language")))
    blocks = _set_text(article, value)
    _set_files(article, value, has_text=bool(paragraphs_of(blocks)))
    article.set_blocks(blocks)
    article.url = _text(_get(value, "url"))
    article.title = title or article.title
    article.lede = _text(_get(value, "lede")) or article.lede
    article.author = ", ".join(_texts(_get(value, "author"))) or article.author
    raw = _text(_get(value, "published_at"))
    article.published_at = local_time(raw) or article.published_at
    is_ours = "published_raw" in value and article.published_at
    article.published_raw = _text(value.get("published_raw")) or (None if is_ours else raw)
    article.modified_at = local_time(_text(_get(value, "modified_at")))
    article.section = _text(_get(value, "section"))
    article.tags = _texts(_get(value, "tags"))
    article.provenance = {"title": "import"} | ({"body": "import"} if article.body else {})
    return article


def seen_of(value: Mapping[str, Any]) -> tuple[datetime, datetime] | None:
    """When the article was first and last seen, if the object says so; never in the future."""
    moments = [_moment(_text(_get(value, field))) for field in ("first_seen_at", "last_seen_at")]
    known = sorted(moment for moment in moments if moment is not None and moment <= now())
    return (known[0], known[-1]) if known else None


def _moment(written: str | None) -> datetime | None:
    """A moment in UTC; None unless day and time are given."""
    try:
        moment = datetime.fromisoformat(written or "")
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        aware = aware.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        return None
    return aware if aware.year >= FIRST_YEAR else None


def local_time(written: str | None) -> str | None:
    """An ISO 8601 day as it is, a time in +07:00 (the default zone), else None.

    A year far away is no time: other systems write 0001 and 9999 for an unknown one.
    """
    if written is None:
        return None
    try:
        day = date.fromisoformat(written)
        return day.isoformat() if FIRST_YEAR <= day.year <= LAST_YEAR else None
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(written)
        aware = moment.astimezone(VIETNAM) if moment.tzinfo else moment.replace(tzinfo=VIETNAM)
    except (ValueError, OverflowError):
        return None
    return aware.isoformat(timespec="seconds") if FIRST_YEAR <= aware.year <= LAST_YEAR else None


def _set_text(article: Article, value: Mapping[str, Any]) -> list[Block]:
    """Set what the text says of the article, and return its blocks.

    The blocks of the object are taken if they are valid and hold the same text as its other keys.
    """
    blocks = _blocks(value)
    shaped = paragraphs_of(blocks)
    paragraphs = _texts(value.get("paragraphs"))
    text = _text(_get(value, "body"))
    whole = paragraphs or ([] if text is None else text.split(PARAGRAPH_END))
    if shaped == whole or (shaped and not whole):
        article.photos = _photos(value) if shaped else []
        return blocks
    if paragraphs:
        article.photos = _photos(value)
        return paragraph_blocks(paragraphs)
    cleaned = clean(f"{article.title}\n\n{text}" if article.title else text or "")
    article.photos, article.title = cleaned.photos, cleaned.title
    article.author, article.lede = cleaned.author, cleaned.lede
    return cleaned.blocks


def _blocks(value: Mapping[str, Any]) -> list[Block]:
    """The blocks of the object, none if it has no valid ones."""
    try:
        return read_blocks(value.get("blocks"))
    except ValueError:
        return []


def _set_files(article: Article, value: Mapping[str, Any], *, has_text: bool) -> None:
    """Set the kind and the attachments, and the photos of an article that has no text."""
    kind = _text(value.get("kind"))
    article.kind = Kind(kind) if kind in set(Kind) else Kind.ARTICLE
    found = map(_attachment, _list(value.get("attachments")))
    article.attachments = [attachment for attachment in found if attachment]
    if not has_text and article.kind is not Kind.ARTICLE:
        article.photos = _photos(value)


def _attachment(value: object) -> Attachment | None:
    """An attachment, None if it has no address."""
    if not isinstance(value, dict):
        value = {"url": value}
    url = _text(value.get("url"))
    return Attachment(url, _text(value.get("name"))) if url else None


def _photos(value: Mapping[str, Any]) -> list[Photo]:
    return [_photo(photo) for photo in _list(value.get("photos"))]


def _photo(value: object) -> Photo:
    """Return a photo of an object, or of a URL alone."""
    if not isinstance(value, dict):
        return Photo(url=_text(value))
    return Photo(**{name: _text(value.get(name)) for name in ("url", "caption", "credit", "alt")})


def _get(value: Mapping[str, Any], field: str) -> Any:
    """The value under the first of a field's names that has one."""
    return next((value[name] for name in NAMES[field] if value.get(name)), None)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _texts(value: object) -> list[str]:
    """The texts of a list, or those between the commas of one."""
    if isinstance(value, str):
        value = value.split(",")
    return [text for text in map(_text, _list(value)) if text]


def _text(value: object) -> str | None:
    """Return a text, or the name of an object, without what cannot be stored; None if empty."""
    if isinstance(value, dict):
        value = value.get("name")
    if not isinstance(value, str):
        return None
    whole = value.encode("utf-8", "replace").decode().replace("\0", "")
    return unicodedata.normalize("NFC", whole).strip() or None
