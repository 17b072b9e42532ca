"""The tables and indexes of the first schema, as SQL. A released statement is never edited."""

from __future__ import annotations

SOURCES = """
CREATE TABLE sources (
    slug TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    home_url TEXT NOT NULL,
    level TEXT NOT NULL DEFAULT 'other',
    province TEXT,
    district TEXT,
    platform TEXT,
    enabled INTEGER NOT NULL DEFAULT 1,
    state TEXT NOT NULL DEFAULT 'unknown',
    last_success_at TEXT
) WITHOUT ROWID
"""

CAPTURES = """
CREATE TABLE captures (
    id INTEGER PRIMARY KEY,
    url_key TEXT NOT NULL,
    fetched_at TEXT NOT NULL,
    http_status INTEGER NOT NULL,
    body_hash TEXT NOT NULL,
    warc_file TEXT NOT NULL,
    warc_offset INTEGER NOT NULL,
    UNIQUE (warc_file, warc_offset)
)
"""

# outcome NULL: discovered and not settled, the part of the frontier that survives a kill.
# run: the run that discovered or settled it last. announced_at: when a feed or sitemap says it
# changed. article: the row that this address shows. missing: sightings of its absence in a row.
# settled_at: when outcome was given. What the frontier needs: rank and place order what is
# pending; depth counts the steps from the home page; list is the first page of the list that this
# page belongs to (its own key: it is that page); swept_at is when such a list was last read to
# its end; named_by is the sitemap that names the address; form holds the fields of a page that
# only a posted form gives, as JSON.
PAGES = """
CREATE TABLE pages (
    url_key TEXT PRIMARY KEY,
    source TEXT NOT NULL REFERENCES sources(slug),
    url TEXT NOT NULL,
    kind TEXT NOT NULL,
    outcome TEXT,
    reason TEXT,
    http_status INTEGER,
    etag TEXT,
    last_modified TEXT,
    body_hash TEXT,
    first_seen_at TEXT NOT NULL,
    fetched_at TEXT,
    due_at TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    capture INTEGER REFERENCES captures(id),
    run INTEGER REFERENCES runs(id),
    announced_at TEXT,
    article INTEGER REFERENCES articles(id),
    missing INTEGER NOT NULL DEFAULT 0,
    settled_at TEXT,
    rank INTEGER NOT NULL DEFAULT 0,
    place INTEGER NOT NULL DEFAULT 0,
    depth INTEGER NOT NULL DEFAULT 0,
    list TEXT,
    swept_at TEXT,
    named_by TEXT,
    form TEXT
) WITHOUT ROWID
"""

# month: for people who browse by it.
ARTICLES = """
CREATE TABLE articles (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL REFERENCES sources(slug),
    url TEXT UNIQUE,
    title TEXT,
    lede TEXT,
    body TEXT NOT NULL,
    author TEXT,
    published_at TEXT,
    published_raw TEXT,
    modified_at TEXT,
    section TEXT,
    tags TEXT NOT NULL DEFAULT '[]',
    language TEXT,
    word_count INTEGER NOT NULL,
    content_hash TEXT NOT NULL,
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    gone_at TEXT,
    provenance TEXT NOT NULL DEFAULT '{}',
    extractor INTEGER NOT NULL,
    page TEXT REFERENCES pages(url_key),
    same_as INTEGER REFERENCES articles(id),
    month TEXT GENERATED ALWAYS AS (substr(published_at, 1, 7)) VIRTUAL
)
"""

PHOTOS = """
CREATE TABLE photos (
    article INTEGER NOT NULL REFERENCES articles(id),
    position INTEGER NOT NULL,
    url TEXT,
    caption TEXT,
    credit TEXT,
    PRIMARY KEY (article, position)
) WITHOUT ROWID
"""

REVISIONS = """
CREATE TABLE revisions (
    id INTEGER PRIMARY KEY,
    article INTEGER NOT NULL REFERENCES articles(id),
    seen_at TEXT NOT NULL,
    title TEXT,
    lede TEXT,
    body TEXT NOT NULL,
    author TEXT,
    published_at TEXT,
    modified_at TEXT,
    section TEXT,
    tags TEXT NOT NULL DEFAULT '[]',
    photos TEXT NOT NULL DEFAULT '[]',
    content_hash TEXT NOT NULL,
    capture INTEGER REFERENCES captures(id)
)
"""

RUNS = """
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    started_at TEXT NOT NULL,
    finished_at TEXT,
    trigger TEXT NOT NULL,
    state TEXT NOT NULL,
    discovered INTEGER NOT NULL DEFAULT 0,
    new INTEGER NOT NULL DEFAULT 0,
    updated INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    error TEXT
)
"""

# discovered counts URLs taken up to fetch; the outcome columns sum to it when the run has ended.
RUN_SOURCES = """
CREATE TABLE run_sources (
    run INTEGER NOT NULL REFERENCES runs(id),
    source TEXT NOT NULL REFERENCES sources(slug),
    discovered INTEGER NOT NULL DEFAULT 0,
    "new" INTEGER NOT NULL DEFAULT 0,
    "updated" INTEGER NOT NULL DEFAULT 0,
    "unchanged" INTEGER NOT NULL DEFAULT 0,
    "duplicate" INTEGER NOT NULL DEFAULT 0,
    "listing" INTEGER NOT NULL DEFAULT 0,
    "not_article" INTEGER NOT NULL DEFAULT 0,
    "gone" INTEGER NOT NULL DEFAULT 0,
    "soft_404" INTEGER NOT NULL DEFAULT 0,
    "blocked" INTEGER NOT NULL DEFAULT 0,
    "refused" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL DEFAULT 0,
    "broken" INTEGER NOT NULL DEFAULT 0,
    "deferred" INTEGER NOT NULL DEFAULT 0,
    retries INTEGER NOT NULL DEFAULT 0,
    requests INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    seconds REAL NOT NULL DEFAULT 0,
    error TEXT,
    PRIMARY KEY (run, source)
) WITHOUT ROWID
"""

BLOCKS = """
CREATE TABLE blocks (
    source TEXT NOT NULL REFERENCES sources(slug),
    block_hash TEXT NOT NULL,
    text TEXT NOT NULL,
    pages INTEGER NOT NULL,
    is_boilerplate INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (source, block_hash)
) WITHOUT ROWID
"""

# MinHash buckets (scraper.store.signatures): articles that share one may share their text. A
# bucket of an earlier text of an article may stay: the lookup of a twin compares the texts.
SIGNATURES = """
CREATE TABLE signatures (
    bucket INTEGER NOT NULL,
    article INTEGER NOT NULL REFERENCES articles(id),
    PRIMARY KEY (bucket, article)
) WITHOUT ROWID
"""

# What articles_fts reads if it needs the text of a hit, for example in snippet(). The folded
# columns show the text as it is spelled: folding keeps every word in its place, so a word found
# folded is shown in its own spelling.
ARTICLES_TEXT = """
CREATE VIEW articles_text AS
SELECT id, title, lede, body, title AS title_folded, lede AS lede_folded, body AS body_folded
FROM articles
"""

# An index without text of its own (external content), written by scraper.store.fulltext in the
# article's transaction: no trigger, since other programs that open the file cannot fold. Never
# use FTS5's own 'rebuild' on it, which would index unfolded text.
ARTICLES_FTS = """
CREATE VIRTUAL TABLE articles_fts USING fts5 (
    title, lede, body, title_folded, lede_folded, body_folded,
    content='articles_text', content_rowid='id', tokenize='unicode61 remove_diacritics 0'
)
"""

# How far an interrupted reprocess of these sources (slugs, JSON) came with these rules.
REPROCESSING = """
CREATE TABLE reprocessing (
    sources TEXT PRIMARY KEY,
    extractor INTEGER NOT NULL,
    after TEXT NOT NULL
) WITHOUT ROWID
"""

INDEXES = (
    "CREATE INDEX pages_due ON pages(source, due_at)",
    "CREATE INDEX pages_pending ON pages(source, rank, place) WHERE outcome IS NULL",
    "CREATE INDEX pages_list ON pages(list) WHERE list IS NOT NULL",
    "CREATE INDEX pages_named_by ON pages(named_by) WHERE named_by IS NOT NULL",
    "CREATE INDEX pages_article ON pages(article)",
    "CREATE INDEX pages_failures ON pages(source, outcome, reason, settled_at)"
    " WHERE outcome IN ('blocked', 'refused', 'failed', 'broken', 'soft_404')",
    "CREATE INDEX articles_source_published ON articles(source, published_at)",
    "CREATE INDEX articles_published ON articles(published_at)",
    "CREATE INDEX articles_month ON articles(month)",
    "CREATE INDEX articles_section ON articles(section, published_at)",
    "CREATE INDEX articles_author ON articles(author, published_at)",
    "CREATE INDEX articles_first_seen ON articles(first_seen_at)",
    "CREATE INDEX articles_source_seen ON articles(source, first_seen_at, published_at)",
    "CREATE INDEX articles_same_as ON articles(same_as) WHERE same_as IS NOT NULL",
    "CREATE INDEX articles_content ON articles(content_hash)",
    "CREATE INDEX revisions_article ON revisions(article, seen_at)",
    "CREATE INDEX captures_url ON captures(url_key, fetched_at)",
)

STATEMENTS = (
    *(SOURCES, CAPTURES, PAGES, ARTICLES, PHOTOS, REVISIONS, RUNS, RUN_SOURCES, BLOCKS),
    *INDEXES,
    *(SIGNATURES, ARTICLES_TEXT, ARTICLES_FTS, REPROCESSING),
)
"""The statements of the first schema, in order."""
