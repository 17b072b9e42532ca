"""The tables of portal discovery, as SQL. A released statement is never edited."""

from __future__ import annotations

# One run of `sources discover`. scope: the codes of its provinces, separated by spaces. state: as
# in runs. guesses_left: usual names that were not asked for, since a night asks for a limited
# number of them.
DISCOVERIES = """
CREATE TABLE discoveries (
    id INTEGER PRIMARY KEY,
    started_at TEXT NOT NULL,
    finished_at TEXT,
    state TEXT NOT NULL,
    scope TEXT NOT NULL,
    lookups INTEGER NOT NULL DEFAULT 0,
    requests INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    guesses_left INTEGER NOT NULL DEFAULT 0,
    error TEXT
)
"""

# A portal or paper of a province whose links are read. links: how many of them were candidates.
# reason: why it could not be read, NULL if it was.
LINK_LISTS = """
CREATE TABLE link_lists (
    url TEXT PRIMARY KEY,
    province_code TEXT NOT NULL,
    links INTEGER NOT NULL DEFAULT 0,
    reason TEXT,
    fingerprint TEXT,
    read_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    run INTEGER NOT NULL REFERENCES discoveries(id)
)
"""

# A host that may be the portal of a unit. verdict: NULL until it was looked at. attempts: looks in
# a row with this verdict. run: the discovery that looked at it last.
CANDIDATES = """
CREATE TABLE candidates (
    host TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    unit_code TEXT,
    name TEXT NOT NULL,
    level TEXT NOT NULL,
    province_code TEXT NOT NULL,
    found_by TEXT NOT NULL,
    found_on TEXT,
    verdict TEXT,
    reason TEXT,
    platform TEXT,
    newest_article TEXT,
    landed_url TEXT,
    fingerprint TEXT,
    first_seen_at TEXT NOT NULL,
    looked_at TEXT,
    due_at TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    requests INTEGER NOT NULL DEFAULT 0,
    run INTEGER REFERENCES discoveries(id)
)
"""

CANDIDATE_TABLES = (
    DISCOVERIES,
    LINK_LISTS,
    CANDIDATES,
    "CREATE INDEX candidates_due ON candidates(province_code, due_at)",
    "CREATE INDEX candidates_run ON candidates(run) WHERE run IS NOT NULL",
    "CREATE INDEX candidates_unit ON candidates(unit_code) WHERE unit_code IS NOT NULL",
)
