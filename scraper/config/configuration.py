"""The configuration: defaults, overridden by the file, the environment and flags, in order."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)
from pydantic_core import ErrorDetails

from scraper.base.errors import UsageError
from scraper.base.shard import Shard
from scraper.base.source import Source
from scraper.base.watch import Watch, check_names
from scraper.base.web_archive_entry import WebArchiveEntry, check_archive_names
from scraper.config.reader_language import configuration_folder
from scraper.config.recrawl_policy import DEFAULT_POLICY, RecrawlPolicy
from scraper.config.table_entries import TABLES, describe_entry_error, line_of_entry
from scraper.config.toml_file import describe_error, line_of, read_toml

ENVIRONMENT_PREFIX = "TINHUYEN_"


def _expanded(value: object) -> object:
    """Expand ``~`` and ``~user`` in a path. Raises ValueError for an unknown user."""
    try:
        return Path(value).expanduser() if isinstance(value, str) else value
    except RuntimeError as error:
        raise ValueError("must not begin with ~ and an unknown user") from error


def _words(value: object) -> object:
    """Split a list that comes from an environment variable at its spaces."""
    return value.split() if isinstance(value, str) else value


def _parsed(value: object) -> object:
    """Parse JSON that comes from an environment variable. Raises ValueError if it is none."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError) as error:
        raise ValueError("must be JSON if it is given as text") from error


def _shard(value: str | None) -> str | None:
    """Return the text of a shard. Raises ValueError if it names none."""
    return value if value is None else str(Shard.parse(value))


def _entries(value: object) -> object:
    """Parse JSON that comes from an environment variable. Raises ValueError for a single table."""
    value = _parsed(value)
    if not isinstance(value, list | tuple):
        raise ValueError("must be tables with two brackets, such as [[watch]]")
    return value


UserPath = Annotated[Path, BeforeValidator(_expanded)]

MIN_PUBLIC_DELAY = 2.0
"""Least seconds between requests to a public host.

NukeViet 4.5 answers 429 after 40 requests in 60 s or 150 in 300 s (measured); sites with a limit of
20 a minute are reported.
"""

DEFAULT_DELAY = MIN_PUBLIC_DELAY
"""Seconds between requests to a host if neither the user nor the source asks for more."""

DEFAULT_FILE_MEGABYTES = 50
"""Largest attachment that is fetched."""

DEFAULT_FILES_MEGABYTES = 1000
"""Most megabytes of photos and attachments that one run fetches."""


class Configuration(BaseModel):
    """The user's settings, each a key of ``tinhuyen.toml`` or ``TINHUYEN_<KEY>``.

    - ``contact`` (a mail address or URL) is part of the User-Agent and required for public hosts.
    - ``delay`` is the number of seconds between requests to a host.
    - ``max_pages`` and ``max_minutes`` limit the pages and the time of a source in one run.
    - ``revisit`` are pairs of the age of an article in days and the hours until it is fetched
      again. Older articles are fetched again after the pauses of ``RecrawlPolicy``.
    - ``sweep_days`` is the number of days after which a list is read to its end again.
    - ``workers`` is the number of processes that extract.
    - ``photos`` and ``attachments`` say whether the photos and the attachments of articles are
      fetched. ``file_megabytes`` limits each of them, ``files_megabytes`` all of one run.
    - ``password`` is required of everybody who browses.
    - ``allowed_hosts`` are the host names, with or without a port, of a proxy before ``browse``.
    - ``jitter`` is the greatest number of seconds by which the daemon delays a start.
    - ``reserve`` is the disk space in megabytes that a run leaves free.
    - ``alerts`` are the Apprise URLs that are notified if a verdict changes.
    - ``ping`` is the URL of a dead man's switch, requested after each good run.
    - ``digest`` says whether the news of each night is sent to ``alerts``.
    - ``browse_url`` is the URL at which readers of alerts reach ``browse``.
    - ``watch`` are saved searches whose new hits are sent.
    - ``web_archive`` are archives from which `archive recover` brings captures.
    - ``shard`` is the part of the sources that this machine crawls: 2/3 is the second of three.
    - ``lang`` is the language of the command line; `reader_language` reads it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    home: UserPath = Path("~/.local/share/tinhuyen").expanduser()
    db: UserPath | None = None
    contact: str | None = Field(default=None, pattern=r"^(https?://\S+|[^@\s]+@[^@\s]+\.[^@\s]+)$")
    delay: float = Field(default=DEFAULT_DELAY, ge=MIN_PUBLIC_DELAY, le=600)
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
    photos: bool = True
    attachments: bool = True
    file_megabytes: int = Field(default=DEFAULT_FILE_MEGABYTES, ge=1, le=500)
    files_megabytes: int = Field(default=DEFAULT_FILES_MEGABYTES, ge=1)
    digest: bool = False
    browse_url: str | None = Field(default=None, pattern=r"^https?://[^\s?#]+$")
    watch: Annotated[tuple[Watch, ...], BeforeValidator(_entries), AfterValidator(check_names)] = (
        Field(default=(), repr=False)
    )
    web_archive: Annotated[
        tuple[WebArchiveEntry, ...],
        BeforeValidator(_entries),
        AfterValidator(check_archive_names),
    ] = ()
    shard: Annotated[str | None, AfterValidator(_shard)] = None
    lang: Literal["vi", "en"] | None = None

    @property
    def database(self) -> Path:
        """The database file: ``db``, else ``tinhuyen.db`` in ``home``."""
        return self.db or self.home / "tinhuyen.db"

    @property
    def revisit_policy(self) -> RecrawlPolicy:
        """When pages are fetched again."""
        ages = tuple((timedelta(days=age), timedelta(hours=pause)) for age, pause in self.revisit)
        return RecrawlPolicy(ages=ages, full_rescan=timedelta(days=self.sweep_days))

    @property
    def archive(self) -> Path:
        """The folder of the WARC files, beside the database."""
        return self.database.parent / "archive"

    @property
    def reserve_bytes(self) -> int:
        """The free disk space, in bytes, below which a run stops."""
        return self.reserve * 1_000_000

    def require_contact(self, sources: Iterable[Source]) -> None:
        """Raise UsageError if a public site would be crawled by an agent without a contact."""
        public = next((source for source in sources if not source.is_own), None)
        if public is not None and not self.contact:
            raise UsageError(
                f"{public.slug} is a public site and `contact` is not set: sites must be able to "
                'reach whoever crawls them. Put contact = "you@example.org" into tinhuyen.toml, or '
                "set TINHUYEN_CONTACT"
            )


@dataclass(frozen=True, slots=True)
class Layers:
    """The settings as they were given: by the file, the environment and flags, in rising order."""

    file: Path
    text: str
    in_file: Mapping[str, object]
    in_environment: Mapping[str, str]
    in_flags: Mapping[str, object]

    @property
    def merged(self) -> dict[str, object]:
        """The value of each key that was given, from the highest layer."""
        return {**self.in_file, **self.in_environment, **self.in_flags}

    def origin(self, key: str) -> str:
        """Return where a value comes from: a flag, a variable, a line of the file, the default."""
        if key in self.in_flags:
            return f"--{key.replace('_', '-')}"
        if key in self.in_environment:
            return variable_of(key)
        return f"{self.file}:{line_of(self.text, [key])}" if key in self.in_file else "default"


def variable_of(key: str) -> str:
    """Return the name of the environment variable of a key."""
    return f"{ENVIRONMENT_PREFIX}{key.upper()}"


def read_layers(
    path: Path | None, environment: Mapping[str, str], flags: Mapping[str, object]
) -> Layers:
    """Read the file at ``path``, else the default one if it exists, and what overrides it.

    Raises UsageError if ``path`` does not exist, or the file is not TOML.
    """
    chosen = path or default_file()
    if path is not None and not path.is_file():
        raise UsageError(f"no configuration file at {path}: name one that exists with --config")
    text, values = read_toml(chosen)
    return layers_over(chosen, text, values, environment, flags)


def layers_over(
    file: Path,
    text: str,
    values: Mapping[str, object],
    environment: Mapping[str, str],
    flags: Mapping[str, object],
) -> Layers:
    """Return the layers over the values of a file. An empty variable counts as not set."""
    named = {
        key: environment[variable_of(key)]
        for key in Configuration.model_fields
        if environment.get(variable_of(key))
    }
    given = {key: value for key, value in flags.items() if value is not None}
    return Layers(file, text, values, named, given)


def default_file() -> Path:
    """Return where ``tinhuyen.toml`` is by default."""
    return configuration_folder() / "tinhuyen.toml"


def load_configuration(
    path: Path | None, environment: Mapping[str, str], flags: Mapping[str, object]
) -> Configuration:
    """Read the configuration from ``path``, else from the default file if that exists.

    Raises UsageError if ``path`` does not exist, the file is not TOML, or a key or value is not
    allowed.
    """
    layers = read_layers(path, environment, flags)
    try:
        return Configuration.model_validate(layers.merged)
    except ValidationError as error:
        raise UsageError(explain_error(error.errors()[0], layers)) from error


def explain_error(error: ErrorDetails, layers: Layers) -> str:
    """Return where a wrong value was given, by its line if in the file, and what is wrong."""
    place, problem = layers.origin(str(error["loc"][0])), describe_error(error, Configuration)
    if error["loc"][0] in TABLES and len(error["loc"]) > 1:
        place = f"{layers.file}:{line_of_entry(layers.text, error['loc'])}"
        problem = describe_entry_error(error, layers.in_file)
    elif place.startswith(f"{layers.file}:"):
        place = f"{layers.file}:{line_of(layers.text, [str(part) for part in error['loc']])}"
    return f"{place}: {problem}"
