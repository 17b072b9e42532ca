"""Parsing of robots.txt (RFC 9309)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from protego import Protego

from spiders.discovery.site_files import as_utf8

AGENT = "tinhuyen"
"""The product token in robots.txt; the full User-Agent header also has the contact."""

MAX_ROBOTS_BYTES = 1024 * 1024
"""Bytes that are parsed; RFC 9309 (2.5) requires at least 500 KiB."""

MAX_WILDCARD_RULES = 1000
"""Rules with a wildcard that are compared with each URL, one by one.

Of each further rule that disallows, only the part before the wildcard is compared.
"""

AGENT_LINE = re.compile(r"\s*+user[- ]?agent(?:\s*+:|\s)", re.I)
RULE_LINE = re.compile(r"\s*+(?:(?P<allow>allow)|di[a-z]{4,8})(?:\s*+:|\s)\s*+", re.I)

OTHER_AGENT = "another-agent"
"""Replaces the other names of a group, because protego copies the rules for each name."""

FORBIDDEN, TOO_MANY_RULES = "robots", "robots_too_many_rules"


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a robots.txt for this crawler; without a parser everything is allowed.

    ``shortened`` has the rules beyond ``MAX_WILDCARD_RULES``, without their wildcards.
    """

    parser: Protego | None = None
    shortened: Protego | None = None

    def allows(self, url: str) -> bool:
        """Return whether a URL may be fetched."""
        return self.refusal(url) is None

    def refusal(self, url: str) -> str | None:
        """Return why a URL may not be fetched, None if it may be."""
        if self.parser is not None and not self.parser.can_fetch(url, AGENT):
            return FORBIDDEN
        if self.shortened is not None and not self.shortened.can_fetch(url, AGENT):
            return TOO_MANY_RULES
        return None

    @property
    def crawl_delay(self) -> float | None:
        """The ``Crawl-delay`` in seconds, None if there is none."""
        delay = None if self.parser is None else self.parser.crawl_delay(AGENT)
        return None if delay is None else max(0.0, float(delay))

    @property
    def sitemaps(self) -> list[str]:
        """The URLs of the ``Sitemap`` lines, as written."""
        return [] if self.parser is None else list(self.parser.sitemaps)


ALL_ALLOWED = Rules()


def read_robots(body: bytes) -> Rules:
    """Parse a robots.txt in UTF-8, UTF-16 or UTF-32. Never raises."""
    text = as_utf8(body[:MAX_ROBOTS_BYTES]).decode("utf-8", "replace").replace("\0", "")
    lines, cut = _within_limit(text.splitlines())
    shortened = Protego.parse("\n".join(["User-agent: *", *cut])) if cut else None
    return Rules(Protego.parse("\n".join(lines)), shortened)


def _within_limit(lines: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the lines without the excess wildcard rules, and rules to use in place of those."""
    kept: list[str] = []
    cut: list[str] = []
    met: set[str] = set()
    is_ours, has_rules, count = False, True, 0
    for line in lines:
        if agent := AGENT_LINE.match(line):
            is_our_name = _is_our_name(line[agent.end() :])
            is_ours = is_our_name or (is_ours and not has_rules)
            has_rules = False
            met.clear()
            kept.append(line if is_our_name else f"User-agent: {OTHER_AGENT}")
            continue
        rule = RULE_LINE.match(line)
        has_rules = has_rules or rule is not None
        if rule is None or not is_ours or not _has_wildcard(line):
            kept.append(line)
        elif line not in met:
            met.add(line)
            count += 1
            if count <= MAX_WILDCARD_RULES:
                kept.append(line)
            elif not rule["allow"]:
                cut.append(f"Disallow: {_before_wildcard(line[rule.end() :]) or '/'}")
    return kept, cut


def _is_our_name(name: str) -> bool:
    """Return whether a group with this name applies: ``*``, or a prefix of our own name."""
    return AGENT.startswith(name.partition("#")[0].strip().lower().replace("*", ""))


def _before_wildcard(path: str) -> str:
    return path.partition("#")[0].partition("*")[0].strip().removesuffix("$")


def _has_wildcard(line: str) -> bool:
    rule = line.partition("#")[0].rstrip()
    return "*" in rule[len("allow:") :] or rule.endswith("$")


def rules_of(status: int, body: bytes) -> Rules | None:
    """Return the rules that a response to the request for robots.txt means (RFC 9309, 2.3.1).

    A 4xx, or a redirect beyond the limit, allows everything. Returns None for 429 and 5xx, after
    which the host must not be crawled.
    """
    if 200 <= status < 300:
        return read_robots(body)
    return None if status >= 500 or status == 429 else ALL_ALLOWED
