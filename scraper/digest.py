"""The words of an alert: what changed, what broke and recovered, and the night's articles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scraper.store.verdicts import Change

NIGHTLY = "*"
"""What stands for the nightly run itself among the sources."""


@dataclass(frozen=True, slots=True)
class Digest:
    """A title of one line, and a body of a few."""

    title: str
    body: str


def write_digest(
    changes: Sequence[Change], articles: Mapping[str, int], run: Mapping[str, object] | None
) -> Digest:
    """Write the alert for changes of verdicts.

    ``articles`` are the new articles of the latest run by source; ``run`` is its row in ``runs``.
    """
    broke = [change for change in changes if not change.after.is_well]
    recovered = [change for change in changes if change.after.is_well and not change.before.is_well]
    other = [change for change in changes if change not in broke and change not in recovered]
    title = f"tinhuyen: {len(broke)} broke, {len(recovered)} recovered"
    parts = [
        _part("Broke", broke),
        _part("Recovered", recovered),
        _part("Changed", other),
        _night(articles, run),
    ]
    return Digest(title, "\n\n".join(filter(None, parts)))


def _part(heading: str, changes: Sequence[Change]) -> str:
    lines = [
        f"- {'the nightly run' if change.source == NIGHTLY else change.source}: "
        f"{change.before} → {change.after} ({change.reason})"
        for change in changes
    ]
    return "\n".join([f"{heading}:", *lines]) if lines else ""


def _night(articles: Mapping[str, int], run: Mapping[str, object] | None) -> str:
    if run is None:
        return ""
    heading = f"Run {run['id']} ({run['state']}), new articles: {sum(articles.values())}"
    return "\n".join(
        [heading, *(f"- {slug}: {count}" for slug, count in articles.items() if count)]
    )
