"""Lines of an index in all forms of the CDX protocol: JSON, CDXJ, plain text, JSON arrays."""

from __future__ import annotations

import json
import re
from base64 import b32encode
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from scraper.recovery.web_archive import IndexedCapture, RecordPlace

PLAIN_FIELDS = ("urlkey", "timestamp", "url", "mime", "status", "digest", "length")
"""The fields of a plain line, as the Internet Archive orders them."""

PLAIN_FIELDS_OF_FILES = (
    *("urlkey", "timestamp", "url", "mime", "status", "digest", "redirect", "flags", "length"),
    *("offset", "filename"),
)
"""The eleven fields of a plain line that names the file of the record."""

FIELD_NAMES = {"original": "url", "mimetype": "mime", "statuscode": "status"}
"""The names of fields at the Internet Archive, and those of pywb."""

MAX_URL_CHARS = 8192
WEB_URL = re.compile(r"https?://[^\s\x00-\x1f\x7f/]+(?:/[^\s\x00-\x1f\x7f]*)?", re.I)
TIMESTAMP = re.compile(r"\d{14}", re.A)
DIGEST = re.compile(r"[A-Z2-7]{32}", re.A)
HEX_DIGEST = re.compile(r"[0-9A-F]{40}", re.A)
NUMBER = re.compile(r"\d{1,18}", re.A)


class Table(NamedTuple):
    """The answer of an index in JSON arrays: lines, broken ones, the key for the next answer."""

    captures: list[IndexedCapture]
    broken: int
    resume_key: str | None


def parse_line(line: bytes) -> IndexedCapture | None:
    """Return what a line of an index says of a capture, None if it is broken."""
    values = line_values(line)
    return None if values is None else indexed_capture(values)


def line_values(line: bytes) -> Mapping[str, object] | None:
    """Return the fields of a line by the names that pywb has, None if it is broken."""
    try:
        text = line.decode().strip()
    except UnicodeDecodeError:
        return None
    if text.startswith("{"):
        return _object(text)
    words = text.split(" ", 2)
    if len(words) == 3 and words[2].startswith("{"):
        found = _object(words[2])
        return found and {"urlkey": words[0], "timestamp": words[1], **found}
    words = text.split(" ")
    names = PLAIN_FIELDS_OF_FILES if len(words) == len(PLAIN_FIELDS_OF_FILES) else PLAIN_FIELDS
    return dict(zip(names, words, strict=True)) if len(words) == len(names) else None


def _object(text: str) -> Mapping[str, object] | None:
    found = _json(text)
    return found if isinstance(found, dict) else None


def _json(text: str | bytes) -> object:
    """Parse JSON; None if it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def indexed_capture(values: Mapping[str, object]) -> IndexedCapture | None:
    """Return a capture by the fields of its line, None without a usable address or time."""
    fields = {FIELD_NAMES.get(name, name): value for name, value in values.items()}
    url, captured_at = str(fields.get("url", "")), _moment(fields.get("timestamp"))
    if captured_at is None or len(url) > MAX_URL_CHARS or not WEB_URL.fullmatch(url):
        return None
    media_type = str(fields.get("mime") or "")
    status = _number(fields.get("status"))
    return IndexedCapture(
        url=url,
        captured_at=captured_at,
        status=status if status is not None and 100 <= status <= 999 else None,
        media_type="" if media_type in ("-", "unk") else media_type[:100],
        digest=_digest(fields.get("digest")),
        length=_number(fields.get("length")),
        place=_place(fields),
        is_revisit=media_type == "warc/revisit",
    )


def _moment(value: object) -> datetime | None:
    text = str(value)
    if not TIMESTAMP.fullmatch(text):
        return None
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _number(value: object) -> int | None:
    text = str(value)
    return int(text) if NUMBER.fullmatch(text) else None


def _digest(value: object) -> str:
    """Return a SHA-1 in Base32, "" if it is another one or none."""
    text = str(value).upper().removeprefix("SHA1:")
    if HEX_DIGEST.fullmatch(text):
        return b32encode(bytes.fromhex(text)).decode()
    return text if DIGEST.fullmatch(text) else ""


def _place(fields: Mapping[str, object]) -> RecordPlace | None:
    file, offset, length = (fields.get(name) for name in ("filename", "offset", "length"))
    first, size = _number(offset), _number(length)
    if not file or file == "-" or first is None or not size:
        return None
    return RecordPlace(str(file), first, size)


def parse_table(body: bytes) -> Table:
    """Parse an answer in JSON arrays, whose first row names the fields.

    An empty row announces the key for the next answer. If a row is broken, the others are still
    read, because each stands on a line of its own.
    """
    rows = _rows(body)
    if not rows:
        return Table([], 0, None)
    names, resume_key = _names(rows[0]), None
    if len(rows) > 2 and rows[-2] == []:
        resume_key = _resume_key(rows[-1])
        rows = rows[:-2] if resume_key else rows
    captures = [_row_capture(names, row) for row in rows[1:]]
    found = [capture for capture in captures if capture is not None]
    return Table(found, len(captures) - len(found), resume_key)


def _rows(body: bytes) -> list[object]:
    whole = _json(body)
    if isinstance(whole, list):
        return whole
    lines = (line.strip().strip(b",") for line in body.splitlines())
    return [_row(line) for line in lines if line not in (b"", b"[", b"]")]


def _row(line: bytes) -> object:
    """Parse a row that may have a bracket of the whole table before or after it."""
    tries = (line, line.removeprefix(b"["), line.removesuffix(b"]"))
    found = (_json(each) for each in tries)
    return next((row for row in found if isinstance(row, list) and _is_row(row)), None)


def _is_row(row: Iterable[object]) -> bool:
    return all(isinstance(value, str | int | None) for value in row)


def _names(row: object) -> Sequence[str]:
    return [str(name) for name in row] if isinstance(row, list) else PLAIN_FIELDS


def _resume_key(row: object) -> str | None:
    return str(row[0]) if isinstance(row, list) and len(row) == 1 and row[0] else None


def _row_capture(names: Sequence[str], row: object) -> IndexedCapture | None:
    if not isinstance(row, list) or len(row) != len(names):
        return None
    return indexed_capture(dict(zip(names, row, strict=True)))
