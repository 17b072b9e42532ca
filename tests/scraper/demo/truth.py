"""The articles that a crawl of the demo must store, from the same data as the pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from urllib.parse import urljoin

from pipelines.article import Article, Photo
from pipelines.blocks import Block, Heading, ItemList, Paragraph, PhotoPlace, Table
from scraper.demo.content import Story, slugify
from scraper.demo.platform import Platform
from scraper.demo.portal import SITES


@dataclass(frozen=True, slots=True)
class DemoArticle:
    """A public article: its site, its URLs there, and its fields as they must be stored.

    ``paths`` are path and query, the canonical one first. ``article.url`` is the first path on the
    canonical base of the site. The ``url`` of a photo is its path only, because the URL in the page
    has the port of the server. ``same_text_as`` is the canonical URL of the same text on another
    site. Provenance and ``published_raw`` are empty.
    """

    source: str
    paths: tuple[str, ...]
    article: Article
    same_text_as: str | None = None


def articles(night: int) -> list[DemoArticle]:
    """Return the articles of all sites on a night (1, 2 or 3), site by site, newest first."""
    platforms = {slug: site.on(night) for slug, site in SITES.items()}
    district = platforms["huyen"]
    addresses = {story.id: _address(district, story) for story in district.stories}
    return [
        DemoArticle(
            source=story.source,
            paths=tuple(platform.article_path(story, slugify(name)) for name in story.sections),
            article=_article(platform, story),
            same_text_as=addresses.get(story.same_text_as) if story.same_text_as else None,
        )
        for platform in platforms.values()
        for story in platform.stories
    ]


def _address(platform: Platform, story: Story) -> str:
    return urljoin(SITES[story.source].canonical_url, platform.path(story))


def _article(platform: Platform, story: Story) -> Article:
    article = Article(
        url=_address(platform, story),
        title=story.title,
        lede=story.lede,
        author=story.author,
        published_at=story.published.isoformat(),
        modified_at=story.modified.isoformat() if story.modified else None,
        section=story.sections[0],
        tags=list(story.tags),
        photos=[
            Photo(platform.photo_path(story, photo), photo.caption, photo.credit)
            for photo in story.photos
        ],
        language="vi",
    )
    article.set_blocks(_blocks(platform, story))
    return article


def _blocks(platform: Platform, story: Story) -> Iterator[Block]:
    """Yield the blocks of a story. A photo that is shown above the text, too, is yielded twice."""
    photos = count()
    if story.lead_photo_twice:
        yield PhotoPlace(0)
    for block in story.blocks:
        if block.kind == "photo":
            yield PhotoPlace(next(photos))
        elif block.kind == "heading":
            yield Heading(platform.heading_level, block.text)
        elif block.kind == "list":
            yield ItemList(False, tuple(item for (item,) in block.rows))
        elif block.kind == "table":
            yield Table(None, block.rows)
        else:
            yield Paragraph(block.text)
