"""One article in many templates, none of which stands for a site: it is read the same."""

from __future__ import annotations

import pytest

from pipelines import extract
from tests.pipelines.extraction.mixed_page import Mixture, mixtures
from tests.pipelines.extraction.page_parts import (
    ENDING,
    LEDE,
    MIDDLE,
    OPENING,
    PUBLISHED,
    SUBHEADING,
    TITLE,
)


@pytest.mark.parametrize("page", list(mixtures(600)), ids=str)
def test_an_article_is_read_the_same_in_whatever_template(page: Mixture) -> None:
    article = extract(page.html.encode(), page.address)
    assert article.title == TITLE
    assert article.lede == LEDE
    assert article.paragraphs == [*OPENING, SUBHEADING, MIDDLE, *ENDING]
    assert [photo.caption for photo in article.photos] == page.captions
    assert (article.author, article.published_at) == (page.author, PUBLISHED)
    assert article.section == "Xã hội"
