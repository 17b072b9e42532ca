"""Verifies the archive and measures its size."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass, field
from pathlib import Path

from scraper.archive.reader import iter_records

Span = tuple[str, str, int, int | None]
"""A capture: its source, its WARC file, its offset and that of the next capture in the file."""


@dataclass(slots=True)
class FileCheck:
    """The result of verifying a WARC file.

    ``damaged`` are the offsets of parts that cannot be read, with the problem. ``unfinished`` is
    the offset of a record that a crash left incomplete at the end and no capture refers to.
    ``lost`` are the offsets of captures in the database that the file does not have. ``size`` is
    in bytes.
    """

    name: str
    size: int = 0
    records: int = 0
    unfinished: int | None = None
    damaged: list[tuple[int, str]] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether no record is damaged and no capture is lost."""
        return not self.damaged and not self.lost


@dataclass(frozen=True, slots=True)
class Size:
    """The size of the archive: files, bytes, and (captures, bytes) by source."""

    files: int
    size: int
    sources: dict[str, tuple[int, int]]


def verify(
    archive: Path, named: Set[str], offsets_in: Callable[[str], set[int]]
) -> Iterator[FileCheck]:
    """Check the digests of every record, and that every capture of the database exists.

    ``named`` are the WARC files that the database names, ``offsets_in`` returns the offsets of
    the captures that it names in one of them.
    """
    names = {path.name for path in archive.glob("*.warc.gz")}
    for name in sorted(names | named):
        yield _check(archive / name, offsets_in(name))


def measure_size(archive: Path, captures: Iterable[Span]) -> Size:
    """Measure the archive. A capture extends to the offset of the next one in its file."""
    sizes = {path.name: path.stat().st_size for path in archive.glob("*.warc.gz")}
    sources: dict[str, tuple[int, int]] = {}
    for source, name, offset, following in captures:
        end = following if following is not None else sizes.get(name, offset)
        count, size = sources.get(source, (0, 0))
        sources[source] = (count + 1, size + end - offset)
    return Size(len(sizes), sum(sizes.values()), sources)


def _check(path: Path, captures: set[int]) -> FileCheck:
    check = FileCheck(path.name)
    if not path.exists():
        check.damaged.append((0, "the file is missing"))
        check.lost = sorted(captures)
        return check
    check.size = path.stat().st_size
    readable = set()
    for record in iter_records(path):
        check.records += 1
        if record.problem:
            check.damaged.append((record.offset, record.problem))
        elif record.page is not None:
            readable.add(record.offset)
    check.lost = sorted(captures - readable)
    _separate_unfinished(check, captures)
    return check


def _separate_unfinished(check: FileCheck, captures: set[int]) -> None:
    """Move a damaged end that no capture refers to from ``damaged`` to ``unfinished``."""
    if check.damaged and check.damaged[-1][0] > max(captures, default=-1):
        check.unfinished, _ = check.damaged.pop()
