"""The states of an article in the order in which they stood, however they came in.

A state counts as seen at its ``seen_at`` and at each capture of its page since the state before:
so captures can be added in any order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from pipelines.article import Article
from scraper.base.clock import to_utc_iso
from scraper.store.article_files import read_attachments
from scraper.store.articles import GONE_BEFORE, ArticleRow, rewrite_article
from scraper.store.earlier_files import attachments_of_json, loses_files
from scraper.store.revisions import add_return, add_state, keep_revision

STATES = (
    "SELECT revisions.id AS revision, revisions.seen_at, revisions.capture, 0 AS is_return"
    " FROM revisions WHERE article = :id UNION ALL"
    " SELECT revision, returns.seen_at, returns.capture, 1 FROM returns"
    " JOIN revisions ON revisions.id = revision WHERE article = :id"
)
"""The earlier states of an article: each revision, and each time that it stood again."""

AT_PAGE = (
    "(SELECT url_key FROM captures WHERE captures.id = state.capture) IS NULL"
    " OR (SELECT url_key FROM captures WHERE captures.id = state.capture) = :key"
)
"""The versions of other addresses, such as a print version, stand in no order with these."""


@dataclass(frozen=True, slots=True)
class State:
    """An earlier state: the revision that holds its text, and when it was last seen to stand."""

    revision: int
    seen_at: str
    content_hash: str
    is_return: bool


def place_state(
    db: Database,
    stored: ArticleRow,
    article: Article,
    moment: datetime,
    url_key: str | None,
    capture: int | None,
    body_hash: str | None = None,
) -> bool:
    """Put a text that an article had at a moment in its place among the others.

    ``capture`` is of the page ``url_key`` that shows it. Bytes (``body_hash``) that were read
    before read as they did then: what our rules have learned since is no edit. Returns whether the
    article itself reads so now. The caller holds the transaction.
    """
    seen_at = to_utc_iso(moment)
    first, changed, last = _times(db, stored.id)
    timeline = _Timeline(db, stored, url_key)
    if seen_at > last:
        is_new = article.content_hash != stored.content_hash
        if is_new:
            keep_revision(db, stored.id, last, timeline.capture_at(last))
            rewrite_article(db, stored.id, article)
        changed, last = seen_at if is_new else changed, seen_at
    else:
        content_hash = timeline.text_of(body_hash, seen_at) or article.content_hash
        text = _Text(article, content_hash, seen_at, capture)
        changed = timeline.put(text, first, changed, last)
        first = min(first, seen_at)
        is_new = False
    db.execute(
        "UPDATE articles SET first_seen_at = :first, changed_at = :changed,"
        f" last_seen_at = :seen_at, {GONE_BEFORE} WHERE id = :id",
        {"first": first, "changed": changed, "seen_at": last, "id": stored.id},
    )
    return is_new


def drop_identical_revision(db: Database, row_id: int) -> None:
    """Delete the latest revision if it equals the current article and has no other attachments.

    It was not an edit: it came from a banner under every article, until that was learned.
    The caller holds the transaction.
    """
    echo = db.execute(
        f"SELECT revision, is_return, state.seen_at, attachments FROM ({STATES}) AS state"
        " JOIN revisions ON revisions.id = revision JOIN articles ON articles.id = article"
        " WHERE revisions.content_hash = articles.content_hash"
        f" AND state.seen_at = (SELECT max(seen_at) FROM ({STATES}))"
        " ORDER BY is_return DESC LIMIT 1",
        {"id": row_id},
    ).fetchone()
    if echo is None:
        return
    revision, is_return, seen_at, attachments = echo
    if loses_files(attachments_of_json(attachments), read_attachments(db, row_id)):
        return
    if is_return:
        db.execute("DELETE FROM returns WHERE revision = ? AND seen_at = ?", [revision, seen_at])
    else:
        db.execute("DELETE FROM returns WHERE revision = ?", [revision])
        db.execute("DELETE FROM revisions WHERE id = ?", [revision])
    first, _, last = _times(db, row_id)
    before = db.execute(f"SELECT max(seen_at) FROM ({STATES})", {"id": row_id}).fetchone()[0]
    key = db.execute("SELECT page FROM articles WHERE id = ?", [row_id]).fetchone()[0]
    seen = [*_moments(db, row_id, key), seen_at, last]
    changed = min(one for one in seen if one > before) if before is not None else first
    db.execute("UPDATE articles SET changed_at = ? WHERE id = ?", [changed, row_id])


@dataclass(frozen=True, slots=True)
class _Text:
    article: Article
    content_hash: str
    seen_at: str
    capture: int | None


class _Timeline:
    """The states of an article at one page."""

    def __init__(self, db: Database, stored: ArticleRow, url_key: str | None) -> None:
        self.db = db
        self.stored = stored
        self.url_key = url_key
        rows = db.execute(
            f"SELECT revision, state.seen_at, content_hash, is_return FROM ({STATES}) AS state"
            f" JOIN revisions ON revisions.id = revision WHERE {AT_PAGE}"
            " ORDER BY state.seen_at, is_return, revision",
            {"id": stored.id, "key": url_key},
        ).fetchall()
        self.states = [State(*row) for row in rows]

    def put(self, text: _Text, first: str, changed: str, last: str) -> str:
        """Put in a text that is not the latest; returns when the present one first stood then."""
        at = next((n for n, one in enumerate(self.states) if one.seen_at >= text.seen_at), None)
        before = self.states[: len(self.states) if at is None else at]
        start = before[-1].seen_at if before else ""
        seen = sorted({*_moments(self.db, self.stored.id, self.url_key), first, changed, last})
        if at is None:
            around_hash, revision, since, until = self.stored.content_hash, None, changed, last
        else:
            state = self.states[at]
            around_hash, revision, until = state.content_hash, state.revision, state.seen_at
            since = min((one for one in [*seen, until] if one > start), default=until)
        if text.content_hash == around_hash:
            return min(changed, text.seen_at) if at is None else changed
        inside = [one for one in seen if since <= one < text.seen_at and one > start]
        if inside:
            self._add(around_hash, revision, inside[-1], self.capture_at(inside[-1]))
        elif before and before[-1].content_hash == text.content_hash:
            self._move(before[-1], text)
            return changed
        self._add_text(text)
        if at is None and inside:
            return min(one for one in [*seen, last] if one > text.seen_at or one == last)
        return changed

    def text_of(self, body_hash: str | None, seen_at: str) -> str | None:
        """The hash of the text that was read from a body at another moment, or None."""
        row = self.db.execute(
            "SELECT max(moment) FROM (SELECT fetched_at AS moment FROM captures"
            " WHERE article = :id AND url_key = :key AND body_hash = :body UNION ALL"
            " SELECT revisits.fetched_at FROM revisits JOIN captures ON captures.id = capture"
            " WHERE article = :id AND url_key = :key AND body_hash = :body) WHERE moment <> :now",
            {"id": self.stored.id, "key": self.url_key, "body": body_hash, "now": seen_at},
        ).fetchone()
        if row[0] is None:
            return None
        later = (one.content_hash for one in self.states if one.seen_at >= row[0])
        return next(later, self.stored.content_hash)

    def capture_at(self, moment: str) -> int | None:
        """The capture of the page that was fetched at a moment, or None."""
        row = self.db.execute(
            "SELECT id FROM captures LEFT JOIN revisits ON capture = id WHERE url_key = :key"
            " AND :moment IN (captures.fetched_at, revisits.fetched_at) ORDER BY id DESC LIMIT 1",
            {"key": self.url_key, "moment": moment},
        ).fetchone()
        return row[0] if row else None

    def _add(
        self, content_hash: str, revision: int | None, seen_at: str, capture: int | None
    ) -> None:
        """Store that the text of a revision, or of the article itself, stood until a time."""
        if revision is None:
            revision = self._revision_of(content_hash)
        if revision is None:
            keep_revision(self.db, self.stored.id, seen_at, capture)
            return
        add_return(self.db, revision, seen_at, capture)
        self._put_earliest_first(revision)

    def _add_text(self, text: _Text) -> None:
        revision = self._revision_of(text.content_hash)
        if revision is not None or text.content_hash == self.stored.content_hash:
            self._add(text.content_hash, revision, text.seen_at, text.capture)
        else:
            add_state(self.db, self.stored.id, text.article, text.seen_at, text.capture)

    def _revision_of(self, content_hash: str) -> int | None:
        """The revision among the states of this page that holds a text, or None."""
        found = (one.revision for one in self.states if one.content_hash == content_hash)
        return next(found, None)

    def _move(self, state: State, text: _Text) -> None:
        """Store that a state stood later than was known."""
        table = "returns" if state.is_return else "revisions"
        named = "revision" if state.is_return else "id"
        self.db.execute(
            f"UPDATE {table} SET seen_at = ?, capture = ? WHERE {named} = ? AND seen_at = ?",
            [text.seen_at, text.capture, state.revision, state.seen_at],
        )

    def _put_earliest_first(self, revision: int) -> None:
        """Keep a text's first replacement in ``revisions``, the later ones in ``returns``."""
        earliest = self.db.execute(
            "SELECT returns.seen_at, returns.capture, revisions.seen_at, revisions.capture"
            " FROM returns JOIN revisions ON revisions.id = revision WHERE revision = ?"
            " AND returns.seen_at < revisions.seen_at ORDER BY returns.seen_at LIMIT 1",
            [revision],
        ).fetchone()
        if earliest is not None:
            seen_at, capture, known_at, known_capture = earliest
            self.db.execute(
                "UPDATE revisions SET seen_at = ?, capture = ? WHERE id = ?",
                [seen_at, capture, revision],
            )
            self.db.execute(
                "UPDATE returns SET seen_at = ?, capture = ? WHERE revision = ? AND seen_at = ?",
                [known_at, known_capture, revision, seen_at],
            )


def _times(db: Database, row_id: int) -> tuple[str, str, str]:
    row: tuple[str, str, str] = db.execute(
        "SELECT first_seen_at, changed_at, last_seen_at FROM articles WHERE id = ?", [row_id]
    ).fetchone()
    return row


def _moments(db: Database, row_id: int, url_key: str | None) -> list[str]:
    """When a page was fetched that showed an article."""
    rows = db.execute(
        "SELECT fetched_at FROM captures WHERE article = :id AND url_key = :key UNION"
        " SELECT revisits.fetched_at FROM revisits JOIN captures ON captures.id = capture"
        " WHERE article = :id AND url_key = :key",
        {"id": row_id, "key": url_key},
    )
    return [row[0] for row in rows.fetchall()]
