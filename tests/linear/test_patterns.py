"""No pattern takes time that grows with the square of what others wrote."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from functools import cache
from time import process_time
from typing import Any

import pytest

from pipelines.extraction import imprint, standing_pages
from pipelines.extraction.vietnamese import boilerplate, bylines
from tests.linear.inline import ROOT, hidden_imports, inline_calls, source_files
from tests.linear.patterns import attacks, patterns

SMALL = 3_000
LEAST_SECONDS = 0.004
MOST_GROWTH = 9.0
ATTEMPTS = 3
ANCHORED = frozenset({"match", "fullmatch"})
REPEATED = frozenset({"sub", "subn", "split", "findall", "finditer"})

BOUNDED = {
    "pipelines.extraction.standing_pages._NAME_END": standing_pages._MAX_NAME_CHARS,
    "pipelines.extraction.vietnamese.boilerplate._phrases().patterns": boilerplate.MAX_LINE_CHARS,
    "pipelines.extraction.vietnamese.bylines._BESIDE": bylines.MAX_BYLINE_CHARS,
    "pipelines.extraction.vietnamese.bylines._DONE_BY": bylines.MAX_BYLINE_CHARS,
    "pipelines.extraction.vietnamese.bylines._NEXT_LABEL": bylines.MAX_BYLINE_CHARS,
    "pipelines.extraction.vietnamese.boilerplate._MARK": boilerplate.MAX_MARK_CHARS,
    "pipelines.extraction.imprint._PUBLISHER": imprint._MAX_HEAD_CHARS,
}
"""Patterns that see only short texts, and the most characters that each of them sees."""

MOST_SECONDS = 0.02
"""Processor time that one of the bounded patterns may take on one text."""

FOUND_IN_RESULT = "found in what the function returns"
BUILT = {
    "pipelines.extraction.vietnamese.boilerplate._phrases": FOUND_IN_RESULT,
    "pipelines.extraction.vietnamese.captions._words.anywhere": FOUND_IN_RESULT,
    "pipelines.extraction.vietnamese.legacy_encodings._read_font": FOUND_IN_RESULT,
    "scraper.demo.platform.Platform._list_named": "reads the demo's own requests only",
    "scraper.config.toml_file.line_of": "reads the user's own file only",
    "scraper.config.table_entries.line_of_entry": "reads the user's own file only",
    "spiders.discovery.traps._any_of": "makes constants of its module",
}
"""Functions that build a pattern, and why the list of patterns lacks none of theirs."""

INLINE = {call.place: call for call in inline_calls()}
CONSTANTS = patterns()
PATTERNS = CONSTANTS | {call.place: call.pattern for call in INLINE.values() if call.pattern}
TABLE = ROOT / "pipelines" / "extraction" / "vietnamese" / "boilerplate.toml"
PHRASES = [
    re.compile(pattern)
    for table in tomllib.loads(TABLE.read_text()).values()
    for pattern in table.get("patterns", ())
]


@cache
def source() -> str:
    return "\n".join(file.read_text() for file in source_files())


def uses_of(place: str) -> set[str]:
    """The methods by which a pattern is used, as far as its name tells."""
    if place in INLINE:
        return {INLINE[place].call}
    name = place.rpartition(".")[2]
    return set(re.findall(rf"\b{re.escape(name)}\.(\w+)\b", source()))


def applied(pattern: re.Pattern[Any], uses: set[str]) -> Callable[[Any], object]:
    """What the program does at most with a pattern."""
    if uses and uses <= ANCHORED:
        return pattern.match if "match" in uses else pattern.fullmatch
    if uses & REPEATED:
        return lambda text: sum(1 for _ in pattern.finditer(text))
    return pattern.search


def seconds(apply: Callable[[Any], object], text: str | bytes) -> float:
    began = process_time()
    apply(text)
    return process_time() - began


def text_of(pattern: re.Pattern[Any], attack: tuple[str, str, str], size: int) -> str | bytes:
    start, piece, end = attack
    text = start + piece * (size // len(piece)) + end
    return text.encode() if isinstance(pattern.pattern, bytes) else text


@pytest.mark.fault(45)
@pytest.mark.parametrize("place", [place for place in PATTERNS if place not in BOUNDED])
def test_a_pattern_takes_time_in_proportion_to_its_text(place: str) -> None:
    pattern = PATTERNS[place]
    apply = applied(pattern, uses_of(place))
    for attack in attacks(pattern):
        small, large = (text_of(pattern, attack, size) for size in (SMALL, 4 * SMALL))
        if seconds(apply, small) < LEAST_SECONDS:
            continue
        growth = min(
            seconds(apply, large) / max(seconds(apply, small), 1e-6) for _ in range(ATTEMPTS)
        )
        assert growth < MOST_GROWTH, attack


@pytest.mark.parametrize("place", BOUNDED)
def test_a_pattern_of_short_texts_takes_little_time_on_the_longest(place: str) -> None:
    pattern, longest = PATTERNS[place], BOUNDED[place]
    assert_quick(pattern, applied(pattern, uses_of(place)), longest)


@pytest.mark.parametrize("pattern", PHRASES, ids=lambda one: one.pattern[:40])
def test_a_phrase_of_the_table_takes_little_time_on_the_longest_line(
    pattern: re.Pattern[str],
) -> None:
    assert_quick(pattern, pattern.fullmatch, boilerplate.MAX_LINE_CHARS)


def assert_quick(pattern: re.Pattern[Any], apply: Callable[[Any], object], longest: int) -> None:
    for start, piece, end in attacks(pattern):
        text = (start + piece * longest)[: longest - len(end)] + end
        if seconds(apply, text) > MOST_SECONDS:
            assert min(seconds(apply, text) for _ in range(ATTEMPTS)) < MOST_SECONDS, text


def test_every_pattern_inside_a_function_is_tried() -> None:
    built = {call.function for call in INLINE.values() if call.pattern is None}
    assert built == set(BUILT)
    assert hidden_imports() == []


def test_patterns_from_tables_are_tried() -> None:
    for function in ("boilerplate._phrases", "captions._words", "legacy_encodings._fonts"):
        assert any(f"pipelines.extraction.vietnamese.{function}()" in place for place in CONSTANTS)
