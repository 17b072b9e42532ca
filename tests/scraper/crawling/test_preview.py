"""`sources add` and `check`: a look at a real server before anything is registered."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

from scraper.demo.portal import DemoPortal
from tests.scraper.commands.test_command_line import tinhuyen


def test_a_site_is_shown_and_then_registered(tmp_path: Path) -> None:
    with DemoPortal() as portal:
        home = portal.sites[0].home_url
        run = tinhuyen("sources", "add", home, "--yes", "--delay", "0", "--json", home=tmp_path)
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert found["platform"] == "nukeviet"
    assert found["feeds"]
    assert found["sitemaps"]
    assert len(found["samples"]) == 3
    written = (tmp_path / "config" / "tinhuyen" / "sources.toml").read_text(encoding="utf-8")
    (entry,) = tomllib.loads(written).values()
    assert entry["home_url"] == home
    assert "articles read" in written
    assert not (tmp_path / "data" / "tinhuyen.db").exists()


def test_a_site_that_gives_nothing_is_not_registered(tmp_path: Path) -> None:
    run = tinhuyen("sources", "add", "http://127.0.0.1:9/", "--yes", "--delay", "0", home=tmp_path)
    assert run.returncode == 3
    assert "0 articles read" in run.stdout
    assert "connect" in run.stdout
    assert not (tmp_path / "config").exists()


def test_a_registered_site_is_checked(tmp_path: Path) -> None:
    with DemoPortal() as portal:
        home = portal.sites[2].home_url
        tinhuyen("sources", "add", home, "--yes", "--delay", "0", home=tmp_path)
        slug = tomllib.loads(
            (tmp_path / "config" / "tinhuyen" / "sources.toml").read_text(encoding="utf-8")
        ).popitem()[0]
        run = tinhuyen("sources", "check", slug, "--delay", "0", home=tmp_path)
    assert run.returncode == 0, run.stderr
    assert slug in run.stdout
