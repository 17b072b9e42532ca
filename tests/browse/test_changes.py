"""What changed, as pages, feeds and marks: new, edited, removed and republished articles."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote

import feedparser
import pytest
from lxml.html import HtmlElement, fromstring

from pipelines.article import Article
from scraper.base.clock import to_utc_iso
from scraper.base.source import Source
from scraper.store.articles import insert_article, mark_gone, revise_article
from scraper.store.changes import Change, ChangeFilter, list_changes
from scraper.store.database import write_transaction
from scraper.store.runs import finish_run, start_run
from scraper.store.search import newest, search
from scraper.store.search_filters import Filters
from scraper.store.sources import sync_sources
from tests.browse.serving import Browsing
from tests.scraper.stores import MOMENT, new_database

DAY = timedelta(days=1)
SHARING = 6
MANY = 120
SCRIPT = "<script>alert(1)</script>"


def article(name: str, text: str = "Huyện họp bàn việc gieo cấy vụ xuân.") -> Article:
    return Article(
        url=f"http://huyen.localhost/{quote(name)}",
        title=f"Bài {name}",
        paragraphs=[text],
        published_at="2026-11-20",
        section="Kinh tế",
    )


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A site whose second night edited, removed and republished articles of the first."""
    folder = tmp_path_factory.mktemp("changed")
    db = new_database(folder)
    others = [
        Source(slug=f"xa-{number}", name=f"Xã {number}", home_url=f"http://xa-{number}.localhost/")
        for number in range(SHARING)
    ]
    sync_sources(db, others)
    slugs = ["huyen", "tinh", *(source.slug for source in others)]
    first = start_run(db, "schedule", slugs, MOMENT)
    with write_transaction(db):
        for name in ("sửa", "gỡ", SCRIPT):
            insert_article(db, "huyen", article(name), MOMENT)
        insert_article(db, "tinh", article("giữ nguyên"), MOMENT)
        for number in range(MANY):
            insert_article(db, "tinh", article(f"số {number}"), MOMENT)
        db.execute("UPDATE run_sources SET new = 3 WHERE run = ? AND source = 'huyen'", [first])
    finish_run(db, first, "done", MOMENT + timedelta(hours=1))
    second = start_run(db, "schedule", slugs, MOMENT + DAY)
    later = MOMENT + DAY + timedelta(minutes=5)
    with write_transaction(db):
        edit = replace(article("sửa"), paragraphs=["Huyện hoãn họp."])
        revise_article(db, 1, edit, later, None)
        mark_gone(db, 2, later)
        for source in others:
            copy = replace(article(f"chép {source.slug}"), title="Bài giữ nguyên")
            insert_article(db, source.slug, copy, later, same_as=4)
        db.execute(
            "UPDATE run_sources SET new = 0, updated = 3, gone = 1"
            " WHERE run = ? AND source = 'huyen'",
            [second],
        )
    finish_run(db, second, "done", later + timedelta(hours=1))
    with Browsing(folder / "tinhuyen.db") as browsing:
        yield browsing.url, folder / "tinhuyen.db"


def see(address: str) -> HtmlElement:
    with urllib.request.urlopen(address, timeout=300) as answer:
        return fromstring(answer.read().decode())


def refused(address: str) -> tuple[int, str]:
    with pytest.raises(HTTPError) as caught:
        urllib.request.urlopen(address, timeout=300)
    return caught.value.code, caught.value.read().decode()


def target(link: HtmlElement) -> str:
    return link.get("href") or ""


def titles(page: HtmlElement) -> list[str]:
    return [link.text_content() for link in page.cssselect("ul.changes > li > a:first-of-type")]


def test_changes_stand_by_night_and_source(changed: tuple[str, Path]) -> None:
    page = see(f"{changed[0]}/-/changes")
    nights = [heading.text_content() for heading in page.cssselect("h2 a")]
    assert nights == ["24/11/2026", "23/11/2026"]
    night = page.cssselect("section[aria-labelledby='night-2026-11-24']")[0]
    sources = {heading.text_content() for heading in night.cssselect("h3")}
    assert sources == {"Huyen", *(f"Xã {number}" for number in range(SHARING))}
    [huyen] = [
        part for part in night.cssselect("section section") if "Huyen" in part.text_content()
    ]
    marks = {mark.text_content() for mark in huyen.cssselect(".kind")}
    assert marks == {"đã sửa", "đã gỡ"}
    [difference] = huyen.cssselect("a.compared")
    compared = see(changed[0] + target(difference))
    assert "hoãn" in compared.text_content()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("kind=edited", ["Bài sửa"]),
        ("kind=removed", ["Bài gỡ"]),
        ("kind=republished", ["Bài giữ nguyên"] * SHARING),
        ("kind=republished&source=xa-1", ["Bài giữ nguyên"]),
        ("source=huyen&night=2026-11-24", ["Bài sửa", "Bài gỡ"]),
        ("kind=new&night=2026-11-24&source=huyen", []),
        ("night=2026-11-22", []),
        ("kind=edited&night=1-1-1&page=x", ["Bài sửa"]),
        ("kind=edited&night=9999-12-31", ["Bài sửa"]),
        ("kind=edited&night=0001-01-01", ["Bài sửa"]),
        ("kind=other&source=huyen&night=2026-11-24", ["Bài sửa", "Bài gỡ"]),
    ],
)
def test_changes_are_narrowed(changed: tuple[str, Path], query: str, expected: list[str]) -> None:
    assert titles(see(f"{changed[0]}/-/changes?{query}")) == expected


def test_every_change_is_on_one_page(changed: tuple[str, Path]) -> None:
    site, address, found = changed[0], "/-/changes", 0
    while address:
        page = see(site + address)
        found += len(page.cssselect("ul.changes > li"))
        address = next((target(link) for link in page.cssselect("a[rel=next]")), "")
    assert found == MANY + 4 + SHARING + 2


def test_hostile_titles_stay_text(changed: tuple[str, Path]) -> None:
    page = see(f"{changed[0]}/-/changes?kind=new&source=huyen")
    assert f"Bài {SCRIPT}" in titles(page)
    assert not [script for script in page.cssselect("script") if not script.get("src")]


def test_feeds_tell_of_edits_and_removals(changed: tuple[str, Path]) -> None:
    site = changed[0]
    page = see(f"{site}/-/changes")
    feeds = [target(link) for link in page.cssselect("link[type='application/atom+xml']")]
    assert feeds == ["/-/changes.atom?kind=edited", "/-/changes.atom?kind=removed"]
    for address, expected in zip(
        [*feeds, "/-/changes.atom", "/-/changes.atom?source=tinh"],
        [["[đã sửa] Bài sửa"], ["[đã gỡ] Bài gỡ"], ["[đã sửa] Bài sửa", "[đã gỡ] Bài gỡ"], []],
        strict=True,
    ):
        feed = feedparser.parse(urllib.request.urlopen(site + address, timeout=300).read())
        assert not feed.bozo
        assert [entry.title for entry in feed.entries] == expected
        assert len({entry.id for entry in feed.entries}) == len(expected)
        if address == feeds[0]:
            assert feed.entries[0].link == f"{site}/articles/1/compare"


@pytest.mark.parametrize(
    ("address", "name", "near"),
    [
        ("/search?source=huyn", "huyn", "Huyen"),
        ("/search?q=cam&source=xa1", "xa1", "Xã 1"),
        ("/-/changes?source=huye", "huye", "Huyen"),
        ("/runs/1/articles?source=tin", "tin", "Tinh"),
        ("/sources/huyeen", "huyeen", "Huyen"),
    ],
)
def test_an_unknown_source_is_an_error_with_the_nearest(
    changed: tuple[str, Path], address: str, name: str, near: str
) -> None:
    status, text = refused(changed[0] + address)
    page = fromstring(text)
    assert status == 404
    assert name in page.cssselect("h1")[0].text_content()
    links = {link.text_content(): target(link) for link in page.cssselect("main li a")}
    assert near in links
    assert see(changed[0] + links[near]) is not None


@pytest.mark.parametrize(
    "address",
    [
        "/search?source=%FF%00",
        "/search?province=Nope",
        "/search?district=x",
        "/-/changes?source=🍊",
    ],
)
def test_an_unknown_name_without_a_like_is_an_error(
    changed: tuple[str, Path], address: str
) -> None:
    assert refused(changed[0] + quote(address, safe="/?=&%-"))[0] == 404


def test_files_of_an_unknown_source_say_so_in_their_form(changed: tuple[str, Path]) -> None:
    line = "no source `huyn`: did you mean huyen?"
    status, text = refused(f"{changed[0]}/search.json?source=huyn")
    assert (status, json.loads(text)["error"]) == (404, line)
    for path in ("/search.csv", "/search.atom", "/-/changes.atom"):
        assert refused(f"{changed[0]}{path}?source=huyn") == (404, f"{line}\n")


def test_a_search_marks_counts_and_narrows_by_changes(changed: tuple[str, Path]) -> None:
    page = see(f"{changed[0]}/search?q=bai")
    assert page.cssselect("[role=status]")[0].text_content().startswith("Kết quả từ 1 đến 20 ")
    assert f"trong {MANY + 4 + SHARING} bài" in page.text_content()
    for change, mark, count in (
        ("edited", "đã sửa", 1),
        ("removed", "đã gỡ", 1),
        ("republished", "đăng lại", SHARING),
    ):
        for words in ("", "q=bai&"):
            found = see(f"{changed[0]}/search?{words}change={change}")
            marks = [each.text_content() for each in found.cssselect(f"li .mark-{change}")]
            assert marks == [mark] * count
            assert f"trong {count} bài" in found.text_content()


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/runs/1/articles?outcome=new&source=huyen", ["Bài sửa", "Bài gỡ", f"Bài {SCRIPT}"]),
        ("/runs/2/articles?outcome=updated&source=huyen", ["Bài sửa"]),
        ("/runs/2/articles?outcome=gone", ["Bài gỡ"]),
        ("/runs/2/articles?outcome=new&source=huyen", []),
        ("/runs/2/articles?outcome=nonsense", ["Bài giữ nguyên"] * SHARING),
    ],
)
def test_a_number_of_a_run_leads_to_its_articles(
    changed: tuple[str, Path], address: str, expected: list[str]
) -> None:
    page = see(changed[0] + address)
    links = page.cssselect("ul.headlines > li > a:first-of-type")
    assert [link.text_content() for link in links] == expected


def test_what_later_runs_settled_again_is_said(changed: tuple[str, Path]) -> None:
    page = see(f"{changed[0]}/runs/2/articles?outcome=updated&source=huyen")
    assert "đếm thêm 2 địa chỉ" in page.text_content()


def test_the_tables_of_runs_link_their_numbers(changed: tuple[str, Path]) -> None:
    for address in ("/runs/2", "/sources/huyen"):
        links = [target(link) for link in see(changed[0] + address).cssselect("td.number a")]
        assert "/runs/2/articles?outcome=updated&source=huyen" in links
        for link in links:
            see(changed[0] + link)
    assert refused(f"{changed[0]}/runs/99/articles")[0] == 404


def test_home_shows_changes_the_week_and_the_unusual(changed: tuple[str, Path]) -> None:
    page = see(f"{changed[0]}/")
    assert titles(page) == ["Bài sửa", "Bài gỡ"]
    assert page.cssselect("section[aria-labelledby=changes] a[href='/articles/1/compare']")
    [week] = page.cssselect("section[aria-labelledby=week]")
    assert "Kinh tế" in week.text_content()
    [unusual] = page.cssselect("section[aria-labelledby=unusual]")
    assert f"{SHARING + 1} nguồn cùng đăng" in unusual.text_content()


def test_the_chart_of_a_year_has_an_axis_titles_and_a_table(changed: tuple[str, Path]) -> None:
    page = see(f"{changed[0]}/")
    [chart] = page.cssselect("svg.year")
    assert [text.text for text in chart.cssselect(".axis text")][-1] == "150"
    months = chart.cssselect("a")
    assert len(months) == 13
    assert "Tháng 11/2026: 130 bài" in (months[-1].get("aria-label") or "")
    days = [title.text for title in chart.cssselect("title")]
    assert "20/11/2026: 130 bài và thông báo" in days
    rows = page.cssselect("section[aria-labelledby=year] tbody tr")
    assert [cell.text_content() for cell in rows[0]] == ["11/2026", "130"]


def test_an_edit_is_listed_once_with_its_latest_time(tmp_path: Path) -> None:
    db = new_database(tmp_path)
    with write_transaction(db):
        insert_article(db, "huyen", article("a"), MOMENT)
        for number in (1, 2, 3):
            edit = replace(article("a"), paragraphs=[f"Lần {number}."])
            revise_article(db, 1, edit, MOMENT + number * DAY, None)
    [row] = list_changes(db, ChangeFilter((Change.EDITED,)), 10)
    assert row["moment"] == to_utc_iso(MOMENT + 3 * DAY)
    assert list_changes(db, ChangeFilter((Change.EDITED,)), 10, 1) == []


def test_what_comes_again_is_no_longer_removed(tmp_path: Path) -> None:
    db = new_database(tmp_path)
    with write_transaction(db):
        insert_article(db, "huyen", article("a"), MOMENT)
        mark_gone(db, 1, MOMENT + DAY)
    assert [hit.marks for hit in newest(db)] == [("removed",)]
    assert [hit.id for hit in search(db, "gieo", Filters(change="removed")).hits] == [1]
    with write_transaction(db):
        revise_article(db, 1, article("a", "Đăng lại."), MOMENT + 2 * DAY, None)
    assert list_changes(db, ChangeFilter((Change.REMOVED,)), 10) == []
    assert [hit.marks for hit in newest(db)] == [("edited",)]


@pytest.mark.parametrize("change", list(Change))
@pytest.mark.parametrize("source", [None, "huyen"])
def test_changes_are_read_from_an_index(tmp_path: Path, change: Change, source: str | None) -> None:
    db = new_database(tmp_path)
    plans: list[str] = []

    def plan(statement: str) -> None:
        if statement.startswith("SELECT") and "ORDER BY" in statement:
            plans.append(statement)

    db.conn.set_trace_callback(plan)
    list_changes(db, ChangeFilter((change,), source, "2026-11-01", "2026-12-01"), 10)
    db.conn.set_trace_callback(None)
    [statement] = plans
    steps = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()]
    assert len(steps) == 1
    assert "INDEX articles_" in steps[0]
    assert change is Change.NEW or change.value in steps[0]


def test_home_shows_pictures_from_our_own_address(site: str) -> None:
    pictures = [picture.get("src") or "" for picture in see(site).cssselect("img.thumbnail")]
    assert pictures
    for picture in pictures:
        assert picture.startswith("/-/previews/")
        with urllib.request.urlopen(site + picture, timeout=300) as answer:
            assert answer.headers["content-type"].startswith("image/")
