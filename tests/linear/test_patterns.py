"""No pattern of the crawling process takes time that grows with the square of a page."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from tests.linear.patterns import attacks, patterns

ROOMS = ("spiders.", "scraper.")
SMALL = 3_000
LEAST_SECONDS = 0.004
MOST_GROWTH = 9.0
ATTEMPTS = 3
ANCHORED = frozenset({"match", "fullmatch"})
ROOT = Path(__file__).parents[2]
PATTERNS = {place: one for place, one in patterns().items() if place.startswith(ROOMS)}


@cache
def source() -> str:
    files = (file for room in ("spiders", "scraper") for file in (ROOT / room).rglob("*.py"))
    return "\n".join(file.read_text() for file in files)


def is_anchored(place: str) -> bool:
    """Whether a pattern is only ever tried at the beginning of a text."""
    name = place.rpartition(".")[2]
    uses = set(re.findall(rf"\b{re.escape(name)}\.(\w+)\b", source()))
    return bool(uses) and uses <= ANCHORED


def seconds(pattern: re.Pattern[Any], text: str, anchored: bool) -> float:
    raw: Any = text.encode() if isinstance(pattern.pattern, bytes) else text
    began = process_time()
    (pattern.match if anchored else pattern.search)(raw)
    return process_time() - began


@pytest.mark.parametrize("place", PATTERNS)
def test_a_pattern_takes_time_in_proportion_to_its_text(place: str) -> None:
    pattern, anchored = PATTERNS[place], is_anchored(place)
    for start, piece, end in attacks(pattern):
        small, large = (start + piece * (size // len(piece)) + end for size in (SMALL, 4 * SMALL))
        if seconds(pattern, small, anchored) < LEAST_SECONDS:
            continue
        growth = min(
            seconds(pattern, large, anchored) / max(seconds(pattern, small, anchored), 1e-6)
            for _ in range(ATTEMPTS)
        )
        assert growth < MOST_GROWTH, (start, piece)
