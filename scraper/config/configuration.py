"""The configuration: defaults, then the file, then the environment, then flags, in rising order."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from scraper.base.errors import UsageError
from scraper.config.recrawl_policy import DEFAULT_POLICY, RecrawlPolicy
from scraper.config.toml_file import line_of, read_toml, told

ENVIRONMENT_PREFIX = "TINHUYEN_"


def _expanded(value: object) -> object:
    """A path that begins with ``~`` or ``~user``, in full. Raises ValueError for a stranger's."""
    try:
        return Path(value).expanduser() if isinstance(value, str) else value
    except RuntimeError as error:
        raise ValueError("must not begin with the home of an unknown user") from error


def _words(value: object) -> object:
    """A list of the environment is written in one line, its parts separated by spaces."""
    return value.split() if isinstance(value, str) else value


def _parsed(value: object) -> object:
    return json.loads(value) if isinstance(value, str) else value


UserPath = Annotated[Path, BeforeValidator(_expanded)]


class Configuration(BaseModel):
    """What a user can set, each key in ``tinhuyen.toml`` or as ``TINHUYEN_<KEY>``.

    ``contact`` (a mail address or URL) is part of the agent name that sites see and is required
    for public hosts. ``delay`` is the pause between requests to a host in seconds; ``max_pages``
    the pages a source may cost in one run; ``max_minutes`` the time a source may take;
    ``revisit`` are steps of (age of an article in days, hours until it is looked at again), and
    what is older than all of them is looked at no more unless a change is announced;
    ``sweep_days`` the days after which a list is read to its end again; ``workers`` the processes
    that extract; ``password`` is asked of everybody who browses;
    ``allowed_hosts`` are the names, with or without a port, that a server before ``browse`` is
    reached by.
    ``jitter`` is the most seconds by which the daemon puts off a start; ``reserve`` the megabytes
    of disk that a run leaves free; ``alerts`` are the Apprise addresses that are told when a
    verdict changes; ``ping`` is the address of a dead-man's switch, asked after each good run.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    home: UserPath = Path("~/.local/share/tinhuyen").expanduser()
    db: UserPath | None = None
    contact: str | None = Field(default=None, pattern=r"^(https?://\S+|[^@\s]+@[^@\s]+\.[^@\s]+)$")
    delay: float = Field(default=2.0, ge=2, le=600)
    max_pages: int = Field(default=20_000, ge=1)
    max_minutes: int = Field(default=360, ge=1)
    password: str | None = Field(default=None, min_length=8, repr=False)
    allowed_hosts: Annotated[tuple[str, ...], BeforeValidator(_words)] = ()
    jitter: float = Field(default=120, ge=0, le=3600)
    reserve: int = Field(default=1000, ge=0)
    alerts: Annotated[tuple[str, ...], BeforeValidator(_words)] = Field(default=(), repr=False)
    ping: str | None = Field(default=None, pattern=r"^https?://\S+$", repr=False)
    revisit: Annotated[tuple[tuple[float, float], ...], BeforeValidator(_parsed)] = tuple(
        (age / timedelta(days=1), pause / timedelta(hours=1)) for age, pause in DEFAULT_POLICY.ages
    )
    sweep_days: float = Field(default=DEFAULT_POLICY.full_rescan / timedelta(days=1), gt=0)
    workers: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, le=64)

    @property
    def database(self) -> Path:
        """The database file: the one that is named, else the one in the data folder."""
        return self.db or self.home / "tinhuyen.db"

    @property
    def revisit_policy(self) -> RecrawlPolicy:
        """When pages are looked at again."""
        ages = tuple((timedelta(days=age), timedelta(hours=pause)) for age, pause in self.revisit)
        return RecrawlPolicy(ages=ages, full_rescan=timedelta(days=self.sweep_days))

    @property
    def archive(self) -> Path:
        """The folder of the archive, beside the database."""
        return self.database.parent / "archive"

    @property
    def reserve_bytes(self) -> int:
        """The free space on disk, in bytes, below which no run goes on."""
        return self.reserve * 1_000_000


def configuration_folder() -> Path:
    """Where ``tinhuyen.toml`` and the user's own ``sources.toml`` live (XDG base directories)."""
    base = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(base).expanduser() / "tinhuyen"


def load_configuration(
    path: Path | None, environment: Mapping[str, str], flags: Mapping[str, object]
) -> Configuration:
    """Read the configuration; ``path`` None means the usual file, which may be absent.

    Raises UsageError for a file that is named and absent, for broken TOML, and for a key or value
    that is not allowed.
    """
    chosen = path or configuration_folder() / "tinhuyen.toml"
    if path is not None and not path.is_file():
        raise UsageError(f"no configuration file at {path}: name one that exists with --config")
    text, values = read_toml(chosen)
    named = {
        key: environment[f"{ENVIRONMENT_PREFIX}{key.upper()}"]
        for key in Configuration.model_fields
        if environment.get(f"{ENVIRONMENT_PREFIX}{key.upper()}")
    }
    given = {key: value for key, value in flags.items() if value is not None}
    try:
        return Configuration.model_validate({**values, **named, **given})
    except ValidationError as error:
        first = error.errors()[0]
        key = str(first["loc"][0])
        if key in given:
            place = f"--{key.replace('_', '-')}"
        elif key in named:
            place = f"{ENVIRONMENT_PREFIX}{key.upper()}"
        else:
            place = f"{chosen}:{line_of(text, [key])}"
        raise UsageError(f"{place}: {told(first, Configuration)}") from error
