"""Verifies the archive and measures its size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlite_utils import Database

from scraper.archive.reader import iter_records


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


def verify(archive: Path, db: Database) -> Iterator[FileCheck]:
    """Check the digests of every record, and that every capture of the database exists."""
    names = {path.name for path in archive.glob("*.warc.gz")}
    named = {row[0] for row in db.execute("SELECT DISTINCT warc_file FROM captures")}
    for name in sorted(names | named):
        captures = db.execute("SELECT warc_offset FROM captures WHERE warc_file = ?", [name])
        yield _check(archive / name, {row[0] for row in captures})


def measure_size(archive: Path, db: Database) -> Size:
    """Measure the archive. A capture extends to the offset of the next one in its file."""
    sizes = {path.name: path.stat().st_size for path in archive.glob("*.warc.gz")}
    sources: dict[str, tuple[int, int]] = {}
    rows = db.execute(
        "SELECT coalesce(pages.source, ''), warc_file, warc_offset,"
        " lead(warc_offset) OVER (PARTITION BY warc_file ORDER BY warc_offset)"
        " FROM captures LEFT JOIN pages USING (url_key)"
    )
    for source, name, offset, following in rows:
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
