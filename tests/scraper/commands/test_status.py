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


def test_the_registry_tells_what_is_watched(house: House) -> None:
    house.tinhuyen("crawl")
    house.append('[other]\nname = "Khác"\nhome_url = "http://127.0.0.1:9/"\n')
    house.append('[bad]\nname = "Hỏng"\nhome_url = "ftp://127.0.0.1/"\n')
    house.tinhuyen("sources", "disable", "portal")
    code, status = house.status()
    told = {source["source"]: source["verdict"] for source in status["sources"]}
    assert (code, told) == (3, {"other": "new", "bad": "broken"})
    assert house.tinhuyen("status").stderr.count("[bad]") == 1
    assert house.tinhuyen("sources", "remove", "bad").returncode == 0
    assert house.status()[0] == 0


def test_a_crawl_of_all_that_cannot_be_all_says_so(house: House) -> None:
    house.append('[bad]\nname = "Hỏng"\nhome_url = "ftp://127.0.0.1/"\n')
    assert house.tinhuyen("crawl").returncode == 3
    assert house.tinhuyen("crawl", "portal").returncode == 0


@pytest.mark.fault(71)
def test_a_source_whose_entry_cannot_be_used_is_broken(house: House) -> None:
    house.tinhuyen("crawl")
    house.sources.write_text(house.sources.read_text().replace("delay = 0.01", 'delay = "little"'))
    code, status = house.status()
    assert code == 3
    assert status["sources"][0]["verdict"] == "broken"
    assert "delay" in status["sources"][0]["reason"]
