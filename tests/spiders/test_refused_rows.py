"""Values that a table refuses cost the page that gave them, not the night."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from scraper.store.database import open_database
from tests.portals.platforms import NukeVietPortal
from tests.spiders.crawling import Crawling

ARTICLES = 6
REFUSING = (
    "CREATE TRIGGER refuse BEFORE INSERT ON articles WHEN NEW.title = {title}"
    " BEGIN SELECT RAISE(ABORT, 'refused'); END"
)


def test_a_row_that_is_refused_costs_its_page_only(tmp_path: Path) -> None:
    crawling = Crawling(tmp_path)
    with NukeVietPortal(ARTICLES) as portal:
        refused, *others = sorted(portal.titles)
        open_database(crawling.database).close()
        with sqlite3.connect(crawling.database) as connection:
            quoted = connection.execute("SELECT quote(?)", [refused]).fetchone()[0]
            connection.execute(REFUSING.format(title=quoted))
        crawled = crawling.crawl(portal)
        assert crawled.titles() == others
        broken = [end for end in crawled.ends().values() if end[0] == "broken"]
        assert broken == [("broken", "pipeline_error")]
        with sqlite3.connect(crawling.database) as connection:
            connection.execute("DROP TRIGGER refuse")
            connection.execute("UPDATE pages SET due_at = '2020-01-01T00:00:00Z'")
        assert crawling.crawl(portal).titles() == sorted(portal.titles)
