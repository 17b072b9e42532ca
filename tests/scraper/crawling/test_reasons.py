"""The summary of a run says why pages were not stored, in the table and in JSON."""

from __future__ import annotations

import json
from pathlib import Path

from tests.portals.faults import FaultServer, article, paths_of
from tests.scraper.commands.test_command_line import tinhuyen

GOOD, THIN, AWAY, EMPTY = paths_of("mot", "hai", "ba", "bon")


def test_a_run_says_why_pages_were_not_stored(tmp_path: Path) -> None:
    with FaultServer() as server:
        server.home(GOOD, THIN, AWAY, EMPTY)
        thin = "<html><body><h1>Bà con sửa đường</h1><p>Xã đang cập nhật tin.</p></body></html>"
        server.paths |= {
            GOOD: lambda call: call.reply(article()),
            THIN: lambda call: call.reply(thin),
            EMPTY: lambda call: call.reply(thin + "<p>Mời xem lại.</p>"),
            AWAY: lambda call: call.reply("", 302, Location="/"),
        }
        crawl = ("crawl", "--url", server.home_url, "--delay", "0")
        text = tinhuyen(*crawl, home=tmp_path)
        shown = tinhuyen("runs", "1", home=tmp_path)
        asked = tinhuyen("runs", "1", "--json", home=tmp_path)
        crawled = tinhuyen(*crawl, "--full", "--json", home=tmp_path)
    line = "not_article: too_short 2"
    assert line in text.stdout, text.stdout + text.stderr
    assert "soft_404: redirect_home 1" in text.stdout
    assert line in shown.stdout
    for run in (json.loads(asked.stdout), json.loads(crawled.stdout)):
        (source,) = run["sources"]
        assert source["reasons"]["not_article"] == {"too_short": 2}
        assert source["reasons"]["soft_404"]["redirect_home"] == 1
