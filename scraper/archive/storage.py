"""Folders of files that several machines share: on a disk, or in object storage such as S3."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from shutil import copyfileobj
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit
from uuid import uuid4

from scraper.base.atomic_file import sync_folder
from scraper.base.errors import ArchiveError, UsageError

CHUNK = 1 << 20
READ_BYTES = 1 << 18
"""Bytes of an object that are fetched beyond what is asked for: some records of an archive."""

DRAFT_SUFFIX = ".new"


class Storage(ABC):
    """A folder whose files have names with slashes, and are written whole or not at all.

    Every method raises ArchiveError, with the name of the file and what went wrong, if the folder
    cannot be read or written. Two writers of one name do no harm: the later file stays.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    @abstractmethod
    def write_from(self, name: str, file: BinaryIO) -> None:
        """Store all that is left to read in an open file."""

    @abstractmethod
    def open(self, name: str) -> BinaryIO:
        """Open a file for reading; of an object, only the ranges that are read are fetched."""

    @abstractmethod
    def names(self, folder: str = "") -> list[str]:
        """Return the names of all files in a folder and those below it, sorted."""

    @abstractmethod
    def size(self, name: str) -> int | None:
        """Return the bytes of a file, or None if there is none."""

    @abstractmethod
    def remove(self, name: str) -> None:
        """Remove a file; nothing happens if there is none."""

    def write(self, name: str, content: bytes) -> None:
        """Store some bytes."""
        from io import BytesIO

        self.write_from(name, BytesIO(content))

    def read(self, name: str) -> bytes:
        """Return the bytes of a file."""
        with self.open(name) as file, _told(self, name):
            return file.read()

    def sha256(self, name: str) -> str:
        """Return the digest of a file as it is stored, in hexadecimal; all of it is read."""
        digest = sha256()
        with self.open(name) as file, _told(self, name):
            while chunk := file.read(CHUNK):
                digest.update(chunk)
        return digest.hexdigest()


class DiskStorage(Storage):
    """A folder of a disk, which may be shared over the network."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.folder = Path(urlsplit(url).path if url.startswith("file:") else url)

    def write_from(self, name: str, file: BinaryIO) -> None:
        """Write a draft with a name of its own, then rename it."""
        path = self.folder / name
        draft = path.with_name(f"{path.name}.{uuid4().hex}{DRAFT_SUFFIX}")
        with _told(self, name):
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with draft.open("wb") as out:
                    copyfileobj(file, out, CHUNK)
                    out.flush()
                    os.fsync(out.fileno())
                draft.replace(path)
                sync_folder(path.parent)
            finally:
                draft.unlink(missing_ok=True)

    def open(self, name: str) -> BinaryIO:
        """Open a file of the folder."""
        with _told(self, name):
            return (self.folder / name).open("rb")

    def names(self, folder: str = "") -> list[str]:
        """Return the names without drafts that another process writes."""
        with _told(self, folder):
            return sorted(
                path.relative_to(self.folder).as_posix()
                for path in (self.folder / folder).rglob("*")
                if path.is_file() and path.suffix != DRAFT_SUFFIX
            )

    def size(self, name: str) -> int | None:
        """Return the bytes of a file."""
        with _told(self, name):
            path = self.folder / name
            return path.stat().st_size if path.is_file() else None

    def remove(self, name: str) -> None:
        """Remove a file."""
        with _told(self, name):
            (self.folder / name).unlink(missing_ok=True)


class ObjectStorage(Storage):
    """A prefix of a bucket. Credentials and endpoint come from the variables ``AWS_…``."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        try:
            from fsspec.core import url_to_fs

            # Listings are not cached: other machines write, too.
            found = url_to_fs(self.url, use_listings_cache=False)
            self.files, self.prefix = cast("tuple[Any, str]", found)
        except (ImportError, ValueError) as error:
            raise UsageError(
                f"{url} cannot be used ({error}): pip install 'tinhuyen[cluster]' for s3://, or"
                " name a folder"
            ) from error

    def write_from(self, name: str, file: BinaryIO) -> None:
        """Upload an object, which appears only when all of it has been received."""
        with _told(self, name):
            out = self.files.open(self._path(name), "wb")
            try:
                copyfileobj(file, out, CHUNK)
            except BaseException:
                out.discard()
                out.closed = True  # closing it would store the part that was received
                raise
            out.close()

    def open(self, name: str) -> BinaryIO:
        """Open an object, of which blocks are fetched as they are read."""
        with _told(self, name):
            file = self.files.open(self._path(name), "rb", block_size=READ_BYTES)
            return cast(BinaryIO, file)

    def names(self, folder: str = "") -> list[str]:
        """List the objects."""
        with _told(self, folder):
            paths = self.files.find(self._path(folder))
            return sorted(path.removeprefix(f"{self.prefix}/") for path in paths)

    def size(self, name: str) -> int | None:
        """Ask for the length of an object."""
        with _told(self, name):
            try:
                return cast(int, self.files.size(self._path(name)))
            except FileNotFoundError:
                return None

    def remove(self, name: str) -> None:
        """Delete an object."""
        with _told(self, name):
            try:
                self.files.rm_file(self._path(name))
            except FileNotFoundError:
                return

    def _path(self, name: str) -> str:
        return f"{self.prefix}/{name}" if name else self.prefix


def open_storage(url: str) -> Storage:
    """Return the storage at a path, ``file://…``, ``s3://bucket/…`` or another URL of fsspec.

    Raises UsageError if the library for such URLs is missing.
    """
    is_object = "://" in url and not url.startswith("file:")
    return ObjectStorage(url) if is_object else DiskStorage(url)


@contextmanager
def _told(storage: Storage, name: str) -> Iterator[None]:
    """Name the file and the next step in an error of the storage."""
    try:
        yield
    except ArchiveError:
        raise
    except Exception as error:  # libraries of object storage raise errors of many kinds
        where = f"{storage.url}/{name}" if name else storage.url
        raise ArchiveError(
            f"{where}: {str(error) or type(error).__name__}: check the address, the permissions"
            " and the network, then repeat the command"
        ) from error
