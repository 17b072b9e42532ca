"""Redirects, judged one hop at a time: where an answer sends us, and whether we go there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import etree

from pipelines.items import Outcome, Page
from scraper.base.source import Source
from scraper.base.urls import belongs, urljoin_safely
from spiders.discovery.document import parse, shown_texts
from spiders.discovery.traps import trap
from spiders.responses import Done

MAX_REFRESH_PAGE_BYTES = 4096
"""Bytes up to which a page can be nothing but a signpost to another one."""

MAX_TEXT_CHARS = 200
"""Characters of text that such a page may show: "Bạn đang được chuyển đến…"."""

REFRESH = re.compile(r"\s*[0-5](?:\.\d{0,3})?\s*[;,]\s*(?:url\s*=\s*)?[\"']?([^\"'>\s]+)", re.I)
SCRIPTED = re.compile(
    rb"\blocation(?:\.href)?\s*=\s*[\"']([^\"']+)[\"']"
    rb"|\blocation\.(?:replace|assign)\(\s*[\"']([^\"']+)[\"']",
    re.I,
)
LINK = re.compile(rb"<a\b[^<>]*\bhref", re.I)

REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Redirect:
    """The page has this address now."""

    url: str


@dataclass(frozen=True, slots=True)
class RedirectChain:
    """The way that a request has come.

    ``first`` is the address asked first, ``present`` the one that answered, ``asked`` all
    that were asked so far; ``limit`` is how many hops are allowed.
    """

    first: str
    present: str
    asked: tuple[str, ...]
    limit: int


def decide_redirect(location: str | None, way: RedirectChain, source: Source) -> Redirect | Done:
    """Whether a redirect leads to the page that was asked for.

    A redirect to the home page, which many systems give for an address they do not know, is a
    soft 404. One that leaves the site is refused: what it shows is somebody else's.
    """
    if not location:
        return Done(Outcome.FAILED, "redirect_without_location")
    target = urljoin_safely(way.present, location).partition("#")[0]
    if scheme_of(target) not in ("http", "https"):
        return Done(Outcome.REFUSED, "scheme")
    if target in way.asked or len(way.asked) > way.limit:
        return Done(Outcome.FAILED, "redirect_loop")
    if not belongs(target, source):
        return Done(Outcome.REFUSED, "offsite")
    if is_home(target) and not is_home(way.first):
        return Done(Outcome.SOFT_404, "redirect_home")
    if (reason := trap(target)) and not trap(way.first):
        return Done(Outcome.REFUSED, reason)
    return Redirect(target)


def meta_refresh_target(page: Page) -> str | None:
    """Where a page leads that holds nothing but a refresh or a line of script, else None.

    Many portals greet so at their root, and some forward old articles so, in place of a redirect.
    A page that sets a cookie first is a gate, and a refresh inside ``noscript`` is not for us.
    """
    if (
        len(page.body) > MAX_REFRESH_PAGE_BYTES
        or LINK.search(page.body)
        or b"document.cookie" in page.body
    ):
        return None
    root = parse(page)
    if root is None or _shown_chars(root) > MAX_TEXT_CHARS:
        return None
    for meta in root.iter("meta"):
        is_refresh = (meta.get("http-equiv") or "").strip().lower() == "refresh"
        if is_refresh and next(meta.iterancestors("noscript"), None) is None:
            found = REFRESH.match(meta.get("content") or "")
            return found[1] if found else None
    scripted = SCRIPTED.search(page.body)
    place = next(filter(None, scripted.groups()), None) if scripted else None
    return None if place is None else place.decode("utf-8", "replace")


def _shown_chars(root: etree._Element) -> int:
    """Characters of the texts of a page that a reader sees."""
    return sum(len(text) for _, text in shown_texts(root))


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
