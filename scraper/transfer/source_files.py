"""Reads a file with sources, whatever program wrote it."""

from __future__ import annotations

from pathlib import Path

from scraper.base.errors import TinhuyenError, UsageError
from scraper.transfer.opml import read_opml
from scraper.transfer.source_cells import MAX_FILE_BYTES
from scraper.transfer.source_csv import read_csv
from scraper.transfer.source_lists import SourceList


def read_source_list(path: Path) -> SourceList:
    """Read a file with sources, OPML or CSV.

    Raises UsageError if it is neither or too large, TinhuyenError if it cannot be opened.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise TinhuyenError(f"{path}: {error.strerror}: name a file that can be read") from error
    try:
        if len(content) > MAX_FILE_BYTES:
            raise UsageError(f"more than {MAX_FILE_BYTES} bytes: split the file")
        return read_opml(content) if _is_xml(content) else read_csv(content)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from error


def _is_xml(content: bytes) -> bool:
    """Whether a file is XML rather than CSV: its first sign is ``<``, in any encoding."""
    start = content[:200].removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe")
    return start.removeprefix(b"\xfe\xff").replace(b"\0", b"").lstrip().startswith(b"<")
