"""robots.txt: what a host allows (RFC 9309)."""

from __future__ import annotations

from dataclasses import dataclass

from protego import Protego

from spiders.discovery.encoding import as_utf8

AGENT = "tinhuyen"
"""Our name in a robots.txt, whatever contact the agent's full name carries."""

LARGEST = 1024 * 1024
"""Bytes that are read; RFC 9309 (2.5) wants at least 500 KiB."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a robots.txt says to us; one without a parser allows everything."""

    parser: Protego | None = None

    def allows(self, url: str) -> bool:
        """Whether we may ask for an address."""
        return self.parser is None or bool(self.parser.can_fetch(url, AGENT))

    @property
    def crawl_delay(self) -> float | None:
        """The seconds between requests that it asks for, None where it does not."""
        delay = None if self.parser is None else self.parser.crawl_delay(AGENT)
        return None if delay is None else max(0.0, float(delay))

    @property
    def sitemaps(self) -> list[str]:
        """The sitemaps that it names, as they stand there."""
        return [] if self.parser is None else list(self.parser.sitemaps)


ALL_ALLOWED = Rules()


def read_robots(body: bytes) -> Rules:
    """The rules of a robots.txt in UTF-8 or UTF-16, with or without a byte order mark.

    Never raises.
    """
    text = as_utf8(body[:LARGEST]).decode("utf-8", "replace").replace("\0", "")
    return Rules(Protego.parse(text))


def rules_of(status: int, body: bytes) -> Rules | None:
    """What an answer to the request for robots.txt means (RFC 9309, 2.3.1).

    A 4xx, or a redirect too many, allows everything. None stands for 429 and 5xx, after which
    the host must not be crawled.
    """
    if 200 <= status < 300:
        return read_robots(body)
    return None if status >= 500 or status == 429 else ALL_ALLOWED
