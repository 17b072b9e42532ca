"""Describes what is wrong with an entry ``[[watch]]`` of ``tinhuyen.toml``."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from pydantic_core import ErrorDetails

from scraper.base.errors import UsageError
from scraper.base.watch import Watch
from scraper.config.registry import Catalogue
from scraper.config.toml_file import describe_error

TABLE = "watch"


def describe_entry_error(error: ErrorDetails, values: Mapping[str, Any]) -> str:
    """Return what is wrong with an entry, named by its place and its name, and what is allowed."""
    number = error["loc"][1]
    assert isinstance(number, int)
    entry = values[TABLE][number] if isinstance(values.get(TABLE), list) else {}
    name = entry.get("name") if isinstance(entry, dict) else None
    named = f"[[{TABLE}]] number {number + 1}" + (f" ({name!r})" if name else "")
    path = error["loc"][2:]
    if not path:
        return f"{named}: {error['msg'].removeprefix('Value error, ')}"
    return f"{named}: {describe_error({**error, 'loc': path}, Watch)}"


def line_of_entry(text: str, path: tuple[int | str, ...]) -> int:
    """Return the line (from 1) of a key of an entry, else that of the entry."""
    heads = [
        number
        for number, line in enumerate(text.splitlines(), 1)
        if re.match(rf"\s*\[\[\s*\"?{TABLE}\"?\s*\]\]", line)
    ]
    index = path[1] if len(path) > 1 else 0
    if not isinstance(index, int) or index >= len(heads):
        return heads[0] if heads else 1
    end = heads[index + 1] if index + 1 < len(heads) else None
    key = str(path[2]) if len(path) > 2 else None
    for number, line in enumerate(text.splitlines()[heads[index] : end], heads[index] + 1):
        if key and re.match(rf"\s*\"?{re.escape(key)}\"?\s*=", line):
            return number
    return heads[index]


def unknown_sources(
    watches: Iterable[Watch], catalogue: Catalogue, stored: Collection[str] = ()
) -> list[str]:
    """Return a line for each slug in a watch that is no source, with the nearest names.

    ``stored`` are slugs of the database, of which some are not in the registry.
    """
    problems = []
    for watch in watches:
        for slug in watch.sources:
            if slug in stored or slug in catalogue.problems:
                continue
            try:
                catalogue.find(slug)
            except UsageError as error:
                problems.append(f"[[{TABLE}]] {watch.name!r}: `sources`: {error}")
    return problems
