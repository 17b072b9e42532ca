"""Queries about a source's articles for its health record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlite_utils import Database

from pipelines.article import Kind
from pipelines.extraction.similarity import are_unrelated
from pipelines.extraction.vietnamese import read_language
from scraper.base.clock import VIETNAM, to_utc_iso
from scraper.store.source_record import SourceRun

ARRIVED, NEWEST, EARLIER, MIN_ARTICLES = 50, 10, 200, 5
"""Articles of the latest run that are looked at, newest and earlier ones; if fewer than
MIN_ARTICLES came with it, the newest ones are taken instead."""

TURNED = 200
"""Changed articles whose earlier text is compared with the present one."""

SEEN = 5 * TURNED
"""Articles that a site has shown are counted up to this: TURNED are a small share of more."""

TELLING = 200
"""Characters that a body needs for its language to be known: a shorter foreign text on a page that
claims to be Vietnamese has no known language."""

WEEK, YEAR = timedelta(weeks=1), timedelta(weeks=52)
HALF_YEAR = timedelta(weeks=26)


def has_articles(db: Database, slug: str) -> bool:
    """Whether the source has an article, of any kind."""
    sql = "SELECT EXISTS (SELECT 1 FROM articles WHERE source = ?)"
    return bool(db.execute(sql, [slug]).fetchone()[0])


def articles_by_run(
    db: Database, slug: str, nights: Sequence[SourceRun]
) -> tuple[list[int], list[int], list[int]]:
    """Return articles (ids) with text: of the latest run, the earlier, and the newest ones."""
    rows = db.execute(
        "SELECT id, changed_at FROM articles WHERE source = ? AND kind = ?"
        " ORDER BY changed_at DESC, id DESC LIMIT ?",
        [slug, Kind.ARTICLE, ARRIVED + EARLIER],
    ).fetchall()
    ids = [row[0] for row in rows]
    since = to_utc_iso(nights[0].started_at) if nights else ""
    count = sum(changed_at >= since for _, changed_at in rows[:ARRIVED])
    count = count if count >= MIN_ARTICLES else NEWEST
    return ids[:count], ids[count:], ids[:NEWEST]


def turned_articles(db: Database, slug: str, start: datetime) -> tuple[int, int]:
    """Count the articles that since a time show an unrelated text, and those that show no text."""
    rows = db.execute(
        "SELECT articles.body, language, coalesce("
        "(SELECT body FROM revisions WHERE article = articles.id AND seen_at < :start"
        " ORDER BY seen_at DESC, revisions.id DESC LIMIT 1),"
        " (SELECT body FROM revisions WHERE article = articles.id"
        " ORDER BY seen_at, revisions.id LIMIT 1)) AS before"
        " FROM articles WHERE source = :slug AND changed_at >= :start"
        " AND first_seen_at < changed_at ORDER BY changed_at DESC LIMIT :most",
        {"start": to_utc_iso(start), "slug": slug, "most": TURNED},
    ).fetchall()
    pairs = [(body, language, before) for body, language, before in rows if before]
    rewritten = sum(_is_rewritten(body, language, before) for body, language, before in pairs)
    return rewritten, sum(not body for body, _, _ in pairs)


def _is_rewritten(body: str, language: str | None, before: str) -> bool:
    if len(body) < TELLING or len(before) < TELLING:
        return False
    is_foreign = language != "vi" and read_language(before, None) == "vi"
    return is_foreign or are_unrelated(before, body)


def count_seen(db: Database, slug: str, start: datetime) -> int:
    """Count the articles that the site has shown since a time, up to SEEN."""
    sql = (
        "SELECT count(*) FROM (SELECT 1 FROM articles WHERE source = ? AND last_seen_at >= ?"
        " LIMIT ?)"
    )
    return int(db.execute(sql, [slug, to_utc_iso(start), SEEN]).fetchone()[0])


def most_repeated(db: Database, slug: str, start: datetime) -> int:
    """Return the largest number of addresses first seen since a time that show the same text."""
    row = db.execute(
        "SELECT count(*) FROM pages WHERE source = ? AND outcome = 'duplicate'"
        " AND first_seen_at >= ? GROUP BY article ORDER BY 1 DESC LIMIT 1",
        [slug, to_utc_iso(start)],
    ).fetchone()
    return int(row[0]) if row else 0


def count_unread(db: Database, slug: str, start: datetime) -> int:
    """Count the addresses first seen since a time that were linked as articles and show none."""
    sql = (
        "SELECT (SELECT count(*) FROM pages WHERE source = ?1 AND settled_at >= ?2"
        " AND first_seen_at >= ?2 AND kind = 'article' AND article IS NULL"
        " AND outcome IN ('not_article', 'broken'))"
        " + (SELECT count(*) FROM pages WHERE source = ?1 AND first_seen_at >= ?2"
        " AND kind = 'article' AND article IS NULL AND outcome IN ('gone', 'soft_404'))"
    )
    return int(db.execute(sql, [slug, to_utc_iso(start)]).fetchone()[0])


def missed_texts(db: Database, slug: str, moment: datetime) -> tuple[int, float]:
    """Count the notices since the latest article with text, and the articles usual then.

    Both are 0 if there is no such notice. Usual are as many articles as the half year before had
    that were published and found in it: all is read from one index.
    """
    last = db.execute(
        "SELECT max(first_seen_at) FROM articles WHERE source = ? AND kind = ?",
        [slug, Kind.ARTICLE],
    ).fetchone()[0]
    if last is None:
        return 0, 0.0
    notices = db.execute(
        "SELECT count(*) FROM articles WHERE source = ? AND kind = ? AND first_seen_at > ?",
        [slug, Kind.NOTICE, last],
    ).fetchone()[0]
    if not notices:
        return 0, 0.0
    end = datetime.fromisoformat(last)
    before = db.execute(
        "SELECT count(*) FROM articles INDEXED BY articles_source_kind WHERE source = :source"
        " AND kind = :kind AND first_seen_at >= :start AND published_at >= :start",
        {"source": slug, "kind": Kind.ARTICLE, "start": to_utc_iso(end - HALF_YEAR)},
    ).fetchone()[0]
    return notices, before * max((moment - end) / HALF_YEAR, 0)


def silence(db: Database, slug: str, moment: datetime) -> tuple[float, float]:
    """Return the weeks since the latest publication, and the articles a week in the year before.

    Both are 0 if the first run was later: a portal that was silent when it was registered is not
    counted as silent.
    """
    last = db.execute(
        "SELECT max(published_at) FROM articles WHERE source = ? AND published_at < ?",
        [slug, to_utc_iso(moment)],
    ).fetchone()[0]
    first = db.execute(
        "SELECT min(started_at) FROM run_sources JOIN runs ON runs.id = run WHERE source = ?",
        [slug],
    ).fetchone()[0]
    if last is None or first is None:
        return 0.0, 0.0
    end = datetime.fromisoformat(last)
    end = end if end.tzinfo else end.replace(tzinfo=VIETNAM)
    if end < datetime.fromisoformat(first):
        return 0.0, 0.0
    spoken = db.execute(
        "SELECT count(*) FROM articles WHERE source = ? AND published_at >= ?",
        [slug, to_utc_iso(end - YEAR)],
    ).fetchone()[0]
    return (moment - end) / WEEK, spoken * (WEEK / YEAR)
