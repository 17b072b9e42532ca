"""One search for portals: link lists, then the hosts that they name, then usual names."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import asdict, dataclass, field
from itertools import chain, zip_longest
from typing import Any
from urllib.parse import urlsplit

from sqlite_utils import Database

from pipelines.gazetteer.units import Unit
from pipelines.workers import Workers
from scraper.base.clock import now, to_utc_iso
from scraper.base.hosts import host_name
from scraper.base.source import is_own_host
from scraper.store.candidates import (
    count_guesses,
    due_candidates,
    found_units,
    known_hosts,
    portal_urls,
)
from scraper.store.discoveries import link_lists, list_urls, note_guesses_left
from spiders.discovery.portal_candidates import Candidate, pattern_candidates
from spiders.discovery.portal_verdicts import PortalVerdict
from spiders.portal_search.limits import MAX_GUESSES, MAX_HOSTS_AT_ONCE, NIGHT
from spiders.portal_search.link_reading import LinkReader
from spiders.portal_search.looks import Looker
from spiders.portal_search.mirrors import prefer_usual_hosts
from spiders.portal_search.plan import LinkList, SearchPlan
from spiders.portal_search.recorder import Row, SearchRecorder, candidate_of
from spiders.portal_search.visit import Network
from spiders.portal_search.zones import Zones


@dataclass(kw_only=True)
class PortalSearch:
    """One search, with the number ``id`` in the database.

    ``on_look`` is called after each look with the numbers of looks and requests. ``is_blind`` is
    True if no name could be looked up, so that nothing was asked or recorded. Public hosts wait for
    another search unless ``has_contact`` is set.
    """

    id: int
    db: Database
    plan: SearchPlan
    network: Network
    workers: Workers
    on_look: Callable[[int, int], None]
    has_contact: bool = True
    is_blind: bool = False
    looker: Looker = field(init=False)
    recorder: SearchRecorder = field(init=False)

    def __post_init__(self) -> None:
        seen = list_urls(self.db) | portal_urls(self.db)
        hosts = {fingerprint: urlsplit(url).hostname or "" for fingerprint, url in seen.items()}
        self.looker = Looker(self.network, self.workers, hosts)
        self.recorder = SearchRecorder(
            id=self.id,
            db=self.db,
            network=self.network,
            registered_hosts=self.plan.registered_hosts,
            on_look=self.on_look,
        )

    async def run(self) -> None:
        """Read and look at what is due, try usual names, and look at what these lead to."""
        if not await self._can_look_up():
            self.is_blind = True
            return
        await _at_once(self._read_list(each) for each in self._due_lists())
        await self._look_at_due()
        await self._guess()
        await self._look_at_due()
        prefer_usual_hosts(self.db, self.id)
        self.recorder.close()

    async def _can_look_up(self) -> bool:
        """Whether any name has an address: if none has, this machine has no connection."""
        for each in self.plan.lists:
            found = await self.network.look_up(each.url)
            if found.addresses or found.is_private:
                return True
        return False

    def _due_lists(self) -> list[LinkList]:
        known = link_lists(self.db, {each.url for each in self.plan.lists})
        moment = to_utc_iso(now())
        return [
            each
            for each in self.plan.lists
            if each.url not in known or known[each.url]["due_at"] <= moment
        ]

    async def _read_list(self, each: LinkList) -> None:
        reading = await LinkReader(self.network, self.workers).read(each)
        if reading.fingerprint:
            host = urlsplit(each.url).hostname or ""
            self.looker.seen.setdefault(reading.fingerprint, host)
        self.recorder.record_list(each, reading)

    async def _look_at_due(self) -> None:
        while due := self._due():
            await _at_once(self._look_at(row) for row in due)

    def _due(self) -> list[Row]:
        """Return the candidates that are due and may be asked."""
        rows = due_candidates(self.db, self.plan.provinces, self.id, now())
        return [row for row in rows if self.has_contact or is_own_host(row["url"])]

    async def _look_at(self, row: Row) -> None:
        candidate = candidate_of(row)
        found = await self.network.look_up(candidate.url)
        self.recorder.record_look(row, await self.looker.look_at(candidate, found))

    async def _guess(self) -> None:
        """Try the usual names of units without a portal, as many as are left for this night."""
        units = {*self.plan.registered_units, *found_units(self.db)}
        lists = (host_name(each.url) for each in self.plan.lists)
        hosts = {*self.plan.registered_hosts, *known_hosts(self.db, now()), *lists}
        by_province = [
            [(province, each) for each in pattern_candidates(province, units, hosts)]
            for province in self.plan.guessed
        ]
        names = [each for each in chain(*zip_longest(*by_province)) if each is not None]
        left = max(0, MAX_GUESSES - count_guesses(self.db, now() - NIGHT))
        note_guesses_left(self.db, self.id, max(0, len(names) - left))
        zones = Zones(self.looker)
        await _at_once(
            self._try(zones, province, candidate, units) for province, candidate in names[:left]
        )

    async def _try(
        self, zones: Zones, province: Unit, candidate: Candidate, found: set[str]
    ) -> None:
        """Try a usual name of a unit, unless a portal of the unit was found meanwhile."""
        if candidate.unit_code in found:
            return
        look = await zones.guess(candidate)
        if look.verdict is PortalVerdict.PORTAL and candidate.unit_code:
            found.add(candidate.unit_code)
        host = host_name(candidate.url)
        row = {"host": host, "province_code": province.code, **asdict(candidate)}
        self.recorder.record_look(row, look)


async def _at_once(calls: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Await calls, ``MAX_HOSTS_AT_ONCE`` at a time. The first error ends them all."""
    waiting = iter(calls)

    async def work() -> None:
        for call in waiting:
            await call

    tasks = [asyncio.create_task(work()) for _ in range(MAX_HOSTS_AT_ONCE)]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
