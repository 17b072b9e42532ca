"""What the annotators call kinds of documents, organisations and places, by their first words."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.text import fold


def document_kind(text: str) -> str:
    """Return the first words of a document that name its kind, as they are written."""
    folded = text.casefold()
    kinds = [kind for kind in _kind_words()["documents"] if folded.startswith(kind)]
    if not kinds:
        raise ValueError(f"no kind of document: {text}")
    return text[: len(max(kinds, key=len))]


def organisation_kind(text: str) -> str:
    """Return the kind of an organisation, ``other`` if its first words name none."""
    folded = f"{fold(text)} "
    found = [
        (len(words), kind)
        for kind, beginnings in _kind_words()["organisations"].items()
        for words in map(fold, beginnings)
        if folded.startswith(f"{words} ")
    ]
    return max(found)[1] if found else "other"


def place_class(text: str) -> tuple[str | None, str]:
    """Return the class word of a place in full, and its name; None if there is no class word."""
    for written, full in sorted(_kind_words()["places"].items(), key=lambda pair: -len(pair[0])):
        begins = text.casefold().startswith(written.casefold())
        rest = text[len(written) :]
        if begins and (rest[:1] == " " or written[-1] in ". "):
            return full, rest.strip()
    return None, text


@cache
def _kind_words() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "kinds.toml").read_text("utf-8"))
