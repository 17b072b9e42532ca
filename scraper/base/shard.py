"""Shards of a crawl: which of several machines crawls which sources.

Sources that share a host are one group, so that a host is asked by one machine only and needs no
pause that machines share. A hash of the group's name and of each shard's number picks the shard
(rendezvous hashing): with one shard more, groups move to the new shard only; with one shard fewer,
only those of the last shard move. All functions are pure and the same on every machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from scraper.base.hosts import host_name, hosts_of
from scraper.base.source import Source

MAX_SHARDS = 1000
"""The most shards of a crawl."""


@dataclass(frozen=True, slots=True)
class Shard:
    """One of ``count`` shards of a crawl; ``number`` is from 1. ``1/1`` is the whole crawl."""

    number: int
    count: int

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a shard such as ``2/3``. Raises ValueError for anything else."""
        found = re.fullmatch(r"([0-9]{1,4})/([0-9]{1,4})", text)
        shard = cls(*map(int, found.groups())) if found else None
        if shard is None or not 1 <= shard.number <= shard.count <= MAX_SHARDS:
            raise ValueError("must be I/N, the shard I of N from 1/1, such as 2/3")
        return shard

    @property
    def is_whole(self) -> bool:
        """Whether it is the only shard, which crawls all sources."""
        return self.count == 1


WHOLE = Shard(1, 1)
"""The whole crawl."""


def shards_of(sources: Iterable[Source], count: int) -> dict[str, Shard]:
    """Return which of ``count`` shards crawls each source, by slug.

    ``sources`` are all sources of the registry, disabled ones included: enabling a source moves no
    other source.
    """
    known = list(sources)
    names = group_names(known)
    picked = {name: Shard(_pick(name, count), count) for name in set(names.values())}
    return {source.slug: picked[names[source.slug]] for source in known}


def group_names(sources: Iterable[Source]) -> dict[str, str]:
    """Return the name of the group of each source, by slug.

    Sources with a common host are in one group, and so are all that are linked by others. Its name
    is the first one, by code points, of the hosts under which its sources are stored: a further
    host of a source, or its move to another host with ``filed_under``, renames no group.
    """
    known = list(sources)
    joined = _Joined()
    for source in known:
        for host in hosts_of(source):
            joined.join(_stored_host(source), host)
    names: dict[str, str] = {}
    for source in known:
        root, name = joined.root(_stored_host(source)), _stored_host(source)
        names[root] = min(names.get(root, name), name)
    return {source.slug: names[joined.root(_stored_host(source))] for source in known}


def registry_digest(sources: Iterable[Source]) -> str:
    """Return a short digest of who shares a group with whom: machines must have the same one."""
    names = sorted(group_names(sources).items())
    return sha256("\n".join(f"{slug} {name}" for slug, name in names).encode()).hexdigest()[:8]


class _Joined:
    """Sets of hosts that are joined with one another (union-find)."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def root(self, host: str) -> str:
        """Return the host that stands for the set of a host."""
        above = self._above.setdefault(host, host)
        while above != host:
            self._above[host] = self._above[above]
            host, above = above, self._above[above]
        return host

    def join(self, host: str, other: str) -> None:
        """Join the sets of two hosts."""
        self._above[self.root(host)] = self.root(other)


def _stored_host(source: Source) -> str:
    return host_name(source.filed_under or source.home_url)


def _pick(name: str, count: int) -> int:
    """Return the number of the shard with the greatest hash for a group."""
    return max(range(1, count + 1), key=lambda number: sha256(f"{name} {number}".encode()).digest())
