"""A file that an article named stays known when the page names another, or none."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest

from pipelines.article import Attachment
from pipelines.items import Outcome
from scraper.reprocessing.reprocess import reprocess
from scraper.store.captures import Capture
from scraper.store.database import write_transaction
from scraper.store.earlier_files import earlier_files, loses_files
from scraper.store.file_outcomes import FileBody, FileDescription, FileResult, record_file
from scraper.store.file_rows import archived_file
from scraper.store.files import FileKind, FileRecord, file_key
from scraper.store.states import drop_identical_revision
from tests.scraper.stores import MOMENT, SOURCES, Portal, page_of

TITLE = "Xóm Suối Thử sửa đường ra bến"
TEXT = (
    "Sáng ngày 21/11, bà con xóm Suối Thử cùng nhau sửa lại con đường dẫn ra bến.",
    "Mỗi nhà góp một buổi công và hai gánh cát, người già thì lo nước uống cho cả đội.",
)
HOST = "http://huyen.localhost"


@pytest.fixture
def portal(tmp_path: Path) -> Portal:
    return Portal(tmp_path)


def with_files(*urls: str, words: tuple[str, ...] = TEXT) -> str:
    links = "".join(f"<p><a href='{url}'>Tải văn bản về</a></p>" for url in urls)
    return page_of(TITLE, *words).replace("</body>", f"{links}</body>")


def fetch(portal: Portal, *urls: str, words: tuple[str, ...] = TEXT) -> Outcome:
    return portal.fetch("tin/1.html", with_files(*urls, words=words))


def present(portal: Portal) -> list[str]:
    return [url for (url,) in portal.db.execute("SELECT url FROM article_files ORDER BY position")]


def revised(portal: Portal) -> list[list[str]]:
    """The files of each revision."""
    rows = portal.db.execute("SELECT attachments FROM revisions ORDER BY id").fetchall()
    return [[each["url"] for each in json.loads(attachments)] for (attachments,) in rows]


def queued(portal: Portal) -> set[str]:
    return {url for (url,) in portal.db.execute("SELECT url FROM files WHERE kind = 'attachment'")}


@pytest.mark.parametrize("words", [TEXT, (*TEXT, "Bến mở lại vào thứ Hai tuần sau.")])
@pytest.mark.parametrize("after", [["/tep/so-2.pdf"], []], ids=["replaced", "taken away"])
def test_a_file_that_goes_is_kept_with_a_revision(
    portal: Portal, after: list[str], words: tuple[str, ...]
) -> None:
    fetch(portal, "/tep/so-1.pdf")
    assert present(portal) == [f"{HOST}/tep/so-1.pdf"]
    assert fetch(portal, *after, words=words) is Outcome.UPDATED
    assert present(portal) == [HOST + path for path in after]
    assert revised(portal) == [[f"{HOST}/tep/so-1.pdf"]]
    assert queued(portal) == {HOST + path for path in ["/tep/so-1.pdf", *after]}
    assert [file["url"] for file in earlier_files(portal.db, 1)] == [f"{HOST}/tep/so-1.pdf"]
    assert fetch(portal, *after, words=words) is Outcome.UNCHANGED


def test_files_that_come_and_go_make_no_revision_each_time(portal: Portal) -> None:
    for _ in range(4):
        fetch(portal, "/tep/so-1.pdf")
        fetch(portal)
    assert revised(portal) == [[f"{HOST}/tep/so-1.pdf"]]
    again = portal.db.execute("SELECT count(*) FROM returns").fetchone()[0]
    assert again == 3


def test_an_added_file_makes_no_revision(portal: Portal) -> None:
    fetch(portal, "/tep/so-1.pdf")
    assert fetch(portal, "/tep/so-1.pdf", "/tep/so-2.pdf") is Outcome.UNCHANGED
    assert revised(portal) == []
    assert queued(portal) == {f"{HOST}/tep/so-1.pdf", f"{HOST}/tep/so-2.pdf"}


@pytest.mark.parametrize(
    ("old", "new", "is_lost"),
    [
        ("/tep/a.pdf", "https://cdn.example/x/a.pdf", False),
        ("/tep/a.pdf", f"{HOST}/tep/a.pdf;jsessionid=0A1B", False),
        ("/tep/a.pdf?sessionid=1", "/tep/a.pdf?sessionid=2", False),
        ("/tep/a.pdf?x=0123456789abcdef", "/tep/a.pdf?x=fedcba9876543210", False),
        ("/tai.aspx?id=1&PHPSESSID=a", "/tai.aspx?id=1&PHPSESSID=b", False),
        ("/tep/a.pdf", "/tep/b.pdf", True),
        ("/2026/a.pdf", "/2027/a.pdf", True),
        ("/tep/a.pdf", "https://cdn.example/x/b.pdf", True),
        ("/tep/a.pdf?v=1", "/tep/a.pdf?v=2", True),
        ("/tai.aspx?id=1", "/tai.aspx?id=2", True),
        (
            "/tai.aspx?id=3f2504e0-4f89-11d3-9a0c-0305e82c3301",
            "/tai.aspx?id=00000000-4f89-11d3-9a0c-0305e82c3301",
            True,
        ),
        ("http://[broken/a.pdf", "/tep/a.pdf", True),
    ],
)
def test_a_file_that_only_moved_is_not_lost(old: str, new: str, is_lost: bool) -> None:
    before, after = (
        [Attachment(url if "//" in url else HOST + url, "Văn bản")] for url in (old, new)
    )
    assert loses_files(before, after) is is_lost


def test_moved_files_make_no_revision_and_the_earlier_ones_stay_known(portal: Portal) -> None:
    fetch(portal, "/tep/so-1.pdf")
    record_body(portal, f"{HOST}/tep/so-1.pdf", b"one")
    assert fetch(portal, "https://tep.example.vn/kho/so-1.pdf") is Outcome.UNCHANGED
    assert revised(portal) == []
    assert [file["url"] for file in earlier_files(portal.db, 1)] == [f"{HOST}/tep/so-1.pdf"]
    record_body(portal, "https://tep.example.vn/kho/so-1.pdf", b"one")
    assert earlier_files(portal.db, 1) == []


def test_files_of_a_duplicate_are_kept(portal: Portal) -> None:
    fetch(portal, "/tep/so-1.pdf")
    for _ in range(2):
        portal.fetch("tin/2.html", with_files("/tep/so-9.pdf"))
    assert revised(portal) == [[f"{HOST}/tep/so-9.pdf"]]
    assert queued(portal) == {f"{HOST}/tep/so-1.pdf", f"{HOST}/tep/so-9.pdf"}
    assert present(portal) == [f"{HOST}/tep/so-1.pdf"]


def test_a_revision_of_files_alone_survives_learning_and_reprocess(
    portal: Portal, tmp_path: Path
) -> None:
    fetch(portal, "/tep/so-1.pdf")
    fetch(portal, "/tep/so-2.pdf")
    with write_transaction(portal.db):
        drop_identical_revision(portal.db, 1)
        portal.db.execute("UPDATE articles SET section = 'Sai', extractor = 0")
    for _ in reprocess(portal.db, tmp_path / "archive", SOURCES, workers=1):
        pass
    assert revised(portal) == [[f"{HOST}/tep/so-1.pdf"]]


def test_other_rules_make_no_revision(portal: Portal) -> None:
    fetch(portal, "/tep/so-1.pdf")
    portal.db.execute("UPDATE articles SET extractor = 0")
    fetch(portal)
    assert revised(portal) == []


def record_body(portal: Portal, url: str, body: bytes, place: int | None = None) -> str:
    """Store a body of a file; returns its digest. ``place`` is a capture of another URL."""
    digest = sha256(body).hexdigest()
    known = FileRecord(
        *(file_key(url), "huyen", url, FileKind.ATTACHMENT, "", None, None, None, None, 0)
    )
    count = portal.db.execute("SELECT count(*) FROM captures").fetchone()[0]
    capture = place or Capture("files-1.warc.gz", 1000 + count, digest, 200, MOMENT)
    described = FileBody(digest, len(body), FileDescription("application/pdf"), capture)
    with write_transaction(portal.db):
        portal.db.execute("INSERT OR IGNORE INTO runs (id, started_at) VALUES (1, '')")
        record_file(portal.db, FileResult(1, known, Outcome.NEW, fetched_at=MOMENT, body=described))
    return digest


def test_an_earlier_body_of_the_same_url_stays_known(portal: Portal) -> None:
    fetch(portal, "/tep/so-1.pdf", "/tep/so-2.pdf")
    first = record_body(portal, f"{HOST}/tep/so-1.pdf", b"one")
    place = portal.db.execute("SELECT capture FROM files WHERE digest = ?", [first]).fetchone()[0]
    record_body(portal, f"{HOST}/tep/so-2.pdf", b"one", place)
    for url in ("so-1.pdf", "so-2.pdf"):
        record_body(portal, f"{HOST}/tep/{url}", b"two " + url.encode())
    earlier = earlier_files(portal.db, 1)
    assert {(file["url"], file["digest"], file["is_kept"]) for file in earlier} == {
        (f"{HOST}/tep/so-1.pdf", first, 1),
        (f"{HOST}/tep/so-2.pdf", first, 1),
    }
    assert archived_file(portal.db, first) is not None
