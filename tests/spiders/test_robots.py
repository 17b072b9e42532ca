"""robots.txt: what an answer means, and what is read of it (RFC 9309)."""

from __future__ import annotations

import pytest

from spiders.http.robots import read_robots, rules_of


@pytest.mark.fault(28)
@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_robots_txt_that_is_not_there_allows(status: int) -> None:
    rules = rules_of(status, b"User-agent: *\nDisallow: /")
    assert rules is not None
    assert rules.allows("http://xa.example/tin")


@pytest.mark.fault(29)
@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_robots_txt_that_fails_gives_no_rules(status: int) -> None:
    assert rules_of(status, b"User-agent: *\nAllow: /") is None


@pytest.mark.fault(30)
def test_robots_txt_is_read_to_half_a_megabyte_and_more() -> None:
    filler = b"# Cong thong tin\n" * 31_000
    assert len(filler) > 512_000
    assert not read_robots(filler + b"User-agent: *\nDisallow: /an").allows("http://xa.example/an")


@pytest.mark.fault(30)
@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbfUser-agent: *\r\nDisallow: /an\r\n",
        "User-agent: *\nDisallow: /an\n".encode("utf-16"),
        b"\xfe\xff" + "User-agent: *\nDisallow: /an\n".encode("utf-16-be"),
        b"User-agent: *\rDisallow: /an\r",
        b"user-agent: TinHuyen\nDISALLOW: /an\n\nUser-agent: *\nAllow: /\n",
        b"\x00\xff\xfe rubbish\nUser-agent: *\nDisallow: /an",
    ],
)
def test_robots_txt_is_read_however_it_is_written(body: bytes) -> None:
    rules = read_robots(body)
    assert not rules.allows("http://xa.example/an/1")
    assert rules.allows("http://xa.example/tin")
