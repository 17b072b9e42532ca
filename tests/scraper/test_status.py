"""What `status` says of a site as it goes through its moods, from real crawls."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.portals.fickle import ELSEWHERE, FicklePortal, Mood
from tests.scraper.nights import House


@pytest.fixture
def portal() -> Iterator[FicklePortal]:
    with FicklePortal(6) as portal:
        yield portal


@pytest.fixture
def house(tmp_path: Path, portal: FicklePortal) -> House:
    return House(tmp_path, portal.home_url)


def test_a_site_that_is_well(house: House) -> None:
    assert house.tinhuyen("crawl").returncode == 0
    code, status = house.status()
    assert code == 0
    assert status["last_run"]["state"] == "done"
    assert status["next_run_at"] is None
    assert status["nightly"]["verdict"] == "fine"
    [source] = status["sources"]
    assert (source["source"], source["verdict"]) == ("portal", "fine")
    assert source["last_success_at"]
    assert source["outcomes"]["new"] == 6
    assert source["filled"]["author"] == 1
    text = house.tinhuyen("status").stdout
    assert "no daemon is running" in text
    assert "author 100%" in text


@pytest.mark.fault(39)
@pytest.mark.parametrize(
    ("mood", "nights", "verdict", "reason"),
    [
        ("redesigned", 1, "broken", "its lists lead to no article"),
        ("moved", 1, "moved", ELSEWHERE),
        ("taken over", 2, "hijacked", "bắn cá"),
    ],
)
def test_a_mood_is_told_and_forgotten_when_the_site_is_back(
    house: House, portal: FicklePortal, mood: Mood, nights: int, verdict: str, reason: str
) -> None:
    house.tinhuyen("crawl")
    portal.mood = mood
    for _ in range(nights):
        assert house.tinhuyen("crawl").returncode == 3
    code, status = house.status()
    [source] = status["sources"]
    assert source["verdict"] == verdict
    assert reason in source["reason"]
    assert source["since"]
    assert code == 3
    portal.mood = "well"
    assert house.tinhuyen("crawl").returncode == 0
    code, status = house.status()
    assert status["sources"][0]["verdict"] == "fine"
    assert code == 0
    portal.publish(9)
    house.tinhuyen("crawl")
    assert sorted(house.rows("SELECT title FROM articles")) == [
        (title,) for title in sorted(portal.titles)
    ]


def test_a_source_that_is_disabled_is_judged_no_more(house: House) -> None:
    house.tinhuyen("crawl")
    house.tinhuyen("sources", "disable", "portal")
    with FicklePortal(3) as other:
        house.tinhuyen("crawl", "--url", other.home_url, "--delay", "0")
    assert [source["source"] for source in house.status()[1]["sources"]] != ["portal"]


@pytest.mark.fault(71)
def test_a_source_whose_entry_cannot_be_used_is_broken(house: House) -> None:
    house.tinhuyen("crawl")
    sources = house.folder / "config" / "tinhuyen" / "sources.toml"
    sources.write_text(sources.read_text().replace("delay = 0.01", 'delay = "little"'))
    code, status = house.status()
    assert code == 3
    assert status["sources"][0]["verdict"] == "broken"
    assert "delay" in status["sources"][0]["reason"]
