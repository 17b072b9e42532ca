"""Where pages are kept, and where they are asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from spiders.source_urls import to_fetch_url
from tests.spiders.crawling import source_at
from tests.spiders.runs import begin, known_page

HOME = "http://xa.example/"


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("http://xa.example/tin/1.html", "https://www.xa.example/tin/1.html"),
        ("http://cu.example/tin/1.html", "http://cu.example/tin/1.html"),
    ],
)
def test_a_page_is_asked_for_where_its_home_page_answers(url: str, asked: str) -> None:
    source = source_at(HOME, aliases=("cu.example",))
    assert to_fetch_url(url, source, "https://www.xa.example/vi/") == asked


@pytest.mark.parametrize(
    ("url", "target", "origin"),
    [
        (HOME, "https://www.xa.example/", "https://www.xa.example/"),
        (HOME, "https://cu.example/", HOME),
        ("http://xa.example/tin/1.html", "https://xa.example/tin/1.html", HOME),
    ],
)
def test_only_the_home_page_tells_where_its_own_host_serves(
    tmp_path: Path, url: str, target: str, origin: str
) -> None:
    run = begin(tmp_path, source_at(HOME, aliases=("cu.example",)))
    source_crawl = run.source_crawls["portal"]
    kind = "listing" if url == HOME else "article"
    source_crawl.note_origin(known_page(run, source_crawl.urls.discovery(url, kind)), target)
    assert source_crawl.origin == origin
