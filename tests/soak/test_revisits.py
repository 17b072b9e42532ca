"""The cost of fetching the articles of a year again if no sitemap has times of change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import pytest

from pipelines.article import Article
from scraper.base.clock import VIETNAM
from scraper.demo.server import Answer, Request, Server
from tests.bench.texts import Writer
from tests.scraper.moved_clock import Clock
from tests.soak.counts import count
from tests.spiders.crawling import Crawling, source_at

pytestmark = [pytest.mark.slow, pytest.mark.timeout(6 * 3600)]

PER_YEAR = count("ARTICLES_OF_A_YEAR", 2000)
SETTLING_DAYS = count("SETTLING_DAYS", 98)
"""Days with a crawl every seventh night, after which recrawls are spread evenly."""
MEASURED = count("MEASURED_NIGHTS", 10)
NEWEST = 20
PAGE_BYTES = 40_000
"""The size of a page, which is mostly template, as on real portals."""


class YearPortal(Server):
    """A portal with the articles of the past year, in a sitemap without ``lastmod``."""

    def __init__(self, today: Callable[[], date], has_validators: bool) -> None:
        super().__init__()
        self.today, self.has_validators = today, has_validators
        self.size = self.full = self.not_modified = 0

    @property
    def numbers(self) -> range:
        """Return the numbers of today's articles; every day has the same number of new ones."""
        last = self.today().toordinal() * PER_YEAR // 365
        return range(last - PER_YEAR, last)

    def answer(self, request: Request, form: dict[str, str]) -> Answer:
        """Answer a request and count its cost."""
        answer = self._page(request.path)
        tag = f'"{request.path}"'
        is_article = request.path.startswith("/tin-tuc/")
        if is_article and self.has_validators:
            answer.headers["ETag"] = tag
            if request.headers.get("if-none-match") == tag:
                answer = Answer(status=304, headers={"ETag": tag})
                self.not_modified += 1
        self.full += is_article and answer.status == 200
        self.size += len(answer.body.encode())
        return answer

    def _page(self, path: str) -> Answer:
        if path == "/robots.txt":
            return Answer(f"Sitemap: {self.home_url}sitemap.xml\n", type="text/plain")
        if path == "/sitemap.xml":
            places = "".join(
                f"<url><loc>{self.home_url}{place_of(number)}</loc></url>"
                for number in self.numbers
            )
            return Answer(f"<urlset>{places}</urlset>", type="application/xml")
        if path == "/":
            items = "".join(
                f"<h3><a href='/{place_of(number)}'>{text_of(number).title}</a></h3>"
                for number in reversed(self.numbers[-NEWEST:])
            )
            return Answer(f"<html><body>{items}</body></html>")
        number = path.rpartition("-")[2].removesuffix(".html")
        return Answer(page_of(int(number))) if number.isdigit() else Answer("Hết", 404)


def place_of(number: int) -> str:
    return f"tin-tuc/ba-con-xom-suoi-thu-sua-duong-{number}.html"


@lru_cache(maxsize=4096)
def text_of(number: int) -> Article:
    return Writer(number).article(number)


def page_of(number: int) -> str:
    text = text_of(number)
    day = date.fromordinal(-(-(number + 1) * 365 // PER_YEAR))
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in text.paragraphs)
    html = (
        f"<!DOCTYPE html><html><head><title>{text.title}</title></head><body>"
        f"<h1>{text.title}</h1><time datetime='{day}T07:30:00+07:00'>{day:%d/%m/%Y}</time>"
        f"<article>{paragraphs}</article><!--{{}}--></body></html>"
    )
    return html.format("x" * max(0, PAGE_BYTES - len(html.encode())))


def test_what_a_year_of_articles_costs_a_night(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = datetime.now(VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
    clock = Clock(tmp_path / "clock", today + timedelta(days=1))
    for name, value in clock.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("tests.spiders.crawling.SECONDS", 3600)
    crawling = Crawling(tmp_path, limits={"guesses": 0})
    nights = [*range(0, SETTLING_DAYS, 7), *range(SETTLING_DAYS, SETTLING_DAYS + MEASURED)]
    with (
        YearPortal(lambda: clock.now.date(), True) as asked_for_changes,
        YearPortal(lambda: clock.now.date(), False) as asked_in_full,
    ):
        portals = {"etag": asked_for_changes, "plain": asked_in_full}
        sources = [source_at(portal.home_url, name) for name, portal in portals.items()]
        for night in nights:
            clock.move(night, 2)
            if night == SETTLING_DAYS:
                before = {name: costs_of(portal) for name, portal in portals.items()}
            crawled = crawling.crawl(*sources)
            print(night, {name: costs_of(portal) for name, portal in portals.items()}, flush=True)
        costs = {
            name: [now - then for now, then in zip(costs_of(portal), before[name], strict=True)]
            for name, portal in portals.items()
        }
    for name, (requests, size, full, not_modified) in costs.items():
        print(
            f"soak: {PER_YEAR} articles of a year, {name}: a night {requests / MEASURED:.0f}"
            f" requests ({full / MEASURED:.0f} articles in full, {not_modified / MEASURED:.0f} not"
            f" modified), {size / MEASURED / 1e6:.1f} MB"
        )
        assert (full + not_modified) / MEASURED < PER_YEAR / 10
    assert costs["etag"][1] <= costs["plain"][1]
    seen_within_a_year = "SELECT count(*) FROM pages WHERE article NOTNULL AND due_at IS NULL"
    assert crawled.rows(seen_within_a_year) == [(0,)], "every article is looked at again"


def costs_of(portal: YearPortal) -> tuple[int, int, int, int]:
    """Return the totals of a portal: requests, bytes, full articles, and not modified ones."""
    return len(portal.log), portal.size, portal.full, portal.not_modified
