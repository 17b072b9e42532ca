"""Answers in JSON: what a list's "more" brings, turned into the HTML that a page would show."""

from __future__ import annotations

import json
from html import escape
from typing import Any

ADDRESSES = ("url", "link", "href", "permalink", "detail_url", "detailUrl", "Url", "Link")
TITLES = ("title", "Title", "name", "Name", "headline", "tieu_de", "TieuDe")


def html_of_json(body: bytes) -> bytes | None:
    """The fragments of HTML and the links that a JSON document holds; None if it is no JSON.

    Never raises.
    """
    if body.lstrip()[:1] not in (b"{", b"["):
        return None
    try:
        waiting: list[Any] = [json.loads(body)]
    except (ValueError, RecursionError):
        return None
    pieces = []
    while waiting:
        value = waiting.pop()
        if isinstance(value, str) and "<" in value:
            pieces.append(value)
        elif isinstance(value, list):
            waiting.extend(reversed(value))
        elif isinstance(value, dict):
            pieces.append(_link(value))
            waiting.extend(reversed(value.values()))
    html = f"<html><body>{''.join(pieces)}</body></html>"
    return html.encode("utf-8", "replace")


def _link(entry: dict[str, Any]) -> str:
    """An entry with an address and a title, as a link."""
    address = next((entry[name] for name in ADDRESSES if isinstance(entry.get(name), str)), "")
    title = next((entry[name] for name in TITLES if entry.get(name)), "")
    if isinstance(title, dict):
        title = title.get("rendered")
    if not address or not isinstance(title, str):
        return ""
    return f'<h3><a href="{escape(address)}">{escape(title)}</a></h3>'
