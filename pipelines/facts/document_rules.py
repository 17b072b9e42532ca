"""Documents: a kind with a number, a law by its name, and further numbers behind the first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.facts.analysis import Words, is_lower_acronym, longest_phrase
from pipelines.facts.vocabulary import vocabulary

_PART = r"[-/](?:\d{1,4}|[A-ZĐƯ&][A-ZĐƯa-zđưộ0-9&]{0,14}(?:\.[A-ZĐƯ]{1,3}){0,2})"
_SPACED = r" {0,2}- ?[A-ZĐƯ]{2,6}(?![a-zà-ỹ])|(?<=/) ?[A-ZĐƯ]{2,8}(?![a-zà-ỹ])"
_NUMBER = r"\d{1,6}[A-Za-zĐđ]{0,3}(?:" + _PART + "|" + _SPACED + r"){0,5}(?![\w%])"
_NUMBERED = re.compile(r" {0,2}(?P<label>[Ss][ốô]:? {0,2})?(?P<number>" + _NUMBER + ")")
_FURTHER = re.compile(r"(?:,|;|,? và|) {1,2}(?P<label>số:? {0,2})?(?P<number>" + _NUMBER + ")")
_DAY = re.compile(
    r",? {0,2}\(?,?(?:ký |ban hành )?ngày {0,2}(\d{1,2}) {0,2}(?:[/.-]|tháng) {0,2}(\d{1,2})"
    r" {0,2}(?:[/.-]|,? ?năm) {0,2}(\d{4})\)?"
)
_YEAR = re.compile(
    r"(?: \(sửa đổi(?:, bổ sung)?\))?(?: (?:sửa đổi )?(?:năm )?(?:19|20)\d\d)?(?: \(sửa đổi\))?"
)
_PLENUM = re.compile(
    r" (?:Trung ương|TW|T\.Ư)(?: lần thứ)? (?:\d{1,2}|[IVX]{1,5})\b"
    r"(?:,? \(?[Kk]hóa [IVX]{1,5}\)?)?"
    r"| Đại hội[^,.;:\x00]{0,50}? lần thứ (?:[IVXL]{1,6}|\d{1,3})\b"
)
_DATE_LIKE = re.compile(r"\d{1,2}/\d{1,2}(?:/\d{4})?")
_LAW_NUMBER = re.compile(r" {1,2}(?:số:? {0,2})?(\d{1,3}/\d{4}/QH\d{1,2})(?!\w)")
MAX_LAW_WORDS = 10
LISTED_ONLY = frozenset({"điều lệ"})
"""Kinds that count by a name only if it is in the list of laws."""


@dataclass(frozen=True, slots=True)
class DocumentAtom:
    """The words of a document; offsets count characters, ``stop`` is behind its date."""

    start: int
    end: int
    stop: int
    kind: str
    number: str | None
    date: str | None
    rule: str


def documents_at(words: Words, at: int) -> list[DocumentAtom]:
    """Return the documents that begin at a word, the numbers of a list each as one."""
    found = longest_phrase(words, at, vocabulary().documents)
    if found is None or is_lower_acronym(words, at, found[0], vocabulary().acronyms):
        return []
    (end, kind), text = found, words.same
    first = (
        _numbered(words, at, end, kind, text)
        or _plenum(words, at, end, text)
        or _law(words, at, end, kind, text)
    )
    if first is None:
        return []
    return [first, *_further(words, first, text)] if first.number else [first]


def _numbered(words: Words, at: int, end: int, kind: str, text: str) -> DocumentAtom | None:
    match = _NUMBERED.match(text, words.ends[end - 1])
    if match is None:
        return None
    number = _clean(match["number"])
    if not match["label"] and not _is_number_of(words, at, kind, number, match.end()):
        return None
    stop = match.start("number") + len(match["number"].rstrip())
    day = _DAY.match(text, stop)
    rule = "kind and number" if match["label"] else "kind and number without label"
    return DocumentAtom(
        words.starts[at],
        stop,
        day.end() if day else stop,
        words.text[words.starts[at] : words.ends[end - 1]],
        words.text[match.start("number") : stop],
        _iso(day),
        rule,
    )


def _clean(number: str) -> str:
    return number.strip()


def _is_number_of(words: Words, at: int, kind: str, number: str, stop: int) -> bool:
    """Whether a number without "số" is that of a document, not a quantity or a day."""
    if _DATE_LIKE.fullmatch(number):
        return False
    if "/" in number or "-" in number:
        return any(letter.isalpha() for letter in number)
    if kind not in vocabulary().bare_documents or not words.capitals[at]:
        return False
    following = words.index_at(stop)
    if following >= len(words.words):
        return True
    separate = words.gaps[following]
    return (
        separate not in ("%", "/", ".", "-") or words.starts[following] - stop > 1
        if separate
        else (words.keys[following] not in vocabulary().units)
    )


def _iso(day: re.Match[str] | None) -> str | None:
    if day is None:
        return None
    number, month, year = map(int, day.groups())
    return f"{year}-{month:02}-{number:02}" if 1 <= number <= 31 and 1 <= month <= 12 else None


def _plenum(words: Words, at: int, end: int, text: str) -> DocumentAtom | None:
    """A resolution that is called by the session of the Central Committee."""
    if words.keys[at:end] != ["nghị", "quyết"]:
        return None
    match = _PLENUM.match(text, words.ends[end - 1])
    if match is None:
        return None
    kind = words.text[words.starts[at] : words.ends[end - 1]]
    return DocumentAtom(words.starts[at], match.end(), match.end(), kind, None, None, "plenum")


def _law(words: Words, at: int, end: int, kind: str, text: str) -> DocumentAtom | None:
    """A law or ordinance by its name, with its year if that is written."""
    if kind not in vocabulary().named_documents or not words.capitals[at]:
        return None
    if kind == "hiến pháp":
        return _with_year(words, at, end, end, text, "name of a law")
    if end >= len(words.words) or words.gaps[end] or not words.capitals[end]:
        return None
    found = longest_phrase(words, end, vocabulary().laws)
    if found is None and kind in LISTED_ONLY:
        return None
    if found is not None:
        return _with_year(words, at, end, found[0], text, "name of a law")
    return _with_year(words, at, end, _law_end(words, end), text, "unknown law")


def _law_end(words: Words, at: int) -> int:
    stops, end = vocabulary().law_stops, at + 1
    while end < min(at + MAX_LAW_WORDS, len(words.words)):
        if (
            words.gaps[end]
            or words.keys[end] in stops
            or words.capitals[end]
            or words.words[end].isdigit()
        ):
            break
        end += 1
    return end


def _with_year(
    words: Words, at: int, kind_end: int, end: int, text: str, rule: str
) -> DocumentAtom | None:
    match = _YEAR.match(text, words.ends[end - 1])
    stop = match.end() if match else words.ends[end - 1]
    if rule == "name of a law" and end == kind_end and stop == words.ends[end - 1]:
        return None
    numbered = _LAW_NUMBER.match(text, stop)
    stop = numbered.end() if numbered else stop
    day = _DAY.match(text, stop)
    kind = words.text[words.starts[at] : words.ends[kind_end - 1]]
    number = numbered[1] if numbered else None
    return DocumentAtom(
        words.starts[at], stop, day.end() if day else stop, kind, number, _iso(day), rule
    )


def _further(words: Words, first: DocumentAtom, text: str) -> Iterator[DocumentAtom]:
    """Yield the numbers that follow in a list: "số 150/2025/NĐ-CP, 151/2025/NĐ-CP"."""
    stop = first.stop
    while match := _FURTHER.match(text, stop):
        number = match["number"].rstrip()
        is_coded = ("/" in number or "-" in number) and any(map(str.isalpha, number))
        if not (is_coded or match["label"]) or _DATE_LIKE.fullmatch(number):
            return
        start = match.start("label") if match["label"] else match.start("number")
        end = match.start("number") + len(number)
        day = _DAY.match(text, end)
        stop = day.end() if day else end
        yield DocumentAtom(
            start,
            end,
            stop,
            first.kind,
            words.text[match.start("number") : end],
            _iso(day),
            "further number",
        )


def number_key(number: str) -> str:
    """Return a number without blanks, zeros in front, and in one spelling."""
    return number.replace(" ", "").replace("–", "-").replace("Ð", "Đ").lstrip("0").upper()


def number_head(number: str) -> str:
    """Return the digits with which a number begins, which short forms name: "03" of "03-ĐA/TU"."""
    found = re.match(r"\d+", number_key(number))
    return found.group() if found else ""
