"""The registry of sources: the shipped catalogue, overridden by the user's file."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Collection, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import tomlkit
from filelock import FileLock, Timeout
from pydantic import ValidationError
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Table

from scraper.base.atomic_file import atomic_write
from scraper.base.errors import UsageError, did_you_mean
from scraper.base.shard import Shard
from scraper.base.source import Source, slug_from_host, web_address
from scraper.base.urls import site_address
from scraper.config.registered_sources import RegisteredSources, own_sources, perhaps_enabled
from scraper.config.shipped_sources import shipped_entry, shipped_texts
from scraper.config.toml_file import describe_error, line_of, read_toml

LOCK_SECONDS = 10.0
"""How long a change of ``sources.toml`` waits for another one, which takes milliseconds."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The sources by slug, and an error message for each invalid entry, by slug too.

    If this is one shard of a crawl, ``elsewhere`` are the sources of the others, by slug.
    """

    sources: Mapping[str, Source]
    problems: Mapping[str, str] = field(default_factory=dict)
    shard: Shard | None = None
    elsewhere: Mapping[str, Shard] = field(default_factory=dict)

    @property
    def enabled(self) -> list[Source]:
        """The sources to crawl here."""
        slugs = (slug for slug in perhaps_enabled(self.sources) if slug not in self.elsewhere)
        return [source for slug in slugs if (source := self.sources[slug]).enabled]

    @property
    def own(self) -> list[Source]:
        """The sources that the user's file names."""
        return list(own_sources(self.sources).values())

    def find(self, slug: str) -> Source:
        """Return the source with this slug. Raises UsageError if it is unknown or invalid."""
        if slug in self.problems:
            raise UsageError(self.problems[slug])
        if slug not in self.sources:
            near = get_close_matches(slug, self.sources, n=3)
            hint = did_you_mean(near, "see `tinhuyen sources list`")
            raise UsageError(f"no source `{slug}`: {hint}")
        return self.sources[slug]


def load_catalogue(user_file: Path) -> Catalogue:
    """Read the shipped sources and override their keys with those of the user's file.

    An invalid entry is listed in ``problems`` and does not affect the others. Raises UsageError if
    the user's file is not TOML.
    """
    text, own = read_toml(user_file)
    problems: dict[str, str] = {}
    sources: dict[str, Source] = {}
    for slug, entry in own.items():
        if not isinstance(entry, dict):
            place = f"{user_file}:{line_of(text, [slug])}"
            problems[slug] = f"{place}: `{slug}` = {entry!r}: must be a table [{slug}]"
            continue
        try:
            sources[slug] = Source.model_validate({**_over_shipped(slug, entry), "slug": slug})
        except ValidationError as error:
            first = error.errors()[0]
            keys = [slug, *(str(part) for part in first["loc"] if part != "slug")]
            place = f"{user_file}:{line_of(text, keys)}"
            problems[slug] = f"{place}: [{slug}]: {describe_error(first, Source)}"
    return Catalogue(RegisteredSources(sources, problems), problems)


def _over_shipped(slug: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys of a shipped source with those of the user's entry over them.

    An entry that is complete without the shipped one is enabled unless it says otherwise.
    """
    shipped = shipped_entry(slug)
    if is_complete(entry):
        shipped.pop("enabled", None)
    return {**shipped, **entry}


def is_complete(entry: Mapping[str, Any]) -> bool:
    """Whether an entry of the user's file has all that a source needs."""
    return all(key in entry for key in ("name", "home_url"))


def write_source(
    user_file: Path, slug: str, values: Mapping[str, object], comment: str | None = None
) -> None:
    """Set keys of one source in the user's file and keep its comments.

    ``comment`` is written beside the name of a new table. Raises what `changing` raises.
    """
    with changing(user_file) as document:
        _set_keys(document, slug, values, comment)


def write_sources(user_file: Path, entries: Mapping[str, Mapping[str, object]]) -> None:
    """Set keys of several sources, by slug, and write the file once, as `write_source` does."""
    with changing(user_file) as document:
        for slug, values in entries.items():
            _set_keys(document, slug, values, None)


def add_entry(
    user_file: Path, home_url: str, values: Mapping[str, object], comment: str | None = None
) -> str:
    """Set keys of the source with this home page, as `write_source` does, and return its slug.

    The slug of a new source is chosen while no other process can take it.
    """
    with changing(user_file) as document:
        slug = source_for(home_url, load_catalogue(user_file)).slug
        _set_keys(document, slug, values, comment)
    return slug


def remove_source(user_file: Path, slug: str) -> None:
    """Remove one source from the user's file.

    Raises UsageError for a shipped source, unless the user's entry is complete without it and it
    is shipped disabled.
    """
    with changing(user_file) as document:
        entry = document.get(slug, {})
        is_own = is_complete(entry) and not shipped_entry(slug).get("enabled", True)
        if slug in shipped_texts() and not is_own:
            raise UsageError(
                f"{slug} is in the shipped catalogue: `tinhuyen sources disable {slug}`"
            )
        document.pop(slug, None)


def source_for(url: str, catalogue: Catalogue) -> Source:
    """Return the source with this home page, or a new one with a slug made from the host.

    Raises UsageError if ``url`` is not a web address.
    """
    try:
        home = web_address(url if "://" in url else f"https://{url}")
    except ValueError as error:
        raise UsageError(f"{url!r} is no web address: {error}") from error
    for source in (*catalogue.own, *catalogue.sources.values()):
        if page_key(source.home_url) == page_key(home):
            return source
    netloc = urlsplit(home).netloc
    slug = free_slug(netloc, {*catalogue.sources, *catalogue.problems})
    return Source(slug=slug, name=netloc, home_url=home)


def source_to_crawl(url: str, catalogue: Catalogue) -> Source:
    """Return the source with this home page as it is after `register`.

    Raises UsageError if ``url`` is not a web address.
    """
    source = source_for(url, catalogue)
    is_own = source.slug in own_sources(catalogue.sources)
    return source if is_own else source.model_copy(update={"enabled": True})


def register(url: str, catalogue: Catalogue, user_file: Path) -> bool:
    """Add the source for a URL to the user's file, unless it is there.

    A shipped one is enabled. Returns whether it is new to the registry. Raises UsageError if
    ``url`` is not a web address.
    """
    source = source_to_crawl(url, catalogue)
    is_new = source.slug not in catalogue.sources
    if is_new:
        add_entry(user_file, url, {"name": source.name, "home_url": source.home_url})
    elif source.enabled and not catalogue.sources[source.slug].enabled:
        write_source(user_file, source.slug, {"enabled": True})
    return is_new


def rename(user_file: Path, source: Source, name: str) -> bool:
    """Set the name of a source, unless its entry has another one by now; returns whether it did.

    Raises UsageError if the file is not TOML, OSError if it cannot be written.
    """
    with changing(user_file) as document:
        entry = entry_in(document, source.slug)
        if entry.get("name") != source.name:
            return False
        entry["name"] = name
    return True


def page_key(url: str) -> tuple[tuple[str, int | None], str]:
    """Return what is equal for the URLs of one home page: its site and its path."""
    parts = urlsplit(url)
    return site_address(parts), parts.path.rstrip("/")


def free_slug(netloc: str, taken: Collection[str]) -> str:
    """Return a slug for a host that is not taken."""
    slug = slug_from_host(netloc)
    if slug not in taken:
        return slug
    return next(f"{slug[:60]}-{n}" for n in range(2, 100_000) if f"{slug[:60]}-{n}" not in taken)


def _document(user_file: Path) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(user_file.read_text("utf-8") if user_file.is_file() else "")
    except TOMLKitError as error:
        raise UsageError(f"{user_file}: {error}: fix the file; it was not changed") from error


def _set_keys(
    document: tomlkit.TOMLDocument, slug: str, values: Mapping[str, object], comment: str | None
) -> None:
    is_new = slug not in document
    table = entry_in(document, slug)
    table.update(values)
    if comment and is_new and isinstance(table, Table):
        table.comment(comment)


def entry_in(document: tomlkit.TOMLDocument, slug: str) -> MutableMapping[str, Any]:
    """Return the table of a source, a new one if there is none. Raises UsageError for a value."""
    table = document.setdefault(slug, tomlkit.table())
    if not isinstance(table, MutableMapping):
        raise UsageError(f"`{slug}` = {table!r}: must be a table [{slug}]: fix sources.toml")
    return table


def can_write(user_file: Path) -> bool:
    """Whether `changing` can replace the user's file: its folder, or the one to make it in."""
    folder = next(path for path in user_file.absolute().parents if os.path.lexists(path))
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


@contextmanager
def changing(user_file: Path) -> Iterator[tomlkit.TOMLDocument]:
    """Yield the user's file for a change, then replace it. Others wait for it meanwhile.

    Raises UsageError if the file is not TOML or if another process does not finish changing it,
    OSError if it cannot be written.
    """
    user_file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(f"{user_file}.lock", timeout=LOCK_SECONDS):
            document = _document(user_file)
            yield document
            text = tomlkit.dumps(document)
            tomllib.loads(text)
            with atomic_write(user_file) as out:
                out.write(text.encode())
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{user_file}: change it by hand ({error}); it was not changed") from error
    except Timeout as error:
        raise UsageError(
            f"{user_file}: another program is changing it: try again; it was not changed"
        ) from error
