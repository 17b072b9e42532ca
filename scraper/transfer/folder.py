"""Export of articles into a folder, one file each."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from pipelines.text import fold
from scraper.base.atomic_file import atomic_write
from scraper.base.errors import UsageError
from scraper.store.article_rows import Selection, read_selection
from scraper.transfer.file_copies import CopiedFiles, copy_files
from scraper.transfer.links import Link, web_address
from scraper.transfer.markdown import markdown_of
from scraper.transfer.tei import tei_of

MAX_SLUG_CHARS = 80
"""Characters of the title in the name of a file."""

FORMS: Mapping[str, tuple[str, Callable[[Mapping[str, Any], Link], str]]] = {
    "markdown": (".md", markdown_of),
    "tei": (".xml", tei_of),
}
"""The forms of which each article is a file of its own: the end of its name, and its writer."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_WORD = re.compile(r"[a-z0-9]+")


def export_to_folder(
    db: Database, selection: Selection, form: str, folder: Path, archive: Path | None = None
) -> tuple[int, CopiedFiles]:
    """Write the selected articles into a folder, which is made if it is missing.

    A file of an earlier export with the same name is replaced, whole or not at all; nothing else in
    the folder is touched. With ``archive``, the photos and attachments of the articles are copied
    beside them. Returns how many articles and files there were. Raises OSError and UsageError.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file: name a folder, which gets a file for each article")
    folder.mkdir(parents=True, exist_ok=True)
    ending, write = FORMS[form]
    count, copied = 0, CopiedFiles()
    for row in read_selection(db, selection):
        link = copy_files(db, archive, row, folder, copied) if archive else web_address
        with atomic_write(folder / f"{file_stem(row)}{ending}") as out:
            out.write(write(row, link).encode("utf-8", "replace"))
        count += 1
    return count, copied


def file_stem(row: Mapping[str, Any]) -> str:
    """Return the name of an article's file: its day, its title in ASCII letters, and its id."""
    day = _DAY.match(row["published_at"] or "")
    slug = "-".join(_WORD.findall(fold(row["title"] or "")))[:MAX_SLUG_CHARS].strip("-")
    return "-".join(filter(None, [day[0] if day else "undated", slug, str(row["id"])]))
