"""The shape of saved pages, of the demo and of mixed pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipelines.blocks import AttachmentPlace, PhotoPlace, as_json, paragraphs_of, read_blocks
from pipelines.extraction import extract
from tests.bench.corpora import SHARED, benchmark, own, portals, vietnam
from tests.bench.shape import demo, saved_portals, totals
from tests.pipelines.extraction import mixed_page


def pages() -> Iterator[tuple[str, str | bytes]]:
    for case in own():
        yield case.url, case.html
    for page in mixed_page.mixtures(60):
        yield page.address, page.html
    if SHARED.exists():
        for corpus in (portals, vietnam, benchmark):
            for case in corpus():
                yield case.url, case.html


def test_every_page_has_one_text_and_each_file_once() -> None:
    for url, html in pages():
        article = extract(html, url)
        values = article.as_json()
        assert paragraphs_of(article.blocks) == article.paragraphs, url
        assert read_blocks(values["blocks"]) == article.blocks, url
        photos = sorted(each.photo for each in article.blocks if isinstance(each, PhotoPlace))
        assert photos == list(range(len(article.photos))), url
        files = [each.attachment for each in article.blocks if isinstance(each, AttachmentPlace)]
        assert sorted(files) == list(range(len(article.attachments))), url


def test_a_heading_and_the_photos_are_found_in_whatever_template() -> None:
    for page in mixed_page.mixtures(60):
        blocks = extract(page.html.encode(), page.address).blocks
        kinds = [as_json(block)["type"] for block in blocks]
        text = ["paragraph", "photo", "paragraph", "heading", "paragraph"]
        rest = ["paragraph", "photo", "paragraph"]
        assert [kind for kind in kinds if kind not in ("attachment", "separator")] == text + rest


@pytest.mark.skipif(not SHARED.exists(), reason="no shared pages beside the project")
def test_the_shape_of_local_portals_is_right() -> None:
    found = totals(saved_portals())
    assert found["headings"] == (44, 0, 0)
    assert found["levels"] == (44, 0, 0)
    assert found["lists"] == (7, 0, 0)
    assert found["photos"] == (38, 0, 0)
    assert found["attachments"] == (3, 0, 0)
    assert found["tables"] == found["quotations"] == (0, 0, 0)


def test_the_shape_of_the_demo_is_right() -> None:
    found = totals(demo())
    assert found["headings"][0] >= 10
    assert found["photos"][0] >= 50
    assert all(missing == wrong == 0 for _, missing, wrong in found.values())
