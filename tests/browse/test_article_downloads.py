"""One article as a file, and as it is printed."""

from __future__ import annotations

import io
import re
import urllib.request
from collections.abc import Iterator
from email.message import Message
from pathlib import Path
from time import process_time
from typing import Any
from urllib.error import HTTPError
from urllib.parse import unquote
from zipfile import ZipFile

import pytest
import yaml
from docx import Document
from markdown_it import MarkdownIt
from playwright.sync_api import Page, expect

from pipelines.article import Article
from scraper.browse.article_docx import docx_of
from scraper.browse.article_downloads import with_all_files
from scraper.browse.language import Translator
from tests.browse.library import EDITED, HOSTILE, NOTICE, SCRIPT, SHAPED, TABLE
from tests.browse.serving import Browsing
from tests.scraper.stores import keep_article, new_database

FORMS = {
    "md": "text/markdown; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "bib": "application/x-bibtex; charset=utf-8",
}
KEPT = "11:00, 23/11/2026"
"""When the current text of the edited article was first seen, in Vietnam's time."""


def fetch(address: str) -> tuple[bytes, Message]:
    with urllib.request.urlopen(address, timeout=300) as answer:
        return answer.read(), answer.headers


def text_of(document: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(document)).paragraphs)


def record_of(site: str) -> list[str]:
    """What a saved article says of itself."""
    return [
        "Được mùa cam sành ở Vân Lĩnh",
        "Cổng thông tin huyen",
        "http://huyen.localhost/duoc-mua-cam.html",
        KEPT,
        f"{site}/articles/{EDITED}",
        f"Lê Quân, “Được mùa cam sành ở Vân Lĩnh”, Cổng thông tin huyen, 14:25, 21/11/2026,"
        f" http://huyen.localhost/duoc-mua-cam.html (lưu lúc {KEPT}: {site}/articles/{EDITED}).",
    ]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("row_id", [EDITED, HOSTILE, TABLE, NOTICE, SHAPED])
def test_an_article_is_downloaded_under_its_title(site: str, form: str, row_id: int) -> None:
    body, headers = fetch(f"{site}/articles/{row_id}.{form}")
    name = unquote(headers["content-disposition"].partition("filename*=UTF-8''")[2])
    assert body
    assert headers["content-type"] == FORMS[form]
    assert headers["content-disposition"].startswith("attachment; ")
    assert headers["x-content-type-options"] == "nosniff"
    assert name.endswith(f".{form}")
    assert not re.search(r'[<>"/\\|?*:]', name)


@pytest.mark.parametrize("path", ["/articles/999999.md", "/articles/2.exe", "/articles/2.html"])
def test_what_is_not_there_is_not_found(site: str, path: str) -> None:
    with pytest.raises(HTTPError) as refused:
        fetch(site + path)
    assert refused.value.code == 404


def test_plain_text_has_the_article_and_where_it_is_from(site: str) -> None:
    text = fetch(f"{site}/articles/{EDITED}.txt")[0].decode()
    assert text.startswith("Được mùa cam sành ở Vân Lĩnh\n\nLê Quân · 14:25, 21/11/2026\n\nNiên vụ")
    assert "Giá cam tại vườn là 18.000 đồng" in text
    assert "[Ảnh: Vườn cam ở Nà Lùng. · Hải Yến · http://huyen.localhost/cam.jpg]" in text
    for line in record_of(site):
        assert line in text


def test_plain_text_keeps_the_shape(site: str) -> None:
    text = fetch(f"{site}/articles/{SHAPED}.txt")[0].decode()
    assert "1. Trạm bơm Nà Lùng\n2. Bể chứa Khuổi Nấm\n3. Đường ống Bản Cuôn" in text
    assert "Công trình\tHộ dùng nước\tKinh phí (triệu đồng)\nTrạm bơm Nà Lùng\t210\t1.450" in text
    assert f"{site}/-/files/" in text


def test_markdown_has_the_article_and_where_it_is_from(site: str) -> None:
    text = fetch(f"{site}/articles/{EDITED}.md")[0].decode()
    front = next(yaml.safe_load_all(text))
    assert front["citation"] == record_of(site)[-1]
    assert front["kept_url"] == f"{site}/articles/{EDITED}"
    html = MarkdownIt("commonmark").render(text.partition("---\n\n")[2])
    assert "<h1>Được mùa cam sành ở Vân Lĩnh</h1>" in html
    for line in record_of(site):
        assert line in html.replace("&quot;", '"')


def test_a_document_has_the_article_and_where_it_is_from(site: str) -> None:
    document = fetch(f"{site}/articles/{EDITED}.docx")[0]
    for line in record_of(site):
        assert line in text_of(document)
    properties = Document(io.BytesIO(document)).core_properties
    assert (properties.title, properties.author) == ("Được mùa cam sành ở Vân Lĩnh", "Lê Quân")


def test_a_document_keeps_the_shape(site: str) -> None:
    document = Document(io.BytesIO(fetch(f"{site}/articles/{SHAPED}.docx")[0]))
    headings = [
        (paragraph.style.name, paragraph.text)
        for paragraph in document.paragraphs
        if paragraph.style and (paragraph.style.name or "").startswith("Heading")
    ]
    assert headings[0] == ("Heading 1", "Các công trình")
    assert [cell.text for cell in document.tables[0].rows[1].cells] == [
        *("Trạm bơm Nà Lùng", "210", "1.450")
    ]


@pytest.mark.fault(72)
def test_hostile_texts_stay_text_in_files(site: str) -> None:
    html = MarkdownIt("commonmark").render(
        fetch(f"{site}/articles/{HOSTILE}.md")[0].decode().partition("---\n\n")[2]
    )
    assert "<script" not in html
    assert "javascript:" not in re.sub(r">[^<]*<", "><", html)
    body = fetch(f"{site}/articles/{HOSTILE}.docx")[0]
    assert SCRIPT in text_of(body)
    with ZipFile(io.BytesIO(body)) as package:
        relations = package.read("word/_rels/document.xml.rels").decode()
    assert 'TargetMode="External"' not in relations


@pytest.fixture(scope="module")
def odd_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with an article of control characters, and one that has a title only."""
    folder: Path = tmp_path_factory.mktemp("odd")
    db = new_database(folder)
    control = "Một\x00hai\x0bba\ufffe\nbốn"
    keep_article(db, Article(url="http://huyen.localhost/1", title=control, paragraphs=[control]))
    keep_article(db, Article(url=None, title=None, paragraphs=["Chỉ có chữ."]))
    with Browsing(folder / "tinhuyen.db") as browsing:
        yield browsing.url


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("row_id", [1, 2])
def test_odd_articles_are_downloaded_in_every_form(odd_site: str, form: str, row_id: int) -> None:
    body = fetch(f"{odd_site}/articles/{row_id}.{form}")[0]
    if form == "docx":
        assert ("bốn" if row_id == 1 else "(không có tiêu đề)") in text_of(body)
    else:
        assert f"{odd_site}/articles/{row_id}" in body.decode()


def test_the_language_is_the_readers(site: str) -> None:
    text = fetch(f"{site}/articles/{EDITED}.txt?lang=en")[0].decode()
    assert "Original address: http://huyen.localhost/duoc-mua-cam.html" in text


def test_files_without_a_place_come_at_the_end() -> None:
    blocks: list[dict[str, Any]] = [
        {"type": "photo", "photo": 5},
        {"type": "paragraph", "text": "x"},
    ]
    assert with_all_files(blocks, {"photo": ["a"], "attachment": ["b"]}) == [
        {"type": "paragraph", "text": "x"},
        {"type": "photo", "photo": 0},
        {"type": "attachment", "attachment": 0},
    ]


def test_a_huge_table_takes_bounded_time() -> None:
    rows = [[f"{row}.{column}" for column in range(10)] for row in range(5000)]
    table = {"type": "table", "header": None, "rows": rows}
    article = dict.fromkeys(("title", "author", "published_at", "lede", "language")) | {
        "blocks": [table],
        "changed_at": "2026-11-22T19:00:00Z",
    }
    began = process_time()
    document = docx_of(article, lambda file: None, [], Translator("vi"))
    assert process_time() - began < 20
    assert "4999.0\t4999.1" in text_of(document)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_printed_article_says_where_it_is_from(page: Page, site: str, scheme: str) -> None:
    page.emulate_media(media="print", color_scheme="dark" if scheme == "dark" else "light")
    page.goto(f"/articles/{EDITED}")
    record = page.locator("article .record")
    expect(record).to_be_visible()
    shown = page.locator("article").inner_text()
    for line in record_of(site):
        assert line in shown
    ink = page.evaluate("getComputedStyle(document.documentElement).color")
    assert max(map(int, re.findall(r"\d+", ink))) < 64


def test_a_saved_page_says_where_it_is_from(page: Page, site: str) -> None:
    page.goto(f"/articles/{EDITED}")
    expect(page.locator("article .record")).to_be_hidden()
    shown = page.locator("body").inner_text()
    for line in record_of(site):
        assert line in shown
    canonical = page.locator("link[rel=canonical]")
    expect(canonical).to_have_attribute("href", f"{site}/articles/{EDITED}")


def test_a_reader_downloads_an_article_and_its_citation(page: Page) -> None:
    page.goto(f"/articles/{EDITED}")
    for label, end in {"Markdown": "md", "TXT": "txt", "DOCX": "docx", "RIS": "ris"}.items():
        with page.expect_download() as download:
            page.locator(".downloads").get_by_role("link", name=re.compile(label)).click()
        assert download.value.suggested_filename == f"Được mùa cam sành ở Vân Lĩnh.{end}"
