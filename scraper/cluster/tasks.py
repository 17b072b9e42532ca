"""What is sent to the workers, and what they send back.

A task names all that its result depends on, so that a file that exists is known to be that result.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Protocol

from pipelines.article import EXTRACTOR_VERSION
from pipelines.extraction import SourceProfile
from pipelines.extraction.block_occurrences import RULE_VERSION
from pipelines.extraction.repeated_blocks import RecurringBlock
from scraper.base.source import Source
from scraper.reprocessing.page_reading import SourceProfiles
from scraper.store.archived_pages import ArchivedPage

READINGS = "readings"
"""The folder of the readings in the shared folder."""

LEARNED = "-learned"
"""What follows the version in the names of readings with the boilerplate that was learned."""

FORMAT = 1
"""Version of the columns of the readings. Files of another one are written again."""

DIGEST_CHARS = 32


@dataclass(frozen=True, slots=True)
class Versions:
    """What must be the same on every machine, so that all read a page alike."""

    tinhuyen: str
    extractor: int
    python: str

    def __str__(self) -> str:
        return f"tinhuyen {self.tinhuyen} (rules {self.extractor}), Python {self.python}"


def own_versions() -> Versions:
    """Return the versions of this process."""
    try:
        tinhuyen = version("tinhuyen")
    except PackageNotFoundError:
        tinhuyen = "unknown"
    return Versions(tinhuyen, EXTRACTOR_VERSION, ".".join(map(str, sys.version_info[:2])))


@dataclass(frozen=True, slots=True)
class Workplace:
    """Where a worker reads and writes.

    ``archive`` and ``root`` are folders or URLs. ``landmark`` is a file that the archive has, if
    there is any page: a worker that does not see it has no access to the archive. ``marker`` is a
    file that the root has as long as the work lasts.
    """

    archive: str
    root: str
    landmark: str
    marker: str
    versions: Versions


class Task(Protocol):
    """A unit of work with a name."""

    @property
    def name(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class RangeTask:
    """Read some pages of one archive file."""

    place: Workplace
    warc_file: str
    first: int
    last: int
    pages: tuple[ArchivedPage, ...]
    profiles: SourceProfiles

    @property
    def name(self) -> str:
        """The file of the result."""
        return f"{READINGS}/{self.warc_file}/{self.first}-{self.last}-v{EXTRACTOR_VERSION}.parquet"

    @property
    def inputs(self) -> str:
        """The digest of all that the readings depend on, besides the archive."""
        profiles = {slug: profile_digest(*each) for slug, each in self.profiles.items()}
        return digest_of([FORMAT, [asdict(page) for page in self.pages], profiles])


@dataclass(frozen=True, slots=True)
class LearnTask:
    """Learn the boilerplate of a source from the readings of its pages.

    ``known`` are the blocks known before, ``stored`` the rows of ``sightings``, and ``names`` the
    files with readings of the source.
    """

    place: Workplace
    source: str
    known: tuple[RecurringBlock, ...]
    stored: tuple[dict[str, Any], ...]
    names: tuple[str, ...]

    @property
    def name(self) -> str:
        """What the task is called when it fails."""
        return f"boilerplate of {self.source}"


@dataclass(frozen=True, slots=True)
class LearnedTask:
    """Read those pages of a range again whose text depends on what was learned.

    ``base`` is the file with the first readings of the range, ``base_inputs`` their digest.
    ``profiles`` and ``changed`` are those of the sources for which something was learned.
    """

    place: Workplace
    base: str
    base_inputs: str
    pages: int
    profiles: SourceProfiles
    changed: Mapping[str, tuple[RecurringBlock, ...]]

    @property
    def name(self) -> str:
        """The file of the result."""
        return learned_name(self.base)

    @property
    def inputs(self) -> str:
        """The digest of all that the readings depend on, besides the archive."""
        profiles = {slug: profile_digest(*each) for slug, each in self.profiles.items()}
        return digest_of([FORMAT, self.base_inputs, profiles])


@dataclass(frozen=True, slots=True)
class DatasetTask:
    """Write the articles of a source into the dataset for reading.

    ``names`` are the files with readings of the source, the later ones over the others. ``facts``
    is what the database says of its articles besides what their pages say; ``stored`` are whole
    rows of those that no reading has.
    """

    place: Workplace
    source: str
    names: tuple[str, ...]
    facts: tuple[dict[str, Any], ...]
    stored: tuple[dict[str, Any], ...]

    @property
    def name(self) -> str:
        """What the task is called when it fails."""
        return f"dataset of {self.source}"


@dataclass(frozen=True, slots=True)
class RangeResult:
    """What a file of readings holds.

    ``pages`` were read for it; ``failed`` of them could not be, each counted under its reason in
    ``reasons``, with ``samples`` of URLs and problems. ``unread`` are the articles (ids) of pages
    that show none now. ``is_kept`` says that the file existed.
    """

    name: str
    inputs: str
    pages: int
    articles: int
    failed: int
    reasons: Mapping[str, int] = field(default_factory=Counter)
    samples: tuple[tuple[str, str], ...] = ()
    unread: tuple[int, ...] = ()
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class LearnedSource:
    """The boilerplate of a source, and which of it is new or no longer so."""

    source: str
    boilerplate: tuple[RecurringBlock, ...]
    changed: tuple[RecurringBlock, ...]


def learned_name(name: str) -> str:
    """Return the file of the readings with what was learned, of the same pages."""
    return name.removesuffix(".parquet") + f"{LEARNED}.parquet"


def profile_digest(source: Source, profile: SourceProfile) -> str:
    """Return the digest of all that is known of a source and that its readings depend on."""
    settings = source.model_dump(
        mode="json", include={"slug", "name", "home_url", "filed_under", "layouts", "keep"}
    )
    blocks = {block: sorted(quarters) for block, quarters in profile.quarters.items()}
    return digest_of([EXTRACTOR_VERSION, RULE_VERSION, settings, blocks])


def digest_of(values: object) -> str:
    """Return the digest of JSON values."""
    text = json.dumps(values, sort_keys=True)
    return sha256(text.encode()).hexdigest()[:DIGEST_CHARS]
