"""Describes what is wrong with an entry of a table such as ``[[watch]]`` in ``tinhuyen.toml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from scraper.base.watch import Watch
from scraper.base.web_archive_entry import WebArchiveEntry
from scraper.config.toml_file import describe_error

TABLES: dict[str, type[BaseModel]] = {"watch": Watch, "web_archive": WebArchiveEntry}
"""The model of the entries of each table."""


def describe_entry_error(error: ErrorDetails, values: Mapping[str, Any]) -> str:
    """Return what is wrong with an entry, named by its place and its name, and what is allowed."""
    table, number = str(error["loc"][0]), error["loc"][1]
    assert isinstance(number, int)
    entry = values[table][number] if isinstance(values.get(table), list) else {}
    name = entry.get("name") if isinstance(entry, dict) else None
    named = f"[[{table}]] number {number + 1}" + (f" ({name!r})" if name else "")
    path = error["loc"][2:]
    if not path:
        return f"{named}: {error['msg'].removeprefix('Value error, ')}"
    return f"{named}: {describe_error({**error, 'loc': path}, TABLES[table])}"


def line_of_entry(text: str, path: tuple[int | str, ...]) -> int:
    """Return the line (from 1) of a key of an entry, else that of the entry."""
    table = re.escape(str(path[0]))
    heads = [
        number
        for number, line in enumerate(text.splitlines(), 1)
        if re.match(rf"\s*\[\[\s*\"?{table}\"?\s*\]\]", line)
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
