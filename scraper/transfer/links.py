"""Where the files of an exported article are: on the web, or beside the exported text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

Link = Callable[[Mapping[str, Any]], str | None]
"""Returns where a photo or attachment is, as an address or relative path; None if it is unknown."""

_KEPT = "!#$%&'()*+,-./:;=?@[]_~"
"""Characters that a link keeps as they are: those of addresses, and the percent sign of escapes."""


def web_address(file: Mapping[str, Any]) -> str | None:
    """Return the address of a file on the web; None for any other address."""
    url = file.get("url") or ""
    try:
        scheme = urlsplit(url).scheme.lower()
    except ValueError:
        return None
    return url if scheme in ("http", "https") else None


def link_target(link: Link, file: Mapping[str, Any]) -> str | None:
    """Return where a file is, without white space, quotation marks or angle brackets."""
    target = link(file)
    return quote(target, safe=_KEPT, errors="replace") if target else None
