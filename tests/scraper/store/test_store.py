"""The store: what a kill, another program's file or a newer schema cannot do to it."""

from __future__ import annotations

import ast
import re
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

import scraper.store
from pipelines.items import Outcome
from scraper.base.errors import StoreError
from scraper.base.source import Source
from scraper.store.database import open_database, open_for_reading, write_transaction
from scraper.store.outcomes import FetchResult, record_outcome
from scraper.store.pages import Discovery, discover, due_pages, page_record
from scraper.store.runs import add_reasons, finish_run, list_runs, read_run, start_run
from scraper.store.sources import sync_sources

STORE = Path(scraper.store.__file__).parent
MOMENT = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)
SOURCE = Source(slug="hoabinh", name="Xã Hòa Bình", home_url="https://hoabinh.example/")


@pytest.fixture
def db(tmp_path: Path) -> Database:
    db = open_database(tmp_path / "tinhuyen.db")
    sync_sources(db, [SOURCE])
    return db


def found(*keys: str) -> list[Discovery]:
    return [Discovery(key, SOURCE.slug, f"https://{key}", "article") for key in keys]


def test_opening_again_changes_nothing(tmp_path: Path, db: Database) -> None:
    before = db.schema
    assert open_database(tmp_path / "tinhuyen.db").schema == before


@pytest.mark.fault(62)
def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE songs (title TEXT)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="another program"):
        open_database(path)
    assert path.read_bytes() == before


@pytest.mark.fault(62)
@pytest.mark.parametrize("content", [b"garbage " * 500, b"SQLite format 3\x00" + b"\xff" * 4000])
def test_a_damaged_file_is_never_repaired_by_overwriting(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "damaged.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="restore it from a backup"):
        open_database(path)
    assert path.read_bytes() == content


@pytest.mark.fault(62)
def test_a_newer_schema_is_refused_with_the_remedy(tmp_path: Path, db: Database) -> None:
    db.table("_sqlite_migrations").insert(
        {"migration_set": "tinhuyen", "name": "m999_from_the_future", "applied_at": "2030"}
    )
    with pytest.raises(StoreError, match=r"m999_from_the_future.*update tinhuyen"):
        open_database(tmp_path / "tinhuyen.db")


def test_reading_asks_for_a_database_that_exists(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="tinhuyen crawl"):
        open_for_reading(tmp_path / "absent.db")
    assert not (tmp_path / "absent.db").exists()


def test_reading_cannot_write(tmp_path: Path, db: Database) -> None:
    reader = open_for_reading(tmp_path / "tinhuyen.db")
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute("DELETE FROM sources")


def test_a_transaction_that_raises_leaves_nothing(db: Database) -> None:
    run = start_run(db, "manual", [SOURCE.slug], MOMENT)

    def discover_and_die() -> None:
        with write_transaction(db):
            discover(db, run, found("hoabinh.example/a"), MOMENT)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        discover_and_die()
    assert page_record(db, "hoabinh.example/a") is None
    assert read_run(db, run)["sources"][0]["discovered"] == 0  # type: ignore[index]


def test_a_transaction_whose_end_fails_is_over_all_the_same(db: Database) -> None:
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("CREATE TABLE notes (id REFERENCES articles(id) DEFERRABLE INITIALLY DEFERRED)")

    def note() -> None:
        with write_transaction(db):
            db.execute("INSERT INTO notes VALUES (1)")

    with pytest.raises(sqlite3.IntegrityError):
        note()
    with write_transaction(db):
        pass
    assert db["notes"].count == 0


def test_the_sums_of_a_run_close(db: Database) -> None:
    run = start_run(db, "manual", [SOURCE.slug], MOMENT)
    with write_transaction(db):
        discover(db, run, found("a", "b", "c"), MOMENT)
        record_outcome(db, FetchResult(run, SOURCE.slug, "a", Outcome.LISTING), MOMENT)
        record_outcome(db, FetchResult(run, SOURCE.slug, "b", Outcome.FAILED, "dns"), MOMENT)
    finish_run(db, run, "done", MOMENT)
    row = read_run(db, run)
    assert row is not None
    counts = row["sources"][0]
    assert counts["discovered"] == sum(counts[outcome] for outcome in Outcome) == 3
    assert counts["deferred"] == 1


@pytest.mark.fault(58)
def test_what_a_killed_run_left_is_deferred_and_due_in_the_next(db: Database) -> None:
    killed = start_run(db, "manual", [SOURCE.slug], MOMENT)
    with write_transaction(db):
        discover(db, killed, found("a", "b"), MOMENT)
    start_run(db, "manual", [SOURCE.slug], MOMENT)
    assert [run["state"] for run in list_runs(db)] == ["running", "interrupted"]
    row = read_run(db, killed)
    assert row is not None
    assert row["sources"][0]["deferred"] == 2
    assert [page.url_key for page in due_pages(db, SOURCE.slug, MOMENT)] == ["a", "b"]


def test_failures_in_a_row_are_counted_and_a_success_forgets_them(db: Database) -> None:
    run = start_run(db, "manual", [SOURCE.slug], MOMENT)
    for outcome, attempts in ((Outcome.FAILED, 1), (Outcome.BROKEN, 2), (Outcome.LISTING, 0)):
        with write_transaction(db):
            discover(db, run, found("a"), MOMENT)
            record_outcome(db, FetchResult(run, SOURCE.slug, "a", outcome), MOMENT)
        page = page_record(db, "a")
        assert page is not None
        assert page.attempts == attempts


def test_reasons_are_counted_for_what_was_not_stored(db: Database) -> None:
    thin = ("a", "b", "c")
    run = start_run(db, "manual", [SOURCE.slug], MOMENT)
    with write_transaction(db):
        discover(db, run, found(*thin, "d", "e", "f", "g"), MOMENT)
        for key in thin:
            end = FetchResult(run, SOURCE.slug, key, Outcome.NOT_ARTICLE, "too_short")
            record_outcome(db, end, MOMENT)
        record_outcome(
            db, FetchResult(run, SOURCE.slug, "d", Outcome.NOT_ARTICLE, "site_page"), MOMENT
        )
        record_outcome(db, FetchResult(run, SOURCE.slug, "e", Outcome.LISTING), MOMENT)
        record_outcome(
            db, FetchResult(run, SOURCE.slug, "f", Outcome.SOFT_404, "redirect_home"), MOMENT
        )
        record_outcome(
            db, FetchResult(run, SOURCE.slug, "g", Outcome.DUPLICATE, "redirect"), MOMENT
        )
    assert reasons_of(db, run) == {
        "not_article": {"too_short": 3, "site_page": 1},
        "soft_404": {"redirect_home": 1},
    }
    later = start_run(db, "manual", [SOURCE.slug], MOMENT)
    with write_transaction(db):
        discover(db, later, found("a"), MOMENT)
        record_outcome(
            db, FetchResult(later, SOURCE.slug, "a", Outcome.NOT_ARTICLE, "document"), MOMENT
        )
    assert reasons_of(db, later) == {"not_article": {"document": 1}}
    assert reasons_of(db, run)["not_article"] == {
        "too_short": 2,
        "site_page": 1,
        "settled_again": 1,
    }


def test_the_reasons_of_a_run_are_counted_by_an_index(db: Database) -> None:
    """A database has some hundred thousand pages, of which one run fetched a few."""
    run = start_run(db, "manual", [SOURCE.slug], MOMENT)
    asked: list[tuple[str, Any]] = []
    with db.tracer(lambda sql, values: asked.append((sql, values))):
        reasons_of(db, run)
    [(sql, values)] = [one for one in asked if "FROM pages" in one[0]]
    plan = " ".join(row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {sql}", values))
    assert "USING COVERING INDEX pages_reasons (run=?)" in plan
    assert "SCAN pages" not in plan


def reasons_of(db: Database, run: int) -> dict[str, dict[str, int]]:
    row = read_run(db, run)
    assert row is not None
    add_reasons(db, run, row["sources"])
    reasons: dict[str, dict[str, int]] = row["sources"][0]["reasons"]
    return reasons


def statements(path: Path) -> Iterator[tuple[int, str]]:
    """The string literals of a module, each with its line; adjacent ones are one."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
        elif isinstance(node, ast.JoinedStr):
            parts = [part.value for part in node.values if isinstance(part, ast.Constant)]
            yield node.lineno, "".join(map(str, parts))


@pytest.mark.parametrize("path", sorted(STORE.glob("*.py")), ids=lambda path: path.name)
def test_a_statement_with_many_values_names_them(path: Path) -> None:
    marks = re.compile(r"(?<![\w?'])\?(?!\d)")
    unnamed = {
        line: count for line, text in statements(path) if (count := len(marks.findall(text))) > 6
    }
    assert not unnamed, f"name the values (:url_key) of the statements in the lines {unnamed}"


@pytest.mark.parametrize("path", sorted(STORE.glob("*.py")), ids=lambda path: path.name)
def test_a_file_of_the_store_has_one_job_and_fits_on_a_few_screens(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300
