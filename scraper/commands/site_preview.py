"""A look at sites from the command line: how long it may take, how far it is, what it found."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from scraper.base.messages import say, say_count, say_number, speak, spoken
from scraper.commands.session import Session

if TYPE_CHECKING:
    from scraper.base.source import Source
    from scraper.crawling.preview import Preview

NOT_NEW = (
    "nothing was registered: {slug} is registered already; nothing was fetched: "
    "`tinhuyen sources check {slug}` looks at it"
)
BEGIN = "looking at {site}: at most {pages}, with a pause of {pause} s: up to about {time}"


def look_at(session: Session, sources: Sequence[Source], delay: float | None) -> list[Preview]:
    """Return a preview of each site; say before how long it may take, and then how far it is.

    Raises what `scraper.crawling.preview.preview` raises.
    """
    from scraper.crawling.preview import preview

    configuration = session.configuration()
    configuration.require_contact(sources)
    if session.verbosity >= 0 and sources:
        session.note(_beginning(sources, configuration.delay if delay is None else delay))

    def tell(answers: int) -> None:
        session.progress(say("{answers} so far", answers=say_count(answers, "answer")))

    return preview(sources, configuration, delay, tell)


def look_apart(session: Session, sources: Sequence[Source], delay: float | None) -> list[Preview]:
    """Return a preview of each site as `look_at` does, in a process of its own.

    A process can crawl only once: this one may have looked at other sites already.
    """
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    if not sources:
        return []
    context = get_context("spawn")
    with ProcessPoolExecutor(1, context, _begin_apart, (session, spoken())) as apart:
        return apart.submit(look_at, session, sources, delay).result()


def _begin_apart(session: Session, language: str) -> None:
    speak(language)
    session.start_logging()


def _beginning(sources: Sequence[Source], delay: float) -> str:
    """Return the line before a look. Sites on several hosts are asked at the same time."""
    from scraper.base.hosts import host_name
    from scraper.crawling.preview import PAGES
    from spiders.http.hosts import delay_of
    from spiders.limits import CrawlPlan

    plan = CrawlPlan(delay=delay)
    pauses: dict[str, list[float]] = {}
    for source in sources:
        pauses.setdefault(host_name(source.home_url), []).append(delay_of(source, plan))
    longest = max(pauses.values(), key=lambda of_host: max(of_host) * len(of_host))
    pause = max(longest) * (1 + plan.limits.jitter / 2)
    is_one = len(sources) == 1
    return say(
        BEGIN,
        site=sources[0].home_url if is_one else say_count(len(sources), "site"),
        pages=say_count(PAGES * len(sources), "request"),
        pause=say_number(max(longest)),
        time=_span(pause * PAGES * len(longest)),
    )


def _span(seconds: float) -> str:
    """Return a time in seconds, from two minutes on in whole minutes."""
    if seconds < 120:
        return say_count(max(1, round(seconds)), "second")
    return say_count(round(seconds / 60), "minute")


def already_there(source: Source) -> tuple[dict[str, object], str]:
    """Return what there is to say, as values and as text, of a source that is registered."""
    entry = source.model_dump(mode="json")
    value = {"source": entry, "known": True, "entry": {}, "registered": False}
    return value, say(NOT_NEW, slug=source.slug)


def written_entry(entry: Mapping[str, object]) -> str:
    """Return the keys of an entry as its file has them, in one line."""
    return ", ".join(
        f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in entry.items()
    )
