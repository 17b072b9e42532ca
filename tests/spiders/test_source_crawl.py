"""What one run knows of a source has one owner."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from scraper.base.urls import UrlIdentity
from spiders.link_selection import SelectedLinks
from spiders.platforms import platform_named
from spiders.requests import Fetch
from spiders.run import CrawlRun
from spiders.source_crawl import EMPTY_ARCHIVES, MAX_IN_HAND, MAX_UNREAD_BYTES, SourceCrawl
from tests.spiders.crawling import source_at
from tests.spiders.runs import begin, fetch_of, known_page

SPIDERS = Path(__file__).parents[2] / "spiders"
HOME = "http://xa.example/"
WRITERS = frozenset(
    {"add", "append", "clear", "discard", "extend", "insert", "pop", "remove", "setdefault"}
    | {"sort", "update"}
)
"""Methods that change a container."""


@pytest.fixture
def run(tmp_path: Path) -> CrawlRun:
    return begin(tmp_path, source_at(HOME))


@pytest.fixture
def source_crawl(run: CrawlRun) -> SourceCrawl:
    return run.source_crawls["portal"]


def fetches(run: CrawlRun, count: int) -> list[Fetch]:
    """Pages in flight, whose answers have come."""
    source_crawl = run.source_crawls["portal"]
    found = []
    for number in range(count):
        page = source_crawl.urls.discovery(f"{HOME}tin-{number}.html", "article")
        found.append(fetch_of(run, known_page(run, page)))
        source_crawl.arrive(10, 1.0)
    return found


def written_fields(tree: ast.AST) -> Iterator[ast.Attribute]:
    """The attributes that code assigns, deletes, or changes by a method of their container."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            yield node
        elif isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
            if isinstance(node.value, ast.Attribute):
                yield node.value
        elif isinstance(node, ast.Call):
            match node.func:
                case ast.Attribute(value=ast.Attribute() as field, attr=name) if name in WRITERS:
                    yield field


def is_source_crawl(node: ast.expr) -> bool:
    """Whether an expression is what a run knows of a source, by how it is named everywhere."""
    text = ast.unparse(node)
    return text.endswith("source_crawl") or "of_source(" in text or "source_crawls[" in text


def test_only_its_own_methods_write_its_fields() -> None:
    modules = [path for path in SPIDERS.rglob("*.py") if path.name != "source_crawl.py"]
    assert len(modules) > 30
    found = [
        f"{path.name}: {ast.unparse(field)}"
        for path in modules
        for field in written_fields(ast.parse(path.read_text("utf-8")))
        if is_source_crawl(field.value)
    ]
    assert found == []


def test_a_writer_elsewhere_would_be_found() -> None:
    code = (
        "source_crawl.size += 1\n"
        "self.run.of_source(fetch.source).taken.pop(key)\n"
        "run.source_crawls[slug].guesses['feed'] = []\n"
        "source_crawl.note_home(content)\n"
        "size = source_crawl.size\n"
    )
    found = [field for field in written_fields(ast.parse(code)) if is_source_crawl(field.value)]
    assert sorted(field.attr for field in found) == ["guesses", "size", "taken"]


def test_what_the_pages_of_a_list_name_adds_up(run: CrawlRun, source_crawl: SourceCrawl) -> None:
    urls = source_crawl.urls
    first = known_page(run, urls.discovery(f"{HOME}tin-tuc", "listing"))
    second = known_page(run, urls.discovery(f"{HOME}tin-tuc?page=2", "listing", list=first.url_key))
    source_crawl.note_links(first, SelectedLinks(content=["a", "b"]))
    source_crawl.note_links(second, SelectedLinks(content=["b", "c"]))
    progress = source_crawl.progress_of(first)
    assert (progress.seen, progress.pages, progress.last) == ({"a", "b", "c"}, 2, ["b", "c"])
    other = known_page(run, urls.discovery(f"{HOME}van-hoa", "listing"))
    assert source_crawl.progress_of(other).pages == 0


def test_a_new_platform_changes_the_keys(source_crawl: SourceCrawl) -> None:
    assert not source_crawl.learn_platform(None)
    platform = platform_named("sharepoint")
    assert source_crawl.learn_platform(platform.name)
    assert not source_crawl.learn_platform(platform.name)
    assert source_crawl.urls.rules.url_identity == platform.url_identity
    assert isinstance(source_crawl.urls.rules.url_identity, UrlIdentity)


def test_lists_by_date_without_anything_new_end_the_search(source_crawl: SourceCrawl) -> None:
    for _ in range(EMPTY_ARCHIVES):
        assert source_crawl.selection_rules.takes_archives
        source_crawl.note_archive(SelectedLinks())
    assert not source_crawl.selection_rules.takes_archives


def test_a_source_waits_for_its_readers(run: CrawlRun, source_crawl: SourceCrawl) -> None:
    in_flight = fetches(run, MAX_IN_HAND - 1)
    assert source_crawl.can_ask
    in_flight[0].size = MAX_UNREAD_BYTES + 1
    assert not source_crawl.can_ask
    source_crawl.finish(in_flight[0].known.url_key)
    assert source_crawl.can_ask
    fetches(run, MAX_IN_HAND)
    assert not source_crawl.can_ask


def test_a_source_is_closed_for_the_first_reason(run: CrawlRun, source_crawl: SourceCrawl) -> None:
    (fetch,) = fetches(run, 1)
    source_crawl.retry(fetch, 9.0)
    source_crawl.close("budget")
    source_crawl.close("host_failing")
    assert (source_crawl.closed, source_crawl.waiting, source_crawl.can_ask) == (
        "budget",
        [],
        False,
    )
