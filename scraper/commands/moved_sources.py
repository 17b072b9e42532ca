"""`tinhuyen sources check`: sites that moved, and following them with `--fix`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from scraper.base.messages import say, say_count, spoken, translate
from scraper.commands.session import Session
from scraper.commands.site_preview import look_apart, written_entry

if TYPE_CHECKING:
    from scraper.config.registry import Catalogue
    from scraper.crawling.moving import Move
    from scraper.crawling.preview import Preview

MOVED = "{slug} moved: {old} → {new} ({status})"
HOW_TO_FOLLOW = "`tinhuyen sources check {slug} --fix` follows it"
FOUND = "it calls itself “{name}”; of {met} met there, {stored} are stored already"
REFUSED = "not followed: {reason}; if it is right all the same: `tinhuyen sources add {new}`"
QUESTION = "write into the entry of {slug}: {entry}?"


def moves_in(session: Session, catalogue: Catalogue, found: Sequence[Preview]) -> list[Move]:
    """Return the moves of the sites that were looked at, those recorded by runs among them."""
    from scraper.crawling.moving import move_to
    from scraper.store.source_life import last_move

    moves = []
    for one in found:
        target, status = one.moved_to, one.moved_status
        if target is None and not one.samples and session.configuration().database.exists():
            target, status = last_move(session.read_database(), one.source.slug)
        if target is not None:
            moves.append(move_to(one.source, target, status or 0, catalogue))
    return moves


def report_moves(moves: Sequence[Move]) -> tuple[list[dict[str, Any]], list[str]]:
    """Return what there is to say of moves that are not followed: values, and lines."""
    lines = []
    for move in moves:
        how = say(HOW_TO_FOLLOW, slug=move.source.slug)
        lines.append(f"{_move_text(move)}: {how}")
    return [_value(move, move.refused) for move in moves], lines


def follow_moves(
    session: Session, moves: Sequence[Move], delay: float | None, *, yes: bool
) -> list[dict[str, Any]]:
    """Look at the new addresses, show both, and change the entries that the user agrees to.

    Returns a value for each move; ``written`` is whether its entry was changed.
    """
    looks = look_apart(session, [move.moved for move in moves if move.moved], delay)
    found = {one.source.slug: one for one in looks}
    return [_follow(session, move, found.get(move.source.slug), yes=yes) for move in moves]


def _follow(session: Session, move: Move, found: Preview | None, *, yes: bool) -> dict[str, Any]:
    """Show a move and what was found at the new address; change the entry if that is wanted."""
    from scraper.config.registry import write_source

    slug, file, err = move.source.slug, session.sources_file, session.as_json
    click.echo(_move_text(move), err=err)
    reason, facts = (move.refused, {}) if found is None else _judge(session, move, found)
    if reason is not None:
        said = say(REFUSED, reason=translate(reason, spoken()), new=move.target)
        click.echo(f"  {said}", err=err)
        return _value(move, reason) | facts
    entry = written_entry(move.entry)
    is_wanted = yes or click.confirm(f"  {say(QUESTION, slug=slug, entry=entry)}", err=err)
    if is_wanted:
        write_source(file, slug, move.entry)
        wake(session, [slug])
        done = say("{slug} is in {file}: {entry}", slug=slug, file=file, entry=entry)
        click.echo(f"  {done}", err=err)
    return _value(move, None) | facts | {"written": is_wanted}


def _judge(session: Session, move: Move, found: Preview) -> tuple[str | None, dict[str, Any]]:
    """Show what is at the new address. Returns why it is not followed, or None, and the facts."""
    from scraper.crawling.moving import why_not_followed

    names, stored = _known(session, move, found)
    met = len(found.proof.keys)
    line = say(FOUND, name=found.site_name or "", met=say_count(met, "article"), stored=stored)
    click.echo(f"  {line}", err=session.as_json)
    facts = {"site_name": found.site_name, "articles_met": met, "articles_stored": stored}
    return why_not_followed(move, found, names, stored), facts


def wake(session: Session, slugs: Sequence[str]) -> None:
    """Have the next run ask sources that were dark: they answer now."""
    from scraper.store.database import open_existing, write_transaction
    from scraper.store.source_life import dark_sources, set_answering

    database = session.configuration().database
    if not database.exists():
        return
    dark = [slug for slug in slugs if slug in dark_sources(session.read_database())]
    if not dark:
        return
    with closing(open_existing(database)) as db, write_transaction(db):
        for slug in dark:
            set_answering(db, slug)


def _known(session: Session, move: Move, found: Preview) -> tuple[list[str], int]:
    """Return the names that a source had, and how many articles met at the new address it has."""
    from scraper.store.source_history import site_names
    from scraper.store.source_life import stored_articles

    source = move.source
    if not session.configuration().database.exists():
        return [source.name], 0
    db = session.read_database()
    stored = stored_articles(db, source.slug, found.proof.keys, found.proof.texts)
    return [source.name, *site_names(db, source.slug)], stored


def _move_text(move: Move) -> str:
    return say(
        MOVED,
        slug=move.source.slug,
        old=move.source.home_url,
        new=move.target,
        status=move.status,
    )


def _value(move: Move, refused: str | None) -> dict[str, Any]:
    return {
        "source": move.source.slug,
        "from": move.source.home_url,
        "to": move.target,
        "status": move.status,
        "refused": refused,
        "entry": move.entry,
        "written": False,
    }
