"""Where texts come from, and the life of a source, as pages show them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from sqlite_utils import Database

from pipelines.article import Article
from pipelines.extraction import extract_page
from pipelines.items import Page
from pipelines.page_item import PageItem
from pipelines.save_article import save_imported
from scraper.archive.writer import ArchiveWriter
from scraper.base.clock import to_utc_iso
from scraper.base.source import Level, Source
from scraper.browse.language import LANGUAGE_ARGUMENT
from scraper.browse.serving import application
from scraper.store.articles import insert_article
from scraper.store.capture_origins import IMPORT, add_origin
from scraper.store.captures import Capture, capture_at
from scraper.store.database import open_database, write_transaction
from scraper.store.runs import start_run
from scraper.store.source_timeline import read_timeline
from scraper.store.sources import sync_sources
from tests.scraper.stores import page_of

HOST = "http://hamyen.tuyenquang.gov.vn"
COPY = "https://web.archive.org/web/{}/http://hamyen.tuyenquang.gov.vn/{}"
COLLECTION = "http://127.0.0.1:8080/cu"
SOURCES = [
    Source(slug="huyen", name="Huyện Hàm Yên", home_url=HOST, level=Level.DISTRICT,
           province="Tuyên Quang", unit_code="H074"),
    Source(slug="xa", name="Xã Hàm Yên", home_url="http://xa.tuyenquang.gov.vn", unit_code="02374"),
]  # fmt: skip
SENTENCE = "Sáng nay, bà con thôn Nà Luông cùng nhau làm đường bê tông với {} ngày công góp lại."
DAYS: dict[str, list[tuple[int, str | None, int]]] = {
    "sua": [(2019, "internet-archive", 17), (2021, "internet-archive", 31)],
    "kho-khac": [(2020, COLLECTION, 45)],
    "tep": [(2022, IMPORT, 52)],
    "moi": [(2024, None, 68)],
}
"""The articles: the year of each answer, where it came from, and a number of its text."""

Get = Callable[..., Any]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with an article of each origin, one of which was edited."""
    folder = tmp_path_factory.mktemp("origins")
    db = open_database(folder / "tinhuyen.db")
    sync_sources(db, SOURCES)
    run = start_run(db, "manual", ["huyen"], datetime(2024, 5, 1, tzinfo=UTC))
    writer = ArchiveWriter(folder / "archive")
    for path, answers in DAYS.items():
        for year, service, number in answers:
            save(db, writer, path, datetime(year, 5, 1, tzinfo=UTC), service, number, run)
    with write_transaction(db):
        db.execute("UPDATE run_sources SET discovered = 5 WHERE run = ?", [run])
        insert_article(
            db, "huyen", Article(title="Bài dán", paragraphs=["Không ngày"]), datetime.now(UTC)
        )
        insert_article(
            db,
            "xa",
            Article(url="http://xa.vn/1", title="Tin xã", published_at="2025-09-01"),
            datetime.now(UTC),
        )
        db.execute("UPDATE articles SET gone_at = '2023-02-01T00:00:00Z' WHERE url LIKE '%/tep'")
        plan(db)
    writer.close()
    db.close()
    return folder / "tinhuyen.db"


def save(
    db: Database,
    writer: ArchiveWriter,
    path: str,
    moment: datetime,
    service: str | None,
    number: int,
    run: int,
) -> None:
    """Store an answer of a page as a recovery, an import or a crawl does it."""
    url = f"{HOST}/{path}"
    paragraphs = [SENTENCE.format(number + place) for place in range(4)]
    text = page_of(f"Làm đường ở thôn Nà Luông {path}", *paragraphs)
    date = f'<meta property="article:published_time" content="{moment.year}-04-20T08:00:00+07:00">'
    body = text.replace("</head>", f"{date}</head>").encode()
    page = Page(url, body, fetched_at=moment, source="huyen")
    place = writer.write_resource(url, "text/html; charset=utf-8", body, moment)
    writer.sync()
    body_hash = sha256(body).hexdigest()
    key = url.removeprefix("http://")
    item = PageItem(page, run if service is None else None, "huyen", key, url, "article", body_hash)
    item.canonical_key = key
    item.extraction = extract_page(page)
    item.capture = Capture(place.warc_file, place.warc_offset, body_hash, 200, moment)
    with write_transaction(db):
        save_imported(db, item, moment)
        capture = capture_at(db, place.warc_file, place.warc_offset)
        assert capture is not None
        if service is not None:
            copy = COPY.format(f"{moment:%Y%m%d%H%M%S}", path) if service != IMPORT else None
            add_origin(db, capture, moment, service, copy)
            list_capture(db, service, url, moment, capture)


def list_capture(
    db: Database, service: str, url: str, moment: datetime, capture: int | None
) -> None:
    """Put a capture into the plan of the recovery, as settled or as waiting."""
    if service == IMPORT:
        return
    db.execute(
        "INSERT OR IGNORE INTO recovery_queries (id, source, service, url, match, finished_at)"
        " VALUES (1, 'huyen', 'internet-archive', ?, 'host', '2026-11-01T00:00:00Z')",
        [HOST],
    )
    row = [service, url, to_utc_iso(moment), capture and "article", capture and "new", capture]
    db.execute(
        "INSERT INTO archived_captures"
        " (source, service, url, captured_at, outcome, reason, capture,"
        " url_key, kind, rank, query) VALUES ('huyen', ?, ?, ?, ?, ?, ?, '', 'article', 20, 1)",
        row,
    )


def plan(db: Database) -> None:
    """Put captures into the plan that wait, the last of which is of 2025."""
    for month in (1, 6):
        moment = datetime(2025, month, 9, tzinfo=UTC)
        list_capture(db, "internet-archive", f"{HOST}/cho-{month}", moment, None)


@pytest.fixture(scope="module")
def get(database: Path) -> Get:
    """Asks the pages of the database."""
    site = application(database, database.parent / "archive", allow_sql=False)

    def ask(path: str, language: str = "en") -> Any:
        joined = f"{path}{'&' if '?' in path else '?'}{LANGUAGE_ARGUMENT}={language}"
        answer = asyncio.run(site.client.get(joined))
        assert answer.status_code == 200, answer.text
        return html.document_fromstring(answer.text)

    return ask


@pytest.fixture
def db(database: Path) -> Iterator[Database]:
    """The database, for reading."""
    opened = open_database(database)
    yield opened
    opened.close()


def article_of(db: Database, path: str) -> int:
    row = db.execute("SELECT id FROM articles WHERE url LIKE ?", [f"%/{path}"]).fetchone()
    return int(row[0])


def text_of(page: Any) -> str:
    return " ".join(page.text_content().split())


def origin_on(page: Any) -> str:
    """Return what the page of an article says of its origin."""
    terms = page.cssselect("aside dt")
    term = next(each for each in terms if each.text_content() == "Where the text is from")
    return text_of(term.getnext())


@pytest.mark.parametrize(
    ("path", "origin"),
    [
        ("sua", "Internet Archive, 07:00, 1 May 2021 · The copy there"),
        ("kho-khac", "Web archive 127.0.0.1:8080, 07:00, 1 May 2020 · The copy there"),
        ("tep", "imported from files, 07:00, 1 May 2022"),
        ("moi", "The site itself (crawled), 07:00, 1 May 2024"),
    ],
)
def test_an_article_says_where_its_text_is_from(
    get: Get, db: Database, path: str, origin: str
) -> None:
    assert origin_on(get(f"/articles/{article_of(db, path)}")) == origin


def test_a_text_that_was_pasted_was_imported(get: Get, db: Database) -> None:
    (number,) = db.execute("SELECT id FROM articles WHERE url IS NULL").fetchone()
    assert origin_on(get(f"/articles/{number}")) == "imported from files"


def test_each_version_leads_to_the_copy_here_and_there(get: Get, db: Database) -> None:
    number = article_of(db, "sua")
    page = get(f"/articles/{number}")
    rows = page.cssselect("#versions ~ ul li")
    links = [[link.get("href") for link in row.cssselect("span a")] for row in rows]
    revision = db.execute("SELECT id FROM revisions WHERE article = ?", [number]).fetchone()[0]
    assert links == [
        [f"/articles/{number}/archived", COPY.format("20210501000000", "sua")],
        [f"/articles/{number}/archived?version={revision}", COPY.format("20190501000000", "sua")],
    ]
    assert "17 ngày công" in text_of(get(links[1][0]))
    assert "31 ngày công" in text_of(get(links[0][0]))


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("sua", "captured by Internet Archive 07:00, 1 May 2021, kept by Tin huyện"),
        ("tep", "as of 07:00, 1 May 2022, imported from a file"),
        ("moi", "fetched 07:00, 1 May 2024, kept by Tin huyện"),
    ],
)
def test_the_bar_of_an_archived_page_says_who_took_it(
    get: Get, db: Database, path: str, said: str
) -> None:
    assert said in text_of(get(f"/articles/{article_of(db, path)}/archived"))


def test_the_copies_in_web_archives_are_listed_in_their_order(get: Get, db: Database) -> None:
    page = get(f"/articles/{article_of(db, 'sua')}")
    copies = [link.text_content() for link in page.cssselect("#copies ~ ul a")]
    assert copies == ["07:00, 1 May 2019", "07:00, 1 May 2021"]
    assert not get(f"/articles/{article_of(db, 'moi')}").cssselect("#copies")


def test_a_timeline_counts_articles_and_captures_by_year_and_origin(db: Database) -> None:
    timeline = read_timeline(db, "huyen")
    assert timeline.articles == {
        ("2021", "internet-archive"): 1,
        ("2020", COLLECTION): 1,
        ("2022", ""): 1,
        ("2024", ""): 1,
        ("", ""): 1,
    }
    assert timeline.captures == {
        ("2019", "internet-archive"): 1,
        ("2021", "internet-archive"): 1,
        ("2025", "internet-archive"): 2,
        ("2020", COLLECTION): 1,
        ("2024", ""): 5,
    }
    assert timeline.removed == {"2023": 1}
    assert timeline.first_capture == "2019-05-01T00:00:00Z"
    assert timeline.last_capture == "2025-06-09T00:00:00Z"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_table_of_the_timeline_has_what_the_drawing_shows(get: Get, language: str) -> None:
    page = get("/sources/huyen", language)
    rows = page.cssselect("section[aria-labelledby=timeline] tbody tr")
    table = {row[0].text_content(): [int(cell.text_content()) for cell in row[1:]] for row in rows}
    assert list(table)[:3] == ["2025", "2024", "2023"]
    assert table["2024"] == [1, 0, 0, 0, 5, 0, 0]
    assert table["2021"] == [0, 1, 0, 0, 0, 1, 0]
    assert table["2023"] == [0, 0, 0, 1, 0, 0, 0]
    drawn = page.cssselect("svg.timeline text")
    years = [each.text_content() for each in drawn if each.text_content().startswith("20")]
    assert years == [str(year) for year in range(2019, 2026)]


def test_a_district_ends_with_its_level_and_a_commune_does_not(get: Get) -> None:
    assert "districts were abolished" in text_of(get("/sources/huyen"))
    assert "districts were abolished" not in text_of(get("/sources/xa"))
    assert get("/sources/xa").cssselect("svg.timeline")


def test_the_outcomes_of_a_recovery_lead_to_its_captures(get: Get) -> None:
    page = get("/sources/huyen")
    rows = page.cssselect("section[aria-labelledby=recovery] tbody tr")
    texts = [[cell.text_content() for cell in row] for row in rows]
    assert texts == [["waiting", "", "2"], ["article", "new", "3"]]
    assert "3 of 5 captures in the indexes are settled" in text_of(page)
    for row in rows:
        listed = get(row.cssselect("td.number a")[0].get("href"))
        count = len(listed.cssselect("table.rows-and-columns tbody tr"))
        assert count == int(row.cssselect("td.number")[0].text_content())
    assert not get("/sources/xa").cssselect("#recovery")


def test_no_page_scans_the_captures(database: Path, db: Database) -> None:
    seen: list[str] = []
    db.conn.set_trace_callback(seen.append)
    read_timeline(db, "huyen")
    db.conn.set_trace_callback(None)
    plans = [db.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall() for statement in seen]
    steps = [step[3] for plan in plans for step in plan]
    assert [step for step in steps if step.startswith("SCAN")] == []
    listing = next(step for step in steps if "archived_captures" in step)
    assert "COVERING INDEX" in listing
