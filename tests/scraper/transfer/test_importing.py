"""Imports: what others saved comes in as if crawled, once, and what does not is named."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import subprocess
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from sqlite_utils import Database
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipelines.article import Article, Photo
from pipelines.blocks import Heading, ItemList, PhotoPlace
from pipelines.items import Outcome
from scraper.archive.reader import read_page
from scraper.base.source import Source
from scraper.store.article_rows import Selection, read_article
from scraper.store.database import open_database
from scraper.transfer.exporting import export
from scraper.transfer.import_report import ImportReport
from scraper.transfer.importer import import_paths
from scraper.transfer.objects import local_time
from tests.scraper.stores import SOURCES, new_database, page_of

TEXT = "Sáng nay, Huyện đoàn Hàm Yên tổ chức ra quân dọn vệ sinh các tuyến đường liên xã. "
HTML = page_of("Huyện đoàn ra quân", TEXT * 3, TEXT * 2, "Buổi lễ kết thúc vào trưa cùng ngày.")
URL = "http://huyen.localhost/tin/1.html"
SAVED = f"<!-- saved from url=(0033){URL} -->\n{HTML}"


def take(db: Database, path: Path, source: Source | None = None) -> ImportReport:
    *_, report = import_paths(db, path.parent / "archive", [path], SOURCES, source)
    return report


def articles(db: Database) -> list[tuple[str | None, ...]]:
    return db.execute("SELECT source, url, title FROM articles ORDER BY id").fetchall()


STORED: list[tuple[str | None, ...]] = [("huyen", URL, "Huyện đoàn ra quân")]


@pytest.mark.parametrize(
    "html",
    [
        SAVED,
        HTML.replace("<title>", f'<link href="{URL}" rel="canonical"><title>'),
        HTML.replace("<title>", f"<meta property='og:url' content='{URL}'><title>"),
    ],
)
def test_a_saved_page_finds_its_source_by_the_address_it_tells(
    db: Database, folder: Path, html: str
) -> None:
    (folder / "page.html").write_text(html)
    assert take(db, folder).taken == {Outcome.NEW: 1}
    assert articles(db) == STORED
    assert db.execute("SELECT kind, outcome, article, run FROM pages").fetchall() == [
        ("article", "new", 1, None)
    ]


def test_an_imported_page_is_in_the_archive(db: Database, folder: Path) -> None:
    (folder / "page.html").write_text(SAVED)
    take(db, folder)
    [place] = db.execute("SELECT warc_file, warc_offset FROM captures").fetchall()
    assert read_page(folder.parent / "archive", *place).body == SAVED.encode()


def test_nothing_is_imported_twice(db: Database, folder: Path) -> None:
    (folder / "page.html").write_text(SAVED)
    (folder / "objects.jsonl").write_text(json.dumps({"title": "Tin", "body": TEXT}))
    take(db, folder, SOURCES[0])
    before = [list(db.query(f"SELECT * FROM {name}")) for name in ("articles", "pages", "captures")]
    report = take(db, folder, SOURCES[0])
    assert (report.taken, report.kept_already) == ({}, 2)
    after = [list(db.query(f"SELECT * FROM {name}")) for name in ("articles", "pages", "captures")]
    assert before == after


def test_a_page_without_address_needs_its_source_named(db: Database, folder: Path) -> None:
    (folder / "page.html").write_text(HTML)
    report = take(db, folder)
    assert articles(db) == []
    assert report.left == {"no address: name its source with --source": [str(folder / "page.html")]}
    assert take(db, folder, SOURCES[1]).taken == {Outcome.NEW: 1}
    assert articles(db) == [("tinh", None, "Huyện đoàn ra quân")]


def test_a_plain_text_is_an_article_of_the_source_named(db: Database, folder: Path) -> None:
    (folder / "tin.txt").write_text(f"Huyện đoàn ra quân\n{TEXT}\n{TEXT * 2}\n")
    assert take(db, folder, SOURCES[0]).taken == {Outcome.NEW: 1}
    assert articles(db) == [("huyen", None, "Huyện đoàn ra quân")]
    assert take(db, folder, SOURCES[0]).kept_already == 1


def test_what_cannot_be_taken_is_named_with_the_reason(db: Database, folder: Path) -> None:
    elsewhere = {"url": "http://else.vn/1", "title": "Tin", "text": "Một đoạn văn."}
    lines = ['{"title": "x"}', "nonsense", "[1]", "", json.dumps(elsewhere)]
    (folder / "a.jsonl").write_text("\n".join(lines))
    (folder / "b.pdf").write_bytes(b"%PDF")
    (folder / "c.warc.gz").write_bytes(gzip.compress(b"no WARC at all\r\n"))
    report = take(db, folder)
    assert sum(report.reasons.values()) == 6
    assert report.left["not a JSON object"] == [f"{folder}/a.jsonl:2", f"{folder}/a.jsonl:3"]
    assert report.left["no text and no HTML in this object"] == [f"{folder}/a.jsonl:1"]
    assert any("address of no source" in reason for reason in report.reasons)
    assert any("damaged record" in reason for reason in report.reasons)
    assert articles(db) == []


def test_an_object_of_another_scraper_is_read_under_its_names(db: Database, folder: Path) -> None:
    value = {
        "url": URL + "?utm_source=x",
        "headline": "Huyện đoàn ra quân",
        "sapo": "Sáng nay.",
        "paragraphs": ["Đoạn một.", "Đoạn hai."],
        "authors": [{"name": "Tuấn Tú"}, "Mai Anh"],
        "date_publish": "2023-11-21T07:25:00Z",
        "keywords": "Đoàn, hè",
        "category": "Đoàn thể",
    }
    (folder / "a.jsonl").write_text(json.dumps(value))
    assert take(db, folder).taken == {Outcome.NEW: 1}
    [row] = db.query("SELECT * FROM articles")
    assert row["url"] == URL
    assert (row["lede"], row["body"]) == ("Sáng nay.", "Đoạn một.\n\nĐoạn hai.")
    assert (row["author"], row["section"]) == ("Tuấn Tú, Mai Anh", "Đoàn thể")
    assert row["published_at"] == "2023-11-21T14:25:00+07:00"
    assert json.loads(row["tags"]) == ["Đoàn", "hè"]


def test_an_object_with_html_is_extracted(db: Database, folder: Path) -> None:
    (folder / "a.jsonl").write_text(json.dumps({"url": URL, "html": HTML, "text": "x"}))
    assert take(db, folder).taken == {Outcome.NEW: 1}
    assert articles(db) == STORED


def test_an_export_imports_into_the_same_articles(
    db: Database, folder: Path, tmp_path: Path
) -> None:
    (folder / "page.html").write_text(SAVED)
    take(db, folder)
    (tmp_path / "copy").mkdir()
    copy, lines = new_database(tmp_path / "copy"), tmp_path / "all.jsonl"
    with lines.open("wb") as out:
        export(db, Selection(), "jsonl", out)
    take(copy, lines)
    again = io.BytesIO()
    export(copy, Selection(), "jsonl", again)
    [one], [other] = (
        [json.loads(line) for line in text.splitlines()]
        for text in (lines.read_bytes(), again.getvalue())
    )
    assert other | {"provenance": None} == one | {"provenance": None}


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2023-11-21", "2023-11-21"),
        ("2023-11-21 14:25", "2023-11-21T14:25:00+07:00"),
        ("2023-11-21T07:25:00.123Z", "2023-11-21T14:25:00+07:00"),
        ("21/11", None),
        (None, None),
    ],
)
def test_times_are_kept_in_the_zone_of_vietnam(written: str | None, kept: str | None) -> None:
    assert local_time(written) == kept


def warc_of_another(path: Path, pages: list[tuple[str, str, str]], gzipped: bool) -> None:
    """A WARC 1.0 file as other tools write it: (URL, date, HTML) each, in UTF-8."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=gzipped)
        for url, day, html in pages:
            head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
            body = io.BytesIO(f"<meta charset=utf-8>{html}".encode())
            dates = {"WARC-Date": f"{day}T00:00:00Z"}
            writer.write_record(
                writer.create_warc_record(
                    url, "response", body, http_headers=head, warc_headers_dict=dates
                )
            )


@pytest.mark.parametrize("name", ["cc.warc", "cc.warc.gz"])
def test_the_warc_file_of_another_tool_is_taken(db: Database, folder: Path, name: str) -> None:
    pages = [(URL, "2024-01-01", HTML), ("http://else.vn/", "2024-01-01", HTML)]
    warc_of_another(folder / name, pages, gzipped=name.endswith("gz"))
    report = take(db, folder)
    assert (report.taken, sum(report.reasons.values())) == ({Outcome.NEW: 1}, 1)
    assert articles(db) == STORED
    assert db.execute("SELECT fetched_at FROM captures").fetchall() == [("2024-01-01T00:00:00Z",)]


def test_an_older_state_becomes_a_revision_and_leaves_the_article(
    db: Database, folder: Path
) -> None:
    older = HTML.replace("ra quân dọn", "xuất quân dọn")
    warc_of_another(folder / "1.warc.gz", [(URL, "2025-01-01", HTML)], gzipped=True)
    warc_of_another(folder / "2.warc.gz", [(URL, "2024-01-01", older)], gzipped=True)
    report = take(db, folder)
    assert (report.taken, report.earlier) == ({Outcome.NEW: 1}, 1)
    assert "ra quân dọn" in db.execute("SELECT body FROM articles").fetchone()[0]
    [(seen_at, body)] = db.execute("SELECT seen_at, body FROM revisions").fetchall()
    assert seen_at == "2024-01-01T00:00:00Z"
    assert "xuất quân dọn" in body


def test_only_sources_that_brought_something_are_listed(folder: Path, tmp_path: Path) -> None:
    db = open_database(tmp_path / "empty.db")
    (folder / "page.html").write_text(SAVED)
    take(db, folder)
    assert db.execute("SELECT slug FROM sources").fetchall() == [("huyen",)]


@pytest.mark.skipif(shutil.which("wget") is None, reason="wget is not installed")
def test_what_wget_archived_is_taken(db: Database, tmp_path: Path) -> None:
    site, archived = tmp_path / "site", tmp_path / "saved"
    site.mkdir()
    archived.mkdir()
    (site / "1.html").write_text(f"<meta charset=utf-8>{HTML}")
    handler = partial(SimpleHTTPRequestHandler, directory=site)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        home = f"http://127.0.0.1:{server.server_port}/"
        command = ["wget", "-q", "-O", "/dev/null", f"--warc-file={archived}/wget", f"{home}1.html"]
        subprocess.run(command, check=True, timeout=300)
        server.shutdown()
    source = Source(slug="wget", name="wget", home_url=home)
    *_, report = import_paths(db, tmp_path / "archive", [archived], [source])
    assert report.taken == {Outcome.NEW: 1}
    assert articles(db) == [("wget", f"{home}1.html", "Huyện đoàn ra quân")]
    fetched_at = db.execute("SELECT fetched_at FROM pages").fetchone()[0]
    assert abs(datetime.fromisoformat(fetched_at) - datetime.now(UTC)).total_seconds() < 60


def test_an_exported_article_comes_in_with_its_shape(db: Database, folder: Path) -> None:
    article = Article(url=URL, title="Huyện đoàn ra quân", photos=[Photo(f"{URL}.jpg", alt="Cờ")])
    article.set_blocks(
        [Heading(3, "Phần một"), PhotoPlace(0), ItemList(True, ("Một", "Hai\n\nBa"))]
    )
    (folder / "objects.jsonl").write_text(json.dumps(article.as_json()))
    assert take(db, folder).taken == {Outcome.NEW: 1}
    stored = read_article(db, 1)
    for key in ("blocks", "paragraphs", "photos"):
        assert stored[key] == article.as_json()[key]


@pytest.mark.parametrize(
    "blocks",
    [
        None,
        "<p>",
        [{"type": "image", "file": {}}],
        [{"type": "paragraph", "text": "Không phải bài này."}],
        [{"type": "paragraph", "text": TEXT}, {"type": "photo", "photo": -1}],
    ],
)
def test_blocks_that_do_not_tell_the_text_are_left_for_its_paragraphs(
    db: Database, folder: Path, blocks: object
) -> None:
    value = {"url": URL, "title": "Tin", "paragraphs": ["Một.", TEXT.strip()], "blocks": blocks}
    value |= {"photos": [{"url": f"{URL}.jpg"}]}
    (folder / "objects.jsonl").write_text(json.dumps(value))
    take(db, folder)
    assert read_article(db, 1)["blocks"] == [
        {"type": "paragraph", "text": "Một."},
        {"type": "paragraph", "text": TEXT.strip()},
        {"type": "photo", "photo": 0},
    ]


def test_blocks_alone_are_a_text(db: Database, folder: Path) -> None:
    blocks = [{"type": "heading", "level": 2, "text": "Phần"}, {"type": "paragraph", "text": TEXT}]
    (folder / "objects.jsonl").write_text(json.dumps({"url": URL, "blocks": blocks}))
    take(db, folder)
    assert read_article(db, 1)["paragraphs"] == ["Phần", TEXT.strip()]
