"""robots.txt: what a host allows (RFC 9309)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from protego import Protego

from spiders.discovery.encoding import as_utf8

AGENT = "tinhuyen"
"""Our name in a robots.txt, whatever contact the agent's full name carries."""

MAX_ROBOTS_BYTES = 1024 * 1024
"""Bytes that are read; RFC 9309 (2.5) wants at least 500 KiB."""

MAX_WILDCARD_RULES = 1000
"""Rules with a wildcard that are compared with each address, one by one. Of further ones only what
stands before the wildcard counts, and only if they forbid."""

AGENT_LINE = re.compile(r"\s*+user[- ]?agent(?:\s*+:|\s)", re.I)
RULE_LINE = re.compile(r"\s*+(?:(?P<allow>allow)|di[a-z]{4,8})(?:\s*+:|\s)\s*+", re.I)

OTHER_AGENT = "another-agent"
"""Stands for all that are not ours: each name of a group would cost all of the group's rules."""

FORBIDDEN, TOO_MANY_RULES = "robots", "robots_too_many_rules"


@dataclass(frozen=True, slots=True)
class Rules:
    """What a robots.txt says to us; one without a parser allows everything.

    ``shortened`` holds the rules with a wildcard that were too many to be compared, without it.
    """

    parser: Protego | None = None
    shortened: Protego | None = None

    def allows(self, url: str) -> bool:
        """Whether we may ask for an address."""
        return self.refusal(url) is None

    def refusal(self, url: str) -> str | None:
        """Why an address may not be asked for, None if it may."""
        if self.parser is not None and not self.parser.can_fetch(url, AGENT):
            return FORBIDDEN
        if self.shortened is not None and not self.shortened.can_fetch(url, AGENT):
            return TOO_MANY_RULES
        return None

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
    lines, cut = _within_limit(text.splitlines())
    shortened = Protego.parse("\n".join(["User-agent: *", *cut])) if cut else None
    return Rules(Protego.parse("\n".join(lines)), shortened)


def _within_limit(lines: Iterable[str]) -> tuple[list[str], list[str]]:
    """The lines with no more wildcard rules for us than are compared, and what forbids instead."""
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
    """Whether a group of this name may be for us: our own name, or that of all."""
    return AGENT.startswith(name.partition("#")[0].strip().lower().replace("*", ""))


def _before_wildcard(path: str) -> str:
    return path.partition("#")[0].partition("*")[0].strip().removesuffix("$")


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
