"""Real pages, where they are present: floors below which a change of rules must not fall."""

from __future__ import annotations

import gzip

import pytest

from pipelines import extract
from tests.bench.corpora import SHARED, Case, benchmark, portals, vietnam
from tests.bench.extraction import body_scores
from tests.bench.fields import Pair, counts
from tests.bench.shingles import compare, score
from tests.bench.tools import installed

pytestmark = pytest.mark.skipif(
    not (SHARED / "vietnam" / "truth.json").exists(), reason="no shared pages beside the project"
)

GENERAL_F1 = 0.98
PORTALS_F1 = 0.995
FLOORS = {
    "title": 0.97, "section": 1.0, "lede": 1.0, "day": 1.0, "minute": 1.0, "author": 1.0,
    "captions found": 0.95, "notices kept": 1.0,
}  # fmt: skip
"""Of the pages of local portals: the share that is right at least."""
CEILINGS = {
    "invented": 0.03,
    "captions in body": 0.0,
    "boilerplate kept": 0.03,
    "title as tag": 0.0,
}
"""Of the same: the share that is wrong at most."""
NAMES = ["baochinhphu", "cafef", "dantri", "tuoitre", "vneconomy", "vnexpress"]


@pytest.fixture(scope="module")
def outlets() -> dict[str, Case]:
    return {case.name: case for case in vietnam()}


@pytest.mark.parametrize("name", NAMES)
def test_the_fields_of_an_outlets_page_are_right(outlets: dict[str, Case], name: str) -> None:
    case = outlets[name]
    article = extract(case.html, case.url)
    assert article.verdict.is_article
    assert article.title == case.title
    assert article.author == (", ".join(case.authors or []) or None)
    assert (article.published_at or "")[:16] == (case.published or "")[:16]
    assert [photo.caption for photo in article.photos if photo.caption] == case.captions


@pytest.mark.parametrize("name", NAMES)
def test_no_paragraph_of_an_outlets_page_is_lost(outlets: dict[str, Case], name: str) -> None:
    case = outlets[name]
    article = extract(case.html, case.url)
    right, _, missing = compare(case.body, article.body, case.neutral)
    assert missing <= 0.01 * right + 0.005


@pytest.mark.parametrize("name", ["baochinhphu", "cafef", "dantri", "tuoitre"])
def test_a_list_is_no_article(name: str) -> None:
    html = gzip.decompress((SHARED / "vietnam" / f"{name}_list.html.gz").read_bytes())
    assert extract(html, f"https://{name}.example/muc/").verdict.outcome == "listing"


def test_the_general_benchmark_stays_above_its_floor() -> None:
    pages = [compare(case.body, extract(case.html, case.url).body) for case in benchmark()]
    assert score(pages).f1 >= GENERAL_F1


@pytest.fixture(scope="module")
def read_portals() -> list[Pair]:
    if not (SHARED / "portals" / "truth.json").exists():
        pytest.skip("no shared pages of portals beside the project")
    tool = installed()["tinhuyen"]
    return [(case, tool(case.html, case.url)) for case in portals()]


def test_the_fields_of_local_portals_stay_within_their_bounds(read_portals: list[Pair]) -> None:
    shares = {name: pair[0] / pair[1] for name, pair in counts(read_portals).items() if pair}
    assert {name: shares[name] for name, floor in FLOORS.items() if shares[name] < floor} == {}
    assert {
        name: shares.get(name) for name, most in CEILINGS.items() if shares.get(name, 0) > most
    } == {}


def test_the_bodies_of_local_portals_stay_above_their_floor(read_portals: list[Pair]) -> None:
    assert score(body_scores(read_portals).values()).f1 >= PORTALS_F1
