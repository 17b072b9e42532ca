"""WARC files of others, damaged and hostile ones: what is good goes in, the rest is named."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from pathlib import Path
from struct import pack
from time import process_time

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipelines.items import Outcome
from scraper.archive import framing
from scraper.archive.reader import iter_records
from scraper.transfer.import_report import ImportReport
from scraper.transfer.importer import import_paths
from tests.scraper.stores import SOURCES, new_database
from tests.scraper.transfer.test_importing import HTML

DATE = "2024-01-01T00:00:00Z"


def record(number: int, kind: str = "response", length: str | None = None, **fields: str) -> bytes:
    """A record by hand; ``length`` stands in its head whatever is right."""
    html = HTML.replace("ra quân</h1>", f"ra quân {number}</h1>").replace(
        "trưa cùng ngày", f"trưa ngày {number}"
    )
    status = fields.get("status", "200 OK")
    more = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if name[0].isupper())
    answer = f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\n{more}\r\n{html}"
    block = answer.encode()
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{number}>\r\n"
        f"WARC-Target-URI: http://huyen.localhost/tin/{number}.html\r\nWARC-Date: {DATE}\r\n"
        f"Content-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {length if length is not None else len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def taken(folder: Path, data: bytes, name: str = "a.warc") -> ImportReport:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)
    *_, report = import_paths(
        new_database(folder), folder / "archive", [folder / name], SOURCES, SOURCES[0]
    )
    return report


def packed(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def plain(data: bytes) -> bytes:
    return data


FORMS = pytest.mark.parametrize(("name", "form"), [("a.warc", plain), ("a.warc.gz", packed)])
LENGTHS = ["-7", "abc", "", "1" * 5000, "99999999", "5", "0", "٣", "1e3", "12 13", "+5"]


@FORMS
@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.fault(84)
def test_a_record_with_a_wrong_length_costs_no_other(
    tmp_path: Path, name: str, form: Callable[[bytes], bytes], length: str
) -> None:
    pieces = [record(1), record(2, length=length), record(3), record(4)]
    report = taken(tmp_path, b"".join(map(form, pieces)), name)
    assert report.taken == {Outcome.NEW: 3}
    assert report.failed == sum(report.reasons.values()) >= 1
    assert all("damaged record" in reason for reason in report.reasons)


BROKEN = {
    "garbage": b"\x00\xff nothing of a record\r\n\r\n",
    "no head": b"WARC/1.0\r\nWARC-Type: response\r\n",
    "no date": record(2).replace(f"WARC-Date: {DATE}\r\n".encode(), b""),
    "no such date": record(2).replace(DATE.encode(), b"2024-99-99T00:00:00Z"),
    "no status": record(2).replace(b"HTTP/1.1 200 OK", b"nothing at al l"),
    "two lengths": record(2).replace(b"WARC-Date", b"Content-Length: 3\r\nWARC-Date"),
    "another version": record(2).replace(b"WARC/1.0", b"WARC/7.0"),
}


@FORMS
@pytest.mark.parametrize("broken", BROKEN)
def test_a_damaged_record_costs_no_other(
    tmp_path: Path, name: str, form: Callable[[bytes], bytes], broken: str
) -> None:
    pieces = [record(1), BROKEN[broken], record(3)]
    report = taken(tmp_path, b"".join(map(form, pieces)), name)
    assert report.taken == {Outcome.NEW: 2}
    assert sum(report.reasons.values()) == 1


@FORMS
@pytest.mark.parametrize("left", [1, 40, 300, 900])
def test_a_last_record_that_is_cut_is_named(
    tmp_path: Path, name: str, form: Callable[[bytes], bytes], left: int
) -> None:
    last = form(record(2))
    data = form(record(1)) + last[: min(left, len(last) - 9)]
    report = taken(tmp_path, data, name)
    assert report.taken == {Outcome.NEW: 1}
    assert report.failed == sum(report.reasons.values()) == 1


def test_what_is_no_page_is_counted_with_the_reason(tmp_path: Path) -> None:
    pieces = [
        record(1),
        record(2, "metadata"),
        record(3, "conversion"),
        record(4, "revisit"),
        record(5, status="404 Not Found"),
        record(6, status="301 Moved", Location="/"),
        record(7, "continuation"),
        record(8, "request").replace(b"HTTP/1.1 200 OK", b"GET /8 HTTP/1.1"),
    ]
    report = taken(tmp_path, b"".join(pieces))
    assert report.taken == {Outcome.NEW: 1}
    assert report.reasons == {
        "a record of kind metadata": 1,
        "a record of kind conversion": 1,
        "a record of kind revisit": 1,
        "a record of kind continuation": 1,
        "status 404": 1,
        "status 301": 1,
    }
    assert report.failed == 0


@pytest.mark.parametrize(
    ("status", "span", "count"),
    [
        ("203 Non-Authoritative", "", 1),
        ("206 Partial Content", "bytes 0-{last}/{all}", 1),
        ("206 Partial Content", "bytes 0-{last}/999999", 0),
        ("206 Partial Content", "", 0),
    ],
)
def test_every_whole_answer_is_taken(tmp_path: Path, status: str, span: str, count: int) -> None:
    size = len(record(1).partition(b"\r\n\r\n")[2].partition(b"\r\n\r\n")[2]) - 4
    fields = {"Content-Range": span.format(last=size - 1, all=size)} if span else {}
    report = taken(tmp_path, record(1, status=status, **fields))
    assert (report.taken.total(), sum(report.reasons.values())) == (count, 1 - count)


@FORMS
def test_an_arc_file_is_refused(tmp_path: Path, name: str, form: Callable[[bytes], bytes]) -> None:
    arc = b"filedesc://a.arc 0.0.0.0 20240101000000 text/plain 9\n1 0 none\n\n"
    for one in (name, name.replace("warc", "arc")):
        [reason] = taken(tmp_path / one, form(arc), one).reasons
        assert "an ARC file" in reason


@FORMS
def test_a_block_that_is_too_large_is_named(
    tmp_path: Path,
    name: str,
    form: Callable[[bytes], bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(framing, "MAX_BODY_BYTES", 5_000)
    monkeypatch.setattr(framing, "MAX_MEMBER_BYTES", 6_000)
    large = record(2, Content_Type="x" * 9_000)
    report = taken(tmp_path, b"".join(map(form, [record(1), large, record(3)])), name)
    assert report.taken == {Outcome.NEW: 2}
    assert report.failed == sum(report.reasons.values()) == 1


def test_records_that_share_a_gzip_member_are_read(tmp_path: Path) -> None:
    report = taken(tmp_path, packed(record(1) + record(2)) + packed(record(3)), "a.warc.gz")
    assert (report.taken, report.reasons) == ({Outcome.NEW: 3}, {})


def test_a_date_in_another_zone_is_told_in_utc(tmp_path: Path) -> None:
    (tmp_path / "a.warc").write_bytes(record(1).replace(b"00Z", b"00.123456789+07:00"))
    [read] = iter_records(tmp_path / "a.warc")
    assert read.page is not None
    assert read.page.fetched_at.isoformat() == "2023-12-31T17:00:00+00:00"


UNFINISHED = b"\x1f\x8b\x08".ljust(10, b"\0") + b"\0" + pack("<HH", 65_535, 0) + b"WARC/1.0"
"""A member of gzip whose blocks of 65,535 plain bytes hold members that begin like it, 145 bytes
apart, so that each of its blocks ends where the block of another member begins."""


HOSTILE = {
    "heads without end": lambda size: b"WARC/1.0\r\n" * (size // 10),
    "lengths to the end": lambda size: (
        b"WARC/1.0\r\nContent-Length: 1\r\n\r\nx" * (size // 34) + b"\r\n" * size
    ),
    "blanks in a length": lambda size: b"WARC/1.0\r\nContent-Length: " + b" " * size + b"\r\n\r\n",
    "empty members": lambda size: gzip.compress(b"") * (size // 20),
    "nested members": lambda size: (b"\x1f\x8b\x08" + bytes(7)) * (size // 10),
    "members to the end": lambda size: UNFINISHED.ljust(145, b"x") * (size // 145),
}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_files_take_time_in_proportion(tmp_path: Path, hostile: str) -> None:
    def seconds(size: int) -> float:
        path = tmp_path / "a.warc"
        path.write_bytes(HOSTILE[hostile](size))
        began = process_time()
        for _ in iter_records(path):
            pass
        return process_time() - began

    small = max(seconds(100_000), 0.02)
    assert seconds(800_000) < 30 * small


def test_a_file_of_another_writer_is_read_as_before(tmp_path: Path) -> None:
    with (tmp_path / "a.warc").open("wb") as file:
        writer = WARCWriter(file, gzip=False, warc_version="1.1")
        writer.write_record(writer.create_warcinfo_record("a.warc", {"software": "x"}))
        head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        body = io.BytesIO(f"<meta charset=utf-8>{HTML}".encode())
        url = "http://huyen.localhost/tin/1.html"
        writer.write_record(writer.create_warc_record(url, "response", body, http_headers=head))
    records = list(iter_records(tmp_path / "a.warc"))
    assert [(one.kind, one.problem) for one in records] == [("warcinfo", None), ("response", None)]
