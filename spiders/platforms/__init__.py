"""One small class for each system that portals run on; the generic one serves all others."""

from __future__ import annotations

from pipelines.items import Page
from scraper.base.errors import UsageError
from spiders.platforms.base import Platform, text_of_marks
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
"""The score of ``Platform.recognise`` from which a page counts as the platform's."""

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
    """The platform that the page comes from, ``GENERIC`` where no class recognises it."""
    text = text_of_marks(page)
    scores = {platform: platform.recognise(text) for platform in PLATFORMS}
    best = max(scores, key=lambda platform: scores[platform])
    return best if scores[best] >= MIN_PLATFORM_SCORE else GENERIC


def platform_named(name: str | None) -> Platform:
    """The platform of that name, ``GENERIC`` for None; raises UsageError for an unknown one."""
    named = {platform.name: platform for platform in (GENERIC, *PLATFORMS)}
    if (name or GENERIC.name) not in named:
        raise UsageError(f"there is no platform {name!r}; there are {', '.join(sorted(named))}")
    return named[name or GENERIC.name]
