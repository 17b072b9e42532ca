"""Lines and marks in Vietnamese and common English that are never part of an article.

The phrases are in ``boilerplate.toml``. A line is compared as a whole, because most uses of a
phrase such as "tin liên quan" are in prose.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from pipelines.extraction.vietnamese.dates import is_mostly_date
from pipelines.text import fold, normalise

MAX_LINE_CHARS = 320
"""Characters of the longest boilerplate line (a copyright notice). Longer lines are not checked."""

MAX_NAME_WORDS = 9
MAX_LABELLED_CHARS = 200

_DECORATION = " \t:;.,…-–—_*•●■►▶▸»«›‹>→<←+|/\\#\"“”'()[]{}!?"
_VALUE_SIGNS = frozenset(":#>»|")
"""Signs between a label and its value. ``#`` is a count."""

_NUMBER = re.compile(r"\d[\d.,]*")
_COUNT = re.compile(r"(?:(?<![ (\[])[ (\[]+)?#[)\]]*$")
_WORD = re.compile(r"[\w+]+|#")

_Prefixes = dict[str, list[tuple[str, str]]]
"""Prefixes of lines and their kinds, by their first characters."""


@dataclass(frozen=True, slots=True)
class _Phrases:
    """The phrases of ``boilerplate.toml``, prepared for lookup."""

    lines: dict[str, str]
    leads: _Prefixes
    labels: _Prefixes
    counted: _Prefixes
    words: dict[str, frozenset[str]]
    units: frozenset[str]
    patterns: re.Pattern[str]
    kinds: tuple[str, ...]


def boilerplate_line(line: str) -> str | None:
    """Return the kind of boilerplate that a line is as a whole, or None.

    The kinds are ``related``, ``interaction``, ``tools``, ``meta`` and ``boilerplate``. A label
    with a value that the article needs (``Tác giả: Tuấn Tú``, ``Nguồn: …``) is not boilerplate.
    """
    return _kind_of_line(line) if len(line) <= MAX_LINE_CHARS else None


@lru_cache(maxsize=4096)
def _kind_of_line(line: str) -> str | None:
    """Return the kind of a short line. The result is cached because several rules ask for it."""
    text = normalise(line)
    key = _NUMBER.sub("#", fold(text))
    bare = key.strip(_DECORATION)
    phrases = _phrases()
    kind = phrases.lines.get(bare)
    if kind is None and "#" in key:
        kind = phrases.lines.get(_COUNT.sub("", key).strip(_DECORATION))
    if kind or not bare:
        return kind
    return (
        _kind_with_name(text, phrases)
        or _kind_with_label(key, phrases)
        or _kind_of_words(bare, phrases)
        or _kind_by_pattern(bare, key, phrases)
    )


def _kind_with_name(text: str, phrases: _Phrases) -> str | None:
    """Return the kind of a heading with a category: ``Tin cùng chuyên mục Xây dựng Đảng``."""
    leads = phrases.leads.get(fold(text.lstrip(_DECORATION)[:2]))
    words = text.strip(_DECORATION).split() if leads else []
    for lead, kind in leads or ():
        size = len(lead.split())
        rest = words[size:]
        if fold(" ".join(words[:size])) != lead or len(rest) > MAX_NAME_WORDS:
            continue
        if rest and (rest[0][:1].isupper() or rest[0][:1] in "\"“'"):
            return kind
    return None


def _kind_with_label(key: str, phrases: _Phrases) -> str | None:
    """Return the kind of a label with its value (``Xem thêm: …``) or count (``Thích: 12``)."""
    line = key.lstrip(_DECORATION)
    if len(line) > MAX_LABELLED_CHARS:
        return None
    for label, kind in phrases.labels.get(line[:2], ()):
        if line.startswith(label) and line[len(label) :].lstrip(" (")[:1] in _VALUE_SIGNS:
            return kind
    for label, kind in phrases.counted.get(line[:2], ()):
        if line.startswith(label) and phrases.units.issuperset(_WORD.findall(line[len(label) :])):
            return kind
    return None


def _kind_of_words(bare: str, phrases: _Phrases) -> str | None:
    """Return the kind of a row of buttons: ``Chia sẻ Facebook Twitter Zalo``."""
    first = _WORD.search(bare)
    for kind, known in phrases.words.items():
        if first and first[0] in known and known.issuperset(_WORD.findall(bare)):
            return kind
    return None


def _kind_by_pattern(bare: str, key: str, phrases: _Phrases) -> str | None:
    """Return the kind of a line that matches a pattern as a whole."""
    found = phrases.patterns.fullmatch(bare)
    if found is None and key[:1] + key[-1:] != bare[:1] + bare[-1:]:
        found = phrases.patterns.fullmatch(key)
    return phrases.kinds[(found.lastindex or 1) - 1] if found else None


@lru_cache(maxsize=1)
def _phrases() -> _Phrases:
    """Return the phrases of ``boilerplate.toml``, which are read once."""
    text = (files("pipelines.extraction.vietnamese") / "boilerplate.toml").read_text(
        encoding="utf-8"
    )
    data: dict[str, dict[str, list[str]]] = tomllib.loads(text)
    units = frozenset(map(fold, data.pop("units")["words"]))
    patterns = {kind: table["patterns"] for kind, table in data.items() if "patterns" in table}
    return _Phrases(
        lines={
            _undecorated(line) or fold(line): kind for line, kind in _phrases_of_form(data, "lines")
        },
        leads=_by_first_characters(_phrases_of_form(data, "leads")),
        labels=_by_first_characters(_phrases_of_form(data, "labels")),
        counted=_by_first_characters(_phrases_of_form(data, "counted")),
        words={
            kind: frozenset(_WORD.findall(fold(" ".join(["#", *table["words"]]))))
            for kind, table in data.items()
            if "words" in table
        },
        units=units,
        patterns=re.compile("|".join(map(_group, patterns.values()))),
        kinds=tuple(patterns),
    )


def _undecorated(line: str) -> str:
    """Return a folded line without decoration at its ends."""
    return fold(line).strip(_DECORATION)


def _phrases_of_form(data: dict[str, dict[str, list[str]]], form: str) -> Iterator[tuple[str, str]]:
    """Yield the phrases of a form with their kinds. The first kind of a phrase counts."""
    for kind, table in reversed(data.items()):
        for phrase in table.get(form, ()):
            yield phrase, kind


def _by_first_characters(phrases: Iterable[tuple[str, str]]) -> _Prefixes:
    """Return prefixes by their first two characters, long ones first."""
    starts: _Prefixes = {}
    for phrase, kind in sorted(phrases, key=lambda pair: len(pair[0]), reverse=True):
        starts.setdefault(fold(phrase)[:2], []).append((fold(phrase), kind))
    return starts


def _group(patterns: list[str]) -> str:
    """Return the patterns of a kind as one capturing group, whose number identifies the kind."""
    return "(" + re.sub(r"(?<!\\)\((?!\?)", "(?:", "|".join(patterns)) + ")"


MAX_MARK_CHARS = 16
"""Characters at the end of a paragraph that are searched for the mark."""

_SIGNS = " \t./…-–"
_MARK = re.compile(r"\s*(?P<own>\.{3}|…|\.)?[\s–-]*\.?\s*/[\s/]*(?:\.[\s/–-]*){0,2}")
_ENDED = re.compile(r"[.!?…:;][”\"’»)\]]*$")
_ADDRESS = re.compile(r"://|\w\.[a-z]{2,}/")


def strip_end_mark(paragraph: str) -> tuple[str, bool]:
    """Return the paragraph without the end mark, and whether it had one.

    The full stop of the sentence is kept, or added if the mark replaced it: ``… Huyện ủy./.``
    becomes ``… Huyện ủy.``. Document numbers (``03-ĐA/TU``), blanks in forms (``số …/…``) and URLs
    are not end marks. A paragraph that is only an end mark becomes empty.
    """
    if "/" not in paragraph[-MAX_MARK_CHARS:]:
        return paragraph, False
    body = paragraph.rstrip(_SIGNS)
    run = paragraph[len(body) :]
    found = _MARK.fullmatch(run) if len(run) <= MAX_MARK_CHARS and "." in run else None
    if found is None or _ADDRESS.search(body.rsplit(None, 1)[-1] if body else ""):
        return paragraph, False
    if body and found["own"] in ("…", "..."):
        body += found["own"]
    elif body and not _ENDED.search(body):
        body += "."
    return body, True


MAX_FIELDS_LINE_CHARS = 240
"""Characters of a line of labelled fields."""

MIN_FIELDS = 2
_SEPARATOR = re.compile(r"(?<!\s)\s+[-–—]\s+|(?:(?<!\s)\s+)?[|•·]\s*|\t")
_LABEL = re.compile(
    r"(?:nguoi (?:dang|gui|viet)|dang (?:boi|ngay|luc)|tac gia|chuyen muc|danh muc|the loai|muc"
    r"|tu khoa|the|tags?|(?:so )?luot (?:xem|doc|truy cap)|ngay (?:dang|viet|cap nhat|xuat ban)"
    r"|cap nhat|published by|publicado por|posted (?:by|in|on)|author|categor(?:y|ies|ia|ias)|views"
    r"|updated)\s*:(?!\S*//)"
)
"""Labels of fields (folded), with their colon."""


@lru_cache(maxsize=4096)
def is_info_line(line: str) -> bool:
    """Whether a line is mostly a date, or a row of fields: "5/10 - Chuyên mục: Y tế"."""
    return is_mostly_date(line) or is_fields_line(line)


def is_fields_line(line: str) -> bool:
    """Whether a line is a row of several labelled fields, with or without a date."""
    if len(line) > MAX_FIELDS_LINE_CHARS or ":" not in line:
        return False
    parts = [part for part in _SEPARATOR.split(fold(line)) if part.strip()]
    labelled = sum(bool(_LABEL.match(part)) for part in parts)
    dates = sum(is_mostly_date(part) for part in parts)
    return labelled > 0 and labelled + dates >= max(MIN_FIELDS, len(parts) - 1)
