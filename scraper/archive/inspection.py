"""Verifies the archive and measures its size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from scraper.archive.reader import Record, iter_records

Span = tuple[str, str, str, int, int | None]
"""A named record: its kind, source, WARC file and offset, and that of the next one in the file."""

NamedRecords = Mapping[int, str | None]
"""The records that the database names in a WARC file: offset and SHA-256 of the body, or None."""

PRIMARY = ("response", "resource", "revisit")
"""The types of records that stand for an answer of a site; of them, a revisit has no body."""


@dataclass(slots=True)
class FileCheck:
    """The result of verifying a WARC file.

    ``damaged`` are the offsets of parts that cannot be read, with the problem. ``unfinished`` is
    the offset of a record that a crash left incomplete at the end and that nothing refers to.
    ``lost`` are the offsets of records in the database that the file does not have, or whose body
    is another. ``unnamed`` counts the bodies that the database does not name: those of a run that
    was killed, or of another database. ``size`` is in bytes.
    """

    name: str
    size: int = 0
    records: int = 0
    unnamed: int = 0
    unfinished: int | None = None
    damaged: list[tuple[int, str]] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether no record is damaged and no capture is lost."""
        return not self.damaged and not self.lost


@dataclass(slots=True)
class Share:
    """How many named records there are of a kind, and their bytes."""

    captures: int = 0
    size: int = 0

    def add(self, captures: int, size: int) -> None:
        """Add records and their bytes."""
        self.captures += captures
        self.size += size


@dataclass(frozen=True, slots=True)
class Size:
    """The size of the archive: files, bytes, and the shares by source and kind.

    What is left of the bytes is in no share: records that the database does not name.
    """

    files: int
    size: int
    sources: dict[str, dict[str, Share]]

    @property
    def kinds(self) -> dict[str, Share]:
        """The shares of all sources together, by kind."""
        kinds: dict[str, Share] = defaultdict(Share)
        for shares in self.sources.values():
            for kind, share in shares.items():
                kinds[kind].add(share.captures, share.size)
        return kinds


def verify(
    archive: Path, named: Set[str], records_in: Callable[[str], NamedRecords]
) -> Iterator[FileCheck]:
    """Check the digests of every record, and that every record that the database names exists.

    ``named`` are the WARC files that the database names, ``records_in`` returns the records that
    it names in one of them. A revisit is lost if the body that it refers to is nowhere: this is
    known, and ``lost`` complete, when the last file was read.
    """
    bodies: set[str] = set()
    revisits: list[tuple[FileCheck, int, str]] = []
    names = {path.name for path in archive.glob("*.warc.gz")}
    for name in sorted(names | named):
        check = FileCheck(name)
        revisits += _check(archive / name, records_in(name), check, bodies)
        yield check
    for check, offset, digest in revisits:
        if digest not in bodies:
            check.lost = sorted([*check.lost, offset])


def measure_size(archive: Path, records: Iterable[Span]) -> Size:
    """Measure the archive. A record extends to the offset of the next named one in its file."""
    sizes = {path.name: path.stat().st_size for path in archive.glob("*.warc.gz")}
    sources: dict[str, dict[str, Share]] = defaultdict(lambda: defaultdict(Share))
    for kind, source, name, offset, following in records:
        end = following if following is not None else sizes.get(name, offset)
        sources[source][kind].add(1, max(end - offset, 0))
    return Size(len(sizes), sum(sizes.values()), sources)


def _check(
    path: Path, named: NamedRecords, check: FileCheck, bodies: set[str]
) -> Iterator[tuple[FileCheck, int, str]]:
    """Check a file, and add the digests of its named bodies; yields the revisits with theirs."""
    if not path.exists():
        check.damaged.append((0, "the file is missing"))
        check.lost = sorted(named)
        return
    check.size = path.stat().st_size
    readable = set()
    for record in iter_records(path):
        check.records += 1
        if record.problem:
            check.damaged.append((record.offset, record.problem))
        elif record.kind in PRIMARY:
            digest = named.get(record.offset)
            check.unnamed += record.offset not in named and record.kind != "revisit"
            if digest is not None and record.kind == "revisit":
                yield check, record.offset, digest
            elif digest is not None and _has_digest(record, digest):
                bodies.add(digest)
            elif digest is not None or (record.kind == "response" and record.page is None):
                continue
            readable.add(record.offset)
    check.lost = sorted(named.keys() - readable)
    _separate_unfinished(check, named)


def _has_digest(record: Record, digest: str) -> bool:
    return record.page is not None and sha256(record.page.body).hexdigest() == digest


def _separate_unfinished(check: FileCheck, named: NamedRecords) -> None:
    """Move a damaged end that nothing refers to from ``damaged`` to ``unfinished``."""
    if check.damaged and check.damaged[-1][0] > max(named, default=-1):
        check.unfinished, _ = check.damaged.pop()
