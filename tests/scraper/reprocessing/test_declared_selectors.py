"""Selectors and addresses that the registry names: refused, or told to give nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.portals.platforms import NukeVietPortal
from tests.scraper.nights import House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with NukeVietPortal(6) as portal:
        yield House(tmp_path, portal.home_url)


def test_no_css_is_refused_at_load_and_holds_nobody(house: House) -> None:
    house.append(
        '[bad]\nname = "Hỏng"\nhome_url = "http://127.0.0.1:9/"\nlayouts = [{author = "p[["}]\n'
    )
    run = house.tinhuyen("sources", "list")
    assert run.returncode == 2
    for part in ("sources.toml", "[bad]", "author", "p[[", "Expected"):
        assert part in run.stderr
    assert house.tinhuyen("crawl", "bad").returncode == 2
    assert house.tinhuyen("crawl", "portal").returncode == 0


@pytest.mark.fault(79)
def test_what_matches_nothing_is_told(house: House) -> None:
    house.append(
        'layouts = [{author = ".no-such-byline", title = "h1"}]\nfeeds = ["/absent.rss"]\n'
    )
    crawl = house.tinhuyen("crawl", "portal")
    assert "layout `author` = '.no-such-byline' matches nothing" in crawl.stdout
    assert "absent.rss gives nothing" in crawl.stdout
    for words in (["sources", "show", "portal"], ["reprocess", "--dry-run"]):
        told = house.tinhuyen(*words).stdout
        assert "layout `author` = '.no-such-byline' matches nothing" in told
        assert "`title`" not in told
    code, status = house.status()
    assert (code, status["sources"][0]["verdict"]) == (3, "broken")
    assert "absent.rss" in json.dumps(status)
    house.sources.write_text(
        house.sources.read_text()
        .replace('layouts = [{author = ".no-such-byline", title = "h1"}]', "")
        .replace('feeds = ["/absent.rss"]', "")
    )  # fmt: skip
    house.tinhuyen("crawl", "portal")
    assert house.status()[1]["sources"][0]["verdict"] == "fine"
