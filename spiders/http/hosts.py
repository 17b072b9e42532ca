"""Politeness: when a host may be asked again, and when it is to be left alone."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from scraper.base.source import Source
from spiders.http.robots import Rules
from spiders.limits import CrawlPlan, Limits

DEFAULT_DELAY = 2.0
"""Seconds between requests to a host that is not one's own, at least (VIETNAM.md 3)."""

DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(slots=True)
class Host:
    """One host of a run: its pause, its rules, and whether it is well.

    All moments are seconds of the monotonic clock. ``rules`` is None until robots.txt was asked;
    ``given_up`` tells why nothing more is asked of the host in this run.
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

    def begin(self) -> None:
        """A request leaves for the host: no other one may until it has ended."""
        self.is_busy = True

    def end(self, moment: float) -> None:
        """The request has ended: the pause begins, which chance may only lengthen.

        Counted from the end, the pause holds at the server however long a connection takes.
        """
        self.is_busy = False
        pause = self.delay * (1 + random.uniform(0, self.limits.jitter))
        self.ready_at = max(self.ready_at, moment + pause)

    def obey(self, rules: Rules, moment: float) -> None:
        """Take the rules of the host's robots.txt, its crawl-delay included, up to the cap."""
        self.rules = rules
        if rules.crawl_delay is not None:
            self.delay = max(self.delay, min(rules.crawl_delay, self.limits.crawl_delay))
            self.ready_at = max(self.ready_at, moment + self.delay)

    def succeed(self) -> None:
        """The host answered as it should."""
        self.failures = self.pauses = 0

    def fail(self) -> None:
        """The host failed; it is left alone after too many failures in a row."""
        self.failures += 1
        if self.failures >= self.limits.host_failures:
            self.given_up = "host_failing"

    def give_up(self, reason: str) -> None:
        """Leave the host alone for this run; the first reason counts."""
        self.given_up = self.given_up or reason

    def delay_next(self, seconds: float) -> None:
        """Lengthen the pause that has begun."""
        self.ready_at += seconds

    def is_ready(self, moment: float) -> bool:
        """Whether the host may be asked now."""
        return not self.is_busy and self.ready_at <= moment

    def pause(self, seconds: float, moment: float) -> None:
        """The host asks for patience; it is left alone if it asks too much or too often."""
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
        """The host of a URL, made when a source first asks for one."""
        name = host_name(url)
        if name not in self._hosts:
            self._hosts[name] = Host(name, delay_of(source, self._plan), self._plan.limits)
        return self._hosts[name]

    def add_home(self, source: Source) -> Host:
        """Add the host of a source's home page, with the longest pause that a source asks for."""
        home = self.of(source.home_url, source)
        home.delay = max(home.delay, delay_of(source, self._plan))
        return home

    def ready_times(self) -> list[float]:
        """When each host that no request is out to may be asked again."""
        return [host.ready_at for host in self._hosts.values() if not host.is_busy]


def host_name(url: str) -> str:
    """The name under which requests share a pause: the host, with a port if it is its own.

    http and https, with and without ``www.``, are one machine. A port that none can be is no port.
    """
    parts = urlsplit(url)
    name = (parts.hostname or "").removeprefix("www.")
    try:
        port = parts.port
    except ValueError:
        port = None
    return name if port in (None, *DEFAULT_PORTS.values()) else f"{name}:{port}"


def delay_of(source: Source, plan: CrawlPlan) -> float:
    """Seconds between requests to a source's host: below the default only for one's own.

    The source's own entry counts for one's own host; public hosts get the longest of all.
    """
    if source.is_own and source.delay is not None:
        return source.delay
    asked = max(plan.delay, source.delay or 0)
    return asked if source.is_own else max(asked, DEFAULT_DELAY)


def retry_after(value: str | None, now: datetime, usual: float) -> float:
    """The seconds that a ``Retry-After`` asks for (RFC 9110, 10.2.3: seconds or a date).

    ``usual`` if it is absent, in the past or nonsense.
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
