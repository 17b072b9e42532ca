"""Zones in which every name has an address: what such a name shows is no portal."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from spiders.discovery.portal_candidates import Candidate
from spiders.discovery.portal_verdicts import PortalVerdict
from spiders.http.lookups import Lookup
from spiders.portal_search.limits import MAX_WILDCARD_MISSES
from spiders.portal_search.looks import Look, Looker

WILDCARD = "wildcard"
"""The reason for a name that has an address, and shows what every name of its zone shows."""


@dataclass(slots=True)
class Zone:
    """The names under a province's host.

    ``addresses`` are those of a name that nobody has registered, empty if it has none, as usual;
    ``shown`` is what it shows. ``misses`` are the names in a row that showed the same.
    """

    addresses: frozenset[str] = frozenset()
    shown: Look | None = None
    misses: int = 0

    def answers_for(self, found: Lookup) -> bool:
        """Whether the addresses of a name are only those that every name of the zone has."""
        return bool(found.addresses) and found.addresses <= self.addresses

    @property
    def is_spent(self) -> bool:
        """Whether so many names showed the same that no more are asked."""
        return self.misses >= MAX_WILDCARD_MISSES

    def shows_the_same(self, look: Look) -> bool:
        """Whether a name shows what every name of the zone shows."""
        if self.shown is None:
            return False
        if look.fingerprint or self.shown.fingerprint:
            return look.fingerprint == self.shown.fingerprint
        return (look.verdict, look.reason) == (self.shown.verdict, self.shown.reason)


class Zones:
    """The zones of one search, each of which is tried once before a name in it is guessed."""

    def __init__(self, looker: Looker) -> None:
        self.looker = looker
        self._zones: dict[str, asyncio.Task[Zone]] = {}

    async def guess(self, candidate: Candidate) -> Look:
        """Look up a usual name, and look at it if it has an address."""
        found = await self.looker.network.look_up(candidate.url)
        if not found.addresses:
            return await self.looker.look_at(candidate, found)
        zone = await self._zone_of(candidate.url)
        if not zone.answers_for(found):
            return await self.looker.look_at(candidate, found)
        if zone.is_spent:
            return Look(PortalVerdict.NO_NAME, WILDCARD)
        look = await self.looker.look_at(candidate, found)
        if not zone.shows_the_same(look):
            zone.misses = 0
            return look
        zone.misses += 1
        return Look(PortalVerdict.NO_NAME, WILDCARD, requests=look.requests)

    async def _zone_of(self, url: str) -> Zone:
        name = (urlsplit(url).hostname or "").partition(".")[2]
        if name not in self._zones:
            self._zones[name] = asyncio.create_task(self._try(name))
        return await self._zones[name]

    async def _try(self, name: str) -> Zone:
        """Look up a name that nobody can have registered, and look at it if it has an address."""
        url = f"https://khong-co-{secrets.token_hex(6)}.{name}/"
        found = await self.looker.network.look_up(url)
        if not found.addresses:
            return Zone()
        itself = Candidate(url, None, name, "pattern")
        return Zone(found.addresses, await self.looker.look_at(itself, found))
