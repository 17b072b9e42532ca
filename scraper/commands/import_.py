"""`tinhuyen import`: pages and texts that came another way."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scraper.base.messages import say, say_count
from scraper.commands.arguments import Verb, shard_option
from scraper.commands.session import Session
from scraper.commands.tables import table

if TYPE_CHECKING:
    from scraper.transfer.import_report import ImportReport

EARLIER = "{states} of articles kept as revisions"
LEFT = "not taken, {reason}: {count} ({examples})"


@click.command("import", cls=Verb)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH …")
@click.option("--source", "slug", metavar="SLUG", help="Their source; else that of their address.")
@shard_option("Leave out what belongs to sources of other shards than I of N.")
@click.pass_obj
def command(session: Session, paths: tuple[Path, ...], slug: str | None) -> int:
    """Take in .html, .mhtml, .txt, .warc(.gz) and .jsonl files, or folders of them, as if crawled.

    Text without an address needs --source. Exit code 1: nothing could be taken; 3: something could
    not be read.

    \b
    Examples:
      tinhuyen import saved-pages/ old.warc.gz
      tinhuyen import article.txt --source hamyen
    """
    from scraper.base.errors import TinhuyenError
    from scraper.base.lock import lock
    from scraper.store.collected_shards import refuse_collected
    from scraper.store.database import open_database
    from scraper.transfer.importer import import_paths

    configuration = session.configuration()
    catalogue = session.own_catalogue()
    source = catalogue.find(slug) if slug else None
    for path in paths:
        if not path.exists():
            raise TinhuyenError(f"{path}: no such file or folder: name one that exists")
    session.warn_of_second_writer()
    with lock(configuration.database):
        db = open_database(configuration.database)
        refuse_collected(db, configuration.database)
        known = [*catalogue.own, *catalogue.sources.values()]
        elsewhere = {slug: str(shard) for slug, shard in catalogue.elsewhere.items()}
        reports = import_paths(db, configuration.archive, paths, known, source, elsewhere)
        for report in reports:
            taken = report.taken.total() + report.kept_already + report.earlier
            session.progress(f"{taken} pieces taken, {report.reasons.total()} not")
    session.show(_as_json(report), _as_text(report))
    if not (report.taken or report.kept_already or report.earlier or report.files):
        return 1
    return 3 if report.failed else 0


def _as_json(report: ImportReport) -> dict[str, Any]:
    return {
        "taken": {str(outcome): count for outcome, count in report.taken.items()},
        "kept_already": report.kept_already,
        "earlier": report.earlier,
        "files": {str(kind): count for kind, count in report.files.items()},
        "failed": report.failed,
        "reasons": dict(report.reasons),
        "left": report.left,
    }


def _as_text(report: ImportReport) -> str:
    taken = [{"outcome": outcome, "pieces": count} for outcome, count in report.taken.items()]
    lines = [table(taken, ("outcome", "pieces"))] if taken else [say("nothing was taken")]
    if report.kept_already:
        lines.append(say("{count} here already", count=report.kept_already))
    if report.earlier:
        lines.append(say(EARLIER, states=say_count(report.earlier, "earlier state")))
    if report.files:
        counts = ", ".join(say_count(count, str(kind)) for kind, count in report.files.items())
        lines.append(say("files of articles taken: {files}", files=counts))
    for reason, count in report.reasons.most_common():
        shown = ", ".join(report.left[reason][:3])
        more = ", …" if count > 3 else ""
        lines.append(say(LEFT, reason=reason, count=count, examples=f"{shown}{more}"))
    return "\n".join(lines)
