"""The archived page of an article, below the bar that says what it is."""

from __future__ import annotations

import codecs
import unicodedata
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from time import process_time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from pipelines.items import Page as StoredPage
from scraper.archive.writer import head
from scraper.browse.archived_page import bar, with_bar
from scraper.browse.language import Translator
from scraper.store.captures import Capture, add_capture
from scraper.store.database import write_transaction
from tests.browse.library import ARCHIVED
from tests.browse.serving import Browsing
from tests.scraper.stores import Portal, page_of

HERE = "http://127.0.0.1:8001/articles/1"
FETCHED = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)
TEXT = "Nước về thôn bản"
LONG = "bai-" + "rat-dai-" * 150 + ".html"

HIDING = """<!-- <!DOCTYPE html> --><!DOCTYPE html><html lang="vi"><head><title>Ẩn</title>
<base href="http://example.invalid/" target="_blank"><style>body * { display: none !important;
color: red !important } body { opacity: 0; visibility: hidden } body > :first-child { position:
absolute; left: -9999px } div { height: 0; overflow: hidden; transform: scale(0) }</style></head>
<body style="background: #000; color: #000"><div style="position: absolute; top: 0; z-index: 99999;
width: 100%; height: 300px; background: #000">x</div></body></html>"""
DARK = f"""<!DOCTYPE html><html lang="vi"><head><title>Tối</title><style>body {{ background: #000;
color: #fff; margin: 0 }}</style></head><body><h1>{TEXT}</h1></body></html>"""
OPEN_COMMENT = f"<!-- {DARK}"


@dataclass(frozen=True)
class Case:
    """An archived body, its type, and whether its text is then seen in a browser."""

    body: bytes
    content_type: str
    seen: bool = True


def fetch(address: str) -> str:
    """A page as text: a browser runs no script in it, not even that of a test."""
    with urllib.request.urlopen(address, timeout=300) as answer:
        text: str = answer.read().decode("utf-8-sig")
        return text


def wide(codec: str, bom: bytes = b"") -> bytes:
    return bom + f"<!DOCTYPE html><title>x</title><h1>{TEXT}</h1>".encode(codec)


def declaring(label: str, codec: str) -> bytes:
    """A page that declares its encoding in its head, late but within what browsers scan."""
    padding = f"<!--{' ' * 700}-->"
    text = f'<html><head>{padding}<meta charset="{label}"><title>x</title></head><h1>{TEXT}</h1>'
    return text.encode(codec)


def vietnamese_1258(label: str) -> bytes:
    """Text in Windows-1258, in which tone marks are characters of their own."""
    text = "Nu\u031bo\u031b\u0301c vê\u0300 thôn ba\u0309n"
    text = text.replace("u\u031b", "ư").replace("o\u031b", "ơ")
    return f'<html><head><meta charset="{label}"></head><h1>{text}</h1>'.encode("cp1258")


CASES = {
    "utf-8": Case(declaring("utf-8", "utf-8"), "text/html"),
    "header": Case(f"<h1>{TEXT}</h1>".encode(), "text/html; charset=UTF-8"),
    "quoted header": Case(f"<h1>{TEXT}</h1>".encode(), 'text/html; charset="utf-8"'),
    "unknown in header": Case(declaring("utf-8", "utf-8"), "text/html; charset=no-such"),
    "bom": Case(codecs.BOM_UTF8 + f"<!DOCTYPE html><h1>{TEXT}</h1>".encode(), "text/html"),
    "windows-1258": Case(vietnamese_1258("windows-1258"), "text/html"),
    "utf-16 bom": Case(wide("utf-16-le", codecs.BOM_UTF16_LE), "text/html"),
    "utf-16 be bom": Case(wide("utf-16-be", codecs.BOM_UTF16_BE), "text/html"),
    "utf-16 header": Case(wide("utf-16-be"), "text/html; charset=utf-16be"),
    "meta of utf-16": Case(declaring("utf-16", "utf-8"), "text/html"),
    "no type": Case(declaring("utf-8", "utf-8"), ""),
    "xhtml": Case(
        f'<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/'
        f'xhtml"><head><title>x</title></head><body><h1>{TEXT}</h1></body></html>'.encode(),
        "application/xhtml+xml",
    ),
    "text": Case(TEXT.encode(), "text/plain; charset=utf-8"),
    "json": Case(f'{{"a": "{TEXT}"}}'.encode(), "application/json"),
    "feed": Case(f"<rss><title>{TEXT}</title></rss>".encode(), "application/rss+xml"),
    "hiding": Case(HIDING.encode(), "text/html; charset=utf-8", seen=False),
    "open comment": Case(OPEN_COMMENT.encode(), "text/html; charset=utf-8", seen=False),
    "script": Case(b"<script>/*", "text/html", seen=False),
    "frames": Case(b"<frameset><frame src=a></frameset>", "text/html", seen=False),
    "empty": Case(b"", "text/html", seen=False),
    "dark": Case(DARK.encode(), "text/html; charset=utf-8"),
}


@pytest.fixture(scope="module")
def strange_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site whose articles have the archived pages above, in their order, and a long address."""
    folder: Path = tmp_path_factory.mktemp("strange")
    portal = Portal(folder)
    for number, case in enumerate(CASES.values(), 1):
        path = f"bai-{number}.html"
        portal.fetch(path, page_of(f"Bài {number}", "Một đoạn văn khá dài của bài này." * 9))
        url = f"http://huyen.localhost/{path}"
        answer = head("HTTP/1.1 200 OK", [(b"Content-Type", case.content_type.encode())])
        request = head(f"GET /{path} HTTP/1.1", [])
        place = portal.archive.write(url, request, answer, case.body, FETCHED)
        digest = sha256(case.body).hexdigest()
        with write_transaction(portal.db):
            capture = Capture(place.warc_file, place.warc_offset, digest, 200, FETCHED)
            row_id = add_capture(portal.db, f"huyen.localhost/{path}", capture, number)
            portal.db.execute(
                "UPDATE pages SET capture = ? WHERE url_key = ?",
                [row_id, f"huyen.localhost/{path}"],
            )
    portal.fetch(LONG, page_of("Bài có địa chỉ dài", "Một đoạn văn khá dài của bài này." * 9))
    with Browsing(folder / "tinhuyen.db") as browsing:
        yield browsing.url


def numbered(name: str) -> str:
    return f"/articles/{list(CASES).index(name) + 1}"


@pytest.mark.parametrize("name", CASES)
def test_the_bar_is_seen_whatever_the_page_does(
    browser: Browser, strange_site: str, name: str
) -> None:
    context = browser.new_context(base_url=strange_site)
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto(f"{numbered(name)}/archived")
    shown = page.locator("#tinhuyen-bar")
    box = shown.bounding_box()
    assert box
    assert box["y"] < 20
    assert box["height"] > 60
    number = list(CASES).index(name) + 1
    text = " ".join(shown.inner_text().split())
    assert text == (
        f"Bản lưu của trang http://huyen.localhost/bai-{number}.html lấy về lúc 02:00, 25/11/2026,"
        " do Tin huyện giữ. Đây không phải trang đang chạy ở nguồn. Về bài viết"
    )
    if CASES[name].seen:
        body = unicodedata.normalize("NFC", page.locator("body").inner_text())
        assert " ".join(body.split()).count(TEXT) == 1
    shown.click(trial=True, position={"x": 30, "y": 15})
    page.get_by_role("link", name="Về bài viết").click()
    page.wait_for_url(f"{strange_site}{numbered(name)}")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1200])
@pytest.mark.parametrize("path", [numbered("dark"), f"/articles/{len(CASES) + 1}"])
def test_the_bar_bars_nobody(
    browser: Browser, strange_site: str, path: str, width: int, scheme: str
) -> None:
    context = browser.new_context(base_url=strange_site, viewport={"width": width, "height": 740})
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_content(fetch(f"{strange_site}{path}/archived"))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    box = page.locator("#tinhuyen-bar").bounding_box()
    assert box
    assert box["height"] < 250
    violations = Axe().run(page, context="#tinhuyen-bar").response["violations"]
    assert [one["id"] for one in violations if one["impact"] in ("serious", "critical")] == []
    context.close()


def test_the_long_address_is_whole(browser: Browser, strange_site: str) -> None:
    context = browser.new_context(base_url=strange_site)
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto(f"/articles/{len(CASES) + 1}/archived?lang=en")
    expect(page.locator("#tinhuyen-bar span")).to_have_text(f"http://huyen.localhost/{LONG}")
    expect(page.locator("#tinhuyen-bar")).to_contain_text("This is not the live site.")
    context.close()


def test_the_powers_of_the_page_are_as_before(site: str) -> None:
    with urllib.request.urlopen(f"{site}/articles/{ARCHIVED}/archived", timeout=300) as answer:
        assert answer.headers["content-security-policy"] == (
            "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:;"
            " frame-ancestors 'none'"
        )
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "Bài được lưu nguyên trang" in answer.read().decode()


def test_the_archive_stays_as_it_is(browser: Browser, site: str, library: Path, page: Page) -> None:
    files = sorted((library.parent / "archive").iterdir())
    before = [sha256(file.read_bytes()).hexdigest() for file in files]
    page.goto(f"/articles/{ARCHIVED}/archived")
    assert [sha256(file.read_bytes()).hexdigest() for file in files] == before


def stored(
    body: bytes, content_type: str = "text/html", url: str = "http://h.localhost/"
) -> StoredPage:
    headers = {"content-type": content_type} if content_type else {}
    return StoredPage(url, body, headers=headers, fetched_at=FETCHED)


@pytest.mark.parametrize("name", CASES)
def test_the_bytes_of_html_are_all_there(name: str) -> None:
    case = CASES[name]
    page = stored(case.body, case.content_type)
    html = bar(page, HERE, Translator("vi"))
    body, _ = with_bar(page, html)
    if "html" in case.content_type or not case.content_type:
        found = [body.find(html.encode(codec)) for codec in ("ascii", "utf-16-le", "utf-16-be")]
        at, codec = next(
            (at, codec)
            for at, codec in zip(found, ("ascii", "utf-16-le", "utf-16-be"), strict=True)
            if at >= 0
        )
        assert body[:at] + body[at + len(html.encode(codec)) :] == case.body


@pytest.mark.parametrize("content_type", ["application/pdf", "image/png", "application/zip"])
def test_what_is_no_text_is_sent_as_it_is(content_type: str) -> None:
    page = stored(b"%PDF-1.7", content_type)
    assert with_bar(page, bar(page, HERE, Translator("vi"))) == (page.body, content_type)


@pytest.mark.fault(72)
def test_an_address_stays_text_in_the_bar() -> None:
    page = stored(b"", url='http://h.localhost/"><script>alert(1)</script>&amp;\u2028ế')
    html = bar(page, HERE, Translator("vi"))
    assert html.isascii()
    assert "<script" not in html
    assert "&#7871;" in html


def test_a_page_keeps_its_mode(browser: Browser, strange_site: str) -> None:
    page = browser.new_page()
    for name, mode in {
        "dark": "CSS1Compat",
        "hiding": "CSS1Compat",
        "header": "BackCompat",
    }.items():
        page.set_content(fetch(f"{strange_site}{numbered(name)}/archived"))
        assert page.evaluate("document.compatMode") == mode
    page.close()


@pytest.mark.parametrize("start", [b"<!--", b"<?", b" ", b"<!-- -", b"<!doctype", b"<!---->"])
def test_the_start_of_a_page_is_read_in_linear_time(start: bytes) -> None:
    began = process_time()
    for _ in range(20):
        with_bar(stored(start * 1_000_000), "")
    assert process_time() - began < 20
