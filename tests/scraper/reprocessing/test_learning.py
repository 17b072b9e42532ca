"""What is learned of a source's boilerplate, and what that does to what is stored."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from pipelines.article import Article
from pipelines.extraction.block_occurrences import (
    RULE_VERSION,
    BlockOccurrence,
    block_occurrence,
    quarter_of,
)
from pipelines.extraction.repeated_blocks import MAX_SAMPLE_PAGES, MIN_PAGES
from scraper.reprocessing.reprocess import learn_boilerplate, reprocess
from scraper.store.block_occurrences import add_block_occurrences, trim_block_occurrences
from scraper.store.database import write_transaction
from tests.pipelines.extraction.test_repeated_blocks import SLOGAN, place
from tests.scraper.stores import SOURCES, Portal, new_database, page_of

SOURCE = SOURCES[0]

Look = tuple[int, int, list[BlockOccurrence]]
"""An article's number, the month in which it came out, and what its page showed."""


def page(number: int, *endings: str) -> str:
    prose = (
        f"Xã {place(number)} đã hoàn thành việc kiên cố hóa kênh mương nội đồng cho vụ xuân.",
        f"Bà con thôn {place(number)} góp hơn một nghìn ngày công, làm xong trước thời hạn.",
    )
    return page_of(f"Kênh mương ở {place(number)}", *prose, *endings)


def fetch(portal: Portal, number: int, *endings: str) -> None:
    portal.fetch(f"tin/{number}.html", page(number, *endings))


def bodies(portal: Portal) -> list[str]:
    return [body for (body,) in portal.db.execute("SELECT body FROM articles ORDER BY url")]


def test_pages_in_any_order_teach_the_same(tmp_path: Path) -> None:
    learned = []
    for seed in range(3):
        portal = Portal(tmp_path / str(seed))
        numbers = random.Random(seed).sample(range(13), 13)
        for number in numbers:
            fetch(portal, number, *[SLOGAN] * bool(number % 12))
        learn_boilerplate(portal.db, portal.archive.folder, SOURCE, 1)
        learned.append((list(portal.db.query("SELECT * FROM blocks")), bodies(portal)))
    assert learned[0][0]
    assert learned[0] == learned[1] == learned[2]


def test_reprocess_learns_and_cleans_what_was_stored(tmp_path: Path) -> None:
    portal = Portal(tmp_path)
    for number in range(MIN_PAGES):
        fetch(portal, number, SLOGAN)
    assert all(SLOGAN in body for body in bodies(portal))
    list(reprocess(portal.db, portal.archive.folder, [SOURCE], workers=1))
    assert not any(SLOGAN in body for body in bodies(portal))
    assert portal.db.execute("SELECT count(*) FROM revisions").fetchone() == (0,)


def test_a_banner_that_a_redesign_adds_leaves_no_revision(tmp_path: Path) -> None:
    portal = Portal(tmp_path)
    for number in range(MIN_PAGES):
        fetch(portal, number)
    before = list(portal.db.query("SELECT * FROM articles"))
    for number in range(MIN_PAGES):
        fetch(portal, number, SLOGAN, *["Sửa: bà con xong việc trước hai ngày."] * (number == 3))
    assert portal.db.execute("SELECT count(*) FROM revisions").fetchone() == (MIN_PAGES,)
    learn_boilerplate(portal.db, portal.archive.folder, SOURCE, 1)
    assert portal.db.execute("SELECT article FROM revisions").fetchall() == [(before[3]["id"],)]
    after = list(portal.db.query("SELECT * FROM articles"))
    same = ("body", "changed_at", "content_hash")
    changed = [
        new["id"]
        for old, new in zip(before, after, strict=True)
        if any(old[name] != new[name] for name in same)
    ]
    assert changed == [before[3]["id"]]


def test_what_turns_out_to_be_none_comes_back(tmp_path: Path) -> None:
    portal = Portal(tmp_path)
    for number in range(MIN_PAGES):
        fetch(portal, number, SLOGAN)
    learn_boilerplate(portal.db, portal.archive.folder, SOURCE, 1)
    assert sum(SLOGAN in body for body in bodies(portal)) == 0
    for number in range(MIN_PAGES, 3 * MIN_PAGES):
        fetch(portal, number)
    learn_boilerplate(portal.db, portal.archive.folder, SOURCE, 1)
    assert sum(SLOGAN in body for body in bodies(portal)) == MIN_PAGES


def test_only_the_sample_of_a_quarter_is_kept(tmp_path: Path) -> None:
    kept = []
    for order in (1, -1):
        (folder := tmp_path / str(order)).mkdir()
        db = new_database(folder)
        looks: list[Look] = [(number, 11, []) for number in range(1, MAX_SAMPLE_PAGES + 30)]
        note(db, looks[::order])
        with write_transaction(db):
            trim_block_occurrences(db, "huyen")
        kept.append(list(db.query("SELECT * FROM sightings")))
    assert len(kept[0]) == MAX_SAMPLE_PAGES
    assert kept[0] == kept[1]


def test_a_rule_of_today_starts_its_own_sample(tmp_path: Path) -> None:
    db = new_database(tmp_path)
    looks = [
        (number, 11, [block_occurrence("Tải ứng dụng", "tail")])
        for number in range(1, MAX_SAMPLE_PAGES + 30)
    ]
    note(db, looks)
    db.execute("UPDATE sightings SET version = ?", [RULE_VERSION - 1])
    note(db, looks)
    learn_boilerplate(db, tmp_path, SOURCE, 1)
    assert db.execute("SELECT count(*) FROM sightings").fetchone() == (MAX_SAMPLE_PAGES,)
    assert db.execute("SELECT pages FROM blocks").fetchone() == (MAX_SAMPLE_PAGES,)


def note(db: Database, looks: list[Look]) -> None:
    """Note pages of articles, each by its number, its month, and what it showed."""
    for number, month, seen in looks:
        article = Article(
            title=f"Tin {number}", paragraphs=["Bài."], published_at=f"2026-{month:02}"
        )
        with write_transaction(db):
            key, quarter = f"huyen.localhost/{number}", quarter_of(article.published_at)
            add_block_occurrences(db, number, "huyen", key, article, quarter, seen)


SEEN = st.builds(
    block_occurrence, st.sampled_from("abc"), st.sampled_from(["head", "opening", "tail"])
)
LOOKS = st.lists(
    st.tuples(st.integers(1, 40), st.integers(1, 12), st.lists(SEEN, max_size=3)),
    max_size=60,
    unique_by=lambda look: look[0],
)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> list[Database]:
    return [new_database(tmp_path_factory.mktemp("store")) for _ in range(2)]


@given(LOOKS, st.randoms())
def test_the_same_sightings_in_any_order_and_any_number_of_runs_teach_the_same(
    stores: list[Database], looks: list[Look], chance: random.Random
) -> None:
    rows = []
    for db, order in zip(stores, (looks, chance.sample(looks, len(looks))), strict=True):
        db.execute("DELETE FROM sightings")
        db.execute("DELETE FROM blocks")
        half = chance.randint(0, len(order))
        for part in (order[:half], order[half:], order[half:]):
            note(db, part)
            learn_boilerplate(db, Path(), SOURCE, 1)
        rows.append([list(db.query(f"SELECT * FROM {name}")) for name in ("blocks", "sightings")])
    assert rows[0] == rows[1]


def test_the_archive_alone_teaches_what_the_crawl_taught(tmp_path: Path) -> None:
    portal = Portal(tmp_path)
    for number in range(MIN_PAGES):
        fetch(portal, number, SLOGAN)
    learn_boilerplate(portal.db, portal.archive.folder, SOURCE, 1)
    tables = ("blocks", "sightings", "articles")
    before = [list(portal.db.query(f"SELECT * FROM {name}")) for name in tables]
    portal.db.execute("DELETE FROM sightings")
    portal.db.execute("DELETE FROM blocks")
    list(reprocess(portal.db, portal.archive.folder, [SOURCE], workers=1))
    assert [list(portal.db.query(f"SELECT * FROM {name}")) for name in tables] == before


def test_a_banner_that_was_taken_for_the_lede_goes_from_every_article(tmp_path: Path) -> None:
    portal = Portal(tmp_path)
    for number in range(MIN_PAGES):
        banner = "Phát thanh xã Lũng Vài xin mời bà con cùng nghe và góp ý kiến."
        html = page(number).replace("'detail'>", f"'detail'><p><b>{banner}</b></p>")
        portal.fetch(f"tin/{number}.html", html)
    assert portal.db.execute("SELECT count(lede) FROM articles").fetchone() == (MIN_PAGES,)
    learn_boilerplate(portal.db, portal.archive.folder, SOURCE, 1)
    assert sum(SLOGAN in body for body in bodies(portal)) == 0
    assert portal.db.execute("SELECT count(lede) FROM articles").fetchone() == (0,)


def test_sightings_of_an_older_rule_teach_nothing(tmp_path: Path) -> None:
    db = new_database(tmp_path)
    note(db, [(number, 11, [block_occurrence("Tải ứng dụng", "tail")]) for number in range(1, 20)])
    db.execute("UPDATE sightings SET version = ?", [RULE_VERSION - 1])
    learn_boilerplate(db, tmp_path, SOURCE, 1)
    assert db.execute("SELECT count(*) FROM blocks").fetchone() == (0,)
