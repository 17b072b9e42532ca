"""Real pages, where they are present: floors below which a change of rules must not fall."""

from __future__ import annotations

import gzip

import pytest

from pipelines import extract
from tests.bench.corpora import SHARED, Case, benchmark, vietnam
from tests.bench.shingles import compare, score

pytestmark = pytest.mark.skipif(
    not (SHARED / "vietnam" / "truth.json").exists(), reason="no shared pages beside the project"
)

GENERAL_F1 = 0.965
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
