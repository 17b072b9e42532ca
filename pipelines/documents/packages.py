"""Read the members of a ZIP within limits of number, size and ratio."""

from __future__ import annotations

import io
import zipfile
import zlib
from types import TracebackType
from typing import Self

from pipelines.documents.document import UnreadableError
from pipelines.documents.media_types import OTHER_ZIP_ERRORS

MAX_MEMBERS = 10_000
"""Members of a ZIP, or of a document that is one."""

MAX_MEMBER_BYTES = 50_000_000
"""Inflated bytes of a member."""

MAX_INFLATED_BYTES = 150_000_000
"""Inflated bytes of all members that are read."""

MAX_RATIO = 200
"""Inflated bytes per byte of the file, beyond the first megabytes."""

_FREE_BYTES = 20_000_000
"""Inflated bytes that are allowed at any ratio: long tables compress well."""

ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, *OTHER_ZIP_ERRORS)


class Package:
    """The members of a ZIP. Raises UnreadableError for what is broken or too large."""

    def __init__(self, body: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(body))
        except ZIP_ERRORS:
            raise UnreadableError("broken_file") from None
        self._inflated = 0
        self._allowed = min(MAX_INFLATED_BYTES, max(_FREE_BYTES, MAX_RATIO * len(body)))
        self.members = {info.filename: info for info in self._archive.infolist()}
        if len(self._archive.infolist()) > MAX_MEMBERS:
            raise UnreadableError("too_many_files")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._archive.close()

    def __contains__(self, name: str) -> bool:
        return name in self.members

    def read(self, name: str) -> bytes:
        """Return the bytes of a member. What it claims to measure is not believed."""
        info = self.members.get(name)
        if info is None:
            raise UnreadableError("broken_file")
        if info.flag_bits & 1:
            raise UnreadableError("encrypted")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise UnreadableError("unknown_compression")
        limit = min(MAX_MEMBER_BYTES, self._allowed - self._inflated)
        try:
            with self._archive.open(info) as member:
                body = member.read(limit + 1)
        except ZIP_ERRORS:
            raise UnreadableError("broken_file") from None
        if len(body) > limit:
            raise UnreadableError("too_large")
        self._inflated += len(body)
        return body

    def read_if_present(self, name: str) -> bytes | None:
        """Return the bytes of a member, or None if there is none of this name."""
        return self.read(name) if name in self.members else None
