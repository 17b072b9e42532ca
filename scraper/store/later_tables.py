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

# When stored files are requested again, and which files of a source are fetched.
FILES_AGAIN = (
    "CREATE INDEX captures_body ON captures(substr(body_hash, 1, 8))",
    "ALTER TABLE files ADD COLUMN check_at TEXT",
    "ALTER TABLE files ADD COLUMN max_bytes INTEGER",
    "ALTER TABLE sources ADD COLUMN photos INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE sources ADD COLUMN attachments INTEGER NOT NULL DEFAULT 1",
    "UPDATE files SET check_at = strftime('%Y-%m-%dT%H:%M:%SZ', fetched_at, '+30 days')"
    " WHERE outcome IN ('new', 'updated', 'unchanged', 'duplicate')"
    " AND coalesce(etag, last_modified) IS NOT NULL",
    "UPDATE files SET due_at = first_seen_at WHERE outcome = 'refused' AND due_at IS NULL"
    " AND reason IN ('robots', 'robots_too_many_rules')",
    "CREATE INDEX files_check ON files(source, kind, check_at) WHERE check_at IS NOT NULL",
)

# What an article consists of (pipelines.article.Kind): its text, or files in place of it.
# attachments: the files in the order of the page; name is what the page calls a file.
ATTACHMENTS = """
CREATE TABLE attachments (
    article INTEGER NOT NULL REFERENCES articles(id),
    position INTEGER NOT NULL,
    url TEXT NOT NULL,
    name TEXT,
    PRIMARY KEY (article, position)
) WITHOUT ROWID
"""

# revisits: an address answered at fetched_at with the body of an earlier capture of it.
# returns: a state that is a revision already stood again, and was last seen so at seen_at;
# capture is the page it was read from then. With revisions.seen_at they give the order of states.
# pages.declared_key: the key of the address that a page declares as its own (rel=canonical), if it
# is another than that at which it was read.
REVISITS = """
CREATE TABLE revisits (
    capture INTEGER NOT NULL REFERENCES captures(id),
    fetched_at TEXT NOT NULL,
    PRIMARY KEY (capture, fetched_at)
) WITHOUT ROWID
"""
RETURNS = """
CREATE TABLE returns (
    revision INTEGER NOT NULL REFERENCES revisions(id),
    seen_at TEXT NOT NULL,
    capture INTEGER REFERENCES captures(id),
    PRIMARY KEY (revision, seen_at)
) WITHOUT ROWID
"""
