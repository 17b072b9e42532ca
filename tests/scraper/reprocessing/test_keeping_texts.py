"""What was learned can be looked at and undone, by the commands."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.scraper.nights import House
from tests.spiders.test_learning import ADVERT, HOTLINE, FurnishedPortal


def holding(house: House, text: str) -> int:
    connection = sqlite3.connect(house.database)
    try:
        rows = connection.execute("SELECT count(*) FROM articles WHERE instr(body, ?)", [text])
        return int(rows.fetchone()[0])
    finally:
        connection.close()


@pytest.mark.fault(75)
def test_learned_texts_are_shown_and_kept_when_asked(tmp_path: Path) -> None:
    with FurnishedPortal(12) as portal:
        house = House(tmp_path, portal.home_url)
        assert house.tinhuyen("sources", "show", "portal").returncode == 0
        house.tinhuyen("crawl", "portal")
        assert holding(house, ADVERT) == holding(house, HOTLINE) == 0
        shown = json.loads(house.tinhuyen("sources", "show", "portal", "--json").stdout)
        assert {block["text"]: block["kept"] for block in shown["learned"]} == {
            ADVERT: False,
            HOTLINE: False,
        }
        assert {block["pages"] for block in shown["learned"]} == {12}
        assert all("2026-Q4" in block["quarters"] for block in shown["learned"])
        house.append(f'keep = ["{ADVERT.upper()}"]\n')
        told = house.tinhuyen("sources", "show", "portal").stdout
        assert f"{ADVERT!r}, 12 pages, 2026-Q4, kept all the same" in told
        house.tinhuyen("reprocess", "portal")
        assert (holding(house, ADVERT), holding(house, HOTLINE)) == (12, 0)
        house.tinhuyen("crawl", "portal", "--full")
        assert (holding(house, ADVERT), holding(house, HOTLINE)) == (12, 0)
