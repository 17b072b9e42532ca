"""Files and photos from the archive: shown or downloaded, never run, whatever they claim to be."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote
from uuid import uuid4

import pytest
from lxml.html import document_fromstring

from pipelines.article import Article, Attachment, Photo
from scraper.browse.article_shape import file_state, shown_photo
from scraper.browse.file_types import content_disposition, safe_name
from scraper.store.articles import insert_article
from scraper.store.database import write_transaction
from tests.browse.library import SHAPED, TABLE
from tests.browse.serving import Browsing
from tests.browse.shaped import (
    BLOCKS,
    PDF,
    PLAN_NAME,
    XLSX,
    keep_file,
    keep_preview,
    picture,
)
from tests.browse.test_guard import get
from tests.browse.test_notices import shown, texts
from tests.scraper.stores import MOMENT, Portal

LATER = "để lượt sau: lượt này đã tải đủ dung lượng"
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


def test_the_shape_of_an_article_is_shown(site: str) -> None:
    page = shown(f"{site}/articles/{SHAPED}")
    headings = page.xpath("//article/header/h1 | //article/h2 | //article/h3 | //article/h4")
    assert [heading.tag for heading in headings] == ["h1", "h2", "h3", "h2"]
    assert texts(page, "//article/ol/li") == BLOCKS[3]["items"]
    assert texts(page, "//article/ul[@class='listed']/li") == BLOCKS[10]["items"]
    assert texts(page, "//article//thead//th[@scope='col']") == BLOCKS[6]["header"]
    rows = [texts(row, "./td") for row in page.xpath("//article//tbody/tr")]
    assert rows == BLOCKS[6]["rows"]
    assert texts(page, "//article/blockquote/p") == [BLOCKS[7]["text"]]
    assert len(page.xpath("//article/hr")) == 1


def test_photos_and_files_are_at_their_places(site: str) -> None:
    page = shown(f"{site}/articles/{SHAPED}")
    [image] = page.xpath("//article/figure//img")
    digest = sha256(picture(960, 640)).hexdigest()
    assert dict(image.attrib)["src"] == f"/-/previews/{digest}"
    assert (image.get("width"), image.get("height")) == ("480", "320")
    assert image.get("alt") == "Trạm bơm Nà Lùng ngày khởi công."
    assert image.getparent().get("href") == f"/-/files/{digest}"
    [later] = page.xpath("//article/figure[not(.//img)]")
    assert later.xpath("./a/@href") == ["http://cdn.localhost/chua-tai.jpg"]
    assert "chưa tải" in later.text_content()
    [place] = page.xpath("//article/p[@class='files']")
    assert place.xpath("./a/@href")[0].startswith("/-/files/")
    assert texts(page, "//section[@aria-labelledby='attachments']//li") == [
        f"{PLAN_NAME} · PDF · 123 kB · 3 trang · ở trang nguồn",
        "Quyết định phê duyệt · PDF · 15 B · 2 trang · bản quét, không có chữ · ở trang nguồn",
        "http://huyen.localhost/du-toan.xlsx · chưa tải",
    ]
    english = shown(f"{site}/articles/{SHAPED}?lang=en")
    assert "a scan, without text" in english.xpath("//article")[0].text_content()
    assert page.xpath("//section[@aria-labelledby='photos']") == []


def put_files(portal: Portal, photos: list[Photo], attachments: list[Attachment]) -> int:
    article = Article(
        url=f"http://huyen.localhost/{uuid4()}", title="Tệp", photos=photos, attachments=attachments
    )
    with write_transaction(portal.db):
        return insert_article(portal.db, "huyen", article, MOMENT)


@pytest.mark.parametrize(
    ("url", "caption", "told"),
    [
        ("file:///C:/Temp/clip_image004.jpg", None, "Ảnh 1: địa chỉ ở trang nguồn không dùng được"),
        ("data:image/gif;base64,R0lGOD", "Chợ phiên", "không dùng được Chợ phiên"),
        (None, None, "Ảnh 1: địa chỉ ở trang nguồn không dùng được"),
        (None, "Chợ phiên", "Chợ phiên"),
        ("http://huyen.localhost/1.jpg", None, "Ảnh 1: Xem ảnh ở trang nguồn chưa tải"),
    ],
)
def test_no_photo_is_an_empty_frame(
    portal: Portal, files: str, url: str | None, caption: str | None, told: str
) -> None:
    row_id = put_files(portal, [Photo(url, caption)], [])
    [figure] = shown(f"{files}/articles/{row_id}").xpath("//article//figure")
    assert " ".join(figure.text_content().split()).endswith(told)


@pytest.mark.parametrize(
    ("outcome", "reason", "vietnamese", "english"),
    [
        ("gone", "http_404", "trang nguồn không có tệp này", "not found at its site"),
        ("gone", "http_451", "trang nguồn đã gỡ", "gone from its site"),
        ("failed", "http_503", "chưa tải được", "could not be fetched"),
        ("failed", "tls_handshake", "chưa tải được", "could not be fetched"),
        ("refused", "private_address", "địa chỉ trong mạng nội bộ", "at a private address"),
        ("broken", "html_instead", "một trang web", "a web page instead"),
        ("blocked", "challenge", "trang nguồn chặn tải", "blocked by its site"),
    ],
)
def test_what_is_missing_is_said_in_words(
    portal: Portal, files: str, outcome: str, reason: str, vietnamese: str, english: str
) -> None:
    url = f"http://huyen.localhost/{reason}.pdf"
    row_id = put_files(portal, [], [Attachment(url, "Kế hoạch")])
    with write_transaction(portal.db):
        values = [outcome, reason, url]
        portal.db.execute("UPDATE files SET outcome = ?, reason = ? WHERE url = ?", values)
    for query, words in (("", vietnamese), ("?lang=en", english)):
        [item] = texts(shown(f"{files}/articles/{row_id}{query}"), "//ul[@class='files']/li")
        assert words in item
        assert reason not in item


@pytest.mark.parametrize(
    ("outcome", "reason", "text_reason", "state"),
    [
        ("new", None, None, None),
        ("unchanged", "not_modified", None, None),
        ("unchanged", "same_body", None, None),
        ("unchanged", "not_modified", "scan", "scan"),
        ("duplicate", None, None, None),
        ("gone", "http_404", None, "http_404"),
        ("failed", "http_503", None, "failed"),
        ("new", "pruned", None, "pruned"),
        ("new", None, "a_word_to_come", "a_word_to_come"),
    ],
)
def test_a_file_that_is_well_says_nothing(
    outcome: str, reason: str | None, text_reason: str | None, state: str | None
) -> None:
    row = {"url": "http://h.localhost/1.pdf", "digest": "x", "outcome": outcome, "reason": reason}
    assert file_state(row | {"text_reason": text_reason}) == state


@pytest.mark.parametrize(
    ("alt", "caption", "described"),
    [
        ("tram-bom", "Trạm bơm.", "Trạm bơm."),
        ("Tram-Bom.PNG", "Trạm bơm.", "Trạm bơm."),
        ("tram-bom", None, None),
        ("Ông Páo bên trạm bơm", "Trạm bơm.", "Ông Páo bên trạm bơm"),
        (None, "Trạm bơm.", "Trạm bơm."),
    ],
)
def test_the_name_of_a_file_describes_no_photo(
    alt: str | None, caption: str | None, described: str | None
) -> None:
    row = {"url": "http://h.localhost/a/tram-bom.png?v=1", "alt": alt, "caption": caption}
    rest = dict.fromkeys(("preview_width", "is_kept", "media_type", "digest", "outcome", "reason"))
    assert shown_photo(row | rest, 1)["alt"] == described


def test_a_credit_is_shown_once(portal: Portal, files: str) -> None:
    photos = [
        Photo(None, "Trạm bơm. Ảnh: Hải Yến", "Hải Yến"),
        Photo(None, "Trạm bơm.", "Hải Yến"),
        Photo(None, None, "Hải Yến"),
    ]
    page = shown(f"{files}/articles/{put_files(portal, photos, [])}")
    told = texts(page, "//figcaption")
    assert told == ["Trạm bơm. Ảnh: Hải Yến", "Trạm bơm. Ảnh: Hải Yến", "Ảnh: Hải Yến"]


def test_lines_with_tabs_are_a_table(site: str) -> None:
    page = shown(f"{site}/articles/{TABLE}")
    rows = [texts(row, "./td") for row in page.xpath("//article//table//tr")]
    assert rows == [["Xã", "Điểm"], ["Nà Lùng", "98"]]


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


def test_a_word_in_a_file_finds_the_article_and_says_where(site: str) -> None:
    page = shown(f"{site}/search?q=tram+bom+khuoi+nam")
    [hit] = page.xpath("//ol[@class='hits']/li")
    assert texts(hit, "./h2") == ["Kế hoạch cấp nước sạch nông thôn"]
    assert texts(hit, "./p[@class='in-file']") == [f"tìm thấy trong tệp {PLAN_NAME}, trang 2"]
    assert hit.xpath("./p[@class='in-file']/a/@href")[0].startswith("/-/files/")
    assert hit.xpath(".//mark")
    english = shown(f"{site}/search?q=tram+bom+khuoi+nam&lang=en")
    assert texts(english, "//p[@class='in-file']") == [
        f"found in the attachment {PLAN_NAME}, page 2"
    ]


def test_what_is_taken_away_says_where_too(site: str) -> None:
    [row] = json.load(get(f"{site}/search.json?q=tram+bom+khuoi+nam"))
    assert (row["attachment"], row["page"]) == (PLAN_NAME, 2)
    facts = ("media_type", "size", "pages", "outcome", "reason")
    assert [row["attachments"][0][name] for name in facts] == [PDF, 123_471, 3, "new", None]
    assert [row["photos"][0][name] for name in ("media_type", "outcome")] == ["image/png", "new"]
    [itself] = json.load(get(f"{site}/search.json?q=ba+cong+trinh+nuoc+sach"))
    assert (itself["attachment"], itself["page"]) == (None, None)
    table = get(f"{site}/search.csv?q=tram+bom+khuoi+nam").read().decode()
    assert table.splitlines()[0].endswith(",attachment,page")
    assert table.rstrip().endswith(f",{PLAN_NAME},2")


def test_a_run_says_how_its_files_ended(site: str) -> None:
    page = shown(f"{site}/runs/1")
    rows = [texts(row, "./*") for row in page.xpath("//section[@aria-labelledby='files']//tr")]
    assert rows[1:] == [
        ["Cổng thông tin huyen", "tệp đính kèm", "để sau", f"budget {LATER}", "7", ""],
        ["Cổng thông tin huyen", "tệp đính kèm", "mới", "", "2", "123 kB"],
        ["Cổng thông tin huyen", "ảnh", "mới", "", "1", "1,2 MB"],
        ["Cộng", "10", "1,4 MB"],
    ]
    english = shown(f"{site}/runs/1?lang=en")
    assert "1.4 MB" in texts(english, "//section[@aria-labelledby='files']//tfoot//td")


def test_a_source_says_what_waits_and_what_failed(site: str) -> None:
    page = shown(f"{site}/sources/huyen")
    [section] = page.xpath("//section[@aria-labelledby='files']")
    rows = [texts(row, "./*") for row in section.xpath(".//tr")]
    assert ["ảnh", "chưa tải", "", "1"] in rows
    assert ["ảnh", "không tới", "timeout mất quá nhiều thời gian", "1"] in rows
    assert "bản quét, không có chữ: 1" in " ".join(section.text_content().split())
    assert any(row[0] == "http://huyen.localhost/cam.jpg" for row in rows)
    [group] = shown(f"{site}/failures").xpath("//section[@aria-labelledby='files']//tbody/tr")
    assert texts(group, "./*")[:3] == ["Cổng thông tin huyen", "ảnh", "không tới"]
    assert shown(site + group.xpath(".//td/a/@href")[0]).xpath("//table//tbody/tr")


@pytest.fixture(scope="module")
def long_texts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with sixty files of a million characters each."""
    portal = Portal(tmp_path_factory.mktemp("texts"))
    urls = [f"http://huyen.localhost/{number}.pdf" for number in range(60)]
    article = Article(url=urls[0], attachments=[Attachment(url) for url in urls])
    with write_transaction(portal.db):
        insert_article(portal.db, "huyen", article, MOMENT)
        for url in urls:
            digest = keep_file(portal, url, url.encode(), PDF)
            portal.db.execute(
                "INSERT INTO file_texts (digest, media_type, pages, text, reader)"
                " VALUES (?, ?, 1, ?, 1)",
                [digest, PDF, f"{url} " + "ắ" * 1_000_000],
            )
    with Browsing(portal.archive.folder.parent / "tinhuyen.db") as browsing:
        yield browsing.url


@pytest.mark.parametrize("table", ["files", "file_texts", "attachments", "article_files"])
def test_the_tables_of_files_are_read_however_long_their_texts(long_texts: str, table: str) -> None:
    answer = get(f"{long_texts}/tinhuyen/{table}")
    html = answer.read().decode()
    assert (answer.status, len(html) < 500_000) == (200, True)
    assert html.count("<tr>") > 40
    if table != "article_files":
        assert 'href="/-/files/' in html
    row = get(
        f"{long_texts}/tinhuyen/{table}?_size=2&_col=text" if "texts" in table else long_texts
    )
    assert row.status == 200


def test_a_feed_names_our_copy_of_a_file(site: str) -> None:
    body = get(f"{site}/search.atom?q=ke+hoach+cap+nuoc").read().decode()
    links = re.findall(r'<link rel="enclosure" href="([^"]+)"', body)
    assert [link.startswith(f"{site}/-/files/") for link in links] == [True, True, False]
    assert links[2] == "http://huyen.localhost/du-toan.xlsx"
