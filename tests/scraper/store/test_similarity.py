"""The same text elsewhere: found through small changes, and nothing else taken for it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from sqlite_utils import Database

from pipelines.article import Article
from scraper.store.articles import rewrite_article
from scraper.store.database import write_transaction
from scraper.store.signatures import find_twin
from tests.bench.texts import Writer
from tests.scraper.stores import keep_article, new_database


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return new_database(tmp_path)


@pytest.fixture
def words() -> list[str]:
    return Writer(seed=1).words(300)


def article(words: list[str], title: str = "Tin") -> Article:
    return Article(title=title, paragraphs=[" ".join(words)])


def save_article(db: Database, item: Article, source: str = "tinh") -> int:
    return keep_article(db, item, source)


def test_the_same_text_at_another_source_is_a_twin(db: Database, words: list[str]) -> None:
    first = save_article(db, article(words))
    save_article(db, article(words), "huyen")
    assert find_twin(db, article(words), "huyen") == first


def test_a_short_text_is_a_twin_only_when_exactly_the_same(db: Database) -> None:
    short = ["Cấm", "đường", "từ", "8", "giờ"]
    first = save_article(db, article(short))
    assert find_twin(db, article(short), "huyen") == first
    assert find_twin(db, article([*short, "sáng"]), "huyen") is None


def reprinted(words: list[str], share: float) -> list[str]:
    """The words with a share of them replaced, spread evenly."""
    chance = random.Random(2)
    return [f"x{chance.random()}" if chance.random() < share else word for word in words]


def test_a_piece_reprinted_with_other_title_cuts_and_changes_is_a_twin(
    db: Database, words: list[str]
) -> None:
    first = save_article(db, article(words))
    for change in (words[:240], words[30:], reprinted(words, 0.04), [w.upper() for w in words]):
        assert find_twin(db, article(change, title="Tít khác"), "huyen") == first
        assert find_twin(db, article(change, title="Tít khác"), "tinh") == first


def test_a_text_of_which_half_is_another_is_no_twin(db: Database, words: list[str]) -> None:
    save_article(db, article(words))
    other = Writer(seed=2).words(300)
    assert find_twin(db, article(words[:150] + other[:150]), "huyen") is None
    assert find_twin(db, article(other), "huyen") is None


def test_the_earliest_of_many_is_named(db: Database, words: list[str]) -> None:
    rows = [save_article(db, article(words, f"Tít {number}")) for number in range(40)]
    assert find_twin(db, article(words, "Tít khác"), "huyen") == rows[0]


def test_an_edited_article_is_found_by_its_new_text_only(db: Database, words: list[str]) -> None:
    row = save_article(db, article(words))
    other = Writer(seed=3).words(300)
    with write_transaction(db):
        rewrite_article(db, row, article(other))
    assert find_twin(db, article(words), "huyen") is None
    assert find_twin(db, article(other), "huyen") == row
