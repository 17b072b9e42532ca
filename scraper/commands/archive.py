"""`tinhuyen archive`: the pages as they came."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from pathlib import Path

import click

from scraper.commands.arguments import GLOBAL_OPTIONS, Verb
from scraper.commands.output import table
from scraper.commands.session import Session


@click.group("archive", params=list(GLOBAL_OPTIONS))
def command() -> None:
    """Check the archive, and what it costs.

    \b
    Examples:
      tinhuyen archive verify
      tinhuyen archive size
    """


@command.command("verify", cls=Verb)
@click.pass_obj
def verify(session: Session) -> int:
    """Read every record and check its digests. Exit code 1: something is lost or damaged.

    \b
    Example:
      tinhuyen archive verify
    """
    from scraper.archive import inspection
    from scraper.store.captures import capture_offsets, named_warc_files

    db, checks = session.read_database(), []
    offsets_in = partial(capture_offsets, db)
    for check in inspection.verify(_folder(session), named_warc_files(db), offsets_in):
        checks.append(check)
        session.progress(f"{len(checks)} files read, {check.name} the last")
    rows = [asdict(check) | {"whole": check.is_whole} for check in checks]
    session.show(rows, table(rows, ("name", "whole", "records", "size", "damaged", "lost")))
    return 0 if all(check.is_whole for check in checks) else 1


@command.command("size", cls=Verb)
@click.pass_obj
def size(session: Session) -> None:
    """Show what the archive costs, in all and by source.

    \b
    Example:
      tinhuyen archive size --json
    """
    from scraper.archive.inspection import measure_size
    from scraper.store.captures import capture_spans

    cost = measure_size(_folder(session), capture_spans(session.read_database()))
    rows = [
        {"source": source, "captures": captures, "bytes": size}
        for source, (captures, size) in sorted(cost.sources.items())
    ]
    text = (
        f"{cost.files} files, {cost.size} bytes\n\n{table(rows, ('source', 'captures', 'bytes'))}"
    )
    session.show({"files": cost.files, "bytes": cost.size, "sources": rows}, text)


def _folder(session: Session) -> Path:
    return session.configuration().archive
