"""Twelve nights by a clock that the test moves: kills, outages, a portal with moods.

The daemon, its crawls and its alerts are the real commands; a preloaded library shows them another
time of day, while what they wait by (the steady clock) stays real.
"""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scraper.base.clock import VIETNAM
from tests.portals.fickle import FicklePortal, Mood
from tests.portals.platforms import NukeVietPortal
from tests.portals.portal import Double
from tests.scraper.moved_clock import Clock
from tests.scraper.nights import House, until
from tests.scraper.post_office import Webhook

NIGHT_SECONDS = 600
"""How long a night may take: half a minute until the daemon sees the clock, crawl and report."""


class Week:
    """A house with two portals, one of them fickle, and what happens to it."""

    def __init__(self, house: House, clock: Clock, fickle: FicklePortal, steady: Double) -> None:
        self.house, self.clock = house, clock
        self.fickle, self.steady = fickle, steady
        self.daemon: Any = None
        self.stack = ExitStack()

    def start(self) -> None:
        self.daemon = self.stack.enter_context(self.house.daemon())
        until(lambda: "daemon started" in self.house.log)

    def stop(self) -> None:
        self.stack.close()

    def publish(self, count: int = 1) -> None:
        """New stories on both portals, an hour old."""
        for portal in (self.fickle, self.steady):
            for one in portal.publish(count):
                one.published = self.clock.now - timedelta(hours=1)

    @property
    def reports(self) -> int:
        """How many runs have been reported on."""
        return self.house.log.count("report ended")

    def night(self, day: int, mood: Mood = "well") -> None:
        """Let a night come, with new stories, until its run has ended and was reported on."""
        self.fickle.mood = mood
        before = self.reports
        self.clock.move(day, 1, 59, 50)
        self.publish()
        until(lambda: self.reports > before, NIGHT_SECONDS)

    def verdicts(self) -> dict[str, str]:
        _, status = self.house.status()
        told = {source["source"]: source["verdict"] for source in status["sources"]}
        return {"*": status["nightly"]["verdict"], **told}

    def kill(self) -> None:
        """The power fails in the middle of a run."""
        os.killpg(self.child(), signal.SIGKILL)
        self.daemon.kill()
        self.daemon.wait()

    def child(self) -> int:
        """The process of the crawl, which leads a session of its own."""
        threads = Path(f"/proc/{self.daemon.pid}/task").glob("*/children")
        return int(next(pid for one in threads for pid in one.read_text().split()))


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with Webhook() as webhook:
        yield webhook


@pytest.fixture
def week(tmp_path: Path, webhook: Webhook) -> Iterator[Week]:
    today = datetime.now(VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
    clock = Clock(tmp_path / "clock", today + timedelta(days=3))
    settings = {**clock.environment, "TINHUYEN_ALERTS": f"json://{webhook.place}/"}
    with FicklePortal(12) as fickle, NukeVietPortal(12) as steady:
        house = House(tmp_path, fickle.home_url, delay=0.1, settings=settings)
        house.append(f'[steady]\nname = "Cổng"\nhome_url = "{steady.home_url}"\ndelay = 0.1\n')
        week = Week(house, clock, fickle, steady)
        yield week
        week.stop()


FINE = {"*": "fine", "portal": "fine", "steady": "fine"}


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_week_of_nights(week: Week, webhook: Webhook) -> None:
    week.start()
    week.night(1)
    assert week.verdicts() == FINE
    lose_power(week)
    take_portal_down(week)
    turn_off(week)
    redesign_portal(week)
    set_clock_back(week)
    week.night(12)
    assert week.verdicts() == FINE
    check_runs(week)
    check_articles(week)
    check_alerts(webhook)


def lose_power(week: Week) -> None:
    """The power fails in the middle of the second run, and comes back."""
    week.clock.move(2, 1, 59, 50)
    week.publish()
    until(lambda: week.house.runs()[-1] == ("schedule", "running"), NIGHT_SECONDS)
    time.sleep(1)
    week.kill()
    before = week.reports
    week.start()
    until(lambda: week.reports > before, NIGHT_SECONDS)
    assert week.house.runs() == [
        ("schedule", "done"),
        ("schedule", "interrupted"),
        ("catch-up", "done"),
    ]
    assert week.verdicts() == FINE


def take_portal_down(week: Week) -> None:
    """The portal is down for two nights, of which the first may be chance."""
    week.night(3, "down")
    assert week.verdicts() == FINE
    week.night(4, "down")
    assert week.verdicts() == {**FINE, "portal": "unreachable"}
    week.night(5)
    assert week.verdicts() == FINE


def turn_off(week: Week) -> None:
    """The machine is off for two nights."""
    week.stop()
    before = week.reports
    week.clock.move(7, 9)
    week.publish(2)
    week.start()
    until(lambda: week.reports > before, NIGHT_SECONDS)
    assert week.house.runs()[-2:] == [("schedule", "failed"), ("catch-up", "done")]
    assert week.verdicts() == FINE


def redesign_portal(week: Week) -> None:
    """The portal is redesigned, so that nothing can be read, and restored."""
    week.night(8, "redesigned")
    assert week.verdicts() == {**FINE, "portal": "broken"}
    week.night(9, "redesigned")
    assert week.verdicts() == {**FINE, "portal": "broken"}
    week.night(10)
    assert week.verdicts() == FINE


def set_clock_back(week: Week) -> None:
    """The clock is set back after a run: no second run. Then the machine sleeps for a night."""
    runs = len(week.house.runs())
    week.clock.move(10, 1, 30)
    time.sleep(35)
    week.clock.move(10, 1, 59, 55)
    time.sleep(35)
    assert len(week.house.runs()) == runs
    before = week.reports
    week.publish()
    week.clock.move(11, 8)
    until(lambda: week.reports > before, NIGHT_SECONDS)
    assert week.house.runs()[-2:] == [("schedule", "failed"), ("catch-up", "done")]


def check_runs(week: Week) -> None:
    """Exactly one run a night came to its end; the two nights without power share one."""
    rows = week.house.rows(
        "SELECT date(started_at, '+7 hours'), state FROM runs WHERE state IN ('done', 'partial')"
    )
    nights = Counter(day for day, _ in rows)
    first = week.clock.first.date()
    assert nights == {str(first + timedelta(days=day)): 1 for day in range(1, 13) if day != 6}


def check_articles(week: Week) -> None:
    """Every story is stored, once, and none is taken for gone."""
    for slug, portal in (("portal", week.fickle), ("steady", week.steady)):
        titles = week.house.rows(f"SELECT title FROM articles WHERE source = '{slug}'")
        assert sorted(title for (title,) in titles) == sorted(one.title for one in portal.stories)
    assert week.house.rows("SELECT title FROM articles WHERE gone_at IS NOT NULL") == []


def check_alerts(webhook: Webhook) -> None:
    """Each change was told, once."""
    changes = [
        line.partition(" (")[0].removeprefix("- ")
        for one in webhook.posted
        for line in one["message"].splitlines()
        if " → " in line
    ]
    assert changes == [
        "portal: fine → unreachable",
        "portal: unreachable → fine",
        "portal: fine → broken",
        "portal: broken → fine",
    ]
