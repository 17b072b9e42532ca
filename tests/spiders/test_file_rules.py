"""Which files may be requested: scheme, private addresses, contact, robots.txt, and bytes."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipelines.items import Outcome, Page
from scraper.base.source import Source
from scraper.store.files import FileKind, FileRecord, file_key
from spiders import file_rules
from spiders.file_budget import MEGABYTE, FileBudget
from spiders.file_responses import decide_file_answer, decide_file_redirect, is_web_page
from spiders.file_rules import refusal_of
from spiders.http.resolver import allowed_endpoints
from spiders.http.robots import read_robots
from spiders.limits import CrawlPlan, Limits
from spiders.requests import FileFetch
from spiders.responses import Done, Redirect, RedirectChain
from tests.spiders.crawling import source_at
from tests.spiders.runs import NIGHT, new_run

OWN = source_at("http://127.0.0.1:8000/", "own")
PUBLIC = source_at("http://xa.example/", "public")


@pytest.fixture(autouse=True)
def own_hosts_are_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A resolver that lets the user's own source through."""
    resolver: Any = SimpleNamespace(allowed=allowed_endpoints([OWN, PUBLIC]))
    monkeypatch.setattr(file_rules, "installed_guard", lambda: resolver)
    monkeypatch.setattr(file_rules, "was_refused", lambda url: url.startswith("http://10."))


def refusal(
    folder: Path, source: Source, url: str, **more: object
) -> tuple[str, str | None] | None:
    run = new_run(folder, OWN, PUBLIC)
    for name, value in more.items():
        setattr(run, name, value)
    known = FileRecord(
        file_key(url), source.slug, url, FileKind.PHOTO, "", None, None, None, None, 0
    )
    host = run.hosts.of(url, source)
    host.rules = read_robots(b"User-agent: *\nDisallow: /mat/")
    end = refusal_of(FileFetch(known, source, url, host), run)
    return (end.outcome, end.reason) if end else None


@pytest.mark.parametrize(
    ("source", "url", "end"),
    [
        (PUBLIC, "https://cdn.example/1.jpg", None),
        (PUBLIC, "https://cdn.example/mat/1.jpg", ("refused", "robots")),
        (PUBLIC, "http://127.0.0.1:8000/1.jpg", ("refused", "private_address")),
        (OWN, "http://127.0.0.1:8000/1.jpg", None),
        (PUBLIC, "http://10.0.0.1/1.jpg", ("refused", "private_address")),
        (PUBLIC, "ftp://cdn.example/1.jpg", ("refused", "scheme")),
    ],
)
def test_what_may_be_requested(
    tmp_path: Path, source: Source, url: str, end: tuple[str, str] | None
) -> None:
    assert refusal(tmp_path, source, url) == end


def test_a_public_host_waits_for_a_contact(tmp_path: Path) -> None:
    url = "https://cdn.example/1.jpg"
    assert refusal(tmp_path, OWN, url, has_contact=False) == ("deferred", "no_contact")
    own = f"{OWN.home_url}1.jpg"
    assert refusal(tmp_path, OWN, own, has_contact=False) is None


def test_files_in_flight_count_with_their_limits() -> None:
    budget = FileBudget(CrawlPlan(file_megabytes=50, files_megabytes=120))
    first = budget.max_bytes(FileKind.ATTACHMENT)
    assert (first, budget.max_bytes(FileKind.PHOTO)) == (50 * MEGABYTE, 10 * MEGABYTE)
    for _ in range(2):
        budget.reserve(first)
    assert budget.max_bytes(FileKind.ATTACHMENT) == 0
    budget.receive(45 * MEGABYTE)
    for _ in range(2):
        budget.free(first)
    assert budget.max_bytes(FileKind.ATTACHMENT) == 50 * MEGABYTE
    budget.receive(50 * MEGABYTE)
    assert budget.max_bytes(FileKind.ATTACHMENT) == 25 * MEGABYTE
    budget.spend()
    assert budget.is_spent


@pytest.mark.parametrize(
    ("body", "kind", "is_page"),
    [
        (b"<!DOCTYPE html><html>", FileKind.PHOTO, True),
        (b"\xef\xbb\xbf\r\n <HTML><body>", FileKind.ATTACHMENT, True),
        (b"<?xml version='1.0'?>\n<!-- x -->\n<!DOCTYPE html>", FileKind.ATTACHMENT, True),
        (b"<script>location='/login'</script>", FileKind.ATTACHMENT, True),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><html/></svg>", FileKind.PHOTO, False),
        (b"%PDF-1.4 <html>", FileKind.ATTACHMENT, False),
        (
            b'<html xmlns:o="urn:schemas-microsoft-com:office:office">',
            FileKind.ATTACHMENT,
            False,
        ),
        (b'<html xmlns:o="urn:schemas-microsoft-com:office:office">', FileKind.PHOTO, True),
        (b"", FileKind.PHOTO, False),
    ],
)
def test_a_web_page_is_known_by_its_beginning(body: bytes, kind: FileKind, is_page: bool) -> None:
    assert is_web_page(body, kind) == is_page


def test_answers_without_a_file() -> None:
    def end(body: bytes, status: int = 200) -> object:
        page = Page("http://xa.example/1.pdf", body, status=status)
        return decide_file_answer(page, FileKind.ATTACHMENT, NIGHT, Limits())

    assert end(b"%PDF-1.4") is None
    assert end(b"") == Done(Outcome.BROKEN, "empty")
    assert end(b"<html><title>404</title></html>") == Done(Outcome.BROKEN, "html_instead")
    captcha = b"<html><div class='g-recaptcha' data-sitekey='x'></div></html>"
    assert end(captcha) == Done(Outcome.BLOCKED, "challenge")
    assert end(b"", 404) == Done(Outcome.GONE, "http_404")


@pytest.mark.parametrize(
    ("location", "step"),
    [
        ("https://cdn.example/1.pdf", Redirect("https://cdn.example/1.pdf")),
        ("/dang-nhap", Redirect("http://xa.example/dang-nhap")),
        ("/", Done(Outcome.GONE, "redirect_home")),
        ("file:///etc/passwd", Done(Outcome.REFUSED, "scheme")),
        ("/1.pdf", Done(Outcome.FAILED, "redirect_loop")),
        (None, Done(Outcome.FAILED, "redirect_without_location")),
    ],
)
def test_redirects_lead_to_any_host(location: str | None, step: object) -> None:
    url = "http://xa.example/1.pdf"
    assert decide_file_redirect(location, RedirectChain(url, url, (url,), 10)) == step
