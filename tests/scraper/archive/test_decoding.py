"""Content encodings: undone whole or not at all."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from contextlib import suppress

import brotli
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from scraper.archive.decoding import MAX_PARTS, TooLargeError, TruncatedError, decode

TEXT = "Bà con xóm Suối Thử sửa đường ra bến. ".encode() * 500
LARGEST = 1_000_000


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


PACKED = {
    "gzip": gzip.compress(TEXT),
    "deflate": zlib.compress(TEXT),
    "raw deflate": raw_deflate(TEXT),
    "br": brotli.compress(TEXT),
    "zstd": zstd.compress(TEXT),
}


def unpack(name: str, body: bytes, largest: int = LARGEST) -> bytes:
    return decode(body, name.removeprefix("raw "), largest)


@pytest.mark.parametrize("name", PACKED)
def test_a_whole_body_is_decoded(name: str) -> None:
    assert unpack(name, PACKED[name]) == TEXT


@pytest.mark.fault(8)
@pytest.mark.parametrize("name", PACKED)
@pytest.mark.parametrize("left", [0.5, 0.9])
def test_half_a_body_is_never_passed_on(name: str, left: float) -> None:
    body = PACKED[name]
    with pytest.raises(TruncatedError):
        unpack(name, body[: int(len(body) * left)])


@pytest.mark.fault(8)
def test_a_gzip_body_without_its_trailer_is_truncated() -> None:
    with pytest.raises(TruncatedError):
        unpack("gzip", PACKED["gzip"][:-4])


@pytest.mark.fault(10)
@pytest.mark.parametrize("name", PACKED)
def test_a_body_that_grows_too_large_is_stopped(name: str) -> None:
    with pytest.raises(TooLargeError):
        unpack(name, PACKED[name], largest=len(TEXT) - 1)


def test_gzip_may_come_in_several_members() -> None:
    assert decode(gzip.compress(b"a") + gzip.compress(b"b"), "gzip", 10) == b"ab"


@pytest.mark.fault(77)
def test_parts_without_end_are_too_large() -> None:
    with pytest.raises(TooLargeError):
        decode(gzip.compress(b"") * (MAX_PARTS + 1), "gzip", LARGEST)


def test_encodings_are_undone_in_their_order() -> None:
    assert decode(gzip.compress(zlib.compress(TEXT)), "deflate, gzip", LARGEST) == TEXT


def test_plain_text_under_a_lying_header_is_kept() -> None:
    assert decode(b"<html>tin</html>", "gzip", LARGEST) == b"<html>tin</html>"


@pytest.mark.fault(76)
@pytest.mark.parametrize("encode", [gzip.compress, zlib.compress, raw_deflate])
def test_several_parts_are_one_body(encode: Callable[[bytes], bytes]) -> None:
    encoding = "gzip" if encode is gzip.compress else "deflate"
    parts = [encode(TEXT[:50]), encode(TEXT[50:])]
    assert decode(b"".join(parts), encoding, LARGEST) == TEXT
    with pytest.raises(TruncatedError):
        decode(b"".join(parts)[:-6], encoding, LARGEST)


@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate", "br", "zstd", "x, gzip"]))
def test_no_body_is_read_but_whole_or_refused(body: bytes, name: str) -> None:
    with suppress(TruncatedError, TooLargeError):
        assert len(decode(body, name, 1000)) <= 1000
