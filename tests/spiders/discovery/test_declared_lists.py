"""Lists that only script goes on with: declared in the registry, asked page by page."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from scraper.base.source import More
from scraper.demo.server import Answer, Request, Server
from spiders.discovery.pagination import Link, Postback
from spiders.more import request_for
from tests.portals.faults import article
from tests.spiders.crawling import Crawled, Crawling, source_at
from tests.spiders.test_turns import TEASER

PER_PAGE = 3
HOME = "http://suoithu.gov.vn/tin/"
BUTTON = "<button class='load-more' onclick='them()'>Xem thêm</button>"


def path_of(number: int) -> str:
    return f"/tin-tuc/ba-con-xom-suoi-thu-sua-duong-dot-{number}-{1000 + number}.html"


def teasers(numbers: range, relative: bool = False) -> str:
    paths = (path_of(number).removeprefix("/tin-tuc/" * relative) for number in numbers)
    return "".join(TEASER.format(path, path[-9:-5]) for path in paths)


def page_of(number: int, last: int) -> range:
    """The articles of one page of a list; behind the last one there are none."""
    return range((number - 1) * PER_PAGE, number * PER_PAGE if number <= last else 0)


def as_html(numbers: range) -> Answer:
    return Answer(teasers(numbers) + BUTTON)


def as_relative(numbers: range) -> Answer:
    return Answer(teasers(numbers, relative=True))


def as_json(numbers: range) -> Answer:
    body = {"success": True, "data": {"html": teasers(numbers), "total": 99}}
    return Answer(json.dumps(body), type="application/json")


def as_items(numbers: range) -> Answer:
    items = [{"url": path_of(n), "title": f"Bà con xóm Suối Thử sửa đường {n}"} for n in numbers]
    return Answer(json.dumps(items), type="application/json")


class ScriptPortal(Server):
    """A portal whose home page shows the first page of a list, and a button for more.

    What is behind the button is given to script alone; ``end`` is the answer behind the last page,
    None for the usual one, which names nothing.
    """

    def __init__(self, last: int = 4, form: Callable[[range], Answer] = as_html) -> None:
        super().__init__()
        self.last, self.form = last, form
        self.end: Answer | None = None
        self.robots = ""
        self.asked: list[tuple[str, str]] = []

    def answer(self, request: Request, form: dict[str, str]) -> Answer:
        """Answer one request."""
        parts = urlsplit(request.path)
        if parts.path == "/ajax/list":
            return self._more(request, form | dict(parse_qsl(parts.query)))
        if parts.path.startswith("/tin-tuc/"):
            number = parts.path.rpartition("-")[2].removesuffix(".html")
            return Answer(article(title=f"Bà con sửa đường ra bến đợt {number}"))
        pages = {"/": teasers(page_of(1, 1)) + BUTTON, "/robots.txt": self.robots}
        if parts.path not in pages:
            return Answer("Không tìm thấy", 404)
        kind = "text/plain" if parts.path == "/robots.txt" else "text/html; charset=utf-8"
        return Answer(pages[parts.path], type=kind)

    def _more(self, request: Request, sent: dict[str, str]) -> Answer:
        place = sent.get("page") or sent.get("start") or ""
        self.asked.append((request.method, place))
        if request.headers.get("x-requested-with") != "XMLHttpRequest":
            return Answer("Forbidden", 403)
        if "start" in sent:
            start = int(place) + {"5": 0, "6": 300}[sent["cat"]]
            return self.form(range(start, start + PER_PAGE if int(place) < 9 else start))
        if sent.get("cat") != "5":
            return Answer("Bad request", 400)
        numbers = page_of(int(place), self.last)
        return self.form(numbers) if numbers or self.end is None else self.end


POSTED = {"url": "/ajax/list", "formdata": {"page": "{page}", "cat": 5}}
QUERIED = {"url": "/ajax/list?cat=5&page={page}"}
AS_FORM = {"url": "/ajax/list", "method": "GET", "formdata": {"page": "{page}", "cat": "5"}}


def crawled(crawling: Crawling, server: ScriptPortal, more: object = (), **plan: Any) -> Crawled:
    crawling.limits = {"guesses": 0}
    return crawling.crawl(source_at(server.home_url, more=more), **plan)


def test_a_declared_list_is_read_until_nothing_new_comes(crawling: Crawling) -> None:
    crawling.limits = {"guesses": 0}
    ways = [
        (POSTED, as_html), (POSTED, as_json), (QUERIED, as_html), (AS_FORM, as_items),
    ]  # fmt: skip
    with ExitStack() as stack:
        portals = [stack.enter_context(ScriptPortal(4, form)) for _, form in ways]
        sources = [
            source_at(portal.home_url, f"portal-{n}", more=more)
            for n, (portal, (more, _)) in enumerate(zip(portals, ways, strict=True))
        ]
        run = crawling.crawl(*sources)
        counts = "SELECT count(*) FROM articles GROUP BY source"
        assert run.rows(counts) == [(4 * PER_PAGE,)] * len(ways)
        assert [portal.asked for portal in portals] == [
            [(method, str(number)) for number in (2, 3, 4, 5)]
            for method in ("POST", "POST", "GET", "GET")
        ]
        assert run.rows("SELECT url FROM pages WHERE reason = 'more_by_script'") == []
        kept = "SELECT count(*) FROM captures WHERE url_key LIKE '%/ajax/list%'"
        assert run.rows(kept) == [(4 * len(ways),)]


def test_the_next_night_goes_on_only_for_news(crawling: Crawling) -> None:
    with ScriptPortal() as server:
        crawled(crawling, server, POSTED)
        server.asked.clear()
        assert crawled(crawling, server, POSTED).outcomes["new"] == 0
        assert server.asked == [("POST", "2")]


def test_whatever_names_nothing_new_ends_the_list_and_is_no_fault(crawling: Crawling) -> None:
    crawling.limits = {"guesses": 0}
    ends = ["", "[]", "{}", '{"html": ""}', "null", "0", teasers(page_of(4, 4))]
    with ExitStack() as stack:
        portals = [stack.enter_context(ScriptPortal()) for _ in ends]
        for portal, end in zip(portals, ends, strict=True):
            portal.end = Answer(end)
        run = crawling.crawl(
            *(source_at(one.home_url, f"portal-{n}", more=POSTED) for n, one in enumerate(portals))
        )
        assert run.code == 0
        assert run.rows("SELECT missing FROM run_sources") == [("",)] * len(ends)
        assert [[place for _, place in one.asked] for one in portals] == [list("2345")] * len(ends)


def test_a_list_cut_off_by_the_budget_goes_on_where_it_was(crawling: Crawling) -> None:
    with ScriptPortal(6) as server:
        crawled(crawling, server, POSTED, max_pages=12)
        assert len(server.asked) < 6
        for _ in range(2):
            run = crawled(crawling, server, POSTED)
        assert len(run.titles()) == 6 * PER_PAGE


def test_offsets_and_several_lists_of_one_address(crawling: Crawling) -> None:
    with ScriptPortal() as server:
        shape = {"url": "/ajax/list", "first": 0, "step": 3}
        forms = [{"start": "{page}", "cat": cat} for cat in ("5", "6")]
        run = crawled(crawling, server, [shape | {"formdata": form} for form in forms])
        assert len(run.titles()) == 6 * PER_PAGE


def test_links_of_an_answer_count_from_the_page_that_shows_the_list(crawling: Crawling) -> None:
    with ScriptPortal(3, as_relative) as server:
        run = crawled(crawling, server, POSTED | {"list": "/tin-tuc/"})
        assert len(run.titles()) == 3 * PER_PAGE
        assert run.end("/") == ("listing", "more_by_script"), "the declared list is another one"


def test_robots_txt_counts_for_it(crawling: Crawling) -> None:
    with ScriptPortal() as server:
        server.robots = "User-agent: *\nDisallow: /ajax/\n"
        run = crawled(crawling, server, POSTED)
        assert server.asked == []
        assert ("refused", "robots") in run.rows("SELECT outcome, reason FROM pages")
        assert "gives nothing (robots)" in str(run.rows("SELECT missing FROM run_sources"))


@pytest.mark.parametrize(
    ("more", "request_"),
    [
        ({"url": "them?p={page}"}, Link(HOME + "them?p=2", page=2)),
        (
            {"url": "/a", "method": "GET", "formdata": {"p": "{page}"}, "first": 1},
            Link("http://suoithu.gov.vn/a?p=1", page=2),
        ),
        (
            {"url": "/a?x=1", "formdata": {"p": "{page}", "q": "{x}"}},
            Postback("http://suoithu.gov.vn/a?x=1", {"p": "2", "q": "{x}"}, page=2),
        ),
        (
            {"url": "/trang-{page}", "method": "POST"},
            Postback("http://suoithu.gov.vn/trang-2", {}, page=2),
        ),
    ],
)
def test_the_request_is_the_declared_one(more: dict[str, Any], request_: Link | Postback) -> None:
    assert request_for(More.model_validate(more), 0, HOME) == request_


def next_page(form: dict[str, str]) -> str:
    """Return the form of the next page, with the fields that were sent for this one."""
    sent = {**form, "trang": "2"}
    fields = "".join(f"<input type=hidden name={n} value={v}>" for n, v in sent.items())
    return f"<form method=post>{fields}<input type=submit value='Trang sau'></form>"


class FormPortal(ScriptPortal):
    """A portal that names its articles only in the answers to a form, some on each page."""

    def answer(self, request: Request, form: dict[str, str]) -> Answer:
        """Answer one request."""
        if request.path == "/":
            return Answer("<h1>Cổng thông tin</h1><p>Bà con chọn năm rồi bấm tìm.</p>")
        if not request.path.startswith("/tin-theo-nam"):
            return super().answer(request, form)
        self.asked.append((request.method, form.get("nam", "")))
        if form.get("nam") not in ("2023", "2024"):
            return Answer("Không có tin")
        page = (form["nam"] == "2024") * 2 + int(form.get("trang", "1"))
        return Answer(teasers(page_of(page, 4)) + next_page(form) * (page % 2))


YEARS = [{"url": "/tin-theo-nam", "formdata": {"nam": year}} for year in (2023, 2024)]


def test_a_list_behind_a_form_is_read_to_its_end_every_night(crawling: Crawling) -> None:
    crawling.limits = {"guesses": 0}
    with FormPortal() as server:
        source = source_at(server.home_url, lists=YEARS)
        run = crawling.crawl(source)
        assert len(run.titles()) == 4 * PER_PAGE
        assert sorted(server.asked) == [("POST", "2023")] * 2 + [("POST", "2024")] * 2
        server.asked.clear()
        run = crawling.crawl(source)
        assert {("POST", "2023"), ("POST", "2024")} <= set(server.asked)
        assert run.outcomes["new"] == 0
        assert run.rows("SELECT missing FROM run_sources WHERE run = 2") == [("",)]


def test_a_form_that_names_no_article_is_said(crawling: Crawling) -> None:
    crawling.limits = {"guesses": 0}
    with FormPortal() as server:
        lists = [YEARS[0], {"url": "/tin-theo-nam", "formdata": {"nam": "1999"}}]
        run = crawling.crawl(source_at(server.home_url, lists=lists))
        assert len(run.titles()) == 2 * PER_PAGE
        told = str(run.rows("SELECT missing FROM run_sources"))
        assert told.count("/tin-theo-nam") == 1
