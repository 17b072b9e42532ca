"""Saved pages of every platform, each with its truth beside it; a new case needs no Python."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.extraction import extract_page
from pipelines.items import Page

PAGES = Path(__file__).parents[2] / "pages"


@pytest.mark.fault(44, 47)
@pytest.mark.parametrize("case", sorted(path.stem for path in PAGES.glob("*.json")))
def test_a_saved_page_gives_its_truth(case: str) -> None:
    truth = json.loads((PAGES / f"{case}.json").read_text("utf-8"))
    body = (PAGES / f"{case}.html").read_bytes()
    article = extract_page(Page(url=truth.pop("url"), body=body)).article
    outcome, reason = truth.pop("verdict", (None, None))
    found = article.as_json()
    for photo in found["photos"]:
        photo.pop("alt")
    assert {name: found[name] for name in truth} == truth
    assert (article.verdict.outcome, article.verdict.reason) == (outcome, reason)


def test_every_saved_page_has_a_truth() -> None:
    assert {path.stem for path in PAGES.glob("*.html")} == {
        path.stem for path in PAGES.glob("*.json")
    }
