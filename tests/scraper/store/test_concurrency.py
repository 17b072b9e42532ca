"""One file, many users: a crawl, a reprocess and a reader at once, and kills at any moment."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest

from scraper.store.database import open_for_reading
from scraper.store.search import search
from tests.scraper.stores import Portal, new_database

REPOSITORY = Path(__file__).parents[3]

CRAWL = """
import sys
from pathlib import Path
from tests.bench.texts import Writer
from tests.scraper.stores import Portal, page_of
if __name__ == "__main__":
    portal, writer = Portal(Path(sys.argv[1])), Writer(seed=int(sys.argv[2]))
    print("ready", flush=True)
    for number in range(int(sys.argv[3])):
        paragraphs = [" ".join(writer.words(40)) for _ in range(4)]
        start = paragraphs[0][:30]
        photo = f"<figure><img src='1.jpg'><figcaption>Lễ ra quân: {start}</figcaption></figure>"
        page = page_of("Tin " + start, *paragraphs).replace("</p>", "</p>" + photo, 1)
        portal.fetch(f"tin/{number % 40}.html", page)
"""

REPROCESS = """
import sys
from pathlib import Path
from scraper.reprocessing.reprocess import reprocess
from scraper.store.database import open_database
from tests.scraper.stores import SOURCES
if __name__ == "__main__":
    folder = Path(sys.argv[1])
    db = open_database(folder / "tinhuyen.db")
    print("ready", flush=True)
    while True:
        db.execute("UPDATE articles SET title = 'Sai', extractor = 0 WHERE id % 2")
        for report in reprocess(db, folder / "archive", SOURCES, workers=1):
            pass
"""


def start(folder: Path, script: str, *arguments: object) -> subprocess.Popen[bytes]:
    path = folder / f"{abs(hash(script))}.py"
    path.write_text(script)
    command = [sys.executable, str(path), str(folder), *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)


def is_whole(folder: Path) -> None:
    """Assert that no row is torn: all that is kept of an article, now and before, agrees."""
    with closing(sqlite3.connect(folder / "tinhuyen.db", isolation_level=None)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        db.execute("INSERT INTO articles_fts (articles_fts) VALUES ('integrity-check')")
        assert len({db.execute(count).fetchone()[0] for count in ONE_OF_EACH}) == 1
        revised = db.execute("SELECT article, count(*) FROM revisions GROUP BY article")
        assert sorted(revised) == sorted(db.execute(CAPTURED_BEFORE))
        for body, caption in db.execute(BODIES_AND_CAPTIONS):
            assert caption.removeprefix("Lễ ra quân: ") in body


ONE_OF_EACH = [
    "SELECT count(*) FROM articles",
    "SELECT count(*) FROM pages WHERE article IS NOT NULL",
    "SELECT count(*) FROM articles_fts_docsize",
    "SELECT count(DISTINCT article) FROM signatures",
    "SELECT count(*) FROM articles JOIN pages ON page = pages.url_key"
    " JOIN captures ON captures.id = capture",
]

BODIES_AND_CAPTIONS = (
    "SELECT body, (SELECT caption FROM photos WHERE article = id) FROM articles"
    " UNION ALL SELECT body, json_extract(photos, '$[0].caption') FROM revisions"
)

CAPTURED_BEFORE = (
    "SELECT pages.article, count(*) - 1 FROM captures JOIN pages USING (url_key)"
    " GROUP BY url_key HAVING count(*) > 1"
)


@pytest.mark.fault(65)
def test_crawl_reprocess_and_readers_never_find_the_database_locked(tmp_path: Path) -> None:
    Portal(tmp_path)
    crawl, again = start(tmp_path, CRAWL, 1, 150), start(tmp_path, REPROCESS)
    errors: list[Exception] = []
    done = Event()

    def read_on() -> None:
        while not done.is_set():
            try:
                reading = open_for_reading(tmp_path / "tinhuyen.db")
                search(reading, "tin")
                reading.conn.close()
            except Exception as error:
                errors.append(error)

    reader = Thread(target=read_on)
    reader.start()
    try:
        assert crawl.wait(timeout=300) == 0
        assert again.poll() is None
    finally:
        done.set()
        again.kill()
        again.communicate()
        reader.join()
    assert errors == []
    is_whole(tmp_path)


def kill_some(folder: Path, times: int) -> None:
    """Kill a crawl or a reprocess that many times, each at a moment of chance."""
    chance = random.Random(6)
    for number in range(times):
        arguments = (CRAWL, number, 10_000) if number % 2 == 0 else (REPROCESS,)
        with start(folder, *arguments) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            time.sleep(0.5 * chance.random())
            process.send_signal(signal.SIGKILL)
        is_whole(folder)


@pytest.mark.fault(58)
def test_kills_leave_nothing_torn(tmp_path: Path) -> None:
    new_database(tmp_path)
    kill_some(tmp_path, 4)


@pytest.mark.fault(58)
@pytest.mark.slow
def test_fifty_kills_leave_nothing_torn(tmp_path: Path) -> None:
    new_database(tmp_path)
    kill_some(tmp_path, 50)
    with start(tmp_path, CRAWL, 99, 40) as crawl:
        assert crawl.wait(timeout=300) == 0
    is_whole(tmp_path)
    db = open_for_reading(tmp_path / "tinhuyen.db")
    assert db.execute("SELECT count(*) FROM pages WHERE outcome IS NULL").fetchone() == (0,)
