"""The shipped catalogue: a TOML file a province, whose entries are parsed when they are asked for.

To find the entries of a file, its text is split at their headers, which takes a thirtieth of the
time of parsing it. A file of the catalogue therefore has no line in a string or a list that looks
like the header of an entry.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from scraper.base.source import Source

FOLDER = Path(__file__).parents[1] / "catalogue"
HEADER = re.compile(r"^\[([a-z0-9-]+)\]\n", re.M)
PLAIN_VALUE = re.compile(r'^(\w+) = (?:"([^"\\\n]*)"|(true|false))$', re.M)
"""A key with a text without escapes, or with a boolean: TOML has no other meaning for it."""

NOT_ENABLED = "\nenabled = false\n"


@cache
def shipped_texts() -> Mapping[str, str]:
    """Return the texts of the entries by slug, without their headers, in the order of the files."""
    texts: dict[str, str] = {}
    for file in sorted(FOLDER.glob("*.toml")):
        _, *parts = HEADER.split(file.read_text("utf-8"))
        texts.update(zip(parts[::2], parts[1::2], strict=True))
    return texts


def shipped_entry(slug: str) -> dict[str, Any]:
    """Return the keys of a shipped entry, none if there is no such entry."""
    text = shipped_texts().get(slug, "")
    values = {
        key: flag == "true" if flag else value for key, value, flag in PLAIN_VALUE.findall(text)
    }
    is_plain = len(values) == sum(map(bool, text.split("\n")))
    if is_plain:
        return values
    entry: dict[str, Any] = tomllib.loads(f"[{slug}]\n{text}")[slug]
    return entry


@cache
def shipped_source(slug: str) -> Source:
    """Return a source as it is shipped. Raises KeyError if it is not."""
    if slug not in shipped_texts():
        raise KeyError(slug)
    return Source.model_validate({**shipped_entry(slug), "slug": slug})


def is_perhaps_enabled(slug: str) -> bool:
    """Whether a shipped entry does not plainly say that it is not enabled."""
    return NOT_ENABLED not in shipped_texts()[slug]
