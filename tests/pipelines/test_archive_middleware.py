"""The archive stage: pages are kept as they came, each body once."""

from __future__ import annotations

import gzip
from pathlib import Path

from tests.portals.faults import Call, FaultServer, article, paths_of
from tests.spiders.crawling import Crawling, source_at

HTML = article()


def answer(call: Call) -> None:
    """The same page, compressed at a time of its own by whom accepts it, or by nobody."""
    if call.tries == 3:
        call.reply(HTML)
    else:
        packed = gzip.compress(HTML.encode(), mtime=call.tries)
        call.reply(packed, Content_Encoding="gzip")


def test_a_body_is_kept_once_however_it_was_compressed(tmp_path: Path) -> None:
    [path] = paths_of("nen")
    with FaultServer({path: answer}) as server:
        server.home(path)
        source = source_at(server.home_url)
        for _ in range(3):
            crawled = Crawling(tmp_path).crawl(source, full=True)
        assert len(server.asked(path)) == 3
    kept = crawled.rows("SELECT body_hash FROM captures WHERE url_key LIKE '%nen%'")
    assert kept == crawled.rows("SELECT body_hash FROM pages WHERE url_key LIKE '%nen%'")


def test_a_record_holds_what_came_over_the_wire(tmp_path: Path) -> None:
    [path] = paths_of("nen")
    with FaultServer({path: answer}) as server:
        server.home(path)
        crawled = Crawling(tmp_path).crawl(source_at(server.home_url))
    [(name, offset)] = crawled.rows(
        "SELECT warc_file, warc_offset FROM captures WHERE url_key LIKE '%nen%'"
    )
    with (tmp_path / "archive" / name).open("rb") as file:
        file.seek(offset)
        record = gzip.GzipFile(fileobj=file).read()
    assert b"Content-Encoding: gzip" in record
    assert gzip.compress(HTML.encode(), mtime=1) in record
