"""Bylines: whom a short line names as the author, and whom as the source.

An agency or office is a source, never an author; a role account (``admin``, ``PV``) is nobody.
A line is judged as a whole: "Theo kế hoạch…" is prose.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from pipelines.papers import papers
from pipelines.text import fold, normalise

LONGEST = 120
MOST_NAMES = 6

_WORK = (
    r"(?:tin|bài viết|bài|ảnh|hình ảnh|hình|clip|video|đồ họa|đồ hoạ|thiết kế|trình bày|kỹ thuật"
    r"|dựng|quay phim|ghi|thực hiện|nội dung|biên soạn|biên tập|tổng hợp|text|photos?|words)"
)
_LABEL = re.compile(
    rf"(?P<work>{_WORK}(?:\s*(?:,|/|&|\+|-|–|và)\s*{_WORK}|\s+{_WORK})*)\s*[:：]\s*"
    r"|(?P<author>người viết|tác giả|người thực hiện|người đăng|đưa tin|by|written by|author"
    r"|reported by|story by)\s*[:：]?\s+(?=\S)"
    r"|(?P<sourced>dẫn nguồn|nguồn tin|nguồn bài|nguồn|theo|source)\s*[:：]\s*"
    r"|(?P<source>dẫn nguồn|nguồn|theo)\s+(?=\S)",
    re.IGNORECASE,
)
_PICTURE_WORK = frozenset(
    [
        "anh",
        "hinh anh",
        "hinh",
        "clip",
        "video",
        "do hoa",
        "thiet ke",
        "trinh bay",
        "photo",
        "photos",
    ]
)
_SEPARATOR = re.compile(r"\s*(?:,|;|&|\+|\s[-–—]\s|–|—|\||\svà\s|\sand\s)\s*")
_SLASHED = re.compile(r"^(?P<name>[^/()]+?)\s*(?:/\s*(?P<agency>[^/()]+)|\((?P<inside>[^()]+)\))$")
_INITIALS = re.compile(r"^(?:[A-ZĐ][a-zđ]?\.\s?){1,3}[A-ZĐ]{1,3}[a-z]{0,2}\.?$|^(?:[A-ZĐ]\.){2,4}$")
_WORD = re.compile(r"^[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?$")
_SENTENCE_END = re.compile(r"[^.A-ZĐ]\.$|[!?…:;]$")


@dataclass(frozen=True, slots=True)
class Byline:
    """Whom a line names: ``author`` (several parted by ", ") and ``agency``, either may be None."""

    author: str | None
    agency: str | None
    raw: str


@dataclass(frozen=True, slots=True)
class _Names:
    surnames: frozenset[str]
    no_names: frozenset[str]
    places: frozenset[str]
    titles: tuple[str, ...]
    roles: frozenset[str]


def read_byline(line: str) -> Byline | None:
    """What a line says of its author, None where it is no byline.

    Reads labelled lines (``Tin, ảnh: B.NG``, ``Tác giả: …``, ``Nguồn: …``, ``(Theo TTXVN)``) and
    bare names (``Tuấn Tú``, ``NHẬT XUÂN - NGHI VŨ``, ``T.T``, ``Thu Hà/TTXVN``), and the bare
    name of an office (``Công an huyện``), which is a source.
    """
    text = normalise(line).strip("*•–—- ")
    if not text or len(text) > LONGEST:
        return None
    inner = text[1:-1].strip() if text[0] == "(" and text[-1] == ")" else text
    label = _LABEL.match(inner)
    if label is not None and label.end() < len(inner):
        return _labelled(label, inner[label.end() :].strip(), line, inner is not text)
    if label is not None:
        return None
    return _bare(inner, line)


def is_person_name(text: str) -> bool:
    """Whether a text without a label is a person's name or initials, and nothing else."""
    name = _untitled(text.strip().strip(".,"))
    if _INITIALS.match(text.strip()):
        return True
    words = name.split()
    if not 2 <= len(words) <= 5 or not all(_WORD.match(word) for word in words):
        return False
    if not all(word[0].isupper() for word in words):
        return False
    names = _names()
    if fold(name) in names.places:
        return False
    rest = words[1:] if words[0].lower() in names.surnames else words
    return not any(word.lower() in names.no_names for word in rest)


def _labelled(label: re.Match[str], rest: str, raw: str, in_brackets: bool) -> Byline | None:
    if label["source"] or label["sourced"]:
        return _sourced(rest, raw, bool(label["sourced"]) or in_brackets)
    if label["work"] and all(
        fold(part) in _PICTURE_WORK for part in re.split(r"[,/&+–-]|\svà\s", label["work"]) if part
    ):
        return Byline(None, None, raw)
    if len(rest) > 90 or _SENTENCE_END.search(rest):
        return None
    authors, agency = _people(rest, named=True)
    if not authors and not agency and not _is_role(rest):
        return None
    return Byline(", ".join(authors) or None, agency, raw)


def _sourced(rest: str, raw: str, certain: bool) -> Byline | None:
    """A source line: certain behind a colon or in brackets, else only for names that are known."""
    name = rest.rstrip(".")
    known = papers().is_agency(name) or papers().is_office(name)
    parts = [part for part in _SEPARATOR.split(name) if part]
    if not known and len(parts) > 1:
        known = all(papers().is_agency(part) or is_person_name(part) for part in parts)
    if known or (certain and len(name.split()) <= 12):
        people = [part for part in parts[:-1] if is_person_name(part)]
        return Byline(", ".join(people) or None, name, raw)
    return None


def _bare(text: str, raw: str) -> Byline | None:
    if _is_role(text):
        return Byline(None, None, raw)
    if papers().is_office(text) and not _SENTENCE_END.search(text):
        return Byline(None, text, raw)
    authors, agency = _people(text, named=False)
    if authors or agency:
        return Byline(", ".join(authors) or None, agency, raw)
    return None


def _people(text: str, *, named: bool) -> tuple[list[str], str | None]:
    """The persons that a list of names holds and the agency beside them; none where one is odd.

    ``named`` tells that a label announced names: then a single word may be one (a pen name).
    """
    if papers().is_office(text):
        return [], text
    authors: list[str] = []
    agency: str | None = None
    parts = [part.strip() for part in _SEPARATOR.split(text) if part.strip()]
    if len(parts) > MOST_NAMES:
        return [], None
    for part in parts:
        slashed = _SLASHED.match(part)
        name = slashed["name"].strip() if slashed else part
        if slashed and not _is_role(beside := slashed["agency"] or slashed["inside"]):
            agency = beside
        if _is_role(name):
            continue
        if is_person_name(name) or (named and _is_pen_name(name)):
            authors.append(_untitled(name))
        elif papers().is_agency(name) or papers().is_office(name):
            agency = name
        else:
            return [], None
    return authors, agency


def _is_pen_name(text: str) -> bool:
    words = text.split()
    if not 1 <= len(words) <= 6 or _is_role(text):
        return False
    return all(word[0].isupper() or word[0].isdigit() for word in words) and len(text) <= 40


def _is_role(text: str) -> bool:
    return fold(text).strip(" .:") in _names().roles


def _untitled(name: str) -> str:
    lower = name.lower()
    for title in _names().titles:
        if lower.startswith((f"{title} ", f"{title}: ")):
            return name[len(title) :].lstrip(" :")
    return name


@lru_cache(maxsize=1)
def _names() -> _Names:
    text = (files("pipelines.vietnamese") / "names.toml").read_text(encoding="utf-8")
    data: dict[str, list[str]] = tomllib.loads(text)
    return _Names(
        surnames=frozenset(map(str.lower, data["surnames"])),
        no_names=frozenset(map(str.lower, data["no_names"])),
        places=frozenset(map(fold, data["places"])),
        titles=tuple(sorted(data["titles"], key=len, reverse=True)),
        roles=frozenset(map(fold, data["roles"])),
    )
