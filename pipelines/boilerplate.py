"""Lines that are furniture of a page in Vietnamese (or common English), and never its article.

The phrases are data (``vietnamese/boilerplate.toml``). A line is judged as a whole: of ten uses
of "tin liên quan" found in the wild at least six were prose.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from pipelines.text import fold, normalise

LONGEST = 320
"""Characters of the longest furniture line (a copyright notice); longer ones are not looked at."""

MOST_NAME_WORDS = 9
MOST_LABELLED_CHARACTERS = 200

_DECORATION = " \t:;.,…-–—_*•●■►▶▸»«›‹>→<←+|/\\#\"“”'()[]{}!?"
_NUMBER = re.compile(r"\d[\d.,]*")
_COUNT = re.compile(r"[ (\[]*#[)\]]*$")


@dataclass(frozen=True, slots=True)
class _Phrases:
    lines: dict[str, str]
    leads: dict[str, list[tuple[str, str]]]
    labels: dict[str, list[tuple[str, str]]]
    patterns: re.Pattern[str]
    kinds: tuple[str, ...]


def boilerplate_line(line: str) -> str | None:
    """The kind of furniture that a line is as a whole, None for what may be the article's.

    Kinds: ``related``, ``interaction``, ``tools``, ``meta``, ``furniture``. A label with a value
    that the article needs (``Tác giả: Tuấn Tú``, ``Nguồn: …``) is no furniture.
    """
    if len(line) > LONGEST:
        return None
    text = normalise(line)
    key = _NUMBER.sub("#", fold(text))
    bare = key.strip(_DECORATION)
    phrases = _phrases()
    kind = phrases.lines.get(bare) or phrases.lines.get(_COUNT.sub("", key).strip(_DECORATION))
    if kind or not bare:
        return kind
    return _with_name(text, phrases) or _with_label(key, phrases) or _by_pattern(bare, key, phrases)


def _with_name(text: str, phrases: _Phrases) -> str | None:
    """A heading that goes on with a category's name: ``Tin cùng chuyên mục Xây dựng Đảng``."""
    words = text.strip(_DECORATION).split()
    for lead, kind in phrases.leads.get(fold(" ".join(words[:2])), ()):
        size = len(lead.split())
        rest = words[size:]
        if fold(" ".join(words[:size])) != lead or len(rest) > MOST_NAME_WORDS:
            continue
        if rest and (rest[0][:1].isupper() or rest[0][:1] in "\"“'"):
            return kind
    return None


def _with_label(key: str, phrases: _Phrases) -> str | None:
    """A label with its value: ``Lượt xem: 12``, ``Xem thêm: <a title>``."""
    if len(key) > MOST_LABELLED_CHARACTERS:
        return None
    line = key.lstrip(_DECORATION)
    for label, kind in phrases.labels.get(line[:2], ()):
        if line.startswith(label):
            rest = line[len(label) :].lstrip(" (")
            if rest[:1] in (":", "#", ">", "»", "|"):
                return kind
    return None


def _by_pattern(bare: str, key: str, phrases: _Phrases) -> str | None:
    found = phrases.patterns.fullmatch(bare) or phrases.patterns.fullmatch(key.strip())
    return phrases.kinds[(found.lastindex or 1) - 1] if found else None


@lru_cache(maxsize=1)
def _phrases() -> _Phrases:
    text = (files("pipelines.vietnamese") / "boilerplate.toml").read_text(encoding="utf-8")
    data: dict[str, dict[str, list[str]]] = tomllib.loads(text)
    lines: dict[str, str] = {}
    leads: dict[str, list[tuple[str, str]]] = {}
    labels: dict[str, list[tuple[str, str]]] = {}
    groups: list[str] = []
    kinds: list[str] = []
    for kind, phrases in data.items():
        for line in phrases.get("lines", ()):
            lines.setdefault(fold(line).strip(_DECORATION) or fold(line), kind)
        for lead in map(fold, phrases.get("leads", ())):
            leads.setdefault(" ".join(lead.split()[:2]), []).append((lead, kind))
        for label in sorted(map(fold, phrases.get("labels", ())), key=len, reverse=True):
            labels.setdefault(label[:2], []).append((label, kind))
        if "patterns" in phrases:
            kinds.append(kind)
            inner = "|".join(phrases["patterns"])
            groups.append("(" + re.sub(r"(?<!\\)\((?!\?)", "(?:", inner) + ")")
    return _Phrases(lines, leads, labels, re.compile("|".join(groups)), tuple(kinds))
