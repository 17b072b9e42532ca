"""The verdicts that the pages show: noted after a run, or judged, as far as there is time for."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from scraper.browse import health_cache, source_list
from scraper.browse.health_cache import HealthCache
from scraper.browse.serving import application
from scraper.browse.views import health_of
from scraper.monitoring.health import assess
from scraper.store.article_changes import advance
from scraper.store.database import open_for_reading, write_transaction
from scraper.store.runs import finish_run, start_run
from scraper.store.source_record import Health, Record, Verdict
from scraper.store.verdicts import note_verdicts
from tests.scraper.stores import MOMENT, new_database

BOTH = ("huyen", "tinh")
BROKEN = Health(Verdict.BROKEN, "no text")
FINE = Health(Verdict.FINE, "3 articles and notices in the past fortnight")


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[Record]:
    """The records that were judged so far."""
    records: list[Record] = []

    def judge(record: Record) -> Health:
        records.append(record)
        return assess(record)

    monkeypatch.setattr(health_cache, "assess", judge)
    monkeypatch.setattr(health_cache, "now", lambda: MOMENT)
    return records


@pytest.fixture
def without_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave no time for judging."""
    for name in ("JUDGING_MS", "MORE_MS"):
        monkeypatch.setattr(health_cache, name, 0)


def crawl(db: Database, *slugs: str) -> int:
    run = start_run(db, "manual", slugs, MOMENT)
    finish_run(db, run, "done", MOMENT)
    return run


def report(db: Database, run: int, healths: Mapping[str, Health]) -> None:
    with write_transaction(db):
        note_verdicts(db, healths, MOMENT)
        advance(db, "watches", run)


def verdicts(cache: HealthCache, db: Database) -> dict[str, str]:
    return {row["slug"]: health.verdict for row, health in cache.sources(db).known}


def test_databases_do_not_share_their_verdicts(tmp_path: Path, judged: list[Record]) -> None:
    paths = [tmp_path / name / "tinhuyen.db" for name in ("one", "other")]
    for path in paths:
        crawl(new_database(path.parent), *BOTH)
    for path in paths * 2:
        site = application(path, path.parent / "archive", allow_sql=False)
        assert health_of(site) is health_of(site)
        with closing(open_for_reading(path)) as db:
            health_of(site).sources(db)
    assert len(judged) == 4 * 2


def test_sources_are_judged_again_after_a_run_and_after_an_hour(
    tmp_path: Path, judged: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    db, cache = new_database(tmp_path), HealthCache()
    crawl(db, *BOTH)
    assert list(verdicts(cache, db)) == list(BOTH)
    cache.sources(db)
    assert len(judged) == 2
    crawl(db, "huyen")
    cache.sources(db)
    assert len(judged) == 4
    monkeypatch.setattr(health_cache, "now", lambda: MOMENT + timedelta(hours=1))
    cache.sources(db)
    cache.sources(db)
    assert len(judged) == 6


@pytest.mark.usefixtures("without_time")
def test_what_the_report_noted_is_shown_without_judging(
    tmp_path: Path, judged: list[Record]
) -> None:
    db, cache = new_database(tmp_path), HealthCache()
    report(db, crawl(db, *BOTH), {"huyen": FINE, "tinh": BROKEN})
    assert verdicts(cache, db) == {"tinh": "broken", "huyen": "fine"}
    found = cache.sources(db)
    assert [health for _, health in found.known] == [BROKEN, FINE]
    assert (found.unjudged, judged) == (0, [])


@pytest.mark.usefixtures("without_time")
def test_what_was_noted_before_the_last_run_of_a_source_counts_no_more(tmp_path: Path) -> None:
    db, cache = new_database(tmp_path), HealthCache()
    report(db, crawl(db, *BOTH), dict.fromkeys(BOTH, FINE))
    crawl(db, "huyen")
    found = cache.sources(db)
    assert [row["slug"] for row, _ in found.known] == ["tinh"]
    assert found.unjudged == 1


@pytest.mark.usefixtures("without_time")
def test_a_run_that_goes_on_takes_no_verdict_away(tmp_path: Path) -> None:
    db, cache = new_database(tmp_path), HealthCache()
    report(db, crawl(db, *BOTH), dict.fromkeys(BOTH, FINE))
    start_run(db, "manual", BOTH, MOMENT)
    assert len(cache.sources(db).known) == 2


@pytest.mark.usefixtures("without_time")
def test_a_source_without_a_run_is_new_without_judging(tmp_path: Path) -> None:
    assert set(verdicts(HealthCache(), new_database(tmp_path)).values()) == {"new"}


def test_each_visit_judges_as_many_as_there_is_time_for(
    tmp_path: Path, judged: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    db, cache = new_database(tmp_path), HealthCache()
    crawl(db, *BOTH)
    for name in ("JUDGING_MS", "MORE_MS"):
        monkeypatch.setattr(health_cache, name, 1000)
    seconds = iter(range(100))
    monkeypatch.setattr(health_cache, "thread_time", lambda: next(seconds) / 2)
    assert [cache.sources(db).unjudged for _ in range(3)] == [1, 0, 0]
    assert len(judged) == 2


def test_a_reason_that_changes_is_noted_without_a_new_verdict(tmp_path: Path) -> None:
    db = new_database(tmp_path)
    for count in (1, 2):
        reason = f"{count} articles in a fortnight, 8 would be usual"
        report(db, crawl(db, *BOTH), {"huyen": Health(Verdict.QUIET, reason)})
    assert [(row["verdict"], row["reason"], row["told"]) for row in db["verdicts"].rows] == [
        ("quiet", "2 articles in a fortnight, 8 would be usual", 0)
    ]


@pytest.mark.usefixtures("without_time")
def test_the_pages_say_how_many_sources_are_not_judged_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = new_database(tmp_path)
    report(db, crawl(db, *BOTH), {"tinh": BROKEN})
    monkeypatch.setattr(source_list, "PAGE", 1)
    site = application(tmp_path / "tinhuyen.db", tmp_path / "archive", allow_sql=False)
    addresses = ("/?", "/failures?", "/sources?page=1&", "/sources?page=2&")
    home, failures, first, second = [
        asyncio.run(site.client.get(f"{address}lang=en")).text for address in addresses
    ]
    for text in (home, failures):
        assert "1 source is not judged yet" in text
        assert "Broken" in text
    assert "Broken" in first
    assert "Not judged yet" in second
