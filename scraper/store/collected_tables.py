"""The tables of a reading database, as SQL. A released statement is never edited."""

from __future__ import annotations

# A shard whose rows were collected into this database; place is its path or URL. state: the digest
# of the tables that were collected last, NULL while it is being collected or if it has none.
# province and year: the part that is collected, NULL if it is everything.
SHARDS = """
CREATE TABLE shards (
    id INTEGER PRIMARY KEY,
    place TEXT NOT NULL UNIQUE,
    state TEXT,
    province TEXT,
    year TEXT,
    collected_at TEXT
)
"""

# Which sources a shard has pages or articles of.
SHARD_SOURCES = """
CREATE TABLE shard_sources (
    shard INTEGER NOT NULL REFERENCES shards(id),
    source TEXT NOT NULL,
    PRIMARY KEY (shard, source)
) WITHOUT ROWID
"""

# number: the row's id in the shard.
SHARD_RUNS = """
CREATE TABLE shard_runs (
    shard INTEGER NOT NULL REFERENCES shards(id),
    number INTEGER NOT NULL,
    run INTEGER NOT NULL REFERENCES runs(id),
    PRIMARY KEY (shard, number)
) WITHOUT ROWID
"""

# digest: of all that the shard stores about the article. same_as: as in the shard, by its numbers.
# is_compared: whether the article was compared with those of other shards.
SHARD_ARTICLES = """
CREATE TABLE shard_articles (
    shard INTEGER NOT NULL REFERENCES shards(id),
    number INTEGER NOT NULL,
    article INTEGER NOT NULL REFERENCES articles(id),
    digest TEXT NOT NULL,
    same_as INTEGER,
    is_compared INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (shard, number)
) WITHOUT ROWID
"""

# What each shard stores about an article that several shards have, as JSON.
SHARD_HISTORIES = """
CREATE TABLE shard_histories (
    article INTEGER NOT NULL REFERENCES articles(id),
    shard INTEGER NOT NULL REFERENCES shards(id),
    history TEXT NOT NULL,
    PRIMARY KEY (article, shard)
) WITHOUT ROWID
"""

# The WARC files of a shard, and their names here: another one if two shards use the same name.
SHARD_WARC_FILES = """
CREATE TABLE shard_warc_files (
    shard INTEGER NOT NULL REFERENCES shards(id),
    name TEXT NOT NULL,
    warc_file TEXT NOT NULL,
    PRIMARY KEY (shard, name)
) WITHOUT ROWID
"""

COLLECTED_TABLES = (
    *(SHARDS, SHARD_SOURCES, SHARD_RUNS, SHARD_ARTICLES, SHARD_HISTORIES, SHARD_WARC_FILES),
    "CREATE INDEX shard_runs_run ON shard_runs(run)",
    "CREATE INDEX shard_articles_article ON shard_articles(article)",
    "CREATE INDEX shard_articles_waiting ON shard_articles(shard, number) WHERE NOT is_compared",
    "CREATE INDEX shard_warc_files_file ON shard_warc_files(warc_file)",
)
"""The statements, in order."""
