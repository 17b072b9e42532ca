"""The values of a source as texts: cells of CSV, and attributes of OPML."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import time
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from scraper.base.messages import words
from scraper.base.source import Level, Source
from scraper.transfer.formulas import is_formula

KEYS = tuple(Source.model_fields)
LISTS = frozenset(
    key for key, field in Source.model_fields.items() if isinstance(field.default, tuple)
)
"""The keys whose values are lists."""

MAX_FILE_BYTES = 16 * 1024**2
MAX_SOURCES = 20_000
"""Bounds of a file with sources."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_SPLIT_FORMULA = r"(?='*[ \xa0]*(?:[=@＝＠]|[+\-＋－][^\n;|\t]*(?:[A-Za-z]\(|\|)))"
_HIDDEN = re.compile(rf"(?<=[;|\t\r\n]){_SPLIT_FORMULA}")
_HIDDEN_MARK = re.compile(rf"(?<=[;|\t\r\n])'{_SPLIT_FORMULA}")


def cells_of(source: Source) -> dict[str, str]:
    """Return the values of a source by key, without those that are not set."""
    cells = ((key, text_of(getattr(source, key))) for key in KEYS)
    return {key: unicodedata.normalize("NFC", cell) for key, cell in cells if cell}


def text_of(value: object) -> str:
    """Return a value as a text from which `value_of` reads it again."""
    if value is None or value == ():
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, StrEnum | str):
        return str(value)
    if isinstance(value, time):
        return value.isoformat()
    if isinstance(value, tuple):
        return _list_text(value)
    return str(value).removesuffix(".0")


def value_of(key: str, text: str, level: str | None = None) -> object:
    """Return the value that a text stands for, as `Source` takes it.

    What Excel makes of cells is undone: the zeros it drops before a code (the level says how long
    the code of a unit is), the comma in a number, the zero before an hour. Raises ValueError for a
    list that is not valid JSON.
    """
    text = unicodedata.normalize("NFC", text).strip()
    if key in LISTS:
        return _list_value(text)
    if key == "unit_code" and text.isdigit():
        is_commune = level == Level.COMMUNE or len(text) > 2
        return text.zfill(5 if is_commune else 2)
    if key == "delay":
        return text.replace(",", ".")
    if key == "at" and re.fullmatch(r"\d:\d\d(:\d\d)?", text):
        return f"0{text}"
    if key == "level":
        return level_called(text) or text
    return text.lower() if key in ("state", "enabled", "confirmed") else text


def level_called(text: str) -> str | None:
    """Return the level with this name or word in English or Vietnamese, None if there is none."""
    wanted = unicodedata.normalize("NFC", text).strip().lower()
    for level, called in words()["level"].items():
        if wanted in (level, *called.values()):
            return level
    return None


def refuse_control(text: str) -> None:
    """Raise ValueError if a text has control characters."""
    if found := _CONTROL.search(text):
        raise ValueError(f"control character {found[0]!r}")


def without_control(text: str) -> str:
    """Return a text without control characters, which neither OPML nor an import takes."""
    return _CONTROL.sub("", text)


def guarded(text: str) -> str:
    """Return a cell of CSV that no spreadsheet runs as a formula; `unguarded` reads it back.

    An apostrophe is put before a formula, and before formulas of a cell that a spreadsheet splits
    at another separator. A text that has such an apostrophe itself gets a second one.
    """
    marked = _HIDDEN.sub("'", text)
    return f"'{marked}" if is_formula(text.lstrip("'")) else marked


def unguarded(text: str) -> str:
    """Return the text from which `guarded` made a cell."""
    plain = _HIDDEN_MARK.sub("", text)
    is_marked = plain.startswith("'") and is_formula(plain.lstrip("'"))
    return plain[1:] if is_marked else plain


def _list_text(values: tuple[Any, ...]) -> str:
    plain = [plain_value(each) for each in values]
    bare = [each for each in plain if isinstance(each, str) and each and not re.search(r"\s", each)]
    if len(bare) == len(plain) and not bare[0].startswith("["):
        return " ".join(bare)
    return json.dumps(plain, ensure_ascii=False)


def _list_value(text: str) -> object:
    if not text.startswith("["):
        return text.split()
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"is no list in JSON ({error})") from error


def plain_value(value: object) -> object:
    """Return a value as TOML and JSON have it."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    if isinstance(value, tuple):
        return [plain_value(each) for each in value]
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, time) else value


def given_values(cells: Mapping[str, str]) -> dict[str, object]:
    """Return the values of cells that are not empty, by key. Raises ValueError with the key."""
    values: dict[str, object] = {}
    for key, cell in cells.items():
        try:
            refuse_control(cell)
            if cell.strip():
                values[key] = value_of(key, cell, level_called(cells.get("level", "")))
        except ValueError as error:
            raise ValueError(f"`{key}`: {error}") from error
    return values
