"""Safety at the connection: no private addresses, TLS verified, headers bounded."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any, cast
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.contextfactory import _ScrapyClientContextFactory
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.resolver import CachingHostnameResolver
from twisted.internet.interfaces import IAddress, IHostResolution, IResolutionReceiver
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer

from scraper.base.source import Source
from spiders.http.headers import BoundedFactory
from spiders.http.hosts import DEFAULT_PORTS

NAT64 = IPv6Network("64:ff9b::/96")

Place = tuple[str, int]
"""A host name or number as it is written, and a port."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open net, in either version and any embedding."""
    number = ip_address(address.partition("%")[0])
    if isinstance(number, IPv6Address) and (inner := _embedded(number)):
        return is_public(str(inner))
    return number.is_global and not number.is_multicast


def _embedded(number: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that one of version 6 stands for (RFC 4291, RFC 3056, RFC 6052)."""
    if number in NAT64:
        return IPv4Address(number.packed[-4:])
    return number.ipv4_mapped or number.sixtofour


def place_of(url: str) -> Place:
    """The host and port that a request for an address connects to."""
    parts = urlsplit(url)
    return (parts.hostname or "").lower(), parts.port or DEFAULT_PORTS.get(parts.scheme, 0)


def allowed_places(sources: Sequence[Source]) -> frozenset[Place]:
    """The hosts and ports of one's own that the user named: all else that is private is refused."""
    return frozenset(place_of(source.home_url) for source in sources if source.is_own)


class GuardedResolver(CachingHostnameResolver):
    """Lets a connection be made to public addresses only, and to the places that a user named.

    Every connection resolves its host here, numbers in any spelling included, and connects to
    exactly what passes: a name that changes its address in between gains nothing.
    """

    def __init__(self, reactor: Any, cache_size: int) -> None:
        super().__init__(reactor, cache_size)
        self.allowed: frozenset[Place] = frozenset()
        self.refused: set[Place] = set()

    def resolveHostName(  # noqa: N802 (the name is Twisted's)
        self,
        resolutionReceiver: IResolutionReceiver,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> IHostResolution:
        """Resolve a name, passing on only the addresses that may be connected to."""
        place = (hostName.lower(), portNumber)
        receiver: Any = resolutionReceiver
        if place not in self.allowed:
            receiver = _PublicOnly(resolutionReceiver, place, self.refused)
        return super().resolveHostName(
            receiver, hostName, portNumber, addressTypes, transportSemantics
        )


def installed_guard() -> GuardedResolver:
    """The guard of this process. Raises TypeError where the settings name another resolver."""
    from twisted.internet import reactor

    guard = cast(Any, reactor).nameResolver
    if not isinstance(guard, GuardedResolver):
        raise TypeError("TWISTED_DNS_RESOLVER must be spiders.http.resolver.GuardedResolver")
    return guard


def was_refused(url: str) -> bool:
    """Whether a connection for a URL was refused, since it led to a private address."""
    return place_of(url) in installed_guard().refused


@implementer(IResolutionReceiver)
class _PublicOnly:
    """Passes on what is resolved, but no private address; notes the places that had one."""

    def __init__(self, receiver: Any, place: Place, refused: set[Place]) -> None:
        self.receiver = receiver
        self.place = place
        self.refused = refused

    def resolutionBegan(self, resolution: IHostResolution) -> None:  # noqa: N802
        self.receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        if is_public(address.host):
            self.receiver.addressResolved(address)
        else:
            self.refused.add(self.place)

    def resolutionComplete(self) -> None:  # noqa: N802
        self.receiver.resolutionComplete()


class HttpHandler(HTTP11DownloadHandler):
    """Fetches over HTTP and verified HTTPS, with a bound on headers.

    A request with ``verify_tls`` False in its meta, which the registry allows a source by name,
    goes over connections of its own, which no other request can share.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.unverified = HTTP11DownloadHandler(crawler)
        trusting = _ScrapyClientContextFactory(verify_certificates=False)
        self.unverified._contextFactory = cast(IPolicyForHTTPS, trusting)
        for handler in (self, self.unverified):
            # Twisted would ask again at once where a kept connection breaks: never sooner than
            # the pause is the promise, so the retry is the frontier's.
            handler._pool.retryAutomatically = False
            handler._pool._factory = BoundedFactory

    async def download_request(self, request: Request) -> Response:
        """Fetch; raises what Scrapy's own handler raises."""
        if request.meta.get("verify_tls", True):
            return await super().download_request(request)
        return await self.unverified.download_request(request)

    async def close(self) -> None:
        """Close the connections of both kinds."""
        await super().close()
        await self.unverified.close()
