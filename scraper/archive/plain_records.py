"""Reads the records that nearly every program writes, without a general parser.

A record is plain if its head and that of its HTTP message are printable ASCII, one field in a line,
and its digests are right. In such a record, warcio finds the same; it reads all other records.
"""

from __future__ import annotations

import re
from base64 import b32encode
from dataclasses import dataclass, field
from hashlib import sha1

HTTP_SCHEMES = ("http:", "https:")

FIELDS = rb"((?:[!-9;-~]++:[ -~]*+\r\n)%b)\r\n"
RECORD_HEAD = re.compile(rb"WARC/1\.[01]\r\n" + FIELDS % b"++")
RESPONSE_HEAD = re.compile(rb"HTTP/1\.[01] (\d{3})(?: [ -~]*+)?+\r\n" + FIELDS % b"*+")
REQUEST_HEAD = re.compile(
    rb"(?:GET|HEAD|POST|PUT|DELETE|TRACE|OPTIONS|PATCH) [ -~]*+\r\n" + FIELDS % b"*+"
)


@dataclass(frozen=True, slots=True)
class Message:
    """A response, resource or request: the fields of its record, and its HTTP message.

    ``headers``, by lower-case name, and ``status`` are those of a response, and ``block`` is its
    body as it came. What the record does not say is None.
    """

    kind: str
    url: str | None
    date: str
    payload_digest: str | None
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200
    block: bytes = b""


def parse_plain(data: bytes) -> Message | None:
    """Return a plain response or request, None for any other record.

    ``data`` is a record from its first byte to the last of its block.
    """
    head = RECORD_HEAD.match(data)
    if head is None:
        return None
    fields = _first_values(_pairs(head[1]))
    kind, start = fields.get("warc-type"), head.end()
    if kind == "response":
        message = RESPONSE_HEAD.match(data, start)
    else:
        message = REQUEST_HEAD.match(data, start)
    if message is None or kind not in ("response", "request") or not _is_of_page(fields):
        return None
    url, date, digest = (
        fields.get(name) for name in ("warc-target-uri", "warc-date", "warc-payload-digest")
    )
    assert date is not None
    is_whole = _is_digest(fields.get("warc-block-digest"), data, start)
    if not is_whole or not _is_digest(digest, data, message.end()):
        return None
    if kind == "request":
        return Message(kind, url, date, digest)
    headers, status = _joined(_pairs(message[2])), int(message[1])
    return Message(kind, url, date, digest, headers, status, data[message.end() :])


def _is_of_page(fields: dict[str, str]) -> bool:
    """Whether a record says when it was made, and has an ordinary URL."""
    url = fields.get("warc-target-uri", "")
    return "warc-date" in fields and url.startswith(HTTP_SCHEMES) and " " not in url


def _pairs(lines: bytes) -> list[tuple[str, str]]:
    """Return the names, in lower case, and values of the lines of a head."""
    pairs = []
    for line in lines.decode("ascii").split("\r\n")[:-1]:
        name, _, value = line.partition(":")
        pairs.append((name.lower(), value.strip(" ")))
    return pairs


def _first_values(pairs: list[tuple[str, str]]) -> dict[str, str]:
    return dict(reversed(pairs))


def _joined(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Return the values by name, those of a repeated name joined by commas (RFC 9110, 5.3)."""
    values: dict[str, str] = {}
    for name, value in pairs:
        values[name] = f"{values[name]}, {value}" if name in values else value
    return values


def _is_digest(digest: str | None, data: bytes, start: int) -> bool:
    """Whether a digest is that of the bytes from ``start`` on, or there is none to check."""
    if not digest:
        return True
    found = sha1(memoryview(data)[start:], usedforsecurity=False).digest()
    return digest == f"sha1:{b32encode(found).decode()}"
