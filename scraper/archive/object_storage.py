"""Folders in object storage, such as S3."""

from __future__ import annotations

import errno
from collections.abc import Callable
from shutil import copyfileobj
from typing import Any, BinaryIO, cast

from scraper.archive.abstract_storage import CHUNK, Storage, as_archive_errors
from scraper.base.errors import ArchiveError, UsageError

READ_BYTES = 1 << 18
"""Bytes of an object that are fetched beyond what is asked for: some records of an archive."""

CONFLICTS = {"PreconditionFailed", "ConditionalRequestConflict", "412", "409", "NoSuchKey"}
"""What S3 calls it if an object is there, or is another one, against a condition."""

MAX_UPDATES = 20
"""How often an object is read again because another writer has replaced it."""


class ObjectStorage(Storage):
    """A prefix of a bucket. Credentials and endpoint come from the variables ``AWS_…``."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        try:
            from fsspec.core import url_to_fs

            # Listings are not cached: other machines write, too.
            found = url_to_fs(self.url, use_listings_cache=False)
            self.files, self.prefix = cast("tuple[Any, str]", found)
            self.is_s3 = self.url.startswith(("s3:", "s3a:"))
        except (ImportError, ValueError) as error:
            raise UsageError(
                f"{url} cannot be used ({error}): pip install 'tinhuyen[cluster]' for s3://, or"
                " name a folder"
            ) from error

    def write_from(self, name: str, file: BinaryIO) -> None:
        """Upload an object, which appears only when all of it has been received."""
        with as_archive_errors(self, name):
            self._upload(name, file, "wb")

    def create_from(self, name: str, file: BinaryIO) -> bool:
        """Upload an object, which appears only if there is none."""
        with as_archive_errors(self, name):
            if not self.is_s3:
                if self.size(name) is not None:
                    return False
                file.seek(0)
                self._upload(name, file, "wb")
                return True
            for mode in ("xb", "wb"):
                file.seek(0)
                try:
                    self._upload(name, file, mode)
                    return True
                except OSError as error:
                    if _code_of(error) in CONFLICTS:
                        return False
                    if mode == "wb" or error.errno != errno.ENOSYS:
                        raise
        return False

    def update(self, name: str, change: Callable[[bytes | None], bytes]) -> None:
        """Replace an object on the condition that it is still the one that was read."""
        with as_archive_errors(self, name):
            for _ in range(MAX_UPDATES):
                try:
                    with self.files.open(self._path(name), "rb") as file:
                        held, tag = file.read(), getattr(file, "details", {}).get("ETag")
                except FileNotFoundError:
                    held, tag = None, None
                except OSError as error:
                    if error.errno == errno.EBUSY and _code_of(error) == "":
                        continue  # it was replaced while it was read
                    raise
                if self._put_if(name, change(held), tag):
                    return
        raise ArchiveError(f"{self.url}/{name}: others write it all the time: repeat the command")

    def _put_if(self, name: str, content: bytes, tag: str | None) -> bool:
        """Store an object if the present one has this tag, or if there is none."""
        condition = {"IfMatch": tag} if tag else {"IfNoneMatch": "*"}
        try:
            if self.is_s3:
                bucket, key, _ = self.files.split_path(self._path(name))
                self.files.call_s3("put_object", Bucket=bucket, Key=key, Body=content, **condition)
                return True
        except OSError as error:
            if _code_of(error) in CONFLICTS:
                return False
            if error.errno != errno.ENOSYS:
                raise
        self.write(name, content)
        return True

    def _upload(self, name: str, file: BinaryIO, mode: str) -> None:
        out = self.files.open(self._path(name), mode)
        try:
            copyfileobj(file, out, CHUNK)
            out.close()
        except BaseException:
            out.discard()
            out.closed = True  # closing it would store the part that was received
            raise

    def open(self, name: str) -> BinaryIO:
        """Open an object, of which blocks are fetched as they are read."""
        with as_archive_errors(self, name):
            file = self.files.open(self._path(name), "rb", block_size=READ_BYTES)
            return cast(BinaryIO, file)

    def read(self, name: str) -> bytes:
        """Fetch an object at once, also while another writer replaces it."""
        with as_archive_errors(self, name):
            return cast(bytes, self.files.cat_file(self._path(name)))

    def names(self, folder: str = "") -> list[str]:
        """List the objects."""
        with as_archive_errors(self, folder):
            paths = self.files.find(self._path(folder))
            return sorted(path.removeprefix(f"{self.prefix}/") for path in paths)

    def size(self, name: str) -> int | None:
        """Ask for the length of an object."""
        with as_archive_errors(self, name):
            try:
                return cast(int, self.files.size(self._path(name)))
            except FileNotFoundError:
                return None

    def remove(self, name: str) -> None:
        """Delete an object."""
        with as_archive_errors(self, name):
            try:
                self.files.rm_file(self._path(name))
            except FileNotFoundError:
                return

    def _path(self, name: str) -> str:
        return f"{self.prefix}/{name}" if name else self.prefix


def _code_of(error: OSError) -> str:
    """Return what S3 calls an error."""
    response = getattr(error.__cause__, "response", {})
    return str(response.get("Error", {}).get("Code", ""))
