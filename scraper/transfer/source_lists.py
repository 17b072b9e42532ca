"""Lists of sources in files of other programs: what they hold, and what could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scraper.base.errors import UsageError
from scraper.transfer.source_cells import MAX_SOURCES, without_control

MAX_NAME_CHARS, MAX_REASON_CHARS = 80, 300


@dataclass(frozen=True, slots=True)
class ListedSource:
    """A source in a file.

    ``values`` are the keys of an entry. If ``is_entry`` is set they are those of our own exports
    and replace what an entry has; otherwise they only fill in a new one. ``feeds`` are added to
    those that are known.
    """

    line: int
    values: Mapping[str, object]
    feeds: tuple[str, ...] = ()
    is_entry: bool = False

    @property
    def title(self) -> str:
        """What to call it in a report."""
        return str(self.values.get("name") or self.values.get("home_url") or "")


@dataclass(frozen=True, slots=True)
class Refused:
    """A line of a file that brings no source, and why."""

    line: int
    name: str
    reason: str

    @classmethod
    def of(cls, line: int, name: str, reason: str) -> Refused:
        """Return a line with its name and reason as they can be shown: short, on one line."""
        shown = " ".join(without_control(name).split())
        return cls(line, shown[:MAX_NAME_CHARS], reason[:MAX_REASON_CHARS])


@dataclass(slots=True)
class SourceList:
    """What a file holds. ``ignored`` are columns that are not known."""

    sources: list[ListedSource] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)

    def refuse(self, line: int, name: str, reason: str) -> None:
        """Note a line that brings no source."""
        self.refused.append(Refused.of(line, name, reason))
        self.check_count()

    def add(self, source: ListedSource) -> None:
        """Note a source. Raises UsageError for more sources than a file may have."""
        self.sources.append(source)
        self.check_count()

    def check_count(self) -> None:
        """Raise UsageError for more lines than a file may have."""
        if len(self.sources) + len(self.refused) > MAX_SOURCES:
            raise UsageError(f"more than {MAX_SOURCES} sources: split the file")
