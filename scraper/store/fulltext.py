"""Keeping the full-text index ``articles_fts`` in step with the articles.

The index has no text of its own, so a row is deleted with the same text that was inserted:
the folding of ``pipelines.text`` is part of the schema, and a change of it needs a migration that
indexes every article again.
"""

from __future__ import annotations

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

TEXT_COLUMNS = ("title", "lede", "body")
INDEX_COLUMNS = ("rowid", *TEXT_COLUMNS, *(f"{name}_folded" for name in TEXT_COLUMNS))
NAMES = ", ".join(INDEX_COLUMNS)
MARKS = ", ".join(f":{name}" for name in INDEX_COLUMNS)


def index_text(
    db: Database, article: int, title: str | None, lede: str | None, body: str | None
) -> None:
    """Add an article's texts to the index. The caller holds the article's transaction."""
    values = _index_row(article, title, lede, body)
    db.execute(f"INSERT INTO articles_fts ({NAMES}) VALUES ({MARKS})", values)


def unindex_text(
    db: Database, article: int, title: str | None, lede: str | None, body: str | None
) -> None:
    """Delete the texts of an article, as they were added, from the index.

    The caller holds the article's transaction.
    """
    values = _index_row(article, title, lede, body)
    db.execute(
        f"INSERT INTO articles_fts (articles_fts, {NAMES}) VALUES ('delete', {MARKS})", values
    )


def tone_style(text: str) -> str:
    """Return the text in lower case, with tone marks in one place for both styles.

    A search key, not a spelling: ``hoàn`` becomes ``hòan``, in texts and queries alike.
    """
    text = text.lower()
    for one, other in TONE_PLACES:
        text = text.replace(one, other)
    return text


def _index_row(article: int, *texts: str | None) -> dict[str, int | str]:
    """Return a row of the index: the texts as spelled, but for tone marks, and the texts folded."""
    row: dict[str, int | str] = {"rowid": article}
    for name, text in zip(TEXT_COLUMNS, texts, strict=True):
        row[name] = tone_style(text or "")
        row[f"{name}_folded"] = fold(text or "")
    return row
