"""What Datasette's pages of tables show first, what they leave out, and facets by time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from datasette.database import QueryInterrupted
from datasette.facets import Facet
from datasette.utils import (
    path_with_added_args,
    path_with_removed_args,
)

from scraper.browse.language import METADATA

Column = Mapping[str, Any]
Cells = list[Any]

FIRST = (
    "title", "name", "caption", "source", "section", "author", "published_at", "seen_at", "kind",
    "outcome", "reason", "state", "verdict",
)  # fmt: skip
"""Columns that follow the link to the row, in this order, in every table that has them."""

LAST = (
    "lede", "body", "text", "blocks", "tags", "photos", "attachments", "url", "page",
    "published_raw", "content_hash", "provenance", "extractor",
)  # fmt: skip
"""Columns that come last, in this order: long texts and what only few people need."""

TIME_ENDS = ("month", "_at")
"""How the names of columns end whose facets are in order of time."""

_TABLES: Mapping[str, Mapping[str, Any]] = METADATA["database"]["tables"]
_HIDDEN = tuple(name for name, told in _TABLES.items() if told.get("hidden"))
_INDEXES = ("articles_fts", "file_texts_fts")


def is_hidden(table: str) -> bool:
    """Whether a table is internal: no list and no link leads to it."""
    return table.startswith((*_HIDDEN, *_INDEXES, "sqlite_"))


def visible_links(links: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the links from a row to the rows that refer to it, without internal tables."""
    return [link for link in links if not is_hidden(link["other_table"])]


def arranged(columns: Sequence[Column], rows: Sequence[Any]) -> tuple[Cells, list[Cells]]:
    """Return columns and the cells of rows: the link to the row, titles and facts, then texts."""
    names = [column["name"] for column in columns]
    order = sorted(range(len(names)), key=lambda index: _place(names[index], index))
    cells = [list(row) for row in rows]
    return [columns[index] for index in order], [[row[index] for index in order] for row in cells]


def arranged_facets(table: str, facets: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return facets in the order of the table's description, those by time newest first."""
    described = _TABLES.get(table, {}).get("facets", [])
    names = [each if isinstance(each, str) else next(iter(each.values())) for each in described]
    place = {name: number for number, name in enumerate(names)}
    ordered = sorted(facets, key=lambda facet: place.get(facet["name"], len(place)))
    return [_by_time(facet) if facet["name"].endswith(TIME_ENDS) else facet for facet in ordered]


def _by_time(facet: Mapping[str, Any]) -> Mapping[str, Any]:
    results = sorted(facet["results"], key=lambda one: str(one["value"]), reverse=True)
    return {**facet, "results": results}


def _place(name: str, index: int) -> tuple[int, int]:
    """Return where a column stands: part of the table, and place in the part."""
    if index == 0:
        return 0, 0
    if name in FIRST:
        return 1, FIRST.index(name)
    return (3, LAST.index(name)) if name in LAST else (2, index)


class TimeFacet(Facet):  # type: ignore[misc]
    """A facet of the latest values of a column, newest first (``_facet_time=month``).

    Datasette's own facets are of the most frequent values. With an index on the column, this one
    reads only the rows of the values that it shows.
    """

    type = "time"

    async def facet_results(self) -> tuple[list[dict[str, Any]], list[str]]:
        """Return the facets, and the names of those that took too long."""
        found, timed_out = [], []
        for each in self.get_configs():
            column = each["config"].get("column") or each["config"]["simple"]
            try:
                rows = await self._latest(column)
            except QueryInterrupted:
                timed_out.append(column)
            else:
                found.append(self._facet(column, rows, each["source"]))
        return found, timed_out

    async def _latest(self, column: str) -> list[Any]:
        limit = self.ds.setting("facet_time_limit_ms")
        database = self.ds.get_database(self.database)
        values: list[Any] = await database.latest_values(
            self.sql, self.params, column, self.get_facet_size() + 1, limit
        )
        return values

    def _facet(self, column: str, rows: Sequence[Any], source: str) -> dict[str, Any]:
        size = self.get_facet_size()
        without = path_with_removed_args(self.request, {"_facet_time": column})
        return {
            "name": column,
            "type": self.type,
            "hideable": source != "metadata",
            "toggle_url": self.ds.urls.path(without),
            "results": [self._result(column, row) for row in rows[:size]],
            "truncated": len(rows) > size,
        }

    def _result(self, column: str, row: Any) -> dict[str, Any]:
        name = f"{column}__exact" if column.startswith("_") else column
        condition = {name: str(row["value"])}
        selected = (name, str(row["value"])) in self.get_querystring_pairs()
        change = path_with_removed_args if selected else path_with_added_args
        path = self.ds.urls.path(change(self.request, condition))
        return {
            "value": row["value"],
            "label": row["value"],
            "count": row["count"],
            "toggle_url": self.ds.absolute_url(self.request, path),
            "selected": selected,
        }
