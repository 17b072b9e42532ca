"""Where the WARC files of an archive were pushed to: `pushed.json` in the folder of the archive."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from scraper.base.atomic_file import atomic_write, sync_folder
from scraper.base.errors import ArchiveError

FILE = "pushed.json"
CHUNK = 1 << 20
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as it is stored: its size in bytes, and its SHA-256 in hexadecimal."""

    size: int
    sha256: str


StoredFiles = Mapping[str, StoredFile]
"""Stored files by name."""


def digest_of(path: Path, size: int | None = None) -> StoredFile:
    """Return size and digest of a file, or of its first ``size`` bytes. Raises OSError."""
    digest, left = sha256(), path.stat().st_size if size is None else size
    read = 0
    with path.open("rb") as file:
        while chunk := file.read(min(CHUNK, left - read)):
            digest.update(chunk)
            read += len(chunk)
    return StoredFile(read, digest.hexdigest())


def parse_files(value: Any, where: str) -> dict[str, StoredFile]:
    """Return the files that a JSON object names. Raises ArchiveError if it is none of ours.

    The object comes from a folder that others can write: a name is never a path.
    """
    try:
        found = {name: StoredFile(**fields) for name, fields in value.items()}
    except (AttributeError, TypeError) as error:
        raise _damaged(where) from error
    for name, file in found.items():
        is_sound = isinstance(file.size, int) and SHA256.fullmatch(str(file.sha256))
        if not is_sound or "\\" in name or {"", ".", ".."} & set(name.split("/")):
            raise _damaged(where)
    return found


def written_files(files: StoredFiles) -> dict[str, dict[str, object]]:
    """Return files as `parse_files` reads them, in the order of their names."""
    return {name: asdict(files[name]) for name in sorted(files)}


def pushed_files(archive: Path) -> Mapping[str, StoredFiles]:
    """Return what was pushed from an archive, by the URL of the folder that has it.

    Raises ArchiveError if it cannot be read.
    """
    path = archive / FILE
    try:
        state = path.stat()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ArchiveError(f"{path} cannot be read ({error.strerror})") from error
    return _read(path, state.st_mtime_ns, state.st_size, state.st_ino)


def places_of(archive: Path, warc_file: str) -> Iterator[tuple[str, StoredFile]]:
    """Yield the URLs of the folders to which a WARC file was pushed, and what is there."""
    for url, files in pushed_files(archive).items():
        if warc_file in files:
            yield url, files[warc_file]


def record_pushed(archive: Path, url: str, files: StoredFiles) -> None:
    """Add files to what was pushed to the folder at a URL. Raises OSError or ArchiveError.

    One process at a time may call it for an archive.
    """
    known = pushed_files(archive)
    if not files or known.get(url, {}).items() >= files.items():
        return
    merged = {**known, url: {**known.get(url, {}), **files}}
    folders = {each: written_files(merged[each]) for each in sorted(merged)}
    archive.mkdir(parents=True, exist_ok=True)
    with atomic_write(archive / FILE) as out:
        out.write(json.dumps({"folders": folders}, indent=1).encode())
    sync_folder(archive)


@lru_cache(8)
def _read(path: Path, *state: int) -> Mapping[str, StoredFiles]:
    """Read the file once for each of its states: readers ask for every page."""
    try:
        folders = json.loads(path.read_bytes())["folders"].items()
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise _damaged(str(path)) from error
    return {url: parse_files(files, str(path)) for url, files in folders}


def _damaged(where: str) -> ArchiveError:
    return ArchiveError(
        f"{where} is damaged: `tinhuyen archive push` writes it again after you have moved it away"
    )
