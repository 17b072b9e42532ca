"""Keeping the full-text index ``articles_fts`` in step with the articles.

The index has no text of its own, so what is taken out must be told as it was put in: the folding
of ``pipelines.text`` is part of the schema, and a change of it needs a migration that
indexes every article again.
"""

from __future__ import annotations

from functools import lru_cache

from sqlite_utils import Database

from pipelines.text import fold

TONE_PLACES = [
    (f"{first}{toned}", f"{toned_first}{second}")
    for first, toned_letters, toned_firsts, second in [
        ("o", "àáảãạ", "òóỏõọ", "a"),
        ("o", "èéẻẽẹ", "òóỏõọ", "e"),
        ("u", "ỳýỷỹỵ", "ùúủũụ", "y"),
    ]
    for toned, toned_first in zip(toned_letters, toned_firsts, strict=True)
]
"""``hoà`` and ``hòa`` are one spelling in two typographic styles, which NFC leaves apart."""

COLUMNS = "rowid, title, lede, body, title_folded, lede_folded, body_folded"


def index_text(
    db: Database, article: int, title: str | None, lede: str | None, body: str | None
) -> None:
    """Put an article's texts into the index. The caller holds the article's transaction."""
    db.execute(
        f"INSERT INTO articles_fts ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [article, *_indexed(title, lede, body)],
    )


def unindex_text(
    db: Database, article: int, title: str | None, lede: str | None, body: str | None
) -> None:
    """Take the texts of an article, as they were put in, out of the index.

    The caller holds the article's transaction.
    """
    db.execute(
        f"INSERT INTO articles_fts (articles_fts, {COLUMNS})"
        " VALUES ('delete', ?, ?, ?, ?, ?, ?, ?)",
        [article, *_indexed(title, lede, body)],
    )


# A new article's body is folded for the index and for its twins, one right after the other.
@lru_cache(maxsize=4)
def folded(text: str) -> str:
    """A text of an article as it is folded in the index."""
    return fold(text)


def tone_style(text: str) -> str:
    """The text in lower case, with tone marks in the one place for both styles.

    A search key, not a spelling: ``hoàn`` becomes ``hòan``, in texts and queries alike.
    """
    text = text.lower()
    for one, other in TONE_PLACES:
        text = text.replace(one, other)
    return text


def _indexed(*texts: str | None) -> list[str]:
    """The texts as spelled, but for the places of tone marks, then the texts folded."""
    return [tone_style(text or "") for text in texts] + [folded(text or "") for text in texts]
