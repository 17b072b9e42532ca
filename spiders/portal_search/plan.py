"""What one search for portals is to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.gazetteer.units import Unit
from spiders.discovery.portal_candidates import Candidate


@dataclass(frozen=True, slots=True)
class LinkList:
    """A portal or paper whose links are read.

    A search without it is incomplete if ``is_required``: it is the portal of the province itself,
    or the user named it. ``itself`` is the candidate that it is itself, None if it is registered.
    """

    url: str
    province: Unit
    is_required: bool = False
    itself: Candidate | None = None


@dataclass(frozen=True, slots=True)
class UnseenSource:
    """A shipped source whose host nobody has read, as a candidate in its province."""

    slug: str
    province: Unit
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class SearchPlan:
    """What a search is to do.

    Usual names, and the hosts of ``unseen`` sources, are tried in ``guessed`` provinces. The other
    ``registered_hosts`` are never looked at, and ``registered_units`` have a portal.
    """

    lists: Sequence[LinkList]
    guessed: Sequence[Unit]
    registered_hosts: frozenset[str] = frozenset()
    registered_units: frozenset[str] = frozenset()
    unseen: Mapping[str, UnseenSource] = field(default_factory=dict)

    @property
    def closed_hosts(self) -> frozenset[str]:
        """The hosts that are never looked at."""
        return self.registered_hosts - self.unseen.keys()

    @property
    def provinces(self) -> list[str]:
        """The codes of all provinces of the search."""
        units = [*(each.province for each in self.lists), *self.guessed]
        return list(dict.fromkeys(unit.code for unit in units))
