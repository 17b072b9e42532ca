"""What one search for portals is to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
class SearchPlan:
    """What a search is to do.

    Usual names are tried in ``guessed`` provinces. ``registered_hosts`` are never looked at, and
    ``registered_units`` have a portal.
    """

    lists: Sequence[LinkList]
    guessed: Sequence[Unit]
    registered_hosts: frozenset[str] = frozenset()
    registered_units: frozenset[str] = frozenset()

    @property
    def provinces(self) -> list[str]:
        """The codes of all provinces of the search."""
        units = [*(each.province for each in self.lists), *self.guessed]
        return list(dict.fromkeys(unit.code for unit in units))
