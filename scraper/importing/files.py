"""Reading files of pages and texts, whoever wrote them."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipelines.article import Article
from pipelines.markup.decoding import decode
from pipelines.page import Page
from pipelines.plain_text import clean
from scraper.archive.reader import iter_records
from scraper.importing.objects import article_of, html_of

HTML_TYPES = ("", "text/html", "application/xhtml+xml")

HEAD = 200_000
"""Bytes in which a saved page tells its address; scripts in front of it can be long."""

SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(https?://\S+?)\s*-->", re.I)
CANONICAL_TAG = re.compile(r"<link\b[^<>]{0,2000}?\brel=[\"']?canonical\b[^<>]{0,2000}>", re.I)
OG_URL_TAG = re.compile(r"<meta\b[^<>]{0,2000}?\bproperty=[\"']?og:url\b[^<>]{0,2000}>", re.I)
ADDRESS = re.compile(r"\b(?:href|content)=[\"']?(https?://[^\"'>\s]+)", re.I)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may be imported: a page, or an article that somebody has read from one already.

    ``origin`` is where it was found, for the report: a file, with the line or the offset in it.
    ``problem`` is why it cannot be imported; page and article are then None.
    """

    origin: str
    page: Page | None = None
    article: Article | None = None
    problem: str | None = None

    @property
    def url(self) -> str | None:
        """The address, where one is known."""
        return self.page.url if self.page else self.article.url if self.article else None


def read_paths(paths: Iterable[Path]) -> Iterator[Candidate]:
    """Everything in the files, and in the files of the folders, in the order of their names.

    Never raises on what a file holds: what cannot be read is a candidate with a problem.
    """
    for path in paths:
        files = sorted(file for file in path.rglob("*") if file.is_file())
        for file in files if path.is_dir() else [path]:
            try:
                yield from _read_file(file)
            except OSError as error:
                yield Candidate(str(file), problem=f"cannot be read: {error.strerror}")


def address_in(text: str) -> str | None:
    """The address that a saved page tells of itself, or None.

    A browser's remark is believed first: it is where the page was, the others what it says.
    """
    head = text[:HEAD]
    if remark := SAVED_FROM.search(head):
        return remark[1]
    for tag in (CANONICAL_TAG, OG_URL_TAG):
        found = tag.search(head)
        address = ADDRESS.search(found[0]) if found else None
        if address:
            return html.unescape(address[1])
    return None


def _read_file(path: Path) -> Iterator[Candidate]:
    name = path.name.lower()
    if name.endswith((".warc", ".warc.gz")):
        yield from _read_warc(path)
    elif name.endswith((".html", ".htm", ".xhtml", ".mhtml")):
        yield _read_html(path)
    elif name.endswith(".txt"):
        article = clean(decode(path.read_bytes()).text)
        problem = None if article.paragraphs else "no article in this text"
        yield Candidate(str(path), article=None if problem else article, problem=problem)
    elif name.endswith((".jsonl", ".ndjson")):
        yield from _read_jsonl(path)
    else:
        yield Candidate(str(path), problem="not a kind of file that can be imported")


def _read_html(path: Path) -> Candidate:
    body = path.read_bytes()
    url = address_in(decode(body).text)
    saved_at = datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
    return Candidate(str(path), page=Page(url=url, body=body, fetched_at=saved_at))


def _read_warc(path: Path) -> Iterator[Candidate]:
    for record in iter_records(path):
        origin = f"{path}:{record.offset}"
        if record.problem:
            yield Candidate(origin, problem=f"damaged record: {record.problem}")
        elif record.page is None:
            continue
        elif record.page.status != 200:
            yield Candidate(origin, problem=f"status {record.page.status}")
        elif record.page.headers.get("content-type", "").split(";")[0].strip() not in HTML_TYPES:
            yield Candidate(origin, problem="not HTML")
        else:
            yield Candidate(origin, page=record.page)


def _read_jsonl(path: Path) -> Iterator[Candidate]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _read_object(f"{path}:{number}", line)


def _read_object(origin: str, line: bytes) -> Candidate:
    try:
        value = json.loads(line)
    except ValueError:
        return Candidate(origin, problem="not a JSON object")
    if not isinstance(value, dict):
        return Candidate(origin, problem="not a JSON object")
    article = article_of(value)
    if source := html_of(value):
        page = Page(url=article.url, body=source.encode("utf-8", "replace"), headers=UTF8)
        return Candidate(origin, page=page)
    if not (article.paragraphs or article.file_urls):
        return Candidate(origin, problem="no text and no HTML in this object")
    return Candidate(origin, article=article)


UTF8 = {"content-type": "text/html; charset=utf-8"}
