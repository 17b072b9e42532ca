"""Reads a body of which the archive may have several records."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from scraper.archive.reader import read_body
from scraper.base.errors import ArchiveError


def first_readable(
    folder: Path, places: Sequence[tuple[str, int]], digest: str | None
) -> bytes | None:
    """Return the first body that can be read and has the digest, if one is given; else None."""
    for place in places:
        try:
            body = read_body(folder, *place)
        except ArchiveError:
            continue
        if digest in (None, sha256(body).hexdigest()):
            return body
    return None
