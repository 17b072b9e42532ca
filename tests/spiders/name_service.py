"""A name service of the tests, behind the guard in place of the machine's."""

from __future__ import annotations

import logging
from collections import defaultdict
from ipaddress import ip_address
from typing import Any

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IHostnameResolver, IHostResolution
from zope.interface import implementer

from spiders.http.resolver import GuardedResolver

LOOKUP = "looked up name=%s"
"""A log line for each lookup, by which a test counts them."""

logger = logging.getLogger(__name__)


@implementer(IHostResolution)
class Lookup:
    """A lookup under way."""

    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        """Forget it."""


@implementer(IHostnameResolver)
class NameService:
    """Answers each lookup of a name with the next of its addresses, the last one for ever.

    Names that are not listed do not exist, but those that begin with ``slow``: no answer comes.
    """

    def __init__(self, **addresses: list[str]) -> None:
        self.addresses = {name.replace("_", "."): found for name, found in addresses.items()}
        self.asked: defaultdict[str, int] = defaultdict(int)

    def resolveHostName(  # noqa: N802
        self, receiver: Any, name: str, port: int = 0, *_: Any, **__: Any
    ) -> Lookup:
        logger.warning(LOOKUP, name)
        lookup = Lookup(name)
        receiver.resolutionBegan(lookup)
        if name.startswith("slow"):
            return lookup
        if address := self._next(name):
            kind = IPv6Address if ":" in address else IPv4Address
            receiver.addressResolved(kind("TCP", address, port))
        receiver.resolutionComplete()
        return lookup

    def _next(self, name: str) -> str | None:
        known = self.addresses.get(name, [])
        self.asked[name] += 1
        return known[min(self.asked[name], len(known)) - 1] if known else _number(name)


class TestedResolver(GuardedResolver):
    """The guard over names of which all lead to this machine."""

    def __init__(self, reactor: Any, cache_size: int) -> None:
        super().__init__(reactor, cache_size)
        service: Any = NameService(portal=["127.0.0.1"], xa_example=["127.0.0.1"])
        self.original_resolver = service


def _number(name: str) -> str | None:
    try:
        return str(ip_address(name))
    except ValueError:
        return None
