"""The web archives that a user can name, and their clients."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from urllib.parse import urlsplit

from sqlite_utils import Database

from scraper.base.errors import UsageError, did_you_mean
from scraper.base.source import is_own_host
from scraper.base.urls import normal_host, scheme_of
from scraper.base.web_archive_entry import ArchiveKind, WebArchiveEntry
from scraper.recovery import common_crawl, internet_archive
from scraper.recovery.common_crawl import CommonCrawl
from scraper.recovery.http_client import STOP_STATUSES, ArchiveClient
from scraper.recovery.internet_archive import InternetArchive
from scraper.recovery.pace import Clock, Pace, SystemClock
from scraper.recovery.pywb import Pywb
from scraper.recovery.web_archive import WebArchive
from scraper.store.nearest_names import nearest_names
from spiders.http.resolver import Endpoint, endpoint_of


@dataclass(frozen=True, slots=True)
class ArchiveService:
    """A web archive by its name, its protocol and its addresses, as in `WebArchiveEntry`.

    ``private`` are the endpoints that may have a private address, because the user named them.
    """

    name: str
    kind: ArchiveKind
    index: str
    captures: str
    private: frozenset[Endpoint] = frozenset()

    @property
    def is_public(self) -> bool:
        """Whether it belongs to others, who must be able to reach the user."""
        return not (is_own_host(self.index) and is_own_host(self.captures))


PUBLIC_SERVICES = (
    ArchiveService(
        "internet-archive", "internet-archive", internet_archive.INDEX, internet_archive.REPLAY
    ),
    ArchiveService("common-crawl", "common-crawl", common_crawl.INDEX, common_crawl.DATA),
)
"""The services that are asked if the user names none."""


def chosen_services(
    names: Sequence[str], configured: Iterable[WebArchiveEntry]
) -> list[ArchiveService]:
    """Return the services that a user names, the public ones if there are no names.

    A name is that of a public or configured service, or the address of a collection of pywb.
    Raises UsageError.
    """
    known = {service.name: service for service in PUBLIC_SERVICES}
    known |= {entry.name: _configured(entry) for entry in configured}
    wanted = dict.fromkeys(names or [service.name for service in PUBLIC_SERVICES])
    services = [
        _collection(name) if scheme_of(name) in ("http", "https") else _known(name, known)
        for name in wanted
    ]
    return list({service.name: service for service in services}.values())


def _known(name: str, known: dict[str, ArchiveService]) -> ArchiveService:
    if name in known:
        return known[name]
    near = nearest_names(name, [(each, each) for each in known])
    step = did_you_mean(near, f"name {', '.join(known)}, or the address of a collection of pywb")
    raise UsageError(f"no web archive is called `{name}`: {step}")


def _configured(entry: WebArchiveEntry) -> ArchiveService:
    private = frozenset({endpoint_of(entry.index), endpoint_of(entry.captures)})
    index = entry.index if entry.kind != "common-crawl" else _with_slash(entry.index)
    return ArchiveService(entry.name, entry.kind, index, _with_slash(entry.captures), private)


def _collection(address: str) -> ArchiveService:
    """Return the service of a collection of pywb by its address."""
    root = address.rstrip("/")
    try:
        parts = urlsplit(root)
        is_address = bool(normal_host(parts.hostname or "")) and (parts.port or 1) > 0
    except ValueError:
        is_address = False
    if not is_address or parts.query or parts.fragment or parts.username is not None:
        raise UsageError(
            f"`{address}` is no address of a collection: write it as http://host/collection/,"
            " without a query and without a password"
        )
    return ArchiveService(root, "pywb", f"{root}/cdx", f"{root}/", frozenset({endpoint_of(root)}))


def _with_slash(address: str) -> str:
    return address if address.endswith("/") else f"{address}/"


def user_agent(contact: str | None) -> str:
    """Return the User-Agent of the requests: that of the crawl."""
    agent = f"tinhuyen/{version('tinhuyen')}"
    return f"{agent} (+{contact})" if contact else agent


@contextmanager
def open_archive(
    service: ArchiveService, db: Database, contact: str | None, clock: Clock | None = None
) -> Iterator[WebArchive]:
    """Hold the client of a service open. Its pauses are stored in the database.

    Its methods must not be called inside a transaction of ``db``. ``clock`` is what waits.
    """
    stops = common_crawl.STOPS if service.kind == "common-crawl" else STOP_STATUSES
    pace = Pace(db, service.name, clock or SystemClock())
    client = ArchiveClient(pace, user_agent(contact), service.private, stops)
    try:
        yield CLIENTS[service.kind](service.name, service.index, service.captures, client)
    finally:
        client.close()


CLIENTS: dict[ArchiveKind, type[InternetArchive] | type[CommonCrawl] | type[Pywb]] = {
    "internet-archive": InternetArchive,
    "common-crawl": CommonCrawl,
    "pywb": Pywb,
}
