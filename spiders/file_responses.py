"""Decide what a response or a redirect means for the photo or attachment that was requested."""

from __future__ import annotations

import re
from datetime import datetime

from pipelines.items import Outcome, Page
from scraper.base.urls import is_home
from scraper.store.files import FileKind
from spiders.limits import Limits
from spiders.responses import (
    MAX_CHALLENGE_BYTES,
    Decision,
    Done,
    Redirect,
    RedirectChain,
    decide_answer,
    decide_status,
    redirect_target,
)

HTML_INSTEAD = "html_instead"
"""The reason of a file in whose place the server sent a web page."""

MAX_START_BYTES = 4096
"""First bytes that are searched for the signs of a web page."""

HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+(?:<\?xml[^>]{0,200}>\s*+)?(?:<!--.{0,1000}?-->\s*+){0,3}"
    rb"<(?:!doctype\s+html|html\b|head\b|body\b|script\b|title\b|meta\b)",
    re.I | re.S,
)
WORD = b"urn:schemas-microsoft-com:office"
"""A name in documents that Word saved as a web page. Portals offer such files as ``.doc``."""


def decide_file_answer(
    page: Page, kind: FileKind, now: datetime, limits: Limits
) -> Decision | None:
    """Decide on a response by its status and body. Returns None if it is the file.

    Redirects (3xx) are left to ``decide_file_redirect``.
    """
    if not 200 <= page.status < 300:
        return decide_status(page.status, page.headers.get("retry-after"), now, limits)
    if not page.body:
        return Done(Outcome.BROKEN, "empty")
    if not is_web_page(page.body, kind):
        return None
    if len(page.body) <= MAX_CHALLENGE_BYTES:
        decision = decide_answer(page, now, limits, is_partial=False)
        if isinstance(decision, Done) and decision.outcome is Outcome.BLOCKED:
            return decision
    return Done(Outcome.BROKEN, HTML_INSTEAD)


def decide_file_redirect(location: str | None, way: RedirectChain) -> Redirect | Done:
    """Decide whether a redirect is followed: to any host, but not to a home page.

    Many systems redirect the URLs of deleted files to the home page.
    """
    target = redirect_target(location, way)
    if isinstance(target, Done):
        return target
    if is_home(target) and not is_home(way.first):
        return Done(Outcome.GONE, "redirect_home")
    return Redirect(target)


def is_web_page(body: bytes, kind: FileKind) -> bool:
    """Whether a body is a web page and no file of this kind."""
    start = body[:MAX_START_BYTES]
    is_document = kind is FileKind.ATTACHMENT and WORD in start
    return HTML.match(start) is not None and not is_document
