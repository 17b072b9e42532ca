"""Filters of a search find the same articles however their ids are looked up."""

from __future__ import annotations

from dataclasses import asdict
from itertools import product
from random import Random

import pytest
from sqlite_utils import Database

from scraper.store import file_search, match_counts, narrowing, ranking, search_by_time
from scraper.store.database import open_database
from scraper.store.match_counts import MatchCount, count_matches
from scraper.store.narrowing import narrow
from scraper.store.search import every_match, search
from scraper.store.search_filters import EVERYTHING, Filters
from scraper.store.search_terms import FOLDED, match_expression
from tests.bench.large_database import SECTIONS, fill
from tests.bench.texts import Writer

COUNT = 600
LIMIT = 10_000

CHOICES: dict[str, list[str | None]] = {
    "source": [None, None, "huyen-0", "huyen-3"],
    "province": [None, None, "Tỉnh 3"],
    "section": [None, None, *SECTIONS[:2]],
    "author": [None, None, None, "Tác giả 7"],
    "kind": [None, None, "notice", "article"],
    "since": [None, None, "2025-06-01"],
    "until": [None, None, "2026-06-01"],
    "change": [None, "edited", "removed", "republished"],
}

WAYS = {
    "few": (10**9, 0, 10**9),
    "few, asked one by one": (10**9, 0, 0),
    "some": (-1, 10**9, 0),
    "some, few matches": (-1, 100, 0),
    "broad": (-1, -1, 0),
}
"""FEW, BROAD and READ, by which the way is chosen."""


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Database:
    path = tmp_path_factory.mktemp("narrowing") / "bench.db"
    fill(path, COUNT, sentences=3)
    return open_database(path)


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    few, broad, read = WAYS[request.param]
    monkeypatch.setattr(narrowing, "FEW", few)
    monkeypatch.setattr(narrowing, "BROAD", broad)
    monkeypatch.setattr(narrowing, "READ", read)
    monkeypatch.setattr(search_by_time, "DENSE", 10**9)
    return str(request.param)


def random_filters(count: int) -> list[Filters]:
    random = Random(19)
    return [
        Filters(**{name: random.choice(values) for name, values in CHOICES.items()})
        for _ in range(count)
    ]


def plain_matches(db: Database, words: str, filters: Filters) -> list[int]:
    """Every article that matches itself or in a file and meets the filters, the newest first."""
    plain = {**asdict(filters), "change": None}
    condition, values = Filters(**plain).condition()
    marks = {
        None: "1",
        "edited": "changed_at > first_seen_at",
        "removed": "gone_at IS NOT NULL",
        "republished": "same_as IS NOT NULL",
    }
    in_files = file_search.articles_with(db, match_expression(words, "{text_folded}"), ("1", ()))
    rows = db.execute(
        f"SELECT id FROM articles WHERE {condition} AND {marks[filters.change]} AND (id IN"
        " (SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?)"
        " OR id IN (SELECT value FROM json_each(?))) ORDER BY published_at DESC",
        [*values, match_expression(words, FOLDED), str(in_files)],
    )
    return [row[0] for row in rows.fetchall()]


@pytest.mark.usefixtures("way")
def test_filters_find_what_a_plain_query_finds(db: Database) -> None:
    words = Writer().syllables
    searches = [words[0], words[60], words[400], f'"{words[0]} {words[1]}"', f"{words[1]} vắng"]
    found = 0
    for text, filters in product(searches, random_filters(12)):
        expected = plain_matches(db, text, filters)
        assert set(every_match(db, text, filters)) == set(expected), (text, filters)
        whole = search(db, text, filters, limit=COUNT)
        assert {hit.id for hit in whole.hits} == set(expected), (text, filters)
        newest = search(db, text, filters, newest_first=True, limit=20)
        times = [hit.published_at for hit in newest.hits]
        assert times == sorted(times, key=str, reverse=True)
        assert {hit.id for hit in newest.hits} <= set(expected)
        assert len(newest.hits) == min(20, len(expected))
        assert count_matches(db, text, filters, LIMIT) == MatchCount(len(expected), has_more=False)
        found += len(expected)
    assert found > 300


@pytest.mark.usefixtures("way")
def test_ranks_are_those_without_bounds(db: Database) -> None:
    """A search narrowed to a source has the order that the source's hits have among all."""
    word = Writer().syllables[60]
    among_all = [hit.id for hit in search(db, word, limit=COUNT).hits]
    narrowed = [hit.id for hit in search(db, word, Filters(source="huyen-0"), limit=COUNT).hits]
    assert len(narrowed) > 10
    assert narrowed == [article for article in among_all if article in set(narrowed)]


def test_ids_are_looked_up_once_for_hits_and_count(db: Database) -> None:
    filters = Filters(section=SECTIONS[0], change="republished")
    narrowed = narrow(db, filters)
    looked_up: list[str] = []
    with db.tracer(lambda sql, _: looked_up.append(sql)):
        search(db, Writer().syllables[60], filters, narrowing=narrowed)
        count_matches(db, Writer().syllables[60], filters, LIMIT, narrowing=narrowed)
    assert looked_up
    assert not [sql for sql in looked_up if "section = ?" in sql]


def test_large_databases_rank_only_by_words_that_tell_articles_apart(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = Writer().syllables
    everywhere, telling = words[0], words[400]
    both = [hit.id for hit in search(db, f"{everywhere} {telling}", limit=COUNT).hits]
    monkeypatch.setattr(ranking, "LARGE", 0)
    monkeypatch.setattr(ranking, "SAMPLE", COUNT)
    monkeypatch.setattr(ranking, "COMMON_WORDS", COUNT // 2)
    monkeypatch.setattr(ranking, "SPARE", 10)
    result = search(db, everywhere, limit=5)
    assert result.bounded == 10
    assert all(hit.id > COUNT - 20 for hit in result.hits)
    again = [hit.id for hit in search(db, f"{everywhere} {telling}", limit=COUNT).hits]
    assert set(again) == set(both)
    counted = count_matches(db, everywhere, EVERYTHING, LIMIT, known=result.bounded)
    assert counted.count > 500


def test_a_count_is_at_least_what_is_known(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    word = Writer().syllables[0]
    monkeypatch.setattr(match_counts, "STEPS_AT_ONCE", 10)
    monkeypatch.setattr(match_counts, "MAX_STEPS", 10)
    counted = count_matches(db, word, Filters(source="huyen-0"), LIMIT, known=50)
    assert counted == MatchCount(50, has_more=True)
    counted = count_matches(db, word, EVERYTHING, LIMIT, known=20_000)
    assert counted == MatchCount(LIMIT, has_more=True)
