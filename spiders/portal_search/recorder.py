"""Stores what a search has read and seen, each step in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlite_utils import Database

from pipelines.gazetteer.units import Unit
from scraper.base.clock import now, to_utc_iso
from scraper.base.hosts import host_name
from scraper.base.source import Level
from scraper.store.candidates import add_candidates, attempts_with, give_to, record_look
from scraper.store.database import write_transaction
from scraper.store.discoveries import count_costs, record_link_list
from spiders.discovery.portal_candidates import Candidate
from spiders.portal_search.host_client import Network
from spiders.portal_search.limits import LISTS_AGAIN, OTHER_AGAIN, next_look_at
from spiders.portal_search.looks import Look
from spiders.portal_search.plan import LinkList

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ListReading:
    """What the reading of a link list brought. ``reason`` is why it failed, None if it did not."""

    candidates: Sequence[Candidate] = ()
    fingerprint: str = ""
    reason: str | None = None
    wait: float = 0.0


@dataclass(kw_only=True)
class SearchRecorder:
    """Stores the steps of the search with number ``id``; ``on_look`` is called after each look.

    ``moved`` are hosts to which others redirected: a redirect from there leads no further.
    """

    id: int
    db: Database
    network: Network
    closed_hosts: frozenset[str]
    on_look: Callable[[int, int], None]
    looks: int = 0
    moved: set[str] = field(default_factory=set)

    def record_list(self, each: LinkList, reading: ListReading) -> None:
        """Store the candidates of a link list, or why it could not be read."""
        moment = now()
        candidates = [*([each.itself] if each.itself else []), *reading.candidates]
        rows = self.rows_of(candidates, each.province)
        wait = timedelta(seconds=min(reading.wait, OTHER_AGAIN.total_seconds()))
        with write_transaction(self.db):
            add_candidates(self.db, rows, moment)
            record_link_list(
                self.db,
                {
                    "url": each.url,
                    "province_code": each.province.code,
                    "links": len(rows),
                    "reason": reading.reason,
                    "fingerprint": reading.fingerprint or None,
                    "read_at": to_utc_iso(moment),
                    "due_at": to_utc_iso(moment + (wait if reading.reason else LISTS_AGAIN)),
                    "run": self.id,
                },
            )
            self._store_costs()

    def rows_of(self, candidates: Iterable[Candidate], province: Unit) -> list[Row]:
        """Return candidates as rows, each host once, without those that are never asked."""
        rows: dict[str, Row] = {}
        for candidate in candidates:
            host = _host_of(candidate.url)
            if host and host not in self.closed_hosts:
                row = {"host": host, "province_code": province.code, **asdict(candidate)}
                rows.setdefault(host, row)
        return list(rows.values())

    def record_look(self, row: Row, look: Look) -> None:
        """Store what a look at a candidate showed, and the host that it leads to."""
        moment, home = now(), look.home
        with write_transaction(self.db):
            add_candidates(self.db, [row, *self._targets_of(row, look)], moment)
            earlier = attempts_with(self.db, row["host"], look.verdict)
            due_at = next_look_at(look.verdict, earlier, moment, look.wait)
            record_look(
                self.db,
                {
                    "host": row["host"],
                    "verdict": look.verdict,
                    "reason": look.reason,
                    "platform": home.platform if home else None,
                    "newest_article": home.newest.isoformat() if home and home.newest else None,
                    "landed_url": home.landed_url if home else look.moved_to,
                    "fingerprint": look.fingerprint or None,
                    "looked_at": to_utc_iso(moment),
                    "due_at": to_utc_iso(due_at),
                    "requests": look.requests,
                    "run": self.id,
                },
            )
            if (of := look.candidate) and of != candidate_of(row):
                give_to(self.db, row["host"], of.unit_code, of.name, of.level)
            self._store_costs()
        self.looks += 1
        self.on_look(self.looks, self.network.requests)

    def _targets_of(self, row: Row, look: Look) -> list[Row]:
        """Return the host to which a candidate has moved, if it is to be looked at.

        Only Vietnamese names are asked, each at its usual port.
        """
        if look.moved_to is None or row["host"] in self.moved:
            return []
        parts = urlsplit(look.moved_to)
        host = _host_of(look.moved_to)
        if not host.endswith(".vn") or host in self.closed_hosts:
            return []
        moved = replace(
            candidate_of(row),
            url=parts._replace(path="/", query="", fragment="").geturl(),
            found_by="link",
            found_on=row["url"],
        )
        self.moved.add(host)
        return [{"host": host, "province_code": row["province_code"], **asdict(moved)}]

    def close(self) -> None:
        """Store what the search has cost."""
        with write_transaction(self.db):
            self._store_costs()

    def _store_costs(self) -> None:
        network = self.network
        count_costs(self.db, self.id, network.lookups, network.requests, network.size)


def candidate_of(row: Row) -> Candidate:
    """Return the candidate that a row describes."""
    return Candidate(
        row["url"],
        row["unit_code"],
        row["name"],
        row["found_by"],
        row["found_on"],
        Level(row["level"]),
    )


def _host_of(url: str) -> str:
    """Return the name of the host of a URL, or an empty string if it cannot be asked for."""
    try:
        parts = urlsplit(url)
        return host_name(url) if parts.port != 0 and "@" not in parts.netloc else ""
    except ValueError:
        return ""
