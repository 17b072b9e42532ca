"""The articles of the made-up portal of huyện Hàm Yên: their texts, times and addresses."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from scraper.base.clock import VIETNAM
from scraper.demo.content import Story
from tests.portals.stories import story
from tests.scraper.recovery.district_pages import HOST, SECTIONS, slug_of

OLD, NEW = f"http://{HOST}", f"https://{HOST}"
REBUILT = datetime(2022, 1, 10, tzinfo=UTC)
ARTICLES = 50
FIRST_YEAR, LAST_YEAR = 2019, 2025
FIRST_PUBLISHED = datetime(2019, 2, 11, 8, 15, tzinfo=VIETNAM)
DAYS_BETWEEN = 46


def published_at(number: int) -> datetime:
    """Return when an article was published."""
    return FIRST_PUBLISHED + timedelta(days=DAYS_BETWEEN * (number - 1), minutes=number)


def text_of(number: int, version: int = 0) -> Story:
    """Return an article as it stood in a version."""
    one = replace(
        story(number, ARTICLES),
        published=published_at(number),
        sections=(SECTIONS[number % len(SECTIONS)],),
    )
    if version:
        edited = f"Bản đính chính lần {version}: số liệu đúng là {version * 40 + number} hộ."
        first, *others = one.body.split("\n\n")
        one = replace(one, body="\n\n".join([first, edited, *others[1:]]))
    return one


def address_of(number: int) -> str:
    """Return the address at which an article was published."""
    one = text_of(number)
    return new_address(one) if published_at(number) >= REBUILT else old_address(one)


def old_address(one: Story) -> str:
    """Return the address of an article before the portal was rebuilt."""
    return f"{OLD}/DetailView/{4000 + one.id}/{slug_of(one.title)}.html"


def new_address(one: Story) -> str:
    """Return the address of an article after the portal was rebuilt."""
    return f"{NEW}/{slug_of(one.section)}/{slug_of(one.title)}-{4000 + one.id}.html"
