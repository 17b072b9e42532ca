"""One search as the program makes it, in a made-up zone; the one argument is a JSON object."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, cast

from twisted.internet.address import IPv4Address
from twisted.internet.interfaces import IAddress, IHostResolution, IResolutionReceiver

import settings
from scraper.command_line import main
from spiders.http import hosts
from spiders.http.resolver import GuardedResolver
from tests.spiders.name_service import Lookup

CLOSED_PORT = 9
"""Where https leads: nothing listens there, so that http is asked."""

ORDER: dict[str, Any] = {}


class ZoneResolver(GuardedResolver):
    """The guard, with names that lead to one port of this machine, as if they were public.

    Names that are not listed do not exist. Private ones are left to the guard.
    """

    def resolveHostName(  # noqa: N802
        self,
        resolutionReceiver: IResolutionReceiver,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> IHostResolution:
        receiver: Any = resolutionReceiver
        name, port, lookup = hostName, portNumber, Lookup(hostName)
        receiver.resolutionBegan(lookup)
        if name in ORDER["private"]:
            self.refused.add((name, port))
        elif name in ORDER["names"] or name.partition(".")[2] in ORDER["wildcards"]:
            target = CLOSED_PORT if port == 443 else ORDER["port"]
            receiver.addressResolved(IPv4Address("TCP", "127.0.0.1", target))
        receiver.resolutionComplete()
        return cast(IHostResolution, lookup)


def start() -> None:
    ORDER.update(json.loads(sys.argv[1]))
    sys.modules["tests.spiders.portal_search.search_once"] = sys.modules[__name__]
    for name, value in ORDER["settings"].items():
        setattr(settings, name, value)
    for place, value in ORDER["values"].items():
        module, _, name = place.rpartition(".")
        setattr(import_module(module), name, value)
    hosts.delay_of = lambda source, plan: 0.02
    main(ORDER["arguments"])


if __name__ == "__main__":
    start()
