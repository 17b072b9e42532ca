"""The lists of pages on the pages of a source and of failures are read from partial indexes."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlite_utils import Database

from pipelines.items import Outcome
from scraper.store.frontier import lists_by_script
from scraper.store.stats import TROUBLE, count_troubles, list_troubles
from tests.scraper.stores import new_database

READS: dict[str, list[Callable[[Database], object]]] = {
    "pages_failures": [
        lambda db: list_troubles(db, "huyen", 20),
        lambda db: count_troubles(db, 20),
    ],
    "pages_by_script": [lambda db: lists_by_script(db, "huyen")],
}


@pytest.mark.parametrize("index", READS)
def test_lists_are_read_from_their_partial_index(tmp_path: Path, index: str) -> None:
    db = new_database(tmp_path)
    for read in READS[index]:
        statements: list[str] = []
        db.conn.set_trace_callback(statements.append)
        read(db)
        db.conn.set_trace_callback(None)
        [statement] = [each for each in statements if each.startswith("SELECT")]
        steps = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()]
        assert any(f"INDEX {index}" in step for step in steps), steps


def test_the_outcomes_of_the_index_are_those_that_are_trouble() -> None:
    assert set(ast.literal_eval(TROUBLE)) == {each.value for each in Outcome if each.is_trouble}
