"""Reads TOML, and describes invalid values with their line, key and what is allowed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from scraper.base.errors import UsageError

SHAPES = {
    "tuple_type": "must be a list",
    "model_type": "must be a table",
    "dict_type": "must be a table",
    "time_type": "must be a time like 02:30",
    "time_parsing": "must be a time like 02:30",
    "path_type": "must be a path in quotes",
    "path_too_long": "must be a shorter path",
}
"""What a value must be, by pydantic's type of the error, in the words of TOML."""

MAX_SHOWN_CHARS = 200
"""Characters of a wrong value that are shown: its rule, which stands behind it, must be found."""


def read_toml(path: Path) -> tuple[str, dict[str, Any]]:
    """Return the text and the values of a TOML file; a file that does not exist is empty.

    Raises UsageError if the file cannot be read or is not TOML.
    """
    if not path.exists():
        return "", {}
    try:
        text = path.read_text(encoding="utf-8")
        return text, tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number may be too long, a table too deep
        raise UsageError(f"{path}: {error}: fix the file; nothing was changed") from error
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}: make the file readable") from error


def line_of(text: str, keys: Sequence[str]) -> int:
    """Return the line (from 1) of the last of the nested keys, else that of its table.

    A number among the keys is the place of a table in a list of tables.
    """
    line, header = 1, None
    for key in keys:
        named = rf"\"?{re.escape(key)}\"?"
        if key.isdigit() and header is not None:
            headers = _matching_lines(text, header, line)
            line = headers[int(key)] if int(key) < len(headers) else line
            continue
        header = re.compile(rf"\s*\[+\s*([\w.\"-]+\.)?{named}\s*\]+")
        pattern = re.compile(rf"{header.pattern}|\s*{named}\s*=")
        line = next(iter(_matching_lines(text, pattern, line)), line)
    return line


def _matching_lines(text: str, pattern: re.Pattern[str], first: int) -> list[int]:
    lines = enumerate(text.splitlines(), 1)
    return [number for number, line in lines if number >= first and pattern.match(line)]


def describe_error(error: ErrorDetails, model: type[BaseModel]) -> str:
    """Return what is wrong with a value, and what is allowed.

    The value of a field with ``repr=False`` is a secret and not shown.
    """
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        allowed = _keys_at(model, error["loc"])
        return f"unknown key `{key}`{nearest(key, allowed)}; allowed: {', '.join(allowed)}"
    if error["type"] == "missing":
        return f"`{key}` is missing"
    rule = SHAPES.get(error["type"]) or error["msg"].removeprefix("Value error, ")
    field = model.model_fields.get(str(error["loc"][0]))
    shown = f" = {_shown(error['input'])}" if field is None or field.repr else ""
    return f"`{key}`{shown}: {rule[0].lower()}{rule[1:]}"


def _shown(value: object) -> str:
    """Return a value as it was given, cut at MAX_SHOWN_CHARS."""
    text = repr(value)
    return text if len(text) <= MAX_SHOWN_CHARS else f"{text[: MAX_SHOWN_CHARS - 1]}…"


def nearest(key: str, allowed: Iterable[str]) -> str:
    """Return a question for the allowed name that is most like the last part of a key."""
    names = {name.lower(): name for name in allowed}
    found = get_close_matches(key.rpartition(".")[2].lower(), names, n=1)
    return f", did you mean `{names[found[0]]}`?" if found else ""


def _keys_at(model: type[BaseModel], path: Sequence[int | str]) -> list[str]:
    """Return the keys that are allowed in the table of the key at ``path``."""
    for part in path[:-1]:
        field = model.model_fields.get(str(part))
        inner = _types_in(field.annotation) if field else iter(())
        model = next((one for one in inner if issubclass(one, BaseModel)), model)
    return list(model.model_fields)


def _types_in(annotation: Any) -> Iterator[type]:
    """Yield the types in an annotation, for example the item types of a tuple."""
    if inner := get_args(annotation):
        for one in inner:
            yield from _types_in(one)
    elif isinstance(annotation, type):
        yield annotation
