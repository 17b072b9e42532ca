"""The test doubles print their photos and attachments so that they are extracted and served."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from pipelines import extract
from pipelines.article import Article, Kind
from pipelines.blocks import AttachmentPlace, PhotoPlace
from pipelines.documents import read_document
from pipelines.text import normalise
from scraper.demo.content import Story
from tests.portals.habits import Habits
from tests.portals.platforms import PLATFORM_PORTALS
from tests.portals.portal import Double, Portal
from tests.portals.stories import sentence_of

PORTALS: dict[str, type[Double]] = {"generic": Portal, **PLATFORM_PORTALS}


def portal_of(platform: str) -> Double:
    return PORTALS[platform](articles=24, habits=Habits(files=True))


def article_of(portal: Double, story: Story) -> Article:
    path = portal.path(story)
    return extract(portal.reply(path).body, url=portal.base + path)


def target(url: str | None) -> str:
    """The path and query of a URL."""
    parts = urlsplit(url or "")
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


@pytest.mark.parametrize("platform", PORTALS)
def test_every_platform_shows_its_files(platform: str) -> None:
    portal = portal_of(platform)
    for story in portal.stories[:6]:
        article = article_of(portal, story)
        assert article.kind == (Kind.NOTICE if story.is_notice else Kind.ARTICLE)
        (file,) = story.attachments
        assert [(target(one.url), one.name) for one in article.attachments] == [
            (portal.file_path(story, file), portal.printed_name(story, file))
        ]
        assert [target(one.url) for one in article.photos] == [
            portal.photo_path(story, photo) for photo in story.photos
        ]
        places = [type(block) for block in article.blocks]
        assert places[-1] is AttachmentPlace
        assert story.is_notice or places[1] is PhotoPlace
        assert article.paragraphs == [block.text for block in story.blocks if block.text]


@pytest.mark.parametrize("platform", PORTALS)
def test_every_file_that_a_page_names_is_served(platform: str) -> None:
    portal = portal_of(platform)
    for story in portal.stories[:6]:
        article = article_of(portal, story)
        urls = [*(one.url for one in article.attachments), *(one.url for one in article.photos)]
        answers = [portal.reply(target(url)) for url in urls]
        assert {answer.status for answer in answers} == {200}
        assert [answer.type for answer in answers] == [
            "application/pdf",
            *("image/jpeg" for _ in story.photos),
        ]
        assert sentence_of(story) in normalise(read_document(answers[0].sent_bytes).text)
