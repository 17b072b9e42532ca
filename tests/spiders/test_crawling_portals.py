"""Three nights on every double: all is found from the home page alone, then only what changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from scraper.demo.server import Request
from tests.portals.platforms import PLATFORM_PORTALS
from tests.portals.portal import Double
from tests.portals.schemes import PAGING_PORTALS
from tests.portals.stories import SECTIONS
from tests.spiders.crawling import Crawled, Crawling, source_at

PORTALS: dict[str, Callable[[], Double]] = {
    re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") + f"-{number}": build
    for number, (name, build) in enumerate((PLATFORM_PORTALS | PAGING_PORTALS).items())
}
EDITED = 7
"""The number of the story that is edited before the third night."""


@dataclass(slots=True)
class Nights:
    """The portals, what each was asked for in each night, and the database after the last."""

    portals: dict[str, Double]
    asked: list[dict[str, list[Request]]]
    titles: list[dict[str, list[str]]]
    crawled: Crawled

    def paths(self, name: str, night: int) -> list[str]:
        return [request.path for request in self.asked[night][name]]

    def articles(self, name: str, night: int) -> list[str]:
        """The paths of articles that were asked for."""
        portal = self.portals[name]
        known = {portal.normal(path) for path in portal.article_paths}
        return [path for path in self.paths(name, night) if portal.normal(path) in known]


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    crawling = Crawling(tmp_path_factory.mktemp("nights"))
    with ExitStack() as stack:
        portals = {name: stack.enter_context(build()) for name, build in PORTALS.items()}
        sources = [source_at(portal.home_url, slug=name) for name, portal in portals.items()]
        asked, titles = [], []
        for night in range(3):
            if night == 2:
                for portal in portals.values():
                    portal.publish(3)
                    portal.edit(EDITED)
            crawled = crawling.crawl(*sources)
            asked.append({name: list(portal.log) for name, portal in portals.items()})
            titles.append({name: titles_of(crawled, name) for name in portals})
            for portal in portals.values():
                portal.log.clear()
        yield Nights(portals, asked, titles, crawled)


def titles_of(crawled: Crawled, name: str) -> list[str]:
    rows = crawled.rows("SELECT title FROM articles WHERE source = ?", name)
    return sorted(row[0] for row in rows)


@pytest.mark.parametrize("name", PORTALS)
def test_first_night_stores_every_article_once_and_nothing_else(nights: Nights, name: str) -> None:
    old = {one.title for one in nights.portals[name].stories[3:]}
    assert nights.titles[0][name] == sorted(old)


@pytest.mark.parametrize("name", PORTALS)
def test_no_address_is_asked_for_twice_in_a_night(nights: Nights, name: str) -> None:
    for night in range(3):
        gets = [one.path for one in nights.asked[night][name] if one.method == "GET"]
        assert len(gets) == len(set(gets))


@pytest.mark.fault(54)
@pytest.mark.parametrize("name", PORTALS)
def test_second_night_costs_no_article_and_few_lists(nights: Nights, name: str) -> None:
    asked = nights.paths(name, 1)
    assert nights.articles(name, 1) == []
    others = ("/robots.txt", nights.portals[name].sitemap_path, nights.portals[name].feed_path)
    lists = [path for path in asked if path not in others]
    assert len(lists) <= 2 * (len(SECTIONS) + 1)


@pytest.mark.fault(52)
@pytest.mark.parametrize("name", PORTALS)
def test_third_night_fetches_exactly_what_is_new_and_what_is_announced(
    nights: Nights, name: str
) -> None:
    portal = nights.portals[name]
    changed = portal.stories[:3]
    if portal.has_sitemap:
        changed = [*changed, next(one for one in portal.stories if one.id == EDITED)]
    expected = sorted(portal.normal(portal.article_path(one, one.section)) for one in changed)
    assert sorted(portal.normal(path) for path in nights.articles(name, 2)) == expected
    assert nights.titles[2][name] == sorted(portal.titles)
    revisions = nights.crawled.rows(
        "SELECT count(*) FROM revisions JOIN articles ON articles.id = article WHERE source = ?",
        name,
    )
    assert revisions == [(int(portal.has_sitemap),)]
