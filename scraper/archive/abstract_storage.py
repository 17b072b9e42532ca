"""What a folder of files that several machines share can do, wherever it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import BinaryIO

from scraper.base.errors import ArchiveError

CHUNK = 1 << 20


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
    def create_from(self, name: str, file: BinaryIO) -> bool:
        """Store an open file, which is rewound, unless there is one of this name.

        Returns whether it was stored. A service without conditional requests stores it anyway.
        """

    @abstractmethod
    def update(self, name: str, change: Callable[[bytes | None], bytes]) -> None:
        """Replace a file by what ``change`` makes of its bytes, None if there is none.

        What another writer stores meanwhile is not lost: ``change`` is then called again. Of a
        service without conditional requests, the later writer's file stays.
        """

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
        with self.open(name) as file, as_archive_errors(self, name):
            return file.read()

    def blocks(self, name: str, start: int = 0) -> Iterator[bytes]:
        """Yield the bytes of a file from an offset on."""
        with self.open(name) as file:
            with as_archive_errors(self, name):
                file.seek(start)
            while True:
                with as_archive_errors(self, name):
                    block = file.read(CHUNK)
                if not block:
                    return
                yield block

    def sha256(self, name: str) -> str:
        """Return the digest of a file as it is stored, in hexadecimal; all of it is read."""
        digest = sha256()
        for block in self.blocks(name):
            digest.update(block)
        return digest.hexdigest()


@contextmanager
def as_archive_errors(storage: Storage, name: str) -> Iterator[None]:
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
