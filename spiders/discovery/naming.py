"""What a site calls itself: it changes when somebody else has taken the address over."""

from __future__ import annotations

import re

from pipelines.page import Page
from spiders.discovery.document import SPACES, parse

LONGEST = 200
"""Letters of a name that are kept."""


def site_name(page: Page) -> str | None:
    """The name that a home page gives its site: Open Graph's, else the title; None without one."""
    root = parse(page)
    if root is None:
        return None
    named = root.xpath("//meta[@property='og:site_name']/@content | //head/title/text()")
    names = (
        [SPACES.sub(" ", str(name)).strip() for name in named] if isinstance(named, list) else []
    )
    name = next((name for name in names if re.search(r"\w{2}", name)), None)
    return name[:LONGEST] if name else None
