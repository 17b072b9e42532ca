"""Classifies a URL as an article or a list before it is fetched, and learns from past runs."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from spiders.platforms.base import Kind, Platform

MIN_LOG_ODDS = 1.5
"""Log odds from which a URL counts as an article; below the negative value it is a list."""

DECLARED_LOG_ODDS = 4.0
"""Log odds of a URL that a platform's pattern matches: only many outcomes can outweigh them."""

MIN_AGREEING_URLS = 3
"""URLs that must agree before a query parameter is ignored."""

DETAIL_FOLDER = re.compile(
    r"(^|/)(chi-?tiet|details?|view|xem|post|content|article|bai-?viet|tin-?bai|news-?detail|story"
    r"|read)[a-z-]{0,12}(/|$)"
)
"""Path segments before an article's slug or id, for example ``/chi-tiet/``."""

LIST_PATH = re.compile(
    r"(^|/)(chuyen-?muc|chuyen-?trang|categor(y|ies)|danh-?muc|the-?loai|archives?|topics?|chu-?de)"
    r"(/[^/]+)?/?$|[/-](page|trang)[-/]?\d+(\.\w+)?/?$"
)
"""Path endings of a list, for example ``/chuyen-muc/kinh-te``."""

EXTENSION = re.compile(r"\.(html?|aspx?|php|chn|vnp|vov|jsp|epi|antd|tpo)$")
WORD = re.compile(r"[^\W\d_]+")
LEADING_ID = re.compile(r"\d{2,}[-_]")
TRAILING_TIMESTAMP = re.compile(r"(?<!\d)\d{12,}$")
TRAILING_ID = re.compile(r"(?:^|[-_./a-z])(\d{2,})$")
DATE_BEFORE_SLUG = re.compile(r"(19|20)\d\d[-/]?(0?[1-9]|1[0-2])([-/]?\d\d?)?[-/][^a-z]{0,40}[a-z]")
ID_VALUE = re.compile(r"^\d{3,}$|^[0-9a-f]{8}-[0-9a-f-]{27}$|^[A-Z]{4,}\d+$", re.I)


class UrlClassifier:
    """Scores the URLs of one source by what URLs of the same shape turned out to be.

    A shape that was never observed has the score of ``general_score``. Not thread-safe.
    """

    def __init__(self, outcomes: Iterable[tuple[str, bool]] = ()) -> None:
        """``outcomes`` are pairs of a URL and whether it was an article, from earlier runs."""
        self._articles: Counter[str] = Counter()
        self._lists: Counter[str] = Counter()
        for url, is_article in outcomes:
            self.observe(url, is_article)

    def observe(self, url: str, is_article: bool) -> None:
        """Learn whether a fetched URL was an article."""
        (self._articles if is_article else self._lists).update(_shapes(url))

    def score(self, url: str) -> float:
        """Return the log odds that a URL is an article."""
        for shape in _shapes(url):
            articles, lists = self._articles[shape], self._lists[shape]
            if articles + lists:
                return general_score(url) + 1.5 * math.log((articles + 0.5) / (lists + 0.5))
        return general_score(url)


def classify_url(url: str, platform: Platform, url_classifier: UrlClassifier) -> Kind:
    """Return what a URL probably leads to, from its platform's patterns and its shape."""
    return kind_from_score(url_score(url, platform, url_classifier))


def url_score(url: str, platform: Platform, url_classifier: UrlClassifier) -> float:
    """Return the log odds that a URL is an article, its platform's patterns included."""
    declared = platform.kind(path_and_query(url))
    weight = {"article": DECLARED_LOG_ODDS, "listing": -DECLARED_LOG_ODDS, "unknown": 0.0}[declared]
    return weight + url_classifier.score(url)


def kind_from_score(score: float) -> Kind:
    """Return the kind for log odds; ``unknown`` if they are near 0."""
    return (
        "article" if score >= MIN_LOG_ODDS else "listing" if score <= -MIN_LOG_ODDS else "unknown"
    )


def path_and_query(url: str) -> str:
    """Return the path and query of a URL, which the patterns of platforms are matched with."""
    parts = urlsplit(url)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


@lru_cache(maxsize=2048)
def general_score(url: str) -> float:
    """Return the log odds that a URL of an unknown site is an article.

    The URL of an article has the slug of a title, a number or a date; that of a list is short.
    """
    parts = urlsplit(url)
    path = unquote(parts.path).lower()
    folder, _, name = path.rstrip("/").rpartition("/")
    stem = EXTENSION.sub("", name)
    is_bare_detail = bool(parts.query and DETAIL_FOLDER.fullmatch(stem))
    is_detail = is_bare_detail or bool(DETAIL_FOLDER.search(folder + "/"))
    has_id = bool(TRAILING_ID.search(stem) or LEADING_ID.match(stem))
    return (
        (0.0 if is_bare_detail else _slug_score(folder, stem))
        + _query_score(parts.query)
        + 2.0 * has_id
        + 2.0 * bool(TRAILING_TIMESTAMP.search(stem))
        + 3.5 * bool(DATE_BEFORE_SLUG.search(path))
        + 1.0 * is_detail
        + 0.5 * bool(EXTENSION.search(path) and stem.count("-") > 2)
        - 3.0 * bool(LIST_PATH.search(path))
        - 2.0 * (path in ("", "/") and not parts.query)
    )


def _slug_score(folder: str, stem: str) -> float:
    """Score the number of words in the slug; the title of an article has seven or more.

    The slug is the last path segment, or the one before it if the last has no letters.
    """
    slug = stem if WORD.search(stem) else folder.rpartition("/")[2]
    words = len(WORD.findall(slug))
    return (-2.5, -2.0, -2.0, -1.5, -0.8, 0.3, 1.0, 1.6, 2.2)[min(words, 8)]


def _query_score(query: str) -> float:
    values = [value for _, value in parse_qsl(query)]
    slug = max((len(WORD.findall(value)) for value in values), default=0)
    has_id = any(ID_VALUE.match(value) for value in values)
    return 1.5 * has_id + (2.0 if slug >= 6 else 0.0)


@lru_cache(maxsize=2048)
def _shapes(url: str) -> tuple[str, str]:
    """Return the shape of a URL within its first folder, and its shape anywhere on the site."""
    parts = urlsplit(url)
    segments = [segment for segment in unquote(parts.path).lower().split("/") if segment]
    names = sorted({name.lower() for name, _ in parse_qsl(parts.query, keep_blank_values=True)})
    masked = "/".join(map(_mask, segments)) + "?" + "&".join(names)
    folder = segments[0] if len(segments) > 1 else ""
    return f"{folder}:{masked}", masked


def _mask(segment: str) -> str:
    """Return a path segment with its words counted and its numbers masked."""
    extension = EXTENSION.search(segment)
    stem = EXTENSION.sub("", segment)
    words = len(WORD.findall(stem))
    numbers = "".join("0" if len(digits) < 6 else "00" for digits in re.findall(r"\d+", stem)[-1:])
    return f"{'long' if words > 4 else 'short' if words else ''}{numbers}" + (
        extension[0] if extension else ""
    )


def learn_ignored_params(fetched: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Return the query parameters (lower case) that change nothing on a source.

    Takes pairs of a URL and the content hash of its article. A parameter is ignored if at least
    ``MIN_AGREEING_URLS`` pages were the same under different values of it (or without it), and no
    value of it ever gave another page.
    """
    same: dict[str, int] = defaultdict(int)
    differs: set[str] = set()
    for (_, name), contents in _variants(fetched).items():
        hashes = set(contents.values())
        if len(hashes) > 1:
            differs.add(name)
        elif len(contents) > 1:
            same[name] += 1
    return frozenset(name for name, count in same.items() if count >= MIN_AGREEING_URLS) - differs


def _variants(fetched: Iterable[tuple[str, str]]) -> dict[tuple[str, str], dict[str | None, str]]:
    """For each URL without one of its parameters, return the hash under each value of it."""
    pages = [(urlsplit(url), content) for url, content in fetched]
    names = {name.lower() for parts, _ in pages for name, _ in parse_qsl(parts.query)}
    variants: dict[tuple[str, str], dict[str | None, str]] = defaultdict(dict)
    for parts, content in pages:
        query = [(name.lower(), value) for name, value in parse_qsl(parts.query)]
        for name in names:
            rest = urlencode([pair for pair in query if pair[0] != name])
            url = urlunsplit((*parts[:3], rest, ""))
            variants[url, name][dict(query).get(name)] = content
    return variants
