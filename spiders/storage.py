"""What a crawl does where its database or archive take nothing more: it ends, and loses nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from socket import gaierror

from scrapy.exceptions import CloseSpider


def is_about_storage(error: BaseException | None) -> bool:
    """Whether database or archive take nothing more: a full disk, a lasting lock."""
    is_network = isinstance(error, (ConnectionError, TimeoutError, gaierror))
    return isinstance(error, (sqlite3.Error, OSError)) and not is_network


@contextmanager
def ending_the_crawl() -> Iterator[None]:
    """End the crawl where the database fails: what could not be settled stays pending.

    Raises CloseSpider, which Scrapy heeds in callbacks.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise CloseSpider(f"storage: {error}") from error
