"""Addresses that are not worth a request: they show no article, or lead round for ever."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from urllib.parse import unquote, urlsplit

MAX_URL_CHARS = 2000
"""Characters of an address; servers refuse more, and only loops grow it."""

MOST_SEGMENTS = 16
MOST_PARAMETERS = 20
"""More than the longest honest addresses have: DotNetNuke's paths, Liferay's queries."""

PATHS = {
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
QUERIES = {
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


def _any(patterns: dict[str, str]) -> re.Pattern[str]:
    """One pattern for all, whose ``lastgroup`` names the one that was found."""
    named = (f"(?P<{reason}>{pattern})" for reason, pattern in patterns.items())
    return re.compile("|".join(named), re.I)


IN_PATH = _any(PATHS)
IN_PARAMETER = _any(QUERIES)

ASSET = re.compile(
    r"\.(jpe?g|png|gif|webp|svg|ico|bmp|tiff?|css|js|json|woff2?|ttf|eot|map|mp3|mp4|m4a|wav|avi"
    r"|flv|wmv|mov|webm|m3u8|swf|exe|apk|ics|vcf)$",
    re.I,
)
DOCUMENT = re.compile(r"\.(pdf|docx?|xlsx?|pptx?|odt|ods|rtf|zip|rar|7z|gz|epub|csv)$", re.I)

DAY = r"(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|(19|20)\d{6})"
DATED_LIST = re.compile(rf"(^|/)({DAY}|(19|20)\d\d([-/]\d{{1,2}})?)(/|\.html?)?$", re.I)
DATED_PARAMETER = re.compile(rf"(^|&)([^=&]*=({DAY})|(year|nam|month|thang)=\d{{1,4}})(&|$)", re.I)


def trap(url: str) -> str | None:
    """Why an address is not to be followed, or None.

    Reasons: ``too_long``, ``repeating_path``, ``growing_query``, and the keys of ``PATHS`` and
    ``QUERIES`` (``login``, ``print``, ``tag``, …).
    """
    if len(url) > MAX_URL_CHARS:
        return "too_long"
    path, query = _path_and_query(url)
    return _looping(path, query) or _named(path, query)


def is_asset(url: str) -> bool:
    """Whether an address is a picture, a script or another file that is no page."""
    return bool(ASSET.search(_path_and_query(url)[0]))


def is_document(url: str) -> bool:
    """Whether an address is a document to read outside the page (PDF, Word, …)."""
    return bool(DOCUMENT.search(_path_and_query(url)[0]))


def is_dated_list(url: str) -> bool:
    """Whether an address asks for all of a day, a month or a year: a calendar has no last page."""
    path, query = _path_and_query(url)
    return bool(DATED_LIST.search(path) or DATED_PARAMETER.search(unquote(query)))


def _path_and_query(url: str) -> tuple[str, str]:
    """Path, unescaped, and query; empty where the address cannot be read."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return unquote(parts.path), parts.query


def _looping(path: str, query: str) -> str | None:
    segments = [segment for segment in path.lower().split("/") if segment]
    if len(segments) > MOST_SEGMENTS or _repeats(segments):
        return "repeating_path"
    names = Counter(part.partition("=")[0] for part in query.split("&") if part)
    if len(names) > MOST_PARAMETERS or any(count > 2 for count in names.values()):
        return "growing_query"
    return None


def _repeats(segments: list[str]) -> bool:
    """Whether a word stands three times in a path, or a pair of segments follows on itself."""
    words = Counter(segment for segment in segments if not segment.isdigit())
    if any(count > 2 for count in words.values()):
        return True
    pairs = list(pairwise(segments))
    return any(a == b and a[0] != a[1] for a, b in zip(pairs, pairs[2:], strict=False))


def _named(path: str, query: str) -> str | None:
    if found := IN_PATH.search(path):
        return found.lastgroup
    parameters = map(IN_PARAMETER.search, unquote(query).split("&") if query else ())
    return next((found.lastgroup for found in parameters if found), None)
