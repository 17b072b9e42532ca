"""The archive: what was written is read back, by us and by others, after crashes too."""

from __future__ import annotations

import gzip
import resource
import subprocess
import sys
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
from warcio.archiveiterator import ArchiveIterator

from scraper.archive.decoding import MAX_BODY_BYTES
from scraper.archive.reader import iter_records, read_page
from scraper.archive.writer import ArchiveWriter, RecordLocation, head
from scraper.base.errors import ArchiveError

URL = "http://127.0.0.1/tin/1.html"
MOMENT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
REQUEST = head("GET /tin/1.html HTTP/1.1", [(b"Host", b"127.0.0.1")])
BODY = "<html><p>Huyện đoàn ra quân".encode()


CLOSING = 16
"""More bytes than close a record: a checksum, a length and blank lines. Its content is whole."""


def write(
    writer: ArchiveWriter, body: bytes = BODY, fields: tuple[tuple[bytes, bytes], ...] = ()
) -> RecordLocation:
    answer = head("HTTP/1.1 200 OK", [(b"Content-Type", b"text/html"), *fields])
    return writer.write(URL, REQUEST, answer, body, MOMENT, ip="127.0.0.1")


@pytest.fixture
def writer(tmp_path: Path) -> ArchiveWriter:
    return ArchiveWriter(tmp_path / "archive")


def test_a_page_is_read_back_as_it_came(writer: ArchiveWriter) -> None:
    place = write(writer, fields=((b"Set-Cookie", b"a=1"), (b"Set-Cookie", b"b=2")))
    page = read_page(writer.folder, place.warc_file, place.warc_offset)
    assert (page.url, page.status, page.body, page.fetched_at) == (URL, 200, BODY, MOMENT)
    assert page.headers == {"content-type": "text/html", "set-cookie": "a=1, b=2"}


@pytest.mark.parametrize(
    ("encoding", "encode"),
    [
        (b"gzip", gzip.compress),
        (b"deflate", zlib.compress),
        (b"deflate", lambda body: zlib.compress(body, wbits=-15)),
        (b"br", brotli.compress),
        (b"gzip, br", lambda body: brotli.compress(gzip.compress(body))),
        (b"gzip", bytes),
    ],
)
def test_a_compressed_body_is_decoded(
    writer: ArchiveWriter, encoding: bytes, encode: Callable[[bytes], bytes]
) -> None:
    place = write(writer, encode(BODY), ((b"Content-Encoding", encoding),))
    assert read_page(writer.folder, place.warc_file, place.warc_offset).body == BODY


def test_a_bomb_is_refused(writer: ArchiveWriter) -> None:
    bomb = gzip.compress(bytes(MAX_BODY_BYTES + 1))
    place = write(writer, bomb, ((b"Content-Encoding", b"gzip"),))
    with pytest.raises(ArchiveError, match="larger than"):
        read_page(writer.folder, place.warc_file, place.warc_offset)


def test_records_follow_the_standard_to_the_byte(writer: ArchiveWriter) -> None:
    odd = "X-Tên: tỉnh".encode()
    place = write(writer, fields=((b"X-Odd", odd), (b"Transfer-Encoding", b"chunked")))
    with (writer.folder / place.warc_file).open("rb") as file:
        records = [
            (r.rec_type, r.rec_headers, r.raw_stream.read(), r.digest_checker.passed)
            for r in ArchiveIterator(file, no_record_parse=True, check_digests=True)
        ]
    info, response, request = records
    assert [info[0], response[0], request[0]] == ["warcinfo", "response", "request"]
    assert response[1].protocol == "WARC/1.1"
    assert response[2] == (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Odd: " + odd + b"\r\n\r\n" + BODY
    )
    assert request[1]["WARC-Concurrent-To"] == response[1]["WARC-Record-ID"]
    assert response[1]["WARC-Warcinfo-ID"] == info[1]["WARC-Record-ID"]
    assert response[1]["WARC-IP-Address"] == "127.0.0.1"
    assert response[1]["WARC-Payload-Digest"].startswith("sha1:")
    check = [sys.executable, "-m", "warcio.cli", "check", str(writer.folder / place.warc_file)]
    assert subprocess.run(check, timeout=300).returncode == 0


def test_a_full_file_is_followed_by_another(tmp_path: Path) -> None:
    writer = ArchiveWriter(tmp_path, max_bytes=2_000)
    places = [write(writer, f"<p>{number}".encode()) for number in range(12)]
    assert len({place.warc_file for place in places}) > 1
    bodies = [read_page(tmp_path, place.warc_file, place.warc_offset).body for place in places]
    assert bodies == [f"<p>{number}".encode() for number in range(12)]


def test_two_writers_never_share_a_file(tmp_path: Path) -> None:
    assert write(ArchiveWriter(tmp_path)).warc_file != write(ArchiveWriter(tmp_path)).warc_file


@pytest.mark.fault(59)
def test_an_unfinished_record_is_recognised_and_skipped(writer: ArchiveWriter) -> None:
    write(writer)
    last = write(writer)
    path = writer.folder / last.warc_file
    whole = path.read_bytes()
    request = [record.offset for record in iter_records(path)][-1]
    for size in range(last.warc_offset + 1, request - CLOSING, 37):
        for tail in (b"", bytes(64)):
            path.write_bytes(whole[:size] + tail)
            assert [record.page.body for record in iter_records(path) if record.page] == [BODY]
            assert [record.problem is None for record in iter_records(path)] == [True] * 3 + [False]


def test_reading_goes_on_after_a_damaged_record(writer: ArchiveWriter) -> None:
    first, second = write(writer), write(writer, b"<p>the second")
    path = writer.folder / first.warc_file
    data = bytearray(path.read_bytes())
    data[first.warc_offset + 30 : first.warc_offset + 90] = bytes(60)
    path.write_bytes(data)
    assert [record.page.body for record in iter_records(path) if record.page] == [b"<p>the second"]
    with pytest.raises(ArchiveError, match="archive verify"):
        read_page(writer.folder, first.warc_file, first.warc_offset)
    assert read_page(writer.folder, second.warc_file, second.warc_offset).body == b"<p>the second"


@pytest.mark.fault(60)
def test_a_full_disk_leaves_the_file_whole(writer: ArchiveWriter) -> None:
    place = write(writer)
    path = writer.folder / place.warc_file
    whole = path.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(whole) + 100, hard))
    try:
        with pytest.raises(OSError, match="too large"):
            write(writer)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == whole
    write(writer)
    assert sum(record.page is not None for record in iter_records(path)) == 2


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"gone\.warc\.gz"):
        read_page(tmp_path, "gone.warc.gz", 0)
