"""Decide what a response, a redirect or a failure means for the URL that was requested."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from lxml import etree
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from twisted.internet.error import SSLError
from twisted.python.failure import Failure

from pipelines.items import Outcome, Page
from scraper.archive.decoding import TooLargeError, TruncatedError
from scraper.base.source import Source
from scraper.base.urls import belongs, is_home, scheme_of, urljoin_safely
from spiders.discovery.html import parse, shown_texts
from spiders.discovery.traps import trap
from spiders.http.headers import HeadersTooLargeError
from spiders.http.hosts import retry_after
from spiders.limits import Limits


@dataclass(frozen=True, slots=True)
class Done:
    """The URL has its outcome in this run."""

    outcome: Outcome
    reason: str | None


@dataclass(frozen=True, slots=True)
class Retry:
    """The URL is requested again after a while. ``reason`` is recorded if all tries fail."""

    reason: str


@dataclass(frozen=True, slots=True)
class Backoff:
    """The host requested a pause of so many seconds. The URL is requested again after it."""

    reason: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Redirect:
    """The page has moved to ``url``, where it is requested."""

    url: str


@dataclass(frozen=True, slots=True)
class RedirectChain:
    """The redirects of a request so far.

    ``first`` is the URL requested first, ``present`` the one that answered, and ``asked`` holds all
    URLs requested so far. ``limit`` is the number of redirects that are followed.
    """

    first: str
    present: str
    asked: tuple[str, ...]
    limit: int


Decision = Done | Retry | Backoff

BLOCKING = (401, 402, 403, 406, 407, 451)
TRANSIENT = (408, 421, 425)

FAILURES: tuple[tuple[type[BaseException], Decision], ...] = (
    (CannotResolveHostError, Retry("dns")),
    (DownloadConnectionRefusedError, Retry("connect")),
    (DownloadTimeoutError, Retry("timeout")),
    (ResponseDataLossError, Retry("truncated")),
    (TruncatedError, Retry("truncated")),
    (TooLargeError, Done(Outcome.REFUSED, "too_large")),
    (HeadersTooLargeError, Done(Outcome.REFUSED, "too_large")),
    (DownloadCancelledError, Done(Outcome.REFUSED, "too_large")),
    (UnsupportedURLSchemeError, Done(Outcome.REFUSED, "scheme")),
)

PRIVATE_ADDRESS = "private_address"
"""The reason of a request that was refused because its host has a private IP address."""

MAX_CHALLENGE_BYTES = 16_384
"""Largest page that can be a bot challenge. Pages with news are larger."""

SIGNATURES = (
    b"%PDF-",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"Rar!",
)
"""First bytes of PDF, Office documents (new and old format), images and archives."""

FILES = ("image/", "video/", "audio/", "application/pdf", "application/msword", "application/vnd.")

FEW_WORDS = 1000
"""Most bytes of text in a bot challenge. An article with a captcha in its form has more."""

HIDDEN = re.compile(rb"<(?:(script|style|noscript)\b|!--)")
MARKUP = re.compile(rb"<[^<>]*>|\s+")
"""What a reader does not see: ``HIDDEN`` opens a hidden part, ``MARKUP`` is tags and spaces."""

COOKIE_CHALLENGE = re.compile(rb"document\.cookie\s{0,20}=[^;]{0,200}?[\"'][^\"'=]{1,100}=", re.I)
RELOADS = re.compile(
    rb"location\.(reload|href|replace)|location\s*=|http-equiv=[\"']?refresh", re.I
)
CHALLENGE = re.compile(
    rb"cf-chl|challenge-platform|cf_captcha|g-recaptcha|h-captcha|data-sitekey|/captcha[./?\"']"
    rb"|Just a moment\.\.\.|Attention Required!|Checking your browser",
    re.I,
)
MAX_REFRESH_PAGE_BYTES = 4096
"""Largest page that can be a mere redirect to another one."""

MAX_TEXT_CHARS = 200
"""Most characters of text in such a page, for example "Bạn đang được chuyển đến…"."""

REFRESH = re.compile(r"\s*[0-5](?:\.\d{0,3})?\s*[;,]\s*(?:url\s*=\s*)?[\"']?([^\"'>\s]+)", re.I)
SCRIPTED = re.compile(
    rb"\blocation(?:\.href)?\s*=\s*[\"']([^\"']+)[\"']"
    rb"|\blocation\.(?:replace|assign)\(\s*[\"']([^\"']+)[\"']",
    re.I,
)
LINK = re.compile(rb"<a\b[^<>]*\bhref", re.I)

REDIRECTS = frozenset({301, 302, 303, 307, 308})

HTML_END = re.compile(rb"</\s*(html|body)\s*>", re.I)
HTML_START = re.compile(rb"<!doctype html|<html", re.I)
CONTAINER = re.compile(rb"<(/?)(?:div|article|section|main|table|ul|ol|form)\b", re.I)
"""Elements whose end tag cannot be omitted."""


def decide_answer(page: Page, now: datetime, limits: Limits, is_partial: bool) -> Decision | None:
    """Decide on a response by its status and body. Returns None if the page has to be read.

    Redirects (3xx) are left to ``decide_redirect``. ``is_partial`` is true if the server closed the
    connection without having sent a length, so that the body may be incomplete.
    """
    if 200 <= page.status < 300:
        return _judge_body(page, is_partial)
    return decide_status(page.status, page.headers.get("retry-after"), now, limits)


def decide_status(status: int, wait: str | None, now: datetime, limits: Limits) -> Decision:
    """Decide on a response without a page. ``wait`` is its ``Retry-After``."""
    reason = f"http_{status}"
    if status in (404, 410):
        return Done(Outcome.GONE, reason)
    if status in BLOCKING:
        return Done(Outcome.BLOCKED, reason)
    if status == 429 or (status == 503 and wait is not None):
        return Backoff(reason, retry_after(wait, now, limits.usual_pause))
    if status >= 500 or status in TRANSIENT:
        return Retry(reason)
    return Done(Outcome.FAILED, reason)


def decide_failure(failure: Failure) -> Decision:
    """Decide on a request that failed without a response."""
    causes = list(_causes(failure.value))
    for kind, decision in FAILURES:
        if any(isinstance(cause, kind) for cause in causes):
            return decision
    return Retry("tls" if any(map(_names_tls, causes)) else "connect")


def decide_redirect(location: str | None, way: RedirectChain, source: Source) -> Redirect | Done:
    """Decide whether a redirect is followed.

    A redirect to the home page is a soft 404: many systems send it for unknown URLs. A redirect to
    another site is refused. Returns the redirect to follow, or the outcome of the URL.
    """
    target = redirect_target(location, way)
    if isinstance(target, Done):
        return target
    if not belongs(target, source):
        return Done(Outcome.REFUSED, "offsite")
    if is_home(target) and not is_home(way.first):
        return Done(Outcome.SOFT_404, "redirect_home")
    if (reason := trap(target)) and not trap(way.first):
        return Done(Outcome.REFUSED, reason)
    return Redirect(target)


def redirect_target(location: str | None, way: RedirectChain) -> str | Done:
    """Return the URL to which a response redirects, or the outcome if there is none to follow."""
    if not location:
        return Done(Outcome.FAILED, "redirect_without_location")
    target = urljoin_safely(way.present, location).partition("#")[0]
    if scheme_of(target) not in ("http", "https"):
        return Done(Outcome.REFUSED, "scheme")
    if target in way.asked or len(way.asked) > way.limit:
        return Done(Outcome.FAILED, "redirect_loop")
    return target


def meta_refresh_target(page: Page) -> str | None:
    """Return the target of a page that only redirects, by a meta refresh or by script, or None.

    Many portals have such a page at their root, and some redirect old articles this way. A page
    that sets a cookie is a bot challenge and has no target. A refresh inside ``noscript`` does not
    count.
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
    """Return the number of characters of the visible text of a page."""
    return sum(len(text) for _, text in shown_texts(root))


def _judge_body(page: Page, is_partial: bool) -> Decision | None:
    if _breaks_off(page.body, is_partial):
        return Retry("truncated")
    if is_document(page):
        return Done(Outcome.NOT_ARTICLE, "document")
    if len(page.body) > MAX_CHALLENGE_BYTES or _shown_bytes(page.body) > FEW_WORDS:
        return None
    if COOKIE_CHALLENGE.search(page.body) and RELOADS.search(page.body):
        return Done(Outcome.BLOCKED, "cookie_gate")
    if CHALLENGE.search(page.body):
        return Done(Outcome.BLOCKED, "challenge")
    return None


def _breaks_off(body: bytes, is_partial: bool) -> bool:
    """Whether an HTML page is cut off.

    The end tags of html and body are optional. If the server sent a length, a page without them is
    cut off only if a container is left open, too. A server that timed out, or a cache of an
    incomplete page, sends the length of the part that it has.
    """
    if not HTML_START.search(body[:2048]) or HTML_END.search(body):
        return False
    return is_partial or sum(-1 if end else 1 for end in CONTAINER.findall(body)) > 0


def _shown_bytes(body: bytes) -> int:
    """Return the number of bytes of visible text. A hidden part without an end tag is visible."""
    lower, shown, start = body.lower(), b"", 0
    while opening := HIDDEN.search(lower, start):
        end = lower.find(b"</" + opening[1] if opening[1] else b"-->", opening.end())
        if end == -1:
            break
        shown += body[start : opening.start()]
        start = end + len(b"-->") if not opening[1] else end
    return len(MARKUP.sub(b"", shown + body[start:]))


def is_document(page: Page) -> bool:
    """Whether a response is a file and not a web page, by its first bytes or its content type."""
    kind = page.headers.get("content-type", "").partition(";")[0].strip().lower()
    return page.body.startswith(SIGNATURES) or kind.startswith(FILES)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and its causes. Twisted wraps the causes in the error of the request."""
    while error is not None:
        yield error
        yield from (reason.value for reason in getattr(error, "reasons", []))
        error = error.__cause__


def _names_tls(error: BaseException) -> bool:
    module = type(error).__module__
    return isinstance(error, SSLError) or module.startswith(("OpenSSL", "service_identity"))
