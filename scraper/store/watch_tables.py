"""The tables of watches and alerts, as SQL. A released statement is never edited."""

from __future__ import annotations

# A saved search of tinhuyen.toml; places and sources are JSON. Articles that last changed before
# begins_at are not reported. is_active: whether the configuration still has it.
WATCHES = """
CREATE TABLE watches (
    name TEXT PRIMARY KEY,
    words TEXT NOT NULL,
    places TEXT NOT NULL,
    sources TEXT NOT NULL,
    begins_at TEXT NOT NULL,
    is_active INTEGER NOT NULL DEFAULT 1
) WITHOUT ROWID
"""

# An article that a watch found. alert: the alert that reports it, '' if nobody is to be told, NULL
# if it waits for the next alert.
WATCH_HITS = """
CREATE TABLE watch_hits (
    watch TEXT NOT NULL REFERENCES watches(name),
    article INTEGER NOT NULL REFERENCES articles(id),
    found_at TEXT NOT NULL,
    alert TEXT,
    PRIMARY KEY (watch, article)
) WITHOUT ROWID
"""

# What happened to articles, in the order in which it was stored, until it was reported. change:
# new, edited, removed, or file if a file of the article was read.
ARTICLE_CHANGES = """
CREATE TABLE article_changes (
    id INTEGER PRIMARY KEY,
    article INTEGER NOT NULL REFERENCES articles(id),
    change TEXT NOT NULL
)
"""

# Up to which row of article_changes each consumer (watches, digest) has read, and in which run.
ALERT_POSITIONS = """
CREATE TABLE alert_positions (
    consumer TEXT PRIMARY KEY,
    change INTEGER NOT NULL,
    run INTEGER
) WITHOUT ROWID
"""

# A message to one address. id: the same for all addresses of a message, and at each attempt.
# address: a digest of the address, which may hold a password. list: what the message is about, for
# List-Id. sent_at NULL: it is sent again with the next report; reason: why it was not.
ALERTS = """
CREATE TABLE alerts (
    id TEXT NOT NULL,
    address TEXT NOT NULL,
    created_at TEXT NOT NULL,
    list TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    html TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    tried_at TEXT,
    reason TEXT,
    sent_at TEXT,
    PRIMARY KEY (id, address)
) WITHOUT ROWID
"""

ARTICLE_EDITED = """
CREATE TRIGGER article_edited AFTER UPDATE OF changed_at ON articles
WHEN new.changed_at > old.changed_at BEGIN
    INSERT INTO article_changes (article, change) VALUES (new.id, 'edited');
END
"""

ARTICLE_REMOVED = """
CREATE TRIGGER article_removed AFTER UPDATE OF gone_at ON articles
WHEN old.gone_at IS NULL AND new.gone_at IS NOT NULL BEGIN
    INSERT INTO article_changes (article, change) VALUES (new.id, 'removed');
END
"""

FILE_TEXT_ADDED = """
CREATE TRIGGER file_text_added AFTER INSERT ON file_texts BEGIN
    INSERT INTO article_changes (article, change)
    SELECT article_files.article, 'file' FROM files
    CROSS JOIN article_files ON article_files.url = files.url WHERE files.digest = new.digest;
END
"""

FILE_CHANGED = """
CREATE TRIGGER file_changed AFTER UPDATE OF digest ON files
WHEN new.kind = 'attachment' AND new.digest IS NOT old.digest BEGIN
    INSERT INTO article_changes (article, change)
    SELECT article, 'file' FROM article_files WHERE url = new.url;
END
"""

WATCH_STATEMENTS = (
    *(WATCHES, WATCH_HITS, ARTICLE_CHANGES, ALERT_POSITIONS, ALERTS),
    "CREATE INDEX watch_hits_found ON watch_hits(watch, found_at, article)",
    "CREATE INDEX alerts_waiting ON alerts(created_at) WHERE sent_at IS NULL",
    *(ARTICLE_EDITED, ARTICLE_REMOVED, FILE_TEXT_ADDED, FILE_CHANGED),
)
"""The statements, in order."""
