"""Dumps the tables of a database as JSON lines that are the same on every machine.

Values that vary are left out: row ids, ports, times of day, durations, and hashes of bodies that
contain a port. A reference to a row is replaced by the URL of that row. NULL is left out too, so
that a new column does not change the dumps until it has values.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

SOURCE_OF = {
    "articles": "source",
    "photos": "(SELECT source FROM articles WHERE id = article)",
    "attachments": "(SELECT source FROM articles WHERE id = article)",
    "revisions": "(SELECT source FROM articles WHERE id = article)",
    "pages": "source",
    "run_sources": "source",
    "blocks": "source",
}
"""The dumped tables, with an SQL expression for the source of a row."""

LEFT_OUT = frozenset(
    {"id", "seconds", "bytes", "body_hash", "etag", "last_modified", "extractor", "of_source"}
)
SITE_TIMES = frozenset({"published_at", "modified_at"})
"""Columns with times that pages print; of other times, only the day is the same in each run."""

PORT = re.compile(r"(?<=127\.0\.0\.1)(:|%3A)\d+", re.IGNORECASE)


def dump(database: Path, folder: Path, portal: str | None = None, state: str = "") -> None:
    """Write one file per table and source; with ``portal``, one file per table with that name.

    ``state`` is a suffix that distinguishes several dumps of one database.
    """
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as db:
        db.row_factory = sqlite3.Row
        names = _Names(db)
        for table, source in SOURCE_OF.items():
            lines: defaultdict[str, list[str]] = defaultdict(list)
            for row in db.execute(f"SELECT *, {source} AS of_source FROM {table}"):
                lines[portal or row["of_source"]].append(_line(names.row(table, row)))
            for each, rows in lines.items():
                file = folder / f"{each}{state}.{table}.jsonl"
                file.write_text("".join(sorted(rows)), encoding="utf-8")


def digests(folder: Path) -> dict[str, dict[str, str]]:
    """Return the digest of each table of each portal in a folder of dumps."""
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for file in sorted(folder.glob("*.jsonl")):
        portal, table, _ = file.name.split(".")
        found[portal][table] = sha256(file.read_bytes()).hexdigest()[:16]
    return dict(found)


class _Names:
    """The names of rows, which replace their ids in a dump."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.articles = {
            id_: url or f"{title} ({text[:8]})"
            for id_, url, title, text in db.execute(
                "SELECT id, url, title, content_hash FROM articles"
            )
        }
        self.captures = dict(_numbered(db, "SELECT id, url_key FROM captures ORDER BY id"))
        self.revisions = dict(_numbered(db, "SELECT id, article FROM revisions ORDER BY id"))

    def row(self, table: str, row: sqlite3.Row) -> dict[str, Any]:
        values = {name: row[name] for name in row.keys() if row[name] is not None}  # noqa: SIM118
        if table == "revisions":
            values["number"] = self.revisions[values["id"]].rpartition("#")[2]
        for column, names in {
            "article": self.articles,
            "same_as": self.articles,
            "capture": self.captures,
        }.items():
            if column in values:
                values[column] = names[values[column]]
        return {
            name: _steady(name, value) for name, value in values.items() if name not in LEFT_OUT
        }


def _numbered(db: sqlite3.Connection, sql: str) -> Iterator[tuple[int, str]]:
    seen: Counter[object] = Counter()
    for id_, key in db.execute(sql):
        seen[key] += 1
        yield id_, f"{key}#{seen[key]}"


def _steady(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if name.endswith("_at") and name not in SITE_TIMES:
        return value[:10]
    return PORT.sub(r"\1PORT", value)


def _line(values: dict[str, Any]) -> str:
    first = {name: values.pop(name) for name in ("url", "article", "text", "run") if name in values}
    return json.dumps(first | dict(sorted(values.items())), ensure_ascii=False) + "\n"
