"""What the configuration amounts to: each setting with its origin, and all that is wrong."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from scraper.base.errors import UsageError
from scraper.base.watch import Watch
from scraper.config.configuration import (
    ENVIRONMENT_PREFIX,
    Configuration,
    Layers,
    default_file,
    explain_error,
    layers_over,
    read_layers,
    variable_of,
)
from scraper.config.toml_file import nearest

STRUCK_OUT = "***"
"""What is shown in place of a secret."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A key of the configuration: its value as JSON has it, where it comes from, what is wrong.

    A value that is wrong is shown as it was given.
    """

    key: str
    value: Any
    origin: str
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class CheckedConfiguration:
    """All settings, and what is wrong, each problem in one line that names its place."""

    settings: list[Setting]
    problems: list[str]


def check_configuration(
    path: Path | None, environment: Mapping[str, str], flags: Mapping[str, object]
) -> CheckedConfiguration:
    """Read the configuration as `load_configuration` does, and find all that is wrong with it."""
    unread: list[str] = []
    try:
        layers = read_layers(path, environment, flags)
    except UsageError as error:
        unread.append(str(error))
        layers = layers_over(path or default_file(), "", {}, environment, flags)
    wrong = _wrong_values(layers)
    sound = {key: value for key, value in layers.merged.items() if key not in wrong}
    configuration = Configuration.model_validate(sound)
    for key, problem in unusable_paths(configuration):
        wrong.setdefault(key, f"{layers.origin(key)}: {problem}")
    problems = [*unread, *wrong.values(), *unknown_variables(environment)]
    return CheckedConfiguration(list(_settings(configuration, layers, wrong)), problems)


def unknown_variables(environment: Mapping[str, str]) -> list[str]:
    """Return a line for each variable that looks like a setting and is none."""
    known = [variable_of(key) for key in Configuration.model_fields]
    return [
        f"{name}: unknown variable{nearest(name, known)}"
        for name in sorted(environment)
        if name.upper().startswith(ENVIRONMENT_PREFIX) and name not in known
    ]


def unusable_paths(configuration: Configuration) -> Iterator[tuple[str, str]]:
    """Return what is wrong with the places of the data, each with the key that sets it."""
    database = configuration.database
    key = "db" if configuration.db else "home"
    if problem := _why_no_folder(database.parent):
        yield key, problem
    elif database.exists() and not database.is_file():
        yield key, f"{database} is no file: name another one"
    elif database.exists() and not os.access(database, os.R_OK):
        yield key, f"{database} cannot be read: give this user the permission"
    elif database.parent.exists() and (problem := _why_no_folder(configuration.archive)):
        yield key, problem


def _why_no_folder(folder: Path) -> str | None:
    """Why a folder cannot be used or made, None if it can."""
    present = next(path for path in (folder, *folder.absolute().parents) if os.path.lexists(path))
    if not present.is_dir():
        return f"{present} is no folder: choose another path"
    needed = os.R_OK | os.X_OK if present == folder else os.W_OK | os.X_OK
    if not os.access(present, needed):
        return f"{present} cannot be used: give this user the permission, or choose another path"
    return None


def _wrong_values(layers: Layers) -> dict[str, str]:
    """What is wrong with the values that were given, by key: unknown keys are among them."""
    try:
        Configuration.model_validate(layers.merged)
    except ValidationError as error:
        found: dict[str, list[str]] = {}
        for each in error.errors():
            found.setdefault(str(each["loc"][0]), []).append(explain_error(each, layers))
        return {key: "; ".join(lines) for key, lines in found.items()}
    return {}


def _settings(
    configuration: Configuration, layers: Layers, wrong: Mapping[str, str]
) -> Iterator[Setting]:
    values = configuration.model_dump(mode="json")
    refused = {key for key in wrong if key in layers.merged}
    for key, field in Configuration.model_fields.items():
        value = layers.merged[key] if key in refused else values[key]
        shown = value if field.repr else _struck_out(value)
        yield Setting(key, shown, layers.origin(key), wrong.get(key))


def _struck_out(value: Any) -> Any:
    """Return a secret without what it says: how many there are stays visible."""
    if isinstance(value, dict):
        return _without_secrets(value)
    if isinstance(value, list):
        return [_struck_out(each) for each in value]
    return STRUCK_OUT if value else value


def _without_secrets(watch: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry ``[[watch]]`` without its empty keys, and with its secrets struck out.

    An unknown key counts as a secret: it may be the misspelt one of an address.
    """
    shown = {key for key, field in Watch.model_fields.items() if field.repr}
    return {
        key: value if key in shown else _struck_out(value) for key, value in watch.items() if value
    }
