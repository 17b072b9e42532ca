"""What is learned of a source's furniture, and what that does to what is stored."""

from __future__ import annotations

import random
from pathlib import Path

from pipelines.article import Article
from pipelines.recurrence import MIN_PAGES, SAMPLE
from scraper.learning import learn_boilerplate
from scraper.reprocess import reprocess
from scraper.store.database import writing
from scraper.store.sightings import note_sightings, trim_sightings
from tests.pipelines.test_recurrence import SLOGAN, place
from tests.scraper.stores import SOURCES, Portal, keep_article, new_database, page_of

SOURCE = SOURCES[0]


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
        numbers = random.Random(seed).sample(range(10), 10)
        for number in numbers:
            fetch(portal, number, *[SLOGAN] * bool(number % 3))
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


def test_what_turns_out_to_be_none_comes_back(tmp_path: Path) -> None:
    portal = Portal(tmp_path)
    for number in range(MIN_PAGES):
        fetch(portal, number, SLOGAN)
    assert learn_boilerplate(portal.db, portal.archive.folder, SOURCE, 1) == MIN_PAGES
    for number in range(MIN_PAGES, 3 * MIN_PAGES):
        fetch(portal, number)
    learn_boilerplate(portal.db, portal.archive.folder, SOURCE, 1)
    assert sum(SLOGAN in body for body in bodies(portal)) == MIN_PAGES


def test_only_the_sample_of_a_quarter_is_kept(tmp_path: Path) -> None:
    db = new_database(tmp_path)
    article = Article(title="Tin", paragraphs=["Bài ngắn."], published_at="2026-11-23")
    for number in range(SAMPLE + 30):
        row = keep_article(db, article)
        with writing(db):
            note_sightings(db, row, "huyen", f"huyen/{number}", article, [])
    with writing(db):
        trim_sightings(db, "huyen")
    assert db.execute("SELECT count(*) FROM sightings").fetchone() == (SAMPLE,)
