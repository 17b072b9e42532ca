"""Watches: what each finds, once, among what is new or changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from pipelines.article import Article
from scraper.base.source import Level, Source
from scraper.base.watch import Watch
from scraper.store import watch_matching
from scraper.store.article_changes import advance, ids_changed_since, read_news
from scraper.store.articles import insert_article, mark_gone, revise_article
from scraper.store.database import write_transaction
from scraper.store.runs import finish_run, start_run
from scraper.store.sources import sync_sources
from scraper.store.watch_matching import Matcher, read_changed
from scraper.store.watches import find_hits, find_in_past, last_night, mark_told
from tests.scraper.store.test_file_search import fetched, put
from tests.scraper.stores import MOMENT, keep_article, new_database

LATER = MOMENT + timedelta(hours=6)


@pytest.fixture
def db(tmp_path: Path) -> Database:
    db = new_database(tmp_path)
    sources = [
        ("huyen", Level.DISTRICT, "Cổng thông tin huyện", "Hàm Yên"),
        ("tinh", Level.PROVINCE, "Báo tỉnh", None),
        ("xa", Level.COMMUNE, "Trang thông tin điện tử xã Minh Hương", None),
    ]
    sync_sources(
        db,
        [
            Source(
                slug=slug,
                name=name,
                home_url=f"http://{slug}.localhost/",
                level=level,
                province="Tuyên Quang",
                district=district,
            )
            for slug, level, name, district in sources
        ],
    )
    return db


def article(title: str, *paragraphs: str, number: int = 0) -> Article:
    return Article(
        url=f"http://huyen.localhost/{number or abs(hash((title, paragraphs)))}",
        title=title,
        paragraphs=list(paragraphs),
    )


def matching(db: Database, **fields: object) -> list[int]:
    """What a watch matches in the whole database."""
    watch = Watch.model_validate({"name": "w", **fields})
    return Matcher(db, read_changed(db, ids_changed_since(db, ""))).find(watch)


def found(db: Database, *watches: Watch, moment: datetime = LATER) -> dict[str, list[int]]:
    """What is reported now, by watch, as one report after another."""
    with write_transaction(db):
        hits = find_hits(db, watches, moment)
        for each in hits:
            mark_told(db, each.watch.name, "a")
        advance(db, "watches", None)
    return {each.watch.name: sorted(each.articles) for each in hits if each.articles}


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("nước sạch", {"Nước sạch về bản", "Sạch nguồn nước"}),
        ("nuoc sach", {"Nước sạch về bản", "Sạch nguồn nước", "Nuôi con nuốc sách"}),
        ('"nước sạch"', {"Nước sạch về bản"}),
        ('"nuoc sach"', {"Nước sạch về bản", "Nuôi con nuốc sách"}),
        ("NƯỚC bản", {"Nước sạch về bản"}),
        ("nước ban", {"Nước sạch về bản"}),
        ("hoà bình", {"Xã Hòa Bình"}),
        ("hòa bình", {"Xã Hòa Bình"}),
        ("túy", {"Phòng chống ma túy"}),
        ('nước OR sạch NEAR( * ) - :^"', set()),
        ("đất", set()),
    ],
)
def test_words_with_accents_are_matched_as_spelled_and_others_in_any_spelling(
    db: Database, words: str, titles: set[str]
) -> None:
    texts = {}
    for title in [
        "Nước sạch về bản",
        "Sạch nguồn nước",
        "Nuôi con nuốc sách",
        "Xã Hòa Bình",
        "Phòng chống ma túy",
        "Tùy người mà dạt",
    ]:
        texts[keep_article(db, article(title))] = title
    assert {texts[one] for one in matching(db, words=words)} == titles


@pytest.mark.parametrize("place", ["Hàm Yên", "ham yen", "huyện Hàm Yên", "Huyện  HÀM YÊN"])
def test_a_place_is_that_of_the_source_or_named_in_the_text(db: Database, place: str) -> None:
    of_source = keep_article(db, article("Họp dân"), "huyen")
    named = keep_article(db, article("Đường mới", "Huyện Hàm Yên mở đường."), "tinh")
    keep_article(db, article("Tin khác", "Ở huyện Chiêm Hóa."), "tinh")
    assert matching(db, places=place) == [of_source, named]
    assert matching(db, places=[place], words="đường") == [named]


def test_a_commune_is_known_by_the_name_of_its_site_and_a_province_by_its_sources(
    db: Database,
) -> None:
    one = keep_article(db, article("Họp dân"), "xa")
    other = keep_article(db, article("Họp tổ"), "huyen")
    assert matching(db, places="xã Minh Hương") == [one]
    assert matching(db, places=["Minh Hương", "Hàm Yên"]) == [one, other]
    assert matching(db, places="tỉnh Tuyên Quang") == [one, other]
    assert matching(db, places="phường 3") == []


def test_words_of_a_file_count_and_the_place_may_stand_in_the_article(db: Database) -> None:
    with_file = put(db, 1, "Kế hoạch cấp nước sạch\fPhụ lục", body="Xã Yên Phú.", source="tinh")
    put(db, 2, "Lịch họp", source="tinh")
    assert matching(db, words="nước sạch") == [with_file]
    assert matching(db, words="nước sạch", places="Yên Phú") == [with_file]
    assert matching(db, words="nước sạch", places="Yên Thuận") == []
    assert matching(db, words="nước sạch", sources="huyen") == []
    assert matching(db, words="nước lịch") == [], "not in one text"


def test_an_article_is_reported_once_to_a_watch_whatever_happens_to_it(db: Database) -> None:
    cam, chanh = Watch(name="Cam", words="cam"), Watch(name="Chanh", words="chanh")
    row = keep_article(db, article("Cam được mùa", number=1))
    assert found(db, cam, chanh) == {"Cam": [row]}
    assert found(db, cam, chanh) == {}
    with write_transaction(db):
        revise_article(db, row, article("Cam và chanh", number=1), LATER, None)
    assert found(db, cam, chanh) == {"Chanh": [row]}
    changed = Watch(name="Cam", words="cam chanh")
    with write_transaction(db):
        revise_article(db, row, article("Cam, chanh, bưởi", number=1), LATER, None)
        mark_gone(db, row, LATER)
    assert found(db, changed, chanh) == {}


def test_a_file_that_is_read_in_a_later_night_is_reported_then(db: Database) -> None:
    watch = Watch(name="Nước", words="nước sạch")
    assert found(db, watch) == {}
    row = put(db, 1, source="huyen")
    late = put(db, 2, "Trống")
    assert found(db, watch) == {}
    fetched(db, "http://huyen.localhost/2/tep-0.pdf", "Cấp nước sạch")
    assert found(db, watch) == {"Nước": [late]}
    assert row != late


def test_a_new_watch_begins_with_the_last_night_and_an_old_one_misses_nothing(
    db: Database,
) -> None:
    old, new = Watch(name="Cũ", words="tin"), Watch(name="Mới", words="tin")
    nights = []
    for night in range(3):
        start = MOMENT + timedelta(days=night)
        run = start_run(db, "schedule", ["huyen"], start)
        with write_transaction(db):
            text = article(f"Tin đêm {night}")
            nights.append(insert_article(db, "huyen", text, start + timedelta(minutes=5)))
        finish_run(db, run, "done", start + timedelta(minutes=9))
        if night == 0:
            assert found(db, old) == {"Cũ": [nights[0]]}
    assert found(db, old, new) == {"Cũ": nights[1:], "Mới": nights[2:]}


def test_runs_of_one_day_are_one_night(db: Database) -> None:
    for hours in (-48, 0, 8):
        run = start_run(db, "schedule", ["huyen"], MOMENT + timedelta(hours=hours))
        finish_run(db, run, "done", MOMENT + timedelta(hours=hours + 1))
    assert last_night(db, LATER) == "2026-11-23T02:00:00Z"


def test_articles_of_an_old_archive_are_no_news(db: Database) -> None:
    watch = Watch(name="Tin", words="tin")
    assert found(db, watch) == {}
    with write_transaction(db):
        insert_article(db, "huyen", article("Tin cũ"), datetime(2015, 1, 1, tzinfo=UTC))
    assert found(db, watch) == {}


def test_a_watch_that_comes_back_remembers_what_it_reported(db: Database) -> None:
    watch = Watch(name="Tin", words="tin")
    row = keep_article(db, article("Tin một"))
    assert found(db, watch) == {"Tin": [row]}
    assert found(db) == {}
    assert db.execute("SELECT is_active FROM watches").fetchall() == [(0,)]
    assert found(db, watch) == {}
    assert db.execute("SELECT is_active FROM watches").fetchall() == [(1,)]


def test_what_a_watch_would_have_found_is_shown_without_storing_it(db: Database) -> None:
    row = keep_article(db, article("Tin một"))
    watch = Watch(name="Tin", words="tin")
    assert find_in_past(db, watch, days=36500) == [row]
    assert find_in_past(db, watch, days=0) == []
    assert db.table("watches").count == 0


def test_changes_that_all_have_read_are_deleted_and_numbers_are_not_used_twice(
    db: Database,
) -> None:
    for number in range(5):
        keep_article(db, article(f"Tin {number}"))
    with write_transaction(db):
        advance(db, "watches", None)
        assert db.table("article_changes").count == 5
        advance(db, "digest", None)
    assert db.table("article_changes").count == 1
    keep_article(db, article("Tin mới"))
    assert db.execute("SELECT max(id) FROM article_changes").fetchone() == (6,)


def test_news_are_counted_by_source_and_each_article_once(db: Database) -> None:
    rows = [keep_article(db, article(f"Tin {number}", number=number)) for number in range(4)]
    with write_transaction(db):
        advance(db, "digest", None)
        after = db.execute("SELECT max(id) FROM article_changes").fetchone()[0]
        insert_article(db, "tinh", article("Mới", number=9), LATER)
        insert_article(db, "tinh", article("Mới hơn", number=10), LATER)
        revise_article(db, rows[0], article("Sửa", number=0), LATER, None)
        revise_article(db, rows[1], article("Sửa rồi gỡ", number=1), LATER, None)
        mark_gone(db, rows[1], LATER)
    news = read_news(db, after, "", each=1, listed=1)
    assert [(one.slug, one.count, len(one.articles)) for one in news.sources] == [("tinh", 2, 1)]
    assert (news.count, news.edited, news.removed) == (2, 1, 1)
    assert news.removed_articles[0]["title"] == "Sửa rồi gỡ"


@pytest.mark.parametrize("rows_per_lookup", [1, 2, 5, 1000])
def test_old_articles_among_new_ones_are_found_however_they_are_looked_up(
    db: Database, monkeypatch: pytest.MonkeyPatch, rows_per_lookup: int
) -> None:
    monkeypatch.setattr(watch_matching, "ROWS_PER_LOOKUP", rows_per_lookup)
    for number in range(60):
        keep_article(db, article(f"Tin {number % 2}", number=number + 1))
    for ids in ([1, 2, 20, 58, 59, 60], [1, 60], [7, 8], [8], [], list(range(1, 61))):
        matcher = Matcher(db, read_changed(db, ids))
        assert matcher.find(Watch(name="w", words="1")) == [row for row in ids if row % 2 == 0]
