"""Notices: articles whose content is a file or a photo, and whose body is empty."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from pipelines.article import Article, Attachment, Kind, Photo
from pipelines.extraction.plain_text import clean
from pipelines.extraction.similarity import are_alike
from pipelines.items import Outcome
from pipelines.save_article import save_article
from scraper.commands.output import article_text
from scraper.monitoring.health import assess
from scraper.reprocessing.page_reading import PageReading
from scraper.reprocessing.profiles import profile_of
from scraper.reprocessing.report import ReprocessReport
from scraper.reprocessing.rewriting import rewrite_articles
from scraper.store.archived_pages import archived_pages
from scraper.store.article_files import read_attachments
from scraper.store.article_rows import Selection, read_article
from scraper.store.articles import insert_article, rewrite_article, stored_duplicate
from scraper.store.database import open_database, write_transaction
from scraper.store.frontier import stored_contents
from scraper.store.search import newest, search
from scraper.store.search_filters import Filters
from scraper.store.signatures import find_twin
from scraper.store.source_history import read_record
from scraper.store.source_record import Verdict
from scraper.transfer.exporting import export
from scraper.transfer.import_report import ImportReport
from scraper.transfer.importer import import_paths
from tests.scraper.stores import MOMENT, SOURCES, Portal, keep_article, new_database

FILE = Attachment("http://huyen.localhost/lich.pdf", "Lịch tiếp công dân")
OTHER_FILE = Attachment("http://huyen.localhost/lich-2.pdf", "Lịch tiếp công dân")
NOTICE = Article(
    kind=Kind.NOTICE,
    title="Thông báo",
    attachments=[FILE],
    published_at="2026-11-20T08:00:00+07:00",
    published_raw="20/11/2026 08:00",
    language="vi",
)
PHOTO_NOTICE = replace(NOTICE, attachments=[], photos=[Photo("http://huyen.localhost/1.jpg")])


@pytest.fixture
def portal(tmp_path: Path) -> Portal:
    return Portal(tmp_path)


def fetch(portal: Portal, path: str, article: Article, key: str | None = None) -> Outcome:
    """Take a page up whose reading is given: how a notice is read is not asked here."""
    item = portal.item(path, f"<p>{article.as_json()}</p>", key)
    assert item.extraction is not None
    item.extraction.article = replace(article)
    with write_transaction(portal.db):
        return save_article(portal.db, item, portal.moment)


def rows(db: Database, sql: str) -> list[tuple[Any, ...]]:
    return db.execute(sql).fetchall()


def test_a_notice_is_stored_with_its_kind_and_attachments(portal: Portal) -> None:
    notice = replace(NOTICE, attachments=[FILE, OTHER_FILE])
    assert fetch(portal, "1.html", notice) is Outcome.NEW
    assert rows(portal.db, "SELECT kind, body FROM articles") == [("notice", "")]
    files = "SELECT article, position, url, name FROM attachments ORDER BY article, position"
    assert rows(portal.db, files) == [
        (1, 0, FILE.url, FILE.name),
        (1, 1, OTHER_FILE.url, OTHER_FILE.name),
    ]


@pytest.mark.parametrize(
    "changed",
    [
        replace(NOTICE, attachments=[OTHER_FILE, FILE]),
        replace(NOTICE, kind=Kind.PHOTOS),
    ],
    ids=["attachments", "kind"],
)
def test_another_kind_or_file_is_stored_and_is_no_revision(
    portal: Portal, changed: Article
) -> None:
    fetch(portal, "1.html", NOTICE)
    assert fetch(portal, "1.html", changed) is Outcome.UNCHANGED
    assert rows(portal.db, "SELECT kind FROM articles") == [(changed.kind,)]
    assert read_attachments(portal.db, 1) == changed.attachments
    assert rows(portal.db, "SELECT count(*) FROM revisions") == [(0,)]


def test_a_file_that_is_no_longer_named_is_kept_in_a_revision(portal: Portal) -> None:
    fetch(portal, "1.html", NOTICE)
    assert fetch(portal, "1.html", replace(NOTICE, attachments=[])) is Outcome.UPDATED
    [[files]] = rows(portal.db, "SELECT attachments FROM revisions")
    assert FILE.url in files


def test_a_notice_that_gets_a_text_keeps_its_row(portal: Portal) -> None:
    fetch(portal, "1.html", NOTICE)
    text = replace(NOTICE, kind=Kind.ARTICLE, paragraphs=["Từ ngày mai. " * 30])
    assert fetch(portal, "1.html", text) is Outcome.UPDATED
    assert rows(portal.db, "SELECT kind FROM articles") == [("article",)]
    assert rows(portal.db, "SELECT body FROM revisions") == [("",)]


@pytest.mark.fault(52)
@pytest.mark.parametrize(
    ("other", "outcome"),
    [
        (NOTICE, Outcome.DUPLICATE),
        (replace(NOTICE, published_at="2026-11-20"), Outcome.DUPLICATE),
        (replace(NOTICE, attachments=[replace(FILE, name="Tải về")]), Outcome.DUPLICATE),
        (replace(NOTICE, attachments=[OTHER_FILE]), Outcome.NEW),
        (replace(NOTICE, attachments=[FILE, OTHER_FILE]), Outcome.NEW),
        (replace(NOTICE, published_at="2026-11-21T08:00:00+07:00"), Outcome.NEW),
        (replace(NOTICE, published_at=None), Outcome.NEW),
        (replace(NOTICE, title="Giấy mời"), Outcome.NEW),
        (replace(NOTICE, lede="Kính gửi các xã"), Outcome.NEW),
        (PHOTO_NOTICE, Outcome.NEW),
    ],
    ids=[
        *("same", "day without time", "file by another name", "other file", "one file more"),
        *("other day", "no day", "other title", "with a lede", "photo for file"),
    ],
)
def test_a_notice_is_a_duplicate_by_title_day_and_files(
    portal: Portal, other: Article, outcome: Outcome
) -> None:
    fetch(portal, "1.html", NOTICE)
    assert fetch(portal, "2.html", other) is outcome
    count = 1 if outcome is Outcome.DUPLICATE else 2
    assert rows(portal.db, "SELECT count(*), count(same_as) FROM articles") == [(count, 0)]


def test_notices_that_are_photos_are_told_apart_by_them(portal: Portal) -> None:
    other = replace(PHOTO_NOTICE, photos=[Photo("http://huyen.localhost/2.jpg")])
    outcomes = [
        fetch(portal, f"{number}.html", article)
        for number, article in enumerate((PHOTO_NOTICE, other, PHOTO_NOTICE))
    ]
    assert outcomes == [Outcome.NEW, Outcome.NEW, Outcome.DUPLICATE]


def test_nothing_but_a_title_and_a_day_is_no_identity(tmp_path: Path) -> None:
    db = new_database(tmp_path)
    bare = replace(NOTICE, attachments=[])
    keep_article(db, bare)
    assert stored_duplicate(db, "huyen", bare) is None


def test_a_notice_of_another_source_is_no_twin(tmp_path: Path) -> None:
    db = new_database(tmp_path)
    keep_article(db, NOTICE)
    assert find_twin(db, NOTICE, "tinh") is None
    assert find_twin(db, replace(NOTICE, lede="Kính gửi các xã"), "tinh") is None
    assert not are_alike("", "")


@pytest.mark.fault(53)
@pytest.mark.parametrize(
    ("other", "outcome"),
    [
        (replace(NOTICE, title="Giấy mời", attachments=[OTHER_FILE]), Outcome.NEW),
        (replace(NOTICE, title="Giấy mời", paragraphs=["Kính mời. "]), Outcome.UPDATED),
        (replace(NOTICE, title="Thông báo (sửa)"), Outcome.UPDATED),
        (replace(NOTICE, attachments=[OTHER_FILE]), Outcome.UPDATED),
    ],
    ids=["another notice", "same file", "title edited", "file replaced"],
)
def test_an_id_given_to_another_notice_merges_nothing(
    portal: Portal, other: Article, outcome: Outcome
) -> None:
    fetch(portal, "cu/1.html", NOTICE, "huyen.localhost/1")
    assert fetch(portal, "moi/1.html", other, "huyen.localhost/1") is outcome
    assert rows(portal.db, "SELECT count(*) FROM articles") == [(1 + (outcome is Outcome.NEW),)]


def test_addresses_of_notices_teach_no_parameter_as_noise(portal: Portal) -> None:
    for number in range(4):
        file = Attachment(f"http://huyen.localhost/{number}.pdf")
        fetch(portal, f"xem?id={number}", replace(NOTICE, attachments=[file]))
    contents = stored_contents(portal.db, "huyen")
    assert len({content for _, content in contents}) == len(contents) == 4


def test_notices_are_found_by_their_title_and_by_their_kind(tmp_path: Path) -> None:
    db = new_database(tmp_path)
    keep_article(db, NOTICE)
    keep_article(db, Article(title="Thông báo", paragraphs=["Có thân bài."]))
    assert [hit.kind for hit in search(db, "thong bao", Filters(kind="notice")).hits] == ["notice"]
    assert [hit.kind for hit in newest(db, Filters(kind="article"))] == ["article"]
    assert len(search(db, "thong bao").hits) == 2


def test_a_terminal_shows_the_files_of_a_notice() -> None:
    lines = article_text(
        replace(NOTICE, attachments=[FILE, Attachment(OTHER_FILE.url)])
    ).splitlines()
    assert f"[Tệp] {FILE.name} {FILE.url}" in lines
    assert f"[Tệp] {OTHER_FILE.url}" in lines


def test_a_cleaned_text_is_an_article_without_attachments() -> None:
    value = clean("Huyện đoàn ra quân\nSáng nay, Huyện đoàn ra quân dọn vệ sinh.\n").as_json()
    assert (value["kind"], value["attachments"]) == ("article", [])


def take_in(db: Database, path: Path) -> ImportReport:
    *_, report = import_paths(db, path.parent / "archive", [path], SOURCES, SOURCES[0])
    return report


@pytest.mark.parametrize("url", ["http://huyen.localhost/1.html", None])
@pytest.mark.parametrize("notice", [NOTICE, PHOTO_NOTICE], ids=["file", "photo"])
def test_a_notice_that_is_exported_is_imported_as_it_was(
    tmp_path: Path, notice: Article, url: str | None
) -> None:
    db = new_database(tmp_path)
    keep_article(db, replace(notice, url=url))
    exported = tmp_path / "all.jsonl"
    with exported.open("wb") as out:
        export(db, Selection(), "jsonl", out)
    other = open_database(tmp_path / "other.db")
    assert take_in(other, exported).taken == {Outcome.NEW: 1}
    keys = notice.as_json().keys() - {"provenance"}
    before, after = read_article(db, 1), read_article(other, 1)
    assert {key: after[key] for key in keys} == {key: before[key] for key in keys}
    assert take_in(other, exported).kept_already == 1


def test_notices_of_one_title_and_day_are_all_imported(tmp_path: Path) -> None:
    db, lines = new_database(tmp_path), tmp_path / "all.jsonl"
    notices = [NOTICE, replace(NOTICE, attachments=[OTHER_FILE])]
    lines.write_text("\n".join(json.dumps(notice.as_json()) for notice in notices))
    assert take_in(db, lines).taken == {Outcome.NEW: 2}


def test_an_object_with_neither_text_nor_file_is_not_imported(tmp_path: Path) -> None:
    db, lines = new_database(tmp_path), tmp_path / "all.jsonl"
    values: list[dict[str, Any]] = [
        {"title": "Thông báo", "kind": "notice"},
        {"title": "Thông báo", "kind": "notice", "attachments": [{"name": "không địa chỉ"}]},
        {"title": "Thông báo", "photos": ["http://huyen.localhost/1.jpg"]},
    ]
    lines.write_text("\n".join(map(json.dumps, values)))
    assert take_in(db, lines).reasons == {"no text and no HTML in this object": 3}


@pytest.mark.parametrize("dry_run", [True, False])
def test_reprocessing_tells_and_stores_another_kind(portal: Portal, dry_run: bool) -> None:
    fetch(portal, "1.html", replace(NOTICE, kind=Kind.ARTICLE, attachments=[]))
    listed = list(archived_pages(portal.db, ["huyen"], ""))
    again = [(kept, PageReading(replace(NOTICE), fetched_at=MOMENT)) for kept in listed]
    report = ReprocessReport(dry_run)
    profiles = {source.slug: (source, profile_of(portal.db, source)) for source in SOURCES}
    with write_transaction(portal.db):
        rewrite_articles(portal.db, again, profiles, report)
    assert report.changes == {"kind": 1, "attachments": 1}
    assert (report.samples["kind"][0].before, report.samples["kind"][0].after) == (
        "article",
        "notice",
    )
    stored = read_article(portal.db, 1)
    expected = ("article", 0) if dry_run else ("notice", 1)
    assert (stored["kind"], len(stored["attachments"])) == expected


def test_rewriting_replaces_the_attachments(tmp_path: Path) -> None:
    db = new_database(tmp_path)
    row = keep_article(db, replace(NOTICE, attachments=[FILE, OTHER_FILE]))
    with write_transaction(db):
        rewrite_article(db, row, replace(NOTICE, attachments=[OTHER_FILE]))
    assert read_attachments(db, row) == [OTHER_FILE]


def test_notices_without_bodies_are_no_redesign(portal: Portal) -> None:
    """A source whose latest rows are all notices is as well as before."""
    days = [MOMENT - timedelta(days=age) for age in range(60, 0, -1)]
    for number, day in enumerate(days):
        article = replace(
            NOTICE if number > 45 else Article(paragraphs=["Sáng nay, huyện họp bàn. " * 40]),
            title=f"Tin {number}",
            lede=None if number > 45 else "Sapo của tin",
            published_at=day.isoformat(),
        )
        with write_transaction(portal.db):
            insert_article(portal.db, "huyen", article, day)
    record = read_record(portal.db, "huyen", MOMENT)
    assert record.fill_now is not None
    assert record.fill_now.median_body > 500
    assert record.fill_now.shares["lede"] == 1
    assert record.recent == 13, "notices count as news"
    portal.db.execute("UPDATE runs SET state = 'done'")
    portal.db.execute("UPDATE run_sources SET unchanged = 5")
    assert assess(read_record(portal.db, "huyen", MOMENT)).verdict is Verdict.FINE
