"""The verdicts that the pages show are kept for each database, until its next run."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path

import pytest

from scraper.browse import source_list, views
from scraper.browse.serving import application
from scraper.browse.views import health_of
from scraper.monitoring.health import assess
from scraper.store.database import open_for_reading, write_transaction
from scraper.store.runs import finish_run, start_run
from scraper.store.source_record import Health, Record, Verdict
from scraper.store.verdicts import note_verdicts
from tests.scraper.stores import MOMENT, new_database


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[Record]:
    """The records that were judged so far."""
    records: list[Record] = []

    def judge(record: Record) -> Health:
        records.append(record)
        return assess(record)

    monkeypatch.setattr(views, "assess", judge)
    monkeypatch.setattr(views, "now", lambda: MOMENT)
    return records


def test_databases_do_not_share_their_verdicts(tmp_path: Path, judged: list[Record]) -> None:
    paths = [tmp_path / name / "tinhuyen.db" for name in ("one", "other")]
    for path in paths:
        new_database(path.parent)
    for path in paths * 2:
        site = application(path, path.parent / "archive", allow_sql=False)
        assert health_of(site) is health_of(site)
        with closing(open_for_reading(path)) as db:
            health_of(site).sources(db)
    assert len(judged) == 4 * 2


def test_sources_are_judged_again_after_a_run(tmp_path: Path, judged: list[Record]) -> None:
    db = new_database(tmp_path)
    cache = views.HealthCache()
    assert [row["slug"] for row, _ in cache.sources(db)] == ["huyen", "tinh"]
    cache.sources(db)
    assert len(judged) == 2
    finish_run(db, start_run(db, "manual", ["huyen"], MOMENT), "done", MOMENT)
    cache.sources(db)
    assert len(judged) == 4


def test_of_very_many_sources_only_those_of_the_page_are_judged(
    tmp_path: Path, judged: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    db = new_database(tmp_path)
    health = Health(Verdict.BROKEN, "no text")
    with write_transaction(db):
        note_verdicts(db, {"tinh": health}, MOMENT)
    monkeypatch.setattr(source_list, "JUDGED", 1)
    monkeypatch.setattr(source_list, "PAGE", 1)
    site = application(tmp_path / "tinhuyen.db", tmp_path / "archive", allow_sql=False)
    pages = [asyncio.run(site.client.get(f"/sources?page={page}")).text for page in (1, 2)]
    assert ["/sources/tinh" in page for page in pages] == [True, False]
    assert ["/sources/huyen" in page for page in pages] == [False, True]
    assert len(judged) == 2
