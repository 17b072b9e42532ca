"""Every notice of a portal is found by a sentence of its file, on each platform."""

from __future__ import annotations

from pathlib import Path

import pytest

from scraper.store.database import open_for_reading
from scraper.store.search import search
from tests.portals.habits import Habits
from tests.portals.platforms import PLATFORM_PORTALS
from tests.portals.stories import sentence_of
from tests.spiders.crawling import Crawling, source_at


@pytest.mark.parametrize("platform", PLATFORM_PORTALS)
def test_every_story_is_found_by_a_sentence_of_its_file(platform: str, tmp_path: Path) -> None:
    limits = {"guesses": 0, "jitter": 0}
    crawling = Crawling(tmp_path, plan={"photos": True, "attachments": True}, limits=limits)
    portal = PLATFORM_PORTALS[platform](articles=9, habits=Habits(files=True))
    with portal:
        crawling.crawl(source_at(portal.home_url))
        expected = {one.id: portal.path(one) for one in portal.stories}
    db = open_for_reading(tmp_path / "tinhuyen.db")
    for story in portal.stories:
        hits = search(db, f'"{sentence_of(story)}"').hits
        assert [hit.title for hit in hits] == [story.title], expected[story.id]
    photos = sum(len(story.photos) for story in portal.stories)
    kept = "SELECT kind, count(*) FROM files WHERE digest IS NOT NULL GROUP BY kind ORDER BY kind"
    assert db.execute(kept).fetchall() == [("attachment", 9), ("photo", photos)]
    db.close()
