"""What a verdict reads is bounded: indexes of the source, and each sampled article once."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from pipelines.article import Article, Kind
from scraper.store.article_fill import read_fills
from scraper.store.articles import insert_article, revise_article
from scraper.store.content_history import missed_texts
from scraper.store.database import write_transaction
from scraper.store.runs import finish_run, start_run
from scraper.store.source_history import read_record
from tests.scraper.stores import MOMENT, new_database

DAY = timedelta(days=1)
TEXT = "Bà con xã Nam Điền gieo cấy vụ mùa. " * 20


def article(number: int, text: str = TEXT, kind: Kind = Kind.ARTICLE) -> Article:
    return Article(
        url=f"http://huyen.test/{number}.html",
        title=f"Tin {number}",
        paragraphs=[text] if text else [],
        published_at=f"{MOMENT - DAY:%Y-%m-%d}T08:00:00+07:00",
        language="vi",
        kind=kind,
    )


def test_a_verdict_reads_rows_of_its_source_by_an_index(tmp_path: Path) -> None:
    """None of its queries looks at the articles and pages of all sources."""
    db = new_database(tmp_path)
    run = start_run(db, "manual", ["huyen"], MOMENT - DAY)
    finish_run(db, run, "done", MOMENT - DAY)
    with write_transaction(db):
        for number in range(8):
            insert_article(db, "huyen", article(number), MOMENT - 3 * DAY)
        insert_article(db, "huyen", article(8, "", Kind.NOTICE), MOMENT)
        foreign = replace(article(0, "Quite another text in another tongue. " * 9), language="en")
        revise_article(db, 1, foreign, MOMENT, None)
    statements: list[str] = []
    db.conn.set_trace_callback(statements.append)
    record = read_record(db, "huyen", MOMENT)
    db.conn.set_trace_callback(None)
    assert record.notices == 1
    assert record.texts_expected > 0
    assert record.seen == 9
    assert len(statements) > 15
    for statement in statements:
        steps = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()]
        for step in steps:
            assert not re.match(r"SCAN (articles|pages|run_sources|runs|each)\b", step), statement
            if step.startswith(("SEARCH articles USING", "SEARCH pages USING")):
                assert re.search(r"\((source|rowid)=\?", step), (statement, step)


def test_sampled_articles_are_read_once(tmp_path: Path) -> None:
    db = new_database(tmp_path)
    with write_transaction(db):
        for number in range(6):
            insert_article(db, "huyen", article(number), MOMENT)
    asked: list[str] = []
    with db.tracer(lambda sql, _: asked.append(sql)):
        newest, earlier, none = read_fills(db, [6, 5], [5, 4, 3, 99], [])
    assert len(asked) == 1
    assert newest is not None
    assert earlier is not None
    assert (newest.articles, earlier.articles, none) == (2, 3, None)


def test_texts_are_missed_only_where_notices_came(tmp_path: Path) -> None:
    db = new_database(tmp_path)
    with write_transaction(db):
        for number in range(4):
            insert_article(db, "huyen", article(number), MOMENT)
    assert missed_texts(db, "huyen", MOMENT + 26 * 7 * DAY) == (0, 0.0)
    with write_transaction(db):
        insert_article(db, "huyen", article(4, "", Kind.NOTICE), MOMENT + DAY)
    assert missed_texts(db, "huyen", MOMENT + 26 * 7 * DAY) == (1, 4.0)
