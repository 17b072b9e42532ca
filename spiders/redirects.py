"""Redirects, judged one hop at a time: where an answer sends us, and whether we go there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipelines.page import Outcome
from scraper.addresses import belongs, urljoin_safely
from scraper.sources import Source
from spiders.answers import End
from spiders.discovery.traps import trap

SMALL = 4096
"""Bytes up to which a page can be nothing but a signpost to another one."""

REFRESH = re.compile(
    rb"<meta\b[^>]*http-equiv=[\"']?refresh[^>]*content=[\"']?\s*[0-5]\s*;\s*url=[\"']?([^\"'>\s]+)"
    rb"|\blocation(?:\.href)?\s*=\s*[\"']([^\"']+)[\"']"
    rb"|\blocation\.(?:replace|assign)\(\s*[\"']([^\"']+)[\"']",
    re.I,
)
LINK = re.compile(rb"<a\b[^>]*\bhref", re.I)

REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Follow:
    """The page has this address now."""

    url: str


@dataclass(frozen=True, slots=True)
class Way:
    """The way that a request has come.

    ``first`` is the address asked first, ``present`` the one that answered, ``asked`` all
    that were asked so far; ``limit`` is how many hops are allowed.
    """

    first: str
    present: str
    asked: tuple[str, ...]
    limit: int


def judge_redirect(location: str | None, way: Way, source: Source) -> Follow | End:
    """Whether a redirect leads to the page that was asked for.

    A redirect to the home page, which many systems give for an address they do not know, is a
    soft 404. One that leaves the site is refused: what it shows is somebody else's.
    """
    if not location:
        return End(Outcome.FAILED, "redirect_without_location")
    target = urljoin_safely(way.present, location).partition("#")[0]
    if scheme_of(target) not in ("http", "https"):
        return End(Outcome.REFUSED, "scheme")
    if target in way.asked or len(way.asked) > way.limit:
        return End(Outcome.FAILED, "redirect_loop")
    if not belongs(target, source):
        return End(Outcome.REFUSED, "offsite")
    if is_home(target) and not is_home(way.first):
        return End(Outcome.SOFT_404, "redirect_home")
    if (reason := trap(target)) and not trap(way.first):
        return End(Outcome.REFUSED, reason)
    return Follow(target)


def signpost(body: bytes) -> str | None:
    """Where a page leads that holds nothing but a refresh or a line of script, else None.

    Many portals greet so at their root, in place of a redirect.
    """
    if len(body) > SMALL or LINK.search(body):
        return None
    found = REFRESH.search(body)
    place = next(filter(None, found.groups()), None) if found else None
    return None if place is None else place.decode("utf-8", "replace")


def scheme_of(url: str) -> str:
    """The scheme of an address, lower case; empty where it has none or is broken."""
    try:
        return urlsplit(url).scheme.lower()
    except ValueError:
        return ""


def is_home(url: str) -> bool:
    """Whether an address is a site's front door: its root, or an index file there."""
    parts = urlsplit(url)
    path = parts.path.lower().strip("/")
    return not parts.query and path in ("", "index.php", "index.html", "index.htm", "default.aspx")
