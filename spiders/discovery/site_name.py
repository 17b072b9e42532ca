"""What a site calls itself: it changes when somebody else has taken the address over."""

from __future__ import annotations

import re
from itertools import islice

from pipelines.items import Page
from spiders.discovery.document import SPACES, parse

MAX_NAME_CHARS = 200
"""Letters of a name that are kept."""

MAX_TITLES = 100
"""Titles of one page that are looked at."""


def site_name(page: Page) -> str | None:
    """The name that a home page gives its site: Open Graph's, else the title; None without one."""
    root = parse(page)
    if root is None:
        return None
    declared = root.iterfind(".//meta[@property='og:site_name']")
    given = [*(meta.get("content") or "" for meta in islice(declared, MAX_TITLES))]
    given += [title.text or "" for title in islice(root.iterfind(".//head/title"), MAX_TITLES)]
    names = [SPACES.sub(" ", name[: MAX_NAME_CHARS * 10]).strip() for name in given]
    name = next((name for name in names if re.search(r"\w{2}", name)), None)
    return name[:MAX_NAME_CHARS] if name else None
