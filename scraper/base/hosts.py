"""The names of hosts: what shares a pause, and which hosts a source is asked at."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import urlsplit

from scraper.base.source import PAGE_PLACEHOLDER, Source
from scraper.base.urls import DEFAULT_PORTS, site_address, site_addresses, urljoin_safely


def host_name(url: str) -> str:
    """Return the name by which requests share a delay: the host, with a port if it is unusual.

    http and https, with and without ``www.``, are one host. An invalid port is ignored.
    """
    return _named(*site_address(urlsplit(url)))


@lru_cache(maxsize=8192)
def hosts_of(source: Source) -> frozenset[str]:
    """Return the hosts at which a source may be asked, as its entry names them.

    These are the hosts of its pages (home page, aliases, ``filed_under``), those of its declared
    lists, feeds, sitemaps and requests of scripts, and its ``file_hosts``.
    """
    own = (_named(*address) for address in site_addresses(source))
    return frozenset(filter(None, [*own, *_declared_hosts(source)]))


def _declared_hosts(source: Source) -> Iterator[str]:
    requests = [url for more in source.more for url in (more.url, more.list)]
    lists = [page.url for page in source.lists]
    for url in (*lists, *source.feeds, *source.sitemaps, *requests):
        yield _host_of(urljoin_safely(source.home_url, url.replace(PAGE_PLACEHOLDER, "2")))
    for host in source.file_hosts:
        yield _host_of(f"https://{host}/")


def _host_of(url: str) -> str:
    """Return the name of the host of a URL, or an empty string if it is malformed."""
    try:
        return host_name(url)
    except ValueError:
        return ""


def _named(name: str, port: int | None) -> str:
    return name if port in (None, *DEFAULT_PORTS.values()) else f"{name}:{port}"
