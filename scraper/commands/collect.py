"""`tinhuyen collect`: one database for reading from the shards of a crawl."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from scraper.base.messages import say, say_count
from scraper.commands.arguments import Verb
from scraper.commands.session import Session

if TYPE_CHECKING:
    from scraper.transfer.collecting import Collected, CollectedShard

TAKEN = "{place}: {new} new, {changed} changed, {merged} merged, {unchanged} unchanged; {pages}"
UNCHANGED = "{place}: nothing has changed since it was collected"
ARCHIVE = "archive: {linked} linked, {copied} copied, {pushed} read where they were pushed"
CONFLICTS = "{count} stored without an address: another article of the shard has it"
DISPUTED = "{pages} of another source in another shard: the later row stays"
REFUSED = "{files} with names that no archive has: left out"
MISSING = "{files} not in the archive of the shard: push it again when they are closed"
PROGRESS = "{place}: {articles} articles read, {compared} compared"


@click.command("collect", cls=Verb)
@click.argument("places", nargs=-1, required=True, metavar="SHARD …")
@click.option("--province", metavar="NAME", help="Only sources of this province.")
@click.option("--year", type=click.IntRange(1990, 2100), help="Only articles of this year.")
@click.pass_obj
def command(
    session: Session, places: tuple[str, ...], province: str | None, year: int | None
) -> int:
    """Build one database for reading from the shards of a crawl: data folders or pushed places.

    Again, it takes what is new or changed. --db names the database, which never crawls itself.
    Exit code 1: an archive lacks something.

    \b
    Examples:
      tinhuyen collect --db all/tinhuyen.db s3://tin/shard-1 s3://tin/shard-2
      tinhuyen collect --db hanoi.db --province "Hà Nội" /srv/shard-1 /srv/shard-2
    """
    from scraper.base.lock import lock
    from scraper.store.database import open_database
    from scraper.transfer.collecting import collect
    from scraper.transfer.shards import find_province, find_shard

    configuration = session.configuration()
    database = configuration.database
    shards = [find_shard(place) for place in places]
    if province is not None:
        province = find_province(shards, province)
    with lock(database):
        db = open_database(database)
        wanted = str(year) if year is not None else None
        for report in collect(db, database, configuration.archive, shards, province, wanted):
            session.progress(_progress(report))
        db.close()
    session.show([asdict(shard) for shard in report.shards], _as_text(report))
    return 1 if any(shard.archive.missing for shard in report.shards) else 0


def _progress(report: Collected) -> str:
    shard = report.shards[-1]
    done = shard.articles.total
    return say(PROGRESS, place=shard.place, articles=done, compared=report.compared)


def _as_text(report: Collected) -> str:
    return "\n".join(line for shard in report.shards for line in _lines(shard))


def _lines(shard: CollectedShard) -> list[str]:
    if shard.is_unchanged:
        return [say(UNCHANGED, place=shard.place)]
    articles, archive = shard.articles, shard.archive
    lines = [
        say(
            TAKEN,
            place=shard.place,
            new=articles.new,
            changed=articles.changed,
            merged=articles.merged,
            unchanged=articles.unchanged,
            pages=say_count(shard.pages, "page"),
        ),
        say(ARCHIVE, linked=archive.linked, copied=archive.copied, pushed=archive.pushed),
    ]
    if articles.conflicts:
        count = say_count(articles.conflicts, "article or notice", "articles and notices")
        lines.append(say(CONFLICTS, count=count))
    if shard.disputed_pages:
        lines.append(say(DISPUTED, pages=say_count(shard.disputed_pages, "page")))
    if shard.refused_names:
        lines.append(say(REFUSED, files=say_count(shard.refused_names, "archive file")))
    if archive.missing:
        lines.append(say(MISSING, files=say_count(archive.missing, "archive file")))
    return lines
