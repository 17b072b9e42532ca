"""Serves all hosts of the simulated country: virtual hosts at some loopback addresses."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Self
from urllib.parse import parse_qsl
from zlib import crc32

from scraper.demo.server import Answer, Request
from tests.country.places import Country, Host, Kind
from tests.country.sites import Sites
from tests.portals.certificates import Authority

SCHEMES = ("http", "https")
ADDRESSES = 48
"""Loopback addresses that the hosts share, as portals of a province share servers."""


@dataclass(frozen=True, slots=True)
class HostRequest:
    """A request to a host, and when it began and ended, in monotonic seconds."""

    host: str
    scheme: str
    path: str
    began: float
    ended: float


class CountryServer:
    """A context manager that serves a country; ``log`` are the requests.

    ``folder`` gets the certificate of all hosts; each answer takes ``latency`` seconds at least.
    `directory` says to the resolver of a crawl at
    which port a name is served.
    """

    def __init__(self, country: Country, folder: Path, latency: float = 0.0) -> None:
        self.country = country
        self.latency = latency
        self.sites = Sites(country)
        self.folder = folder
        self.log: list[HostRequest] = []

    def __enter__(self) -> Self:
        self._closed = _bound("127.0.0.1")
        self._sockets = {
            scheme: [_listening(f"127.30.0.{n}") for n in range(1, ADDRESSES + 1)]
            for scheme in SCHEMES
        }
        self._loop = asyncio.new_event_loop()
        started = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(started,), daemon=True)
        self._thread.start()
        started.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._closed.close()

    @property
    def trusted(self) -> Path:
        """The file of the certificate by which those of all hosts are verified."""
        return self.folder / "authority.pem"

    def take_log(self) -> list[HostRequest]:
        """Return the requests so far and begin a new log."""
        taken, self.log = self.log, []
        return taken

    def directory(self) -> dict[str, object]:
        """Return where names are served: addresses and ports by scheme, and zones with any name."""
        closed = self._closed.getsockname()
        names = {
            host.name: {
                scheme: self._place(host.name, scheme) if self._serves(host, scheme) else closed
                for scheme in SCHEMES
            }
            for host in self.country.hosts.values()
        }
        zones = {
            zone: {scheme: self._place(zone, scheme) for scheme in SCHEMES}
            for zone in self.country.wildcards
        }
        return {"names": names, "zones": zones}

    def _place(self, name: str, scheme: str) -> tuple[str, int]:
        """Return the address and port that serve a name.

        Half of the hosts of a zone with any name are served where all its other names are.
        """
        zone = next((zone for zone in self.country.wildcards if name.endswith(zone)), name)
        shares = crc32(name.encode()) % 2 == 0
        number = crc32((zone if shares else name).encode()) % ADDRESSES
        address: tuple[str, int] = self._sockets[scheme][number].getsockname()
        return address

    @staticmethod
    def _serves(host: Host, scheme: str) -> bool:
        return scheme in host.schemes and host.kind is not Kind.REFUSES

    def _serve(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        names = [*self.country.hosts, *(f"*.{zone}" for zone in self.country.wildcards)]
        context = Authority(self.folder).context("country", names=names)
        for scheme, tls in (("http", None), ("https", context)):
            for one in self._sockets[scheme]:
                serving = asyncio.start_server(partial(self._answer, scheme), sock=one, ssl=tls)
                self._loop.run_until_complete(serving)
        started.set()
        self._loop.run_forever()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _answer(
        self, scheme: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            request, form, name = await _read(reader)
            host = self.country.host_at(name)
            if host is None or self.sites.is_silent(host):
                await reader.read()  # until the client gives up
                self.log.append(_logged(name, scheme, request))
            else:
                await asyncio.sleep(self.latency)
                answer = self.sites.answer(host, scheme, request, form)
                await _write(writer, answer, request.method)
                self.log.append(_logged(name, scheme, request))
        writer.close()


def _logged(name: str, scheme: str, request: Request) -> HostRequest:
    bare = name.removeprefix("www.")
    return HostRequest(bare, scheme, request.path, request.at, time.monotonic())


async def _read(reader: asyncio.StreamReader) -> tuple[Request, dict[str, str], str]:
    head = await reader.readuntil(b"\r\n\r\n")
    came = time.monotonic()
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ", 2)
    fields = {
        key.strip().lower(): value.strip()
        for key, _, value in (line.partition(":") for line in lines)
    }
    body = await reader.readexactly(int(fields.get("content-length") or 0))
    form = dict(parse_qsl(body.decode(), keep_blank_values=True))
    return Request(came, method, path, fields), form, fields["host"].partition(":")[0].lower()


async def _write(writer: asyncio.StreamWriter, answer: Answer, method: str) -> None:
    body = answer.sent_bytes
    head = {"Content-Type": answer.type, "Content-Length": len(body), "Connection": "close"}
    lines = [f"HTTP/1.1 {answer.status} OK"]
    lines += [f"{key}: {value}" for key, value in {**head, **answer.headers}.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
    if method != "HEAD":
        writer.write(body)
    await writer.drain()


def _bound(address: str) -> socket.socket:
    one = socket.socket()
    one.bind((address, 0))
    return one


def _listening(address: str) -> socket.socket:
    one = _bound(address)
    one.listen(128)
    return one


def requests_by_host(log: Iterable[HostRequest]) -> dict[str, list[HostRequest]]:
    """Return the requests of each host, in order."""
    found: dict[str, list[HostRequest]] = defaultdict(list)
    for one in sorted(log, key=lambda one: one.began):
        found[one.host].append(one)
    return dict(found)


def sooner_than(log: Iterable[HostRequest], pause: float) -> list[tuple[HostRequest, HostRequest]]:
    """Return pairs of requests to one host of which the second came before the pause was over."""
    return [
        (earlier, later)
        for asked in requests_by_host(log).values()
        for earlier, later in pairwise(asked)
        if later.began - earlier.ended < pause
    ]
