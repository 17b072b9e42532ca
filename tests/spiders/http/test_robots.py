"""robots.txt: what an answer means, and what is read of it (RFC 9309)."""

from __future__ import annotations

from time import process_time

import pytest

from spiders.http.robots import (
    FORBIDDEN,
    MAX_ROBOTS_BYTES,
    MAX_WILDCARD_RULES,
    TOO_MANY_RULES,
    Rules,
    read_robots,
    rules_of,
)


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


@pytest.mark.fault(30, 83)
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


def rules_with(*lines: str) -> Rules:
    return read_robots("\n".join(["User-agent: *", *lines]).encode())


@pytest.mark.fault(30)
def test_of_too_many_wildcards_only_what_stands_before_them_counts() -> None:
    many = [f"Disallow: /an-{number}/*/in" for number in range(2 * MAX_WILDCARD_RULES)]
    rules = rules_with(*many, "Disallow: /kin")
    assert rules.refusal("http://xa.example/tin/1.html") is None
    assert rules.refusal("http://xa.example/kin") == FORBIDDEN
    assert rules.refusal("http://xa.example/an-1/tin/in") == FORBIDDEN
    assert rules.refusal("http://xa.example/an-1/tin") is None
    last = f"http://xa.example/an-{2 * MAX_WILDCARD_RULES - 1}/tin"
    assert rules.refusal(last) == TOO_MANY_RULES


@pytest.mark.fault(30)
def test_no_wildcard_beyond_the_limit_allows_what_it_forbids() -> None:
    many = [f"Disallow: /*x{number}$" for number in range(2 * MAX_WILDCARD_RULES)]
    last = f"http://xa.example/tin/x{2 * MAX_WILDCARD_RULES - 1}"
    assert not rules_with(*many, "Allow: /tin/").allows(last)


@pytest.mark.fault(30)
def test_wildcards_for_others_and_repeated_ones_do_not_count() -> None:
    others = [f"Disallow: /*{number}" for number in range(2 * MAX_WILDCARD_RULES)]
    repeated = ["Disallow: /*.pdf$"] * 2 * MAX_WILDCARD_RULES
    rules = read_robots(
        "\n".join(["User-agent: other", *others, "", "User-agent: *", *repeated]).encode()
    )
    assert rules.shortened is None
    assert rules.allows("http://xa.example/tin/7.html")
    assert not rules.allows("http://xa.example/7.pdf")


@pytest.mark.fault(30)
@pytest.mark.parametrize(
    "rule", ["Disallow: /*a*a*a*a*a*b", "Disallow: /*a{}*a*b$", "Disallow: /a{}*b", "Allow: /*{}$"]
)
def test_a_megabyte_of_wildcards_costs_little(rule: str) -> None:
    body = "User-agent: *\n" + "\n".join(rule.format(number) for number in range(40_000))
    began = process_time()
    rules = read_robots(body.encode())
    for number in range(20):
        rules.allows(f"http://xa.example/{'a' * 200}{number}.html")
    assert process_time() - began < 1


@pytest.mark.fault(83)
def test_what_stands_beyond_the_bound_is_not_read() -> None:
    rule = b"User-agent: *\nDisallow: /tin\n"
    beyond = b"#" * MAX_ROBOTS_BYTES + b"\n" + rule
    assert not read_robots(rule + b"#" * MAX_ROBOTS_BYTES).allows("http://cong.localhost/tin")
    assert read_robots(beyond).allows("http://cong.localhost/tin")
