"""Requests for lines of an index, and what the answers that have none mean."""

from __future__ import annotations

import logging
from typing import Protocol

from scraper.recovery.capture_requests import out_of_reach
from scraper.recovery.http_client import (
    Answer,
    AnswerTooLargeError,
    ArchiveClient,
    HeaderFields,
    UnansweredError,
    header_value,
)
from scraper.recovery.pace import RequestKind
from scraper.recovery.web_archive import IndexBatch, ServiceError

logger = logging.getLogger(__name__)

MAX_INDEX_BYTES = 64_000_000
"""The largest answer of an index that comes in pages; real ones have 8 MB or less."""

BATCH_LINES = 1000
"""How many lines a batch has at most."""

REFUSED_STATUSES = frozenset({400, 403, 414, 451})
"""By these statuses, an index refuses one query: a malformed address, or an excluded site."""

REFUSED = IndexBatch([], 1, None)
"""The batch of a query that the index refuses: it counts as one line that could not be read."""


class _Head(Protocol):
    @property
    def status(self) -> int: ...
    @property
    def fields(self) -> HeaderFields: ...


def index_answer(client: ArchiveClient, url: str) -> Answer:
    """Return the whole answer of an index. Raises ServiceError."""
    try:
        return client.get(RequestKind.INDEX, url, MAX_INDEX_BYTES)
    except UnansweredError as error:
        raise out_of_reach(client, error) from error
    except AnswerTooLargeError as error:
        raise ServiceError(str(error), None) from error


def is_refused(client: ArchiveClient, url: str, head: _Head) -> bool:
    """Whether an index refuses this query only; it is logged.

    Raises ServiceError for an answer that is not one of an index.
    """
    if head.status in REFUSED_STATUSES:
        logger.warning(
            "archive query refused service=%s status=%d url=%s",
            client.pace.service,
            head.status,
            url,
        )
        return True
    if head.status != 200 or header_value(head.fields, "Content-Type").startswith("text/html"):
        what = f"status {head.status}" if head.status != 200 else "a web page"
        raise ServiceError(
            f"{client.pace.service} is not an index of a web archive: {url} answered with {what};"
            " check the address of the collection",
            None,
        )
    return False
