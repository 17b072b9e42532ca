"""Configuration files with secrets that other users of the machine can read."""

from __future__ import annotations

import grp
import os
import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from shlex import quote
from typing import Any

from scraper.config.toml_file import read_toml

SECRET_KEYS = ("password", "alerts", "ping")
"""The keys whose values let others in, or let them send in our name."""

PASSWORD_IN_URL = re.compile(r"://[^/\s:@\"']+:[^/\s@\"']+@")

EVERYBODY = ""


def exposure(path: Path) -> str | None:
    """Return a warning if others can read the secrets of a ``tinhuyen.toml``, else None.

    Raises UsageError if the file is not TOML.
    """
    readers = _readers(path)
    keys = [] if readers is None else list(_secret_keys(read_toml(path)[1]))
    if not keys:
        return None
    names, place = ", ".join(f"`{key}`" for key in keys), quote(str(path))
    if readers == EVERYBODY:
        return f"every user of this machine can read {names} in {path}: chmod 600 {place}"
    return f"the group {readers} can read {names} in {path}: chmod 600 {place}"


def exposure_of_sources(path: Path) -> str | None:
    """Return a warning if others can read passwords in the URLs of ``sources.toml``, else None."""
    readers = _readers(path)
    try:
        text = "" if readers is None else path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    if not has_password(text):
        return None
    place = quote(str(path))
    if readers == EVERYBODY:
        return f"every user of this machine can read a password in {path}: chmod 600 {place}"
    return f"the group {readers} can read a password in {path}: chmod 600 {place}"


def has_password(text: str) -> bool:
    """Whether any URL in a text has a password."""
    return PASSWORD_IN_URL.search(text) is not None


def _secret_keys(values: Mapping[str, Any]) -> Iterator[str]:
    """Yield the keys with secrets, those of an entry ``[[watch]]`` as ``watch.alerts``."""
    yield from (key for key in SECRET_KEYS if values.get(key))
    watches = values.get("watch")
    entries = watches if isinstance(watches, list) else [watches]
    if any(isinstance(entry, dict) and entry.get("alerts") for entry in entries):
        yield "watch.alerts"


def _readers(path: Path) -> str | None:
    """Return who can read a file besides its owner: EVERYBODY, the name of a group, or None.

    A group is meant to read a file that another user gave to it, such as root to the group of a
    service, and a file that systemd made for this process.
    """
    try:
        status = path.stat()
    except OSError:
        return None
    if status.st_mode & stat.S_IROTH:
        return EVERYBODY
    is_given = status.st_uid != os.geteuid() and status.st_gid in {os.getegid(), *os.getgroups()}
    is_credential = str(path.parent) == os.environ.get("CREDENTIALS_DIRECTORY")
    if not status.st_mode & stat.S_IRGRP or is_given or is_credential:
        return None
    try:
        return grp.getgrgid(status.st_gid).gr_name
    except KeyError:
        return str(status.st_gid)
