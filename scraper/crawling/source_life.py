"""The life of sources in a run: which dark ones it leaves out, and what it changes for the others.

What is stored follows from the recorded nights alone, so that a run which was killed before it
could store it changes nothing: the next one finds it, too.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from pipelines.items import Outcome
from scraper.base.source import Source, State
from scraper.monitoring.health import assess
from scraper.monitoring.source_states import dark_source, has_moved, is_left_out
from scraper.store.database import write_transaction
from scraper.store.source_history import read_nights, read_record
from scraper.store.source_life import (
    DarkSource,
    confirm,
    dark_sources,
    read_findings,
    set_answering,
    set_dark,
    set_state,
)
from scraper.store.source_record import OFFLINE, SourceRun, Verdict
from scraper.store.sources import note_success

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a run has found out about a source: None for what it has not.

    ``is_told`` is False if it showed nothing, so that a dark source stays as dark as it was.
    """

    source: Source
    is_read: bool
    is_told: bool
    state: State | None = None
    dark: DarkSource | None = None


def left_out(db: Database, sources: Sequence[Source], moment: datetime) -> list[DarkSource]:
    """Return which of the sources a run at this moment leaves out since they are dark."""
    dark = dark_sources(db)
    own = (dark[source.slug] for source in sources if source.slug in dark)
    return [one for one in own if is_left_out(one, moment)]


def was_read(row: Mapping[str, Any]) -> bool:
    """Whether a run read any page of a source: ``row`` is that of ``run_sources``."""
    return row["error"] is None and any(row[outcome] for outcome in Outcome if outcome.is_read)


def note_life(
    db: Database,
    run: int,
    sources: Sequence[Source],
    rows: Mapping[str, Mapping[str, Any]],
    moment: datetime,
) -> None:
    """Store what a closed run changes for each of its sources: ``rows`` of ``run_sources``."""
    present = read_findings(db)
    found = [
        _assess_run(db, source, rows[source.slug], present[source.slug]["state"], moment)
        for source in sources
    ]
    with write_transaction(db):
        for one in found:
            _store(db, run, one, moment)
    for one in found:
        before = present[one.source.slug]["state"]
        if one.state and one.state != before and one.source.state is State.UNKNOWN:
            logger.info(
                "state changed source=%s before=%s after=%s", one.source.slug, before, one.state
            )


def _assess_run(
    db: Database, source: Source, row: Mapping[str, Any], present: str, moment: datetime
) -> Finding:
    is_read = was_read(row)
    is_told = bool(row["requests"]) and row["silence"] != OFFLINE
    if not (is_read or is_told):
        return Finding(source, is_read, is_told)
    if _is_hijacked(db, row, present, moment):
        return Finding(source, is_read, True, State.HIJACKED)
    nights = read_nights(db, source.slug) if row["silence"] or row["moved_to"] else []
    dark = dark_source(source.slug, nights)
    state = State.LIVE if is_read else _state_unread(nights, present, dark, row)
    return Finding(source, is_read, True, state, dark)


def _state_unread(
    nights: Sequence[SourceRun], present: str, dark: DarkSource | None, row: Mapping[str, Any]
) -> State | None:
    """Return the state of a source that was not read, None if it stays as it is.

    A site that had moved before it stopped answering has moved; a dead one that answers again, and
    cannot be read yet, is not dead.
    """
    if dark is not None:
        return None if present == State.MOVED else State.DEAD
    if has_moved(nights):
        return State.MOVED
    return State.UNKNOWN if present == State.DEAD and not row["silence"] else None


def _is_hijacked(db: Database, row: Mapping[str, Any], present: str, moment: datetime) -> bool:
    """Whether a source of which a page was read is judged to be in other hands.

    If the run brought neither an article nor a name, and the source was not judged so before, it
    shows nothing that could be judged.
    """
    if not any(row[outcome] for outcome in Outcome if outcome.is_read):
        return False
    is_new = row["new"] or row["updated"] or row["site_name"]
    if not is_new and present != State.HIJACKED:
        return False
    return assess(read_record(db, row["source"], moment)).verdict is Verdict.HIJACKED


def _store(db: Database, run: int, found: Finding, moment: datetime) -> None:
    """Store a finding. A state that the registry has stays. The caller holds the transaction."""
    slug = found.source.slug
    if found.is_read:
        note_success(db, slug, moment)
    if found.state is not None and found.source.state is State.UNKNOWN:
        set_state(db, slug, found.state, moment)
    if found.dark is not None:
        set_dark(db, found.dark)
    elif found.is_told:
        set_answering(db, slug)
    confirm(db, run, slug, moment)
