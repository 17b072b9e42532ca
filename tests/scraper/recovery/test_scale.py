"""A plan of many captures costs time in proportion to them, whatever they have in common."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest

from scraper.base.clock import now
from scraper.store.absences import set_gone
from scraper.store.recovery import Span, next_waiting
from scraper.store.recovery_counts import estimate
from scraper.store.recovery_links import known_body, redirect_target
from tests.scraper.recovery.memory_archive import MemoryArchive, Recorded
from tests.scraper.recovery.places import SOURCE, Place

FEW, MANY = 2_000, 16_000
ERROR_PAGE = b"<p>Trang dang bao tri</p>"


def planned(folder: Path, captures: int, path: str) -> Place:
    """The plan of so many captures, all with one body; ``{}`` in the path becomes a number."""
    place = Place(folder)
    site = [Recorded(path.format(number), number, ERROR_PAGE) for number in range(captures)]
    place.recover(MemoryArchive(site, batch=1_000), is_dry_run=True)
    assert place.rows("SELECT count(*) FROM archived_captures") == [(captures,)]
    return place


def spent(place: Place, call: Callable[[Place], object]) -> float:
    """Return the least processor time of some calls."""
    times = []
    for _ in range(5):
        began = process_time()
        call(place)
        times.append(process_time() - began)
    return min(times)


def find_bodies(place: Place) -> None:
    waiting = next_waiting(place.db, SOURCE.slug, ["memory"], Span(), now())
    assert waiting is not None
    for _ in range(200):
        assert known_body(place.db, waiting) is None


def follow(place: Place) -> None:
    [(key,)] = place.rows("SELECT url_key FROM archived_captures LIMIT 1")
    for _ in range(200):
        assert redirect_target(place.db, SOURCE.slug, key) is None
        set_gone(place.db, key)


@pytest.mark.parametrize("call", [find_bodies, follow])
@pytest.mark.parametrize("path", ["/tin/{}.html", "/"])
def test_a_lookup_costs_the_same_in_a_large_plan(
    tmp_path: Path, path: str, call: Callable[[Place], None]
) -> None:
    few, many = (planned(tmp_path / str(count), count, path) for count in (FEW, MANY))
    assert spent(many, call) < 3 * spent(few, call)


def test_an_estimate_costs_time_in_proportion_to_the_plan(tmp_path: Path) -> None:
    few, many = (planned(tmp_path / str(count), count, "/tin/{}.html") for count in (FEW, MANY))

    def count(place: Place) -> None:
        assert estimate(place.db, SOURCE.slug, "memory", Span()).captures == 1

    assert spent(many, count) < 3 * (MANY / FEW) * spent(few, count)
