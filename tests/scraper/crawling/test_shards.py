"""A crawl in shards: each host is asked by one of them, and together they store what one does."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from scraper.config.shipped_sources import shipped_texts
from tests.portals.many import ManyPortals, PortalRequest, sooner_than
from tests.processes import Process, run, start
from tests.scraper.nights import until
from tests.shipped import ALL_DISABLED

PAUSE = 0.15
STORED = {
    "articles": "SELECT * FROM articles ORDER BY url",
    "pages": "SELECT * FROM pages ORDER BY url_key",
    "photos": "SELECT articles.url AS of_article, photos.* FROM photos"
    " JOIN articles ON articles.id = article ORDER BY 1, position",
    "files": "SELECT * FROM files ORDER BY url_key",
    "run_sources": "SELECT * FROM run_sources ORDER BY source",
}
VARYING = {"id", "run", "page", "article", "capture", "same_as", "seconds"}
"""Ids, and how long a run took: columns that differ from database to database."""


class Machines:
    """The machines that share a crawl: one registry, and a data folder for each.

    Articles are stored under ``xa-0.example``, ``xa-1.example`` and so on: their shards are always
    the same, though the ports of the portals are not. Each machine has a contact of its own.
    """

    def __init__(self, folder: Path, portals: ManyPortals, *, is_filed: bool = True) -> None:
        self.folder = folder
        self.portals = portals
        self.config = folder / "tinhuyen.toml"
        self.config.write_text("jitter = 0\nreserve = 0\nworkers = 1\n")
        self.entries = defaultdict[int, str](str)
        if is_filed:
            for number in range(portals.count):
                self.entries[number] = f'filed_under = "https://xa-{number}.example/"\n'
        self.register()

    def register(self) -> None:
        """Write the registry: the portals alone, each with a small pause."""
        own = [
            f'[p{number}]\nname = "Xã số {number}"\nhome_url = "{url}"\ndelay = {PAUSE}\n'
            + self.entries[number]
            for number, url in enumerate(self.portals.urls)
        ]
        (self.folder / "sources.toml").write_text("\n".join([*own, ALL_DISABLED]))

    def database(self, name: str) -> Path:
        return self.folder / name / "tinhuyen.db"

    def start(self, name: str, *arguments: str) -> Process:
        line, environment = self._line(name, *arguments)
        return start("scraper", *line, environment=environment)

    def run(self, name: str, *arguments: str, code: int = 0) -> CompletedProcess[str]:
        line, environment = self._line(name, *arguments)
        done = run("scraper", *line, environment=environment, timeout=1800)
        assert done.returncode == code, done.stderr
        return done

    def crawl_shards(self, count: int) -> list[PortalRequest]:
        """Crawl ``count`` shards at once, shard1 and so on; return what they asked for."""
        running = [
            self.start(f"shard{n}", "crawl", "--shard", f"{n}/{count}") for n in range(1, count + 1)
        ]
        for one in running:
            _, errors = one.communicate(timeout=1800)
            assert one.returncode == 0, errors
        return self.portals.take_log()

    def rows(self, name: str, sql: str) -> list[dict[str, Any]]:
        return rows(self.database(name), sql)

    def _line(self, name: str, *arguments: str) -> tuple[list[str], dict[str, str]]:
        (self.folder / name).mkdir(exist_ok=True)
        line = ["--config", str(self.config), "--db", str(self.database(name)), *arguments]
        return line, {**os.environ, "TINHUYEN_CONTACT": f"https://{name}.example/"}


def rows(database: Path, sql: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
        db.row_factory = sqlite3.Row
        return [dict(row) for row in db.execute(sql).fetchall()]


def stored(databases: Iterable[Path]) -> dict[str, list[str]]:
    """What databases hold together, without times and ids, in an order of its own."""
    paths = list(databases)
    return {
        name: sorted(
            json.dumps({key: value for key, value in row.items() if not is_varying(key)})
            for path in paths
            for row in rows(path, sql)
        )
        for name, sql in STORED.items()
    }


def is_varying(column: str) -> bool:
    return column in VARYING or (column.endswith("_at") and column != "published_at")


def machines_of(log: Iterable[PortalRequest]) -> dict[int, set[str]]:
    """Who asked each portal, by the contact in the User-Agent."""
    found: dict[int, set[str]] = defaultdict(set)
    for one in log:
        found[one.portal].update(re.findall(r"https://(\w+)\.example/", one.agent))
    return found


def articles_asked(log: Iterable[PortalRequest]) -> list[str]:
    return [one.path for one in log if "/bai-so-" in one.path]


def assert_equal_to_unsharded(machines: Machines, count: int) -> dict[int, str]:
    """Crawl in ``count`` shards at once and then whole, and compare; return who asked whom."""
    portals = machines.portals
    pauses = dict.fromkeys(range(portals.count), PAUSE)
    shards = [f"shard{n}" for n in range(1, count + 1)]
    asked = machines.crawl_shards(count)
    owners = machines_of(asked)
    assert {number: len(names) for number, names in owners.items()} == dict.fromkeys(pauses, 1)
    assert sooner_than(asked, pauses) == []
    machines.run("whole", "crawl")
    whole = portals.take_log()
    assert sooner_than(whole, pauses) == []
    assert paths_of(asked) == paths_of(whole)
    found = stored(map(machines.database, shards))
    expected = stored([machines.database("whole")])
    assert len(expected["articles"]) == portals.count * portals.articles
    for table in STORED:
        assert found[table] == expected[table], table
    return {number: name for number, names in owners.items() for name in names}


def paths_of(log: Sequence[PortalRequest]) -> list[tuple[int, str]]:
    return sorted((one.portal, one.path) for one in log)


@pytest.fixture
def six(tmp_path: Path) -> Iterator[Machines]:
    with ManyPortals(6, articles=1) as portals:
        yield Machines(tmp_path, portals)


def test_shards_store_together_what_one_machine_stores(six: Machines) -> None:
    link = "/tin-tuc/da-chuyen-sang-xa-khac-99.html"
    for number in range(6):
        other = six.portals.urls[number - 1]
        moved = f'<a href="{link}">Tin đã chuyển sang cổng thông tin của xã bạn từ hôm qua</a>'
        six.portals.links[number] = f'<li>{moved}</li><li><a href="{other}">Xã bạn</a></li>'
        six.portals.pages[number, link] = 302, "text/html", f"{other}tin-tuc/khac.html".encode()
    owners = assert_equal_to_unsharded(six, 2)
    assert set(owners.values()) == {"shard1", "shard2"}
    sql = f"SELECT outcome, reason FROM pages WHERE url LIKE '%{link}'"
    assert six.rows("whole", sql) == [{"outcome": "refused", "reason": "offsite"}] * 6
    assert_registry_is_mirrored(six)


def assert_registry_is_mirrored(six: Machines) -> None:
    """Shards have the registry's sources together, each its own; only the portals are enabled."""
    sql = "SELECT slug, enabled FROM sources"
    first, second, whole = (
        {row["slug"]: bool(row["enabled"]) for row in six.rows(name, sql)}
        for name in ("shard1", "shard2", "whole")
    )
    assert not first.keys() & second.keys()
    assert first | second == whole
    assert whole.keys() > shipped_texts().keys()
    assert {slug for slug in whole if whole[slug]} == {f"p{number}" for number in range(6)}


def test_a_changed_number_of_shards_hands_sources_over(six: Machines) -> None:
    before = machines_of(six.crawl_shards(2))
    for other in ("shard1", "shard2"):
        archive = six.folder / other / "archive"
        six.run("shard3", "import", "--shard", "3/3", str(archive))
    after = machines_of(night := six.crawl_shards(3))
    assert all(len(names) == 1 for names in after.values())
    moved = {number for number in after if after[number] != before[number]}
    assert moved
    assert {name for number in moved for name in after[number]} == {"shard3"}
    assert articles_asked(night) == []
    articles = "SELECT source FROM articles ORDER BY source"
    kept = [row["source"] for name in ("shard1", "shard2") for row in six.rows(name, articles)]
    assert sorted(kept) == [f"p{number}" for number in range(6)]
    assert [row["source"] for row in six.rows("shard3", articles)] == sorted(
        f"p{number}" for number in moved
    )
    for name in ("shard1", "shard2"):
        status = json.loads(six.run(name, "--json", "status").stdout)
        gone = {row["source"] for row in status["sources"] if row["verdict"] == "elsewhere"}
        assert gone == {f"p{n}" for n in moved if before[n] == {name}}
        assert status["shard"] == f"{name[-1]}/3"


def test_a_changed_shard_is_said_and_another_shards_source_is_refused(six: Machines) -> None:
    first = six.run("one", "crawl", "--shard", "999/1000")
    assert "this database was" not in first.stderr
    assert six.rows("one", "SELECT shard, state FROM runs") == [
        {"shard": "999/1000", "state": "done"}
    ]
    first = six.run("one", "crawl", "--shard", "1/2", "--max-pages", "1")
    assert "this database was shard 999/1000" in first.stderr
    own = {row["source"] for row in six.rows("one", "SELECT source FROM run_sources")}
    foreign = next(slug for slug in (f"p{n}" for n in range(6)) if slug not in own)
    url = six.portals.urls[int(foreign[1:])]
    for named in ([foreign], ["--url", url], ["--shard", "1/2", foreign]):
        refused = six.run("one", "crawl", *named, code=2)
        assert f"{foreign} is a source of shard 2/2 and this is shard 1/2" in refused.stderr
    refused = six.run("one", "sources", "check", foreign, code=2)
    assert "is a source of shard 2/2" in refused.stderr
    changed = six.run("one", "crawl", "--shard", "2/2", "--max-pages", "1")
    said = f"was shard 1/2 and is now shard 2/2 ({6 - len(own)} sources come, {len(own)} go)"
    assert said in changed.stderr
    shards = [row["shard"] for row in six.rows("one", "SELECT shard FROM runs")]
    assert shards == ["999/1000", "1/2", "2/2"]
    listed = json.loads(six.run("one", "--json", "sources", "list").stdout)
    first_half = {row["slug"] for row in listed if row["shard"] == "1/2"}
    assert {slug for slug in first_half if slug[1:].isdigit()} == own


def test_files_at_a_host_of_another_shard_are_left_to_it(six: Machines) -> None:
    owners = {n: row["shard"] for n, row in enumerate(listed_portals(six))}
    reader = next(n for n in owners if owners[n] != owners[0])
    photo = f'<img src="{six.portals.urls[0]}anh.jpg" width=600 height=400>'
    six.portals.extra[reader] = f"<figure>{photo}<figcaption>Cầu mới</figcaption></figure>"
    done = six.run("one", "crawl", "--shard", owners[reader])
    assert 0 not in machines_of(six.portals.take_log())
    files = six.rows("one", "SELECT source, outcome, reason FROM run_files")
    assert files == [{"source": f"p{reader}", "outcome": "deferred", "reason": "another_shard"}]
    assert "name these hosts in `file_hosts`" in done.stdout
    address = six.portals.urls[0].split("/")[2]
    six.entries[reader] += f'file_hosts = ["{address}"]\n'
    six.register()
    joined = {n: row["shard"] for n, row in enumerate(listed_portals(six))}
    assert joined[reader] == joined[0]
    assert {n: joined[n] for n in owners if n != reader} == {
        n: owners[n] for n in owners if n != reader
    }


def test_the_daemon_of_a_shard_crawls_its_sources_only(six: Machines) -> None:
    owners = {row["slug"]: row["shard"] for row in listed_portals(six)}
    own = sorted(slug for slug, shard in owners.items() if shard == "2/2")
    with six.start("two", "daemon", "--now", "--shard", "2/2") as daemon:
        until(lambda: has_ended(six, "two"))
        daemon.terminate()
        _, errors = daemon.communicate(timeout=300)
    assert daemon.returncode == 0, errors
    assert six.rows("two", "SELECT shard FROM runs") == [{"shard": "2/2"}]
    asked = machines_of(six.portals.take_log())
    assert sorted(f"p{number}" for number in asked) == own


def has_ended(machines: Machines, name: str) -> bool:
    try:
        return bool(machines.rows(name, "SELECT 1 FROM runs WHERE finished_at NOT NULL"))
    except sqlite3.OperationalError:
        return False  # the daemon has not created its tables yet


def listed_portals(machines: Machines) -> list[dict[str, Any]]:
    listed = json.loads(machines.run("list", "--json", "sources", "list", "--shard", "1/2").stdout)
    return sorted((row for row in listed if row["slug"][1:].isdigit()), key=lambda row: row["slug"])


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_three_hundred_hosts_in_three_shards(tmp_path: Path) -> None:
    with ManyPortals(300, articles=3) as portals:
        owners = assert_equal_to_unsharded(Machines(tmp_path, portals, is_filed=False), 3)
    shares = {name: list(owners.values()).count(name) for name in set(owners.values())}
    assert min(shares.values()) > 70
    print(f"\nshards: {shares}")
