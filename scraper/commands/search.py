"""`tinhuyen search`: full text, with or without accents."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from scraper.base.clock import vietnam_time
from scraper.base.messages import say, say_number
from scraper.commands.arguments import Verb, read_day
from scraper.commands.output import value_word
from scraper.commands.session import Session
from scraper.commands.source_options import fitting_list, source_options

if TYPE_CHECKING:
    from scraper.config.source_filters import SourceFilters

KEYS = ("url", "title", "source", "published_at", "snippet", "attachment", "page", "marks")
CHANGES = ("edited", "removed", "republished")
COUNTED = 10_000
"""Hits that are counted: beyond, the count is "more than"."""


@click.command("search", cls=Verb)
@click.argument("words", nargs=-1, required=True)
@click.option("--source", help="In one source only.")
@click.option("--unit", metavar="NAME", help="In the sources of one unit over time only.")
@source_options()
@click.option("--since", metavar="DATE", callback=read_day, help="Published on this day or later.")
@click.option("--change", type=click.Choice(CHANGES), help="Only articles that changed so.")
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many at most."
)
@click.pass_obj
def command(
    session: Session,
    words: tuple[str, ...],
    source: str | None,
    unit: str | None,
    since: date | None,
    change: str | None,
    limit: int,
    filters: SourceFilters,
) -> None:
    """Find articles that hold all words, best first; a phrase goes in quotes.

    Articles of which only an attachment holds them come last, with its name and page.

    `--unit` names a commune of today, a former district or a province, by its code or its name:
    "Hàm Yên, Tuyên Quang". A commune is searched together with the former districts that it lay in,
    a former district together with the communes that it became.

    \b
    Examples:
      tinhuyen search dang bo ham yen
      tinhuyen search '"chuyển đổi số"' --since 2026-01-01
      tinhuyen search bau cu --unit "xã Hàm Yên"
      tinhuyen search nước sạch --province "Tuyên Quang" --level commune
    """
    from scraper.store.match_counts import count_matches
    from scraper.store.nearest_names import check_source
    from scraper.store.search import search
    from scraper.store.search_filters import Filters

    db = session.read_database()
    if source is not None:
        check_source(db, source)
    code = _unit_code(unit) if unit is not None else None
    day = since.isoformat() if since else None
    slugs = fitting_list(session, db, filters)
    wanted = Filters(source=source, since=day, change=change, slugs=slugs, unit=code)
    found = search(db, " ".join(words), wanted, limit=limit)
    rows = [{key: asdict(hit)[key] for key in KEYS} for hit in found.hits]
    lines = [
        "\n  ".join([str(row["title"]), *_in_file(row), row["snippet"], _place(row)])
        for row in rows
    ]
    session.show(rows, "\n\n".join(lines) or "nothing found")
    if rows:
        total = count_matches(db, " ".join(words), wanted, COUNTED, known=found.bounded)
        shown, count = say_number(len(rows)), say_number(max(total.count, len(rows)))
        session.note(
            f"{shown} of more than {count} articles shown"
            if total.has_more
            else f"{shown} of {count} articles shown"
        )
    if found.bounded:
        bounded = say_number(found.bounded)
        session.note(f"so many hits that only the latest {bounded} were ranked")


def _unit_code(name: str) -> str:
    """The code of a unit. Raises UsageError if it is not known, or not the only one of its name."""
    from pipelines.gazetteer.lookup import described, find_places, similar_places
    from scraper.base.errors import UsageError, did_you_mean, several_places

    found = find_places(name)
    if len(found) > 1:
        raise UsageError(several_places(name, map(described, found)))
    if not found:
        near = map(described, similar_places(name))
        raise UsageError(
            f"no unit `{name}`: {did_you_mean(near, 'see `tinhuyen sources coverage`')}"
        )
    return found[0].code


def _in_file(row: dict[str, Any]) -> list[str]:
    """Return the line that names the attachment and the page, if the words are there."""
    if row["attachment"] is None:
        return []
    return [
        say("found in the attachment {name}, page {page}", name=row["attachment"], page=row["page"])
    ]


def _place(row: dict[str, Any]) -> str:
    marks = [value_word("change", mark) for mark in row["marks"]]
    return " · ".join(
        filter(None, [vietnam_time(row["published_at"]), row["source"], row["url"], *marks])
    )
