"""`extract URL` has the manners of a crawl: the robots.txt of each host on its way comes first."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from time import monotonic

import pytest

from tests.processes import run as run_module
from tests.scraper.stores import page_of

Answers = dict[str, tuple[int, str]]
ARTICLE = page_of("Được mùa cam sành", *["Những ngày này các vườn cam ở thôn Nà Lùng chín rộ."] * 4)


@contextmanager
def served(answers: Answers) -> Iterator[tuple[str, list[tuple[str, float]]]]:
    """A site with these answers (a status, and a body or a location), and what was asked when."""
    asked: list[tuple[str, float]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, monotonic()))
            status, text = answers.get(self.path, (404, ""))
            self.send_response(status)
            if status in (301, 302, 307):
                self.send_header("Location", text)
                text = ""
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


def extract(url: str, folder: Path, contact: str = "") -> subprocess.CompletedProcess[str]:
    own = {"TINHUYEN_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    own["TINHUYEN_CONTACT"] = contact
    return run_module("scraper", "extract", url, environment=os.environ | own)


FORBIDDEN: list[tuple[Answers, str]] = [
    ({"/robots.txt": (200, "User-agent: *\nDisallow: /tin")}, "robots"),
    ({"/robots.txt": (200, "User-agent: tinhuyen\nDisallow: /")}, "robots"),
    ({"/robots.txt": (503, "")}, "robots_unreachable"),
    ({"/robots.txt": (500, "")}, "robots_unreachable"),
    ({"/robots.txt": (429, "")}, "robots_unreachable"),
    ({"/robots.txt": (302, "/r"), "/r": (200, "User-agent: *\nDisallow: /")}, "robots"),
]


@pytest.mark.parametrize(("answers", "reason"), FORBIDDEN)
def test_a_page_that_robots_txt_forbids_is_not_asked_for(
    tmp_path: Path, answers: Answers, reason: str
) -> None:
    with served({**answers, "/tin.html": (200, ARTICLE)}) as (site, asked):
        run = extract(f"{site}/tin.html", tmp_path)
    assert run.returncode == 1
    assert f"({reason})" in run.stderr
    assert "extract FILE" in run.stderr
    assert len(run.stderr.strip().splitlines()) == 1
    assert "/tin.html" not in [path for path, _ in asked]


def test_a_page_that_is_allowed_comes_after_the_pause(tmp_path: Path) -> None:
    robots = "User-agent: *\nCrawl-delay: 3\nDisallow: /quan-tri"
    with served({"/robots.txt": (200, robots), "/tin.html": (200, ARTICLE)}) as (site, asked):
        run = extract(f"{site}/tin.html", tmp_path)
    assert run.returncode == 0, run.stderr
    assert [path for path, _ in asked] == ["/robots.txt", "/tin.html"]
    assert asked[1][1] - asked[0][1] >= 2.5


def test_a_redirect_is_judged_like_the_page(tmp_path: Path) -> None:
    answers = {"/robots.txt": (200, "User-agent: *\nDisallow: /kin"), "/a": (302, "/kin.html")}
    with served({**answers, "/kin.html": (200, ARTICLE)}) as (site, asked):
        run = extract(f"{site}/a", tmp_path)
    assert (run.returncode, "(robots)" in run.stderr) == (1, True)
    assert [path for path, _ in asked] == ["/robots.txt", "/a"]


def test_a_redirect_to_another_host_gets_no_byte_without_contact_or_if_private(
    tmp_path: Path,
) -> None:
    with served({"/kin.html": (200, ARTICLE)}) as (other, asked):
        with served({"/a": (302, f"{other}/kin.html")}) as (site, _):
            run = extract(f"{site}/a", tmp_path)
        assert (run.returncode, "`contact` is not set" in run.stderr) == (1, True)
        with served({"/a": (302, f"{other}/kin.html")}) as (site, _):
            run = extract(f"{site}/a", tmp_path, contact="toa-soan@example.vn")
        assert (run.returncode, "(private_address)" in run.stderr) == (1, True)
        assert asked == []
