"""The classes of pages that take turns in a run, so that none of them blocks the others."""

from __future__ import annotations

from enum import StrEnum


class Turn(StrEnum):
    """Why a page is fetched, which decides when: the column ``turn`` of ``pages``.

    ``home`` goes before everything. ``article`` are pages that a list or a feed links to,
    ``backlog`` those that only a sitemap names, ``recheck`` old stored articles that are fetched
    again, ``guess`` feeds and sitemaps at default paths, which no page links to.
    """

    HOME = "home"
    ARTICLE = "article"
    LISTING = "listing"
    FEED = "feed"
    SITEMAP = "sitemap"
    BACKLOG = "backlog"
    RECHECK = "recheck"
    GUESS = "guess"


def usual_turn(kind: str) -> Turn:
    """The turn of a page of this kind about which nothing else is known."""
    return Turn.ARTICLE if kind == "unknown" else Turn(kind)
