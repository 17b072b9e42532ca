"""`tinhuyen search`: full text, with or without accents."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

import click

from scraper.commands.arguments import Verb, read_day
from scraper.commands.session import Session

KEYS = ("url", "title", "source", "published_at", "snippet", "attachment", "page")


@click.command("search", cls=Verb)
@click.argument("words", nargs=-1, required=True)
@click.option("--source", help="In one source only.")
@click.option("--since", metavar="DATE", callback=read_day, help="Published on this day or later.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.pass_obj
def command(
    session: Session,
    words: tuple[str, ...],
    source: str | None,
    since: date | None,
    limit: int,
) -> None:
    """Find articles that hold all words, best first; a phrase goes in quotes.

    Articles of which only an attachment holds them come last, with its name and page.

    \b
    Examples:
      tinhuyen search dang bo ham yen
      tinhuyen search '"chuyển đổi số"' --since 2026-01-01
    """
    from scraper.store.search import Filters, search

    day = since.isoformat() if since else None
    db = session.read_database()
    found = search(db, " ".join(words), Filters(source=source, since=day), limit=limit)
    rows = [{key: asdict(hit)[key] for key in KEYS} for hit in found.hits]
    lines = [
        "\n  ".join([str(row["title"]), *_in_file(row), row["snippet"], _place(row)])
        for row in rows
    ]
    session.show(rows, "\n\n".join(lines) or "nothing found")
    if found.bounded:
        note = f"tinhuyen: so many hits that only the latest {found.bounded} were ranked"
        click.echo(note, err=True)


def _in_file(row: dict[str, Any]) -> list[str]:
    """Return the line that names the attachment and the page, if the words are there."""
    if row["attachment"] is None:
        return []
    return [f"found in the attachment {row['attachment']}, page {row['page']}"]


def _place(row: dict[str, Any]) -> str:
    return " · ".join(filter(None, [row["published_at"], row["source"], row["url"]]))
