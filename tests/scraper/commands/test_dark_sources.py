"""Dark sources on the command line: they are left out, counted, and asked when they are named."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scraper.store.database import open_database
from scraper.store.sources import sync_sources
from tests.portals.platforms import NukeVietPortal
from tests.scraper.nights import House
from tests.spiders.crawling import source_at


def test_a_dark_site_costs_no_request_until_it_is_due_or_named(tmp_path: Path) -> None:
    next_day = datetime.now(UTC) + timedelta(days=3)
    with NukeVietPortal(2) as portal:
        house = House(tmp_path, portal.home_url)
        house.tinhuyen("crawl", "--max-pages", "1")
        make_dark(house, next_day)
        asked = len(portal.log)
        skipped = house.tinhuyen("crawl", "--trigger", "schedule", "portal")
        assert (skipped.returncode, len(portal.log)) == (0, asked), skipped.stderr
        assert "not asked in this run" in skipped.stdout
        assert "portal: dark since 2026-11-01 02:00 +07:00, next asked " in skipped.stdout
        run = json.loads(house.tinhuyen("runs", "2", "--json").stdout)
        assert (run["state"], run["sources"]) == ("done", [])
        assert [one["source"] for one in run["skipped"]] == ["portal"]
        _, status = house.status()
        [row] = status["sources"]
        assert row["ask_at"] == f"{next_day:%Y-%m-%dT%H:%M:%SZ}"
        assert row["state"] == "dead"
        [listed] = [one for one in listed_sources(house) if one["slug"] == "portal"]
        assert (listed["state"], listed["state_since"]) == ("dead", "2026-11-03T20:00:00Z")
        assert house.tinhuyen("crawl", "portal").returncode == 0
        assert len(portal.log) > asked
    assert house.rows(
        "SELECT state, dark_since, ask_at, confirmed_at IS NULL FROM sources WHERE slug = 'portal'"
    ) == [("live", None, None, 0)]


def make_dark(house: House, next_day: datetime) -> None:
    """Store what three nights without an answer leave."""
    house.write(
        "UPDATE sources SET state = 'dead', state_since = '2026-11-03T20:00:00Z',"
        f" dark_since = '2026-10-31T19:00:00Z', ask_at = '{next_day:%Y-%m-%dT%H:%M:%SZ}'"
        " WHERE slug = 'portal'"
    )


def listed_sources(house: House) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(house.tinhuyen("sources", "list", "--json").stdout)
    return found


def test_a_state_of_the_registry_is_shown_until_a_run_finds_another(tmp_path: Path) -> None:
    house = House(tmp_path, "http://127.0.0.1:9/")
    house.append('state = "moved"\n')
    assert shown_state(house) == ("moved", None)
    db = open_database(house.database)
    sync_sources(db, [source_at(house.home_url)])
    db.close()
    assert shown_state(house) == ("moved", None)
    house.write("UPDATE sources SET state = 'dead', state_since = '2026-11-03T20:00:00Z'")
    assert shown_state(house) == ("dead", "2026-11-03T20:00:00Z")


def shown_state(house: House) -> tuple[str, str | None]:
    shown = json.loads(house.tinhuyen("sources", "show", "portal", "--json").stdout)
    return shown["state"], shown["state_since"]
