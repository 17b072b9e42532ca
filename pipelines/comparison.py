"""The compare stage: what a fresh reading means beside what is already kept."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.page import Outcome


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of an article: the hash of its content, and of the page it was read from."""

    content_hash: str
    body_hash: str | None


def decide(content_hash: str, body_hash: str, kept: Kept) -> Outcome:
    """Whether a reading of an article's own page is updated or unchanged.

    A page that is byte for byte
    the one kept says nothing new, whatever our rules read in it today: the publisher changed
    nothing.
    """
    if content_hash == kept.content_hash or body_hash == kept.body_hash:
        return Outcome.UNCHANGED
    return Outcome.UPDATED
