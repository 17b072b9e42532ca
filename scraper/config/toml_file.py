"""Reading TOML so that an error can name the file, the line, the key, and what is allowed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from scraper.base.errors import UsageError


def read_toml(path: Path) -> tuple[str, dict[str, Any]]:
    """The text of a TOML file and its values; an absent file is empty.

    Raises UsageError where the file cannot be read or is no TOML.
    """
    if not path.exists():
        return "", {}
    try:
        text = path.read_text(encoding="utf-8")
        return text, tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {error}: mend the file, nothing was changed") from error
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}: make the file readable") from error


def line_of(text: str, keys: Sequence[str]) -> int:
    """The line (from 1) where the last of the nested keys is set, as near as its table tells."""
    line = 1
    for key in keys:
        named = rf"\"?{re.escape(key)}\"?"
        pattern = re.compile(rf"\s*(\[+\s*([\w.\"-]+\.)?{named}\s*\]+|{named}\s*=)")
        for number, content in enumerate(text.splitlines(), 1):
            if number >= line and pattern.match(content):
                line = number
                break
    return line


def told(error: ErrorDetails, model: type[BaseModel]) -> str:
    """What is wrong with a value, and what is allowed; the value of a secret is not shown.

    A secret is a field that the model keeps out of its own ``repr``.
    """
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"unknown key `{key}`; allowed: {', '.join(_keys_at(model, error['loc']))}"
    if error["type"] == "missing":
        return f"`{key}` is missing"
    allowed = error["msg"].removeprefix("Value error, ")
    field = model.model_fields.get(str(error["loc"][0]))
    shown = f" = {error['input']!r}" if field is None or field.repr else ""
    return f"`{key}`{shown}: {allowed[0].lower()}{allowed[1:]}"


def _keys_at(model: type[BaseModel], place: Sequence[int | str]) -> list[str]:
    """The keys that are allowed beside the one at a place, which may be in a table inside."""
    for part in place[:-1]:
        field = model.model_fields.get(str(part))
        inner = _types_in(field.annotation) if field else iter(())
        model = next((one for one in inner if issubclass(one, BaseModel)), model)
    return list(model.model_fields)


def _types_in(annotation: Any) -> Iterator[type]:
    """The types that an annotation is made of: those of the items of a tuple, for example."""
    if inner := get_args(annotation):
        for one in inner:
            yield from _types_in(one)
    elif isinstance(annotation, type):
        yield annotation
