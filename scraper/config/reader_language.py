"""The language of the command line: chosen before anything else is read, so that help knows it."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from scraper.base.messages import ENGLISH, LANGUAGES, VIETNAMESE

OPTION, VARIABLE, KEY = "--lang", "TINHUYEN_LANG", "lang"
CONFIG_OPTION = "--config"

LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""As POSIX reads them: the first that is set counts."""


def reader_language(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """Return what the option, the environment, the configuration or the locale says, in this order.

    A value that is no language is passed over here, and reported where its place is read.
    """
    choices = (_option(arguments, OPTION), environment.get(VARIABLE), _configured(arguments))
    named = next((choice for choice in choices if choice in LANGUAGES), None)
    return named or _of_locale(environment)


def configuration_folder() -> Path:
    """Return the folder of ``tinhuyen.toml`` and the user's ``sources.toml`` (XDG)."""
    base = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(base).expanduser() / "tinhuyen"


def _option(arguments: Sequence[str], name: str) -> str | None:
    """Return the value of an option wherever it stands on the command line."""
    found = None
    for at, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument == name and at + 1 < len(arguments):
            found = arguments[at + 1]
        elif argument.startswith(f"{name}="):
            found = argument.partition("=")[2]
    return found


def _configured(arguments: Sequence[str]) -> str | None:
    """Return the key of the configuration file, None if there is none or it cannot be read."""
    named = _option(arguments, CONFIG_OPTION)
    try:
        path = Path(named) if named else configuration_folder() / "tinhuyen.toml"
        value = tomllib.loads(path.read_text(encoding="utf-8")).get(KEY)
    except (OSError, ValueError, RuntimeError):
        return None
    return value if isinstance(value, str) else None


def _of_locale(environment: Mapping[str, str]) -> str:
    """Return Vietnamese for ``vi``, ``vi_VN.UTF-8`` and the like, English for all others."""
    name = next((environment[key] for key in LOCALE_VARIABLES if environment.get(key)), "")
    return VIETNAMESE if name.replace(".", "_").split("_")[0].lower() == VIETNAMESE else ENGLISH
