"""The two languages of the pages: their texts, numbers and dates.

Texts of pages stand in ``texts.toml``, those of verdicts beside them in the store, those of tables,
columns and queries in ``metadata.yaml``. The words for values, and messages that come finished from
elsewhere, are those of the command line.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import datetime
from http.cookies import CookieError, SimpleCookie
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qs

import yaml

from scraper.base.clock import VIETNAM, is_day
from scraper.base.messages import LANGUAGES, SWAPPED, translate, word, words
from scraper.store.source_record import VERDICT_TEXTS

COOKIE = "tinhuyen_language"
LANGUAGE_ARGUMENT = "lang"

reader_language: ContextVar[str] = ContextVar("reader_language", default=LANGUAGES[0])
"""The language of the request that is being answered, where Datasette does not hand it on."""

TEXTS: dict[str, dict[str, str]] = (
    tomllib.loads(files("scraper.browse").joinpath("texts.toml").read_text(encoding="utf-8"))
    | {
        f"{kind}_{value}": texts
        for kind, known in words().items()
        for value, texts in known.items()
        if "{" not in value
    }
    | {
        f"{part}_{verdict}": text
        for verdict, texts in VERDICT_TEXTS.items()
        for part, text in texts.items()
    }
)

WORDS = {
    "file": ("file", "file_reason", "reason"),
    "capture": ("capture_reason", "reason"),
}
"""Where a word is looked up that may be of several kinds: how a file or a capture ended, or why."""

COLUMNS: dict[str, dict[str, str]] = tomllib.loads(
    files("scraper.browse").joinpath("columns.toml").read_text(encoding="utf-8")
)

METADATA: dict[str, Any] = yaml.safe_load(
    files("scraper.browse").joinpath("metadata.yaml").read_text(encoding="utf-8")
)


def chosen_language(arguments: Mapping[str, str], cookies: Mapping[str, str]) -> str:
    """Return the language that the URL asks for, else the one chosen before, else Vietnamese."""
    for choice in (arguments.get(LANGUAGE_ARGUMENT), cookies.get(COOKIE)):
        if choice in LANGUAGES:
            return choice
    return LANGUAGES[0]


def language_of(scope: Mapping[str, Any]) -> str:
    """Return the language of an ASGI request."""
    asked = parse_qs(scope["query_string"].decode("latin-1"))
    sent = b"; ".join(value for name, value in scope["headers"] if name.lower() == b"cookie")
    try:
        cookies = SimpleCookie(sent.decode("latin-1"))
    except CookieError:
        cookies = SimpleCookie()
    arguments = {name: values[0] for name, values in asked.items()}
    return chosen_language(arguments, {name: one.value for name, one in cookies.items()})


def in_language(tree: Any, language: str) -> Any:
    """Return a tree of metadata with the text of one language."""
    if not isinstance(tree, dict):
        return tree
    if tree.keys() == set(LANGUAGES):
        return tree[language]
    return {name: in_language(branch, language) for name, branch in tree.items()}


class Count(int):
    """A number in a text: written as the language does, or the word that it chooses."""

    def __new__(cls, value: int, translator: Translator) -> Count:
        """Return the number with the language that writes it."""
        count = super().__new__(cls, value)
        count.translator = translator
        return count

    translator: Translator

    def __format__(self, words: str) -> str:
        """Write the number, or one of ``one|many``."""
        if not words:
            return self.translator.number(int(self))
        one, _, many = words.partition("|")
        return one if self == 1 else many


class Translator:
    """How things are written in a language; a template calls it for a text by its key."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key with values filled in. Raises KeyError for an unknown key.

        A text chooses a word by a number: ``{count:article|articles}``.
        """
        written = {
            name: Count(value, self) if isinstance(value, int) else value
            for name, value in values.items()
        }
        return TEXTS[key][self.language].format(**written)

    def known(self, kind: str, value: str) -> str:
        """Return the text for a value of the database; the value itself if there is none."""
        if (text := TEXTS.get(f"{kind}_{value}")) is not None:
            return text[self.language]
        for one in WORDS.get(kind, (kind,)):
            if (found := word(one, value, self.language)) != value:
                return found
        return value

    def message(self, text: str | None) -> str:
        """Return a finished English message, such as a stored error, in the language."""
        return translate(text or "", self.language)

    def column(self, name: str) -> str:
        """Return what readers call a column; its name if it has no other."""
        return COLUMNS.get(name, {}).get(self.language, name)

    def value(self, column: str, value: object) -> str:
        """Return the text for a value of a column that has a few words for values; else itself."""
        word = str(value)
        texts = (self.known(prefix, word) for prefix in VALUE_TEXTS.get(column, ()))
        return next((text for text in texts if text != word), word)

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


VALUE_TEXTS = {
    "change": ("change",),
    "kind": ("kind", "file", "page"),
    "language": ("language",),
    "level": ("level",),
    "outcome": ("outcome", "capture_outcome"),
    "reason": ("reason", "file_reason", "capture_reason"),
    "service": ("service",),
    "state": ("state", "site"),
    "trigger": ("trigger",),
    "turn": ("turn", "page"),
    "verdict": ("verdict",),
}
"""The beginnings of the keys of texts for the values of columns."""
