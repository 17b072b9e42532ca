"""Compares a database with the truth of the made-up district."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlite_utils import Database

from scraper.demo.content import Story
from tests.scraper.recovery.district_truth import District, TrueArticle

Row = dict[str, Any]


def problems(db: Database, district: District) -> list[str]:
    """Return what differs from the truth: of articles, their history, captures and sums."""
    rows = {row["title"]: row for row in db.query("SELECT * FROM articles ORDER BY id")}
    known = {one.states[-1].story.title: one for one in district.articles}
    found = [f"missing: {title}" for title in known.keys() - rows.keys()]
    found += [f"not of the portal: {title}" for title in rows.keys() - known.keys()]
    (count,) = db.execute("SELECT count(*) FROM articles").fetchone()
    found += [f"{count} articles, {len(rows)} titles"] if count != len(rows) else []
    for title in known.keys() & rows.keys():
        found += _wrong_values(db, known[title], rows[title])
    return [*found, *_unsettled(db, district)]


def _wrong_values(db: Database, true: TrueArticle, row: Row) -> Iterator[str]:
    current = true.states[-1]
    pairs = {
        **_texts(row, current.story),
        "url": (_address(row["url"]) in map(_address, true.urls), True),
        "first_seen_at": (row["first_seen_at"], true.first_seen_at),
        "last_seen_at": (row["last_seen_at"], current.seen_at),
        "gone_at": (row["gone_at"], true.gone_at),
    }
    for name, (is_so, should_be) in pairs.items():
        if is_so != should_be:
            yield f"article {true.number}: {name} is {is_so!r}, not {should_be!r}"
    yield from _history(db, true, row)


def _texts(row: Row, story: Story) -> dict[str, tuple[object, object]]:
    return {
        "title": (row["title"], story.title),
        "lede": (row["lede"], story.lede),
        "body": (row["body"], story.body),
        "author": (row["author"], story.author),
        "published_at": (row["published_at"], story.published.isoformat()),
    }


def _address(url: str) -> str:
    """Return a URL without its scheme: http and https are one page."""
    return url.partition("://")[2]


def _history(db: Database, true: TrueArticle, row: Row) -> Iterator[str]:
    """Compare the earlier states, in the order in which they stood."""
    sql = (
        "SELECT body, seen_at FROM revisions WHERE article = :id UNION ALL"
        " SELECT body, returns.seen_at FROM returns JOIN revisions ON revisions.id = revision"
        " WHERE article = :id ORDER BY seen_at"
    )
    states = db.execute(sql, {"id": row["id"]}).fetchall()
    earlier = [(state.story.body, state.seen_at) for state in true.states[:-1]]
    if states != earlier:
        yield f"article {true.number}: {[at for _, at in states]}, not {[at for _, at in earlier]}"


def _unsettled(db: Database, district: District) -> Iterator[str]:
    """Compare the captures of the plan with those of the archive: each once, with an outcome."""
    rows = db.execute("SELECT url, captured_at, outcome FROM archived_captures").fetchall()
    listed = {(url, moment) for url, moment, _ in rows}
    if len(rows) != len(listed) or len(rows) != len(district.captures):
        yield f"{len(rows)} captures in the plan, {len(district.captures)} in the archive"
    yield from (f"{url} of {moment} waits" for url, moment, outcome in rows if outcome is None)
    yield from (
        f"query of {url} is not at its end"
        for (url,) in db.execute("SELECT url FROM recovery_queries WHERE finished_at IS NULL")
    )
