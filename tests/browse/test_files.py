"""Files and photos from the archive: shown or downloaded, never run, whatever they claim to be."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote

import pytest
from lxml.html import document_fromstring

from pipelines.article import Article, Attachment, Photo
from scraper.browse.file_types import content_disposition, safe_name
from scraper.store.articles import insert_article
from scraper.store.database import write_transaction
from tests.browse.serving import Browsing
from tests.browse.shaped import (
    PDF,
    XLSX,
    keep_file,
    keep_preview,
    picture,
)
from tests.browse.test_guard import get
from tests.browse.test_notices import shown, texts
from tests.scraper.stores import MOMENT, Portal

HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
JPEG = b"\xff\xd8\xff\xe0 a photo"

BODIES: dict[str, tuple[bytes, str]] = {
    "photo": (JPEG, "image/jpeg"),
    "gif": (b"GIF89a/*<script>alert(1)</script>*/", "image/gif"),
    "webp": (b"RIFF1234WEBPVP8 ", "image/webp"),
    "avif": (b"\0\0\0\x1cftypavif", "image/avif"),
    "html as a photo": (HTML, "image/jpeg"),
    "svg as a photo": (SVG, "image/png"),
    "html": (HTML + b" ", "text/html"),
    "svg": (SVG + b" ", "image/svg+xml"),
    "pdf": (b"%PDF-1.7 " + HTML, PDF),
    "xlsx": (b"PK\x03\x04 a sheet", XLSX),
    "script": (b"alert(1)", "text/javascript"),
    "text": (b"<html> is a word", "text/plain"),
    "program": (b"MZ\x90", "application/octet-stream"),
    "nothing": (b"", "application/octet-stream"),
    "hostile type": (b"hostile", "text/html\r\nX-Injected: 1"),
}
INLINE = {
    "photo": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
}


def digest_of(name: str) -> str:
    return sha256(BODIES[name][0]).hexdigest()


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Portal:
    """An article with a file of every kind, all archived."""
    portal = Portal(tmp_path_factory.mktemp("files"))
    urls = {name: f"http://huyen.localhost/{name.replace(' ', '-')}" for name in BODIES}
    article = Article(
        url="http://huyen.localhost/bai.html",
        title="Tệp",
        paragraphs=["Tệp đính kèm."],
        attachments=[Attachment(url, f"../../{name}.html\r\nX: 1") for name, url in urls.items()],
        photos=[Photo("http://huyen.localhost/anh.jpg", "Ảnh.")],
    )
    with write_transaction(portal.db):
        insert_article(portal.db, "huyen", article, MOMENT)
        for name, (body, media_type) in BODIES.items():
            keep_file(portal, urls[name], body, media_type)
        keep_preview(portal, digest_of("photo"), picture(3, 2), 3, 2)
        keep_preview(portal, digest_of("html as a photo"), HTML, 3, 2)
    return portal


@pytest.fixture(scope="module")
def archive(portal: Portal) -> Path:
    return portal.archive.folder


@pytest.fixture(scope="module")
def files(archive: Path) -> Iterator[str]:
    with Browsing(archive.parent / "tinhuyen.db") as browsing:
        yield browsing.url


@pytest.mark.parametrize("name", BODIES)
def test_a_file_is_served_whole_and_never_run(files: str, name: str) -> None:
    answer = get(f"{files}/-/files/{digest_of(name)}")
    assert (answer.status, answer.read()) == (200, BODIES[name][0])
    headers = answer.headers
    assert headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-injected"] is None
    form = headers["content-disposition"].partition(";")[0]
    if name in INLINE:
        assert (form, headers["content-type"]) == ("inline", INLINE[name])
    else:
        assert form == "attachment"
        assert headers["content-type"] in ("application/octet-stream", PDF, XLSX)


def name_in(header: str) -> str:
    """The full name in a Content-Disposition, which browsers prefer."""
    [encoded] = re.findall(r"; filename\*=UTF-8''([\w.%~-]+)$", header)
    return unquote(encoded)


@pytest.mark.parametrize("name", BODIES)
def test_the_name_of_a_download_is_one_name_of_its_kind(files: str, name: str) -> None:
    header = get(f"{files}/-/files/{digest_of(name)}").headers["content-disposition"]
    named = name_in(header)
    assert not re.search(r"[/\\\x00-\x1f\"]", named)
    assert not named.startswith(".")
    assert not named.endswith((".html", ".htm", ".svg", ".exe", ".js"))


def test_a_reader_keeps_a_copy_by_its_digest(files: str) -> None:
    url = f"{files}/-/files/{digest_of('photo')}"
    headers = get(url).headers
    assert headers["etag"] == f'"{digest_of("photo")}"'
    assert "immutable" in headers["cache-control"]
    assert "private" in headers["cache-control"]
    for tags in (headers["etag"], f'W/{headers["etag"]}, "other"', "*"):
        again = get(url, {"If-None-Match": tags})
        assert (again.status, again.read(), again.headers["etag"]) == (304, b"", headers["etag"])
    assert get(url, {"If-None-Match": '"other"'}).status == 200


def test_a_preview_is_shown_and_only_if_it_is_a_picture(files: str) -> None:
    answer = get(f"{files}/-/previews/{digest_of('photo')}")
    assert (answer.read(), answer.headers["content-type"]) == (picture(3, 2), "image/png")
    assert answer.headers["content-disposition"].startswith("inline;")
    hostile = get(f"{files}/-/previews/{digest_of('html as a photo')}").headers
    assert hostile["content-disposition"].startswith("attachment;")
    assert hostile["content-type"] == "application/octet-stream"


@pytest.mark.parametrize(
    "path",
    [
        f"files/{'0' * 64}",
        f"previews/{'0' * 64}",
        f"previews/{digest_of('pdf')}",
        "files/x",
        f"files/{digest_of('photo').upper()}",
        "files/..%2F..%2Ftinhuyen.db",
    ],
)
def test_what_is_no_file_is_not_found(files: str, path: str) -> None:
    answer = get(f"{files}/-/{path}")
    assert answer.status == 404
    assert b"Traceback" not in answer.read()


def test_a_password_guards_files_too(archive: Path) -> None:
    with Browsing(archive.parent / "tinhuyen.db", TINHUYEN_PASSWORD="mật khẩu dài") as browsing:
        assert get(f"{browsing.url}/-/files/{digest_of('photo')}").status == 401
        assert get(f"{browsing.url}/-/previews/{digest_of('photo')}").status == 401
    with Browsing(archive.parent / "tinhuyen.db") as browsing:
        headers = {"Host": "evil.example"}
        assert get(f"{browsing.url}/-/files/{digest_of('photo')}", headers).status == 421


@pytest.mark.parametrize("damage", ["missing", "cut", "overwritten", "other body", "forgotten"])
def test_a_body_that_the_archive_lost_is_said_to_be_lost(tmp_path: Path, damage: str) -> None:
    portal = Portal(tmp_path)
    url = "http://huyen.localhost/tep.pdf"
    with write_transaction(portal.db):
        insert_article(portal.db, "huyen", Article(url=url, attachments=[Attachment(url)]), MOMENT)
        digest = keep_file(portal, url, b"%PDF- " + bytes(5_000), PDF)
        offset = portal.db.execute("SELECT warc_offset FROM captures").fetchone()[0]
        if damage == "other body":
            portal.db.execute("UPDATE files SET digest = ?", [digest := "1" * 64])
        if damage == "forgotten":
            portal.db.execute("UPDATE files SET capture = NULL, reason = 'pruned'")
            portal.db.execute("DELETE FROM captures")
    portal.archive.close()
    [path] = tmp_path.glob("archive/*.warc.gz")
    kept = path.read_bytes()
    if damage == "missing":
        path.unlink()
    if damage == "cut":
        path.write_bytes(kept[: offset + 20])
    if damage == "overwritten":
        path.write_bytes(kept[:offset] + b"\0" * (len(kept) - offset))
    with Browsing(tmp_path / "tinhuyen.db") as browsing:
        answer = get(f"{browsing.url}/-/files/{digest}")
        text = answer.read().decode()
        assert (answer.status, answer.headers["cache-control"]) == (410, "no-store")
        assert "tinhuyen archive verify" in text
        assert str(tmp_path) not in text
        assert get(f"{browsing.url}/articles/1").status == 200


def test_the_same_body_is_found_by_another_address(tmp_path: Path) -> None:
    """As it is stored if the record of one address only refers to that of the other."""
    portal = Portal(tmp_path)
    urls = [f"http://huyen.localhost/{number}.pdf" for number in range(2)]
    article = Article(url=urls[0], attachments=[Attachment(url) for url in urls])
    with write_transaction(portal.db):
        insert_article(portal.db, "huyen", article, MOMENT)
        keep_file(portal, urls[0], b"%PDF- old", PDF)
        digest = keep_file(portal, urls[1], b"%PDF- old", PDF)
        [first, second] = portal.db.execute("SELECT id, warc_offset FROM captures").fetchall()
        portal.db.execute("UPDATE captures SET warc_offset = 1 WHERE id = ?", [second[0]])
        keep_file(portal, urls[0], b"%PDF- new", PDF)
    portal.archive.close()
    with Browsing(tmp_path / "tinhuyen.db") as browsing:
        assert get(f"{browsing.url}/-/files/{digest}").read() == b"%PDF- old"
    assert first


NAMES = [
    ("../../etc/passwd", "application/octet-stream", "etc-passwd.bin"),
    ("..\\..\\boot.ini", PDF, "boot.ini.pdf"),
    ('a"b\r\nSet-Cookie: x=1', PDF, "a-b Set-Cookie- x=1.pdf"),
    ("trang.html", "text/html", "trang.html.txt"),
    ("ảnh.svg", "image/svg+xml", "ảnh.svg.txt"),
    ("bảng.PDF", PDF, "bảng.pdf"),
    ("bao-cao.doc.exe", PDF, "bao-cao.doc.exe.pdf"),
    ("..", PDF, "tep.pdf"),
    ("", PDF, "x.pdf"),
    (None, PDF, "x.pdf"),
    ("\u202efdp.exe", PDF, "fdp.exe.pdf"),
    ("\ud800", PDF, "tep.pdf"),
    ("a%2f..%2fb", PDF, "a-2f..-2fb.pdf"),
    ("dài " * 1_000, PDF, None),
    ("😀" * 1_000, PDF, None),
]


@pytest.mark.parametrize(("name", "media_type", "expected"), NAMES)
def test_any_name_becomes_a_safe_one(
    name: str | None, media_type: str, expected: str | None
) -> None:
    made = safe_name(name, "http://huyen.localhost/a/x.pdf?y=1", media_type)
    assert expected in (None, made)
    assert len(made.encode()) < 256
    header = content_disposition("attachment", made)
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
    assert name_in(header) == made


# The page of the article.


HOSTILE_BLOCKS: list[object] = [
    {"type": "heading", "level": 1, "text": "<script>alert(1)</script>"},
    {"type": "list", "ordered": False, "items": ["<img src=x onerror=alert(1)>"]},
    {"type": "table", "header": ['"><script>'], "rows": [["</table><script>"], []]},
    {"type": "quotation", "text": "</blockquote><script>"},
    {"type": "photo", "photo": 7},
    {"type": "attachment", "attachment": 99},
    {"type": "marquee", "text": "sau này"},
]


def test_the_shape_of_a_hostile_article_is_text(portal: Portal, files: str) -> None:
    with write_transaction(portal.db):
        portal.db.execute("UPDATE articles SET blocks = ?", [json.dumps(HOSTILE_BLOCKS)])
    html = get(f"{files}/articles/1").read().decode()
    page = document_fromstring(html)
    assert page.xpath("//article//script | //article//marquee") == []
    assert texts(page, "//article/h2")[0] == "<script>alert(1)</script>"
    assert page.xpath("//article//@onerror") == []
    assert len(page.xpath("//section[@aria-labelledby='photos']//figure")) == 1
    with write_transaction(portal.db):
        portal.db.execute("UPDATE articles SET blocks = '[]'")
    plain = shown(f"{files}/articles/1")
    assert texts(plain, "//article/p[not(@class)]") == ["Tệp đính kèm."]
