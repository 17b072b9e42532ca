"""A site that moved: its entry at the new address, and why it may not be followed there.

The new address is looked at under the identity of the old one: with ``filed_under``, its pages have
the keys that those of the old address had, so that what is stored already is recognised.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from scraper.base.hosts import host_name, hosts_of
from scraper.base.source import Source, State, is_own_host, web_address
from scraper.config.registry import Catalogue
from scraper.crawling.owners import may_be_same_owner, names_other_owner
from scraper.crawling.preview import Preview
from scraper.monitoring.content import LANGUAGE_SHARE, SPAM_SHARE


@dataclass(frozen=True, slots=True)
class Move:
    """Where the home page of a source redirects, and by which HTTP status.

    ``entry`` are the keys to write if it is followed, ``moved`` is the source that they make;
    both are empty if the address is not even looked at, for the reason ``refused``.
    """

    source: Source
    target: str
    status: int
    entry: dict[str, object]
    moved: Source | None = None
    refused: str | None = None


def move_to(source: Source, target: str, status: int, catalogue: Catalogue) -> Move:
    """Return the move of a source to the address to which its home page redirects."""
    reason = _why_not_asked(source, target, catalogue)
    if reason is not None:
        return Move(source, target, status, {}, refused=reason)
    entry = _moved_entry(source, web_address(target))
    moved = Source.model_validate({**source.model_dump(), **entry})
    return Move(source, target, status, entry, moved)


def why_not_followed(move: Move, found: Preview, names: Collection[str], stored: int) -> str | None:
    """Return why a source is not followed to its new address, None if it may be.

    ``found`` is a look at the new address, ``names`` are those that the source had, ``stored`` is
    how many of the articles met there are stored already.
    """
    name = found.site_name or ""
    if found.moved_to is not None:
        return f"it leads on to {found.moved_to}"
    if not found.samples:
        return "no article could be read there: it may be parked, or not ready yet"
    if found.proof.spam >= SPAM_SHARE:
        return "its articles offer betting, pills or loans"
    if found.proof.vietnamese is not None and found.proof.vietnamese < LANGUAGE_SHARE:
        return "its articles are not in Vietnamese"
    if names_other_owner(move.source, names, name):
        return f"it is another owner's: it calls itself “{name}”"
    if not stored and not may_be_same_owner(names, name):
        return f"none of its articles is stored, and it calls itself “{name}”"
    return None


def _why_not_asked(source: Source, target: str, catalogue: Catalogue) -> str | None:
    """Return why an address is not even looked at, None if it may be."""
    try:
        web_address(target)
    except ValueError:
        return "it is no web address"
    if "@" in urlsplit(target).netloc:
        return "it is an address with a password"
    if is_own_host(target) and not (_is_loopback(target) and _is_loopback(source.home_url)):
        return "it is a private address"
    host = host_name(target)
    for other in catalogue.sources.values():
        if other.slug != source.slug and host in hosts_of(other):
            return f"it is an address of the source {other.slug}"
    return None


def _is_loopback(url: str) -> bool:
    """Whether a URL is at this machine: what a site of one's own here may lead to."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _moved_entry(source: Source, home_url: str) -> dict[str, object]:
    """Return the keys of the entry that change. Articles stay under the address that they have.

    A state that says that the site had moved is no longer right.
    """
    old, new = urlsplit(source.home_url).hostname or "", urlsplit(home_url).hostname
    aliases = dict.fromkeys([*source.aliases, *([] if old == new else [old])])
    entry: dict[str, object] = {
        "home_url": home_url,
        "filed_under": source.filed_under or source.home_url,
    }
    if aliases:
        entry["aliases"] = list(aliases)
    if source.state is not State.UNKNOWN:
        entry["state"] = State.UNKNOWN.value
    return entry
