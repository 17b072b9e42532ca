"""The table ``alerts``: messages, one row for each address, until each was sent.

A message is stored in the transaction that takes note of what it reports. So it is sent once, or,
if the process is killed between sending and storing that, again with the same id.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

from sqlite_utils import Database

from scraper.base.clock import to_utc_iso
from scraper.store.database import write_transaction

NOT_CONFIGURED = "not_configured"
"""The reason of a message to an address that the configuration no longer has."""


GIVEN_UP = "given_up"
"""Begins the reason of a message that its address did not take for too long."""

MAX_WAITING_DAYS = 30
"""How long a message is tried again."""

MAX_WAITING = 100
"""Messages that wait for one address: beyond, the oldest are given up."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message: plain text with, for mail, its HTML; ``about`` names its List-Id."""

    id: str
    about: str
    title: str
    body: str
    html: str | None = None
    created_at: str = ""


@dataclass(frozen=True, slots=True)
class Unsent:
    """How many messages wait for an address, since when, and why the latest try failed."""

    address: str
    count: int
    since: str
    reason: str | None


def address_key(address: str) -> str:
    """Return what stands for an address in the database, which holds no password."""
    return sha256(address.encode()).hexdigest()[:16]


def new_id(moment: datetime) -> str:
    """Return the id of a new message."""
    return f"{moment:%Y%m%d}.{uuid4().hex[:20]}"


def queue_message(
    db: Database, message: Message, addresses: Collection[str], moment: datetime
) -> None:
    """Store a message to addresses. The caller holds the transaction."""
    for address in addresses:
        db.execute(
            "INSERT OR IGNORE INTO alerts (id, address, created_at, list, title, body, html)"
            " VALUES (:id, :address, :created_at, :list, :title, :body, :html)",
            {
                "id": message.id,
                "address": address_key(address),
                "created_at": to_utc_iso(moment),
                "list": message.about,
                "title": message.title,
                "body": message.body,
                "html": message.html,
            },
        )


def waiting_messages(db: Database, address: str) -> list[Message]:
    """Return the messages that wait for an address, the oldest first."""
    rows = db.execute(
        "SELECT id, list, title, body, html, created_at FROM alerts"
        " WHERE sent_at IS NULL AND address = ? ORDER BY created_at, id",
        [address_key(address)],
    )
    return [Message(*row) for row in rows.fetchall()]


def mark_sent(db: Database, message: str, address: str, moment: datetime) -> None:
    """Store that a message was sent; its texts need not be kept any longer."""
    _note_attempt(db, message, address, moment, None)


def mark_failed(db: Database, message: str, address: str, moment: datetime, reason: str) -> None:
    """Store why a message could not be sent."""
    _note_attempt(db, message, address, moment, reason)


def withdraw_messages(db: Database, addresses: Collection[str], moment: datetime) -> int:
    """Give up the messages to all but the addresses of the configuration; returns how many."""
    with write_transaction(db):
        waiting = db.execute("SELECT DISTINCT address FROM alerts WHERE sent_at IS NULL").fetchall()
        keys = set(map(address_key, addresses))
        return sum(
            db.execute(
                "UPDATE alerts SET sent_at = ?, reason = ?, body = '', html = NULL"
                " WHERE sent_at IS NULL AND address = ?",
                [to_utc_iso(moment), NOT_CONFIGURED, key],
            ).rowcount
            for (key,) in waiting
            if key not in keys
        )


def give_up_messages(db: Database, moment: datetime) -> int:
    """Give up what has waited for too long, and the oldest of too many; returns how many.

    The title and the last reason stay.
    """
    with write_transaction(db):
        return db.execute(
            "UPDATE alerts SET sent_at = :moment, body = '', html = NULL,"
            " reason = :given_up || coalesce(': ' || reason, '')"
            " WHERE sent_at IS NULL AND (created_at < :oldest OR (id, address) IN ("
            "  SELECT id, address FROM (SELECT id, address, row_number() OVER ("
            "   PARTITION BY address ORDER BY created_at DESC, id DESC) AS place"
            "   FROM alerts WHERE sent_at IS NULL) WHERE place > :most))",
            {
                "moment": to_utc_iso(moment),
                "given_up": GIVEN_UP,
                "oldest": to_utc_iso(moment - timedelta(days=MAX_WAITING_DAYS)),
                "most": MAX_WAITING,
            },
        ).rowcount


def count_given_up(db: Database, addresses: Collection[str], moment: datetime) -> list[Unsent]:
    """Return how many messages were given up in the past MAX_WAITING_DAYS, by address."""
    rows = db.execute(
        "SELECT address, count(*), min(created_at), reason, max(tried_at) FROM alerts"
        " WHERE sent_at >= :since AND (reason = :given_up OR reason LIKE :given_up || ': %')"
        " GROUP BY address",
        {"since": to_utc_iso(moment - timedelta(days=MAX_WAITING_DAYS)), "given_up": GIVEN_UP},
    ).fetchall()
    return [
        replace(each, reason=(each.reason or "").removeprefix(GIVEN_UP).removeprefix(": ") or None)
        for each in _by_address(rows, addresses)
    ]


def count_unsent(db: Database, addresses: Collection[str]) -> list[Unsent]:
    """Return what waits to be sent, by address; other addresses come last, with '' for theirs."""
    rows = db.execute(
        "SELECT address, count(*), min(created_at), reason, max(tried_at) FROM alerts"
        " WHERE sent_at IS NULL GROUP BY address"
    ).fetchall()
    return _by_address(rows, addresses)


def _by_address(rows: Iterable[Sequence[Any]], addresses: Collection[str]) -> list[Unsent]:
    names: Mapping[str, str] = {address_key(address): address for address in addresses}
    found = [Unsent(names.get(key, ""), count, since, why) for key, count, since, why, _ in rows]
    order = [*addresses, ""]
    return sorted(found, key=lambda unsent: order.index(unsent.address))


def _note_attempt(
    db: Database, message: str, address: str, moment: datetime, reason: str | None
) -> None:
    with write_transaction(db):
        db.execute(
            "UPDATE alerts SET attempts = attempts + 1, tried_at = :moment, reason = :reason,"
            " sent_at = iif(:reason IS NULL, :moment, NULL),"
            " body = iif(:reason IS NULL, '', body), html = iif(:reason IS NULL, NULL, html)"
            " WHERE id = :id AND address = :address",
            {
                "moment": to_utc_iso(moment),
                "reason": reason,
                "id": message,
                "address": address_key(address),
            },
        )
