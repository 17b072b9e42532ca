"""What one quarter teaches, in the store: where it cuts, where not, and how it is undone."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from scraper.reprocessing.reprocess import learn_boilerplate, reprocess
from scraper.transfer.importer import import_paths
from tests.pipelines.extraction.test_repeated_blocks import SLOGAN, place
from tests.scraper.stores import SOURCES, Portal, page_of

SOURCE = SOURCES[0]
BANNER = "Quét mã in trên bảng tin để nghe các bản tin của Lũng Vài mọi lúc, mọi nơi."

Told = tuple[int, str, tuple[str, ...]]
"""An article's number, the day on which it came out, and how it ends."""


def html(number: int, day: str, endings: Iterable[str]) -> str:
    prose = (
        f"Xã {place(number)} đã hoàn thành việc kiên cố hóa kênh mương nội đồng cho vụ xuân.",
        f"Kinh phí là {900 + number} triệu đồng, một phần do nhân dân tự nguyện góp, một phần do "
        f"ngân sách của xã {place(number)} chi trả theo kế hoạch đã được hội đồng thông qua.",
        f"Bà con thôn {place(number)} góp hơn một nghìn ngày công, làm xong trước thời hạn.",
    )
    page = page_of(f"Kênh mương ở {place(number)}", *prose, *endings)
    told = f"<meta property='article:published_time' content='{day}T08:00:00+07:00'></head>"
    return page.replace("</head>", told if day else "</head>")


def crawled(folder: Path, told: Iterable[Told]) -> Portal:
    portal = Portal(folder)
    for number, day, endings in told:
        portal.fetch(f"tin/{number}.html", html(number, day, endings))
    learn_boilerplate(portal.db, portal.archive.folder, SOURCE, 1)
    return portal


def imported(folder: Path, told: Iterable[Told]) -> Portal:
    (pages := folder / "pages").mkdir(parents=True)
    for number, day, endings in told:
        canonical = f"<link rel='canonical' href='http://huyen.localhost/tin/{number}.html'></head>"
        text = html(number, day, endings).replace("</head>", canonical)
        (pages / f"{number}.html").write_text(text)
    portal = Portal(folder)
    list(import_paths(portal.db, portal.archive.folder, [pages], SOURCES, SOURCE))
    return portal


def reprocess_portal(portal: Portal) -> None:
    list(reprocess(portal.db, portal.archive.folder, [SOURCE], workers=1))


def holding(portal: Portal, text: str) -> list[str]:
    """The years of the articles whose body holds a text."""
    rows = portal.db.execute(
        "SELECT published_at FROM articles WHERE body LIKE ? ORDER BY published_at", [f"%{text}%"]
    )
    return [day[:4] for (day,) in rows]


OLD: list[Told] = [(number, f"1999-05-{number + 1:02}", (SLOGAN,)) for number in range(10)]
NEW: list[Told] = [(50, "2026-11-02", (SLOGAN,))]


Bring = Callable[[Path, Iterable[Told]], Portal]


@pytest.mark.parametrize("bring", [crawled, imported])
@pytest.mark.fault(75)
def test_what_1999_teaches_cuts_nothing_from_this_year(tmp_path: Path, bring: Bring) -> None:
    portal = bring(tmp_path, OLD + NEW)
    assert holding(portal, SLOGAN) == ["2026"]
    reprocess_portal(portal)
    assert holding(portal, SLOGAN) == ["2026"]


def test_what_this_year_teaches_cuts_nothing_from_1999(tmp_path: Path) -> None:
    year = [(number, f"2026-11-{number + 1:02}", (SLOGAN,)) for number in range(10)]
    assert holding(crawled(tmp_path, [*year, (50, "1999-05-02", (SLOGAN,))]), SLOGAN) == ["1999"]


def test_what_1999_teaches_cuts_nothing_from_what_comes_later(tmp_path: Path) -> None:
    portal = crawled(tmp_path, OLD)
    portal.fetch("tin/50.html", html(*NEW[0]))
    reprocess_portal(portal)
    assert holding(portal, SLOGAN) == ["2026"]


def test_a_banner_of_every_quarter_goes_from_all_in_any_order(tmp_path: Path) -> None:
    told: list[Told] = []
    for quarter in range(6):
        for number in range(4 + 3 * quarter):
            day = f"{2025 + quarter // 4}-{quarter % 4 * 3 + 1:02}-{number + 1:02}"
            endings = (SLOGAN, BANNER) if quarter == 5 else (BANNER,)
            told.append((100 * quarter + number, day, endings))
    stored = []
    for seed in range(2):
        shuffled = random.Random(seed).sample(told, len(told))
        portal = crawled(tmp_path / str(seed), shuffled)
        assert holding(portal, BANNER) == holding(portal, SLOGAN) == []
        blocks = list(portal.db.query("SELECT * FROM blocks"))
        reprocess_portal(portal)
        assert list(portal.db.query("SELECT * FROM blocks")) == blocks
        stored.append(
            (blocks, list(portal.db.query("SELECT url, body FROM articles ORDER BY url")))
        )
    assert stored[0] == stored[1]


def test_pages_without_a_day_teach_the_quarter_in_which_they_were_fetched(tmp_path: Path) -> None:
    portal = crawled(tmp_path, [(number, "", (SLOGAN,)) for number in range(10)])
    (quarters,) = portal.db.execute("SELECT quarters FROM blocks WHERE is_boilerplate").fetchone()
    assert json.loads(quarters) == ["2026-Q4"]
    assert holding(portal, SLOGAN) == []


def test_the_first_articles_of_a_quarter_are_clean(tmp_path: Path) -> None:
    told: list[Told] = [
        (month * 20 + number, f"2026-{month:02}-{number + 1:02}", (BANNER,))
        for month in (5, 8)
        for number in range(10)
    ]
    portal = crawled(tmp_path, [*told, (900, "2026-11-02", (BANNER,))])
    assert holding(portal, BANNER) == []


@pytest.mark.parametrize("kept", [SLOGAN, "chung tay xay dung*"])
def test_what_is_to_be_kept_comes_back_in_all_articles(tmp_path: Path, kept: str) -> None:
    told: list[Told] = [
        (number, f"2026-10-{number % 28 + 1:02}", (SLOGAN, BANNER)) for number in range(120)
    ]
    portal = crawled(tmp_path, told)
    assert holding(portal, SLOGAN) == holding(portal, BANNER) == []
    keeping = SOURCE.model_copy(update={"keep": (kept,)})
    for _ in range(2):
        list(reprocess(portal.db, portal.archive.folder, [keeping], workers=2))
        assert len(holding(portal, SLOGAN)) == 120
        assert holding(portal, BANNER) == []
    assert portal.db.execute("SELECT count(*) FROM revisions").fetchone() == (0,)


def test_what_is_found_to_be_none_comes_back_outside_the_sample_too(tmp_path: Path) -> None:
    told: list[Told] = [
        (number, f"2026-10-{number % 28 + 1:02}", (SLOGAN,)) for number in range(120)
    ]
    portal = crawled(tmp_path, told)
    portal.db.execute("UPDATE sightings SET blocks = '[]'")
    learn_boilerplate(portal.db, portal.archive.folder, SOURCE, 1)
    assert len(holding(portal, SLOGAN)) == 120
