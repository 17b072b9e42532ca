"""ZIP of documents: each member of a known type is read. A ZIP in a ZIP is not opened."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from pipelines.documents import time_limit
from pipelines.documents.document import MAX_TEXT_CHARS, Document, UnreadableError
from pipelines.documents.media_types import ZIP, media_type_of
from pipelines.documents.packages import Package
from pipelines.text import normalise

MAX_READ_MEMBERS = 100
"""Members of an archive that are read."""


def read_archive(body: bytes, read: Callable[[bytes], Document]) -> Document:
    """Return the pages of all members, each with the name of its member as its first line.

    Nothing is written to a disk: a name is only shown. The problem of the first member that cannot
    be read is the archive's.
    """
    document = Document(ZIP)
    with Package(body) as package:
        names = [name for name in package.members if not name.endswith("/")]
        for name in names[:MAX_READ_MEMBERS]:
            if time_limit.is_over():
                document.problem = "too_large"
                break
            try:
                member = _read_member(package.read(name), read)
            except UnreadableError as error:
                member = Document(ZIP, problem=error.reason)
            _add(document, shown_name(package, name), member)
            if member.problem == "too_large" or len(document.text) > MAX_TEXT_CHARS:
                document.problem = "too_large"
                break
        if len(names) > MAX_READ_MEMBERS:
            document.problem = "too_many_files"
        elif not names:
            document.problem = "empty"
    return document


def shown_name(package: Package, name: str) -> str:
    """Return the name of a member. Old programs write it in UTF-8 and do not say so."""
    if not package.members[name].flag_bits & 0x800:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode()
    return normalise(name)


def _read_member(body: bytes, read: Callable[[bytes], Document]) -> Document:
    if media_type_of(body) == ZIP:
        raise UnreadableError("nested_archive")
    return read(body)


def _add(document: Document, name: str, member: Document) -> None:
    document.pages.extend(member.pages or [""])
    first = len(document.pages) - max(1, len(member.pages))
    document.pages[first] = f"{name}\n{document.pages[first]}".rstrip()
    document.problem = document.problem or member.problem
    document.is_scan = document.is_scan or member.is_scan
