"""`tinhuyen collect` as a command: what it prints, refuses, and makes for browsing."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from click.testing import CliRunner, Result

from scraper.base.lock import lock
from scraper.command_line import tinhuyen as group
from tests.browse.serving import Browsing
from tests.scraper.commands.test_command_line import tinhuyen
from tests.scraper.stores import MOMENT
from tests.scraper.transfer.crawled_shards import ShardCrawl
from tests.scraper.transfer.test_collecting import FIRST_NIGHT, NIGHT, SECOND_NIGHT, SHARDS, night


@pytest.fixture
def crawls(tmp_path: Path) -> Iterator[list[ShardCrawl]]:
    made = [ShardCrawl(tmp_path / f"shard-{n}", slugs) for n, slugs in enumerate(SHARDS)]
    night(made, FIRST_NIGHT, MOMENT)
    yield made
    for crawl in made:
        crawl.close()


def run(database: Path, *arguments: str) -> Result:
    return CliRunner().invoke(group, ["--db", str(database), *arguments])


def test_shards_are_collected_and_browsed(crawls: list[ShardCrawl], tmp_path: Path) -> None:
    places = [str(crawl.folder) for crawl in crawls]
    database = tmp_path / "all" / "tinhuyen.db"
    first = run(database, "collect", "--json", *places)
    assert first.exit_code == 0
    report = json.loads(first.stdout)
    assert [shard["articles"]["new"] for shard in report] == [3, 2, 2]
    assert [shard["archive"]["linked"] for shard in report] == [1, 1, 1]
    night(crawls, SECOND_NIGHT, MOMENT + NIGHT)
    second = run(database, "collect", *places)
    assert "shard-0: 0 new, 2 changed, 0 merged, 1 unchanged; 2 pages" in second.stdout
    found = run(database, "search", "trong rung", "--json")
    assert {hit["source"] for hit in json.loads(found.stdout)} == {"huyen", "bao"}
    assert run(database, "archive", "verify").exit_code == 0
    refused = run(database, "import", str(tmp_path)).exception
    assert "only for reading" in str(refused)
    with Browsing(database) as served:
        for path in ("/", f"/search?q={quote('trồng rừng')}", "/articles/1", "/runs", "/sources"):
            with urllib.request.urlopen(served.url + path, timeout=300) as answer:
                assert answer.status == 200, path
        archived = urllib.request.urlopen(f"{served.url}/articles/1/archived", timeout=300)
        assert "Hội nghị nông thôn mới" in archived.read().decode()


def test_a_second_collection_at_once_is_excluded(crawls: list[ShardCrawl], tmp_path: Path) -> None:
    database = tmp_path / "all.db"
    with lock(database):
        run = tinhuyen("collect", "--db", str(database), str(crawls[0].folder), home=tmp_path)
    assert run.returncode == 4
    assert not database.exists()


def test_a_missing_archive_file_is_counted(crawls: list[ShardCrawl], tmp_path: Path) -> None:
    [path] = (crawls[2].folder / "archive").glob("*.warc.gz")
    path.unlink()
    database = str(tmp_path / "all.db")
    run = tinhuyen("collect", "--db", database, str(crawls[2].folder), home=tmp_path)
    assert run.returncode == 1
    assert "1 archive file not in the archive of the shard" in run.stdout


def test_what_is_no_shard_is_refused(tmp_path: Path) -> None:
    run = tinhuyen("collect", "--db", str(tmp_path / "all.db"), str(tmp_path), home=tmp_path)
    assert run.returncode == 2
    assert "is no shard" in run.stderr


def test_a_province_is_found_without_accents(crawls: list[ShardCrawl], tmp_path: Path) -> None:
    places = [str(crawl.folder) for crawl in crawls]
    shown = run(tmp_path / "part.db", "collect", "--json", "--province", "ha noi", *places)
    assert [shard["articles"]["new"] for shard in json.loads(shown.stdout)] == [0, 1, 0]
    refused = run(tmp_path / "none.db", "collect", "--province", "Hà Ninh", *places)
    assert "did you mean" in str(refused.exception)
    assert not (tmp_path / "none.db").exists()
