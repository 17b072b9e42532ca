"""robots.txt: what a host allows (RFC 9309)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from protego import Protego

from spiders.discovery.encoding import as_utf8

AGENT = "tinhuyen"
"""Our name in a robots.txt, whatever contact the agent's full name carries."""

MAX_ROBOTS_BYTES = 1024 * 1024
"""Bytes that are read; RFC 9309 (2.5) wants at least 500 KiB."""

MAX_PATTERN_RULES = 5000
"""Rules with a wildcard that are compared with each address, one by one."""

AGENT_LINE = re.compile(r"\s*+user[- ]?agent\s*+(?::|(?=\s))", re.I)

OTHER_AGENT = "another-agent"
"""Stands for all that are not ours: each name of a group would cost all of the group's rules."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a robots.txt says to us; one without a parser allows everything."""

    parser: Protego | None = None
    is_unbearable: bool = False

    def allows(self, url: str) -> bool:
        """Whether we may ask for an address; not where the rules are too many to be compared."""
        if self.is_unbearable:
            return False
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
    text = as_utf8(body[:MAX_ROBOTS_BYTES]).decode("utf-8", "replace").replace("\0", "")
    lines = [_without_others(line) for line in text.splitlines()]
    parser = Protego.parse("\n".join(lines))
    return Rules(parser, sum(map(_has_wildcard, lines)) > MAX_PATTERN_RULES)


def _without_others(line: str) -> str:
    """A line with the name of another agent replaced; one of ours, or of all, stays as it is."""
    found = AGENT_LINE.match(line)
    if found is None:
        return line
    name = line[found.end() :].partition("#")[0].strip().lower()
    return line if AGENT.startswith(name.replace("*", "")) else f"User-agent: {OTHER_AGENT}"


def _has_wildcard(line: str) -> bool:
    rule = line.partition("#")[0].rstrip()
    return "*" in rule[len("allow:") :] or rule.endswith("$")


def rules_of(status: int, body: bytes) -> Rules | None:
    """What an answer to the request for robots.txt means (RFC 9309, 2.3.1).

    A 4xx, or a redirect too many, allows everything. None stands for 429 and 5xx, after which
    the host must not be crawled.
    """
    if 200 <= status < 300:
        return read_robots(body)
    return None if status >= 500 or status == 429 else ALL_ALLOWED
