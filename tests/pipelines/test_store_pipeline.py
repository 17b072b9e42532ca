"""How many items the storing stage writes in one transaction, and when."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from pipelines import store_pipeline
from pipelines.store_pipeline import GATHER_ITEMS, StoringPipeline
from scraper.archive.writer import ArchiveWriter
from scraper.config.recrawl_policy import RecrawlPolicy
from tests.scraper.stores import Portal, page_of

PATIENCE_SECONDS = 300.0
NAMES = ("Suối Thử", "Bản Lềnh", "Nà Mò", "Khe Lạnh")


async def store(portal: Portal, count: int) -> list[int]:
    """Store so many articles at once; returns how many there were after each of them."""
    pipeline = StoringPipeline(portal.db, ArchiveWriter(portal.archive.folder), RecrawlPolicy())
    stored = []

    async def one(number: int) -> None:
        html = page_of(
            f"Xóm {NAMES[number]} sửa lại đường ra bến",
            f"Sáng ngày 21/11, bà con xóm {NAMES[number]} cùng nhau sửa lại con đường ra bến.",
            f"Mỗi nhà ở {NAMES[number]} góp một buổi công và hai gánh cát cho cả đội.",
        )
        await pipeline.process_item(portal.item(f"tin/{number}.html", html))
        stored.append(portal.db.table("articles").count)

    await asyncio.wait_for(asyncio.gather(*map(one, range(count))), PATIENCE_SECONDS)
    return stored


def test_items_that_come_together_share_a_transaction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_pipeline, "GATHER_SECONDS", 0.01)
    assert asyncio.run(store(Portal(tmp_path), GATHER_ITEMS - 1)) == [3, 3, 3]


def test_as_many_as_a_source_has_in_hand_are_stored_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_pipeline, "GATHER_SECONDS", 10 * PATIENCE_SECONDS)
    assert asyncio.run(store(Portal(tmp_path), GATHER_ITEMS)) == [GATHER_ITEMS] * GATHER_ITEMS
