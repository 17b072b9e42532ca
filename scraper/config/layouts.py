"""Writing the present layout of a source into the user's sources.toml."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import ValidationError
from tomlkit.items import Array

from scraper.base.errors import UsageError
from scraper.base.source import Layout
from scraper.config.registry import changing, entry_in, load_catalogue
from scraper.config.toml_file import describe_error


def layout_from(selectors: Mapping[str, str]) -> Layout:
    """Return the layout of some selectors; empty ones are left out. Raises UsageError."""
    given = {key: value.strip() for key, value in selectors.items() if value.strip()}
    if not given:
        raise UsageError("a layout needs at least one selector")
    try:
        return Layout.model_validate(given)
    except ValidationError as error:
        raise UsageError(describe_error(error.errors()[0], Layout)) from error


def write_layout(user_file: Path, slug: str, layout: Layout) -> None:
    """Write the layout that a source has now, and keep its replaced ones and all comments.

    Raises what `scraper.config.registry.write_source` raises.
    """
    values = layout.model_dump(exclude_none=True)
    with changing(user_file) as document:
        source = load_catalogue(user_file).find(slug)
        entry = entry_in(document, slug)
        if "layouts" not in entry:
            entry["layouts"] = _tables(
                [each.model_dump(exclude_none=True) for each in source.layouts]
            )
        written = entry["layouts"]
        tables = [written] if isinstance(written, MutableMapping) else written
        present = next((table for table in tables if "until" not in table), None)
        if present is not None:
            for key in [key for key in present if key not in values]:
                del present[key]
            present.update(values)
        elif isinstance(written, MutableMapping):
            entry["layouts"] = _tables([dict(written), values])
        else:
            written.append(_inline(values) if isinstance(written, Array) else _table(values))


def _tables(layouts: Sequence[Mapping[str, Any]]) -> Any:
    tables = tomlkit.aot()
    for layout in layouts:
        tables.append(_table(layout))
    return tables


def _inline(values: Mapping[str, Any]) -> Any:
    table = tomlkit.inline_table()
    table.update(values)
    return table


def _table(values: Mapping[str, Any]) -> Any:
    table = tomlkit.table()
    table.update(values)
    return table
