"""Connections: no private IP addresses, verified TLS, bounded headers."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any, cast
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.resolver import CachingHostnameResolver
from twisted.internet.interfaces import IAddress, IHostResolution, IResolutionReceiver
from zope.interface import implementer

from scraper.base.source import Source
from scraper.base.urls import DEFAULT_PORTS, normal_host
from spiders.private_names import bound_connections, trust_any_certificate

NAT64 = IPv6Network("64:ff9b::/96")

Endpoint = tuple[str, int]
"""A normalised host name or IP address, and a port."""


def is_public(address: str) -> bool:
    """Return whether an IP address is public; an IPv4 address embedded in IPv6 counts itself."""
    number = ip_address(address.partition("%")[0])
    if isinstance(number, IPv6Address) and (inner := _embedded(number)):
        return is_public(str(inner))
    return number.is_global and not number.is_multicast


def _embedded(number: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address embedded in an IPv6 address (RFC 4291, RFC 3056, RFC 6052)."""
    if number in NAT64:
        return IPv4Address(number.packed[-4:])
    return number.ipv4_mapped or number.sixtofour


def endpoint_of(url: str) -> Endpoint:
    """Return the host and port that a request for a URL connects to."""
    parts = urlsplit(url)
    return normal_host(parts.hostname or ""), parts.port or DEFAULT_PORTS.get(parts.scheme, 0)


def allowed_endpoints(sources: Sequence[Source]) -> frozenset[Endpoint]:
    """Return the private endpoints that may be connected to: those of the user's own sources."""
    return frozenset(endpoint_of(source.home_url) for source in sources if source.is_own)


class GuardedResolver(CachingHostnameResolver):
    """Resolves host names to public IP addresses only, except for the ``allowed`` endpoints.

    Every connection resolves its host here, IP addresses in any notation included, and connects to
    one of the addresses that passed. So DNS rebinding cannot reach a private address. ``refused``
    are the endpoints that resolved to a private address.
    """

    def __init__(self, reactor: Any, cache_size: int) -> None:
        super().__init__(reactor, cache_size)
        self.allowed: frozenset[Endpoint] = frozenset()
        self.refused: set[Endpoint] = set()

    def resolveHostName(  # noqa: N802 (the name is Twisted's)
        self,
        resolutionReceiver: IResolutionReceiver,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> IHostResolution:
        """Resolve a name and pass on only the addresses that may be connected to."""
        endpoint = (normal_host(hostName), portNumber)
        receiver: Any = resolutionReceiver
        if endpoint not in self.allowed:
            receiver = _PublicOnly(resolutionReceiver, endpoint, self.refused)
        return super().resolveHostName(
            receiver, hostName, portNumber, addressTypes, transportSemantics
        )


def installed_guard() -> GuardedResolver:
    """Return the resolver of this process. Raises TypeError if the settings name another class."""
    from twisted.internet import reactor

    guard = cast(Any, reactor).nameResolver
    if not isinstance(guard, GuardedResolver):
        raise TypeError("TWISTED_DNS_RESOLVER must be spiders.http.resolver.GuardedResolver")
    return guard


def was_refused(url: str) -> bool:
    """Whether a connection for a URL was refused, since it led to a private address."""
    return endpoint_of(url) in installed_guard().refused


@implementer(IResolutionReceiver)
class _PublicOnly:
    """Passes on public addresses only; adds the endpoint to ``refused`` if one is private."""

    def __init__(self, receiver: Any, endpoint: Endpoint, refused: set[Endpoint]) -> None:
        self.receiver = receiver
        self.endpoint = endpoint
        self.refused = refused

    def resolutionBegan(self, resolution: IHostResolution) -> None:  # noqa: N802
        self.receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        if is_public(address.host):
            self.receiver.addressResolved(address)
        else:
            self.refused.add(self.endpoint)

    def resolutionComplete(self) -> None:  # noqa: N802
        self.receiver.resolutionComplete()


class HttpHandler(HTTP11DownloadHandler):
    """Downloads over HTTP and HTTPS with verified certificates and bounded headers.

    A request with ``verify_tls`` False in its meta (a key of ``sources.toml``) uses a connection
    pool of its own.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.unverified = HTTP11DownloadHandler(crawler)
        trust_any_certificate(self.unverified)
        bound_connections(self)
        bound_connections(self.unverified)

    async def download_request(self, request: Request) -> Response:
        """Download a request; raises what Scrapy's own handler raises."""
        if request.meta.get("verify_tls", True):
            return await super().download_request(request)
        return await self.unverified.download_request(request)

    async def close(self) -> None:
        """Close both connection pools."""
        await super().close()
        await self.unverified.close()
