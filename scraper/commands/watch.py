"""`tinhuyen watch`: the saved searches, and what each would have found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scraper.base.clock import vietnam_time
from scraper.base.messages import say, say_count, say_number
from scraper.commands.arguments import GLOBAL_OPTIONS, Verb
from scraper.commands.session import Session
from scraper.commands.tables import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlite_utils import Database

    from scraper.base.watch import Watch

COLUMNS = ("name", "words", "places", "sources", "hits", "last_found_at")
MAX_SHOWN = 20


@click.group("watch", params=list(GLOBAL_OPTIONS))
def command() -> None:
    """List and try the saved searches: the entries [[watch]] of tinhuyen.toml.

    \b
    Examples:
      tinhuyen watch list
      tinhuyen watch test "Nước sạch"
      tinhuyen watch test --words '"nước sạch"' --place "Hàm Yên" --days 90
    """


@command.command("list", cls=Verb)
@click.pass_obj
def list_watches(session: Session) -> None:
    """List the watches, and how many articles each has found.

    \b
    Examples:
      tinhuyen watch list
      tinhuyen watch list --json
    """
    from scraper.store.watches import active_watches

    db = session.read_database()
    found = {row["name"]: row for row in active_watches(db)}
    none = {"hits": 0, "last_found_at": None}
    rows: list[dict[str, Any]] = [
        watch.model_dump(mode="json", exclude={"alerts"})
        | {name: found.get(watch.name, none)[name] for name in none}
        for watch in session.configuration().watch
    ]
    shown = [
        row
        | {name: ", ".join(row[name]) for name in ("places", "sources")}
        | {"last_found_at": vietnam_time(row["last_found_at"])}
        for row in rows
    ]
    nothing = 'there is none: add an entry [[watch]] to tinhuyen.toml, with name = "…", words = "…"'
    session.show(rows, table(shown, COLUMNS) if rows else nothing)
    _refuse_unknown_sources(session, db, session.configuration().watch)


@command.command("test", cls=Verb)
@click.argument("name", required=False)
@click.option("--words", default="", help="Words and phrases, as in `words` of an entry.")
@click.option("--place", "places", multiple=True, help="A place, as in `places`; repeatable.")
@click.option("--source", "sources", multiple=True, help="A source, as in `sources`; repeatable.")
@click.option(
    "--days",
    type=click.IntRange(1, 36500),
    default=30,
    show_default=True,
    help="Days to look back.",
)
@click.pass_obj
def test_watch(
    session: Session,
    name: str | None,
    words: str,
    places: tuple[str, ...],
    sources: tuple[str, ...],
    days: int,
) -> None:
    """Show what a watch would have found in the past days; of one not saved yet, by its words.

    Without a name, all watches of tinhuyen.toml are tried.

    \b
    Examples:
      tinhuyen watch test
      tinhuyen watch test "Nước sạch"
      tinhuyen watch test --words '"nước sạch"' --place "Hàm Yên" --days 90
    """
    given = {"words": words, "places": places, "sources": sources}
    watches = _chosen(session, name, given)
    db = session.read_database()
    _refuse_unknown_sources(session, db, watches)
    tried = [_try(db, watch, days) for watch in watches]
    if len(watches) == 1:
        session.show(*tried[0])
        return
    values = [
        {"name": watch.name, **value} for watch, (value, _) in zip(watches, tried, strict=True)
    ]
    texts = [f"{watch.name}\n\n{text}" for watch, (_, text) in zip(watches, tried, strict=True)]
    session.show(values, "\n\n\n".join(texts))


def _try(db: Database, watch: Watch, days: int) -> tuple[dict[str, Any], str]:
    """Return what a watch would have found in the past days, as values and as text."""
    from scraper.store.watches import find_in_past, reported_articles

    found = find_in_past(db, watch, days)[::-1]
    rows = reported_articles(db, found[:MAX_SHOWN])
    for row in rows:
        del row["start"], row["kind"]
    lines = [f"{_place(row)}\n  {row['title'] or ''}\n  {row['url'] or ''}" for row in rows]
    more = len(found) - len(rows)
    text = "{count} in the past {days}; {more} not shown" if more else "{count} in the past {days}"
    count = {"count": say_number(len(found)), "more": say_number(more)}
    lines.append(say(text, days=say_count(days, "day"), **count))
    return {"count": len(found), "articles": rows}, "\n\n".join(lines)


def _chosen(session: Session, name: str | None, given: dict[str, Any]) -> Sequence[Watch]:
    """Return the watch that is named, one that only the options describe, or else all watches."""
    from scraper.base.errors import UsageError

    if name and any(given.values()):
        raise UsageError("name a watch of tinhuyen.toml, or give --words, --place or --source")
    if any(given.values()):
        return [_described(given)]
    watches = session.configuration().watch
    if not watches:
        raise UsageError(
            "tinhuyen.toml has no [[watch]] to try: add one, or give --words, --place or --source"
        )
    return [_named(watches, name)] if name else watches


def _named(watches: Sequence[Watch], name: str) -> Watch:
    """Return the watch with a name. Raises UsageError if there is none."""
    from difflib import get_close_matches

    from scraper.base.errors import UsageError, did_you_mean

    by_name = {watch.name: watch for watch in watches}
    if name not in by_name:
        near = get_close_matches(name, by_name, n=3)
        hint = did_you_mean(near, "see `tinhuyen watch list`")
        raise UsageError(f"no watch {name!r}: {hint}")
    return by_name[name]


def _described(given: dict[str, Any]) -> Watch:
    """Return a watch that only the options describe. Raises UsageError."""
    from pydantic import ValidationError

    from scraper.base.errors import UsageError
    from scraper.base.watch import Watch

    try:
        return Watch(name="test", **given)
    except ValidationError as error:
        first = error.errors()[0]
        key = str(first["loc"][0]).removesuffix("s") if first["loc"] else "words"
        option = "words" if key == "word" else key
        raise UsageError(f"--{option}: {first['msg'].removeprefix('Value error, ')}") from error


def _place(row: dict[str, Any]) -> str:
    return " · ".join(filter(None, [vietnam_time(row["published_at"]), row["name"]]))


def _refuse_unknown_sources(session: Session, db: Database, watches: Any) -> None:
    """Raise UsageError if a watch names a source that does not exist."""
    from scraper.base.errors import UsageError
    from scraper.config.watches import unknown_sources
    from scraper.store.sources import source_names

    if problems := unknown_sources(watches, session.catalogue(), source_names(db)):
        raise UsageError("\ntinhuyen: ".join(problems))
