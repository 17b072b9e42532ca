"""The table of sources mirrors the registry, and shows only what is watched or has pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlite_utils import Database

from pipelines.article import Article
from scraper.base.clock import to_utc_iso
from scraper.base.source import Source, State
from scraper.config.registry import load_catalogue
from scraper.monitoring.health import check_sources
from scraper.store.database import write_transaction
from scraper.store.source_life import set_state
from scraper.store.sources import (
    disable_missing,
    enabled_slugs,
    note_platform,
    read_source,
    shown_names,
    source_places,
    stored_sources,
    sync_registry,
)
from tests.scraper.stores import MOMENT, SOURCES, keep_article, new_database

SLUGS = [source.slug for source in SOURCES]


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return new_database(tmp_path)


def registry() -> list[Source]:
    return list(load_catalogue(Path("no sources.toml")).sources.values())


def writes(db: Database) -> int:
    return int(db.conn.total_changes)


def test_only_rows_that_differ_are_written(db: Database) -> None:
    sources = registry()
    assert sync_registry(db, sources) == len(sources)
    disable_missing(db, SLUGS)
    before = writes(db)
    sync_registry(db, sources)
    disable_missing(db, [*SLUGS, *(source.slug for source in sources if source.enabled)])
    enabled = sum(source.enabled for source in sources)
    assert writes(db) - before == enabled
    before = writes(db)
    renamed = sources[0].model_copy(update={"name": "Tên mới"})
    assert sync_registry(db, [renamed, *sources[1:]]) == 1
    assert writes(db) - before == 1
    row = read_source(db, renamed.slug)
    assert row is not None
    assert (row["name"], row["province"]) == ("Tên mới", "An Giang")


def test_what_runs_found_stays(db: Database) -> None:
    source = Source(slug="xa", name="Xã", home_url="https://xa.example/", enabled=False)
    sync_registry(db, [source])
    with write_transaction(db):
        set_state(db, "xa", State.MOVED, MOMENT)
        note_platform(db, "xa", "liferay")
        db.execute("UPDATE sources SET confirmed_at = '2026-11-01T00:00:00Z' WHERE slug = 'xa'")
    changed = source.model_copy(
        update={"platform": "nukeviet", "state": State.LIVE, "unit_code": "00283"}
    )
    assert sync_registry(db, [changed]) == 1
    row = read_source(db, "xa")
    assert row is not None
    assert (row["state"], row["platform"], row["unit_code"]) == ("moved", "liferay", "00283")
    assert row["state_since"] == to_utc_iso(MOMENT)
    assert row["confirmed_at"] == "2026-11-01T00:00:00Z"
    assert sync_registry(db, [changed]) == 0


def test_sources_that_are_only_mirrored_are_not_shown(db: Database, tmp_path: Path) -> None:
    catalogue = load_catalogue(tmp_path / "sources.toml")
    off = [source.model_copy(update={"enabled": False}) for source in registry()]
    sync_registry(db, off)
    assert sorted(shown_names(db)) == sorted(SLUGS)
    assert [row["slug"] for row in source_places(db)] == SLUGS
    assert sorted(stored_sources(db, catalogue.sources)) == sorted(SLUGS)
    assert sorted(enabled_slugs(db)) == sorted(SLUGS)
    watched = {source.slug for source in catalogue.enabled}
    assert set(check_sources(db, MOMENT, catalogue)) == {*SLUGS, *watched}
    keep_article(db, Article(title="Tin", paragraphs=["Một"]), "hamyen")
    assert stored_sources(db, catalogue.sources)["hamyen"] == catalogue.find("hamyen")
    assert "hamyen" in shown_names(db)
