"""Opens a WARC file where it is: here, or where it was pushed to."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO

from scraper.archive.pushed_files import StoredFile, digest_of, places_of
from scraper.archive.storage import DiskStorage, Storage, open_storage
from scraper.base.errors import ArchiveError, DifferentFileError, UsageError, describe_file_error

Archive = Path | str
"""The folder of an archive, or the path or URL of one in a shared place (``s3://…/archive``)."""


class _LastOpened(threading.local):
    """The file of a storage that a thread read last.

    Whoever reads one record reads the next: the file stays open with what was fetched ahead. A
    child process opens its own.
    """

    key: tuple[int, str, str] | None = None
    file: BinaryIO | None = None


_last = _LastOpened()


def path_of(archive: Archive, warc_file: str) -> str:
    """Return where a WARC file belongs, for messages."""
    return str(archive / warc_file if isinstance(archive, Path) else f"{archive}/{warc_file}")


def is_held(archive: Archive, warc_file: str) -> bool:
    """Return whether a WARC file is in an archive or was pushed from it.

    Of the places where files were pushed to, none is asked; if they cannot be known, only files in
    the archive count. Raises ArchiveError if the archive is itself in a storage that cannot be
    asked.
    """
    folder = _folder(archive)
    if folder is None:
        return storage_of(str(archive)).size(warc_file) is not None
    try:
        return (folder / warc_file).exists() or any(places_of(folder, warc_file))
    except ArchiveError:
        return False


@contextmanager
def open_warc(archive: Archive, warc_file: str) -> Iterator[BinaryIO]:
    """Open a WARC file for reading; of one in object storage, only ranges are fetched.

    Raises OSError if the file can be opened nowhere, ArchiveError if a storage cannot be read or
    has another file of this name.
    """
    folder = _folder(archive)
    if folder is None:
        with _in_storage(str(archive), warc_file) as file:
            yield file
        return
    try:
        here = (folder / warc_file).open("rb")
    except FileNotFoundError:
        places = list(places_of(folder, warc_file))
        if not places:
            raise
        with _anywhere(places, warc_file) as file:
            yield file
        return
    with here:
        yield here


def _folder(archive: Archive) -> Path | None:
    """Return the folder of an archive on a disk, None for one in object storage."""
    if isinstance(archive, Path):
        return archive
    storage = storage_of(archive)
    return storage.folder if isinstance(storage, DiskStorage) else None


@contextmanager
def fetched_whole(archive: Path, warc_file: str) -> Iterator[Path]:
    """Fetch a WARC file that was pushed into a temporary file, whose path is given.

    Raises ArchiveError if no place has what was pushed, or there is no room for it.
    """
    error = ArchiveError(f"{path_of(archive, warc_file)} was not pushed")
    for url, stored in places_of(archive, warc_file):
        with NamedTemporaryFile(suffix=".warc.gz") as copy:
            try:
                _fetch(url, warc_file, stored, Path(copy.name))
            except ArchiveError as problem:
                error = problem
                continue
            yield Path(copy.name)
            return
    raise error


def _fetch(url: str, warc_file: str, stored: StoredFile, copy: Path) -> None:
    blocks = storage_of(url).blocks(warc_file)
    try:
        with copy.open("wb") as out:
            out.writelines(blocks)
        found = digest_of(copy)
    except OSError as error:
        raise ArchiveError(describe_file_error(error, copy)) from error
    if found != stored:
        raise differs(f"{url}/{warc_file}")


def is_absent(archive: Path, warc_file: str) -> bool:
    """Return whether no place has a pushed file any more; False if one cannot be asked."""
    try:
        urls = [url for url, _ in places_of(archive, warc_file)]
        return all(storage_of(url).size(warc_file) is None for url in urls)
    except ArchiveError:
        return False


def storage_of(url: str) -> Storage:
    """Return the storage to which files were pushed. Raises ArchiveError if it needs a library."""
    try:
        return open_storage(url)
    except UsageError as error:
        raise ArchiveError(str(error)) from error


def differs(place: str) -> DifferentFileError:
    """Return the error for a file of a storage that has another digest than what was pushed."""
    return DifferentFileError(
        f"{place} is not what was pushed: put the file back from a backup, or `tinhuyen archive"
        " push` it again from where it is whole"
    )


@contextmanager
def _anywhere(places: list[tuple[str, StoredFile]], warc_file: str) -> Iterator[BinaryIO]:
    """Open a file in the first storage that has it."""
    *others, (last, size) = ((url, stored.size) for url, stored in places)
    for url, expected in others:
        try:
            with _in_storage(url, warc_file, expected):
                pass
        except ArchiveError:
            continue
        last, size = url, expected
        break
    with _in_storage(last, warc_file, size) as file:
        yield file


@contextmanager
def _in_storage(url: str, warc_file: str, size: int | None = None) -> Iterator[BinaryIO]:
    """Open a file of a storage, or go on with the one that this thread read last."""
    key = (os.getpid(), url, warc_file)
    if _last.key != key or _last.file is None:
        _forget()
        file = storage_of(url).open(warc_file)
        if size not in (None, file.seek(0, os.SEEK_END)):
            file.close()
            raise differs(f"{url}/{warc_file}")
        _last.key, _last.file = key, file
    try:
        yield _last.file
    except Exception as error:
        _forget()
        if isinstance(error, ArchiveError | GeneratorExit):
            raise
        raise ArchiveError(
            f"{url}/{warc_file}: {str(error) or type(error).__name__}: check the address, the"
            " permissions and the network, then repeat the command"
        ) from error


def _forget() -> None:
    file, _last.key, _last.file = _last.file, None, None
    if file is not None:
        file.close()
