"""What an import of a list of sources changes in the registry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from scraper.base.errors import UsageError
from scraper.base.source import Source, web_address
from scraper.base.urls import urljoin_safely
from scraper.config.registry import (
    Catalogue,
    changing,
    entry_in,
    free_slug,
    is_complete,
    load_catalogue,
    page_key,
)
from scraper.config.toml_file import describe_error
from scraper.transfer.source_cells import plain_value
from scraper.transfer.source_lists import ListedSource, Refused, SourceList

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """The keys that an entry gets. ``before`` is the source as it was, None for a new one."""

    line: int
    source: Source
    before: Source | None
    values: Mapping[str, object]


@dataclass(slots=True)
class ImportPlan:
    """What an import changes, how many sources it leaves as they are, and what it refuses."""

    changes: list[Change] = field(default_factory=list)
    same: int = 0
    refused: list[Refused] = field(default_factory=list)

    @property
    def new(self) -> list[Change]:
        """The sources that are new."""
        return [change for change in self.changes if change.before is None]

    @property
    def changed(self) -> list[Change]:
        """The sources that are registered and get other values."""
        return [change for change in self.changes if change.before is not None]


def plan_import(listed: SourceList, catalogue: Catalogue) -> ImportPlan:
    """Compare a list of sources with the registry.

    A source is the registered one with the same home page, else with the slug that the list names,
    else with one of its feeds.
    """
    return _Planner(catalogue, refused=list(listed.refused)).plan(listed.sources)


def write_import(user_file: Path, listed: SourceList, agreed: ImportPlan) -> None:
    """Write what was agreed into the user's file, in one replacement.

    Raises UsageError, and writes nothing, if the registry has changed since, or if the file cannot
    be changed; OSError if it cannot be written.
    """
    with changing(user_file) as document:
        if plan_import(listed, load_catalogue(user_file)) != agreed:
            raise UsageError(f"{user_file}: it has changed meanwhile: import the file again")
        for change in agreed.changes:
            entry = entry_in(document, change.source.slug)
            entry.update(change.values)
            if change.before is not None and is_complete(entry):
                entry.setdefault("enabled", change.source.enabled)


class _RefusedError(Exception):
    """Why a source of a list is not taken."""


class _Planner:
    def __init__(self, catalogue: Catalogue, refused: list[Refused]) -> None:
        self.registered = catalogue.sources
        self.problems = catalogue.problems
        self.sources = dict(catalogue.sources)
        self.refused = refused
        self.lines: dict[str, int] = {}
        self.by_home: dict[Key, str] = {}
        self.by_feed: dict[Key, str] = {}
        for source in reversed([*catalogue.own, *catalogue.sources.values()]):
            self._index(source)

    def plan(self, listed: list[ListedSource]) -> ImportPlan:
        """Take each source of a list in turn."""
        for one in listed:
            try:
                self._take(one)
            except _RefusedError as error:
                self.refused.append(Refused.of(one.line, one.title, str(error)))
        changes = [
            Change(line, self.sources[slug], self.registered.get(slug), values)
            for slug, line in self.lines.items()
            if (values := self._values(slug))
        ]
        refused = sorted(self.refused, key=lambda refused: refused.line)
        return ImportPlan(changes, len(self.lines) - len(changes), refused)

    def _take(self, one: ListedSource) -> None:
        """Lay the values of a listed source over those of its entry."""
        home = _home_of(one)
        slug = self._slug_of(one, home)
        known = self.sources.get(slug)
        if one.is_entry and slug in self.lines:
            raise _RefusedError(f"the same source as line {self.lines[slug]}")
        values = dict(one.values) if one.is_entry or known is None else {}
        if known is None:
            values = {"name": urlsplit(home).netloc, **values}
        if known is None or one.is_entry:
            values["home_url"] = _kept_home(home, known)
        values["slug"] = slug
        old = known.model_dump() if known else {}
        try:
            source = Source.model_validate({**old, **values})
            feeds = self._joined_feeds(source, one.feeds)
            source = Source.model_validate({**source.model_dump(), "feeds": feeds})
        except ValidationError as error:
            raise _RefusedError(describe_error(error.errors()[0], Source)) from error
        self.sources[slug] = source
        self.lines.setdefault(slug, one.line)
        self._index(source)

    def _slug_of(self, one: ListedSource, home: str) -> str:
        """Return the slug of the entry that a listed source changes, or of a new one."""
        named = str(one.values.get("slug", ""))
        if named in self.problems:
            raise _RefusedError(f"the entry [{named}] cannot be used: mend sources.toml first")
        found = self.by_home.get(page_key(home))
        if found and found != named and named in self.registered:
            raise _RefusedError(
                f"its home page is that of {found}, its slug that of another source"
            )
        if found:
            return found
        if named:
            return named
        feeds = [*_texts(one.values.get("feeds")), *one.feeds]
        by_feed = (self.by_feed.get(_feed_key(urljoin_safely(home, feed))) for feed in feeds)
        if found := next(filter(None, by_feed), None):
            return found
        return free_slug(urlsplit(home).netloc, {*self.sources, *self.problems})

    def _joined_feeds(self, source: Source, feeds: tuple[str, ...]) -> list[str]:
        """Return the feeds of a source with those that are new to it."""
        known = {_feed_key(urljoin_safely(source.home_url, feed)) for feed in source.feeds}
        joined = list(source.feeds)
        for feed in feeds:
            try:
                key = _feed_key(web_address(feed))
            except ValueError as error:
                raise _RefusedError(f"`xmlUrl` = {feed!r}: {error}") from error
            if key not in known:
                known.add(key)
                joined.append(feed)
        return joined

    def _index(self, source: Source) -> None:
        self.by_home[page_key(source.home_url)] = source.slug
        for feed in source.feeds:
            self.by_feed[_feed_key(urljoin_safely(source.home_url, feed))] = source.slug

    def _values(self, slug: str) -> dict[str, object]:
        """Return the keys of a source that its entry has not got yet."""
        source, before = self.sources[slug], self.registered.get(slug)
        defaults = {key: field.default for key, field in Source.model_fields.items()}
        known = dict(before) if before else defaults
        return {
            key: plain_value(value)
            for key, value in source
            if key != "slug" and value != known[key]
        }


def _home_of(one: ListedSource) -> str:
    if not (given := one.values.get("home_url")):
        raise _RefusedError("`home_url` is missing")
    try:
        return web_address(str(given))
    except ValueError as error:
        raise _RefusedError(f"`home_url` = {str(given)!r}: {error}") from error


def _kept_home(home: str, known: Source | None) -> str:
    """Return the home page to write: that of the entry if it is the same page."""
    return known.home_url if known and page_key(known.home_url) == page_key(home) else home


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list | tuple) else []


def _feed_key(url: str) -> Key:
    """Return what is equal for the URLs of one feed; a malformed URL is equal to itself only."""
    try:
        return (*page_key(url), urlsplit(url).query)
    except ValueError:
        return (url,)
