"""The manifest of a shared place: which files were pushed there whole, with their digests."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from scraper.archive.pushed_files import StoredFile, StoredFiles, parse_files, written_files
from scraper.archive.storage import Storage
from scraper.base.errors import ArchiveError, UsageError

FOLDER = "archive"
MANIFEST = f"{FOLDER}/manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """WARC files by name, and the files of tables by their names in the shared place."""

    files: dict[str, StoredFile] = field(default_factory=dict)
    tables: dict[str, StoredFile] = field(default_factory=dict)


def read_manifest(storage: Storage) -> Manifest | None:
    """Return the manifest, None if there is none. Raises ArchiveError if it cannot be read."""
    if storage.size(MANIFEST) is None:
        return None
    return _parsed(storage.read(MANIFEST), storage)


def merge_manifest(storage: Storage, files: StoredFiles, tables: StoredFiles) -> None:
    """Add files to the manifest, and replace those of the tables.

    What others pushed stays in it, also what they push at this moment. Raises ArchiveError.
    """

    def merged(held: bytes | None) -> bytes:
        known = _parsed(held, storage) if held else Manifest()
        content = {
            "files": written_files({**known.files, **files}),
            "tables": written_files(tables),
        }
        return json.dumps(content, indent=1).encode()

    storage.update(MANIFEST, merged)


def place_of(url: str) -> str:
    """Return a shared place as it is recorded: without a slash at the end, a path as absolute.

    Raises UsageError for a URL that is none, or has a password in it.
    """
    parts = urlsplit(url)
    if "@" in parts.netloc or parts.query:
        raise UsageError(
            "an address with a password or parameters is stored and shown: leave them out, and set"
            " AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        )
    if not parts.scheme:
        return str(Path(url).absolute())
    is_file = parts.scheme == "file"
    if "://" not in url or is_file == bool(parts.netloc) or (is_file and not parts.path.strip("/")):
        raise UsageError(f"{url} names no place: write it as s3://bucket/folder or file:///folder")
    return url.rstrip("/")


def _parsed(content: bytes, storage: Storage) -> Manifest:
    where = f"{storage.url}/{MANIFEST}"
    try:
        value = json.loads(content)
        files, tables = value["files"], value["tables"]
    except (ValueError, TypeError, KeyError) as error:
        raise ArchiveError(
            f"{where} is damaged: move it away there, then `tinhuyen archive push` writes it again"
        ) from error
    return Manifest(parse_files(files, where), parse_files(tables, where))
