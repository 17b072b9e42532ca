"""Stored articles from Python: typed, bounded, read-only, also while a crawl writes."""

from __future__ import annotations

import re
import sys
import tracemalloc
from dataclasses import FrozenInstanceError, asdict, fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from pipelines.article import Article, Attachment, Photo
from scraper import api
from scraper.api.database import ArticleDatabase, open_database
from scraper.api.records import ArticleRecord
from scraper.base.clock import VIETNAM
from scraper.base.errors import ArchiveError, StoreError, UsageError
from scraper.packaging import tinhuyen
from scraper.store.articles import insert_article, revise_article
from scraper.store.database import write_transaction
from scraper.store.runs import finish_run, start_run
from tests.bench.texts import Writer
from tests.scraper.stores import MOMENT, keep_article, new_database
from tests.scraper.transfer.test_exporting import FULL, NOTICE

LATER = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.fixture
def written(tmp_path: Path) -> Database:
    db = new_database(tmp_path)
    db.table("sources").update("huyen", {"province": "Tuyên Quang"})
    return db


@pytest.fixture
def database(written: Database, tmp_path: Path) -> ArticleDatabase:
    return open_database(tmp_path / "tinhuyen.db")


def test_an_article_has_all_its_fields_with_types(
    written: Database, database: ArticleDatabase
) -> None:
    row_id = keep_article(written, FULL)
    [article] = database.articles()
    assert article == database.article(row_id)
    assert (article.title, article.body, article.paragraphs) == (
        FULL.title, FULL.body, FULL.paragraphs,
    )  # fmt: skip
    assert article.published_at == datetime(2023, 11, 21, 14, 25, tzinfo=VIETNAM)
    assert (article.published_on, article.modified_at) == (date(2023, 11, 21), None)
    assert (article.first_seen_at, article.gone_at, article.same_as) == (MOMENT, None, None)
    assert (article.source_name, article.province) == ("Huyen", "Tuyên Quang")
    assert article.tags == ("Đoàn", "hè")
    assert article.provenance == {"title": "jsonld"}
    [photo] = article.photos
    assert (photo.article, photo.caption, photo.digest) == (row_id, "Ra quân", None)
    with pytest.raises(FrozenInstanceError):
        article.title = "Khác"  # type: ignore[misc]
    with pytest.raises(KeyError):
        database.article(99)


def test_a_day_is_no_midnight(written: Database, database: ArticleDatabase) -> None:
    keep_article(written, NOTICE)
    [notice] = database.articles()
    assert (notice.published_at, notice.published_on) == (None, date(2023, 11, 22))
    assert [file.name for file in notice.attachments] == ["Lịch tiếp công dân", None]
    assert notice.paragraphs == []


def test_articles_are_filtered(written: Database, database: ArticleDatabase) -> None:
    run = start_run(written, "manual", ["huyen"], MOMENT)
    finish_run(written, run, "done", MOMENT)
    keep_article(written, FULL)
    keep_article(
        written, Article(title="Mới", paragraphs=["Chè"], published_at="2026-01-02"), "tinh"
    )
    with write_transaction(written):
        insert_article(written, "huyen", Article(title="Sau", paragraphs=["Sau"]), LATER)

    def titles(**wanted: Any) -> list[str | None]:
        return [article.title for article in database.articles(**wanted)]

    assert titles(source="tinh") == ["Mới"]
    assert titles(since=date(2026, 1, 2)) == titles(since="2026-01-02") == ["Mới"]
    assert titles(since=datetime(2026, 1, 2, 23, tzinfo=UTC)) == ["Mới"]
    assert titles(until="2025-12-31", source=None) == [FULL.title]
    assert titles(words="che") == ["Mới"]
    assert titles(section="Đoàn thể") == [FULL.title]
    assert titles(new_since=run) == ["Sau"]


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"source": "huyn"}, "no source `huyn`: did you mean huyen"),
        ({"new_since": 9}, "no run 9"),
        ({"since": "hôm qua"}, "no day"),
    ],
)
def test_a_wrong_filter_is_an_error_at_once(
    database: ArticleDatabase, wanted: dict[str, Any], told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        database.articles(**wanted)


def test_a_run_that_has_not_ended_is_no_line(written: Database, database: ArticleDatabase) -> None:
    run = start_run(written, "manual", ["huyen"], MOMENT)
    with pytest.raises(UsageError, match="has not ended"):
        database.articles(new_since=run)


def test_revisions_are_earlier_states(written: Database, database: ArticleDatabase) -> None:
    row_id = keep_article(written, FULL)
    with write_transaction(written):
        revise_article(written, row_id, Article(title="Mới", paragraphs=["Mới."]), LATER, None)
    [revision] = database.revisions()
    assert [revision] == database.revisions_of(row_id)
    assert [revision] == database.revisions_of(database.article(row_id))
    assert (revision.title, revision.seen_at, revision.seen_again_at) == (FULL.title, MOMENT, ())
    assert revision.published_at == datetime(2023, 11, 21, 14, 25, tzinfo=VIETNAM)
    assert [photo["caption"] for photo in revision.photos] == ["Ra quân"]
    assert revision.attachments == ()


def test_photos_and_attachments_of_all_articles(
    written: Database, database: ArticleDatabase
) -> None:
    keep_article(written, FULL)
    keep_article(written, NOTICE)
    assert [photo.caption for photo in database.photos()] == ["Ra quân"]
    assert [file.position for file in database.attachments(words="lich")] == [0, 1]
    text = {"digest": "bb", "media_type": "application/pdf", "pages": 2, "text": "Lịch\fHai"}
    written.table("file_texts").insert(text | {"reader": 1})
    written.table("files").update("file:http://huyen.localhost/lich.pdf", {"digest": "bb"})
    read, waiting = database.attachments()
    assert (database.text_of(read), read.pages) == ("Lịch\fHai", 2)
    assert database.text_of(waiting) is None
    assert database.bytes_of(waiting) is None
    with pytest.raises(ArchiveError, match=r"lich\.pdf: lost or damaged"):
        database.bytes_of(read)


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no database"):
        open_database(tmp_path / "none.db")
    assert not list(tmp_path.iterdir())


def test_a_writer_and_a_reader_do_not_hold_up_one_another(
    written: Database, database: ArticleDatabase, tmp_path: Path
) -> None:
    for number in range(3):
        keep_article(written, Article(title=f"{number}", paragraphs=[f"Tin {number}"]))
    reading = database.articles(words="tin")
    next(reading)
    keep_article(written, Article(title="Mới", paragraphs=["Tin mới"]))
    [busy, *_] = written.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    assert not busy
    assert len(list(reading)) == 2
    assert len(list(database.articles(words="tin"))) == 4


def test_memory_does_not_grow_with_the_number_of_articles(
    written: Database, database: ArticleDatabase
) -> None:
    writer = Writer()
    peaks = []
    for count in (1_000, 2_000):
        with write_transaction(written):
            for _ in range(count):
                article = Article(paragraphs=[" ".join(writer.words(100))])
                insert_article(written, "huyen", article, MOMENT)
        tracemalloc.start()
        assert sum(1 for _ in database.articles(source="huyen")) >= count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.3 * peaks[0]


def test_a_reader_may_stop_early(written: Database, tmp_path: Path) -> None:
    for number in range(3):
        keep_article(written, Article(title=f"{number}", paragraphs=[f"Tin {number}"]))
    with open_database(tmp_path / "tinhuyen.db") as database:
        reading = database.articles(source="huyen")
        assert next(reading).title == "0"
    del reading


# What is installed, and what the README shows.

README = Path(api.__file__).with_name("README.md").read_text("utf-8")
FIRST, WITH_PANDAS = re.findall(r"^```python$(.*?)^```$", README, re.M | re.S)


def run_recipe(code: str, monkeypatch: pytest.MonkeyPatch, path: Path) -> dict[str, Any]:
    monkeypatch.setitem(sys.modules, "tinhuyen", tinhuyen)
    monkeypatch.setenv("TINHUYEN_DB", str(path))
    names: dict[str, Any] = {}
    exec(code, names)
    return names


@pytest.fixture
def recent(written: Database) -> None:
    article = Article(
        title="Nông thôn mới",
        paragraphs=["Xây dựng nông thôn mới."],
        photos=[Photo(caption="Ảnh")],
        attachments=[Attachment("http://huyen.localhost/a.pdf")],
        published_at="2026-11-22",
    )
    row_id = keep_article(written, article)
    with write_transaction(written):
        article.title = "Nông thôn mới: sửa"
        revise_article(written, row_id, article, LATER, None)


@pytest.mark.usefixtures("recent")
def test_the_recipe_runs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = run_recipe(FIRST, monkeypatch, tmp_path / "tinhuyen.db")
    assert names["body"] is None
    shown = capsys.readouterr().out
    assert shown.startswith("2026-11-22 Nông thôn mới: sửa None\n2026-11-23 02:00:00+00:00")


@pytest.mark.usefixtures("recent")
def test_the_recipe_for_pandas_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("pandas")
    names = run_recipe(WITH_PANDAS, monkeypatch, tmp_path / "tinhuyen.db")
    assert list(names["frame"]) == [field.name for field in fields(ArticleRecord)]
    assert names["by_month"].to_dict().popitem()[1] == 1


@pytest.mark.usefixtures("recent")
def test_a_record_is_plain_values_for_other_libraries(database: ArticleDatabase) -> None:
    [article] = map(asdict, database.articles())
    assert article["photos"][0]["caption"] == "Ảnh"


def test_every_name_of_the_package_is_there() -> None:
    assert all(getattr(tinhuyen, name) for name in tinhuyen.__all__)
    with pytest.raises(AttributeError):
        tinhuyen.missing  # noqa: B018
