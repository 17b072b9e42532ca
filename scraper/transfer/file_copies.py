"""Copies the photos and attachments of an exported article beside its text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlite_utils import Database

from scraper.archive.reader import read_page
from scraper.base.atomic_file import atomic_write
from scraper.base.errors import ArchiveError
from scraper.store.exported_files import HeldFile, held_files
from scraper.transfer.links import Link, web_address

FILES = "files"
"""The folder of the files, beside the articles."""

DIGEST_CHARS = 16
MAX_NAME_BYTES = 120
UNSAFE = re.compile(r"[^\w.-]+")
ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}$")


@dataclass(slots=True)
class CopiedFiles:
    """How many files were written beside articles, and how many were not, and why.

    ``present`` were there already, ``missing`` are lost or damaged in the archive, ``elsewhere``
    are not in the archive: never fetched, or deleted from it.
    """

    written: int = 0
    present: int = 0
    missing: int = 0
    elsewhere: int = 0


def copy_files(
    db: Database, archive: Path, article: Mapping[str, Any], folder: Path, done: CopiedFiles
) -> Link:
    """Write the files of an article, a row with its ``id``, that the archive holds into a folder.

    Returns where each is, relative to ``folder``; the others stay on the web. A file that is there
    already is never written over. Raises OSError if the folder cannot be written.
    """
    paths = {}
    archived = held_files(db, article["id"])
    named = {file["url"] for file in (*article["photos"], *article["attachments"]) if file["url"]}
    done.elsewhere += len(named - {held.url for held in archived})
    for held in archived:
        path = folder / FILES / file_name(held)
        if _copy(archive, held, path, done):
            paths[held.url] = f"{FILES}/{path.name}"

    def link(file: Mapping[str, Any]) -> str | None:
        return paths.get(file.get("url") or "") or web_address(file)

    return link


def file_name(held: HeldFile) -> str:
    """Return a name for a file: its digest, and what the page or the address calls it, made safe.

    Two files have the same name only if they have the same bytes.
    """
    try:
        called = unquote(urlsplit(held.url).path.rpartition("/")[2])
    except ValueError:
        called = ""
    ending = ENDING.search(called)
    name = held.name or called.removesuffix(ending[0] if ending else "")
    if ending and name.lower().endswith(ending[0].lower()):
        name = name[: -len(ending[0])]
    safe = UNSAFE.sub("-", unicodedata.normalize("NFC", name)).strip("-. ")
    short = safe.encode()[:MAX_NAME_BYTES].decode("utf-8", "ignore").strip("-. ")
    stem = "-".join(filter(None, [held.digest[:DIGEST_CHARS], short]))
    return f"{stem}{ending[0].lower() if ending else ''}"


def _copy(archive: Path, held: HeldFile, path: Path, done: CopiedFiles) -> bool:
    """Write a file unless it is there; returns whether it is there now."""
    if path.is_file():
        done.present += 1
        return True
    try:
        body = read_page(archive, held.warc_file, held.warc_offset).body
    except ArchiveError:
        body = b""
    if sha256(body).hexdigest() != held.digest:
        done.missing += 1
        return False
    path.parent.mkdir(exist_ok=True)
    with atomic_write(path) as out:
        out.write(body)
    done.written += 1
    return True
