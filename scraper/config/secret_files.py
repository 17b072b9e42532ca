"""Configuration files with secrets that other users of the machine can read."""

from __future__ import annotations

import stat
from pathlib import Path
from shlex import quote

from scraper.config.toml_file import read_toml

SECRET_KEYS = ("password", "alerts", "ping")
"""The keys whose values let others in, or let them send in our name."""


def exposure(path: Path) -> str | None:
    """Return a warning if everybody can read a file with secrets, else None.

    Raises UsageError if the file is not TOML.
    """
    try:
        is_open = bool(path.stat().st_mode & stat.S_IROTH)
    except OSError:
        return None
    keys = [key for key in SECRET_KEYS if read_toml(path)[1].get(key)] if is_open else []
    if not keys:
        return None
    names = ", ".join(f"`{key}`" for key in keys)
    return f"every user of this machine can read {names} in {path}: chmod 600 {quote(str(path))}"
