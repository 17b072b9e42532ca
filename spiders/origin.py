"""Where a source's pages are filed, and where they are served: not always the same place.

A demo gets another port on each start and a portal moves to another host; what is known of its
pages must stay found.
"""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from scraper.base.source import Source
from spiders.http.hosts import host_name


def to_stored_url(url: str, source: Source) -> str:
    """The address under which a page found at ``url`` is kept in ``pages``.

    An address at the home page's own host, in whatever scheme and with or without ``www.``, is
    put where the source is filed; one at an alias stays.
    """
    if host_name(url) != host_name(source.home_url):
        return url
    return _moved(url, source.filed_under or source.home_url)


def to_fetch_url(url: str, source: Source, origin: str) -> str:
    """The address at which a page that is kept under ``url`` is to be asked for.

    ``origin`` is where the home page answers: its pages, too, would be sent on to that scheme and
    host, at the cost of a request each.
    """
    if host_name(url) != host_name(source.filed_under or source.home_url):
        return url
    return _moved(url, origin)


def _moved(url: str, origin: str) -> str:
    place: SplitResult = urlsplit(origin)
    return urlsplit(url)._replace(scheme=place.scheme, netloc=place.netloc).geturl()
