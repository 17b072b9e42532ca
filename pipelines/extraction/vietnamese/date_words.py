"""The words and formats of dates on Vietnamese portals, as data and as patterns.

All patterns match *plain* text (see ``plain``): single spaces, lower case, no diacritics. All
repetitions are bounded, so that a megabyte of spaces or digits takes linear time.
"""

from __future__ import annotations

import re
import unicodedata

VIETNAMESE_MONTHS = {
    1: "mot|gieng",
    2: "hai",
    3: "ba",
    4: "tu|bon",
    5: "nam",
    6: "sau",
    7: "bay",
    8: "tam",
    9: "chin",
    10: "muoi",
    11: "muoi mot|m. mot",
    12: "muoi hai|m. hai|chap",
}
ENGLISH_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august"),
    *("september", "october", "november", "december"),
)
UNITS = {"phut": "minutes", "gio": "hours", "tieng": "hours", "ngay": "days", "tuan": "weeks"}
DAYS_AGO = {"hom nay": 0, "hom qua": 1, "hom kia": 2}

_WEEKDAYS = (
    r"(?:thu (?:hai|ba|tu|nam|sau|bay|[2-7])|chu nhat|t[2-7]|cn"
    r"|(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?)"
)
_JOINT_WORDS = r"(?:ngay|luc|vao|hoi|at|on)"
_GAP = rf"(?:(?:{_WEEKDAYS}|{_JOINT_WORDS})\b|t(?=\d)|[ |,;:()\[\].\-/]){{0,16}}"


def _month_numbers() -> dict[str, int]:
    """Return the number of each month by its numerals and names."""
    numbers = {f"{prefix}{month}": month for prefix in ("", "0") for month in range(1, 13)}
    for month, words in VIETNAMESE_MONTHS.items():
        numbers |= dict.fromkeys(words.split("|"), month)
    for month, word in enumerate(ENGLISH_MONTHS, 1):
        numbers |= {word: month, word[:3]: month}
    return numbers | {"sept": 9}


MONTHS = _month_numbers()


def _any_of(words: list[str]) -> str:
    """Return an alternation that tries long words first: ``muoi hai`` before ``muoi``."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_ENGLISH = [word for word in MONTHS if word.startswith(tuple(m[:3] for m in ENGLISH_MONTHS))]
_VIETNAMESE = [word for word in MONTHS if word not in _ENGLISH]


def _month(name: str) -> str:
    """Return a pattern of a month as a word, in the group ``name`` or ``name + "_en"``."""
    return (
        rf"(?:(?:thang|thg|th)\.? ?(?P<{name}>{_any_of(_VIETNAMESE)})(?!\w)"
        rf"|(?P<{name}_en>{_any_of(_ENGLISH)})\b\.?)"
    )


_YEAR_END = (
    r"(?!\d|/[a-z]|[./-]\d+(?![\d:h]))"  # not in 12/11/2023/QD-UBND or in a telephone number
)
_START = r"(?<!\d)(?<!\d[./])(?<!\d\d\d-)"

DATE = re.compile(
    rf"{_START}(?:"
    rf"(?P<day>\d{{1,2}}) ?(?P<sign>[/.-]) ?(?P<month>\d{{1,2}}) ?(?P=sign) ?(?P<year>\d{{4}})"
    rf"{_YEAR_END}"
    r"|(?P<bare_day>\d{1,2}) (?P<bare_month>\d{1,2}) (?P<bare_year>\d{4})(?!\d|[./-]\d)"
    r"|(?P<iso_year>\d{4})(?P<iso_sign>[/.-])(?P<iso_month>\d{1,2})(?P=iso_sign)"
    r"(?P<iso_day>\d{1,2})(?!\d|[./-]\d)"
    rf"|(?P<word_day>\d{{1,2}})(?:st|nd|rd|th)?[ ,./-]{{0,3}}{_month('word_month')}"
    r"[ ,./-]{0,3}(?:nam )?(?P<word_year>\d{4})(?!\d))"
    rf"|\b{_month('first_month')}[ ,]{{1,3}}(?P<first_day>\d{{1,2}})(?:st|nd|rd|th)?[ ,]{{1,3}}"
    r"(?:nam )?(?P<first_year>\d{4})(?!\d)"
)
AGO = re.compile(rf"(?<!\w)(?P<count>\d{{1,3}}) (?P<unit>{_any_of([*UNITS])}) truoc\b")
NAMED_DAY = re.compile(rf"\b(?:{_any_of([*DAYS_AGO])})\b")

_NO_DATE = r"(?!\d|[/.-]\d)"  # the sign before is a dash, not the sign of an offset
_ZONE = (
    rf"(?P<zone>z\b| ?\(?(?:gmt|utc|ict) ?[+-] ?\d{{1,2}}(?::?\d\d)?{_NO_DATE}\)?"
    rf"| ?[+-]\d\d:?\d\d{_NO_DATE}|[+-]\d\d{_NO_DATE}| ?\(?(?:gmt|utc|ict)\b\)?)"
)
_CLOCK = (
    r"(?P<hour>\d{1,2})(?: ?: ?(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d{1,9})?)?(?![\d:])"
    r"| ?(?:gio|h|g)(?![a-z]| truoc) ?(?:(?P<minutes>\d{1,2})(?![\d/.-]) ?(?:(?:phut|p)\b|')?)?)"
    rf"(?: ?(?P<half>sa|ch|am|pm|a\.m\.|p\.m\.)(?!\w))?{_ZONE}?"
)
# NukeViet writes ``2023-11-21+0714:25:00``: the zone is before the time.
_CLOCK_BEHIND_ZONE = (
    r"(?P<early_zone>[+-]\d\d)(?P<late_hour>\d\d):(?P<late_minute>\d\d):(?P<late_second>\d\d)"
)
CLOCK_BEHIND = re.compile(rf"{_CLOCK_BEHIND_ZONE}|{_GAP}{_CLOCK}")
CLOCK_BEFORE = re.compile(rf"(?<![\d:/.]){_CLOCK}{_GAP}\Z")
BARE_DATE_BEFORE = re.compile(
    rf"\b(?:{_WEEKDAYS}|{_JOINT_WORDS}|dang|nhat)[ ,:\-(|]{{0,4}}(?:ngay )?\Z"
)
"""Must precede a date whose numbers only spaces separate: "thứ năm, 08 08 2019"."""

WEEKDAY_BEFORE = re.compile(rf"\b{_WEEKDAYS}[ ,\-(|]{{0,4}}(?:ngay )?\Z")

_SIGNS = dict.fromkeys("‐‑‒–—−", "-") | {"∶": ":", "：": ":", "•": "|", "·": "|", "’": "'"}


def _plain_letters() -> dict[int, str]:
    """Return the translation of letters and signs for ``plain``."""
    letters = [*range(0x41, 0x5B), *range(0xC0, 0x1B1), *range(0x1EA0, 0x1EFA)]
    bases = {code: unicodedata.normalize("NFD", chr(code))[0].lower() for code in letters}
    plain = {code: base for code, base in bases.items() if base.isascii()}
    return plain | str.maketrans({"đ": "d", "Đ": "d", **_SIGNS})


_PLAIN = _plain_letters()


def plain(text: str) -> str:
    """Return NFC text in lower case without diacritics; every character keeps its position."""
    return text.translate(_PLAIN)
