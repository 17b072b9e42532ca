"""A month of nights on a portal with accidents: no completely served text is lost."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from scraper.base.clock import VIETNAM
from tests.portals.changing import BANNER, SPAM, ChangingPortal, Mood, Text
from tests.scraper.moved_clock import Clock
from tests.soak.commands import assert_whole
from tests.soak.counts import NIGHTS, SEED
from tests.spiders.crawling import Crawled, Crawling, source_at

pytestmark = [pytest.mark.slow, pytest.mark.timeout(6 * 3600)]

WEEK: tuple[tuple[Mood, ...], ...] = (
    (),
    ("banner",),
    ("one canonical",),
    ("banner", "truncated"),
    (),
    ("spam",),
    (),
    ("redesigned",),
)
"""The moods of the first nights; those of later nights are random."""

MOODS: tuple[Mood, ...] = ("redesigned", "one canonical", "banner", "spam", "truncated")

STATES = "SELECT title, lede, body FROM articles UNION ALL SELECT title, lede, body FROM revisions"


def plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


SHARED = frozenset(map(plain, (BANNER, *SPAM)))
"""Paragraphs of all articles in a night of banners or of spam."""


def moods_of(night: int, chance: Random) -> frozenset[Mood]:
    if night <= len(WEEK):
        return frozenset(WEEK[night - 1])
    return frozenset(mood for mood in MOODS if chance.random() < 0.2)


def live(portal: ChangingPortal, night: int, clock: Clock, chance: Random) -> None:
    """Change the portal as in the hours before the crawl of a night."""
    at = clock.now.replace(second=0, microsecond=0) - timedelta(hours=2)
    if chance.random() < 0.5 or night == 4:
        portal.take_over(chance.choice(portal.stories), at)
    for hours in range(chance.randint(2, 4)):
        portal.report(at + timedelta(minutes=20 * hours))
    bulletin = portal.bulletin(at + timedelta(minutes=100))
    for one in chance.sample(portal.stories, 2):
        if one is not bulletin:
            portal.revise(one, at)
    portal.reprice(at)
    portal.moods = moods_of(night, chance)


def test_a_month_of_nights_loses_no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = Random(SEED)
    today = datetime.now(VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
    clock = Clock(tmp_path / "clock", today + timedelta(days=1))
    for name, value in clock.environment.items():
        monkeypatch.setenv(name, value)
    crawling, told = Crawling(tmp_path), []
    with ChangingPortal(chance, clock.now) as portal:
        source = source_at(portal.home_url)
        for night in range(1, NIGHTS + 1):
            clock.move(night, 2)
            live(portal, night, clock, chance)
            before = len(portal.served)
            crawled = crawling.crawl(source, full=bool(portal.moods) and chance.random() < 0.7)
            told.append(
                f"night {night} {sorted(portal.moods)}: {len(portal.served) - before} texts,"
                f" {dict(crawled.outcomes)}"
            )
    print("\n" + "\n".join(told))
    assert_whole(crawled.database)
    lost = missing(crawled, portal.served)
    print(figures(crawled, len(portal.served), len(lost)))
    assert lost == []
    assert strangers(crawled, portal.served) == []


def missing(crawled: Crawled, served: dict[Text, None]) -> list[Text]:
    """Return the served texts that no article or revision has with title and all paragraphs.

    Shared paragraphs can be learned as boilerplate; they are in ``blocks`` then.
    """
    learned = crawled.rows("SELECT text FROM blocks WHERE is_boilerplate")
    cut = SHARED & {plain(text) for (text,) in learned}
    held: dict[str, list[frozenset[str]]] = {}
    for title, paragraphs in states(crawled):
        held.setdefault(title, []).append(paragraphs)
    return [
        text
        for text in served
        if not any(read(text) - cut <= paragraphs for paragraphs in held.get(plain(text.title), []))
    ]


def strangers(crawled: Crawled, served: dict[Text, None]) -> list[tuple[str, frozenset[str]]]:
    """Return the articles and revisions that were never served: halves, mixtures, wrong titles.

    Shared paragraphs can be in any of them, or be removed as boilerplate.
    """
    known = {(plain(text.title), read(text) - SHARED) for text in served}
    found = [(title, paragraphs - SHARED) for title, paragraphs in states(crawled)]
    return [state for state in found if state not in known]


def states(crawled: Crawled) -> list[tuple[str, frozenset[str]]]:
    """Return title and paragraphs of each article and revision."""
    return [
        (plain(title or ""), frozenset(map(plain, [*filter(None, [lede]), *body.split("\n\n")])))
        for title, lede, body in crawled.rows(STATES)
    ]


def read(text: Text) -> frozenset[str]:
    return frozenset(map(plain, text.paragraphs))


def figures(crawled: Crawled, served: int, lost: int) -> str:
    counts = ", ".join(
        f"{crawled.rows(f'SELECT count(*) FROM {table}')[0][0]} {table}"
        for table in ("articles", "revisions", "captures")
    )
    return (
        f"soak: {NIGHTS} nights, seed {SEED}: {served} texts served whole, {served - lost} found,"
        f" {counts}"
    )
