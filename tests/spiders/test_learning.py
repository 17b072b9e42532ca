"""Furniture that no list names, learned from a site's own articles, by real crawls."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from scraper.demo.content import Story
from scraper.demo.server import Answer
from tests.portals.platforms import BYLINE, NukeVietPortal
from tests.spiders.crawling import SECONDS, Crawled, Crawling

FORMULA = "Kết thúc buổi làm việc, các đại biểu chụp ảnh lưu niệm với bà con trong thôn."
ADVERT = "Quét mã in trên bảng tin để nghe các bản tin của Suối Thử mọi lúc, mọi nơi."


HOTLINE = "Góp ý cho bản tin này xin gọi số 1022, gặp cô Mận ở Phòng Văn hóa của xã."


ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}


class FurnishedPortal(NukeVietPortal):
    """Every body ends with an advert and a hotline; every other one with a formula.

    A comment counts the requests, so that no page ever comes twice as it was.
    """

    shown_pages = 0

    def article_page(self, story: Story) -> Answer:
        self.shown_pages += 1
        formula = f"<p>{FORMULA}</p>" if story.id % 2 else ""
        boilerplate = f"{formula}<p>{ADVERT}</p><p>{HOTLINE}</p><!-- {self.shown_pages} -->"
        page = super().article_page(story)
        page.body = page.body.replace(BYLINE, boilerplate + BYLINE)
        return page


@pytest.fixture(scope="module")
def portal() -> Iterator[FurnishedPortal]:
    with FurnishedPortal(12) as portal:
        yield portal


@dataclass(frozen=True, slots=True)
class Nights:
    """The bodies as they stood in the morning after the first night, and the second night."""

    bodies: list[str]
    second: Crawled


@pytest.fixture(scope="module")
def nights(portal: FurnishedPortal, tmp_path_factory: pytest.TempPathFactory) -> Nights:
    """A first night, and a second that looks at every article again."""
    crawling = Crawling(tmp_path_factory.mktemp("learning"))
    bodies = [body for (body,) in crawling.crawl(portal).rows("SELECT body FROM articles")]
    portal.publish(1)
    return Nights(bodies, crawling.crawl(portal, full=True))


def test_boilerplate_is_gone_in_the_morning_after_the_first_night(nights: Nights) -> None:
    assert len(nights.bodies) == 12
    assert not [body for body in nights.bodies if "Quét mã" in body or "Góp ý cho" in body]


def test_a_formula_of_the_editors_stays(portal: FurnishedPortal, nights: Nights) -> None:
    stored = nights.second.rows("SELECT count(*) FROM articles WHERE body LIKE ?", f"%{FORMULA}")
    assert stored == [(sum(one.id % 2 for one in portal.stories),)]


def test_what_is_learned_is_no_revision_of_the_publisher(nights: Nights) -> None:
    assert nights.second.outcomes["unchanged"] == 12
    assert nights.second.outcomes["updated"] == 0
    assert nights.second.rows("SELECT count(*) FROM revisions") == [(0,)]


def test_learned_blocks_can_be_looked_at(nights: Nights) -> None:
    blocks = nights.second.rows("SELECT text, pages, is_boilerplate FROM blocks ORDER BY text")
    assert [(text[:10], pages, bool(is_so)) for text, pages, is_so in blocks] == [
        (HOTLINE[:10], 13, True),
        (ADVERT[:10], 13, True),
    ]


HELD_UP = """
import sys, time
from pathlib import Path
from scraper.crawling import crawl
from scraper.config.configuration import Configuration
from spiders.limits import CrawlPlan
from tests.spiders.crawling import source_at

def learn(*arguments):
    print("learning", flush=True)
    time.sleep(3600)

if __name__ == "__main__":
    crawl.learn_boilerplate = learn
    configuration = Configuration(home=Path(sys.argv[1]), workers=1, contact="tests@example.org")
    crawl.crawl([source_at(sys.argv[2])], CrawlPlan(delay=0.0), configuration)
"""
"""A crawl whose learning takes long."""


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_learning_ends_when_asked_and_the_run_stays_closed(
    tmp_path: Path, asked: signal.Signals
) -> None:
    (script := tmp_path / "crawl.py").write_text(HELD_UP)
    with NukeVietPortal(1) as portal:
        command = [sys.executable, str(script), str(tmp_path), portal.home_url]
        with subprocess.Popen(
            command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"learning\n"
            process.send_signal(asked)
            assert process.wait(SECONDS) != 0
    crawled = Crawled(0, "", tmp_path / "tinhuyen.db")
    assert crawled.rows("SELECT state FROM runs") == [("done",)]
