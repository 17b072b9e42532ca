"""`tinhuyen archive`: the pages as they came."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import date, datetime, time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scraper.base.errors import UsageError
from scraper.base.messages import counted, say, say_count
from scraper.commands.arguments import GLOBAL_OPTIONS, Verb, read_day
from scraper.commands.output import pull_lines, push_lines
from scraper.commands.recover import recover
from scraper.commands.session import Session
from scraper.commands.tables import table

if TYPE_CHECKING:
    from scraper.archive.inspection import Size
    from scraper.transfer.pruning import Pruning


@click.group("archive", params=list(GLOBAL_OPTIONS))
def command() -> None:
    """Check the archive, what it costs, delete old photos, copy it, recover what went dark.

    \b
    Examples:
      tinhuyen archive verify
      tinhuyen archive size
      tinhuyen archive prune --photos --before 2024-01-01 --dry-run
      tinhuyen archive push s3://bucket/tinhuyen
      tinhuyen archive recover hamyen --dry-run
    """


command.add_command(recover)


@command.command("verify", cls=Verb)
@click.pass_obj
def verify(session: Session) -> int:
    """Read every record and check its digests. Exit code 1: something is lost or damaged.

    \b
    Example:
      tinhuyen archive verify
    """
    from scraper.archive import inspection
    from scraper.store.archived_records import named_records, named_warc_files

    db, checks = session.read_database(), []
    records_in = partial(named_records, db)
    for check in inspection.verify(_folder(session), named_warc_files(db), records_in):
        checks.append(check)
        session.progress(f"{counted(len(checks), 'file')} read, {check.name} the last")
    rows = [asdict(check) | {"whole": check.is_whole} for check in checks]
    columns = ("name", "place", "whole", "records", "size", "unnamed", "damaged", "lost")
    lines = [table(rows, columns)]
    if unnamed := sum(check.unnamed for check in checks):
        count = say_count(unnamed, "body is", "bodies are")
        lines.append(say(UNNAMED, bodies=count))
    session.show(rows, "\n".join(lines))
    return 0 if all(check.is_whole for check in checks) else 1


@command.command("size", cls=Verb)
@click.pass_obj
def size(session: Session) -> None:
    """Show what pages, photos and attachments cost in the archive, in all and by source.

    \b
    Example:
      tinhuyen archive size --json
    """
    from scraper.archive.inspection import measure_size
    from scraper.store.archived_records import record_spans

    cost = measure_size(_folder(session), record_spans(session.read_database()))
    kinds = _kind_rows(cost)
    sources = _source_rows(cost)
    text = "\n\n".join(
        [
            say("{files}, {size} bytes", files=say_count(cost.files, "file"), size=cost.size),
            *_pushed_lines(cost),
            table(kinds, ("kind", "captures", "bytes", "share")),
            table(sources, ("source", "captures", "bytes", "share", *KINDS.values())),
        ]
    )
    value = {
        "files": cost.files,
        "bytes": cost.size,
        "pushed": asdict(cost.pushed),
        "removed": asdict(cost.removed),
        "kinds": kinds,
        "sources": sources,
    }
    session.show(value, text)


@command.command("prune", cls=Verb)
@click.option("--photos", is_flag=True, help="The bodies of photos: nothing else can be deleted.")
@click.option("--before", metavar="DATE", callback=read_day, help="Fetched before this day.")
@click.option("--dry-run", is_flag=True, help="Delete nothing, show what would be deleted.")
@click.option("--yes", is_flag=True, help="Delete without asking.")
@click.pass_obj
def prune(session: Session, photos: bool, before: date | None, dry_run: bool, yes: bool) -> None:
    """Delete photos that were fetched before a day from the archive, for good.

    Previews, pages and attachments stay. A deleted photo is not fetched again.

    \b
    Examples:
      tinhuyen archive prune --photos --before 2024-01-01 --dry-run
      tinhuyen archive prune --photos --before 2024-01-01
    """
    from scraper.base.clock import VIETNAM
    from scraper.base.lock import lock
    from scraper.store.database import open_existing
    from scraper.transfer.pruning import plan_pruning, prune_photos

    if not photos or before is None:
        raise UsageError("archive prune deletes photos only: give both --photos and --before DATE")
    configuration = session.configuration()
    moment = datetime.combine(before, time(), VIETNAM)
    plan = plan_pruning(session.read_database(), configuration.archive, moment)
    is_empty = not plan.photos and not plan.deleted_files
    if dry_run or is_empty:
        nothing = "; ".join([say(NOTHING), *_elsewhere(plan)])
        session.show(asdict(plan), _pruning_text(plan, WOULD) if not is_empty else nothing)
        return
    if not yes and not _confirms(session, f"{_pruning_text(plan, WILL)}. {say(DELETE)}"):
        session.show(None, "nothing was deleted")
        return
    with lock(configuration.database):
        db = open_existing(configuration.database)
        for done in prune_photos(db, configuration.archive, moment):
            session.progress(f"{counted(done.photos, 'photo')} deleted")
    session.show(asdict(done), _pruning_text(done, WAS))


@command.command("push", cls=Verb)
@click.argument("url", metavar="URL")
@click.option("--remove", is_flag=True, help="Remove here what was read back there.")
@click.pass_obj
def push(session: Session, url: str, remove: bool) -> int:
    """Copy closed archive files and the tables to s3://… or a folder, and read them back there.

    Removed files are read from there. Exit code 1: a file could not be pushed.

    \b
    Examples:
      tinhuyen archive push s3://bucket/tinhuyen
      tinhuyen archive push s3://bucket/tinhuyen --remove
    """
    from scraper.archive.manifest import place_of
    from scraper.transfer import pushing

    configuration = session.configuration()
    db, place = session.read_database(), place_of(url)
    for done in pushing.push(
        db, configuration.database, configuration.archive, place, remove=remove
    ):
        session.progress(f"{counted(len(done.files), 'archive file')} pushed or checked")
    session.show(asdict(done), "\n".join(push_lines(done)))
    return 1 if done.problem or done.count("failed", "differs") else 0


@command.command("pull", cls=Verb)
@click.argument("url", metavar="URL")
@click.argument("names", nargs=-1, metavar="[FILE …]")
@click.pass_obj
def pull(session: Session, url: str, names: tuple[str, ...]) -> int:
    """Fetch pushed archive files back, or only those named. Nothing is overwritten.

    Exit code 1: a file could not be fetched, or another of its name is here.

    \b
    Examples:
      tinhuyen archive pull s3://bucket/tinhuyen
      tinhuyen archive pull s3://bucket/tinhuyen tinhuyen-20261123020000-7-00000.warc.gz
    """
    from scraper.archive.manifest import place_of
    from scraper.transfer import pulling

    configuration = session.configuration()
    place = place_of(url)
    for done in pulling.pull(configuration.database, configuration.archive, place, names):
        session.progress(f"{counted(len(done.files), 'archive file')} pulled or checked")
    session.show(asdict(done), "\n".join(pull_lines(done)))
    return 1 if done.count("failed", "differs") else 0


NOTHING = "nothing to delete: every photo of the archive came on that day or later, or is needed"


UNNAMED = "{bodies} not in the database: of killed runs, or another one"

PRUNED = "{photos} ({freed} bytes) {deleted}: {files} as a whole, {rewritten} in part"
STORED = "{files}, {size} bytes in object storage; {removed} of them, {bytes} bytes, only there"
NOT_HERE = "{photos} that came before that day stay, in files that are only in object storage"
WOULD, WILL, WAS, WERE = "would be deleted", "will be deleted", "was deleted", "were deleted"
DELETE = "Delete for good?"


def _pruning_text(pruning: Pruning, deleted: str) -> str:
    """What is deleted; ``deleted`` says whether it is."""
    deleted = WERE if deleted == WAS and pruning.photos != 1 else deleted
    text = say(
        PRUNED,
        photos=say_count(pruning.photos, "photo"),
        freed=pruning.freed_bytes,
        deleted=say(deleted),
        files=say_count(pruning.deleted_files, "archive file"),
        rewritten=pruning.rewritten_files,
    )
    return "; ".join([text, *_elsewhere(pruning)])


def _elsewhere(pruning: Pruning) -> list[str]:
    """What is not deleted, since it is not here."""
    photos = say_count(pruning.elsewhere, "photo")
    return [say(NOT_HERE, photos=photos)] if pruning.elsewhere else []


def _confirms(session: Session, question: str) -> bool:
    """Ask on the terminal. Raises UsageError if there is none."""
    if not sys.stdin.isatty():
        raise UsageError("archive prune asks before it deletes: give --yes if no terminal is there")
    return click.confirm(question, err=session.as_json)


KINDS = {"page": "pages", "photo": "photos", "preview": "previews", "attachment": "attachments"}
"""The kinds of records that the database names, and what their columns are called."""


def _pushed_lines(cost: Size) -> list[str]:
    """What is in object storage, if anything is."""
    if not cost.pushed.files:
        return []
    pushed, removed = cost.pushed, cost.removed
    files = say_count(pushed.files, "file")
    return [say(STORED, files=files, size=pushed.size, removed=removed.files, bytes=removed.size)]


def _kind_rows(cost: Size) -> list[dict[str, Any]]:
    """A row for each kind, and one for what the database does not name."""
    from scraper.archive.inspection import Share

    shares = cost.kinds
    rest = Share(0, cost.all_bytes - sum(share.size for share in shares.values()))
    named = {KINDS[kind]: shares.get(kind, Share()) for kind in KINDS}
    return [
        {
            "kind": kind,
            "captures": share.captures,
            "bytes": share.size,
            "share": _share(share.size, cost.all_bytes),
        }
        for kind, share in (named | {"other": rest}).items()
    ]


def _source_rows(cost: Size) -> list[dict[str, Any]]:
    """A row for each source, with the bytes of each kind."""
    from scraper.archive.inspection import Share

    rows = []
    for source, shares in sorted(cost.sources.items()):
        size = sum(share.size for share in shares.values())
        rows.append(
            {
                "source": source,
                "captures": sum(share.captures for share in shares.values()),
                "bytes": size,
                "share": _share(size, cost.all_bytes),
                **{name: shares.get(kind, Share()).size for kind, name in KINDS.items()},
            }
        )
    return rows


def _share(size: int, whole: int) -> float:
    return round(size / whole, 4) if whole else 0.0


def _folder(session: Session) -> Path:
    return session.configuration().archive
