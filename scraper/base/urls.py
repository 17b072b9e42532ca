"""Addresses: which of them name the same thing.

``canonical_url`` gives the one spelling under which an article is kept, ``url_key`` the key under
which its page is known. Nothing is dropped that could identify: on half of the portals the id of
an article stands in the query. All functions are pure and never raise on any text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import SplitResult, quote, unquote_to_bytes, urljoin, urlsplit, urlunsplit

from scraper.base.source import Source

DEFAULT_PORTS = {"http": 80, "https": 443}
UNRESERVED = "-._~"
RESERVED = "/:@!$&'()*+,;=?[]|"

TRACKING = frozenset(
    [
        "fbclid",
        "gclid",
        "gclsrc",
        "dclid",
        "msclkid",
        "yclid",
        "igshid",
        "mc_cid",
        "mc_eid",
        "zarsrc",
        "_ga",
        "_gl",
        "srsltid",
    ]
)
"""Parameters that advertisers and mailers add; ``utm_…`` is told by its prefix."""

ARTICLE_NOISE = frozenset(
    [
        "pageindex",
        "redirect",
        "nv_redirect",
        "redirecturl",
        "returnurl",
        "backurl",
        "print",
        "isprint",
        "inbai",
        "amp",
        "mobile",
        "replytocom",
    ]
)
"""Parameters that change nothing of an article, though they may well change a list."""

WEBCENTER = frozenset(["_afrloop", "_afrwindowmode", "_afrwindowid", "_adf.ctrl-state"])
SESSION = WEBCENTER | {"phpsessid", "jsessionid", "sessionid", "aspsessionid", "cfid", "cftoken"}
"""Parameters of a visit; those of Oracle WebCenter are new with each answer."""

SESSION_IN_PATH = re.compile(r";jsessionid=[^/?#]*|/\([SFX]\([^/]*\)\)(?=/)", re.I)
INDEX_FILE = re.compile(r"/(?:index\.(?:php|html?|aspx?|jsp)|default\.aspx?)(?=/|$)", re.I)
ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
ORIGIN = re.compile(r"https?://[^/?#]+")
ABSOLUTE = re.compile(r"https?://[^/?#;\[\]]+/[^?#;]*(\?[^#]+)?")
ROOTED = re.compile(r"/(?![/.])(?:[^?#;/]|/(?!\.))*(\?[^#]+)?")
"""Links that need no resolving, which are nearly all."""
INVISIBLE = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2060\ufeff]")


@dataclass(frozen=True, slots=True)
class Identity:
    """How a platform tells its articles apart.

    Where one of the patterns of ``article`` is found in path and query, its groups are the
    article, whatever category, language or parameters stand around them. ``ignored_params`` are
    parameters (lower case) that identify nothing there; ``ignores_case`` that ``Pages`` and
    ``pages`` are one.
    """

    article: tuple[re.Pattern[str], ...] = ()
    ignored_params: frozenset[str] = frozenset()
    ignores_case: bool = False


@dataclass(frozen=True, slots=True)
class UrlRules:
    """What is known of one source's addresses: its platform's identity, its own noise."""

    url_params: Identity = Identity()
    ignored_params: frozenset[str] = frozenset()


NOTHING = UrlRules()


def canonical_url(
    url: str, source: Source, url_rules: UrlRules = NOTHING, kind: str = "article"
) -> str:
    """The absolute address under which ``url`` is kept.

    Host and scheme are the source's own (``filed_under``, else ``home_url``) where the address
    belongs to it. ``kind`` is that of the frontier: noise is dropped from an article, only
    tracking from what is not yet known, nothing but session ids from lists, feeds and sitemaps.
    """
    parts = _split(urljoin_safely(source.home_url, url))
    if parts is None:
        return url
    if _place(parts) in _places(source):
        own = urlsplit(source.filed_under or source.home_url)
        scheme, host = own.scheme.lower(), _netloc(own)
    else:
        scheme, host = parts.scheme.lower(), _netloc(parts)
    path = normal_escapes(SESSION_IN_PATH.sub("", parts.path)) or "/"
    return urlunsplit((scheme, host, path, _query(parts.query, url_rules, kind), ""))


def url_key(canonical: str, url_rules: UrlRules = NOTHING) -> str:
    """The key of a canonical address: one for all the ways in which a site spells it.

    Scheme, ``www.``, a final slash and the name of an index file tell nothing apart.
    """
    parts = _split(canonical)
    if parts is None:
        return canonical
    host = _netloc(parts).removeprefix("www.")
    path = INDEX_FILE.sub("", parts.path).rstrip("/")
    address = f"{path}?{parts.query}" if parts.query else path
    if url_rules.url_params.ignores_case:
        address = address.lower()
    for pattern in url_rules.url_params.article:
        if found := pattern.search(address):
            return f"{host}/*/" + "-".join(part.lower() for part in found.groups() if part)
    return host + address


def is_ignored_param(name: str, url_rules: UrlRules = NOTHING) -> bool:
    """Whether a query parameter says nothing about which article an address shows."""
    lower = name.lower()
    return (
        is_tracking(lower)
        or lower in ARTICLE_NOISE | url_rules.ignored_params | url_rules.url_params.ignored_params
    )


def is_tracking(name: str) -> bool:
    """Whether a query parameter only says where the reader came from."""
    lower = name.lower()
    return lower.startswith("utm_") or lower in TRACKING


def belongs(url: str, source: Source) -> bool:
    """Whether an absolute address is one of the source's, by host and port."""
    origin = ORIGIN.match(url)
    return _is_origin_of(source, origin[0] if origin else url)


def urljoin_safely(base: str, url: str) -> str:
    """Resolve a link as browsers do, without its blanks and line ends; a broken one stays."""
    tidy = INVISIBLE.sub("", url.strip()).replace("\\", "/")
    if ABSOLUTE.fullmatch(tidy):
        return tidy
    origin = ROOTED.fullmatch(tidy) and ORIGIN.match(base)
    if origin:
        return origin[0] + tidy
    try:
        return urljoin(base, tidy)
    except ValueError:
        return tidy


def normal_escapes(text: str) -> str:
    """One spelling for every mixture of plain and %-escaped characters: NFC, UTF-8, capitals."""
    if text.isascii() and "%" not in text:
        return quote(text, safe=RESERVED + UNRESERVED)
    plain = unicodedata.normalize("NFC", ESCAPES.sub(_unescaped, text))
    return quote(
        STRAY_PERCENT.sub("%25", plain), safe=RESERVED + UNRESERVED + "%", errors="replace"
    )


def _unescaped(found: re.Match[str]) -> str:
    """The escaped characters in plain, but what a server would read otherwise if it were."""
    try:
        text = unquote_to_bytes(found[0]).decode()
    except UnicodeDecodeError:
        return found[0].upper()
    return "".join(char if char > "\x7f" else quote(char, safe=UNRESERVED) for char in text)


def _query(query: str, url_rules: UrlRules, kind: str) -> str:
    kept = []
    for part in query.replace("+", "%20").split("&"):
        name, equals, value = part.removeprefix("amp;").partition("=")
        if (name or value) and not _is_dropped(name, url_rules, kind):
            kept.append((normal_escapes(name), equals, normal_escapes(value)))
    return "&".join("".join(part) for part in sorted(kept, key=lambda part: part[0]))


def _is_dropped(name: str, url_rules: UrlRules, kind: str) -> bool:
    if name.lower() in SESSION:
        return True
    if kind == "article":
        return is_ignored_param(name, url_rules)
    return kind == "unknown" and is_tracking(name)


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        is_web = parts.scheme.lower() in DEFAULT_PORTS and _host(parts.hostname or "")
        return parts if is_web else None
    except ValueError:
        return None


def _netloc(parts: SplitResult) -> str:
    host, port = _host(parts.hostname or ""), _port(parts)
    return f"{host}:{port}" if port else host


def _place(parts: SplitResult) -> tuple[str, int | None]:
    return _host(parts.hostname or "").removeprefix("www."), _port(parts)


@lru_cache(maxsize=4096)
def _is_origin_of(source: Source, origin: str) -> bool:
    parts = _split(origin)
    return parts is not None and _place(parts) in _places(source)


@lru_cache(maxsize=64)
def _places(source: Source) -> frozenset[tuple[str, int | None]]:
    """Every host and port at which the source is served; aliases share the ports of its own."""
    own = [urlsplit(url) for url in (source.home_url, source.filed_under) if url]
    aliases = [(_host(alias), port) for alias in source.aliases for port in _ports(own)]
    return frozenset([*map(_place, own), *((host.removeprefix("www."), p) for host, p in aliases)])


def _ports(own: Iterable[SplitResult]) -> set[int | None]:
    return {None, *(_port(parts) for parts in own)}


@lru_cache(maxsize=4096)
def _host(host: str) -> str:
    """The host in lower case and, where it has letters of its own, in punycode."""
    lower = host.lower().rstrip(".")
    try:
        ascii_host = lower if lower.isascii() else lower.encode("idna").decode("ascii").rstrip(".")
    except UnicodeError:
        return quote(lower, safe="%", errors="replace").lower()
    return f"[{ascii_host}]" if ":" in ascii_host else ascii_host


def _port(parts: SplitResult) -> int | None:
    """The port, None where it is the scheme's own or none that exists."""
    try:
        port = parts.port
    except ValueError:
        return None
    return None if port == DEFAULT_PORTS.get(parts.scheme.lower()) else port
