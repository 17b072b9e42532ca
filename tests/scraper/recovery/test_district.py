"""A district that went dark is brought back: its texts, their history, its end, and its place."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from sqlite_utils import Database

from scraper.archive.reader import read_page
from scraper.base.source import Level, Source
from scraper.browse.serving import application
from scraper.recovery.options import RecoveryOptions
from scraper.recovery.recover import recover
from scraper.store.captures import archived_at
from scraper.store.database import open_database
from scraper.store.search import search
from scraper.store.search_filters import Filters
from scraper.store.source_timeline import read_timeline
from tests.portals.stories import sentence_of
from tests.scraper.recovery.district import ONLY_NAMED, WITH_FILE, WITH_PHOTO, district
from tests.scraper.recovery.district_archive import DistrictArchive
from tests.scraper.recovery.district_articles import text_of
from tests.scraper.recovery.district_check import problems

SERVICE = "internet-archive"
COMMUNE = "02374"
SOURCE = Source(
    slug="hamyen",
    name="Cổng thông tin điện tử huyện Hàm Yên",
    home_url="http://hamyen.tuyenquang.gov.vn/",
    level=Level.DISTRICT,
    province="Tuyên Quang",
    unit_code="H074",
)


@pytest.fixture(scope="module")
def recovered(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DistrictArchive]:
    """The folder of a database with the whole district, and the archive that it came from."""
    folder, kept = tmp_path_factory.mktemp("district"), district()
    archive = DistrictArchive(SERVICE, kept.captures, kept.hidden)
    db = open_database(folder / "tinhuyen.db")
    for _ in recover(
        db, folder / "tinhuyen.db", folder / "archive", SOURCE, [archive], RecoveryOptions()
    ):
        pass
    db.close()
    return folder, archive


@pytest.fixture
def db(recovered: tuple[Path, DistrictArchive]) -> Iterator[Database]:
    """The database of the district."""
    opened = open_database(recovered[0] / "tinhuyen.db")
    yield opened
    opened.close()


def ask(folder: Path, path: str) -> Any:
    """Return a page of the browsing of a database, in English."""
    site = application(folder / "tinhuyen.db", folder / "archive", allow_sql=False)
    joined = f"{path}{'&' if '?' in path else '?'}lang=en"
    answer = asyncio.run(site.client.get(joined))
    assert answer.status_code == 200, answer.text
    return html.document_fromstring(answer.text)


def test_texts_history_and_ends_are_those_of_the_portal(db: Database) -> None:
    assert problems(db, district()) == []


def test_a_body_is_fetched_once(recovered: tuple[Path, DistrictArchive]) -> None:
    fetched = [one.digest for one in recovered[1].fetched if one.body]
    assert len(fetched) == len(set(fetched))


def test_lists_and_feeds_name_what_the_index_of_the_host_lacks(db: Database) -> None:
    rows = db.execute(
        "SELECT count(DISTINCT url_key) FROM archived_captures JOIN recovery_queries"
        " ON recovery_queries.id = query WHERE match = 'exact' AND kind = 'article'"
    ).fetchone()
    assert rows == (len(ONLY_NAMED),)


def test_a_calendar_without_end_is_left_alone(
    db: Database, recovered: tuple[Path, DistrictArchive]
) -> None:
    assert not [one.url for one in recovered[1].fetched if "lich-cong-tac" in one.url]
    reasons = db.execute(
        "SELECT DISTINCT outcome, reason FROM archived_captures WHERE url LIKE '%lich-cong-tac%'"
    ).fetchall()
    assert reasons == [("left_out", "dated_list")]


def test_photos_and_files_of_articles_are_kept(db: Database) -> None:
    rows = db.execute(
        "SELECT kind, count(*) FROM files WHERE digest IS NOT NULL GROUP BY kind ORDER BY kind"
    ).fetchall()
    assert rows == [("attachment", 1), ("photo", len(WITH_PHOTO))]
    words = sentence_of(text_of(WITH_FILE))
    (hit,) = search(db, f'"{words}"', Filters(), limit=5).hits
    assert hit.title == text_of(WITH_FILE).title


def test_a_search_finds_a_text_of_2019(db: Database) -> None:
    sentence = text_of(5).body.split("\n\n")[-1]
    hits = search(db, f'"{sentence}"', Filters(), limit=5).hits
    assert [hit.title for hit in hits] == [text_of(5).title]


def test_the_articles_are_on_the_pages_of_the_communes_of_today(
    recovered: tuple[Path, DistrictArchive],
) -> None:
    page = ask(recovered[0], f"/-/unit/{COMMUNE}")
    titles = [link.text_content() for link in page.cssselect(".headlines a")]
    assert titles[0] == text_of(50).title
    assert SOURCE.name in page.text_content()


def test_the_archive_keeps_what_the_site_had_sent(
    db: Database, recovered: tuple[Path, DistrictArchive]
) -> None:
    for number in range(8, 12):  # gzip, brotli, and without encoding
        title = text_of(number).title
        (article,) = db.execute("SELECT id FROM articles WHERE title = ?", [title]).fetchone()
        place = archived_at(db, article)
        assert place is not None
        page = read_page(recovered[0] / "archive", place[0], place[1])
        assert title in page.body.decode()


def test_the_page_of_the_source_shows_its_life(
    db: Database, recovered: tuple[Path, DistrictArchive]
) -> None:
    timeline = read_timeline(db, SOURCE.slug)
    assert set(timeline.articles) == {(str(year), SERVICE) for year in range(2019, 2026)}
    assert sum(timeline.articles.values()) == 50
    assert sum(timeline.captures.values()) == len(district().captures)
    page = ask(recovered[0], "/sources/hamyen").text_content()
    assert "districts were abolished" in page
    assert "135 of 135 captures in the indexes are settled" in page
