"""Adding a site: what is given lands in its entry, and what is refused says why and what to do."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from scraper.base.errors import UsageError
from scraper.base.source import Source
from scraper.config.registry import Catalogue, add_entry, load_catalogue, write_source
from scraper.crawling.adding import Asked, name_in, new_entry
from scraper.crawling.obstacles import OBSTACLE_TEXTS, Obstacle, obstacle_of
from scraper.crawling.preview import Preview
from scraper.crawling.preview_report import preview_text, sample_text
from scraper.demo.portal import DemoPortal
from tests.scraper.commands.test_command_line import tinhuyen

HOME = "https://vidu.example/"


def preview_of(**values: Any) -> Preview:
    """A preview of a site that has these values and nothing else."""
    empty: dict[str, Any] = {
        "source": Source(slug="vidu", name="vidu.example", home_url=HOME),
        "platform": None,
        "kinds": {},
        "outcomes": {},
        "feeds": [],
        "sitemaps": [],
        "lists": [],
        "samples": [],
        "oldest": None,
        "by_script": [],
        "problem": None,
    }
    return Preview(**empty | values)


def entries(home: Path) -> dict[str, Any]:
    """The entries of the user's own sources.toml."""
    return tomllib.loads((home / "config" / "tinhuyen" / "sources.toml").read_text("utf-8"))


def test_what_is_given_lands_in_the_entry_and_the_name_comes_from_the_page(tmp_path: Path) -> None:
    with DemoPortal() as portal:
        home, other = portal.sites[1].home_url, portal.sites[2].home_url
        run = tinhuyen("sources", "add", home, "--yes", "--delay", "0.01", home=tmp_path)
        assert run.returncode == 0, run.stderr
        given = ("--name", "Xã Ta", "--delay", "0")
        tinhuyen("sources", "add", other, "--yes", *given, home=tmp_path)
        again = tinhuyen("sources", "add", home, "--yes", "--json", home=tmp_path)
    first, second = entries(tmp_path).values()
    assert (first["name"], first["delay"]) == ("Cổng thông tin điện tử tỉnh Sơn Hà", 0.01)
    assert (second["name"], second["delay"]) == ("Xã Ta", 0)
    assert "None" not in run.stdout
    assert "at most 40 requests, with a pause of 0.01 s: up to about 1 second" in run.stderr
    assert "1 answer so far" in run.stderr
    value = json.loads(again.stdout)
    assert value["known"]
    assert again.stderr == ""  # nothing was fetched
    assert (value["entry"], value["registered"]) == ({}, False)
    assert again.returncode == 0


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    with DemoPortal() as portal:
        home = portal.sites[1].home_url
        run = tinhuyen("sources", "add", home, "--dry-run", "--delay", "0", home=tmp_path)
    assert run.returncode == 0, run.stderr
    assert 'nothing was registered: it would be name = "Cổng' in run.stdout
    assert not (tmp_path / "config").exists()


@contextmanager
def served(pages: dict[str, str]) -> Iterator[str]:
    """The home page of a site with these pages and no others."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            text = pages.get(self.path)
            self.send_response(404 if text is None else 200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write((text or "").encode())

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("pages", "obstacle"),
    [
        ({"/robots.txt": "User-agent: *\nDisallow: /\n", "/": "x"}, Obstacle.ROBOTS),
        ({"/": "<title>Xã Ví Dụ</title><p>Xin chào.</p>"}, Obstacle.NO_ARTICLE),
        ({}, Obstacle.NO_PAGE),
    ],
)
def test_what_is_not_registered_says_why_and_what_to_do(
    tmp_path: Path, pages: dict[str, str], obstacle: Obstacle
) -> None:
    with served(pages) as home:
        run = tinhuyen("sources", "add", home, "--yes", "--delay", "0", home=tmp_path)
    assert run.returncode == 3
    assert OBSTACLE_TEXTS[obstacle]["why"]["en"] in run.stdout
    assert OBSTACLE_TEXTS[obstacle]["next"]["en"] in run.stdout
    assert "nothing was registered" in run.stdout
    assert "None" not in run.stdout
    assert not (tmp_path / "config").exists()


@pytest.mark.parametrize(
    ("problem", "outcome", "reason", "obstacle"),
    [
        ("vidu.example: robots_unreachable (dns)", "deferred", "dns", Obstacle.UNKNOWN_HOST),
        ("vidu.example: robots_unreachable (connect)", "failed", "x", Obstacle.NO_ANSWER),
        ("vidu.example: robots_unreachable (tls)", "deferred", "x", Obstacle.CERTIFICATE),
        (None, "refused", "private_address", Obstacle.PRIVATE),
        (None, "refused", "robots", Obstacle.ROBOTS),
        (None, "blocked", "http_403", Obstacle.BLOCKED),
        (None, "blocked", "challenge", Obstacle.BLOCKED),
        (None, "failed", "http_503", Obstacle.NO_ANSWER),
        ("the home page moved to https://x.example/", "refused", "offsite", Obstacle.MOVED),
        (None, "broken", "empty", Obstacle.NO_PAGE),
    ],
)
def test_the_obstacle_is_known_by_the_reasons(
    problem: str | None, outcome: str, reason: str, obstacle: Obstacle
) -> None:
    found = preview_of(problem=problem, outcomes={outcome: 1}, reasons={outcome: {reason: 1}})
    assert obstacle_of(found) is obstacle


def test_lists_by_script_are_said_to_be_the_obstacle() -> None:
    found = preview_of(outcomes={"listing": 1}, by_script=[f"{HOME}tin"])
    assert obstacle_of(found) is Obstacle.BY_SCRIPT
    assert "`more`" in preview_text(found)


@pytest.mark.parametrize("obstacle", Obstacle)
def test_every_obstacle_has_its_texts(obstacle: Obstacle) -> None:
    texts = OBSTACLE_TEXTS[obstacle]
    assert all(texts[part][language] for part in ("why", "next") for language in ("vi", "en"))


def test_what_an_article_lacks_is_left_out() -> None:
    bare = {"title": "Tin", "url": HOME, "body": None, "lede": None}
    bare |= {"published_at": None, "author": None, "section": None}
    assert sample_text(bare) == f"  Tin\n  {HOME}"
    assert "None" not in preview_text(preview_of(samples=[bare], outcomes={"new": 1}))


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Trang chủ - Cổng thông tin điện tử xã Ví Dụ", "Cổng thông tin điện tử xã Ví Dụ"),
        ("Báo Tuyên Quang | Home", "Báo Tuyên Quang"),
        ("Hàm Yên - Tuyên Quang", "Hàm Yên - Tuyên Quang"),
        ("Trang chủ", None),
        ("", None),
        (None, None),
    ],
)
def test_the_name_of_a_site_is_in_its_title(title: str | None, name: str | None) -> None:
    assert name_in(title) == name


def test_a_registered_source_is_enabled_and_keeps_what_it_has() -> None:
    known = Source(slug="vidu", name="Xã Ví Dụ", home_url=HOME, enabled=False)
    found = preview_of(samples=[{}], site_name="Khác", platform="nukeviet")
    assert new_entry(found, Catalogue({"vidu": known}), Asked(delay=5.0)) == {
        "delay": 5,
        "enabled": True,
    }


def _write_many(file: Path, writer: int) -> None:
    for number in range(10):
        home = f"https://{writer}-{number}.example/"
        add_entry(file, home, {"name": f"N{number}", "home_url": home})
        write_source(file, "shared", {f"k{writer}": number})


def test_writers_at_once_lose_nothing_of_one_another(tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    file.write_text('# mine\n[shared] # why\nname = "S"\nhome_url = "https://s.example/"\n')
    context = get_context("forkserver")
    writers = [context.Process(target=_write_many, args=(file, number)) for number in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(300)
    written = tomllib.loads(file.read_text("utf-8"))
    assert len(written) == 31
    assert {written["shared"][f"k{number}"] for number in range(3)} == {9}
    assert file.read_text().startswith("# mine\n[shared] # why\n")


def test_two_sites_of_one_host_name_get_different_slugs(tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    homes = ("https://x.example/a", "https://x.example/b")
    slugs = [add_entry(file, home, {"name": "X", "home_url": home}) for home in homes]
    assert len(set(slugs)) == 2
    assert add_entry(file, homes[0], {"delay": 5}) == slugs[0]
    assert load_catalogue(file).sources[slugs[0]].delay == 5


def test_an_entry_that_is_no_table_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    file.write_text("hamyen = 5\n")
    with pytest.raises(UsageError, match=r"must be a table \[hamyen\]"):
        write_source(file, "hamyen", {"enabled": True})
    assert file.read_text() == "hamyen = 5\n"
