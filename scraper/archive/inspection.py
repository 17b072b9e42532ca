"""Verifies the archive and measures its size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from scraper.archive.opening import fetched_whole, is_absent
from scraper.archive.pushed_files import digest_of, places_of, pushed_files
from scraper.archive.reader import Record, iter_records
from scraper.base.errors import ArchiveError, DifferentFileError

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
    was killed, or of another database. ``size`` is in bytes. ``place`` is ``here``, ``remote`` (the
    file was pushed and removed here), ``missing`` or ``unreachable`` (the storage could not be read
    now); ``differs`` says that the file is not the one that was pushed.
    """

    name: str
    place: str = "here"
    differs: bool = False
    size: int = 0
    records: int = 0
    unnamed: int = 0
    unfinished: int | None = None
    damaged: list[tuple[int, str]] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether no record is damaged, no capture is lost, and the file is what was pushed."""
        return not self.damaged and not self.lost and not self.differs


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
class Sum:
    """A number of files, and their bytes."""

    files: int = 0
    size: int = 0


@dataclass(frozen=True, slots=True)
class Size:
    """The size of the archive: files and bytes here, and the shares by source and kind.

    ``pushed`` are the files in object storage, ``removed`` those of them that are not here. What is
    left of ``all_bytes`` is in no share: records that the database does not name.
    """

    files: int
    size: int
    pushed: Sum
    removed: Sum
    sources: dict[str, dict[str, Share]]

    @property
    def all_bytes(self) -> int:
        """The bytes of all files, wherever they are; those here and there count once."""
        return self.size + self.removed.size

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
        revisits += _check(archive, records_in(name), check, bodies)
        yield check
    for check, offset, digest in revisits:
        if digest not in bodies:
            check.lost = sorted([*check.lost, offset])


def measure_size(archive: Path, records: Iterable[Span]) -> Size:
    """Measure the archive. A record extends to the offset of the next named one in its file."""
    here = {path.name: path.stat().st_size for path in archive.glob("*.warc.gz")}
    pushed = {
        name: file.size for files in pushed_files(archive).values() for name, file in files.items()
    }
    sizes = {**pushed, **here}
    sources: dict[str, dict[str, Share]] = defaultdict(lambda: defaultdict(Share))
    for kind, source, name, offset, following in records:
        end = following if following is not None else sizes.get(name, offset)
        sources[source][kind].add(1, max(end - offset, 0))
    removed = [size for name, size in pushed.items() if name not in here]
    return Size(
        len(here),
        sum(here.values()),
        Sum(len(pushed), sum(pushed.values())),
        Sum(len(removed), sum(removed)),
        sources,
    )


def _check(
    archive: Path, named: NamedRecords, check: FileCheck, bodies: set[str]
) -> Iterator[tuple[FileCheck, int, str]]:
    """Check a file where it is; yields the revisits with the digests of their bodies."""
    path, pushed = archive / check.name, [file for _, file in places_of(archive, check.name)]
    if path.exists():
        check.differs = any(digest_of(path) != file for file in pushed)
        yield from _check_records(path, named, check, bodies)
    elif pushed:
        check.place = "remote"
        try:
            with fetched_whole(archive, check.name) as copy:
                yield from _check_records(copy, named, check, bodies)
        except ArchiveError as error:
            _explain_unread(archive, named, check, error)
    else:
        _explain_unread(archive, named, check, ArchiveError("the file is missing"))


def _explain_unread(
    archive: Path, named: NamedRecords, check: FileCheck, error: ArchiveError
) -> None:
    """Say why a file could not be read. What a storage cannot give now is not lost."""
    check.damaged.append((0, str(error)))
    check.differs = isinstance(error, DifferentFileError)
    if not check.differs:
        check.place = "missing" if is_absent(archive, check.name) else "unreachable"
    if check.place != "unreachable":
        check.lost = sorted(named)


def _check_records(
    path: Path, named: NamedRecords, check: FileCheck, bodies: set[str]
) -> Iterator[tuple[FileCheck, int, str]]:
    """Check records, and add the digests of the named bodies; yields the revisits with theirs."""
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
