"""The schema, as numbered migrations that keep every row.

A released migration is never edited: a change of the schema is a new function at the end of this
file. A new outcome is such a change, since each has a column in ``run_sources``. The tables of the
first schema are in scraper.store.tables.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from scraper.store.candidate_tables import CANDIDATE_TABLES
from scraper.store.change_indexes import CHANGE_INDEXES
from scraper.store.collected_tables import COLLECTED_TABLES
from scraper.store.file_tables import ATTACHMENTS_WITH_FILES, FILE_TABLES
from scraper.store.later_tables import (
    ATTACHMENTS,
    FILES_AGAIN,
    RETURNS,
    REVISITS,
    SIGHTINGS,
    VERDICTS,
)
from scraper.store.recovery_tables import RECOVERY_STATEMENTS
from scraper.store.source_life_tables import LIFE_STATEMENTS
from scraper.store.tables import STATEMENTS
from scraper.store.watch_tables import WATCH_STATEMENTS

SCHEMA = Migrations("tinhuyen")

APPLICATION_ID = 0x74696E68
"""'tinh' in ASCII, in the header of the file (PRAGMA application_id): it marks our databases."""


@SCHEMA()
def m001_create_tables(db: Database) -> None:
    """Create the first tables."""
    for statement in STATEMENTS:
        db.execute(statement)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")


@SCHEMA()
def m002_note_verdicts(db: Database) -> None:
    """Store the changes of verdicts, and the name of the site in each run."""
    db.execute(VERDICTS)
    db.execute("CREATE INDEX verdicts_source ON verdicts(source, noted_at)")
    db.execute("ALTER TABLE run_sources ADD COLUMN site_name TEXT")


@SCHEMA()
def m003_index_health(db: Database) -> None:
    """Index what a verdict reads: a source's runs, and pages that were linked as articles."""
    db.execute("CREATE INDEX run_sources_source ON run_sources(source, run)")
    db.execute(
        "CREATE INDEX pages_unread ON pages(source, settled_at) WHERE kind = 'article'"
        " AND article IS NULL AND outcome IN ('not_article', 'broken')"
    )


@SCHEMA()
def m004_note_sightings(db: Database) -> None:
    """Store what boilerplate is learned from."""
    db.execute(SIGHTINGS)
    db.execute("CREATE INDEX sightings_sample ON sightings(source, version, quarter, rank)")


@SCHEMA()
def m005_index_pages_of_articles(db: Database) -> None:
    """Index what leads from a page to the article read from it: a reprocess asks for each."""
    db.execute("CREATE INDEX articles_page ON articles(page)")


@SCHEMA()
def m006_store_kinds_and_attachments(db: Database) -> None:
    """Store the kind of an article and its attachments; all earlier rows are of kind article."""
    db.execute("ALTER TABLE articles ADD COLUMN kind TEXT NOT NULL DEFAULT 'article'")
    db.execute("CREATE INDEX articles_kind ON articles(kind, published_at)")
    db.execute(
        "CREATE INDEX articles_source_kind ON articles(source, kind, first_seen_at, published_at)"
    )
    db.execute(ATTACHMENTS)


@SCHEMA()
def m007_note_declared_addresses_and_returns(db: Database) -> None:
    """Store what pages declare as their URL, and when an earlier body or text came again."""
    db.execute("ALTER TABLE pages ADD COLUMN declared_key TEXT")
    db.execute("CREATE INDEX pages_declared ON pages(declared_key) WHERE declared_key IS NOT NULL")
    db.execute(REVISITS)
    db.execute(RETURNS)


@SCHEMA()
def m008_note_what_sources_gave(db: Database) -> None:
    """Store whether lists linked to articles, and which parts of a source's entry found nothing.

    missing: NULL if that was not checked, '' if nothing is missing. The indexes serve verdicts.
    """
    db.execute("ALTER TABLE run_sources ADD COLUMN names_articles INTEGER")
    db.execute("ALTER TABLE run_sources ADD COLUMN missing TEXT")
    db.execute("CREATE INDEX articles_changed ON articles(source, changed_at, kind)")
    db.execute(
        "CREATE INDEX pages_repeated ON pages(source, first_seen_at, article)"
        " WHERE outcome = 'duplicate'"
    )
    db.execute(
        "CREATE INDEX pages_unfound ON pages(source, first_seen_at)"
        " WHERE kind = 'article' AND article IS NULL AND outcome IN ('gone', 'soft_404')"
    )


@SCHEMA()
def m009_note_quarters_of_boilerplate(db: Database) -> None:
    """Store in which quarters a recurring block is cut: a list in JSON, empty until learned."""
    db.execute("ALTER TABLE blocks ADD COLUMN quarters TEXT NOT NULL DEFAULT '[]'")


@SCHEMA()
def m010_note_articles_of_captures(db: Database) -> None:
    """Store which article a capture shows: with the times of its page, the order of its states."""
    db.execute("ALTER TABLE captures ADD COLUMN article INTEGER REFERENCES articles(id)")
    db.execute(
        "UPDATE captures SET article = (SELECT pages.article FROM pages"
        " WHERE pages.url_key = captures.url_key)"
    )


@SCHEMA()
def m011_take_turns(db: Database) -> None:
    """Store which pages take turns with which, and when old articles are fetched again.

    turn is the class of a page (scraper.store.pages), published_at the day of a page that was
    deferred because it is older than a run asked for. Articles that were no longer due because of
    their age become due again, spread over a year.
    """
    db.execute("ALTER TABLE pages ADD COLUMN turn TEXT NOT NULL DEFAULT 'article'")
    db.execute("ALTER TABLE pages ADD COLUMN published_at TEXT")
    db.execute("UPDATE pages SET turn = kind WHERE kind <> 'unknown'")
    db.execute(
        "UPDATE pages SET due_at = strftime('%Y-%m-%dT%H:%M:%SZ', settled_at,"
        " '+' || (article % 365) || ' days')"
        " WHERE due_at IS NULL AND article IS NOT NULL"
        " AND outcome IN ('new', 'updated', 'unchanged', 'duplicate')"
    )
    db.execute("DROP INDEX pages_pending")
    db.execute(
        "CREATE INDEX pages_pending ON pages(source, turn, rank, place) WHERE outcome IS NULL"
    )


@SCHEMA()
def m012_index_reasons_of_runs(db: Database) -> None:
    """Index why the pages of a run were not stored: the page of a run counts the reasons."""
    db.execute(
        "CREATE INDEX pages_reasons ON pages(run, source, outcome, reason)"
        " WHERE outcome NOT IN ('new', 'updated', 'unchanged', 'duplicate')"
    )


@SCHEMA()
def m013_store_files(db: Database) -> None:
    """Store photos and attachments, their texts, and the shape of articles.

    The files of all stored articles are waiting to be fetched. The former table of attachments is
    ``article_files``; a view with its name adds what is known of each file.
    """
    db.execute("ALTER TABLE articles ADD COLUMN blocks TEXT NOT NULL DEFAULT '[]'")
    db.execute("ALTER TABLE revisions ADD COLUMN blocks TEXT NOT NULL DEFAULT '[]'")
    db.execute("ALTER TABLE revisions ADD COLUMN attachments TEXT")
    db.execute("ALTER TABLE photos ADD COLUMN alt TEXT")
    db.execute("ALTER TABLE attachments RENAME TO article_files")
    for statement in (*FILE_TABLES, ATTACHMENTS_WITH_FILES):
        db.execute(statement)
    db.execute("CREATE INDEX files_due ON files(source, kind, due_at)")
    db.execute("CREATE INDEX files_outcomes ON files(source, kind, outcome, reason)")
    db.execute("CREATE INDEX files_article ON files(article)")
    db.execute("CREATE INDEX earlier_files_digest ON earlier_files(digest)")
    db.execute("CREATE INDEX files_digest ON files(digest) WHERE digest IS NOT NULL")
    db.execute("CREATE INDEX previews_place ON previews(warc_file, warc_offset)")
    db.execute("CREATE INDEX article_files_url ON article_files(url)")
    db.execute("CREATE INDEX photos_url ON photos(url) WHERE url IS NOT NULL")
    for table, kind in (("article_files", "attachment"), ("photos", "photo")):
        db.execute(
            "INSERT OR IGNORE INTO files"
            " (url_key, source, url, kind, article, first_seen_at, due_at)"
            " SELECT 'file:' || named.url, source, named.url, ?, articles.id, first_seen_at,"
            f" first_seen_at FROM {table} AS named JOIN articles ON articles.id = named.article"
            " WHERE named.url LIKE 'http://%' OR named.url LIKE 'https://%'"
            " ORDER BY articles.id",
            [kind],
        )


@SCHEMA()
def m014_look_at_files_again(db: Database) -> None:
    """Note when a stored file is requested again, and which files of a source are fetched.

    ``files.check_at``: when it is requested again, if it is stored and its server can say whether
    it changed. ``files.max_bytes``: the limit over which it was too large. ``sources.photos`` and
    ``sources.attachments``: whether the last run fetched them. Files that a robots.txt forbade are
    tried again. Captures are found by the beginning of the hash of their body.
    """
    for statement in FILES_AGAIN:
        db.execute(statement)


@SCHEMA()
def m015_store_watches_and_alerts(db: Database) -> None:
    """Store saved searches and what they found, changes until they are reported, and alerts."""
    for statement in WATCH_STATEMENTS:
        db.execute(statement)


@SCHEMA()
def m016_index_changes(db: Database) -> None:
    """Index the articles that changed, and the pages that a run stored."""
    for statement in CHANGE_INDEXES:
        db.execute(statement)


@SCHEMA()
def m017_index_what_came_again(db: Database) -> None:
    """Index when bodies and texts came again, which a run counts, and lists cut by script."""
    db.execute("CREATE INDEX revisits_fetched ON revisits(fetched_at)")
    db.execute("CREATE INDEX pages_by_script ON pages(source, url) WHERE reason = 'more_by_script'")
    db.execute("CREATE INDEX returns_seen ON returns(seen_at)")


@SCHEMA()
def m018_note_shards(db: Database) -> None:
    """Store which shard of a crawl a run was, such as 2/3; NULL for a whole crawl."""
    db.execute("ALTER TABLE runs ADD COLUMN shard TEXT")


@SCHEMA()
def m019_collect_shards(db: Database) -> None:
    """Store which shards a reading database was collected from, and where its rows came from."""
    for statement in COLLECTED_TABLES:
        db.execute(statement)


@SCHEMA()
def m020_store_units_of_sources(db: Database) -> None:
    """Store whose portal a source is, since when it has its state, and when it was confirmed.

    ``unit_code`` is the code of the unit; ``confirmed_at`` is when a run first read articles of its
    own there; ``state_since`` is when the state was found.
    """
    for column in ("unit_code", "former_province", "confirmed_at", "state_since"):
        db.execute(f"ALTER TABLE sources ADD COLUMN {column} TEXT")
    db.execute("CREATE INDEX sources_unit ON sources(unit_code) WHERE unit_code IS NOT NULL")


@SCHEMA()
def m021_store_the_life_of_sources(db: Database) -> None:
    """Store which sources gave no answer or moved in a run, and which a run left out."""
    for statement in LIFE_STATEMENTS:
        db.execute(statement)


@SCHEMA()
def m022_store_candidates(db: Database) -> None:
    """Store what portal discovery has read and looked at."""
    for statement in CANDIDATE_TABLES:
        db.execute(statement)


@SCHEMA()
def m023_recover_from_web_archives(db: Database) -> None:
    """Store what web archives hold of sources, and where captures came from."""
    for statement in RECOVERY_STATEMENTS:
        db.execute(statement)
