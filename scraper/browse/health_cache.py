"""The health of the watched sources as the pages show it: known at once, judged within a bound."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import thread_time
from typing import Any

from sqlite_utils import Database

from scraper.base.clock import now
from scraper.monitoring.health import NO_RUN, assess
from scraper.store.article_changes import last_run_read
from scraper.store.runs import last_ended
from scraper.store.source_history import read_record
from scraper.store.source_record import Health
from scraper.store.sources import enabled_sources, sources_without_run
from scraper.store.verdicts import standing_verdicts

JUDGING_MS, MORE_MS = 250, 50
"""Milliseconds of processor time for judging sources in the first visit after a run or an hour, and
in later ones. At a million articles, one source takes 200."""


@dataclass(frozen=True, slots=True)
class WatchedSources:
    """The watched sources (rows) with their health, those that need attention first.

    ``unjudged`` counts those that are left out because their health is not known yet.
    """

    known: Sequence[tuple[dict[str, Any], Health]]
    unjudged: int


class HealthCache:
    """The health of the sources of one database.

    The verdicts that the report after the last run noted are taken over. After each run, and each
    hour, sources are judged again for JUDGING_MS: first those that have no verdict
    since their last run, then those that are not well. Later visits judge only the former.
    """

    def __init__(self) -> None:
        self._ended: int | None = None
        self._key: tuple[object, ...] = ()
        self._earlier: Mapping[str, Health] = {}
        self._judged: dict[str, Health] = {}

    def sources(self, db: Database) -> WatchedSources:
        """Return the watched sources with their health."""
        rows = enabled_sources(db)
        health = self.of(db, [row["slug"] for row in rows])
        known = [(row, health[row["slug"]]) for row in rows if row["slug"] in health]
        known.sort(key=lambda pair: pair[1].verdict.is_well)
        return WatchedSources(known, len(rows) - len(known))

    def of(self, db: Database, slugs: Iterable[str]) -> dict[str, Health]:
        """Return the health of sources, by slug, without those that could not be judged in time."""
        wanted = list(slugs)
        is_renewed = self._renew(db)
        known, judged = self._earlier, self._judged
        end = thread_time() + (JUDGING_MS if is_renewed else MORE_MS) / 1000
        for slug in _in_turn(wanted, known, judged, with_known=is_renewed):
            if thread_time() >= end:
                break
            judged[slug] = assess(read_record(db, slug, now()))
        return {
            slug: judged.get(slug) or known[slug]
            for slug in wanted
            if slug in judged or slug in known
        }

    def _renew(self, db: Database) -> bool:
        """Take over what was noted after a run; returns whether a run or an hour has ended."""
        run, reported = last_ended(db), last_run_read(db, "watches")
        ended = run["id"] if run else 0
        key = (ended, reported, now().replace(minute=0, second=0, microsecond=0))
        if key == self._key:
            return False
        before = {**self._earlier, **self._judged} if ended == self._ended else {}
        without = dict.fromkeys(sources_without_run(db, ended), NO_RUN)
        standing = standing_verdicts(db, ended, reported or 0)
        self._earlier, self._judged = {**without, **standing, **before}, {}
        self._ended, self._key = ended, key
        return True


def _in_turn(
    slugs: Iterable[str],
    known: Mapping[str, Health],
    judged: Mapping[str, Health],
    *,
    with_known: bool,
) -> Iterator[str]:
    """Yield the sources to judge: those whose health is not known; then the known, unwell first."""
    left = [slug for slug in slugs if slug not in judged]
    yield from (slug for slug in left if slug not in known)
    if with_known:
        again = [slug for slug in left if slug in known and known[slug] is not NO_RUN]
        yield from sorted(again, key=lambda slug: known[slug].verdict.is_well)
