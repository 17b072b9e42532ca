"""Politeness: when a host may receive the next request, and when a run abandons it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from scraper.base.hosts import host_name, hosts_of
from scraper.base.source import Source
from scraper.config.configuration import MIN_PUBLIC_DELAY
from spiders.http.robots import Rules
from spiders.limits import CrawlPlan, Limits

SILENCES = ("dns", "connect", "timeout")
"""Reasons of failed requests for which a host may not be there at all."""


@dataclass(slots=True)
class Host:
    """The state of one host in a run: its delay, its robots.txt rules and its failures.

    All times are seconds of the monotonic clock. ``rules`` is None until robots.txt was fetched;
    ``given_up`` is why the run sends no more requests to the host, None if it does. ``silence`` is
    why the host has not answered at all, None if it has or was not asked.
    """

    name: str
    delay: float
    limits: Limits
    rules: Rules | None = None
    is_busy: bool = False
    ready_at: float = 0.0
    failures: int = 0
    pauses: int = 0
    given_up: str | None = None
    silence: str | None = None
    has_answered: bool = False

    def begin(self) -> None:
        """Note that a request was sent; no other may be sent until it ends."""
        self.is_busy = True

    def end(self, moment: float) -> None:
        """Note that the request ended, and begin the delay, lengthened by a random jitter.

        The delay counts from the end of the request, so a slow connection cannot shorten it.
        """
        self.is_busy = False
        pause = self.delay * (1 + random.uniform(0, self.limits.jitter))
        self.ready_at = max(self.ready_at, moment + pause)

    def obey(self, rules: Rules, moment: float) -> None:
        """Set the rules of robots.txt and its Crawl-delay, up to ``limits.crawl_delay`` seconds."""
        self.rules = rules
        if rules.crawl_delay is not None:
            self.delay = max(self.delay, min(rules.crawl_delay, self.limits.crawl_delay))
            self.ready_at = max(self.ready_at, moment + self.delay)

    def succeed(self) -> None:
        """Note a successful response, which ends a row of failures."""
        self.failures = self.pauses = 0

    def answer(self) -> None:
        """Note that a response came, whatever it says."""
        self.has_answered, self.silence = True, None

    def stay_silent(self, reason: str | None) -> None:
        """Note that a request ended without a response, and why."""
        if not self.has_answered and reason in SILENCES:
            self.silence = reason

    def fail(self) -> None:
        """Note a failure; abandon the host after ``limits.host_failures`` in a row."""
        self.failures += 1
        if self.failures >= self.limits.host_failures:
            self.given_up = "host_failing"

    def abandon(self, reason: str) -> None:
        """Leave the host alone for this run; the first reason counts."""
        self.given_up = self.given_up or reason

    def delay_next(self, seconds: float) -> None:
        """Lengthen the pause that has begun."""
        self.ready_at += seconds

    def is_ready(self, moment: float) -> bool:
        """Whether the host may be asked now."""
        return not self.is_busy and self.ready_at <= moment

    def pause(self, seconds: float, moment: float) -> None:
        """Pause as the host requested; abandon it if the pause is too long or one too many."""
        self.pauses += 1
        self.ready_at = max(self.ready_at, moment + seconds)
        if seconds > self.limits.longest_pause:
            self.given_up = "retry_after"
        elif self.pauses > self.limits.host_pauses:
            self.given_up = "rate_limited"


class Hosts:
    """The hosts of a run, by name: the sources that share one share its pause and its rules."""

    def __init__(self, plan: CrawlPlan) -> None:
        self._plan = plan
        self._hosts: dict[str, Host] = {}

    def of(self, url: str, source: Source) -> Host:
        """The host of a URL, made when a source first asks for one.

        Its pause is that of a source at this host: a public host that a source of the user's own
        leads to has the pause of public hosts. Other shards may ask a host that the entry of the
        source does not name, for its files: the pause is as many times as long.
        """
        name = host_name(url)
        if name not in self._hosts:
            there = source.model_copy(update={"home_url": url})
            asked_by = 1 if name in hosts_of(source) else self._plan.shards
            delay = delay_of(there, self._plan) * asked_by
            self._hosts[name] = Host(name, delay, self._plan.limits)
        return self._hosts[name]

    def add_home(self, source: Source) -> Host:
        """Add the host of a source's home page, with the longest pause that a source asks for."""
        home = self.of(source.home_url, source)
        home.delay = max(home.delay, delay_of(source, self._plan))
        return home

    def ready_times(self) -> list[float]:
        """When each host that no request is out to may be asked again."""
        return [host.ready_at for host in self._hosts.values() if not host.is_busy]


def delay_of(source: Source, plan: CrawlPlan) -> float:
    """Return the seconds between requests to the host of a source.

    A host of the user's own gets the delay of its source, else that of the plan. A public host gets
    the longest of both and ``MIN_PUBLIC_DELAY``.
    """
    if source.is_own and source.delay is not None:
        return source.delay
    asked = max(plan.delay, source.delay or 0)
    return asked if source.is_own else max(asked, MIN_PUBLIC_DELAY)


def retry_after(value: str | None, now: datetime, usual: float) -> float:
    """Return the seconds of a ``Retry-After`` header: a number or a date (RFC 9110, 10.2.3).

    Returns ``usual`` if the header is absent, in the past or malformed.
    """
    text = (value or "").strip()
    if text.isdecimal():
        return float(text[:12]) or usual
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return usual
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    seconds = (aware - now).total_seconds()
    return seconds if seconds > 0 else usual
