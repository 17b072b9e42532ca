"""Migrations: every row stays, all or nothing, whoever opens the file and whoever is killed."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path

import pytest
from sqlite_utils import Database, Migrations

from pipelines.article import Article
from pipelines.items import Outcome
from scraper.base.errors import StoreError
from scraper.store import database
from scraper.store.database import open_database, open_for_reading
from scraper.store.schema import SCHEMA
from tests.scraper.stores import Portal, keep_article, new_database, page_of

OPEN = (
    "import sys; from pathlib import Path; from scraper.store.database import open_database; "
    "open_database(Path(sys.argv[1]))"
)


def later_version(*statements: str) -> Migrations:
    """The schema with one more migration."""
    later = Migrations(SCHEMA.name)
    for migration in ALL:
        later(name=migration.name)(migration.fn)

    @later(name="m999_later")
    def m999_later(db: Database) -> None:
        for statement in statements:
            db.execute(statement)

    return later


ALL = SCHEMA.pending(Database(memory=True))


def earlier_version(count: int) -> Migrations:
    """The schema as it was with so many migrations."""
    earlier = Migrations(SCHEMA.name)
    for migration in ALL[:count]:
        earlier(name=migration.name)(migration.fn)
    return earlier


def content(path: Path) -> list[str]:
    return list(sqlite3.connect(path).iterdump())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    keep_article(new_database(tmp_path), Article(title="Tin", paragraphs=["Một"]))
    return tmp_path / "tinhuyen.db"


def test_a_migration_keeps_every_row(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = content(path)
    later = later_version("ALTER TABLE sources ADD COLUMN rating INTEGER")
    monkeypatch.setattr(database, "SCHEMA", later)
    open_database(path)
    new = [line for line in content(path) if line not in before]
    assert [line for line in new if "rating" not in line and 'INTO "sources"' not in line] == [
        line for line in new if "m999_later" in line
    ]
    assert len(content(path)) == len(before) + 1


RENAMED = {"attachments": "article_files"}
"""Tables that a migration renames."""


@pytest.mark.fault(62)
def rows(path: Path) -> dict[str, list[dict[str, object]]]:
    """Every row of every table that is not the full-text index's own."""
    db = Database(path)
    tables = [name for name in db.table_names() if "_fts" not in name]
    return {name: list(db.query(f'SELECT * FROM "{name}"')) for name in tables}


def fill(earlier: Database, today: Path) -> None:
    """Put the rows of today's database into one of an earlier schema, as far as it has columns."""
    earlier.attach("today", today)
    for table in earlier.tables:
        if "_fts" not in table.name and not table.name.startswith("_"):
            columns = ", ".join(f'"{name}"' for name in table.columns_dict)
            earlier.execute(
                f'INSERT OR REPLACE INTO "{table.name}" ({columns})'  # triggers add some rows first
                f' SELECT {columns} FROM today."{table.name}"'
            )


def test_rows_of_a_schema_without_kinds_are_of_kind_article(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal = Portal(tmp_path / "today")
    portal.fetch("tin/1.html", page_of("Tin", "Một. " * 40, "Hai. " * 40))
    keep_article(portal.db, Article(title="Tin", lede="Không có thân bài"))
    path = tmp_path / "earlier.db"
    before_kinds = [migration.name for migration in ALL].index("m006_store_kinds_and_attachments")
    monkeypatch.setattr(database, "SCHEMA", earlier_version(before_kinds))
    earlier = open_database(path)
    assert "kind" not in earlier.table("articles").columns_dict
    fill(earlier, tmp_path / "today" / "tinhuyen.db")
    monkeypatch.undo()
    db = open_database(path)
    assert db.execute("SELECT kind FROM articles").fetchall() == [("article",), ("article",)]
    assert db.execute("SELECT count(*) FROM attachments").fetchone() == (0,)


@pytest.mark.parametrize("count", range(1, len(ALL)))
def test_every_earlier_schema_is_brought_up_to_date_with_every_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    Portal(tmp_path / "today").fetch("tin/1.html", page_of("Tin", "Một. " * 40, "Hai. " * 40))
    path = tmp_path / "earlier.db"
    monkeypatch.setattr(database, "SCHEMA", earlier_version(count))
    fill(open_database(path), tmp_path / "today" / "tinhuyen.db")
    before = rows(path)
    assert len(before["articles"]) == 1
    monkeypatch.undo()
    open_database(path)
    after = rows(path)
    for table, kept in before.items():
        renamed = RENAMED.get(table, table)
        for old, new in zip(kept, after[renamed], strict=False):
            assert new == new | old
        assert len(after[renamed]) == len(kept) or table == "_sqlite_migrations"


def test_a_migration_that_fails_leaves_the_file_as_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content(path)
    later = later_version("DELETE FROM sources", "CREATE TABLE later (x)", "DELETE FROM absent")
    monkeypatch.setattr(database, "SCHEMA", later)
    with pytest.raises(StoreError, match="no such table"):
        open_database(path)
    assert content(path) == before


def test_reading_an_older_schema_brings_it_up_to_date(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "SCHEMA", later_version("CREATE TABLE later (x)"))
    assert "later" in open_for_reading(path).table_names()


def test_a_large_database_of_an_older_schema_that_cannot_be_written_says_what_to_do(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content(path)
    monkeypatch.setattr(database, "SCHEMA", later_version("CREATE TABLE later (x)"))

    def refuse(path: Path) -> None:
        raise StoreError("attempt to write a readonly database")

    monkeypatch.setattr(database, "open_database", refuse)
    monkeypatch.setattr(database, "MAX_COPY_BYTES", 0)
    with pytest.raises(StoreError, match=r"older schema and cannot be .* as its owner once"):
        open_for_reading(path)
    assert content(path) == before


def test_processes_that_open_a_new_file_at_once_all_succeed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OPEN, str(tmp_path / "new.db")]
    opening = [
        subprocess.Popen(command, cwd=Path(__file__).parents[3], stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    assert [process.communicate(timeout=300)[1] for process in opening] == [b""] * 4


def open_until(path: Path, statement: int) -> None:
    """Open the database, and be killed before the n-th statement."""
    connect, seen = sqlite3.connect, []

    def watch(sql: str) -> None:
        seen.append(sql)
        if len(seen) == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    def connect_watched(*arguments: object, **options: object) -> sqlite3.Connection:
        connection = connect(*arguments, **options)  # type: ignore[call-overload]
        connection.set_trace_callback(watch)
        assert isinstance(connection, sqlite3.Connection)
        return connection

    database.sqlite3.connect = connect_watched  # type: ignore[attr-defined]
    open_database(path)


@pytest.mark.fault(62)
def kill_at(statement: int, path: Path) -> bool:
    """Open the database in a process of its own; whether it was killed before it had done so."""
    process = get_context("fork").Process(target=open_until, args=(path, statement))
    process.start()
    process.join(timeout=300)
    return process.exitcode == -signal.SIGKILL


def test_a_migration_killed_at_any_statement_is_done_whole_or_not_at_all(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = later_version(
        "ALTER TABLE articles ADD COLUMN rating INTEGER",
        "UPDATE articles SET rating = 1",
        "CREATE TABLE ratings AS SELECT id, rating FROM articles",
        "DELETE FROM sources WHERE slug = 'tinh'",
    )
    before = content(path)
    monkeypatch.setattr(database, "SCHEMA", later)
    statement = 1
    while kill_at(statement, path):
        assert content(path) == before
        statement += 1
    assert statement > 10
    assert Database(path).execute("SELECT * FROM ratings").fetchall() == [(1, 1)]


def test_a_new_file_can_be_opened_after_a_kill_at_any_statement(tmp_path: Path) -> None:
    killed = 0
    for statement in range(1, 60):
        path = tmp_path / f"{statement}.db"
        killed += kill_at(statement, path)
        assert open_database(path).execute("SELECT count(*) FROM articles").fetchone() == (0,)
    assert killed > 30


@pytest.mark.fault(62)
def test_a_migration_killed_at_any_statement_is_done_by_the_next_program(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = later_version(
        "ALTER TABLE sources ADD COLUMN rating INTEGER",
        "CREATE TABLE later (x)",
        "INSERT INTO later SELECT id FROM articles",
        "UPDATE articles SET author = 'Lan'",
    )
    monkeypatch.setattr(database, "SCHEMA", later)
    killed = 0
    for statement in range(1, 40):
        copy = path.with_name(f"{statement}.db")
        sqlite3.connect(path).execute("VACUUM INTO ?", [str(copy)])
        process = get_context("fork").Process(target=open_until, args=(copy, statement))
        process.start()
        process.join(timeout=300)
        killed += process.exitcode == -signal.SIGKILL
        rows = open_database(copy).execute("SELECT author, x FROM articles, later").fetchall()
        assert rows == [("Lan", 1)]
    assert killed > 10


RELEASED = {
    "m001_create_tables": "60589a32afaa",
    "m002_note_verdicts": "24e5c083df7b",
    "m003_index_health": "71c1fb0de2b6",
    "m004_note_sightings": "184baa131c57",
    "m005_index_pages_of_articles": "1de73fe6e05d",
    "m006_store_kinds_and_attachments": "a9de25b1a930",
    "m007_note_declared_addresses_and_returns": "120ab8bf6da5",
    "m008_note_what_sources_gave": "f0e0d835f7d9",
    "m009_note_quarters_of_boilerplate": "6709bdbed213",
    "m010_note_articles_of_captures": "fe47f60b0fd9",
    "m011_take_turns": "26acca5e5559",
    "m012_index_reasons_of_runs": "d13b6fdde481",
    "m013_store_files": "371b220b1577",
    "m014_look_at_files_again": "bed89ba6f113",
    "m015_store_watches_and_alerts": "584937e0b3d0",
    "m016_index_changes": "1b18e64db443",
    "m017_index_what_came_again": "e1f1ebbba30f",
    "m018_note_shards": "fa76bc5d863a",
    "m019_collect_shards": "ac6012a54bd2",
    "m020_store_units_of_sources": "57766e00e58f",
    "m021_store_the_life_of_sources": "2a2309e80834",
    "m022_store_candidates": "621b21e25d17",
    "m023_recover_from_web_archives": "0d4067ef2f2f",
}
"""A digest of the schema after each migration. A new migration adds its line; none ever changes."""


def schema_digest(db: Database) -> str:
    """Columns, keys and defaults of every table and view, and the indexes."""
    names = db.execute(
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
        " AND name NOT LIKE '%\\_fts\\_%' ESCAPE '\\' ORDER BY name"
    ).fetchall()
    columns = [(name, db.execute(f'PRAGMA table_xinfo("{name}")').fetchall()) for (name,) in names]
    indexes = db.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' ORDER BY name"
    ).fetchall()
    return sha256(repr((columns, indexes)).encode()).hexdigest()[:12]


def test_a_released_migration_makes_the_schema_that_it_was_released_with() -> None:
    db, found = Database(memory=True), {}
    for migration in ALL:
        migration.fn(db)
        found[migration.name] = schema_digest(db)
    assert found == RELEASED


def test_every_outcome_has_a_column_that_a_migration_made() -> None:
    db = Database(memory=True)
    SCHEMA.apply(db)
    without = [str(each) for each in Outcome if each not in db.table("run_sources").columns_dict]
    assert not without, f"add a migration that adds to run_sources the columns {without}"


def test_the_schema_is_made_of_literals_alone() -> None:
    for name in ("tables", "file_tables", "watch_tables", "change_indexes", "schema"):
        text = (Path(database.__file__).parent / f"{name}.py").read_text(encoding="utf-8")
        assert "from pipelines" not in text
