"""A database of any number of articles, as years of crawling leave it: quickly filled.

The rows are those that crawls write, but they are written in bulk: the indexes are made afterwards,
and no signatures are kept, which no page reads. Statistics for the query planner (``ANALYZE``) are
left out, as in every database that a crawl fills.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from pipelines.article import EXTRACTOR_VERSION
from scraper.base.clock import to_utc_iso
from scraper.base.source import Level, Source
from scraper.store.database import open_database
from scraper.store.sources import sync_sources
from tests.bench.bulk_rows import SENTENCE_WORDS, Rows, Texts

SOURCES = 60
NIGHTS = 400
FIRST_NIGHTS = 3
FIRST_SHARE = 0.6
"""The share of articles that the first nights found: what the portals had kept of ten years."""

SECTIONS = ("Kinh tế", "Văn hóa - Xã hội", "Quốc phòng - An ninh", "Xây dựng Đảng", "Tin xã")
BATCH = 5_000
SENTENCES_OF_BODY = 13

COPIED, EDITED, REMOVED, DUPLICATE, WITH_FILE, FAILED = 30, 50, 100, 100, 20, 50
"""One article of so many is republished, edited, removed, found twice, has a file; so many
addresses fail."""

AGAIN = 7
"""Pages of ten that came again as the archive had them."""

TROUBLES = (
    ("failed", "timeout"),
    ("gone", "404"),
    ("not_article", "short"),
    ("refused", "robots"),
    ("broken", "no_text"),
)
"""How addresses fail, in turn."""


def fill(
    path: Path, count: int, sentences: int = SENTENCES_OF_BODY, sources: int = SOURCES
) -> None:
    """Fill a database with so many articles of so many sources: 400 nights, changes, attachments.

    ``sentences`` is the length of a body, of which the time to fill depends most.
    """
    db = open_database(path)
    sync_sources(db, [_source(number) for number in range(sources)])
    texts, rows, now = Texts(), Rows(db), datetime.now(UTC)
    starts = [now - timedelta(days=NIGHTS - night) for night in range(NIGHTS)]
    plan = Plan(count, sentences, sources, starts, [to_utc_iso(start) for start in starts])
    with _in_bulk(db):
        for number in range(1, count + 1):
            _add_article(rows, texts, plan, number)
            if number % BATCH == 0 or number == count:
                rows.write()
        _add_lists(rows, plan)
        _add_runs(rows, plan)
        rows.write()


def _source(number: int) -> Source:
    return Source(
        slug=f"huyen-{number}",
        name=f"Cổng thông tin huyện {number}",
        home_url=f"http://huyen-{number}.localhost/",
        level=Level("district"),
        province=f"Tỉnh {number % 8}",
        district=f"Huyện {number}",
    )


@contextmanager
def _in_bulk(db: Database) -> Iterator[None]:
    """Write without a journal; indexes are made at the end."""
    db.execute("PRAGMA journal_mode = OFF")
    db.execute("PRAGMA synchronous = OFF")
    db.execute("PRAGMA cache_size = -1000000")
    for index in ("articles_fts", "file_texts_fts"):
        db.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('hashsize', 67108864)")
    indexes = db.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    ).fetchall()
    for name, _ in indexes:
        db.execute(f"DROP INDEX {name}")
    yield
    db.execute("DELETE FROM article_changes")
    for _, sql in indexes:
        db.execute(sql)
    for index in ("articles_fts", "file_texts_fts"):
        db.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('hashsize', 1048576)")
    db.conn.commit()
    db.execute("PRAGMA journal_mode = WAL")


def _night(number: int, count: int) -> int:
    """Return the night in which an article was found."""
    share = number / (count + 1)
    if share < FIRST_SHARE:
        return int(FIRST_NIGHTS * share / FIRST_SHARE)
    later = (share - FIRST_SHARE) / (1 - FIRST_SHARE)
    return FIRST_NIGHTS + int((NIGHTS - FIRST_NIGHTS) * later)


@dataclass(frozen=True, slots=True)
class Plan:
    """How many articles there are to be, of how many sentences and sources; when nights began."""

    count: int
    sentences: int
    sources: int
    starts: list[datetime]
    times: list[str]


def _add_article(rows: Rows, texts: Texts, plan: Plan, number: int) -> None:
    """Add an article with its place in the index, its pages, its revision and its file."""
    night = _night(number, plan.count)
    written, spelled, folded = texts.take(1 + plan.sentences)
    row = _times_of(texts, plan, night, number) | _article(texts, written, plan, number)
    rows.add("articles", row)
    index = {"rowid": number, "lede": spelled[0], "lede_folded": folded[0]}
    index |= {"title": spelled[0][:60], "title_folded": folded[0][:60]}
    index |= {"body": " ".join(spelled[1:]), "body_folded": " ".join(folded[1:])}
    rows.add("articles_fts", index)
    _add_pages(rows, row, night, number)
    if row["changed_at"] > row["first_seen_at"]:
        kept = ("title", "lede", "content_hash", "section", "published_at")
        revision = {"article": number, "seen_at": row["first_seen_at"]}
        revision |= {"body": f"{row['body']}\n\nĐang cập nhật."}
        rows.add("revisions", revision | {name: row[name] for name in kept})
    if number % WITH_FILE == 0:
        _add_file(rows, texts, row, number)


def _times_of(texts: Texts, plan: Plan, night: int, number: int) -> dict[str, Any]:
    """Return the columns of an article that tell times."""
    is_old, chance = night < FIRST_NIGHTS, texts.chance
    age = 3650 * (1 - number / (FIRST_SHARE * plan.count)) if is_old else chance.random()
    published = plan.starts[night] - timedelta(days=max(age, 0) + 0.2)
    found = edited = plan.times[night]
    if number % EDITED == 0:
        edited = plan.times[min(night + chance.randrange(1, 60), NIGHTS - 1)]
    return {
        "published_at": f"{published:%Y-%m-%d}T{chance.randrange(24):02}:15:00+07:00",
        "first_seen_at": found,
        "last_seen_at": plan.times[-1],
        "changed_at": edited,
        "gone_at": plan.times[-1 - number % 90] if number % REMOVED == 1 else None,
    }


def _article(texts: Texts, written: Sequence[str], plan: Plan, number: int) -> dict[str, Any]:
    """Return the other columns of an article."""
    chance, body = texts.chance, "\n\n".join(written[1:])
    slug = f"huyen-{min(int(chance.expovariate(6 / plan.sources)), plan.sources - 1)}"
    key = f"{slug}.localhost/tin/{number}.html"
    return {
        "id": number,
        "source": slug,
        "url": f"http://{key}",
        "page": key,
        "title": written[0][:60],
        "lede": written[0],
        "body": body,
        "author": f"Tác giả {chance.randrange(500)}",
        "section": chance.choice(SECTIONS),
        "language": "vi",
        "word_count": SENTENCE_WORDS * len(written),
        "content_hash": sha256(f"{number}{body}".encode()).hexdigest(),
        "extractor": EXTRACTOR_VERSION,
        "same_as": chance.randrange(1, number) if number % COPIED == 7 else None,
        "kind": "notice" if number % 25 == 3 else "article",
    }


def _add_pages(rows: Rows, row: dict[str, Any], night: int, number: int) -> None:
    """Add the page and the captures of an article, and addresses beside it that gave none."""
    capture = {"id": number, "url_key": row["page"], "fetched_at": row["first_seen_at"]}
    capture |= {"http_status": 200, "body_hash": row["content_hash"], "article": number}
    rows.add("captures", capture | {"warc_file": "bench.warc.gz", "warc_offset": 10_000 * number})
    if number % 10 < AGAIN:
        rows.add("revisits", {"capture": number, "fetched_at": row["last_seen_at"]})
    page = {"source": row["source"], "kind": "article", "turn": "article", "run": night + 1}
    page |= {"first_seen_at": row["first_seen_at"]}
    page |= dict.fromkeys(("fetched_at", "settled_at", "due_at"), row["last_seen_at"])
    is_found_only = number % 10 == 0
    known = {"url_key": row["page"], "url": row["url"], "capture": number, "article": number}
    known |= {"outcome": "new" if is_found_only else "unchanged"}
    rows.add("pages", page | known | ({} if is_found_only else {"run": NIGHTS - number % 60}))
    if number % DUPLICATE == 0:
        rows.add("pages", page | _address(row, "in") | {"outcome": "duplicate", "article": number})
    if number % FAILED == 0:
        outcome, reason = TROUBLES[number // FAILED % len(TROUBLES)]
        ended = {"outcome": outcome, "reason": reason, "settled_at": row["first_seen_at"]}
        rows.add("pages", page | _address(row, "loi") | ended)


def _address(row: dict[str, Any], end: str) -> dict[str, str]:
    return {"url_key": f"{row['page']}/{end}", "url": f"{row['url']}/{end}"}


def _add_file(rows: Rows, texts: Texts, row: dict[str, Any], number: int) -> None:
    url = f"{row['url']}/van-ban.pdf"
    written, spelled, folded = map(" ".join, texts.take(SENTENCES_OF_BODY))
    body = {"digest": sha256(written.encode()).hexdigest(), "media_type": "application/pdf"}
    rows.add("article_files", {"article": number, "position": 0, "url": url, "name": "Văn bản"})
    file = {"url_key": f"file:{url}", "url": url, "source": row["source"], "article": number}
    file |= {"kind": "attachment", "outcome": "new", "size": 100_000}
    file |= dict.fromkeys(("first_seen_at", "fetched_at"), row["first_seen_at"])
    rows.add("files", file | body)
    text_id = number // WITH_FILE
    rows.add("file_texts", body | {"id": text_id, "pages": 2, "text": written, "reader": 1})
    index = {"rowid": text_id, "text": spelled, "text_folded": folded}
    rows.add("file_texts_fts", index)


def _add_lists(rows: Rows, plan: Plan) -> None:
    for number in range(plan.sources):
        for place in range(50):
            key = f"huyen-{number}.localhost/muc/{place}"
            page = {"url_key": key, "url": f"http://{key}", "source": f"huyen-{number}"}
            rows.add(
                "pages",
                page
                | {"kind": "listing", "outcome": "listing", "turn": "listing", "run": NIGHTS}
                | dict.fromkeys(("first_seen_at", "fetched_at"), plan.times[-1]),
            )


def _add_runs(rows: Rows, plan: Plan) -> None:
    """Add a run for each night, with what it found of each source."""
    found = {
        (source, seen): number
        for source, seen, number in rows.db.execute(
            "SELECT source, first_seen_at, count(*) FROM articles GROUP BY 1, 2"
        )
    }
    for night, start in enumerate(plan.starts, 1):
        end = to_utc_iso(start + timedelta(hours=1))
        run = {"id": night, "started_at": to_utc_iso(start), "finished_at": end}
        rows.add("runs", run | {"trigger": "schedule", "state": "done"})
        for number in range(plan.sources):
            new = found.get((f"huyen-{number}", to_utc_iso(start)), 0)
            rows.add(
                "run_sources",
                {"run": night, "source": f"huyen-{number}", "discovered": 25 + new}
                | {"unchanged": 20, "listing": 5, "new": new, "site_name": f"Huyện {number}"},
            )
