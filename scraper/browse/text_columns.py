"""Table pages without the texts of files: fifty of them are more than an answer may hold.

The pages of single rows have the texts, and so have tables that are asked for them (``_col``).
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlencode

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
