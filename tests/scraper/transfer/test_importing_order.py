"""Captures come in any order: articles, revisions and times are the same, and the captures' own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from pipelines.items import Outcome
from pipelines.save_article import save_imported
from scraper.base.clock import to_utc_iso
from scraper.store.database import write_transaction
from scraper.transfer.import_report import ImportReport
from scraper.transfer.importer import import_paths
from tests.scraper.stores import MOMENT, SOURCES, Portal, new_database, page_of
from tests.scraper.transfer.test_importing import TEXT, warc_of_another

URL = "http://huyen.localhost/tin/1.html"
END = "Buổi lễ kết thúc vào trưa cùng ngày."
PAGES = {
    name: page_of("Huyện đoàn ra quân", TEXT * 3, f"{TEXT}{words}", END)
    for name, words in {
        "A": "Bản đầu tiên của tin này.",
        "B": "Bản thứ hai, sửa một con số.",
        "C": "Bản cuối cùng, thêm một câu.",
    }.items()
}
PAGES["a"] = PAGES["A"].replace("<body>", "<body><!-- 1.234 lượt xem -->")
PAGES["-"] = "<html><head><title>Không tìm thấy</title></head><body><p>Lỗi.</p></body></html>"

Capture = tuple[int, str]


def day(number: int) -> str:
    return f"2024-01-{number:02}"


def midnight(number: int) -> str:
    return f"{day(number)}T00:00:00Z"


def import_captures(
    db: Database, folder: Path, captures: Sequence[Capture], url: str = URL
) -> ImportReport:
    """Import captures one file after the other, each in a run of its own."""
    for number, name in captures:
        path = folder / f"{number}{name}.warc.gz"
        warc_of_another(path, [(url, day(number), PAGES[name])], gzipped=True)
        *_, report = import_paths(db, folder / "archive", [path], SOURCES)
    return report


def history(db: Database) -> dict[str, Any]:
    """What must not depend on the order: articles, states in their order, and pages."""
    article = "title, url, body, first_seen_at, changed_at, last_seen_at, gone_at"
    return {
        "articles": db.execute(f"SELECT {article} FROM articles ORDER BY body").fetchall(),
        "revisions": db.execute("SELECT seen_at, body FROM revisions ORDER BY seen_at").fetchall(),
        "captures": db.execute(
            "SELECT revisions.seen_at, body_hash FROM revisions"
            " JOIN captures ON captures.id = capture ORDER BY 1"
        ).fetchall(),
        "returns": db.execute(
            "SELECT returns.seen_at, body FROM returns JOIN revisions ON id = revision ORDER BY 1"
        ).fetchall(),
        "pages": db.execute(
            "SELECT url_key, body_hash, first_seen_at, fetched_at, settled_at FROM pages"
        ).fetchall(),
    }


def told(db: Database) -> str:
    """The states in short: letter and day of each, then the present one with its days."""
    letters = {"đầu tiên": "A", "thứ hai": "B", "cuối cùng": "C"}
    states = db.execute(
        "SELECT states.seen_at, body FROM (SELECT id AS revision, seen_at FROM revisions UNION ALL"
        " SELECT revision, seen_at FROM returns) AS states JOIN revisions ON id = revision"
        " ORDER BY states.seen_at"
    ).fetchall()
    [(first, changed, last, body)] = db.execute(
        "SELECT first_seen_at, changed_at, last_seen_at, body FROM articles"
    ).fetchall()
    rows = [*states, (last, body)]
    line = " ".join(
        next(letter for words, letter in letters.items() if words in text) + str(int(seen[8:10]))
        for seen, text in rows
    )
    return f"{int(first[8:10])}: {line} since {int(changed[8:10])}"


CASES = {
    "AB": "1: A1 B2 since 2",
    "ABC": "1: A1 B2 C3 since 3",
    "ABA": "1: A1 B2 A3 since 3",
    "AAB": "1: A2 B3 since 3",
    "ABB": "1: A1 B3 since 2",
    "AaB": "1: A2 B3 since 3",
    "ABAB": "1: A1 B2 A3 B4 since 4",
    "ABBA": "1: A1 B3 A4 since 4",
    "ABCA": "1: A1 B2 C3 A4 since 4",
    "A-B": "1: A1 B3 since 3",
    "A-A": "1: A3 since 1",
    "ABAA": "1: A1 B2 A4 since 3",
    "AB-A": "1: A1 B2 A4 since 4",
}


@pytest.mark.fault(52)
@pytest.mark.parametrize("names", CASES)
def test_any_order_gives_the_same_states_and_times(tmp_path: Path, names: str) -> None:
    captures = list(enumerate(names, 1))
    found: dict[str, Any] = {}
    for number, order in enumerate(permutations(captures)):
        folder = tmp_path / str(number)
        folder.mkdir()
        db = new_database(folder)
        import_captures(db, folder, order)
        assert told(db) == CASES[names], order
        one = history(db)
        found = found or one
        assert one == found, order
        if number % 7 == 0:
            report = import_captures(db, folder, order)
            assert (report.taken, report.kept_already) == ({}, 1)
            assert history(db) == one


@pytest.mark.fault(52)
def test_the_captures_of_one_file_are_taken_in_any_order(tmp_path: Path) -> None:
    found = []
    for number, order in enumerate(permutations([(1, "A"), (2, "B"), (3, "C")])):
        folder = tmp_path / str(number)
        folder.mkdir()
        db = new_database(folder)
        pages = [(URL, day(one), PAGES[name]) for one, name in order]
        warc_of_another(folder / "all.warc", pages, gzipped=False)
        list(import_paths(db, folder / "archive", [folder / "all.warc"], SOURCES))
        found.append(history(db))
    assert all(one == found[0] for one in found)


@pytest.mark.fault(52)
@pytest.mark.parametrize("order", list(permutations([(1, "A"), (2, "B"), (3, "A")])))
def test_captures_before_a_crawl_change_nothing_of_it(
    tmp_path: Path, order: tuple[Capture, ...]
) -> None:
    portal = Portal(tmp_path)
    assert portal.fetch("tin/1.html", PAGES["C"]) is Outcome.NEW
    before = list(portal.db.query("SELECT body, changed_at, last_seen_at FROM articles"))
    page = "SELECT outcome, fetched_at, settled_at, due_at, run, body_hash FROM pages"
    settled = list(portal.db.query(page))
    import_captures(portal.db, tmp_path, order)
    after = list(portal.db.query("SELECT body, changed_at, last_seen_at FROM articles"))
    assert (after, list(portal.db.query(page))) == (before, settled)
    assert told(portal.db).startswith("1: A1 B2 A3 C")
    portal.fetch("tin/1.html", PAGES["B"])
    assert portal.db.execute("SELECT count(*) FROM articles").fetchone() == (1,)
    assert [row[0] for row in portal.db.execute("SELECT seen_at FROM revisions ORDER BY 1")] == [
        midnight(1),
        midnight(2),
        to_utc_iso(MOMENT + timedelta(hours=1)),
    ]


@pytest.mark.fault(52)
def test_a_capture_between_two_nights_is_put_between_them(tmp_path: Path) -> None:
    portal = Portal(tmp_path)
    portal.moment = datetime(2024, 1, 1, tzinfo=UTC) - timedelta(hours=1)
    portal.fetch("tin/1.html", PAGES["A"])
    portal.moment = datetime(2024, 1, 3, tzinfo=UTC) - timedelta(hours=1)
    portal.fetch("tin/1.html", PAGES["C"])
    import_captures(portal.db, tmp_path, [(2, "B")])
    assert told(portal.db) == "1: A1 B2 C3 since 3"


@pytest.mark.fault(53)
def test_an_earlier_article_of_a_recycled_id_is_the_same_in_any_order(tmp_path: Path) -> None:
    other = page_of("Mùa gặt ở Tân Thành", "Bà con xã Tân Thành xuống đồng gặt lúa. " * 6)
    one, two = "http://huyen.localhost/tin/mot-5.html", "http://huyen.localhost/tin/hai-6.html"
    found = []
    for number, order in enumerate(permutations([(one, 1, "A"), (two, 2, "other"), (one, 3, "B")])):
        folder = tmp_path / str(number)
        folder.mkdir()
        db = new_database(folder)
        for address, moment, name in order:
            html = other if name == "other" else PAGES[name]
            path = folder / f"{moment}.warc.gz"
            warc_of_another(path, [(address, day(moment), html)], gzipped=True)
            list(import_paths(db, folder / "archive", [path], SOURCES))
        columns = "url, body, first_seen_at, gone_at"
        found.append(
            (
                db.execute(f"SELECT {columns} FROM articles ORDER BY url").fetchall(),
                db.execute("SELECT seen_at, body FROM revisions").fetchall(),
            )
        )
    assert all(each == found[0] for each in found)
    assert len(found[0][0]) == 2


@pytest.mark.fault(53)
def test_an_earlier_article_of_a_key_is_gone_since_the_later_one(tmp_path: Path) -> None:
    portal, key = Portal(tmp_path), "huyen.localhost/tin/*/5"
    other = page_of("Mùa gặt ở Tân Thành", "Bà con xã Tân Thành xuống đồng gặt lúa. " * 6)
    portal.fetch("tin/gat-5.html", other, key)
    later, portal.moment = portal.moment, portal.moment - timedelta(days=10)
    item = portal.item("tin/mot-5.html", PAGES["A"], key)
    with write_transaction(portal.db):
        assert save_imported(portal.db, item, later) is Outcome.NEW
    rows = portal.db.execute("SELECT title, gone_at, page FROM articles ORDER BY id").fetchall()
    assert rows[0][1:] == (None, key)
    assert rows[1][1:] == (to_utc_iso(later), None)


@pytest.mark.fault(52)
def test_a_capture_with_a_date_in_the_future_is_not_taken(tmp_path: Path) -> None:
    db = new_database(tmp_path)
    path = tmp_path / "1.warc.gz"
    warc_of_another(path, [(URL, "9998-01-01", PAGES["A"])], gzipped=True)
    *_, report = import_paths(db, tmp_path / "archive", [path], SOURCES)
    assert list(report.reasons) == ["its date is in the future"]


def test_each_imported_answer_has_its_origin(tmp_path: Path) -> None:
    db = new_database(tmp_path)
    import_captures(db, tmp_path, [(2, "B"), (1, "A"), (3, "B"), (3, "B")])
    origins = db.execute("SELECT fetched_at, service, url FROM capture_origins ORDER BY 1")
    assert origins.fetchall() == [(midnight(number), "import", None) for number in (1, 2, 3)]
