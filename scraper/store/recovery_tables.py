"""The tables of recovery from web archives, as SQL. A released statement is never edited."""

from __future__ import annotations

# A query of an index of a web archive. match: exact, prefix or host. collection: the index, if the
# service has several, else ''. resume_at: what the next request begins with, NULL at the start.
# lines counts captures that were read, broken lines that could not be read, repeated lines that
# were known, outside those of another site or time than was asked for: lines less repeated and
# outside is the number of rows that the query added to archived_captures. finished_at: NULL until
# the whole answer was read, reason: why it was not. named_by: the key of the page that links to the
# address, NULL for the queries of a whole site.
RECOVERY_QUERIES = """
CREATE TABLE recovery_queries (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL REFERENCES sources(slug),
    service TEXT NOT NULL,
    collection TEXT NOT NULL DEFAULT '',
    url TEXT NOT NULL,
    match TEXT NOT NULL,
    since TEXT NOT NULL DEFAULT '',
    until TEXT NOT NULL DEFAULT '',
    named_by TEXT,
    resume_at TEXT,
    lines INTEGER NOT NULL DEFAULT 0,
    broken INTEGER NOT NULL DEFAULT 0,
    repeated INTEGER NOT NULL DEFAULT 0,
    outside INTEGER NOT NULL DEFAULT 0,
    asked_at TEXT,
    finished_at TEXT,
    reason TEXT,
    UNIQUE (source, service, collection, url, match, since, until)
)
"""

# The plan: a row for each capture of an index. kind is what the address looks like (article,
# listing, feed, sitemap, unknown, file, other), rank decides the order. warc_file, warc_offset and
# length: the record at the service. outcome: NULL while it is waiting, then one word
# (scraper.store.recovery.CaptureOutcome), with its reason. tried_at: the last attempt that failed.
# digest_matches: whether the body that came has the digest of the line, NULL if none came.
# redirects_to: the target of a redirect. same_as: the row whose body it has. capture: the row of
# captures that holds its body here.
ARCHIVED_CAPTURES = """
CREATE TABLE archived_captures (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL REFERENCES sources(slug),
    service TEXT NOT NULL,
    url TEXT NOT NULL,
    url_key TEXT NOT NULL,
    captured_at TEXT NOT NULL,
    kind TEXT NOT NULL,
    rank INTEGER NOT NULL,
    http_status INTEGER,
    media_type TEXT NOT NULL DEFAULT '',
    digest TEXT NOT NULL DEFAULT '',
    warc_file TEXT,
    warc_offset INTEGER,
    length INTEGER,
    is_revisit INTEGER NOT NULL DEFAULT 0,
    query INTEGER NOT NULL REFERENCES recovery_queries(id),
    outcome TEXT,
    reason TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    tried_at TEXT,
    digest_matches INTEGER,
    settled_at TEXT,
    redirects_to TEXT,
    same_as INTEGER REFERENCES archived_captures(id),
    capture INTEGER REFERENCES captures(id),
    UNIQUE (source, service, url, captured_at, digest)
)
"""

# Where an answer in captures (or its return in revisits) came from, if it was not crawled: service
# is that of recovery_queries, or 'import'; url is the address at which the service shows it.
CAPTURE_ORIGINS = """
CREATE TABLE capture_origins (
    capture INTEGER NOT NULL REFERENCES captures(id),
    fetched_at TEXT NOT NULL,
    service TEXT NOT NULL,
    url TEXT,
    PRIMARY KEY (capture, fetched_at)
) WITHOUT ROWID
"""

# When a service was last asked for lines of its index and for a capture, until when it asked us to
# stop, how often it did so in a night, and which night that was (the day on which it began).
RECOVERY_PAUSES = """
CREATE TABLE recovery_pauses (
    service TEXT PRIMARY KEY,
    index_at TEXT,
    page_at TEXT,
    stopped_until TEXT,
    stops INTEGER NOT NULL DEFAULT 0,
    night TEXT
) WITHOUT ROWID
"""

RECOVERY_STATEMENTS = (
    RECOVERY_QUERIES,
    ARCHIVED_CAPTURES,
    CAPTURE_ORIGINS,
    RECOVERY_PAUSES,
    "CREATE INDEX archived_captures_waiting"
    " ON archived_captures(source, service, rank, captured_at) WHERE outcome IS NULL",
    "CREATE INDEX archived_captures_of_page ON archived_captures(url_key, captured_at)",
    "CREATE INDEX archived_captures_body ON archived_captures(source, digest)"
    " WHERE digest_matches = 1",
    "CREATE INDEX archived_captures_lying ON archived_captures(source, digest)"
    " WHERE digest_matches = 0",
    "CREATE INDEX archived_captures_gone ON archived_captures(url_key, captured_at)"
    " WHERE outcome = 'gone'",
    "CREATE INDEX archived_captures_redirects ON archived_captures(source, url_key, captured_at)"
    " WHERE outcome = 'redirect'",
    "CREATE INDEX archived_captures_kept ON archived_captures(capture) WHERE capture IS NOT NULL",
    "CREATE INDEX recovery_queries_waiting ON recovery_queries(source, service, named_by)"
    " WHERE finished_at IS NULL",
    "CREATE INDEX archived_captures_outcomes ON archived_captures(source, outcome, reason)",
)
