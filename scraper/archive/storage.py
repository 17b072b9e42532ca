"""Folders of files that several machines share: on a disk, or in object storage such as S3."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO
from urllib.parse import urlsplit
from uuid import uuid4

from scraper.archive.abstract_storage import CHUNK, Storage, as_archive_errors
from scraper.archive.object_storage import ObjectStorage
from scraper.base.atomic_file import sync_folder

__all__ = ["Storage", "open_storage"]

DRAFT_SUFFIX = ".new"
NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK)
"""Errors of file systems that have no hard links."""


class DiskStorage(Storage):
    """A folder of a disk, which may be shared over the network."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.folder = Path(urlsplit(url).path if url.startswith("file:") else url)

    def write_from(self, name: str, file: BinaryIO) -> None:
        """Write a draft with a name of its own, then rename it."""
        with self._draft(name, file) as draft:
            draft.replace(self.folder / name)

    def create_from(self, name: str, file: BinaryIO) -> bool:
        """Write a draft, then give it the name if no file has it."""
        file.seek(0)
        with self._draft(name, file) as draft:
            try:
                os.link(draft, self.folder / name)
            except FileExistsError:
                return False
            except OSError as error:  # a file system without hard links
                if error.errno not in NO_LINKS:
                    raise
                if (self.folder / name).exists():
                    return False
                draft.replace(self.folder / name)
        return True

    def update(self, name: str, change: Callable[[bytes | None], bytes]) -> None:
        """Replace a file while its folder is locked."""
        path = self.folder / name
        with as_archive_errors(self, name):
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path.parent, os.O_RDONLY)
        try:
            with suppress(OSError):  # some network file systems have no locks
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            self.write(name, change(self.read(name) if path.exists() else None))
        finally:
            os.close(descriptor)

    @contextmanager
    def _draft(self, name: str, file: BinaryIO) -> Iterator[Path]:
        """Write a file under another name in the folder of its own one, where it is renamed."""
        path = self.folder / name
        draft = path.with_name(f"{path.name}.{uuid4().hex}{DRAFT_SUFFIX}")
        with as_archive_errors(self, name):
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with draft.open("wb") as out:
                    copyfileobj(file, out, CHUNK)
                    out.flush()
                    os.fsync(out.fileno())
                yield draft
                sync_folder(path.parent)
            finally:
                draft.unlink(missing_ok=True)

    def open(self, name: str) -> BinaryIO:
        """Open a file of the folder."""
        with as_archive_errors(self, name):
            return (self.folder / name).open("rb")

    def names(self, folder: str = "") -> list[str]:
        """Return the names without drafts that another process writes."""
        with as_archive_errors(self, folder):
            return sorted(
                path.relative_to(self.folder).as_posix()
                for path in (self.folder / folder).rglob("*")
                if path.is_file() and path.suffix != DRAFT_SUFFIX
            )

    def size(self, name: str) -> int | None:
        """Return the bytes of a file."""
        with as_archive_errors(self, name):
            path = self.folder / name
            return path.stat().st_size if path.is_file() else None

    def remove(self, name: str) -> None:
        """Remove a file."""
        with as_archive_errors(self, name):
            (self.folder / name).unlink(missing_ok=True)


def open_storage(url: str) -> Storage:
    """Return the storage at a path, ``file://…``, ``s3://bucket/…`` or another URL of fsspec.

    Raises UsageError if the library for such URLs is missing.
    """
    is_object = "://" in url and not url.startswith("file:")
    return ObjectStorage(url) if is_object else DiskStorage(url)
