"""Connections to web archives: no private addresses but those that the user named."""

from __future__ import annotations

import socket
from collections.abc import Iterable

import httpcore
from httpcore import SOCKET_OPTION, NetworkStream, SyncBackend

from scraper.base.urls import normal_host
from scraper.recovery.web_archive import ServiceError
from spiders.http.resolver import Endpoint, is_public


class GuardedBackend(SyncBackend):
    """Resolves names itself and connects to the address that it checked: no rebinding."""

    def __init__(self, allowed: frozenset[Endpoint]) -> None:
        self.allowed = allowed

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> NetworkStream:
        """Connect to the first address that answers. Raises ServiceError for private ones."""
        error: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in self._addresses(host, port):
            try:
                return super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failed:
                error = failed
        raise error

    def _addresses(self, host: str, port: int) -> list[str]:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} has no address: {error}") from error
        addresses = [str(address[0]) for *_, address in found]
        if (normal_host(host), port) in self.allowed:
            return addresses
        public = [address for address in addresses if is_public(address)]
        if addresses and not public:
            raise ServiceError(
                f"{host}:{port} has a private address: name a service of your own by its address"
                " (--service URL) or in [[web_archive]]",
                None,
            )
        return public
