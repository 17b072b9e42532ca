"""Knowledge of the Vietnamese language: words in TOML files, rules in code."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any


def read_words(name: str) -> dict[str, Any]:
    """Return the tables of the word list ``name``.toml of this package."""
    return tomllib.loads((files(__name__) / f"{name}.toml").read_text(encoding="utf-8"))
