"""Rows that are written in bulk, and the sentences that their texts are made of."""

from __future__ import annotations

import random
from collections import defaultdict
from typing import Any

from sqlite_utils import Database

from pipelines.text import fold
from scraper.store.fulltext import tone_style
from tests.bench.texts import Writer

SENTENCES, SENTENCE_WORDS = 4_000, 30
"""Different sentences, and the words of each."""


class Texts:
    """Sentences that articles are made of, each with what the full-text index holds of it."""

    def __init__(self) -> None:
        self.chance = random.Random(7)
        words = Writer().words(SENTENCES * SENTENCE_WORDS)
        starts = range(0, len(words), SENTENCE_WORDS)
        made = [" ".join(words[start : start + SENTENCE_WORDS]) for start in starts]
        self.sentences = [(f"{text}.", tone_style(text), fold(text)) for text in made]

    def take(self, count: int) -> tuple[tuple[str, ...], ...]:
        """Return so many sentences: as written, as spelled in the index, and folded."""
        return tuple(zip(*self.chance.choices(self.sentences, k=count), strict=True))


class Rows:
    """Rows that are written together."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.waiting: dict[tuple[str, tuple[str, ...]], list[dict[str, Any]]] = defaultdict(list)

    def add(self, table: str, row: dict[str, Any]) -> None:
        """Keep a row until the next `write`."""
        self.waiting[table, tuple(row)].append(row)

    def write(self) -> None:
        """Write all rows that wait."""
        for (table, columns), rows in self.waiting.items():
            names = ", ".join(f'"{name}"' for name in columns)
            marks = ", ".join(f":{name}" for name in columns)
            self.db.conn.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
        self.waiting.clear()
        self.db.conn.commit()
