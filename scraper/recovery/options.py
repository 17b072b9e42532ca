"""What a recovery from web archives is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import sleep

from scraper.store.files import FileKind


@dataclass(frozen=True, slots=True)
class RecoveryOptions:
    """The options of a recovery.

    Only captures between ``since`` and ``until`` (aware, None without limit) are recovered. With
    ``is_dry_run``, the indexes are asked and nothing is fetched. ``file_kinds`` are the files of
    articles that are recovered, too.
    ``named_queries`` limits how many addresses that only archived pages name are asked of the
    indexes in one recovery. A service that asks for a pause longer than ``longest_pause`` is left
    for later. ``pause`` waits for so many seconds.
    """

    since: datetime | None = None
    until: datetime | None = None
    is_dry_run: bool = False
    file_kinds: frozenset[FileKind] = frozenset(FileKind)
    named_queries: int = 500
    longest_pause: timedelta = timedelta(minutes=15)
    pause: Callable[[float], object] = sleep


DEFAULT_OPTIONS = RecoveryOptions()
