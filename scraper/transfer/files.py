"""Reads files and folders of saved pages, texts and archives."""

from __future__ import annotations

import codecs
import json
import os
import stat
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from pipelines.extraction.html.decode import decode
from pipelines.extraction.plain_text import clean
from pipelines.items import Page
from scraper.archive.decoding import MAX_BODY_BYTES, is_whole_answer
from scraper.archive.reader import Record, iter_records
from scraper.transfer.candidate import Candidate, failure, saved_at, shown
from scraper.transfer.objects import article_of, html_of, seen_of
from scraper.transfer.saved_pages import read_html, read_mhtml

WARC_ENDINGS = (".warc", ".warc.gz")
CLOCK_ERROR = timedelta(days=1)
"""How far ahead the clock of the program that made a capture may have been."""

HTML_TYPES = ("", "text/html", "application/xhtml+xml")


def read_paths(paths: Iterable[Path]) -> Iterator[Candidate]:
    """Candidates from the files, and from the files in the folders, in the order of their names.

    Never raises for what a file holds: what cannot be read is a candidate with a problem.
    """
    for path in paths:
        for file in _files(path, path):
            if isinstance(file, Candidate):
                yield file
                continue
            try:
                yield from _read_file(file)
            except OSError as error:
                yield failure(shown(file), _unreadable(error))


def warc_files(paths: Iterable[Path]) -> Iterator[Path]:
    """Return the WARC files among files and in folders, without those that cannot be read."""
    for path in paths:
        for file in _files(path, path):
            if isinstance(file, Path) and file.name.lower().endswith(WARC_ENDINGS):
                yield file


def _files(path: Path, root: Path) -> Iterator[Path | Candidate]:
    """The files in a folder and its folders, and a candidate for each entry that is no file.

    A link is followed only to a file inside the folder that the user named: a link in a download
    must not make us read a file elsewhere.
    """
    folders = [path]
    while folders:
        place = folders.pop()
        try:
            if problem := _problem_of(place, root):
                yield failure(shown(place), problem)
            elif not place.is_dir():
                yield place
            else:
                entries = sorted(entry.name for entry in os.scandir(place))
                folders += [place / name for name in reversed(entries)]
        except OSError as error:
            yield failure(shown(place), _unreadable(error))
        except RuntimeError:  # as pathlib calls a link that leads to itself
            yield failure(shown(place), "a link that leads to itself")


def _problem_of(path: Path, root: Path) -> str | None:
    """Why an entry of a folder is not to be opened, or None."""
    if path != root and path.is_symlink():
        if not path.resolve().is_relative_to(root.resolve()):
            return "a link that leads out of the folder"
        if path.is_dir():
            return "a link to another folder of the same"
    mode = path.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        return "neither a file nor a folder"
    return None


def _unreadable(error: OSError) -> str:
    return f"cannot be read: {error.strerror or type(error).__name__}"


def _read_file(path: Path) -> Iterator[Candidate]:
    """Yield the candidates of a file, by the end of its name."""
    name = path.name.lower()
    if name.endswith(WARC_ENDINGS):
        yield from _read_warc(path)
    elif name.endswith((".arc", ".arc.gz")):
        yield failure(shown(path), "an ARC file: convert it to WARC (`warcio recompress`) first")
    elif name.endswith((".jsonl", ".ndjson")):
        yield from read_json_lines(path)
    elif not name.endswith((".html", ".htm", ".xhtml", ".mhtml", ".mht", ".txt")):
        yield Candidate(shown(path), problem="not a kind of file that can be imported")
    elif path.stat().st_size > MAX_BODY_BYTES:
        yield failure(shown(path), f"larger than {MAX_BODY_BYTES} bytes")
    elif name.endswith((".mhtml", ".mht")):
        yield read_mhtml(path)
    elif name.endswith(".txt"):
        yield _read_text(path)
    else:
        yield read_html(path)


def _read_text(path: Path) -> Candidate:
    """Return the article in a file of plain text."""
    article = clean(decode(path.read_bytes()).text)
    if not article.paragraphs:
        return Candidate(shown(path), problem="no article in this text")
    moment = saved_at(path)
    return Candidate(shown(path), article=article, seen=(moment, moment))


def _read_warc(path: Path) -> Iterator[Candidate]:
    """Yield the candidates of an archive."""
    for record in iter_records(path):
        candidate = _of_record(f"{shown(path)}:{record.offset}", record)
        if candidate is not None:
            yield candidate


def _of_record(origin: str, record: Record) -> Candidate | None:
    """The candidate of a record; None if its kind never holds a page, such as a request."""
    if record.problem:
        return failure(origin, f"damaged record: {record.problem}")
    if record.page is None:
        is_silent = record.kind in SILENT
        return None if is_silent else Candidate(origin, problem=f"a record of kind {record.kind}")
    if problem := no_page(record.page):
        return Candidate(origin, problem=problem)
    return Candidate(origin, page=record.page)


def no_page(page: Page) -> str | None:
    """Return why a response is no page to read, or None."""
    media_type = page.headers.get("content-type", "").split(";")[0].strip().lower()
    return no_answer(page) or (None if media_type in HTML_TYPES else NOT_HTML)


def no_answer(page: Page) -> str | None:
    """Return why a response has no whole body, or None."""
    if not 200 <= page.status < 300:
        return f"status {page.status}"
    length = page.headers.get("content-length", "").strip()
    known_length = int(length) if length.isascii() and length.isdigit() else None
    if not is_whole_answer(page.status, page.headers.get("content-range", ""), known_length):
        return "status 206, which is only a part"
    return None


NOT_HTML = "not HTML"

SILENT = ("warcinfo", "request")
"""Kinds of records that no reader of a web archive takes for pages."""


UNREADABLE = (ValueError, TypeError, OverflowError, RecursionError, AttributeError)

UTF8 = {"content-type": "text/html; charset=utf-8"}


def read_json_lines(path: Path) -> Iterator[Candidate]:
    """A candidate for each line of a file; one that cannot be read has a problem."""
    moment = saved_at(path)
    with path.open("rb") as file:
        for number, line in _lines(file):
            origin = f"{shown(path)}:{number}"
            if line is None:
                yield failure(origin, f"a line longer than {MAX_BODY_BYTES} bytes")
            elif line.strip():
                yield _read_line(origin, line, moment)


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """The lines of a file with their numbers; None for one that is too long."""
    number = 0
    while line := file.readline(MAX_BODY_BYTES + 1):
        number += 1
        if number == 1:
            line = line.removeprefix(codecs.BOM_UTF8)
        if len(line) <= MAX_BODY_BYTES:
            yield number, line
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(MAX_BODY_BYTES)
        yield number, None


def _read_line(origin: str, line: bytes, moment: datetime) -> Candidate:
    try:
        return _read_object(origin, line, moment)
    except UNREADABLE as error:
        return failure(origin, f"an object that cannot be read ({type(error).__name__})")


def _read_object(origin: str, line: bytes, moment: datetime) -> Candidate:
    """Return the candidate of a line, which should be a JSON object."""
    try:
        value = json.loads(line)
    except ValueError:
        return failure(origin, "not a JSON object")
    if not isinstance(value, dict):
        return failure(origin, "not a JSON object")
    article, dated = article_of(value), seen_of(value)
    seen = dated or (moment, moment)
    if source := html_of(value):
        body = source.encode("utf-8", "replace")
        page = Page(url=article.url, body=body, headers=UTF8, fetched_at=seen[1])
        return Candidate(origin, page=page, seen=seen, is_dated=dated is not None)
    if not (article.paragraphs or article.file_urls):
        return Candidate(origin, problem="no text and no HTML in this object")
    return Candidate(origin, article=article, seen=seen, is_dated=dated is not None)
