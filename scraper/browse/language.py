"""The two languages of the pages: their texts, numbers and dates.

Texts of pages stand in ``texts.toml``, those of verdicts beside them in the store, those of tables,
columns and queries in ``metadata.yaml``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from typing import Any

import yaml

from scraper.base.clock import VIETNAM, is_day
from scraper.store.source_record import VERDICT_TEXTS

COOKIE = "tinhuyen_language"
LANGUAGES = ("vi", "en")

TEXTS: dict[str, dict[str, str]] = tomllib.loads(
    files("scraper.browse").joinpath("texts.toml").read_text(encoding="utf-8")
) | {
    f"{part}_{verdict}": text
    for verdict, texts in VERDICT_TEXTS.items()
    for part, text in texts.items()
}

METADATA: dict[str, Any] = yaml.safe_load(
    files("scraper.browse").joinpath("metadata.yaml").read_text(encoding="utf-8")
)


def chosen_language(arguments: Mapping[str, str], cookies: Mapping[str, str]) -> str:
    """Return the language that the URL asks for, else the one chosen before, else Vietnamese."""
    for choice in (arguments.get("lang"), cookies.get(COOKIE)):
        if choice in LANGUAGES:
            return choice
    return LANGUAGES[0]


def in_language(tree: Any, language: str) -> Any:
    """Return a tree of metadata with the text of one language."""
    if not isinstance(tree, dict):
        return tree
    if tree.keys() == set(LANGUAGES):
        return tree[language]
    return {name: in_language(branch, language) for name, branch in tree.items()}


class Translator:
    """How things are written in a language; a template calls it for a text by its key."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key with values filled in. Raises KeyError for an unknown key."""
        written = {
            name: self.number(value) if isinstance(value, int) else value
            for name, value in values.items()
        }
        return TEXTS[key][self.language].format(**written)

    def known(self, prefix: str, word: str) -> str:
        """Return the text for a word of the database; the word itself if there is no text."""
        return TEXTS.get(f"{prefix}_{word}", {}).get(self.language, word)

    def described(self, kind: str, name: str) -> dict[str, Any]:
        """Return the metadata of a table or query (``kind``: tables, queries), or nothing."""
        found: dict[str, Any] = METADATA["database"][kind].get(name, {})
        return {"columns": {}, **in_language(found, self.language)}

    def number(self, value: float) -> str:
        """Return a number with thousands separated: 1.234 in Vietnamese, 1,234 in English."""
        english = f"{value:,}"
        return english if self.language == "en" else english.translate(SWAPPED)

    def size(self, size: int) -> str:
        """Return a number of bytes as people write it: ``1,2 MB``."""
        for power, unit in ((3, "GB"), (2, "MB"), (1, "kB")):
            if size >= 1000**power:
                value = size / 1000**power
                return f"{self.number(round(value, 1) if value < 10 else round(value))} {unit}"
        return f"{self.number(size)} B"

    def date(self, moment: str | None) -> str:
        """A stored time as people write it there, in Vietnam's time; unreadable ones as they are.

        ``2023-11-21T14:25:00+07:00`` → ``14:25, 21/11/2023``; ``2023-11-21`` → ``21/11/2023``.
        """
        if not moment:
            return ""
        try:
            when = datetime.fromisoformat(moment)
        except ValueError:
            return moment
        if is_day(moment):
            return self._day(when)
        local = when.astimezone(VIETNAM)
        return f"{local:%H:%M}, {self._day(local)}"

    def _day(self, when: datetime) -> str:
        return f"{when:%d/%m/%Y}" if self.language == "vi" else f"{when.day} {when:%b %Y}"


SWAPPED = str.maketrans(",.", ".,")
