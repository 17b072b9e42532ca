"""Normalisation of URLs and host names.

``canonical_url`` returns the URL under which an article is stored, ``url_key`` the key of its page.
Query parameters are kept unless they are known to be irrelevant, because many portals have the id
of an article in the query. All functions are pure and never raise, whatever the text.
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
UNRESERVED_CHARS = "-._~"
RESERVED_CHARS = "/:@!$&'()*+,;=?[]|"

TRACKING_PARAMS = frozenset(
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
"""Parameters that advertisers and newsletters add, besides those that begin with ``utm_``."""

ARTICLE_IGNORED_PARAMS = frozenset(
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
"""Parameters that do not change an article, though they may change a list."""

WEBCENTER_PARAMS = frozenset(["_afrloop", "_afrwindowmode", "_afrwindowid", "_adf.ctrl-state"])
SESSION_PARAMS = WEBCENTER_PARAMS | {
    "phpsessid",
    "jsessionid",
    "sessionid",
    "aspsessionid",
    "cfid",
    "cftoken",
}
"""Session ids; those of Oracle WebCenter change with each response."""

SESSION_IN_PATH = re.compile(r";jsessionid=[^/?#]*|/\([SFX]\([^/]*\)\)(?=/)", re.I)
INDEX_FILE = re.compile(r"/(?:index\.(?:php|html?|aspx?|jsp)|default\.aspx?)(?=/|$)", re.I)
PERCENT_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
ORIGIN = re.compile(r"https?://[^/?#]+")
PLAIN_ABSOLUTE_URL = re.compile(r"https?://[^/?#;\[\]]+/[^?#;]*(\?[^#]+)?")
PLAIN_ROOT_RELATIVE_URL = re.compile(r"/(?![/.])(?:[^?#;/]|/(?!\.))*(\?[^#]+)?")
"""The two patterns match URLs that need no ``urljoin``, which are nearly all."""

INVISIBLE_CHARS = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2060\ufeff]")


@dataclass(frozen=True, slots=True)
class UrlIdentity:
    """Which parts of a platform's URLs identify an article.

    If a pattern of ``article`` is found in path and query, its groups identify the article,
    whatever category, language or parameters surround them. ``ignored_params`` are query
    parameters (lower case) that identify nothing. ``ignores_case`` is True if the platform ignores
    letter case.
    """

    article: tuple[re.Pattern[str], ...] = ()
    ignored_params: frozenset[str] = frozenset()
    ignores_case: bool = False


@dataclass(frozen=True, slots=True)
class UrlRules:
    """Which parts of a source's URLs identify a page: by its platform, and as learned."""

    url_identity: UrlIdentity = UrlIdentity()
    ignored_params: frozenset[str] = frozenset()


NO_URL_RULES = UrlRules()


def canonical_url(
    url: str, source: Source, url_rules: UrlRules = NO_URL_RULES, kind: str = "article"
) -> str:
    """Return the absolute URL under which ``url`` is stored.

    If the URL belongs to the source, its scheme and host become those of ``filed_under``, else of
    ``home_url``. ``kind`` is the kind of the page in the frontier: session ids are removed from any
    URL, tracking parameters if the kind is ``unknown`` or ``article``, and other ignored parameters
    from articles only.
    """
    parts = _split(urljoin_safely(source.home_url, url))
    if parts is None:
        return url
    if site_address(parts) in site_addresses(source):
        own = urlsplit(source.filed_under or source.home_url)
        scheme, host = own.scheme.lower(), _netloc(own)
    else:
        scheme, host = parts.scheme.lower(), _netloc(parts)
    path = normal_escapes(SESSION_IN_PATH.sub("", parts.path)) or "/"
    return urlunsplit((scheme, host, path, _query(parts.query, url_rules, kind), ""))


def url_key(canonical: str, url_rules: UrlRules = NO_URL_RULES) -> str:
    """Return the key of a canonical URL, the same for every URL of one page.

    Scheme, ``www.``, a trailing slash and the name of an index file do not matter.
    """
    parts = _split(canonical)
    if parts is None:
        return canonical
    host = _netloc(parts).removeprefix("www.")
    path = INDEX_FILE.sub("", parts.path).rstrip("/")
    address = f"{path}?{parts.query}" if parts.query else path
    if url_rules.url_identity.ignores_case:
        address = address.lower()
    for pattern in url_rules.url_identity.article:
        if found := pattern.search(address):
            return f"{host}/*/" + "-".join(part.lower() for part in found.groups() if part)
    return host + address


def is_ignored_param(name: str, url_rules: UrlRules = NO_URL_RULES) -> bool:
    """Return whether a query parameter is irrelevant for which article a URL shows."""
    lower = name.lower()
    return (
        is_tracking(lower)
        or lower
        in ARTICLE_IGNORED_PARAMS | url_rules.ignored_params | url_rules.url_identity.ignored_params
    )


def is_tracking(name: str) -> bool:
    """Return whether a query parameter only records where the reader came from."""
    lower = name.lower()
    return lower.startswith("utm_") or lower in TRACKING_PARAMS


def belongs(url: str, source: Source) -> bool:
    """Return whether an absolute URL belongs to the source, by host and port."""
    origin = ORIGIN.match(url)
    return _is_origin_of(source, origin[0] if origin else url)


def urljoin_safely(base: str, url: str) -> str:
    """Resolve a link as browsers do, without white space; return a malformed link as it is."""
    tidy = INVISIBLE_CHARS.sub("", url.strip()).replace("\\", "/")
    if PLAIN_ABSOLUTE_URL.fullmatch(tidy):
        return tidy
    origin = PLAIN_ROOT_RELATIVE_URL.fullmatch(tidy) and ORIGIN.match(base)
    if origin:
        return origin[0] + tidy
    try:
        return urljoin(base, tidy)
    except ValueError:
        return tidy


def normal_escapes(text: str) -> str:
    """Percent-encode a path or query uniformly: NFC, UTF-8, upper-case hexadecimal digits."""
    if text.isascii() and "%" not in text:
        return quote(text, safe=RESERVED_CHARS + UNRESERVED_CHARS)
    plain = unicodedata.normalize("NFC", PERCENT_ESCAPES.sub(_unescaped, text))
    return quote(
        STRAY_PERCENT.sub("%25", plain),
        safe=RESERVED_CHARS + UNRESERVED_CHARS + "%",
        errors="replace",
    )


def _unescaped(found: re.Match[str]) -> str:
    """Decode escapes of non-ASCII characters; others may have a meaning for the server."""
    try:
        text = unquote_to_bytes(found[0]).decode()
    except UnicodeDecodeError:
        return found[0].upper()
    return "".join(char if char > "\x7f" else quote(char, safe=UNRESERVED_CHARS) for char in text)


def _query(query: str, url_rules: UrlRules, kind: str) -> str:
    """Return a query in normal form: without ignored parameters, sorted by name."""
    kept = []
    for part in query.replace("+", "%20").split("&"):
        name, equals, value = part.removeprefix("amp;").partition("=")
        if (name or value) and not _is_dropped(name, url_rules, kind):
            kept.append((normal_escapes(name), equals, normal_escapes(value)))
    return "&".join("".join(part) for part in sorted(kept, key=lambda part: part[0]))


def _is_dropped(name: str, url_rules: UrlRules, kind: str) -> bool:
    if name.lower() in SESSION_PARAMS:
        return True
    if kind == "article":
        return is_ignored_param(name, url_rules)
    return kind == "unknown" and is_tracking(name)


def _split(url: str) -> SplitResult | None:
    """Split a web URL. Returns None for any other."""
    try:
        parts = urlsplit(url)
        is_web = parts.scheme.lower() in DEFAULT_PORTS and normal_host(parts.hostname or "")
        return parts if is_web else None
    except ValueError:
        return None


def _netloc(parts: SplitResult) -> str:
    """Return the host in normal form, with the port unless it is the default."""
    host, port = normal_host(parts.hostname or ""), port_of(parts)
    return f"{host}:{port}" if port else host


def site_address(parts: SplitResult) -> tuple[str, int | None]:
    """Return the host of a URL without ``www.``, and its port unless that is the default."""
    return normal_host(parts.hostname or "").removeprefix("www."), port_of(parts)


@lru_cache(maxsize=4096)
def _is_origin_of(source: Source, origin: str) -> bool:
    parts = _split(origin)
    return parts is not None and site_address(parts) in site_addresses(source)


@lru_cache(maxsize=64)
def site_addresses(source: Source) -> frozenset[tuple[str, int | None]]:
    """Return every host and port of a source; its aliases have the ports of its URLs."""
    own = [urlsplit(url) for url in (source.home_url, source.filed_under) if url]
    aliases = [(normal_host(alias), port) for alias in source.aliases for port in _ports(own)]
    bare_aliases = [(host.removeprefix("www."), port) for host, port in aliases]
    return frozenset([*map(site_address, own), *bare_aliases])


def _ports(own: Iterable[SplitResult]) -> set[int | None]:
    return {None, *(port_of(parts) for parts in own)}


@lru_cache(maxsize=4096)
def normal_host(host: str) -> str:
    """Return a host in lower case and punycode, without its final dot; IPv6 in brackets."""
    lower = host.lower().rstrip(".")
    try:
        ascii_host = lower if lower.isascii() else lower.encode("idna").decode("ascii").rstrip(".")
    except UnicodeError:
        return quote(lower, safe="%", errors="replace").lower()
    return f"[{ascii_host}]" if ":" in ascii_host else ascii_host


def port_of(parts: SplitResult) -> int | None:
    """Return the port of a URL, None if it is the default of its scheme or invalid."""
    try:
        port = parts.port
    except ValueError:
        return None
    return None if port == DEFAULT_PORTS.get(parts.scheme.lower()) else port


def scheme_of(url: str) -> str:
    """Return the scheme of a URL in lower case, or an empty string if there is no valid one."""
    try:
        return urlsplit(url).scheme.lower()
    except ValueError:
        return ""


def is_home(url: str) -> bool:
    """Whether a URL is the root of a site or an index file in the root."""
    parts = urlsplit(url)
    path = parts.path.lower().strip("/")
    return not parts.query and path in ("", "index.php", "index.html", "index.htm", "default.aspx")
