"""`tinhuyen reprocess`: extract the archived pages again with the present rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from scraper.base.errors import UsageError
from scraper.base.messages import say, say_count, spoken, translate, word
from scraper.commands.arguments import Verb
from scraper.commands.session import Session
from scraper.commands.source_options import fitting_slugs, source_options
from scraper.commands.tables import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlite_utils import Database

    from scraper.base.source import Source
    from scraper.cluster.report import ApplyReport, ClusterReport
    from scraper.config.source_filters import SourceFilters
    from scraper.reprocessing.files import FilesReport
    from scraper.reprocessing.report import Change, ReprocessReport

CHANGED = (
    "{pages}: {changed} changed, {found} found, {lost} no article to today's rules (kept as they"
    " are), {failed} failed"
)
WOULD_CHANGE = (
    "{pages}: {changed} would change, {found} found, {lost} no article to today's rules (kept as"
    " they are), {failed} failed"
)
FILES_READ = "{files} read: {changed} changed, {failed} failed (kept as they are)"


READ = (
    "{pages} read, {articles} with an article, {failed} failed; {again} read again with what was"
    " learned of {sources}; {tasks} done, {kept} of them earlier, {lost} given up"
)

GAVE_UP = 3
"""The exit code if a task was given up."""


@click.command("reprocess", cls=Verb)
@click.argument("slugs", nargs=-1, metavar="[SOURCE …]")
@source_options()
@click.option("--dry-run", is_flag=True, help="Change nothing, show what would change.")
@click.option("--out", metavar="ROOT", help="Write what is read to this folder or s3://….")
@click.option("--cluster", metavar="URL", help="With --out: read on the workers of tcp://….")
@click.option("--from", "root", metavar="ROOT", help="Store what --out wrote, read nothing.")
@click.pass_obj
def command(
    session: Session,
    slugs: tuple[str, ...],
    dry_run: bool,
    out: str | None,
    cluster: str | None,
    root: str | None,
    filters: SourceFilters,
) -> int:
    """Extract every archived page again, without the network. No change is a revision.

    Photos and attachments are read again if they never were, or by older rules.

    \b
    Examples:
      tinhuyen reprocess --dry-run
      tinhuyen reprocess hamyen
      tinhuyen reprocess --platform nukeviet
      tinhuyen reprocess --cluster tcp://10.0.0.1:8786 --out s3://tin/huyen
      tinhuyen reprocess --from s3://tin/huyen
    """
    from scraper.store.database import open_existing, open_for_reading
    from scraper.store.sources import stored_sources

    if cluster and not out:
        raise UsageError("--cluster needs --out: name the folder or s3://… for what is read")
    if out and root:
        raise UsageError("--out and --from exclude each other: write first, then store")
    if slugs and filters.are_given:
        raise UsageError("name sources or filter them, not both")
    configuration = session.configuration()
    if not dry_run and not out:
        session.warn_of_second_writer()
    db = (open_for_reading if dry_run or out else open_existing)(configuration.database)
    catalogue = session.catalogue()
    known = stored_sources(db, catalogue.sources)
    chosen = fitting_slugs(db, catalogue, filters) or slugs
    named = [known[slug] if slug in known else catalogue.find(slug) for slug in chosen]
    sources = named or list(known.values())
    if out:
        return _read_on(session, db, sources, out, cluster, dry_run=dry_run)
    if root:
        _apply(session, db, sources, root, dry_run=dry_run)
    else:
        _reprocess(session, db, sources, dry_run=dry_run)
    return 0


def _reprocess(session: Session, db: Database, sources: Sequence[Source], *, dry_run: bool) -> None:
    from scraper.reprocessing.reprocess import reprocess

    archive = session.configuration().archive
    for report in reprocess(db, archive, sources, dry_run=dry_run):
        session.progress(f"{report.pages} pages read, {report.changed} articles changed")
    files = _read_files(session, db, sources, dry_run=dry_run)
    session.show(
        asdict(report) | {"changes": dict(report.changes), "files": asdict(files)},
        "\n\n".join([_as_text(report), *_files_text(files, dry_run=dry_run)]),
    )


def _apply(
    session: Session, db: Database, sources: Sequence[Source], root: str, *, dry_run: bool
) -> None:
    from scraper.cluster.applying import apply_readings

    for report in apply_readings(db, root, sources, dry_run=dry_run):
        changes = report.changes
        session.progress(f"{changes.pages} pages read, {changes.changed} articles changed")
    files = _read_files(session, db, sources, dry_run=dry_run)
    session.show(
        report.as_json() | {"files": asdict(files)},
        "\n\n".join([_as_text(changes), *_left_out(report), *_files_text(files, dry_run=dry_run)]),
    )


def _read_files(
    session: Session, db: Database, sources: Sequence[Source], *, dry_run: bool
) -> FilesReport:
    from scraper.reprocessing.files import read_files_again

    archive, slugs = session.configuration().archive, [source.slug for source in sources]
    for files in read_files_again(db, archive, slugs, dry_run=dry_run):
        session.progress(f"{files.files} files read, {files.changed} texts changed")
    return files


def _read_on(
    session: Session,
    db: Database,
    sources: Sequence[Source],
    out: str,
    cluster: str | None,
    *,
    dry_run: bool,
) -> int:
    """Write the readings to a shared folder; with ``dry_run`` only count the tasks."""
    from scraper.cluster.engine import open_engine
    from scraper.cluster.reading import planned, read_on

    if dry_run:
        report = planned(db, sources)
        pages, tasks = say_count(report.pages, "page"), say_count(report.tasks, "task")
        text = say("{pages} would be read in {tasks}", pages=pages, tasks=tasks)
        session.show(report.as_json(), text)
        return 0
    archive = str(session.configuration().archive.absolute())
    with open_engine(cluster) as engine:
        for report in read_on(engine, db, archive, sources, out, is_elsewhere=bool(cluster)):
            session.progress(
                f"{report.done} of {report.tasks} tasks done, {report.pages} pages read"
            )
    session.show(report.as_json(), _read_text(report))
    return GAVE_UP if report.lost else 0


def _read_text(report: ClusterReport) -> str:
    head = say(
        READ,
        pages=say_count(report.pages, "page"),
        articles=report.articles,
        failed=report.failed,
        again=report.read_again,
        sources=say_count(report.sources_learned, "source"),
        tasks=say_count(report.tasks, "task"),
        kept=report.kept,
        lost=len(report.lost),
    )
    reasons = [
        {"reason": word("reason", reason, spoken()), "pages": count}
        for reason, count in report.reasons.most_common()
    ]
    tables = [table(reasons, ("reason", "pages"))] if reasons else []
    samples = [
        "\n".join([say("failed {url}", url=url), f"  {problem}"]) for url, problem in report.samples
    ]
    lost = [
        say(
            "given up: {task} ({pages}): {reason}",
            task=each.task,
            pages=say_count(each.pages, "page"),
            reason=each.reason,
        )
        for each in report.lost
    ]
    return "\n\n".join([head, *tables, *samples, *lost])


def _left_out(report: ApplyReport) -> Iterator[str]:
    """Tell which readings were not stored, and why."""
    for reason, count in report.not_applied.most_common():
        yield say(
            "{pages} not stored: {reason}",
            pages=say_count(count, "page"),
            reason=translate(reason, spoken()),
        )
    if report.not_learned:
        yield say(
            "not cleaned of what recurs now: {sources}; the next crawl does it, or"
            " `tinhuyen reprocess --out` again",
            sources=", ".join(report.not_learned),
        )


def _as_text(report: ReprocessReport) -> str:
    head = say(
        WOULD_CHANGE if report.dry_run else CHANGED,
        pages=say_count(report.pages, "page"),
        changed=say_count(report.changed, "article"),
        found=report.found,
        lost=report.lost,
        failed=report.failed,
    )
    counts = [{"field": name, "articles": count} for name, count in report.changes.most_common()]
    samples = [
        "\n".join([f"{name} {change.url}", *_sides(name, change)])
        for name, changes in report.samples.items()
        for change in changes
    ]
    tables = [table(counts, ("field", "articles"))] if counts else []
    return "\n\n".join([head, *report.unmatched, *tables, *samples])


def _files_text(files: FilesReport, *, dry_run: bool) -> list[str]:
    if dry_run:
        count = say_count(files.files, "photo or attachment", "photos and attachments")
        return [say("{files} would be read", files=count)] if files.files else []
    head = say(
        FILES_READ,
        files=say_count(files.files, "photo or attachment", "photos and attachments"),
        changed=say_count(files.changed, "text"),
        failed=files.failed,
    )
    failed = [(say("failed {url}", url=url), problem) for url, problem in files.samples]
    return [head, *(f"{line}\n  {problem}" for line, problem in failed)]


def _sides(name: str, change: Change) -> Iterator[str]:
    """Yield the value before and after; a side that has none is left out."""
    for sign, value in (("-", change.before), ("+", change.after)):
        if value is not None:
            text = word("reason", str(value), spoken()) if name == "lost" else _short(value)
            yield f"  {sign} {text}"


def _short(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 200 else f"{text[:200]}…"
