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
    found_portals,
    found_units,
    known_hosts,
    portal_urls,
)
from scraper.store.discoveries import link_lists, list_urls, note_guesses_left
from spiders.discovery.portal_candidates import (
    Candidate,
    has_usual_host,
    pattern_candidates,
)
from spiders.discovery.portal_subjects import units_at
from spiders.portal_search.host_client import Network
from spiders.portal_search.limits import MAX_GUESSES, MAX_HOSTS_AT_ONCE, NIGHT
from spiders.portal_search.link_reading import LinkReader
from spiders.portal_search.looks import Looker
from spiders.portal_search.mirrors import prefer_usual_hosts
from spiders.portal_search.plan import LinkList, SearchPlan
from spiders.portal_search.recorder import Row, SearchRecorder, candidate_of
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
        found = self.plan.registered_units | found_units(self.db)
        self.looker = Looker(self.network, self.workers, hosts, {*found})
        self.recorder = SearchRecorder(
            id=self.id,
            db=self.db,
            network=self.network,
            closed_hosts=self.plan.closed_hosts,
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
        closed = self.plan.closed_hosts
        rows = [row for row in rows if row["host"] not in closed]
        return [row for row in rows if self.has_contact or is_own_host(row["url"])]

    async def _look_at(self, row: Row) -> None:
        candidate = candidate_of(row)
        found = await self.network.look_up(candidate.url)
        self.recorder.record_look(row, await self.looker.look_at(candidate, found))

    async def _guess(self) -> None:
        """Try names that nobody links to, as many as are left for this night.

        First those that may be of a portal whose mirror was found, then the usual names of units
        without a portal, then the hosts of sources that nobody has read.
        """
        lists = (host_name(each.url) for each in self.plan.lists)
        hosts = {*self.plan.closed_hosts, *known_hosts(self.db, now()), *lists}
        elsewhere = self._units_elsewhere()
        settled = self.looker.found - elsewhere
        by_province = [
            [(province, each) for each in pattern_candidates(province, settled, hosts)]
            for province in self.plan.guessed
        ]
        usual = [each for each in chain(*zip_longest(*by_province)) if each is not None]
        usual.sort(key=lambda pair: pair[1].unit_code not in elsewhere)
        tried = hosts | {host_name(each.url) for _, each in usual}
        names = [*usual, *self._unseen(tried, settled)]
        left = max(0, MAX_GUESSES - count_guesses(self.db, now() - NIGHT))
        note_guesses_left(self.db, self.id, max(0, len(names) - left))
        zones = Zones(self.looker)
        await _at_once(
            self._try(zones, province, candidate, elsewhere) for province, candidate in names[:left]
        )

    def _units_elsewhere(self) -> set[str]:
        """Return the units of which portals were found, but none at a usual host.

        What was found may be a mirror of that at the usual host.
        """
        found: dict[str, bool] = {}
        for code, url in found_portals(self.db):
            candidate = Candidate(url, code, "", "link")
            found[code] = found.get(code, False) or has_usual_host(candidate)
        return {code for code, is_usual in found.items() if not is_usual} - {
            *self.plan.registered_units
        }

    def _unseen(self, tried: set[str], settled: set[str]) -> list[tuple[Unit, Candidate]]:
        """Return the sources that nobody has read, without hosts that are tried anyway."""
        return [
            (source.province, source.candidate)
            for host, source in self.plan.unseen.items()
            if source.province in self.plan.guessed
            and host not in tried
            and source.candidate.unit_code not in settled
        ]

    async def _try(
        self, zones: Zones, province: Unit, candidate: Candidate, elsewhere: set[str]
    ) -> None:
        """Try a name, unless portals of all units that it may be of were found meanwhile."""
        if candidate.unit_code:
            units = {candidate.unit_code, *units_at(candidate.url)}
            if units <= self.looker.found - elsewhere:
                return
        look = await zones.guess(candidate)
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
