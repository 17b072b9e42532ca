"""Log lines: one event a line, nothing in it that acts on a terminal or tells a secret."""

from __future__ import annotations

import logging
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.log_lines import LineFormatter


def line(text: str, error: BaseException | None = None) -> str:
    trace = (type(error), error, None) if error else None
    record = logging.LogRecord("x", logging.WARNING, "x.py", 1, "read url=%s", (text,), trace)
    return LineFormatter().format(record)


@pytest.mark.fault(72)
@given(st.text())
def test_nothing_that_a_site_writes_moves_the_cursor_or_begins_a_line(text: str) -> None:
    told = line(f"\x1b[2J\x1b]0;title\x07 \u202e{text}", ValueError(f"\r\n{text}"))
    assert [letter for letter in told if unicodedata.category(letter) == "Cc"] == []
    assert len(told.splitlines()) == 1


@pytest.mark.fault(72)
@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("http://xa.example/a?token=s3cret&id=5", "http://xa.example/a?token=***&id=5"),
        ("http://xa.example/a?id=5&PHPSESSID=s3cret", "http://xa.example/a?id=5&PHPSESSID=***"),
        ("http://lan:s3cret@xa.example/", "http://***@xa.example/"),
        ("http://xa.example/a?id=5", "http://xa.example/a?id=5"),
    ],
)
def test_secrets_in_addresses_are_struck_out(address: str, told: str) -> None:
    assert line(address).endswith(f"read url={told}")
    assert "s3cret" not in line("", ValueError(address))
