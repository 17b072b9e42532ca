"""What the fetched pages of a source teach about its addresses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

MIN_AGREEING_URLS = 3
"""Addresses that must agree before a rule is drawn from them."""


def learn_ignored_params(fetched: Iterable[tuple[str, str]]) -> frozenset[str]:
    """The query parameters (lower case) that change nothing on a source.

    Takes pairs of address and content hash of its articles. A parameter is noise when the same
    page came under different values of it (or without it) on several addresses, and no value of
    it ever gave another page.
    """
    same: dict[str, int] = defaultdict(int)
    differs: set[str] = set()
    for (_, name), contents in _variants(fetched).items():
        hashes = set(contents.values())
        if len(hashes) > 1:
            differs.add(name)
        elif len(contents) > 1:
            same[name] += 1
    return frozenset(name for name, count in same.items() if count >= MIN_AGREEING_URLS) - differs


def _variants(fetched: Iterable[tuple[str, str]]) -> dict[tuple[str, str], dict[str | None, str]]:
    """For each address less one parameter, what came under each value of that parameter."""
    pages = [(urlsplit(url), content) for url, content in fetched]
    names = {name.lower() for parts, _ in pages for name, _ in parse_qsl(parts.query)}
    variants: dict[tuple[str, str], dict[str | None, str]] = defaultdict(dict)
    for parts, content in pages:
        query = [(name.lower(), value) for name, value in parse_qsl(parts.query)]
        for name in names:
            rest = urlencode([pair for pair in query if pair[0] != name])
            address = urlunsplit((*parts[:3], rest, ""))
            variants[address, name][dict(query).get(name)] = content
    return variants
