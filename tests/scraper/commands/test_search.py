"""`tinhuyen search`: how many there are, what changed, and sources that there are not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipelines.article import Article
from scraper.base.errors import UsageError
from scraper.base.messages import say_number, speak
from scraper.command_line import tinhuyen as group
from scraper.store import match_counts
from scraper.store.articles import insert_article, mark_gone, revise_article
from scraper.store.database import open_database, open_for_reading, write_transaction
from scraper.store.match_counts import MatchCount, count_matches
from scraper.store.nearest_names import nearest_names
from scraper.store.search_filters import EVERYTHING, Filters
from tests.scraper.stores import MOMENT, keep_article, new_database

COUNT = 30


def article(number: int) -> Article:
    return Article(
        url=f"http://huyen.localhost/{number}",
        title=f"Lễ hội số {number}",
        paragraphs=["Hội xuân mở ở sân đình."],
        published_at="2026-11-20",
        section="Văn hóa" if number % 2 else "Kinh tế",
    )


@pytest.fixture
def database(tmp_path: Path) -> Path:
    db = new_database(tmp_path)
    for number in range(COUNT):
        keep_article(db, article(number))
    with write_transaction(db):
        mark_gone(db, 1, MOMENT + timedelta(days=1))
        edit = replace(article(1), paragraphs=["Hội xuân hoãn."])
        revise_article(db, 2, edit, MOMENT + timedelta(days=1), None)
        insert_article(db, "tinh", replace(article(2), url=None), MOMENT, same_as=3)
    return tmp_path / "tinhuyen.db"


def search(database: Path, *words: str) -> Result:
    return CliRunner().invoke(group, ["--db", str(database), "search", *words])


def test_a_search_says_how_many_there_are(database: Path) -> None:
    assert f"20 of {COUNT + 1} articles shown" in search(database, "hoi xuan").stderr
    assert "1 of 1 articles shown" in search(database, "hoi xuan", "--source", "tinh").stderr
    none = search(database, "khong co chu nay")
    assert (none.exit_code, none.stdout, none.stderr) == (0, "nothing found\n", "")


def test_people_read_times_and_numbers_as_they_write_them(database: Path) -> None:
    db = open_database(database)
    with write_transaction(db):
        timed = replace(article(99), published_at="2026-11-21T02:25:00Z", title="Họp báo sớm")
        insert_article(db, "huyen", timed, MOMENT)
    assert "2026-11-21 09:25 +07:00 · huyen" in search(database, "hop bao").stdout
    [row] = json.loads(search(database, "hop bao", "--json").stdout)
    assert row["published_at"] == "2026-11-21T02:25:00Z"
    try:
        speak("vi")
        assert (say_number(1_000), say_number(0.5)) == ("1.000", "0,5")
    finally:
        speak("en")
    assert say_number(1_000) == "1,000"


def test_a_search_marks_and_chooses_what_changed(database: Path) -> None:
    for change, ids in (("removed", [0]), ("edited", [1]), ("republished", [None])):
        result = search(database, "hoi xuan", "--change", change, "--json")
        rows = json.loads(result.stdout)
        assert [row["marks"] for row in rows] == [[change]]
        urls = [None if each is None else f"http://huyen.localhost/{each}" for each in ids]
        assert [row["url"] for row in rows] == urls
    assert "· removed" in search(database, "hoi xuan", "--change", "removed").stdout
    assert search(database, "hoi", "--change", "lost").exit_code == 2


@pytest.mark.parametrize(
    ("slug", "hint"),
    [
        ("huyn", "did you mean huyen?"),
        ("HUYEN", "did you mean huyen?"),
        ("Huyện", "did you mean huyen?"),
        ("nope", "see `tinhuyen sources list`"),
        ("", "see `tinhuyen sources list`"),
        ("x" * 100_000, "see `tinhuyen sources list`"),
    ],
)
def test_an_unknown_source_is_an_error(database: Path, slug: str, hint: str) -> None:
    result = search(database, "hoi", "--source", slug)
    assert isinstance(result.exception, UsageError)
    assert str(result.exception) == f"no source `{slug}`: {hint}"
    assert result.stdout == ""


def test_names_are_near_without_their_accents() -> None:
    known = [("Đại Từ", "Đại Từ"), ("Định Hoá", "Định Hoá"), ("Phú Lương", "Phú Lương")]
    assert nearest_names("dai tu", known) == ["Đại Từ"]
    assert nearest_names("định hóa", known) == ["Định Hoá"]
    assert nearest_names("xyz", known) == []


@pytest.mark.parametrize("words", ["", "hoi xuan", '"sân đình"'])
def test_a_count_ends_at_its_limit(database: Path, words: str) -> None:
    db = open_for_reading(database)
    whole = count_matches(db, words, EVERYTHING, 100)
    assert (whole.count >= COUNT, whole.has_more) == (True, False)
    assert count_matches(db, words, EVERYTHING, whole.count) == whole
    bounded = count_matches(db, words, EVERYTHING, 10)
    assert (bounded.count, bounded.has_more) == (10, True)


def test_a_count_ends_at_its_work(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(match_counts, "STEPS_AT_ONCE", 10)
    monkeypatch.setattr(match_counts, "MAX_STEPS", 30)
    db = open_for_reading(database)
    filters = Filters(section="Văn hóa")
    found = count_matches(db, "", filters, 10_000)
    assert found.has_more
    assert found.count < COUNT // 2
    monkeypatch.undo()
    assert count_matches(db, "", filters, 10_000) == MatchCount(COUNT // 2, has_more=False)


def test_a_search_in_a_unit_takes_its_sources_over_time(database: Path) -> None:
    def shown(unit: str) -> str:
        return search(database, "hoi", "--unit", unit).stderr

    db = open_database(database)
    db.execute("UPDATE sources SET unit_code = iif(slug = 'huyen', 'H074', '02374')")
    assert f"of {COUNT + 1} articles shown" in shown("xã hàm yên")
    db.execute("UPDATE sources SET unit_code = '02380' WHERE slug = 'tinh'")
    assert f"of {COUNT} articles shown" in shown("02374")
    assert f"of {COUNT + 1} articles shown" in shown("H074")
    assert shown("tỉnh Cà Mau") == ""
    db.close()


@pytest.mark.parametrize(
    ("name", "error"),
    [
        (
            "Hàm Yên",
            "several places are called `Hàm Yên`, name one by its code: "
            "02374 Xã Hàm Yên, Tuyên Quang; H074 Huyện Hàm Yên, Tuyên Quang",
        ),
        ("xã Hàm Yênn", "no unit `xã Hàm Yênn`: did you mean 02374 Xã Hàm Yên, Tuyên Quang"),
        ("99999", "no unit `99999`: see `tinhuyen sources coverage`"),
    ],
)
def test_a_unit_that_is_not_clear_is_an_error_with_the_choices(
    database: Path, name: str, error: str
) -> None:
    result = search(database, "hoi", "--unit", name)
    assert isinstance(result.exception, UsageError)
    assert str(result.exception).startswith(error)
