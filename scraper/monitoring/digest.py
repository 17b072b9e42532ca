"""The words of an alert: what changed, broke and recovered, and what the night brought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scraper.store.verdicts import Change

NIGHTLY = "*"
"""What stands for the nightly run itself among the sources."""


@dataclass(frozen=True, slots=True)
class Digest:
    """A title of one line, and a body of a few."""

    title: str
    body: str


def write_digest(changes: Sequence[Change], run: Mapping[str, Any] | None) -> Digest:
    """Write the alert for changes of verdicts and for the latest run, a row with its sources."""
    broke = [change for change in changes if not change.after.is_well]
    recovered = [change for change in changes if change.after.is_well and not change.before.is_well]
    other = [change for change in changes if change not in broke and change not in recovered]
    title = f"tinhuyen: {len(broke)} broke, {len(recovered)} recovered"
    parts = [
        _part("Broke", broke),
        _part("Recovered", recovered),
        _part("Changed", other),
        _night(run) if run else "",
    ]
    return Digest(title, "\n\n".join(filter(None, parts)))


def _part(heading: str, changes: Sequence[Change]) -> str:
    lines = [
        f"- {'the nightly run' if change.source == NIGHTLY else change.source}: "
        f"{change.before} → {change.after} ({change.reason})"
        for change in changes
    ]
    return "\n".join([f"{heading}:", *lines]) if lines else ""


def _night(run: Mapping[str, Any]) -> str:
    sources = sorted(run["sources"], key=lambda source: source["new"], reverse=True)
    lines = [f"- {source['source']}: {source['new']}" for source in sources if source["new"]]
    heading = f"Run {run['id']} ({run['state']}), new articles and notices: {run['new']}"
    return "\n".join([heading, *lines])
