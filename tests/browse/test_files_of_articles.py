"""Files where readers meet them: in articles, searches, feeds, runs, sources and tables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest

from pipelines.article import Article, Attachment, Photo
from scraper.base.source import Source
from scraper.browse.article_shape import file_state, shown_photo
from scraper.store.articles import insert_article
from scraper.store.database import write_transaction
from scraper.store.sources import note_fetched_files
from tests.browse.library import SHAPED, TABLE
from tests.browse.serving import Browsing
from tests.browse.shaped import (
    BLOCKS,
    PDF,
    PLAN_NAME,
    keep_file,
    picture,
)
from tests.browse.test_guard import get
from tests.browse.test_notices import shown, texts
from tests.scraper.stores import MOMENT, Portal

LATER = "để lượt sau: lượt này đã tải đủ dung lượng"


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


def test_lines_with_tabs_are_a_table(site: str) -> None:
    page = shown(f"{site}/articles/{TABLE}")
    rows = [texts(row, "./td") for row in page.xpath("//article//table//tr")]
    assert rows == [["Xã", "Điểm"], ["Nà Lùng", "98"]]


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
        ["Cổng thông tin huyen", "tệp đính kèm", "để sau", f"{LATER} budget", "7", ""],
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
    assert ["ảnh", "không tới", "mất quá nhiều thời gian timeout", "1"] in rows
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


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Portal:
    return Portal(tmp_path_factory.mktemp("articles"))


@pytest.fixture(scope="module")
def files(portal: Portal) -> Iterator[str]:
    with Browsing(portal.archive.folder.parent / "tinhuyen.db") as browsing:
        yield browsing.url


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


def test_files_that_the_settings_leave_out_are_not_said_to_wait(tmp_path: Path) -> None:
    portal = Portal(tmp_path)
    article = Article(
        url="http://huyen.localhost/1",
        title="Thông báo số 1",
        photos=[Photo("http://huyen.localhost/a.jpg")],
        attachments=[Attachment("http://huyen.localhost/a.pdf")],
    )
    with write_transaction(portal.db):
        row = insert_article(portal.db, "huyen", article, MOMENT)
    source = Source(slug="huyen", name="Huyện", home_url="http://huyen.localhost/", photos=False)
    note_fetched_files(portal.db, [source], photos=True, attachments=True)
    with Browsing(tmp_path / "tinhuyen.db") as browsing:
        page = shown(f"{browsing.url}/articles/{row}?lang=en")
        photo, attachment = page.xpath("//figure"), page.xpath("//ul[@class='files']")
        assert "not fetched: the settings" in photo[0].text_content()
        assert "not fetched yet" in attachment[0].text_content()
        lines = texts(shown(f"{browsing.url}/sources/huyen?lang=en"), "//tbody/tr")
    assert any("photo" in line and "the settings" in line for line in lines)
    assert any("attachment" in line and "not fetched yet" in line for line in lines)
