"""The host under which the files of an article are stored.

The articles of some sources are stored under another host than that of their pages, for example
because a demonstration has another port after each start. Their files are stored under that host,
too, so that they are found again.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from pipelines.article import Article
from scraper.base.source import Source
from scraper.base.urls import site_address


def filed_under(source: Source, served_at: str | None) -> str | None:
    """Return the base URL under which the files of a source's page are stored, None for its own.

    The entry of a source can be gone, and ``filed_under`` with it. But a page that came from a host
    of the user's own, while its source is a public site, was filed under that site.
    """
    if source.filed_under or served_at is None or source.is_own:
        return source.filed_under
    is_own = source.model_copy(update={"home_url": served_at}).is_own
    return source.home_url if is_own else None


def set_file_hosts(article: Article, served_at: str | None, filed_under: str | None) -> None:
    """Set the host of an article's files to that of ``filed_under``.

    Only files at the host of ``served_at``, the URL of the page, are moved. Nothing changes if
    either URL is None.
    """
    if served_at is None or filed_under is None:
        return
    article.photos = [
        replace(photo, url=photo.url and _moved(photo.url, served_at, filed_under))
        for photo in article.photos
    ]
    article.attachments = [
        replace(each, url=_moved(each.url, served_at, filed_under)) for each in article.attachments
    ]


def _moved(url: str, served_at: str, filed_under: str) -> str:
    try:
        parts, filed = urlsplit(url), urlsplit(filed_under)
        if site_address(parts) != site_address(urlsplit(served_at)):
            return url
    except ValueError:
        return url
    return parts._replace(scheme=filed.scheme, netloc=filed.netloc).geturl()
