"""What the schema stores about the life of a source, as SQL. A released statement is never edited.

``dark_since`` and ``ask_at`` of a source that gave no answer for several nights: since when, and
when a run asks it again; NULL for every other source. ``silence`` of a run: why no host of the
source answered (dns, connect, timeout), or offline if no host of the whole run did; NULL if one
did. ``moved_to`` and ``moved_status``: where the home page redirected, and by which HTTP status.
"""

from __future__ import annotations

# The sources that a run left out since they were dark. since: the first night without an answer.
SKIPPED_SOURCES = """
CREATE TABLE skipped_sources (
    run INTEGER NOT NULL REFERENCES runs(id),
    source TEXT NOT NULL REFERENCES sources(slug),
    since TEXT NOT NULL,
    ask_at TEXT NOT NULL,
    PRIMARY KEY (run, source)
)
"""

LIFE_STATEMENTS = (
    "ALTER TABLE sources ADD COLUMN dark_since TEXT",
    "ALTER TABLE sources ADD COLUMN ask_at TEXT",
    "ALTER TABLE run_sources ADD COLUMN silence TEXT",
    "ALTER TABLE run_sources ADD COLUMN moved_to TEXT",
    "ALTER TABLE run_sources ADD COLUMN moved_status INTEGER",
    SKIPPED_SOURCES,
    "CREATE INDEX skipped_sources_source ON skipped_sources(source, run)",
)
