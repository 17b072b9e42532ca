"""Real crawls of several portals: collected shards equal one crawl of everything."""

from __future__ import annotations

import re
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from tests.portals.platforms import DrupalPortal, NukeVietPortal, WordPressPortal
from tests.portals.portal import Double
from tests.portals.stories import story
from tests.scraper.nights import House
from tests.scraper.transfer.crawled_shards import contents
from tests.scraper.transfer.test_collecting import collect_into

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
"""A time at which a crawl did something: no two crawls have the same."""

RUN_COLUMNS = "source, discovered, new, updated, unchanged, duplicate, listing, gone, failed"


def house_of(folder: Path, portals: dict[str, Double]) -> House:
    """A data folder whose registry has these portals only."""
    house = House(folder, "http://127.0.0.1:1/")
    off = house.sources.read_text().partition("[portal]")[0]
    own = "".join(
        f'[{slug}]\nname = "{slug}"\nhome_url = "{portal.home_url}"\ndelay = 0.01\n'
        for slug, portal in portals.items()
    )
    house.sources.write_text(off + own)
    return house


def crawl(house: House, slugs: list[str], *options: str) -> None:
    """Crawl one source after the other, as the shards are crawled here, too."""
    for slug in slugs:
        run = house.tinhuyen("crawl", slug, *options)
        assert run.returncode == 0, run.stderr


def assert_same_but_times(one: Path, other: Path) -> None:
    expected, found = contents(one), contents(other)
    for table in expected:
        assert sorted(TIME.sub("…", repr(row)) for row in found[table]) == sorted(
            TIME.sub("…", repr(row)) for row in expected[table]
        ), table


@pytest.mark.slow
def test_collected_crawls_equal_one_crawl(tmp_path: Path) -> None:
    with ExitStack() as stack:
        portals: dict[str, Double] = {
            "nuke": stack.enter_context(NukeVietPortal(6)),
            "word": stack.enter_context(WordPressPortal(6)),
            "drupal": stack.enter_context(DrupalPortal(6)),
        }
        whole = house_of(tmp_path / "whole", portals)
        shards = {slug: house_of(tmp_path / slug, {slug: at}) for slug, at in portals.items()}
        places = [house.folder for house in shards.values()]
        for options in ((), ("--full",)):
            crawl(whole, list(portals), *options)
            for slug, house in shards.items():
                crawl(house, [slug], *options)
            collect_into(tmp_path / "all", places)
            assert_same_but_times(whole.folder, tmp_path / "all")
            change(portals["nuke"])
        counts = f"SELECT {RUN_COLUMNS} FROM run_sources ORDER BY source, run"
        collected = House(tmp_path / "all", "http://127.0.0.1:1/")
        assert collected.rows(counts) == whole.rows(counts)
        assert collected.rows("SELECT count(*) FROM revisions") == [(1,)]
        assert collected.rows("SELECT count(*) FROM pages WHERE outcome = 'gone'") == [(1,)]
        twins = "SELECT count(*) FROM articles WHERE same_as IS NOT NULL"
        assert collected.rows(twins)[0][0] >= 12


def change(portal: Double) -> None:
    """Edit an article, remove one, and publish one."""
    edited, *_, removed = portal.stories
    edited.body += "\n\nTin bổ sung: lễ hội lùi lại một tuần vì mưa lớn."
    portal.stories.remove(removed)
    new = story(900, 900)
    new.published = edited.published + timedelta(minutes=5)
    portal.stories.insert(0, new)
