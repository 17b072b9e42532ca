"""Lines of an index, in all forms of the CDX protocol."""

from __future__ import annotations

import json
from base64 import b32decode
from datetime import UTC, datetime

import pytest

from scraper.recovery.cdx_lines import parse_line, parse_table
from scraper.recovery.web_archive import IndexedCapture, RecordPlace

DIGEST = "MC6GE2VIFGQLWV6LVE2HXVHZ6OOG3RI6"
URL = "http://hamyen.tuyenquang.gov.vn/tin/1.html"
KEY = "vn,gov,tuyenquang,hamyen)/tin/1.html"
MOMENT = datetime(2019, 5, 1, 2, 3, 4, tzinfo=UTC)
WHOLE = IndexedCapture(URL, MOMENT, 200, "text/html", DIGEST, 435)
PLACED = IndexedCapture(
    URL, MOMENT, 200, "text/html", DIGEST, 435, RecordPlace("a.warc.gz", 346, 435)
)
FIELDS = {"mime": "text/html", "status": "200", "digest": DIGEST, "length": "435"}
OF_FILE = {**FIELDS, "offset": "346", "filename": "a.warc.gz"}


@pytest.mark.parametrize(
    ("line", "capture"),
    [
        (json.dumps({"timestamp": "20190501020304", "url": URL, **FIELDS}), WHOLE),
        (json.dumps({"timestamp": 20190501020304, "url": URL, **OF_FILE, "length": 435}), PLACED),
        (f"{KEY} 20190501020304 {json.dumps({'url': URL, **OF_FILE})}", PLACED),
        (f"{KEY} 20190501020304 {URL} text/html 200 {DIGEST} 435", WHOLE),
        (f"{KEY} 20190501020304 {URL} text/html 200 {DIGEST} - - 435 346 a.warc.gz", PLACED),
    ],
)
def test_a_line_of_each_form(line: str, capture: IndexedCapture) -> None:
    assert parse_line(line.encode() + b"\r\n") == capture


def test_unknown_values_are_none() -> None:
    found = parse_line(f"{KEY} 20190501020304 {URL} warc/revisit - {DIGEST} -".encode())
    assert found is not None
    assert (found.status, found.length, found.is_revisit) == (None, None, True)
    found = parse_line(f"{KEY} 20190501020304 {URL} unk 0 sha256:00 -".encode())
    assert found is not None
    assert (found.status, found.media_type, found.digest) == (None, "", "")


@pytest.mark.parametrize("spelling", [f"sha1:{DIGEST}", DIGEST.lower(), b32decode(DIGEST).hex()])
def test_a_digest_in_other_spellings(spelling: str) -> None:
    found = parse_line(f"{KEY} 20190501020304 {URL} text/html 200 {spelling} 435".encode())
    assert found == WHOLE


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe\x00",
        b'{"url": "http://a.vn/", "timestamp": "2019"}',
        b'{"url": "http://a.vn/", "timestamp": "20191301020304"}',
        b'{"url": "mailto:a@b.vn", "timestamp": "20190501020304"}',
        b'{"url": "http://a.vn/a b", "timestamp": "20190501020304"}',
        b'{"url": "http://a.vn/\\u0000", "timestamp": "20190501020304"}',
        b'{"url": {"a": 1}, "timestamp": "20190501020304"}',
        b'{"url": "http://a.vn/' + b"a" * 9000 + b'", "timestamp": "20190501020304"}',
        b"[" * 50_000,
        b'{"a":' * 50_000,
        f"{KEY} 20190501020304 {URL} text/html 200 {DIGEST}".encode(),
        "vn,a)/ ²0190501020304 http://a.vn/ text/html 200 - 1".encode(),
    ],
)
def test_a_broken_line_is_none(line: bytes) -> None:
    assert parse_line(line) is None


HEAD = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
ROW = [KEY, "20190501020304", URL, "text/html", "200", DIGEST, "435"]


@pytest.mark.parametrize("separator", [", ", ",\n", ",\r\n "])
def test_a_table_announces_a_key(separator: str) -> None:
    rows = [json.dumps(row) for row in (HEAD, ROW, ROW, [], ["vn%2Ca%29%2F+1%21"])]
    table = parse_table(f"[{separator.join(rows)}]\n".encode())
    assert table == ([WHOLE, WHOLE], 0, "vn%2Ca%29%2F+1%21")
    assert parse_table(f"[{separator.join(rows[:3])}]".encode()) == ([WHOLE, WHOLE], 0, None)


@pytest.mark.parametrize("body", [b"", b"[]", b"[]\n", b"\n", json.dumps([HEAD]).encode()])
def test_an_empty_table(body: bytes) -> None:
    assert parse_table(body) == ([], 0, None)


def test_broken_rows_of_a_table_are_counted() -> None:
    rows = [json.dumps(HEAD), json.dumps(ROW), '["a', "[" * 99_999, "7", json.dumps(ROW)]
    rows += ['["b", "c"]', "[]", '["key"]']
    assert parse_table(("[" + ",\n".join(rows) + "]").encode()) == ([WHOLE, WHOLE], 4, "key")
