"""The main job, end to end: three nights of the demo, against its truth."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from pipelines.items import Outcome
from scraper.base.clock import VIETNAM
from scraper.commands.demo import EXAMPLE
from scraper.demo.files.drawings import WIDTH
from scraper.store.database import open_for_reading
from scraper.store.search import search
from tests.scraper.commands.test_command_line import tinhuyen
from tests.scraper.demo.truth import DemoArticle, DemoFile, articles, documents

FIELDS = ("title", "lede", "body", "author", "published_at", "modified_at", "section", "language")


@dataclass(frozen=True)
class Nights:
    """Three runs of the demo on one database: what each printed, and the database after each."""

    printed: list[dict[str, Any]]
    database: Path
    snapshots: list[Path]

    @property
    def day(self) -> date:
        """The day of the first run, to which the dates of the portals are moved."""
        (run,) = rows(self.database, "SELECT started_at FROM runs WHERE id = 1")
        return datetime.fromisoformat(run["started_at"]).astimezone(VIETNAM).date()

    def moved(self, night: int, written: DemoArticle) -> DemoArticle:
        """An article of the truth with the dates of the run."""
        place = [(each.source, each.paths) for each in articles(night)].index(
            (written.source, written.paths)
        )
        return articles(night, self.day)[place]


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    home = tmp_path_factory.mktemp("demo")
    database = home / "demo.db"
    printed, snapshots = [], []
    for night in (1, 2, 3):
        run = tinhuyen("demo", "--json", "--db", str(database), home=home)
        assert run.returncode == 0, run.stderr
        printed.append(json.loads(run.stdout))
        snapshot = home / f"night-{night}.db"
        with sqlite3.connect(database) as live, sqlite3.connect(snapshot) as copy:
            live.backup(copy)
        snapshots.append(snapshot)
    return Nights(printed, database, snapshots)


def rows(database: Path, sql: str, *values: object) -> list[dict[str, Any]]:
    connection = sqlite3.connect(database)
    connection.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in connection.execute(sql, values)]
    finally:
        connection.close()


def stored(database: Path) -> dict[str, dict[str, Any]]:
    return {row["url"]: row for row in rows(database, "SELECT * FROM articles")}


def find(database: Path, truth: DemoArticle) -> dict[str, Any]:
    """The one row of an article that may be kept under any of its addresses."""
    base = truth.article.url or ""
    host = f"{urlsplit(base).scheme}://{urlsplit(base).netloc}"
    found = [row for url, row in stored(database).items() if url in {host + p for p in truth.paths}]
    assert len(found) == 1, f"{truth.paths}: {len(found)} rows"
    return found[0]


@pytest.mark.parametrize("written", articles(1), ids=lambda truth: truth.paths[0])
def test_every_article_is_stored_once_with_the_fields_of_the_truth(
    nights: Nights, written: DemoArticle
) -> None:
    truth = nights.moved(1, written)
    row = find(nights.snapshots[0], truth)
    expected = truth.article
    for field in FIELDS:
        assert row[field] == getattr(expected, field), field
    assert row["kind"] == expected.kind
    assert json.loads(row["blocks"]) == expected.as_json()["blocks"]
    assert json.loads(row["tags"]) == expected.tags
    photos = rows(
        nights.snapshots[0], "SELECT * FROM photos WHERE article = ? ORDER BY position", row["id"]
    )
    assert [
        (urlsplit(photo["url"]).path, photo["caption"], photo["credit"]) for photo in photos
    ] == [(photo.url, photo.caption, photo.credit) for photo in expected.photos]
    files = rows(
        nights.snapshots[0],
        "SELECT url, name FROM attachments WHERE article = ? ORDER BY position",
        row["id"],
    )
    assert [(urlsplit(file["url"]).path, file["name"]) for file in files] == [
        (file.url, file.name) for file in expected.attachments
    ]


def search_in(home: Path, database: Path, words: str) -> list[dict[str, Any]]:
    run = tinhuyen("search", "--json", "--db", str(database), words, home=home)
    assert run.returncode == 0, run.stderr
    found: list[dict[str, Any]] = json.loads(run.stdout)
    return found


def test_every_photo_and_attachment_is_kept(nights: Nights) -> None:
    photos = {photo.url for truth in articles(1, nights.day) for photo in truth.article.photos}
    kept = rows(nights.snapshots[0], "SELECT url, kind, media_type, width FROM files")
    assert [row for row in kept if row["media_type"] is None] == []
    assert {urlsplit(row["url"]).path for row in kept if row["kind"] == "photo"} == photos
    assert {row["width"] for row in kept if row["kind"] == "photo"} == {WIDTH}
    assert nights.printed[0]["photos"] == len(photos)
    assert nights.printed[0]["attachments"] == len(documents(1))


def test_the_same_photo_at_two_addresses_has_one_body(nights: Nights) -> None:
    twice = rows(
        nights.snapshots[0],
        "SELECT digest, count(DISTINCT capture) AS captures FROM files"
        " WHERE url LIKE '%/khung-xeo-ba-nhinh.jpg' GROUP BY digest",
    )
    assert len(twice) == 1


@pytest.mark.parametrize("file", documents(1), ids=lambda file: file.name)
def test_every_file_is_read_with_its_pages(nights: Nights, file: DemoFile) -> None:
    (path,) = [each.path for each in documents(1, nights.day) if each.name == file.name]
    (row,) = [
        row
        for row in rows(nights.snapshots[0], "SELECT * FROM attachments")
        if urlsplit(row["url"]).path == path
    ]
    assert (row["outcome"], row["media_type"], row["pages"]) == ("new", file.media_type, file.pages)
    assert row["reason"] == ("scan" if file.is_scan else None)


@pytest.mark.parametrize(
    "file", [file for file in documents(1) if not file.is_scan], ids=lambda file: file.name
)
def test_every_article_is_found_by_a_sentence_of_its_file(nights: Nights, file: DemoFile) -> None:
    with closing(open_for_reading(nights.snapshots[0])) as db:
        hits = search(db, f'"{file.sentence}"').hits
    (article,) = [each.article for each in documents(1, nights.day) if each.name == file.name]
    assert [(hit.url, hit.attachment) for hit in hits] == [(article, file.printed_name)]


def test_the_example_that_is_shown_finds_an_attachment(nights: Nights, tmp_path: Path) -> None:
    (hit,) = search_in(tmp_path, nights.database, EXAMPLE)
    assert (hit["attachment"], hit["page"]) == ("lich-ngung-cap-nuoc-2025.pdf", 3)


def test_the_second_night_asks_for_no_file(nights: Nights) -> None:
    assert rows(nights.snapshots[1], "SELECT * FROM run_files WHERE run = 2") == []


def test_nothing_but_the_articles_is_stored(nights: Nights) -> None:
    assert len(stored(nights.snapshots[0])) == len(articles(1))


def test_the_same_text_on_another_site_is_linked(nights: Nights) -> None:
    twins = [truth for truth in articles(1, nights.day) if truth.same_text_as]
    assert twins
    for truth in twins:
        pair = {
            find(nights.snapshots[0], truth)["id"],
            stored(nights.snapshots[0])[truth.same_text_as or ""]["id"],
        }
        links = rows(nights.snapshots[0], "SELECT id, same_as FROM articles WHERE same_as NOTNULL")
        assert any({link["id"], link["same_as"]} == pair for link in links)


def test_the_outcomes_of_every_run_sum_to_what_was_discovered(nights: Nights) -> None:
    for row in rows(nights.database, "SELECT * FROM run_sources"):
        assert row["discovered"] == sum(row[outcome] for outcome in Outcome), row


def test_every_stored_article_has_its_page_in_the_archive(nights: Nights) -> None:
    missing = rows(
        nights.database,
        "SELECT articles.url FROM articles JOIN pages ON pages.url_key = articles.page"
        " LEFT JOIN captures ON captures.id = pages.capture WHERE captures.id IS NULL",
    )
    assert missing == []


@pytest.mark.fault(52, 54)
def test_the_second_night_finds_nothing_new(nights: Nights) -> None:
    first, second = nights.snapshots[0], nights.snapshots[1]
    columns = "id, url, title, body, content_hash, first_seen_at, changed_at, gone_at"
    sql = f"SELECT {columns} FROM articles ORDER BY id"
    assert rows(first, sql) == rows(second, sql)
    assert rows(second, "SELECT * FROM revisions") == []
    assert sum(source["new"] + source["updated"] for source in nights.printed[1]["sources"]) == 0


def test_the_third_night_shows_one_edited_one_removed_and_one_new(nights: Nights) -> None:
    before, after = stored(nights.snapshots[1]), stored(nights.snapshots[2])
    assert len(after.keys() - before.keys()) == 1
    assert [row["url"] for row in after.values() if row["gone_at"]] == [
        row.article.url
        for row in articles(2, nights.day)
        if row.paths not in {each.paths for each in articles(3, nights.day)}
    ]
    revisions = rows(nights.database, "SELECT * FROM revisions")
    assert len(revisions) == 1
    edited = next(row for row in after.values() if row["id"] == revisions[0]["article"])
    assert revisions[0]["body"] == before[edited["url"]]["body"] != edited["body"]


@pytest.mark.parametrize("written", articles(3), ids=lambda truth: truth.paths[0])
def test_after_the_third_night_the_texts_are_those_of_the_third(
    nights: Nights, written: DemoArticle
) -> None:
    truth = nights.moved(3, written)
    row = find(nights.database, truth)
    assert row["body"] == truth.article.body
    assert row["title"] == truth.article.title


def test_all_articles_are_of_the_last_weeks_and_none_of_the_future(nights: Nights) -> None:
    (span,) = rows(
        nights.database,
        "SELECT min(published_at) AS first, max(published_at) AS last FROM articles",
    )
    assert 0 < (nights.day - date.fromisoformat(span["first"][:10])).days < 60
    assert 0 < (nights.day - date.fromisoformat(span["last"][:10])).days < 7
