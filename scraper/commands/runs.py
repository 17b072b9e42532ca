"""`tinhuyen runs`: past runs."""

from __future__ import annotations

from typing import Any

import click

from scraper.base.errors import UsageError
from scraper.commands.arguments import Verb
from scraper.commands.output import file_lines, missing_lines, reason_lines, with_vietnam_times
from scraper.commands.session import Session
from scraper.commands.source_life import skipped_lines
from scraper.commands.tables import table

LARGEST_ID = 2**63 - 1
"""The largest id of a row in SQLite."""

RUN_COLUMNS = (
    "id", "state", "trigger", "started_at", "finished_at", "found", "new", "updated", "failed",
    "error",
)  # fmt: skip


@click.command("runs", cls=Verb)
@click.argument("run", required=False, type=click.IntRange(1, LARGEST_ID), metavar="[ID]")
@click.pass_obj
def command(session: Session, run: int | None) -> None:
    """Show the latest runs, or one run in full, a row a source.

    `found` counts articles that the run saw; `addresses` all pages that it took up, lists among
    them, which the outcomes add up to.

    \b
    Examples:
      tinhuyen runs
      tinhuyen runs 12 --json
    """
    from pipelines.items import Outcome
    from scraper.store.file_counts import add_file_counts
    from scraper.store.runs import add_reasons, list_runs, read_run
    from scraper.store.source_life import skipped_in

    db = session.read_database()
    if run is None:
        rows = list_runs(db)
        text = table([_readable(row) for row in rows], RUN_COLUMNS) if rows else "no run yet"
        session.show(rows, text)
        return
    row = read_run(db, run)
    if row is None:
        raise UsageError(f"no run {run} in this database: see `tinhuyen runs`")
    seen = [outcome for outcome in Outcome if any(one[outcome] for one in row["sources"])]
    columns = ("source", "found", "addresses", *seen, "requests", "bytes", "seconds", "error")
    sources = row["sources"]
    add_reasons(db, run, sources)
    add_file_counts(db, run, sources)
    counts = [one | {"addresses": one["discovered"]} for one in sources]
    tables = [table([_readable(row)], RUN_COLUMNS), "", table(counts, columns)]
    row["skipped"] = skipped_in(db, run)
    lines = [*reason_lines(sources), *file_lines(sources), *missing_lines(sources)]
    lines += skipped_lines(row["skipped"])
    text = "\n".join([*tables, *lines])
    session.show(row, text)


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    return with_vietnam_times(row, "started_at", "finished_at")
