"""Bylines: the author and the source that a short line names.

An agency or office is a source, not an author. A role account (``admin``, ``PV``) is nobody. Who
only made the pictures is not an author of the text. A line is read as a whole, because "Theo kế
hoạch…" is prose.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipelines.extraction.vietnamese.boilerplate import strip_end_mark
from pipelines.extraction.vietnamese.names import (
    begins_with_surname,
    is_initials,
    is_named_theo,
    is_pen_name,
    is_person_name,
    is_post,
    is_role,
    without_post,
    without_title,
)
from pipelines.extraction.vietnamese.organisations import organisations
from pipelines.text import normalise

MAX_BYLINE_CHARS = 120
MAX_NAMES = 6
MAX_SOURCE_WORDS = 12
MAX_LABELLED_CHARS = 90

_PICTURE = (
    r"(?:hình ảnh|ảnh|hình|clip|video|đồ họa|đồ hoạ|thiết kế|trình bày|kỹ thuật|dựng|quay phim"
    r"|photos?)"
)
_WORK = (
    r"(?:tin|bài viết|bài|thực hiện|t/?h|nội dung|biên soạn|biên tập|tổng hợp|ghi|text"
    rf"|words|{_PICTURE})"
)
_JOINT = r"(?:\s*(?:,|/|&|\+|-|–|và)\s*|\s+)"
_WRITER = (
    r"(?:tác giả bài viết|tác giả|người viết bài|người viết|người thực hiện|người đưa tin"
    r"|người đăng|đưa tin|written by|by|viết bởi|bởi|author|reported by|story by)"
)
_SOURCE = r"(?:dẫn nguồn|nguồn tin|nguồn bài|nguồn|theo|source)"
_LABEL = re.compile(
    rf"(?P<pictures>{_PICTURE}(?:{_JOINT}{_PICTURE})*+)\s*[:：]\s*"
    rf"|(?P<work>{_WORK}(?:{_JOINT}{_WORK})*+)\s*[:：]\s*"
    rf"|(?P<pair>(?:tin|bài){_JOINT}ảnh)\s+(?=[A-ZÀ-ỸĐ])"
    rf"|(?P<writer>{_WRITER})(?:\s*[:：]\s*|\s+(?=\S))"
    rf"|(?P<sourced>{_SOURCE})\s*[:：]\s*"
    r"|(?P<source>dẫn nguồn|nguồn|theo)\s+(?=\S)",
    re.IGNORECASE,
)
_DONE_BY = re.compile(
    r"(?P<people>.+?)\s+(?:tổng hợp|\(?(?:thực hiện|lược dịch|biên dịch|dịch|lược ghi|ghi)\)?)\.?",
    re.IGNORECASE,
)
_NEXT_LABEL = re.compile(
    rf"(?:(?<!\s)\s+)?[,;.|–—-]\s*"
    rf"(?=(?:{_WORK}(?:{_JOINT}{_WORK})*+|{_WRITER}|{_SOURCE})\s*[:：])",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"(?:(?<!\s)\s+)?(?:[,;|–—]|\s[-&+]\s|\s(?:và|and)\s)\s*")
_HYPHEN = re.compile(r"(?<=\w)-(?=\w)")
_BESIDE = re.compile(
    r"(?P<people>[^/()]+?)\s*(?:/\s*(?P<slashed>[^()]+)|\((?:theo |nguồn:? )?(?P<inside>[^()]+)\)"
    r"|\stheo (?P<after>[^/()]+))",
    re.IGNORECASE,
)
_DESK = re.compile(r"[A-ZĐ]{2,6}(?:[&+-][A-ZĐ]+)?")
"""The initials of an office after a name in small letters: ``Lê Na - BMO``."""

_THEO = re.compile(r"theo(?:\s*[:：])?\s+", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[^.A-ZĐ]\.$|[!?…:;]$")


@dataclass(frozen=True, slots=True)
class Byline:
    """The author and the agency in a line. Several authors are separated by ", "."""

    author: str | None
    agency: str | None
    raw: str


@lru_cache(maxsize=1024)
def read_byline(line: str) -> Byline | None:
    """Return the author and the source that a line names, or None if it is not a byline.

    Reads lines with a label (``Tin, ảnh: B.NG``, ``Tác giả: …``, ``Nguồn: …``, ``(Theo TTXVN)``),
    names alone (``Tuấn Tú``, ``NHẬT XUÂN - NGHI VŨ``, ``T.T``, ``Thu Hà/TTXVN``) and the name of an
    office alone (``Công an huyện``), which is a source.
    """
    text = (
        strip_end_mark(normalise(line))[0].strip("*•–—- ")
        if len(line) <= 2 * MAX_BYLINE_CHARS
        else ""
    )
    if not text or len(text) > MAX_BYLINE_CHARS:
        return None
    whole = _NEXT_LABEL.split(text) if ":" in text or "：" in text else [text]
    parts = [_read_part(part, line) for part in whole]
    if len(parts) == 1 or None in parts:
        return parts[0] if len(parts) == 1 else _read_part(text, line)
    read = [part for part in parts if part]
    authors = [part.author for part in read if part.author]
    agencies = [part.agency for part in read if part.agency]
    return Byline(", ".join(authors) or None, next(iter(agencies), None), line)


def read_signature(line: str) -> Byline | None:
    """Read a line that looks like a signature (right-aligned, last); pen names count, too."""
    byline = read_byline(line)
    if byline is not None or len(line) > MAX_BYLINE_CHARS:
        return byline
    text = strip_end_mark(normalise(line))[0]
    if is_named_theo(text):
        return Byline(text, None, line)
    after = _THEO.match(text)
    names = _split_names(text[after.end() :]) if after else []
    if names and all(map(is_person_name, names)):
        return Byline(", ".join(map(without_title, names)), None, line)
    names = _split_names(line.strip())
    if any(len(name.split()) < 2 or not name.istitle() for name in names):
        return None
    return _read_people(line.strip(), is_labelled=True, raw=line)


def _read_part(text: str, raw: str) -> Byline | None:
    """Read one label with its value, or one name."""
    inner = _unbracketed(text)
    label = _LABEL.match(inner)
    if label is None:
        done = _DONE_BY.fullmatch(inner)
        people = _read_people(done["people"], is_labelled=False, raw=raw) if done else None
        return people if people and people.author else _read_unlabelled(inner, raw)
    value = _unbracketed(inner[label.end() :].strip())
    if not value:
        return None
    if label["source"] or label["sourced"]:
        if is_named_theo(inner):
            return Byline(inner, None, raw)
        named = _THEO.match(inner) and _named_after_theo(value, raw)
        return named or _read_source(
            value, raw, is_certain=bool(label["sourced"]) or inner is not text
        )
    if label["pictures"]:
        return Byline(None, None, raw) if _read_people(value, is_labelled=True, raw=raw) else None
    if len(value) > MAX_LABELLED_CHARS or (_SENTENCE_END.search(value) and not is_role(value)):
        value = value.removesuffix(".")
        if len(value) > MAX_LABELLED_CHARS or not is_person_name(value):
            return None
    return _read_people(value, is_labelled=not label["pair"], raw=raw)


def _unbracketed(text: str) -> str:
    """Return a text without brackets around the whole of it."""
    is_whole = text[:1] + text[-1:] in ("()", "[]") and not re.search(r"[()\[\]]", text[1:-1])
    return text[1:-1].strip() if is_whole else text


def _read_source(value: str, raw: str, *, is_certain: bool) -> Byline | None:
    """Read the value of a source label.

    A colon or brackets make it a source (``is_certain``); otherwise only known names are.
    """
    value = value.rstrip(".")
    people, agency = _agency_beside(value)
    if agency and is_person_name(people):
        return Byline(without_title(people), agency, raw)
    if organisations().is_source(value) or (is_certain and len(value.split()) <= MAX_SOURCE_WORDS):
        return Byline(None, value, raw)
    parts = [part for part in _SEPARATOR.split(value.replace("/", ",")) if part]
    if len(parts) > 1 and all(
        organisations().is_source(part) or is_person_name(part) for part in parts
    ):
        return Byline(None, value, raw)
    return None


def _named_after_theo(value: str, raw: str) -> Byline | None:
    """Read the persons after ``Theo``, which must have a family name; most names are newspapers."""
    names = [without_title(name) for name in _split_names(value.rstrip("."))]
    if organisations().is_source(value.rstrip(".")) or not all(
        is_person_name(name) and begins_with_surname(name) and not organisations().is_source(name)
        for name in names
    ):
        return None
    return Byline(", ".join(names), None, raw) if len(names) <= MAX_NAMES else None


def _read_unlabelled(text: str, raw: str) -> Byline | None:
    """Read a line without a label."""
    if organisations().is_office(text) and not is_person_name(text) and _SENTENCE_END.search(text):
        return None
    return _read_people(text, is_labelled=False, raw=raw)


def _read_people(text: str, *, is_labelled: bool, raw: str) -> Byline | None:
    """Read a list of names and the agency beside them, or None if a part is not a name.

    After a label, a single word may be a pen name, and a common word may be a newspaper (``Thanh
    Niên``).
    """
    if is_role(text):
        return Byline(None, None, raw)
    is_paper = organisations().is_source(text, is_bare=True) and organisations().is_agency(text)
    is_paper = is_paper and not is_initials(text)
    is_source = organisations().is_source(text, is_bare=not is_labelled) and not is_person_name(
        text
    )
    if is_paper or is_source:
        return Byline(None, text, raw)
    people, agency = _agency_beside(text)
    names = [without_post(name) for name in _split_names(people)]
    if len(names) > 1:
        names = [name for name in names if not is_post(name)] or names
    if len(names) > MAX_NAMES or not all(
        is_role(name) or is_person_name(name) or (is_labelled and is_pen_name(name))
        for name in names
    ):
        return None
    authors = [without_title(_without_stop(name)) for name in names if not is_role(name)]
    if agency and is_role(agency):
        agency = None
    return Byline(", ".join(authors) or None, agency, raw)


def _agency_beside(text: str) -> tuple[str, str | None]:
    """Return people and the agency after them: ``Thu Hà/TTXVN``, ``X (theo Y)``."""
    found = _BESIDE.fullmatch(text)
    if found is not None and found["slashed"] and _are_two_persons(text):
        return ", ".join(map(str.strip, text.split("/"))), None
    if found is not None:
        agency = (found["slashed"] or found["inside"] or found["after"]).strip()
        if agency[:1].isupper() or is_role(agency) or organisations().is_source(agency):
            return found["people"], agency
    for separator in _SEPARATOR.finditer(text):
        rest = text[separator.end() :]
        if organisations().is_source(rest) and not is_person_name(rest):
            return text[: separator.start()], rest
        if _DESK.fullmatch(rest) and not text[: separator.start()].isupper():
            return text[: separator.start()], rest
    return text, None


def _are_two_persons(text: str) -> bool:
    """Whether a slash separates persons, not a person and an agency: ``Lê Na/Trần Bình``."""
    names = [name.strip() for name in text.split("/")]
    return all(
        is_person_name(name) and begins_with_surname(name) and not organisations().is_source(name)
        for name in names
    )


def _split_names(people: str) -> list[str]:
    """Return the names of a list; single hyphens separate them, too: ``Thu Hằng-Minh Đức``."""
    names = [name for name in _SEPARATOR.split(people) if name]
    closer = [part for name in names for part in _HYPHEN.split(name)]
    if all(len(part.split()) > 1 and is_person_name(part) for part in closer):
        return closer
    return names


def _without_stop(name: str) -> str:
    """Return a name without the final full stop, except that of initials (``B.NG.``)."""
    return name if name[-2:-1].isupper() else name.removesuffix(".")
