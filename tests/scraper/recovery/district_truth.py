"""What is true of the made-up district, as far as its captures show it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from scraper.base.clock import to_utc_iso
from scraper.demo.content import Story
from tests.scraper.recovery.archived import Archived
from tests.scraper.recovery.district_articles import text_of


@dataclass(frozen=True, slots=True)
class Shown:
    """A capture, and what it shows: a version of an article, or that there is none any more."""

    archived: Archived
    article: int | None = None
    version: int = 0
    is_absent: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """A version of an article: the story as it stood then, and when it was seen last."""

    story: Story
    seen_at: str


@dataclass(frozen=True, slots=True)
class TrueArticle:
    """An article of the portal as far as its captures show it; times are ISO 8601 in UTC.

    ``states`` are in the order in which they stood, the last is the current one.
    """

    number: int
    urls: frozenset[str]
    states: Sequence[State]
    first_seen_at: str
    gone_at: str | None


@dataclass(frozen=True, slots=True)
class District:
    """What an archive has of the portal."""

    shown: Sequence[Shown]
    hidden: frozenset[str] = field(default_factory=frozenset)
    """The URLs that the index leaves out unless it is asked for exactly these."""

    @property
    def captures(self) -> list[Archived]:
        """The captures, in the order of their moments."""
        return sorted((one.archived for one in self.shown), key=lambda each: each.moment)

    @property
    def articles(self) -> list[TrueArticle]:
        """The articles that the captures show."""
        numbers = {one.article for one in self.shown if one.article and not one.is_absent}
        return [self._article(number) for number in sorted(numbers)]

    def _article(self, number: int) -> TrueArticle:
        own = [one for one in self.shown if one.article == number]
        own.sort(key=lambda one: one.archived.moment)
        seen = [one for one in own if not one.is_absent]
        last = seen[-1].archived.moment
        gone = [one.archived.moment for one in own if one.is_absent and one.archived.moment > last]
        return TrueArticle(
            number,
            frozenset(one.archived.url for one in seen),
            list(_states(number, seen)),
            to_utc_iso(seen[0].archived.moment),
            to_utc_iso(min(gone)) if gone else None,
        )


def _states(number: int, seen: Sequence[Shown]) -> Iterable[State]:
    for one, following in zip(seen, [*seen[1:], None], strict=True):
        if following is None or following.version != one.version:
            yield State(text_of(number, one.version), to_utc_iso(one.archived.moment))
