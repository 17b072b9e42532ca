"""The tables of photos and attachments, as SQL. A released statement is never edited."""

from __future__ import annotations

# A file: a photo or an attachment, by its URL. url_key is "file:" and the URL, so that it is never
# the key of a page. article: the article that named it first. outcome NULL: not fetched yet.
# digest: SHA-256 in hex of the body; media_type: what the body is, not what the server claims.
# width and height: of a photo, in pixels. capture: where the archive holds the body.
FILES = """
CREATE TABLE files (
    url_key TEXT PRIMARY KEY,
    source TEXT NOT NULL REFERENCES sources(slug),
    url TEXT NOT NULL,
    kind TEXT NOT NULL,
    article INTEGER REFERENCES articles(id),
    outcome TEXT,
    reason TEXT,
    http_status INTEGER,
    etag TEXT,
    last_modified TEXT,
    digest TEXT,
    media_type TEXT,
    size INTEGER,
    width INTEGER,
    height INTEGER,
    first_seen_at TEXT NOT NULL,
    fetched_at TEXT,
    due_at TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    capture INTEGER REFERENCES captures(id)
) WITHOUT ROWID
"""

# The text of a file, once for all URLs with the same body. pages: how many pages, slides or sheets
# it has; in text they are separated by a form feed. reason: why there is no text, or not all of it.
# reader: the version of the rules that read it.
FILE_TEXTS = """
CREATE TABLE file_texts (
    id INTEGER PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    media_type TEXT NOT NULL,
    pages INTEGER,
    text TEXT NOT NULL DEFAULT '',
    reason TEXT,
    reader INTEGER NOT NULL
)
"""
FILE_TEXTS_TEXT = """
CREATE VIEW file_texts_text AS SELECT id, text, text AS text_folded FROM file_texts
"""
FILE_TEXTS_FTS = """
CREATE VIRTUAL TABLE file_texts_fts USING fts5 (
    text, text_folded,
    content='file_texts_text', content_rowid='id', tokenize='unicode61 remove_diacritics 0'
)
"""

# A small picture of a photo, in the archive as a record of its own.
PREVIEWS = """
CREATE TABLE previews (
    digest TEXT PRIMARY KEY,
    media_type TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    warc_file TEXT NOT NULL,
    warc_offset INTEGER NOT NULL
) WITHOUT ROWID
"""

# A body that a file had before it had another one. seen_at: when it last came.
EARLIER_FILES = """
CREATE TABLE earlier_files (
    url_key TEXT NOT NULL REFERENCES files(url_key),
    digest TEXT NOT NULL,
    media_type TEXT,
    size INTEGER,
    seen_at TEXT NOT NULL,
    PRIMARY KEY (url_key, digest)
) WITHOUT ROWID
"""

# How the files of a source ended in a run; bytes are those that were received.
RUN_FILES = """
CREATE TABLE run_files (
    run INTEGER NOT NULL REFERENCES runs(id),
    source TEXT NOT NULL REFERENCES sources(slug),
    kind TEXT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    files INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (run, source, kind, outcome, reason)
) WITHOUT ROWID
"""

# The files of an article as the page names them, with what is known of each.
ATTACHMENTS_WITH_FILES = """
CREATE VIEW attachments AS
SELECT article_files.article, article_files.position, article_files.url, article_files.name,
    files.media_type, files.size, files.digest, file_texts.pages, file_texts.text, files.capture,
    files.outcome, coalesce(file_texts.reason, files.reason) AS reason
FROM article_files
LEFT JOIN files ON files.url_key = 'file:' || article_files.url
LEFT JOIN file_texts ON file_texts.digest = files.digest
"""

FILE_TABLES = (
    *(FILES, FILE_TEXTS, FILE_TEXTS_TEXT, FILE_TEXTS_FTS),
    *(PREVIEWS, EARLIER_FILES, RUN_FILES),
)
"""The statements that need no table but those of the first schema, in order."""
