"""Plain records are read without warcio, and every record reads as by warcio."""

from __future__ import annotations

import gzip
import random
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from scraper.archive.framing import MAX_MEMBER_BYTES
from scraper.archive.plain_records import parse_plain
from scraper.archive.reader import Record, iter_records, read_record
from scraper.archive.writer import ArchiveWriter, RecordOrigin, head
from tests.scraper.archive.test_archive import BODY, MOMENT, REQUEST, URL, write

FILES = 400

PIECES = (
    b"\r\n", b"\n", b"\r", b" ", b"\t", b":", b"<", b">", b"=", b"\0", b"\xa0", b"\x85", b"0",
    "ề".encode(), b"\r\n tiep", b"WARC/1.0", b"HTTP/1.1 200", b"HTTP/1.0 404 ", b"http:", b"sha1:",
    b"md5:", b"GET ", b"X:\r\n", b"WARC-Segment-Number: 1\r\n", b"WARC-Type: revisit\r\n",
    b"WARC-Date: 2026-11-23\r\n", b"Content-Length: 1\r\n", b"Content-Encoding: gzip\r\n",
    b"Transfer-Encoding: chunked\r\n", b"WARC-Block-Digest: sha1:A\r\n",
)  # fmt: skip
"""What is put into records: line ends, spaces, and fields that change how a record is read."""


def records(folder: Path) -> list[bytes]:
    """Records of every kind, as our writer and other programs write them."""
    writer = ArchiveWriter(folder)
    write(writer, fields=((b"Set-Cookie", b"a=1"), (b"Set-Cookie", b"b=2"), (b"X-Empty", b"")))
    write(writer, gzip.compress(BODY), ((b"Content-Encoding", b"gzip"),))
    write(writer, b"4\r\nHuye\r\n0\r\n\r\n", ((b"X-Encoding", b"chunked"),))
    write(writer, b"")
    writer.write_resource(URL, "text/html", BODY, MOMENT)
    origin = RecordOrigin(URL, "2026-11-23T02:00:00Z", "sha1:" + "A" * 32)
    writer.write_revisit(URL, REQUEST, head("HTTP/1.1 200 OK", []), origin, MOMENT)
    writer.close()
    data = (folder / writer.name).read_bytes()
    found = []
    while data:
        member = zlib.decompressobj(31)
        found.append(member.decompress(data).replace(b"X-Encoding", b"Transfer-Encoding"))
        data = member.unused_data
    return found


def changed(record: bytes, chance: random.Random) -> bytes:
    """A record with some bytes changed, mostly in its heads, often whole again after that."""
    data = bytearray(record)
    for _ in range(chance.choice((0, 1, 1, 1, 2, 4))):
        at = chance.randrange(len(data) if chance.random() < 0.2 else min(len(data), 900))
        if chance.random() < 0.3:
            at = data.find(b"\n", at) + 1
        end = at + chance.choice((0, 0, 0, 1, 2, 20))
        data[at:end] = chance.choice((*PIECES, data[at:end].swapcase()))
    if chance.random() < 0.4:
        return bytes(data)
    fields, blank, block = bytes(data).partition(b"\r\n\r\n")
    length = max(len(block) - 4, 0)
    fields = re.sub(rb"Content-Length: \d+", b"Content-Length: %d" % length, fields)
    return re.sub(rb"(?i)\nWARC-\w+-Digest:[^\n]*", b"", fields) + blank + block


def readings(path: Path) -> Iterator[Record]:
    """What is read of a file from its beginning, and at each of its records."""
    found = list(iter_records(path))
    yield from found
    yield from (read_record(path, record.offset) for record in found)


def test_every_record_reads_as_by_warcio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = records(tmp_path / "archive")
    path, plain, damaged = tmp_path / "other.warc.gz", 0, 0
    for seed in range(FILES):
        chance = random.Random(seed)
        parts = [changed(record, chance) for record in chance.sample(whole, 3)]
        packed = seed % 4
        members = [gzip.compress(part, 1, mtime=0) for part in parts]
        path.write_bytes(b"".join(members if packed else parts))
        found = list(readings(path))
        with monkeypatch.context() as patch:
            patch.setattr("scraper.archive.reader.parse_plain", lambda _data: None)
            assert found == list(readings(path)), f"seed {seed}"
        plain += sum(parse_plain(part) is not None for part in parts)
        damaged += sum(record.problem is not None for record in found)
    assert min(plain, damaged) > FILES // 2


def test_warcio_reads_no_plain_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own pages are read on the fast path, with their digests checked."""
    writer = ArchiveWriter(tmp_path)
    place = write(writer)
    path = tmp_path / place.warc_file
    monkeypatch.setattr("scraper.archive.reader.ArcWarcRecordLoader", None)
    assert read_record(path, place.warc_offset).body == BODY
    monkeypatch.undo()
    data = gzip.decompress(path.read_bytes()[place.warc_offset :]).replace(b"ra qu", b"ra kh")
    path.write_bytes(gzip.compress(data))
    assert "digest failed" in str(read_record(path, 0).problem)


def test_a_bomb_in_a_member_is_refused_within_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "bomb.warc.gz"
    packer = zlib.compressobj(9, wbits=31)
    zeros = bytes(1_000_000)
    with path.open("wb") as file:
        for _ in range(2 + MAX_MEMBER_BYTES // len(zeros)):
            file.write(packer.compress(zeros))
        file.write(packer.flush())
    assert "a gzip member of more than" in str(read_record(path, 0).problem)
