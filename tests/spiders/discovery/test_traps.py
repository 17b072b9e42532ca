"""Sites with bad habits: everything is found, nothing twice, and every crawl ends."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from scraper.demo.server import Answer, Request
from tests.portals.habits import Habits
from tests.portals.platforms import (
    DotNetNukePortal,
    JoomlaPortal,
    LiferayPortal,
    NukeVietPortal,
    VnptNewsPortal,
    WordPressPortal,
)
from tests.portals.portal import Double, Portal
from tests.spiders.crawling import Crawled, Crawling, source_at

ALL_AT_ONCE = Habits(
    lying_last_modified=True,
    unknown_goes_home=True,
    past_end_goes_to_first=True,
    two_sections=True,
    login_links=True,
    print_twins=True,
    mobile_theme=True,
    calendar=True,
    looping_path=True,
    counters=True,
)


class LastPageForEver(Portal):
    """Every page past the end is the last one again, with a link to a further one."""

    def pager(self, section: str, page: int, last: int) -> str:
        return self.page_link(section, page + 1, "Tiếp »")

    def answer(self, request: Request, form: dict[str, str]) -> Answer:
        path, _, number = request.path.partition("?page=")
        last = self.last_page(path.strip("/")) if number else 0
        if number and int(number) > last:
            return self.list_page(path.strip("/"), last)
        return super().answer(request, form)


class Signpost(NukeVietPortal):
    """The root holds nothing but a line of script that leads to the real front page."""

    def answer(self, request: Request, form: dict[str, str]) -> Answer:
        if request.path == "/":
            return Answer("<html><script>window.location.href='/vi/';</script></html>")
        return self.home() if request.path == "/vi/" else super().answer(request, form)


class SameThousandTimes(Portal):
    """One article stands a thousand times on the home page."""

    def home(self) -> Answer:
        return self.page("Trang chủ", self.teasers(self.stories[:1] * 1000, None))


PORTALS: dict[str, Callable[[], Double]] = {
    "nukeviet": lambda: NukeVietPortal(habits=ALL_AT_ONCE),
    "vnptnews": lambda: VnptNewsPortal(habits=ALL_AT_ONCE),
    "liferay": lambda: LiferayPortal(habits=ALL_AT_ONCE),
    "wordpress": lambda: WordPressPortal(habits=ALL_AT_ONCE),
    "joomla": lambda: JoomlaPortal(habits=ALL_AT_ONCE),
    "dotnetnuke": lambda: DotNetNukePortal(habits=ALL_AT_ONCE),
    "generic": lambda: Portal(habits=ALL_AT_ONCE),
    "last-page-for-ever": LastPageForEver,
    "signpost": Signpost,
    "same-thousand-times": SameThousandTimes,
}
MOST_REQUESTS = 120
"""24 articles, some twenty list pages, the usual places and a few steps into each trap."""


@dataclass(slots=True)
class TrapNight:
    portals: dict[str, Double]
    crawled: Crawled


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrapNight]:
    crawling = Crawling(tmp_path_factory.mktemp("traps"))
    with ExitStack() as stack:
        portals = {name: stack.enter_context(build()) for name, build in PORTALS.items()}
        sources = [source_at(portal.home_url, slug=name) for name, portal in portals.items()]
        yield TrapNight(portals, crawling.crawl(*sources))


@pytest.mark.fault(33, 35, 36, 55)
@pytest.mark.parametrize("name", PORTALS)
def test_every_article_is_stored_once_and_nothing_else(night: TrapNight, name: str) -> None:
    rows = night.crawled.rows("SELECT title FROM articles WHERE source = ?", name)
    assert sorted(row[0] for row in rows) == sorted(night.portals[name].titles)


@pytest.mark.fault(33, 35, 36, 55)
@pytest.mark.parametrize("name", PORTALS)
def test_traps_cost_a_bounded_number_of_requests(night: TrapNight, name: str) -> None:
    assert len(night.portals[name].log) <= MOST_REQUESTS


@pytest.mark.parametrize("name", PORTALS)
def test_login_and_print_pages_are_never_asked_for(night: TrapNight, name: str) -> None:
    asked = [request.path for request in night.portals[name].log]
    assert not [path for path in asked if re.search(r"/users/login|^/print/", path)]


def test_forty_requests_a_minute_are_kept_to_by_waiting(crawling: Crawling) -> None:
    with Portal(articles=9, habits=Habits(limit=12, window=3.0)) as portal:
        crawled = crawling.crawl(portal)
        assert crawled.titles() == sorted(portal.titles)
        retries = crawled.rows("SELECT retries FROM run_sources")[0][0]
    assert retries >= 1
