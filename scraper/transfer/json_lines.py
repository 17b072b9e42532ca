"""Reads files with a JSON object on each line, as scrapers write them."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from pipelines.items import Page
from scraper.archive.decoding import MAX_BODY_BYTES
from scraper.transfer.candidate import Candidate, failure, saved_at, shown
from scraper.transfer.objects import article_of, html_of, seen_of

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
