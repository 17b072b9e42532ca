"""What an answer, or the lack of one, means for the address that was asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

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
from spiders.http.headers import HeadersTooLargeError
from spiders.http.hosts import retry_after
from spiders.limits import Limits


@dataclass(frozen=True, slots=True)
class Done:
    """The address has found its end in this run."""

    outcome: Outcome
    reason: str | None


@dataclass(frozen=True, slots=True)
class Retry:
    """It may go better a little later; if it never does, the address failed for this reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class Backoff:
    """The host asks for so many seconds of patience; the address is asked again after them."""

    reason: str
    seconds: float


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
"""The reason where a connection was refused, since it led to an address that is not public."""

MAX_CHALLENGE_BYTES = 16_384
"""Bytes up to which a page can be nothing but a gate; a page of news is larger."""

SIGNATURES = (
    b"%PDF-",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"Rar!",
)
"""How PDF, Office documents old and new, pictures and archives begin."""

FILES = ("image/", "video/", "audio/", "application/pdf", "application/msword", "application/vnd.")

FEW_WORDS = 1000
"""Bytes of text that a gate shows at most; a form with a captcha below an article shows more."""

HIDDEN = re.compile(rb"<(?:(script|style|noscript)\b|!--)")
MARKUP = re.compile(rb"<[^<>]*>|\s+")
"""What a reader does not see of a page: what opens a part that is hidden, and any other tag."""

COOKIE_CHALLENGE = re.compile(rb"document\.cookie\s{0,20}=[^;]{0,200}?[\"'][^\"'=]{1,100}=", re.I)
RELOADS = re.compile(
    rb"location\.(reload|href|replace)|location\s*=|http-equiv=[\"']?refresh", re.I
)
CHALLENGE = re.compile(
    rb"cf-chl|challenge-platform|cf_captcha|g-recaptcha|h-captcha|data-sitekey|/captcha[./?\"']"
    rb"|Just a moment\.\.\.|Attention Required!|Checking your browser",
    re.I,
)
HTML_END = re.compile(rb"</\s*(html|body)\s*>", re.I)
HTML_START = re.compile(rb"<!doctype html|<html", re.I)
CONTAINER = re.compile(rb"<(/?)(?:div|article|section|main|table|ul|ol|form)\b", re.I)
"""Elements whose end tag cannot be omitted."""


def decide_answer(page: Page, now: datetime, limits: Limits, is_partial: bool) -> Decision | None:
    """What an answer means by its status and its looks; None where the page is to be read.

    Redirects (3xx) are judged elsewhere. ``is_partial`` tells that the connection was closed
    without a length: the page may be whole or not.
    """
    if 200 <= page.status < 300:
        return _judge_body(page, is_partial)
    return decide_status(page.status, page.headers.get("retry-after"), now, limits)


def decide_status(status: int, wait: str | None, now: datetime, limits: Limits) -> Decision:
    """What an answer without a page means; ``wait`` is its ``Retry-After``."""
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
    """What a request that brought no answer means."""
    causes = list(_causes(failure.value))
    for kind, decision in FAILURES:
        if any(isinstance(cause, kind) for cause in causes):
            return decision
    return Retry("tls" if any(map(_names_tls, causes)) else "connect")


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
    """Whether an HTML page ends in its midst, whatever length was announced.

    The end tags of html and body can be omitted: where the length was announced, a container must
    be left open too. A server that ran out of time or a cache of half a page announces the length
    of what it has.
    """
    if not HTML_START.search(body[:2048]) or HTML_END.search(body):
        return False
    return is_partial or sum(-1 if end else 1 for end in CONTAINER.findall(body)) > 0


def _shown_bytes(body: bytes) -> int:
    """Bytes of text that a reader sees; a part that is never closed hides nothing."""
    lower, shown, start = body.lower(), b"", 0
    while opening := HIDDEN.search(lower, start):
        end = lower.find(b"</" + opening[1] if opening[1] else b"-->", opening.end())
        if end == -1:
            break
        shown += body[start : opening.start()]
        start = end + len(b"-->") if not opening[1] else end
    return len(MARKUP.sub(b"", shown + body[start:]))


def is_document(page: Page) -> bool:
    """Whether an answer is a file to read outside a browser, by its first bytes or its type."""
    kind = page.headers.get("content-type", "").partition(";")[0].strip().lower()
    return page.body.startswith(SIGNATURES) or kind.startswith(FILES)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what brought it about, which Twisted buries under the whole request's."""
    while error is not None:
        yield error
        yield from (reason.value for reason in getattr(error, "reasons", []))
        error = error.__cause__


def _names_tls(error: BaseException) -> bool:
    module = type(error).__module__
    return isinstance(error, SSLError) or module.startswith(("OpenSSL", "service_identity"))
