"""The files that an article named before, and the bodies that a file had before."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

from sqlite_utils import Database

from pipelines.article import Attachment, plain_value
from scraper.base.clock import to_utc_iso
from scraper.base.urls import SESSION_IN_PATH, SESSION_PARAMS, is_tracking, normal_escapes
from scraper.store.captures import Capture
from scraper.store.files import file_key

MAX_SHOWN = 100
"""Most earlier files of one article that are listed."""

NAMES_FILE = re.compile(r"\.(?!(?:aspx?|ashx|axd|php\d?|jsp|html?|cgi|do)$)\w{2,5}$", re.I)
"""The end of a path that names a file, whatever its query."""

TOKEN_CHARS = 16
"""From this length, a parameter of a file that its path names is a signature or session id."""

IS_WANTED = """
(SELECT iif(files.kind = 'photo', sources.photos, sources.attachments) FROM sources
    WHERE slug = files.source)
"""
"""Whether the last run of the source of a file fetched files of its kind."""

KEEP_BODY = """
INSERT INTO earlier_files (url_key, digest, media_type, size, seen_at)
SELECT url_key, digest, media_type, size, coalesce(fetched_at, first_seen_at) FROM files
WHERE url_key = :url_key AND digest <> :digest
ON CONFLICT DO UPDATE SET seen_at = max(seen_at, excluded.seen_at)
"""

# Files that only earlier states name, files that no state names any more because the rules read
# the page in another way, and earlier bodies of all these and of the present files.
EARLIER = f"""
WITH present (url) AS (
    SELECT url FROM article_files WHERE article = :article
    UNION SELECT url FROM photos WHERE article = :article AND url IS NOT NULL
), named (url, name) AS (
    SELECT json_extract(value, '$.url'), json_extract(value, '$.name')
    FROM revisions, json_each(coalesce(attachments, '[]')) WHERE article = :article
    UNION ALL SELECT json_extract(value, '$.url'), NULL
    FROM revisions, json_each(photos) WHERE article = :article
    UNION ALL SELECT url, NULL FROM files WHERE article = :article
), present_bodies (digest) AS (
    SELECT digest FROM present JOIN files ON url_key = 'file:' || present.url
    WHERE digest IS NOT NULL
)
SELECT named.url, max(named.name) AS name, digest, media_type, size, outcome, reason,
    capture IS NOT NULL AS is_kept, {IS_WANTED} AS is_wanted, fetched_at AS seen_at
FROM named LEFT JOIN files ON url_key = 'file:' || named.url
WHERE named.url NOT IN (SELECT url FROM present)
    AND (digest IS NULL OR digest NOT IN (SELECT digest FROM present_bodies))
GROUP BY named.url HAVING digest IS NOT NULL OR name IS NOT NULL
UNION ALL
SELECT files.url, NULL, earlier.digest, earlier.media_type, earlier.size, NULL, NULL,
    EXISTS (SELECT 1 FROM earlier_files AS one JOIN captures USING (url_key)
        WHERE one.digest = earlier.digest AND body_hash = earlier.digest)
    OR EXISTS (SELECT 1 FROM files AS twin
        WHERE twin.digest = earlier.digest AND twin.capture IS NOT NULL), 1,
    earlier.seen_at
FROM earlier_files AS earlier JOIN files USING (url_key)
WHERE url_key IN
    (SELECT 'file:' || url FROM present UNION SELECT 'file:' || url FROM named)
ORDER BY seen_at DESC, 1 LIMIT :limit
"""


def is_same_file(one: str, other: str) -> bool:
    """Whether two URLs name the same file of an article, as far as the URLs tell.

    Session ids and tracking parameters do not matter. At another host, only the name of the file
    and its parameters count: sites move their files to another host or a network of caches.
    """
    try:
        first, second = urlsplit(one), urlsplit(other)
        is_moved = _host(first) != _host(second)
    except ValueError:
        return one == other
    return _compared_parts(first, is_moved) == _compared_parts(second, is_moved)


def loses_files(before: Sequence[Attachment], after: Sequence[Attachment]) -> bool:
    """Whether an earlier state of an article has an attachment that a later one has not.

    An attachment that was only moved to another host, or has another session id, is the same.
    """
    return any(
        not any(is_same_file(old.url, new.url) for new in after)
        for old in before
        if old.url not in {new.url for new in after}
    )


def known_files(db: Database, urls: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return what is known of files, by URL."""
    rows = db.query(
        "SELECT url, digest, media_type, size, outcome, reason, capture IS NOT NULL AS is_kept,"
        f" {IS_WANTED} AS is_wanted FROM files WHERE url_key IN (SELECT value FROM json_each(?))",
        [json.dumps(list(map(file_key, urls)))],
    )
    return {row["url"]: row for row in rows}


def attachments_json(attachments: Sequence[Attachment]) -> str:
    """Return attachments as JSON, as the column ``attachments`` of ``revisions`` holds them."""
    return json.dumps([plain_value(each) for each in attachments], ensure_ascii=False)


def attachments_of_json(text: str | None) -> list[Attachment]:
    """Return the attachments of a revision; none if it was stored before they were known."""
    return [Attachment(**each) for each in json.loads(text or "[]")]


def keep_body(db: Database, url_key: str, digest: str) -> None:
    """Store which body a file had, before another one takes its place in ``files``.

    The caller holds the transaction.
    """
    db.execute(KEEP_BODY, {"url_key": url_key, "digest": digest})


def add_earlier_body(
    db: Database, url_key: str, capture: Capture, media_type: str | None, size: int
) -> None:
    """Store a body that a file had before the one on record. The caller holds the transaction."""
    db.execute(
        "INSERT OR IGNORE INTO earlier_files (url_key, digest, media_type, size, seen_at)"
        " VALUES (?, ?, ?, ?, ?)",
        [url_key, capture.body_hash, media_type, size, to_utc_iso(capture.fetched_at)],
    )


def earlier_files(db: Database, article: int) -> list[dict[str, Any]]:
    """Return the files that an article had before, the last seen first, with what is known of each.

    A file that is there again under another URL, with the same body, is left out.
    """
    return list(db.query(EARLIER, {"article": article, "limit": MAX_SHOWN}))


def earlier_body(db: Database, digest: str) -> tuple[str | None, str] | None:
    """Return media type and URL of a body that a file had before, or None."""
    return db.execute(  # type: ignore[no-any-return]
        "SELECT earlier_files.media_type, url FROM earlier_files JOIN files USING (url_key)"
        " WHERE earlier_files.digest = ? LIMIT 1",
        [digest],
    ).fetchone()


def _host(parts: SplitResult) -> str:
    return parts.netloc.lower().rpartition("@")[2].removeprefix("www.")


def _compared_parts(parts: SplitResult, is_moved: bool) -> tuple[str, list[tuple[str, str]]]:
    """Return path and parameters of a file's URL; if the file was moved, only its name of the path.

    A text that changes with each page, such as a signature, is not among the parameters.
    """
    path = normal_escapes(SESSION_IN_PATH.sub("", parts.path))
    is_named = NAMES_FILE.search(path) is not None
    params = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name.lower() not in SESSION_PARAMS and not is_tracking(name)
        if not (is_named and len(value) >= TOKEN_CHARS)
    ]
    return path.rpartition("/")[2] if is_moved else path, sorted(params)
