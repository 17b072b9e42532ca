"""Full-text search: what people type finds what portals write."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from pipelines.article import Article
from scraper.store.articles import revise_article, rewrite_article
from scraper.store.database import write_transaction
from scraper.store.search import Hit, every_match, newest, search
from scraper.store.search_filters import Filters
from tests.scraper.stores import MOMENT, keep_article, new_database

NUMBERS = iter(range(1_000_000))


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return new_database(tmp_path)


def save_article(db: Database, body: str, source: str = "huyen", **fields: str) -> int:
    article = Article(url=f"http://x/{next(NUMBERS)}", paragraphs=[body], **fields)  # type: ignore[arg-type]
    return keep_article(db, article, source)


def found(db: Database, words: str, **narrowing: str) -> list[int]:
    return [hit.id for hit in search(db, words, Filters(**narrowing)).hits]


@pytest.mark.fault(41)
@pytest.mark.parametrize("words", ["Đảng bộ", "đảng bộ", "Dang bo", "dang bo", "ĐẢNG BỘ"])
def test_words_are_found_with_and_without_accents(db: Database, words: str) -> None:
    article = save_article(db, "Đại hội Đảng bộ huyện lần thứ XX")
    save_article(db, "Mùa cam ở xã")
    assert found(db, words) == [article]


@pytest.mark.parametrize("words", ["hòa", "hoà", "hoa", "HOÀ"])
@pytest.mark.parametrize("written", ["hòa", "hoà"])
def test_both_places_of_a_tone_mark_are_one_spelling(
    db: Database, words: str, written: str
) -> None:
    article = save_article(db, f"Xã Thái {written} đón khách")
    assert found(db, words) == [article]


def test_a_word_in_the_other_tone_style_counts_as_exact(db: Database) -> None:
    flower = save_article(db, "hoa " * 9)
    peace = save_article(db, "Tiếp công dân và hoà giải ở cơ sở trong quý")
    assert found(db, "hòa") == [peace, flower]


@pytest.mark.fault(41)
def test_decomposed_queries_find_composed_texts(db: Database) -> None:
    article = save_article(db, "Huyện Hàm Yên được mùa")
    assert found(db, unicodedata.normalize("NFD", "Hàm Yên được")) == [article]


@pytest.mark.parametrize("words", ['"đảng bộ huyện"', '"dang bo huyen"', "“Dang bo huyen”"])
def test_a_phrase_in_quotes_holds_the_words_together(db: Database, words: str) -> None:
    together = save_article(db, "Ban Chấp hành Đảng bộ huyện họp")
    save_article(db, "Huyện có mười bộ phận; Đảng viên mới")
    assert found(db, words) == [together]
    assert len(found(db, words.strip('"“”'))) == 2


def test_exact_spelling_comes_before_folded(db: Database) -> None:
    folded = save_article(db, "thế thế thế thế", title="thế thế")
    exact = save_article(db, "Một bài dài hơn nhiều, có nhắc đến thể thao ở cuối bài viết này")
    assert found(db, "thể") == [exact, folded]


def test_newer_comes_before_older_at_like_rank(db: Database) -> None:
    dates = ["2024-05-01", "2026-01-02", "2025-03-04"]
    first, second, third = [save_article(db, "Thu hoạch chè", published_at=date) for date in dates]
    undated = save_article(db, "Thu hoạch chè")
    assert found(db, "thu hoạch chè") == [second, third, first, undated]


def test_a_word_in_the_title_comes_before_one_in_the_body(db: Database) -> None:
    body = save_article(db, "Lễ hội cam sành ở huyện", title="Tin vắn", published_at="2026-01-01")
    title = save_article(db, "Diễn ra trong ba ngày ở huyện", title="Hội cam sành")
    assert found(db, "cam sành") == [title, body]


def test_snippets_show_the_spelling_of_the_article(db: Database) -> None:
    save_article(
        db, "Mở đầu.\n\n" + "Đoạn đầu dài dòng. " * 40 + "Chè Shan tuyết Phú Thọ được giá. " * 2
    )
    hit = search(db, "che shan tuyet").hits[0]
    assert "Chè Shan tuyết" in hit.snippet
    assert len(hit.snippet) < 300
    assert "\n" not in hit.snippet


def test_a_hit_tells_where_it_comes_from(db: Database) -> None:
    save_article(db, "Được mùa", title="Cam sành", published_at="2026-01-02")
    url = db.execute("SELECT url FROM articles").fetchone()[0]
    hit = search(db, "cam").hits[0]
    assert hit == Hit(1, url, "Cam sành", "huyen", "2026-01-02", "Cam sành", "article")


def test_a_search_is_narrowed_by_source_and_time(db: Database) -> None:
    old = save_article(db, "Chè ngon", published_at="2024-01-01T08:00:00+07:00")
    new = save_article(db, "Chè ngon", source="tinh", published_at="2026-01-01T08:00:00+07:00")
    assert found(db, "chè", source="huyen") == [old]
    assert found(db, "che", since="2025-06-01") == [new]


def test_a_search_is_narrowed_by_place_section_and_author(db: Database) -> None:
    db.execute("UPDATE sources SET province = 'Sơn Hà', district = 'Vân Lĩnh' WHERE slug = 'huyen'")
    here = save_article(db, "Chè ngon", section="Kinh tế", author="Lê Quân")
    there = save_article(db, "Chè ngon", source="tinh", section="Văn hóa")
    assert found(db, "chè", province="Sơn Hà") == found(db, "che", district="Vân Lĩnh") == [here]
    assert found(db, "chè", section="Văn hóa") == [there]
    assert found(db, "chè", author="Lê Quân") == [here]


def test_the_last_day_of_a_span_is_part_of_it(db: Database) -> None:
    evening = save_article(db, "Chè ngon", published_at="2026-01-01T22:00:00+07:00")
    save_article(db, "Chè ngon", published_at="2026-01-02")
    assert found(db, "chè", since="2026-01-01", until="2026-01-01") == [evening]


@pytest.mark.parametrize("few", [1, 10_000])
def test_newest_first_looks_at_time_alone(
    db: Database, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr("scraper.store.search.SORTED", few)
    best = save_article(db, "chè chè", title="Chè", published_at="2024-01-01")
    last = save_article(db, "Một bài dài có nhắc đến che ở cuối", published_at="2026-01-01")
    assert [hit.id for hit in search(db, "chè", newest_first=True).hits] == [last, best]


def test_pages_of_hits_follow_each_other(db: Database) -> None:
    rows = [save_article(db, "Chè ngon", published_at=f"2026-01-0{day}") for day in range(1, 8)]
    pages = [search(db, "chè", limit=3, offset=offset).hits for offset in (0, 3, 6, 9)]
    assert [hit.id for page in pages for hit in page] == rows[::-1]


def test_words_are_marked_in_snippets_as_asked(db: Database) -> None:
    save_article(db, "Chè Shan tuyết được giá")
    assert search(db, "che", marks=("[", "]")).hits[0].snippet == "[Chè] Shan tuyết được giá"


def test_without_words_the_newest_articles_come_first(db: Database) -> None:
    save_article(db, "Cũ", published_at="2024-01-01")
    new = save_article(db, "Thân\n\nbài", lede="Sapo", published_at="2026-01-01")
    assert [(hit.id, hit.snippet) for hit in newest(db, limit=1)] == [(new, "Sapo")]


def test_an_edited_article_is_found_by_its_new_words_only(db: Database) -> None:
    row = save_article(db, "Trồng ngô đông")
    with write_transaction(db):
        revise_article(db, row, Article(paragraphs=["Trồng lạc xuân"]), MOMENT, None)
    assert (found(db, "ngô"), found(db, "ngo"), found(db, "lac xuan")) == ([], [], [row])
    with write_transaction(db):
        rewrite_article(db, row, Article(paragraphs=["Trồng đỗ"]))
    assert (found(db, "lạc"), found(db, "đỗ")) == ([], [row])
    db.execute("INSERT INTO articles_fts (articles_fts) VALUES ('integrity-check')")


def test_words_that_are_everywhere_are_ranked_among_the_latest(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scraper.store.ranking.POOL", 5)
    rows = [save_article(db, "của") for _ in range(9)]
    result = search(db, "của")
    assert result.bounded == 5
    assert {hit.id for hit in result.hits} == set(rows[-5:])
    assert not search(db, "không có").bounded


@pytest.mark.parametrize("newest_first", [False, True])
def test_every_match_is_found_beyond_those_that_are_ranked(
    db: Database, monkeypatch: pytest.MonkeyPatch, newest_first: bool
) -> None:
    monkeypatch.setattr("scraper.store.ranking.POOL", 5)
    rows = [save_article(db, "của", published_at=f"2026-11-{day:02}") for day in range(1, 10)]
    folded = save_article(db, "cua", source="tinh")
    assert every_match(db, "của", newest_first=newest_first) == [*reversed(rows), folded]
    assert every_match(db, "của", Filters(source="tinh"), newest_first=newest_first) == [folded]
    assert every_match(db, '"', newest_first=newest_first) == []


def test_every_article_is_found_without_words(db: Database) -> None:
    rows = [save_article(db, "của", published_at=f"2026-11-{day:02}") for day in range(1, 10)]
    other = save_article(db, "của", source="tinh", published_at="2026-11-05")
    assert every_match(db, "", Filters(source="huyen")) == rows[::-1]
    assert set(every_match(db, "")) == {*rows, other}


SYNTAX = ["AND", "NOT chè", "NEAR(", "title:", "a OR", "chè*", "^chè", "chè)", "{a b}: c", "*"]
BROKEN = ["", " ", '"', '""', '"chè', "-", "\0", "\ud800", "😀", "chè " * 500, "'; DROP TABLE x"]


@pytest.mark.fault(72)
@pytest.mark.parametrize("words", SYNTAX + BROKEN)
def test_no_query_is_an_error(db: Database, words: str) -> None:
    save_article(db, "Chè ngon")
    search(db, words)


@pytest.mark.fault(72)
def test_no_combination_of_syntax_is_an_error(db: Database) -> None:
    save_article(db, "Chè ngon")

    @settings(max_examples=200)
    @given(words=st.text(st.sampled_from('"*():^-+{}, abđ\0\u0301NEARO\ud800'), max_size=30))
    def search_for(words: str) -> None:
        search(db, words)

    search_for()
