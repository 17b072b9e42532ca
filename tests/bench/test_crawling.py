from pathlib import Path

import pytest

from tests.bench.crawling.site import HEAVIEST, LIGHTEST, build


@pytest.fixture
def base() -> str:
    return "http://127.0.0.1:8000"


def test_the_sites_hold_every_article_in_the_weight_of_real_pages(
    tmp_path: Path, base: str
) -> None:
    bases = [base, base.replace("0.1", "0.2"), base.replace("0.1", "0.3")]
    sites = build(tmp_path, bases, 64)
    assert [len(site.articles) for site in sites] == [22, 21, 21]
    for site, served in zip(sites, bases, strict=True):
        folder = tmp_path / served.removeprefix("http://").partition(":")[0]
        pages = [folder / url.removeprefix(f"{served}/") for url in site.articles]
        assert all(LIGHTEST * 0.9 < page.stat().st_size < HEAVIEST * 1.1 for page in pages)
