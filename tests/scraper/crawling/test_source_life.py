"""The life of a source over simulated nights: its state, its confirmation, when it is asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from pipelines.article import Article
from scraper.base.source import Source, State
from scraper.crawling.source_life import left_out, note_life
from scraper.monitoring.source_states import DEAD_NIGHTS, MOVED_NIGHTS
from scraper.store.articles import insert_article
from scraper.store.database import open_database, write_transaction
from scraper.store.pages import Discovery, discover
from scraper.store.runs import finish_run, latest_runs, read_run, start_run
from scraper.store.source_life import read_findings, record_skipped
from scraper.store.sources import sync_sources
from tests.spiders.crawling import Crawling, source_at

FIRST = datetime(2026, 11, 1, 19, 0, tzinfo=UTC)
"""The first night, at 02:00 in Vietnam."""

READ = {"listing": 3, "requests": 5}
SILENT = {"failed": 1, "requests": 3, "silence": "dns", "error": "x: robots_unreachable (dns)"}
REFUSED = {"blocked": 2, "requests": 3, "error": "x: host_failing (http_403)"}


def moved(target: str, status: int = 301) -> dict[str, Any]:
    error = f"the home page moved to {target}"
    return {"requests": 2, "moved_to": target, "moved_status": status, "error": error}


class Nights:
    """A database whose sources find what a test says, a run a night."""

    def __init__(self, folder: Path, *sources: Source) -> None:
        self.sources = list(sources) or [source_at("https://xa.example/")]
        self.db = open_database(folder / "tinhuyen.db")
        self.moment = FIRST

    def run(self, *rows: dict[str, Any], days: int = 1, state: str = "done") -> None:
        """Run once, with these counts of the sources in their order; then days pass."""
        sync_sources(self.db, self.sources)
        number = start_run(self.db, "schedule", [one.slug for one in self.sources], self.moment)
        for source, row in zip(self.sources, rows, strict=True):
            changes = ", ".join(f'"{name}" = :{name}' for name in row)
            with write_transaction(self.db):
                self.db.execute(
                    f"UPDATE run_sources SET {changes} WHERE run = :run AND source = :source",
                    {**row, "run": number, "source": source.slug},
                )
        end = self.moment + timedelta(hours=1)
        finish_run(self.db, number, state, end)
        stored = read_run(self.db, number)
        assert stored is not None
        note_life(self.db, number, self.sources, {x["source"]: x for x in stored["sources"]}, end)
        self.moment += timedelta(days=days)

    def found(self, slug: str = "portal") -> dict[str, Any]:
        return read_findings(self.db)[slug]

    @property
    def state(self) -> str:
        return str(self.found()["state"])

    @property
    def is_asked(self) -> bool:
        return not left_out(self.db, self.sources, self.moment)


def day(number: int, hour: int = 20) -> str:
    return f"{FIRST + timedelta(days=number):%Y-%m-%d}T{hour:02}:00:00Z"


def test_a_site_without_an_answer_is_dead_after_some_nights_and_live_at_the_first_read(
    tmp_path: Path,
) -> None:
    nights = Nights(tmp_path)
    nights.run(READ)
    assert nights.found() | {"confirmed_at": None} == {
        "state": "live",
        "state_since": day(0),
        "confirmed_at": None,
        "dark_since": None,
        "ask_at": None,
    }
    for _ in range(DEAD_NIGHTS - 1):
        nights.run(SILENT)
        assert (nights.state, nights.is_asked) == ("live", True)
    nights.run(SILENT)
    found = nights.found()
    assert (found["state"], found["state_since"]) == ("dead", day(DEAD_NIGHTS))
    assert found["dark_since"] == day(1, hour=19)
    nights.run(SILENT)
    assert nights.found()["state_since"] == day(DEAD_NIGHTS)
    nights.run(READ)
    found = nights.found()
    assert (found["state"], found["state_since"]) == ("live", day(DEAD_NIGHTS + 2))
    assert (found["dark_since"], found["ask_at"]) == (None, None)


def test_a_dark_site_is_asked_after_gaps_that_double_up_to_a_month(tmp_path: Path) -> None:
    nights, asked = Nights(tmp_path), []
    for night in range(DEAD_NIGHTS + 130):
        if nights.is_asked:
            asked.append(night)
            nights.run(SILENT)
        else:
            nights.moment += timedelta(days=1)
    gaps = [later - before for before, later in pairwise(asked)]
    assert gaps == [1] * (DEAD_NIGHTS - 1) + [2, 4, 8, 16, 30, 30, 30]
    nights.run(READ)
    nights.run(SILENT)
    assert nights.is_asked


@pytest.mark.parametrize(
    ("between", "state"),
    [
        (REFUSED, "live"),
        ({"requests": 3, "silence": "offline", "error": "x: robots_unreachable (dns)"}, "dead"),
        ({}, "dead"),
    ],
)
def test_an_answer_ends_the_row_of_dark_nights_and_our_own_outage_does_not(
    tmp_path: Path, between: dict[str, Any], state: str
) -> None:
    nights = Nights(tmp_path)
    nights.run(READ)
    for _ in range(DEAD_NIGHTS - 1):
        nights.run(SILENT)
    nights.run(between or {"requests": 0}, state="done" if between else "interrupted")
    nights.run(SILENT)
    assert nights.state == state


def test_a_dead_site_that_answers_and_cannot_be_read_is_dead_no_more(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    for row in [*[SILENT] * DEAD_NIGHTS, REFUSED]:
        nights.run(row)
    assert (nights.state, nights.is_asked) == ("unknown", True)


def test_a_site_that_had_moved_has_moved_even_if_its_old_address_is_gone(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    for row in [*[moved("https://moi.example/")] * MOVED_NIGHTS, *[SILENT] * DEAD_NIGHTS]:
        nights.run(row)
    assert (nights.state, nights.is_asked) == ("moved", False)


def test_several_runs_of_one_day_are_one_night(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    for _ in range(3 * DEAD_NIGHTS):
        nights.run(SILENT, days=0)
    assert (nights.state, nights.is_asked) == ("unknown", True)


def test_a_time_from_a_wrong_clock_keeps_no_site_from_being_asked(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    nights.moment += timedelta(days=3650)
    for _ in range(DEAD_NIGHTS):
        nights.run(SILENT)
    assert not nights.is_asked
    nights.moment -= timedelta(days=3650)
    assert nights.is_asked


@pytest.mark.parametrize(
    ("rows", "state"),
    [
        ([moved("https://moi.example/")] * MOVED_NIGHTS, "moved"),
        ([moved("https://moi.example/"), moved("http://www.moi.example/vi/")], "moved"),
        ([moved("https://moi.example/")] * (MOVED_NIGHTS - 1), "live"),
        ([moved("https://moi.example/", 302)] * MOVED_NIGHTS, "live"),
        ([moved("https://a.example/"), moved("https://b.example/")], "live"),
        ([moved("https://moi.example/")] * MOVED_NIGHTS + [READ], "live"),
    ],
)
def test_a_site_has_moved_once_its_home_page_leads_to_one_other_host_for_good(
    tmp_path: Path, rows: list[dict[str, Any]], state: str
) -> None:
    nights = Nights(tmp_path)
    nights.run(READ)
    for row in rows:
        nights.run(row)
    assert nights.state == state


def test_a_site_is_hijacked_as_long_as_it_is_judged_so(tmp_path: Path) -> None:
    own, foreign = "Cổng thông tin huyện Hàm Yên", "Nhà cái uy tín số 1: tải game nhận thưởng"
    nights = Nights(tmp_path, source_at("https://xa.example/").model_copy(update={"name": own}))
    states = []
    for name in (own, foreign, foreign, foreign, own):
        nights.run({**READ, "site_name": name, "error": "zero_items" if name == foreign else None})
        states.append(nights.found()["state"])
    assert states == ["live", "live", "hijacked", "hijacked", "live"]


def test_a_state_of_the_registry_stands_until_it_is_removed(tmp_path: Path) -> None:
    source = source_at("https://xa.example/")
    nights = Nights(tmp_path, source.model_copy(update={"state": State.HIJACKED}))
    nights.run(READ)
    assert (nights.state, nights.found()["state_since"]) == ("hijacked", None)
    nights.sources = [source]
    nights.run(READ)
    assert (nights.state, nights.found()["state_since"]) == ("live", day(1))


def test_a_night_that_left_a_dark_site_out_is_no_missed_one(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    for _ in range(DEAD_NIGHTS):
        nights.run(SILENT)
    run = start_run(nights.db, "schedule", [], nights.moment)
    record_skipped(nights.db, run, left_out(nights.db, nights.sources, nights.moment))
    finish_run(nights.db, run, "done", nights.moment)
    assert latest_runs(nights.db)["portal"] == nights.moment


def test_only_articles_of_its_own_confirm_a_source(tmp_path: Path) -> None:
    """A paper, its mirror, a site with one own text among others, and one without any."""
    slugs = ("goc", "guong", "rieng", "trong")
    nights = Nights(tmp_path, *(source_at(f"https://{slug}.example/", slug) for slug in slugs))
    sync_sources(nights.db, nights.sources)
    run = start_run(nights.db, "manual", slugs, nights.moment)
    first = store(nights.db, run, "goc", "Một", None)
    store(nights.db, run, "guong", "Một", first)
    store(nights.db, run, "rieng", "Một", first)
    own = store(nights.db, run, "rieng", "Hai", None)
    store(nights.db, run, "rieng", "Hai, sửa", own)
    finish_run(nights.db, run, "done", nights.moment)
    stored = read_run(nights.db, run)
    assert stored is not None
    rows = {one["source"]: one for one in stored["sources"]}
    note_life(nights.db, run, nights.sources, rows, nights.moment)
    confirmed = {slug: nights.found(slug)["confirmed_at"] for slug in slugs}
    assert confirmed == {"goc": day(0, 19), "guong": None, "rieng": day(0, 19), "trong": None}


def store(db: Database, run: int, source: str, title: str, same_as: int | None) -> int:
    """Store an article that a run read."""
    key = f"{source}.example/{title}"
    with write_transaction(db):
        discover(db, run, [Discovery(key, source, f"https://{key}", "article")], FIRST)
        article = Article(title=title, paragraphs=[title])
        row = insert_article(db, source, article, FIRST, page=key, same_as=same_as)
        db.execute(
            "UPDATE pages SET outcome = 'new', run = ?, article = ? WHERE url_key = ?",
            [run, row, key],
        )
    return row


def test_a_site_that_is_not_there_is_recorded_as_silent(tmp_path: Path) -> None:
    crawled = Crawling(tmp_path).crawl(source_at("http://127.0.0.1:9/"))
    [(requests, silence)] = crawled.rows("SELECT requests, silence FROM run_sources")
    assert (requests > 0, silence) == (True, "connect")
