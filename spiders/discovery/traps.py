"""Crawler traps: URLs that show no article, or that never end (calendars, growing paths)."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from urllib.parse import unquote, urlsplit

MAX_URL_CHARS = 2000
"""Characters of a URL; servers refuse longer ones, and only loops produce them."""

MAX_PATH_SEGMENTS = 16
MAX_QUERY_PARAMS = 20
"""More than real URLs have; the longest are DotNetNuke's paths and Liferay's queries."""

TRAP_PATHS = {
    "portal_state": r"/!ut/p/",
    "print": r"/(print|printer|in-?bai(-viet)?|in-?trang|in-?an|ban-?in)([/.]|$)",
    "save": r"/(savefile|save|luu-?bai(-viet)?)([/.]|$)",
    "mail": r"/(sendmail|send-?mail|mailto|gui-?(email|mail|bai))([/.]|$)",
    "login": r"/(wp-login\.php|log-?in|log-?out|sign-?in|sign-?up|dang-?nhap|dang-?ky|register"
    r"|users?/(login|register|lostpass|password)|_layouts|portal/login|wp-admin)([/.]|$)",
    "search": r"/(@@)?(search|tim-?kiem|seek)([/.]|$)",
    "tag": r"/(tags?|tu-?khoa|keywords?)(/|$)",
    "author": r"/(author|tac-gia)/",
    "banner": r"/(banners?|ads?|adclick|quang-cao)/(click|redirect)",
    "comment": r"/(comment-page-\d+|comments?/feed|comment/reply)(/|$)",
    "twin": r"/(amp|mobile)(/|\.html?)?$|[.-]amp(\.html?)?$|^/(m|mobile|amp)/",
    "machine": r"/(wp-json|xmlrpc\.php|api|cdn-cgi|trackback|node/add|cart|gio-hang)([/.]|$)",
}
TRAP_PARAMS = {
    "print": r"^(print|isprint|inbai|printpage|printview)="
    r"|^(tmpl=component|format=pdf|p_p_state=pop_up)$",
    "mail": r"^option=com_mailto$|^task=mailto|^sendmail=",
    "login": r"^(nv=users|option=com_users|op=login|ctl=(login|register|sendpassword))$",
    "search": r"^(s|q|query|keyword|tukhoa|searchword|search)=(?!\d+$|[^=]*/)|^nv=seek$"
    r"|^option=com_search$",
    "tag": r"^(tags?|tukhoa)=|^op=tag(/|$)",
    "banner": r"^nv=banners$|^(bannerid|adclick)=",
    "comment": r"^(replytocom|showcomment|share)=",
    "twin": r"^(amp|mobile|theme)=|^(view|display|device|mode)=(mobile|amp|print)$",
    "calendar": r"^(tribe-bar-date|ical|outlook-ical)=",
}


def _any_of(patterns: dict[str, str]) -> re.Pattern[str]:
    """Join the patterns; ``lastgroup`` of a match is the key of the pattern that matched."""
    named = (f"(?P<{reason}>{pattern})" for reason, pattern in patterns.items())
    return re.compile("|".join(named), re.I)


TRAP_PATH = _any_of(TRAP_PATHS)
TRAP_PARAM = _any_of(TRAP_PARAMS)

ASSET_PATH = re.compile(
    r"\.(jpe?g|png|gif|webp|svg|ico|bmp|tiff?|css|js|json|woff2?|ttf|eot|map|mp3|mp4|m4a|wav|avi"
    r"|flv|wmv|mov|webm|m3u8|swf|exe|apk|ics|vcf)$",
    re.I,
)
DOCUMENT_PATH = re.compile(r"\.(pdf|docx?|xlsx?|pptx?|odt|ods|rtf|zip|rar|7z|gz|epub|csv)$", re.I)

DAY = r"(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|(19|20)\d{6})"
DATED_PATH = re.compile(rf"(^|/)({DAY}|(19|20)\d\d([-/]\d{{1,2}})?)(/|\.html?)?$", re.I)
DATED_PARAM = re.compile(rf"(^|&)([^=&]*=({DAY})|(year|nam|month|thang)=\d{{1,4}})(&|$)", re.I)


def trap(url: str) -> str | None:
    """Return why a URL must not be followed, None if it may be.

    Reasons: ``too_long``, ``repeating_path``, ``growing_query``, and the keys of ``TRAP_PATHS``
    and ``TRAP_PARAMS`` (``login``, ``print``, ``tag``, …).
    """
    if len(url) > MAX_URL_CHARS:
        return "too_long"
    path, query = _path_and_query(url)
    return _looping(path, query) or _named(path, query)


def is_asset(url: str) -> bool:
    """Return whether a URL is an image, a script or another file that is not a page."""
    return bool(ASSET_PATH.search(_path_and_query(url)[0]))


def is_document(url: str) -> bool:
    """Return whether a URL is a downloadable document (PDF, Word, …)."""
    return bool(DOCUMENT_PATH.search(_path_and_query(url)[0]))


def is_dated_list(url: str) -> bool:
    """Return whether a URL lists a day, a month or a year; a calendar of them never ends."""
    path, query = _path_and_query(url)
    return bool(DATED_PATH.search(path) or DATED_PARAM.search(unquote(query)))


def _path_and_query(url: str) -> tuple[str, str]:
    """Return the unescaped path, and the query; both are empty if the URL is malformed."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return unquote(parts.path), parts.query


def _looping(path: str, query: str) -> str | None:
    segments = [segment for segment in path.lower().split("/") if segment]
    if len(segments) > MAX_PATH_SEGMENTS or _repeats(segments):
        return "repeating_path"
    names = Counter(part.partition("=")[0] for part in query.split("&") if part)
    if len(names) > MAX_QUERY_PARAMS or any(count > 2 for count in names.values()):
        return "growing_query"
    return None


def _repeats(segments: list[str]) -> bool:
    """Return whether a path has a segment three times, or the same pair twice in a row."""
    words = Counter(segment for segment in segments if not segment.isdigit())
    if any(count > 2 for count in words.values()):
        return True
    pairs = list(pairwise(segments))
    return any(a == b and a[0] != a[1] for a, b in zip(pairs, pairs[2:], strict=False))


def _named(path: str, query: str) -> str | None:
    if found := TRAP_PATH.search(path):
        return found.lastgroup
    parameters = map(TRAP_PARAM.search, unquote(query).split("&") if query else ())
    return next((found.lastgroup for found in parameters if found), None)
