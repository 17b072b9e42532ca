"""The command `scrapy` in a checkout: what a user of Scrapy expects, with the safety of ours."""

from __future__ import annotations

import os
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import CompletedProcess
from threading import Thread

import pytest

from scraper.scrapy_commands.crawl import options
from tests.processes import run

REPOSITORY = Path(__file__).parents[2]
TEXT = "Sáng nay, nhân dân trong huyện dự lễ hội đầu xuân tại quảng trường trung tâm. " * 3
PAGE = (
    f"<html><body><article><h1>Lễ hội đầu xuân</h1><p>{TEXT}</p><p>{TEXT}</p></article>"
    "<a href='/tin-tuc/le-ra-quan-12345.html'>Lễ ra quân đầu năm của huyện</a></body></html>"
)


class Site(ThreadingHTTPServer):
    """Answers with one page, and with redirects; ``asked`` are the paths that were asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []
        self.redirects: dict[str, str] = {}
        self.root = f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    """Notes what is asked for."""

    server: Site

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        target = self.server.redirects.get(self.path)
        self.send_response(200 if target is None else 302)
        if target is not None:
            self.send_header("Location", target)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(PAGE.encode())

    def log_message(self, format: str, *values: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def scrapy(home: Path, *arguments: str) -> CompletedProcess[str]:
    """Run `scrapy` in the checkout, with a configuration and data of its own."""
    own = {"TINHUYEN_HOME": str(home / "data"), "XDG_CONFIG_HOME": str(home)}
    return run("scrapy", *arguments, environment=os.environ | own, folder=REPOSITORY)


def test_the_one_spider_is_listed(home: Path) -> None:
    assert scrapy(home, "list").stdout == "portal\n"


def test_a_page_is_looked_at_in_the_shell(home: Path, site: Site) -> None:
    code = "response.css('h1::text').get() + ' ' + settings['USER_AGENT']"
    shown = scrapy(home, "shell", f"{site.root}/a", "-c", code)
    assert shown.stdout.startswith("Lễ hội đầu xuân tinhuyen/"), shown.stderr
    assert site.asked == ["/a"]


@pytest.mark.parametrize("spider", [[], ["--spider", "portal"]])
def test_a_page_is_parsed_to_its_article_and_its_links(
    home: Path, site: Site, spider: list[str]
) -> None:
    parsed = scrapy(home, "parse", "--nocolour", *spider, f"{site.root}/a")
    items, _, requests = parsed.stdout.partition("# Requests")
    assert "'title': 'Lễ hội đầu xuân'" in items, parsed.stderr
    assert f"<GET {site.root}/tin-tuc/le-ra-quan-12345.html>" in requests
    assert not (home / "data").exists()


def test_a_redirect_is_followed_but_to_no_other_private_place(home: Path, site: Site) -> None:
    with Site() as other:
        Thread(target=other.serve_forever, args=(0.05,), daemon=True).start()
        site.redirects = {"/a": "/b", "/c": f"{other.root}/d"}
        assert "Lễ hội" in scrapy(home, "fetch", f"{site.root}/a").stdout
        assert "Lễ hội" not in scrapy(home, "fetch", f"{site.root}/c").stdout
        other.shutdown()
    assert (site.asked, other.asked) == (["/a", "/b", "/c"], [])


@pytest.mark.parametrize("command", ["shell", "fetch", "view", "parse"])
def test_a_public_page_is_not_asked_for_without_a_contact(home: Path, command: str) -> None:
    refused = scrapy(home, command, "https://xa.example/")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "`contact` is not set" in refused.stderr


def test_a_crawl_is_a_run(home: Path, site: Site) -> None:
    crawled = scrapy(home, "crawl", "portal", "-a", f"url={site.root}/", "-a", "max_pages=1")
    assert crawled.returncode == 0, crawled.stderr
    runs = run("scraper", "--db", str(home / "data" / "tinhuyen.db"), "--json", "runs")
    assert '"state": "done"' in runs.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["other"], "name the spider `portal`"),
        ([], "name the spider `portal`"),
        (["portal", "-o", "x.jsonl"], "use `tinhuyen export`"),
        (["portal", "-s", "DOWNLOAD_DELAY=0"], "leave out -s"),
        (["portal", "-a", "sources=nothing"], "no source `nothing`"),
        (["portal", "-a", "colour=red"], "No such option"),
    ],
)
def test_what_a_run_cannot_take_is_told(home: Path, arguments: list[str], told: str) -> None:
    refused = scrapy(home, "crawl", *arguments)
    assert refused.returncode == 2
    assert told in refused.stderr
    assert not (home / "data").exists()


@pytest.mark.parametrize(
    ("arguments", "given"),
    [
        ({}, []),
        ({"sources": "xa,huyen"}, ["xa", "huyen"]),
        ({"sources": "xa", "max_pages": "5", "full": "1"}, ["--full", "--max-pages=5", "xa"]),
        ({"full": "no", "url": "http://a/?b=c"}, ["--url=http://a/?b=c"]),
    ],
)
def test_arguments_of_the_spider_are_options_of_the_command(
    arguments: dict[str, str], given: list[str]
) -> None:
    assert options(arguments) == given
