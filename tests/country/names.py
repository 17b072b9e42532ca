"""The names of the simulated country: each leads to a port of this machine."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from twisted.internet.address import IPv4Address
from twisted.internet.interfaces import IHostnameResolver
from zope.interface import implementer

from spiders.http.resolver import GuardedResolver
from tests.spiders.name_service import Lookup

DIRECTORY = "TINHUYEN_TESTED_NAMES"
"""The variable with the file of names, addresses and ports."""

SCHEMES = {80: "http", 443: "https"}

Served = dict[str, tuple[str, int]]
"""The address and port by scheme."""


@implementer(IHostnameResolver)
class CountryNames:
    """Answers with the address and port that serve a name; other names do not exist.

    ``log`` gets a line for each lookup.
    """

    def __init__(self) -> None:
        directory = json.loads(Path(os.environ[DIRECTORY]).read_text())
        self.names: dict[str, Served] = directory["names"]
        self.zones: dict[str, Served] = directory["zones"]
        self.log = Path(os.environ[DIRECTORY]).with_suffix(".lookups")

    def resolveHostName(  # noqa: N802
        self, receiver: Any, name: str, port: int = 0, *_: Any, **__: Any
    ) -> Lookup:
        """Answer a lookup at once."""
        lookup = Lookup(name)
        receiver.resolutionBegan(lookup)
        with self.log.open("a") as log:
            log.write(f"{name}\n")
        if served := self._ports(name.lower().removeprefix("www.")):
            receiver.addressResolved(IPv4Address("TCP", *served[SCHEMES[port]]))
        receiver.resolutionComplete()
        return lookup

    def _ports(self, name: str) -> Served | None:
        if found := self.names.get(name):
            return found
        zones = (ports for zone, ports in self.zones.items() if name.endswith(f".{zone}"))
        return next(zones, None)


class CountryResolver(GuardedResolver):
    """Resolves the names of the country only, all of which lead to this machine."""

    def __init__(self, reactor: Any, cache_size: int) -> None:
        super().__init__(reactor, cache_size)
        self.names: Any = CountryNames()

    def resolveHostName(  # noqa: N802
        self,
        resolutionReceiver: Any,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        *_: Any,
        **__: Any,
    ) -> Any:
        """Resolve a name without the guard, which refuses this machine."""
        return self.names.resolveHostName(resolutionReceiver, hostName, portNumber)
