"""A text that comes in late is put among the states of its article by what its body read as."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.article import Article
from scraper.base.clock import to_utc_iso
from scraper.store.articles import ArticleRow, insert_article, stored_by_id
from scraper.store.captures import Capture, add_capture
from scraper.store.revisions import add_state
from scraper.store.states import place_state
from tests.scraper.stores import new_database

PAGE, PRINT_PAGE = "huyen.localhost/tin/1.html", "huyen.localhost/in/1.html"


def day(number: int) -> datetime:
    return datetime(2026, 1, number, tzinfo=UTC)


def text(words: str) -> Article:
    return Article(title="Tin", paragraphs=[words])


class History:
    """An article, the captures of its pages, and its states."""

    def __init__(self, folder: Path, words: str, first: int) -> None:
        self.db = new_database(folder)
        self.captures = 0
        self.db.conn.execute("BEGIN")
        self.article = insert_article(self.db, "huyen", text(words), day(first), page=PAGE)

    def capture(self, body: str, moment: int, page: str = PAGE, article: int | None = None) -> int:
        """Archive an answer; without an article, it shows this one."""
        self.captures += 1
        kept = Capture("a.warc.gz", self.captures, body, 200, day(moment))
        return add_capture(self.db, page, kept, article or self.article)

    def state(self, words: str, moment: int, capture: int) -> None:
        """Store what the article was before."""
        add_state(self.db, self.article, text(words), to_utc_iso(day(moment)), capture)

    @property
    def stored(self) -> ArticleRow:
        """The article as it is stored."""
        stored = stored_by_id(self.db, self.article)
        assert stored is not None
        return stored

    def place(self, body: str, words: str, moment: int) -> None:
        """Put in what the body of a capture reads as now."""
        capture = self.capture(body, moment)
        place_state(self.db, self.stored, text(words), day(moment), PAGE, capture, body_hash=body)

    def revisit(self, capture: int, moment: int) -> None:
        """Note that the page answered with the body of a capture again."""
        values = [capture, to_utc_iso(day(moment))]
        self.db.execute("INSERT INTO revisits (capture, fetched_at) VALUES (?, ?)", values)

    def states(self) -> str:
        """Each state with its last day, then the article with its first and last one."""
        rows = self.db.execute(
            "SELECT seen_at, body FROM revisions UNION ALL SELECT returns.seen_at, body"
            " FROM returns JOIN revisions ON revisions.id = revision ORDER BY 1"
        ).fetchall()
        [(first, last, body)] = self.db.execute(
            "SELECT first_seen_at, last_seen_at, body FROM articles WHERE id = ?", [self.article]
        ).fetchall()
        told = [f"{words} {int(moment[8:10])}" for moment, words in [*rows, (last, body)]]
        return f"{int(first[8:10])}: {', '.join(told)}"


@pytest.fixture
def history(tmp_path: Path) -> History:
    """An article that reads `present` from the 8th to the 9th and `before` until the 5th."""
    history = History(tmp_path, "present", 8)
    history.state("before", 5, history.capture("another body", 5))
    history.capture("present body", 8)
    place_state(
        history.db,
        history.stored,
        text("present"),
        day(9),
        PAGE,
        history.capture("present body", 9),
    )
    return history


@pytest.mark.fault(52)
def test_a_body_that_was_read_before_reads_as_it_did_then(tmp_path: Path) -> None:
    """Since then, the rules have learned to remove the banner."""
    history = History(tmp_path, "news and banner", 3)
    history.capture("body", 3)
    history.place("body", "news", 1)
    assert history.states() == "1: news and banner 3"


@pytest.mark.fault(52)
def test_a_body_that_came_again_reads_as_it_did_the_last_time(history: History) -> None:
    history.state("with banner", 1, kept := history.capture("body", 1))
    history.state("other banner", 3, history.capture("between", 2))
    history.revisit(kept, 3)
    history.place("body", "without banner", 7)
    assert history.states() == (
        "7: with banner 1, other banner 3, before 5, other banner 7, present 9"
    )


@pytest.mark.fault(52)
@pytest.mark.parametrize(
    ("page", "body", "is_other"),
    [
        pytest.param(PAGE, "body", True, id="another article at its URL"),
        pytest.param(PRINT_PAGE, "body", False, id="another page of the article"),
        pytest.param(PAGE, "other body", False, id="another body of the page"),
    ],
)
def test_only_the_same_body_of_the_same_page_and_article_tells_how_it_reads(
    history: History, page: str, body: str, is_other: bool
) -> None:
    other = insert_article(history.db, "huyen", text("other"), day(1))
    kept = history.capture(body, 4, page, other if is_other else None)
    history.revisit(kept, 5)
    history.place("body", "first", 2)
    assert history.states() == "2: first 2, before 5, present 9"
