"""All the doubles, for the tests that walk every platform and every way of paging."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from spiders.platforms import Platform
from tests.portals.dotnetnuke import DotNetNukePortal
from tests.portals.drupal import DrupalPortal
from tests.portals.joomla import JoomlaPortal
from tests.portals.liferay import LiferayPortal
from tests.portals.nukeviet import NukeVietPortal
from tests.portals.portal import Portal
from tests.portals.schemes import (
    SCHEMES,
    FormPortal,
    MoreButtonPortal,
    NextFormPortal,
    QueryPortal,
    RelNextPortal,
    SchemePortal,
)
from tests.portals.sharepoint import SharePointPortal
from tests.portals.vccorp import VCCorpPortal
from tests.portals.vnptnews import VnptNewsPortal
from tests.portals.wordpress import WordPressPortal

PLATFORM_PORTALS: dict[str, type[Portal]] = {
    portal.platform: portal
    for portal in (
        NukeVietPortal,
        VnptNewsPortal,
        SharePointPortal,
        LiferayPortal,
        DotNetNukePortal,
        WordPressPortal,
        JoomlaPortal,
        DrupalPortal,
        VCCorpPortal,
    )
}


def without_double(platforms: Iterable[Platform]) -> list[str]:
    """For each platform that no double serves, a sentence that says which and what to add."""
    return [
        f"the platform {platform.name!r} ({type(platform).__name__}) has no double: write"
        f" tests/portals/{type(platform).__module__.rpartition('.')[2]}.py with a Portal whose"
        f" `platform` is {platform.name!r}, and add it to PLATFORM_PORTALS in"
        " tests/portals/catalogue.py"
        for platform in platforms
        if platform.name not in PLATFORM_PORTALS
    ]


PAGING_PORTALS: dict[str, Callable[[], Portal]] = {
    **{scheme: lambda scheme=scheme: SchemePortal(scheme) for scheme in SCHEMES},  # type: ignore[misc]
    "query": QueryPortal,
    "button": MoreButtonPortal,
    "rel=next": RelNextPortal,
    "postback": FormPortal,
    "postback, next only": NextFormPortal,
}
