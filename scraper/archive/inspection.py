"""Whether the archive is whole, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlite_utils import Database

from scraper.archive.reader import iter_records


@dataclass(slots=True)
class FileCheck:
    """What a check of a WARC file found.

    ``damaged`` are stretches that cannot be read; ``unfinished`` is the one at the end, if any,
    that a crash left, of which nothing is missed. ``lost`` are the offsets of captures that the
    database names and the file does not hold.
    """

    name: str
    size: int = 0
    records: int = 0
    unfinished: int | None = None
    damaged: list[tuple[int, str]] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing that was ever acknowledged."""
        return not self.damaged and not self.lost


@dataclass(frozen=True, slots=True)
class Size:
    """What the archive costs: bytes in all, and captures and bytes by source."""

    files: int
    size: int
    sources: dict[str, tuple[int, int]]


def verify(archive: Path, db: Database) -> Iterator[FileCheck]:
    """Read every record of the archive, check its digests, and that every capture is there."""
    names = {path.name for path in archive.glob("*.warc.gz")}
    named = {row[0] for row in db.execute("SELECT DISTINCT warc_file FROM captures")}
    for name in sorted(names | named):
        captures = db.execute("SELECT warc_offset FROM captures WHERE warc_file = ?", [name])
        yield _check(archive / name, {row[0] for row in captures})


def measure_size(archive: Path, db: Database) -> Size:
    """Count what the archive costs. A capture reaches from its record to the next capture's."""
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
    whole = set()
    for record in iter_records(path):
        check.records += 1
        if record.problem:
            check.damaged.append((record.offset, record.problem))
        elif record.page is not None:
            whole.add(record.offset)
    check.lost = sorted(captures - whole)
    _tell_crash(check, captures)
    return check


def _tell_crash(check: FileCheck, captures: set[int]) -> None:
    """Take a damaged end that no capture points to for what it is: an unfinished record."""
    if check.damaged and check.damaged[-1][0] > max(captures, default=-1):
        check.unfinished, _ = check.damaged.pop()
