"""Platforms: one class per CMS that portals run on, and a generic one for all others."""

from __future__ import annotations

from pipelines.items import Page
from scraper.base.errors import UsageError
from spiders.platforms.base import Platform, searchable_markup
from spiders.platforms.dotnetnuke import DotNetNuke
from spiders.platforms.drupal import Drupal
from spiders.platforms.joomla import Joomla
from spiders.platforms.liferay import Liferay
from spiders.platforms.nukeviet import NukeViet
from spiders.platforms.sharepoint import SharePoint
from spiders.platforms.vccorp import VCCorp
from spiders.platforms.vnptnews import VnptNews
from spiders.platforms.wordpress import WordPress

MIN_PLATFORM_SCORE = 2
"""The ``Platform.match_score`` from which a page counts as one of the platform."""

GENERIC = Platform()
PLATFORMS: tuple[Platform, ...] = (
    NukeViet(),
    VnptNews(),
    SharePoint(),
    Liferay(),
    DotNetNuke(),
    WordPress(),
    Joomla(),
    Drupal(),
    VCCorp(),
)

__all__ = ["GENERIC", "PLATFORMS", "Platform", "platform_for", "platform_named"]


def platform_for(page: Page) -> Platform:
    """Return the platform with the highest score for a page, ``GENERIC`` if none is high enough."""
    text = searchable_markup(page)
    scores = {platform: platform.match_score(text) for platform in PLATFORMS}
    best = max(scores, key=lambda platform: scores[platform])
    return best if scores[best] >= MIN_PLATFORM_SCORE else GENERIC


def platform_named(name: str | None) -> Platform:
    """Return the platform with that name, ``GENERIC`` for None. Raises UsageError if unknown."""
    named = {platform.name: platform for platform in (GENERIC, *PLATFORMS)}
    if (name or GENERIC.name) not in named:
        raise UsageError(f"unknown platform {name!r}: choose one of {', '.join(sorted(named))}")
    return named[name or GENERIC.name]
