"""What groups of articles hold: fields, length, language, titles, and offers of spam."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Any

from sqlite_utils import Database

from pipelines.article import Use, names_of
from pipelines.extraction.vietnamese.spam import is_spam
from scraper.store.content_history import TELLING
from scraper.store.source_record import Fill

SAMPLE = 3_000
"""Characters of a body that are looked at for what it offers."""

COUNTED = names_of(Use.COUNTED)

Row = tuple[Any, ...]
"""The id of an article, the length of its body, whether it has each field of COUNTED, its title and
its language."""


def read_fills(db: Database, *groups: Sequence[int]) -> list[Fill | None]:
    """Return what each group of articles (ids) holds, None for one without articles.

    Groups overlap, and rows are long: each article is read once. Spam is not counted.
    """
    rows = _rows(db, sorted({article for group in groups for article in group}))
    return [_fill([rows[article] for article in group if article in rows]) for group in groups]


def spam_share(db: Database, articles: Sequence[int]) -> float:
    """Return the share (0 to 1) of articles (ids) that offer betting, pills or loans."""
    rows = db.execute(
        f"SELECT title, substr(body, 1, {SAMPLE}) FROM articles"
        " WHERE id IN (SELECT value FROM json_each(?))",
        [json.dumps(articles)],
    ).fetchall()
    return sum(is_spam(title or "", body) for title, body in rows) / max(len(rows), 1)


def _rows(db: Database, articles: list[int]) -> dict[int, Row]:
    names = ", ".join(f"{field} IS NOT NULL" for field in COUNTED)
    rows = db.execute(
        f"SELECT id, length(body), {names}, title, language FROM articles"
        " WHERE id IN (SELECT value FROM json_each(?))",
        [json.dumps(articles)],
    )
    return {row[0]: row for row in rows.fetchall()}


def _fill(rows: Sequence[Row]) -> Fill | None:
    if not rows:
        return None
    _, lengths, *has_field, titles, languages = zip(*rows, strict=True)
    shares = [sum(column) / len(rows) for column in has_field]
    known = [
        language
        for language, length in zip(languages, lengths, strict=True)
        if language or length >= TELLING
    ]
    return Fill(
        articles=len(rows),
        shares=dict(zip(COUNTED, shares, strict=True)),
        median_body=median(lengths),
        vietnamese=known.count("vi") / len(known) if known else None,
        same_title=max(Counter(filter(None, titles)).values(), default=0) / len(rows),
    )
