"""Classifies a URL as an article's or a list's before it is fetched, and learns from outcomes."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlsplit

from spiders.platforms.base import Kind, Platform

MIN_LOG_ODDS = 1.5
"""Log odds from which an address counts as an article's, or below minus which as a list's."""

DECLARED_LOG_ODDS = 4.0
"""Log odds that the pattern of a platform is worth: it takes many outcomes to refute one."""

DETAIL = re.compile(
    r"(^|/)(chi-?tiet|details?|view|xem|post|content|article|bai-?viet|tin-?bai|news-?detail|story"
    r"|read)[a-z-]{0,12}(/|$)"
)
"""Parts of a path that announce an article, where another part or a parameter follows."""

LIST = re.compile(
    r"(^|/)(chuyen-?muc|chuyen-?trang|categor(y|ies)|danh-?muc|the-?loai|archives?|topics?|chu-?de)"
    r"(/[^/]+)?/?$|[/-](page|trang)[-/]?\d+(\.\w+)?/?$"
)
"""Endings of a path that announce a list."""

EXTENSION = re.compile(r"\.(html?|aspx?|php|chn|vnp|vov|jsp|epi|antd|tpo)$")
WORD = re.compile(r"[^\W\d_]+")
FIRST_ID = re.compile(r"\d{2,}[-_]")
MOMENT = re.compile(r"(?<!\d)\d{12,}$")
FINAL_ID = re.compile(r"(?:^|[-_./a-z])(\d{2,})$")
DATED = re.compile(r"(19|20)\d\d[-/]?(0?[1-9]|1[0-2])([-/]?\d\d?)?[-/][^a-z]{0,40}[a-z]")
IDENTIFIER = re.compile(r"^\d{3,}$|^[0-9a-f]{8}-[0-9a-f-]{27}$|^[A-Z]{4,}\d+$", re.I)


class UrlClassifier:
    """What the addresses of one source have turned out to be, by their shapes.

    Nothing is known at first; then general experience judges alone. Not thread-safe.
    """

    def __init__(self, outcomes: Iterable[tuple[str, bool]] = ()) -> None:
        """Take pairs of address and whether it was an article, from earlier runs."""
        self._articles: Counter[str] = Counter()
        self._lists: Counter[str] = Counter()
        for url, is_article in outcomes:
            self.observe(url, is_article)

    def observe(self, url: str, is_article: bool) -> None:
        """Learn what an address turned out to be."""
        (self._articles if is_article else self._lists).update(_shapes(url))

    def score(self, url: str) -> float:
        """Log odds that the address is an article's, from its form and what is known."""
        for shape in _shapes(url):
            articles, lists = self._articles[shape], self._lists[shape]
            if articles + lists:
                return general_score(url) + 1.5 * math.log((articles + 0.5) / (lists + 0.5))
        return general_score(url)


def address_kind(url: str, platform: Platform, url_classifier: UrlClassifier) -> Kind:
    """What an address leads to, as far as its platform and its form tell."""
    return kind_of(address_score(url, platform, url_classifier))


def address_score(url: str, platform: Platform, url_classifier: UrlClassifier) -> float:
    """Log odds that an address is an article's."""
    declared = platform.kind(path_and_query(url))
    weight = {"article": DECLARED_LOG_ODDS, "listing": -DECLARED_LOG_ODDS, "unknown": 0.0}[declared]
    return weight + url_classifier.score(url)


def kind_of(score: float) -> Kind:
    """The kind that log odds stand for."""
    return (
        "article" if score >= MIN_LOG_ODDS else "listing" if score <= -MIN_LOG_ODDS else "unknown"
    )


def path_and_query(url: str) -> str:
    """What a platform's patterns are searched in."""
    parts = urlsplit(url)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


@lru_cache(maxsize=2048)
def general_score(url: str) -> float:
    """Log odds that an address of a site never seen is an article's.

    An article's address carries the slug of a title, a number or a date; a list's is short.
    """
    parts = urlsplit(url)
    path = unquote(parts.path).lower()
    folder, _, name = path.rstrip("/").rpartition("/")
    stem = EXTENSION.sub("", name)
    is_bare_detail = bool(parts.query and DETAIL.fullmatch(stem))
    is_detail = is_bare_detail or bool(DETAIL.search(folder + "/"))
    has_id = bool(FINAL_ID.search(stem) or FIRST_ID.match(stem))
    return (
        (0.0 if is_bare_detail else _slug_score(folder, stem))
        + _query_score(parts.query)
        + 2.0 * has_id
        + 2.0 * bool(MOMENT.search(stem))
        + 3.5 * bool(DATED.search(path))
        + 1.0 * is_detail
        + 0.5 * bool(EXTENSION.search(path) and stem.count("-") > 2)
        - 3.0 * bool(LIST.search(path))
        - 2.0 * (path in ("", "/") and not parts.query)
    )


def _slug_score(folder: str, stem: str) -> float:
    """What the number of words in an address's slug tells; titles have seven and more.

    The slug is the last part of the path that is not a mere number.
    """
    slug = stem if WORD.search(stem) else folder.rpartition("/")[2]
    words = len(WORD.findall(slug))
    return (-2.5, -2.0, -2.0, -1.5, -0.8, 0.3, 1.0, 1.6, 2.2)[min(words, 8)]


def _query_score(query: str) -> float:
    values = [value for _, value in parse_qsl(query)]
    slug = max((len(WORD.findall(value)) for value in values), default=0)
    has_id = any(IDENTIFIER.match(value) for value in values)
    return 1.5 * has_id + (2.0 if slug >= 6 else 0.0)


@lru_cache(maxsize=2048)
def _shapes(url: str) -> tuple[str, str]:
    """The shape of an address within its first folder, and anywhere on the site."""
    parts = urlsplit(url)
    segments = [segment for segment in unquote(parts.path).lower().split("/") if segment]
    names = sorted({name.lower() for name, _ in parse_qsl(parts.query, keep_blank_values=True)})
    masked = "/".join(map(_mask, segments)) + "?" + "&".join(names)
    folder = segments[0] if len(segments) > 1 else ""
    return f"{folder}:{masked}", masked


def _mask(segment: str) -> str:
    """A segment with its words counted and its numbers masked."""
    extension = EXTENSION.search(segment)
    stem = EXTENSION.sub("", segment)
    words = len(WORD.findall(stem))
    numbers = "".join("0" if len(digits) < 6 else "00" for digits in re.findall(r"\d+", stem)[-1:])
    return f"{'long' if words > 4 else 'short' if words else ''}{numbers}" + (
        extension[0] if extension else ""
    )
