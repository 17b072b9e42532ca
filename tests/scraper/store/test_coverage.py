"""How units are covered: each is counted once, by the best of its portals, and all sums close."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from sqlite_utils import Database

from pipelines.article import Article
from pipelines.gazetteer.units import districts, provinces, units
from scraper.base.clock import to_utc_iso
from scraper.base.source import Level, Source, State
from scraper.store.articles import insert_article
from scraper.store.coverage import (
    CoverageRow,
    Tally,
    cover,
    cover_province,
    rows_of,
    total_of,
)
from scraper.store.database import open_database, write_transaction
from scraper.store.known_portals import Coverage, known_portals
from scraper.store.runs import start_run
from scraper.store.sources import sync_sources
from tests.scraper.stores import MOMENT

HAM_YEN = "02374"
RECENT, OLD = MOMENT - timedelta(days=3), MOMENT - timedelta(days=40)


def source(slug: str, code: str | None = HAM_YEN, **more: object) -> Source:
    values = {"slug": slug, "name": slug, "home_url": f"https://{slug}.vn/", "unit_code": code}
    return Source.model_validate(values | more)


def put_article(db: Database, slug: str, published_at: str | None) -> None:
    article = Article(url=f"https://{slug}.vn/1", title=slug, published_at=published_at)
    with write_transaction(db):
        insert_article(db, slug, article, RECENT)


def run_on(db: Database, slug: str, *, requests: int = 1, blocked: int = 0) -> None:
    run = start_run(db, "manual", [slug], RECENT)
    db.execute(
        "UPDATE run_sources SET requests = ?, blocked = ? WHERE run = ?", [requests, blocked, run]
    )


def was_read(db: Database, slug: str, moment: str) -> None:
    db.execute("UPDATE sources SET last_success_at = ? WHERE slug = ?", [moment, slug])


@pytest.fixture
def db(tmp_path: Path) -> Database:
    """A portal in each state that there is."""
    db = open_database(tmp_path / "tinhuyen.db")
    names = (
        "news", "undated", "quiet", "future", "stale", "mute", "refusing", "waiting", "never",
    )  # fmt: skip
    states = dict.fromkeys(("stale", "mute", "refusing"), State.LIVE)
    states |= {"dead": State.DEAD, "taken": State.HIJACKED, "gone": State.MOVED}
    sync_sources(
        db, [source(slug, state=states.get(slug, "unknown")) for slug in {*names, *states}]
    )
    for slug in ("news", "undated", "quiet", "future", "dead"):
        was_read(db, slug, to_utc_iso(RECENT))
    for slug in ("stale", "mute", "refusing"):
        was_read(db, slug, to_utc_iso(OLD))
    put_article(db, "news", "2026-11-20T08:00:00+07:00")
    put_article(db, "undated", None)
    put_article(db, "quiet", "2026-09-30")
    put_article(db, "future", "2031-01-01")
    run_on(db, "mute")
    run_on(db, "refusing", blocked=1)
    run_on(db, "waiting", requests=0)
    return db


def test_each_portal_is_as_runs_found_it(db: Database) -> None:
    found = {portal.slug: portal.coverage.value for portal in known_portals(db, MOMENT)}
    assert found == {
        "news": "read",
        "undated": "read",
        "quiet": "silent",
        "future": "silent",
        "stale": "unread",
        "refusing": "unread",
        "mute": "dark",
        "dead": "dark",
        "taken": "dark",
        "gone": "dark",
        "waiting": "unchecked",
        "never": "unchecked",
    }


def test_a_unit_counts_once_by_the_best_of_its_portals(db: Database) -> None:
    (unit,) = [
        unit
        for unit in cover_province(units()["08"], known_portals(db, MOMENT)).communes
        if unit.place.code == HAM_YEN
    ]
    assert unit.coverage == Coverage.READ
    assert len(unit.portals) == 12
    ranks = [list(Coverage).index(portal.coverage) for portal in unit.portals]
    assert ranks == sorted(ranks)


def test_the_registry_states_and_runs_find_out(db: Database) -> None:
    registered = [
        source("news", "H074", name="Tin mới", enabled=False),
        source("never", state="dead"),
        source("added", "08"),
    ]
    found = {portal.slug: portal for portal in known_portals(db, MOMENT, registered)}
    news = found["news"]
    assert (news.name, news.unit_code, news.is_enabled) == ("Tin mới", "H074", False)
    assert (news.coverage, news.newest_at) == (Coverage.READ, "2026-11-20T08:00:00+07:00")
    assert found["never"].coverage == Coverage.DARK
    assert found["added"].coverage == Coverage.UNCHECKED
    assert "quiet" in found, "what only the database has is known, too"
    assert [one.slug for one in known_portals(None, MOMENT, registered)] == [
        "added", "never", "news",
    ]  # fmt: skip


def made_up(random: Random, number: int) -> Source:
    """A source of any unit, of none, or of a place that is not known."""
    choices: list[list[str | None]] = [[None, "99999", "H999"], [*units()], [*districts()]]
    codes = random.choice(choices)
    province = random.choice([None, "Hà Giang", "tp hồ chí minh", "Sơn Hà"])
    state = random.choice(list(State))
    level = random.choice(list(Level))
    return source(f"s{number}", random.choice(codes), province=province, state=state, level=level)


def test_all_sums_close_whatever_is_registered() -> None:
    random = Random(20)
    registered = [made_up(random, number) for number in range(1_000)]
    covered, elsewhere = cover(known_portals(None, MOMENT, registered))
    rows = rows_of(covered)
    total = total_of(rows)
    for row in (*rows, total):
        for tally in (row.communes, row.districts):
            assert tally.units == tally.known + tally.not_known
            assert tally.known == tally.live + tally.unchecked + tally.dark
            assert tally.live == tally.read + tally.silent + tally.unread
    assert (len(rows), total.communes.units, total.districts.units) == (34, 3321, 696)
    assert total.portals + len(elsewhere) == len(registered)
    assert 0 < total.communes.known < 3321
    known = {one.unit_code for one in registered} & units().keys() - {p.code for p in provinces()}
    assert total.communes.known == len(known)
    assert elsewhere


def test_a_portal_without_a_known_unit_is_placed_by_its_entry() -> None:
    places: dict[str, dict[str, str]] = {
        "a": {"province": "Sơn Hà"},
        "b": {"province": "Hà Giang"},
        "c": {"former_province": "ha giang"},
        "d": {"province": "Cà Mau", "unit_code": HAM_YEN},
    }
    registered = [source(slug, None).model_copy(update=more) for slug, more in places.items()]
    found = {one.slug: one.province_code for one in known_portals(None, MOMENT, registered)}
    assert found == {"a": None, "b": "08", "c": "08", "d": "08"}


def test_rows_are_summed_up_by_their_numbers() -> None:
    tally = Tally.of([Coverage.READ, Coverage.DARK, Coverage.NOT_KNOWN])
    row = CoverageRow("08", "Tuyên Quang", tally, Tally(), 3, 1)
    total = total_of([row, replace(row, districts=tally)])
    assert asdict(total.communes) == {name: 2 * count for name, count in asdict(tally).items()}
    assert (total.districts, total.portals, total.other_portals) == (tally, 6, 2)
