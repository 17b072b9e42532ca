"""What became of a site, on the page of its source."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.browse.test_guard import get

FOUND = (
    "UPDATE sources SET state = 'dead', state_since = '2026-11-05T20:00:00Z',"
    " dark_since = '2026-11-02T19:00:00Z', ask_at = '2026-11-29T17:00:00Z',"
    " confirmed_at = '2026-10-01T20:00:00Z' WHERE slug = 'tinh'"
)
NOT_FOUND = (
    "UPDATE sources SET state = 'unknown', state_since = NULL, dark_since = NULL, ask_at = NULL,"
    " confirmed_at = NULL WHERE slug = 'tinh'"
)


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("vi", ["đã chết, từ 03:00, 06/11/2026", "Không trả lời từ", "30/11/2026"]),
        ("en", ["dead, since 03:00, 6 Nov 2026", "No answer since", "next asked 00:00, 30 Nov"]),
    ],
)
def test_the_page_of_a_source_shows_its_state(
    site: str, library: Path, language: str, lines: list[str]
) -> None:
    with closing(sqlite3.connect(library)) as db:
        db.execute(FOUND)
        db.commit()
        page = get(f"{site}/sources/tinh?lang={language}").read().decode()
        db.execute(NOT_FOUND)
        db.commit()
    assert [line for line in lines if line not in page] == []
    assert 'datetime="2026-10-01T20:00:00Z"' in page
    again = get(f"{site}/sources/tinh?lang={language}").read().decode()
    assert lines[1] not in again
    assert ("by no run yet" if language == "en" else "chưa lượt nào") in again
