"""Writes a WARC file again without some of its records. Bytes of records never change."""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from scraper.archive.framing import Frame, frames
from scraper.archive.inspection import PRIMARY
from scraper.base.atomic_file import atomic_write
from scraper.base.errors import ArchiveError

NAME = re.compile(r"(?P<stem>.+?)(?:-p(?P<number>\d+))?\.warc\.gz")
FIELD = r"^{}[ \t]*:[ \t]*([^\r\n]*)"
WARC_TYPE = re.compile(FIELD.format("WARC-Type").encode(), re.I | re.M)
WARC_DATE = re.compile(FIELD.format("WARC-Date").encode(), re.I | re.M)
MAX_HEADER_BYTES = 8192


@dataclass(frozen=True, slots=True)
class Part:
    """The bytes of a record, or of a damaged part, and whether they stay."""

    start: int
    end: int
    stays: bool
    is_primary: bool


def successor_of(name: str) -> str:
    """Return the name of a file without some of the records of a file: always the same one."""
    match = NAME.fullmatch(name)
    assert match is not None, name
    return f"{match['stem']}-p{int(match['number'] or 0) + 1}.warc.gz"


def predecessor_of(name: str) -> str | None:
    """Return the name of the file from which a file was rewritten, or None."""
    match = NAME.fullmatch(name)
    if match is None or match["number"] is None:
        return None
    before = int(match["number"]) - 1
    return f"{match['stem']}-p{before}.warc.gz" if before else f"{match['stem']}.warc.gz"


def plan_rewriting(
    path: Path, named: Collection[int], dropped: Collection[int], before: str
) -> list[Part]:
    """Return the parts of a file, in order, and which of them stay.

    ``named`` are the offsets of records that stay, ``dropped`` of those that do not. Other answers
    stay unless they are older than ``before``, a WARC-Date. What follows an answer (its request)
    shares its fate. A damaged part stays, except an unfinished record at the end.
    """
    with path.open("rb") as file:
        found = list(_described(frames(file)))
    ends = [offset for offset, *_ in found[1:]] + [path.stat().st_size]
    parts: list[Part] = []
    stays = True
    for (offset, kind, date, problem), end in zip(found, ends, strict=True):
        is_primary = kind in PRIMARY
        if offset in dropped:
            stays = False
        elif problem:
            stays = offset in named or end != ends[-1]
        elif is_primary:
            stays = offset in named or not date or date >= before
        parts.append(Part(offset, end, stays, is_primary or bool(problem)))
    return parts


def rewrite(path: Path, parts: list[Part], target: Path) -> dict[int, int]:
    """Write the parts that stay into a new file; returns the new offsets by the old ones.

    The file is complete and on disk afterwards, and was read back. Raises OSError or ArchiveError;
    there is no new file then.
    """
    moved = {}
    with path.open("rb") as file, atomic_write(target) as out:
        for part in parts:
            if part.stays:
                moved[part.start] = out.tell()
                file.seek(part.start)
                shutil.copyfileobj(BytesIO(file.read(part.end - part.start)), out)
        out.flush()
        _read_back(Path(out.name), set(moved.values()))
    return moved


def _described(read: Iterator[Frame]) -> Iterator[tuple[int, str, str, str | None]]:
    """Return offset, WARC-Type, WARC-Date and problem of each record; bodies are not held."""
    for frame in read:
        head = frame.data[:MAX_HEADER_BYTES].partition(b"\r\n\r\n")[0]
        kind, date = WARC_TYPE.search(head), WARC_DATE.search(head)
        yield (
            frame.offset,
            kind[1].decode("latin-1").strip().lower() if kind else "",
            date[1].decode("latin-1").strip() if date else "",
            frame.problem,
        )


def _read_back(draft: Path, expected: set[int]) -> None:
    with draft.open("rb") as file:
        found = {frame.offset for frame in frames(file)}
    if missing := expected - found:
        raise ArchiveError(f"{draft} is not what was written ({len(missing)} records are missing)")
