"""Tables that were added to the first schema, as SQL. A released statement is never edited."""

from __future__ import annotations

# A row each time the verdict of a source changed; '*' stands for the nightly run itself.
# told: 1 after the change was reported, or if it need not be.
VERDICTS = """
CREATE TABLE verdicts (
    source TEXT NOT NULL,
    noted_at TEXT NOT NULL,
    verdict TEXT NOT NULL,
    reason TEXT NOT NULL,
    since TEXT,
    told INTEGER NOT NULL DEFAULT 0
)
"""

# The blocks seen on an article's page, as JSON (hash, place, text), from which the boilerplate of
# its source is learned (pipelines.extraction.repeated_blocks); rank chooses the sample of its
# quarter, version is that of the rule by which it was seen.
SIGHTINGS = """
CREATE TABLE sightings (
    article INTEGER PRIMARY KEY REFERENCES articles(id),
    source TEXT NOT NULL,
    quarter TEXT NOT NULL,
    rank INTEGER NOT NULL,
    version INTEGER NOT NULL,
    blocks TEXT NOT NULL
)
"""
