"""The URLs of files: which links and frames of a page lead to one, and what it is called."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from pipelines.extraction.html.blocks import Block, Outline
from pipelines.text import normalise

MAX_NAME_CHARS = 300

MAX_URL_CHARS = 4_000
"""Characters of a URL that are read. Links with more of them hold the data themselves."""

HTTP_SCHEMES = ("http", "https")

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
NAMES_DOCUMENT = re.compile(
    r"\.(?:pdf|docx?|docm|xlsx?|xlsm|pptx?|ppsx?|odt|ods|odp|rtf|zip|rar|7z)(?:$|[?#&/])",
    re.IGNORECASE,
)
_DOWNLOAD = re.compile(
    r"(?:download|getfile|viewfile|openfile|downloadfile|attachment|attachfile|filedownload"
    r"|tai-?ve|tai-?file|dinh-?kem)",
    re.IGNORECASE,
)
_DOWNLOAD_PARAMETERS = frozenset(
    {"download", "dl", "downloadfile", "attachment", "filedownload", "fileticket"}
)
_ACTION_PARAMETERS = frozenset({"task", "action", "act", "do", "cmd", "export"})
"""Parameters whose value ``download`` asks for a file."""

_NUMBERED_FILE = re.compile(
    r"/(?:downloads?|getfile|tai-ve)/(?:\d+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/?$"
    r"|/documents/\d+/(?:\d+/)?(?![^/]+\.(?:jpe?g|png|gif|webp)/)[^/]+"
    r"/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
    re.IGNORECASE,
)
"""Paths of files by number, and those of Liferay's library of documents."""

_FILE_HINT = re.compile(
    r"\.(?:pdf|doc|xls|pp[ts]|od[tsp]|rtf|zip|rar|7z)|download|[?&]dl=|file|attach|dinh-?kem|tai-?ve"
    r"|/documents/|//(?:drive|docs)\.(?:usercontent\.)?google\.com/",
    re.IGNORECASE,
)
"""Matches part of the URL of every file. Other URLs are skipped without parsing them."""

_DRIVE_HOST = re.compile(r"(?:drive|docs)\.(?:usercontent\.)?google\.com", re.IGNORECASE)
_DRIVE_FILE = re.compile(
    r"(?:/a/[^/]+)?(?:/u/\d+)?/(?:file|document|spreadsheets|presentation)(?:/u/\d+)?/d/(?:e/)?[\w-]+(?:/|$)"
)
_DRIVE_BY_ID = re.compile(r"(?:/a/[^/]+)?(?:/u/\d+)?/(?:uc|open|download)/?")
"""Paths of files that are kept at Google: documents are published there instead of on the site.
Those of the second kind name the file in the parameter ``id``."""

_VIEWER = re.compile(r"view|embed|wopi", re.IGNORECASE)
_VIEWER_PARAMETERS = ("url", "src", "file", "srcurl", "source", "sourcedoc", "doc")
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+/")


def document_url(outline: Outline, page: str | None, address: str) -> str | None:
    """Return the absolute URL of the file that a link leads to, or None if it leads to no file.

    ``page`` is the URL of the page. If ``address`` is that of a viewer (Google, Office, pdf.js),
    the URL of the file in it is returned. The part behind ``#`` says how to show a file; it is
    left out.
    """
    address = address.strip()
    is_declared = address in outline.declared_files
    if not is_declared and not may_name_document(address):
        return None
    inner = _file_in_viewer(address)
    if inner is None and not is_declared and not is_document(address):
        return None
    url = outline.resolve(page, inner or address).partition("#")[0]
    return url if url.partition(":")[0].lower() in HTTP_SCHEMES or not page else None


def may_name_document(addresses: str) -> bool:
    """Whether any URL in a text may be that of a file by its words; most others are told fast."""
    return _FILE_HINT.search(addresses) is not None


def links_to_document(outline: Outline, block: Block) -> bool:
    """Whether a block links to a file, by the URL or by the type that the link declares."""
    return any(is_document(href) or href.strip() in outline.declared_files for href in block.hrefs)


def may_be_page(address: str) -> bool:
    """Whether a link may lead to another page: not to data, a script or an address for mail."""
    scheme = _SCHEME.match(address.strip())
    return len(address) <= MAX_URL_CHARS and (scheme is None or scheme[1].lower() in HTTP_SCHEMES)


def is_document(address: str) -> bool:
    """Whether a URL is that of a file, by its extension or by words for a download."""
    if not may_name_document(address):
        return False
    try:
        parts = urlsplit(address[:MAX_URL_CHARS])
    except ValueError:
        return False
    if parts.scheme and parts.scheme not in HTTP_SCHEMES:
        return False
    path = unquote(parts.path)
    if NAMES_DOCUMENT.search(path) or any(
        NAMES_DOCUMENT.search(value) for _, value in parse_qsl(parts.query)
    ):
        return True
    values = {name.lower(): value.lower() for name, value in parse_qsl(parts.query)}
    if _DRIVE_HOST.fullmatch(parts.netloc):
        is_by_id = "id" in values and _DRIVE_BY_ID.fullmatch(parts.path)
        return bool(is_by_id or _DRIVE_FILE.match(parts.path))
    return (
        bool(parts.query and _DOWNLOAD.search(path.rpartition("/")[2]))
        or bool(values.keys() & _DOWNLOAD_PARAMETERS)
        or any(values.get(name, "").startswith("download") for name in _ACTION_PARAMETERS)
        or bool(_NUMBERED_FILE.search(path))
    )


def _file_in_viewer(address: str) -> str | None:
    """Return the file that the URL of a viewer contains, None for other URLs.

    Viewers have it in a parameter or behind ``#``, relative to themselves.
    """
    try:
        parts = urlsplit(address[:MAX_URL_CHARS])
        if not _VIEWER.search(parts.path):
            return None
        values = {name.lower(): value for name, value in parse_qsl(parts.query)}
        named = [values[name] for name in _VIEWER_PARAMETERS if name in values]
        if "/" in parts.fragment:
            named.append(unquote(parts.fragment))
        found = next(filter(NAMES_DOCUMENT.search, named), None)
        if found is None:
            return None
        if parts.netloc and _HOST.match(found):
            found = f"http://{found}"
        return urljoin(address, found)
    except ValueError:
        return None


def file_name(url: str) -> str | None:
    """Return the decoded file name in a URL, or None if it has none."""
    parts = urlsplit(url)
    values = [value for _, value in parse_qsl(parts.query)]
    for text in (unquote(parts.path), *values):
        names = [part for part in text.split("/") if NAMES_DOCUMENT.search(part)]
        if names:
            return normalise(names[-1])[:MAX_NAME_CHARS] or None
    return normalise(unquote(parts.path).rpartition("/")[2])[:MAX_NAME_CHARS] or None
