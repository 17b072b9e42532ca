"""Lookups of host names before any request: a name without an address is never asked for."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, cast

from twisted.internet.interfaces import IHostResolution, IResolutionReceiver
from zope.interface import implementer

from spiders.http.resolver import endpoint_of, installed_guard

LOOKUP_SECONDS = 20.0
"""Seconds to wait for the address of a name."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """The addresses of a name that may be connected to.

    ``is_private`` is True if it has only others; ``is_late`` if no answer came in time.
    """

    addresses: frozenset[str] = frozenset()
    is_private: bool = False
    is_late: bool = False


async def look_up(url: str) -> Lookup:
    """Look up the host of a URL by the resolver of this process, as a connection would."""
    guard, endpoint = installed_guard(), endpoint_of(url)
    answer: asyncio.Future[frozenset[str]] = asyncio.get_running_loop().create_future()
    receiver = cast(Any, _Collecting(answer))
    name, port = endpoint
    guard.resolveHostName(receiver, name.strip("[]"), port)
    try:
        addresses = await asyncio.wait_for(answer, LOOKUP_SECONDS)
    except TimeoutError:
        return Lookup(is_late=True)
    return Lookup(addresses, not addresses and endpoint in guard.refused)


@implementer(IResolutionReceiver)
class _Collecting:
    """Collects the addresses of a name, and sets them as the result of a future."""

    def __init__(self, answer: asyncio.Future[frozenset[str]]) -> None:
        self.answer = answer
        self.addresses: set[str] = set()

    def resolutionBegan(self, resolution: IHostResolution) -> None:  # noqa: N802
        """Do nothing: a lookup cannot be cancelled."""

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        self.addresses.add(address.host)

    def resolutionComplete(self) -> None:  # noqa: N802
        if not self.answer.done():
            self.answer.set_result(frozenset(self.addresses))
