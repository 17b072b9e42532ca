"""Requests of table pages as Datasette is asked: without a language and the texts of files.

The texts of fifty files are more than an answer may hold.

The pages of single rows have the texts, and so have tables that are asked for them (``_col``).
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlencode

from scraper.browse.language import LANGUAGE_ARGUMENT

TABLES = re.compile(r"/[^/]+/(?:file_texts|attachments)")
TEXT_COLUMN = "text"
CHOICES = {"_col", "_nocol"}


def without_texts(scope: dict[str, Any]) -> dict[str, Any]:
    """Return a request in which the page of a table with texts is asked for without them."""
    if scope["type"] != "http" or not TABLES.fullmatch(scope["path"]):
        return scope
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    if CHOICES.intersection(name for name, _ in query):
        return scope
    return scope | {"query_string": urlencode([*query, ("_nocol", TEXT_COLUMN)]).encode()}


def without_language(scope: dict[str, Any], database: str) -> dict[str, Any]:
    """Return a request of a table in which no language is asked for.

    Datasette reads every argument as a condition, and no row has a column of that name.
    """
    if scope["type"] != "http" or not scope["path"].startswith(f"/{database}/"):
        return scope
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    kept = [(name, value) for name, value in query if name != LANGUAGE_ARGUMENT]
    if len(kept) == len(query):
        return scope
    return scope | {"query_string": urlencode(kept).encode()}
