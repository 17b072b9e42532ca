"""What pages call the service that a text came from, and how they show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from scraper.browse.language import Translator
from scraper.store.capture_origins import Origin


@dataclass(frozen=True, slots=True)
class ShownOrigin:
    """Where a text came from, in words; ``url`` is that of the copy, if a browser may open it."""

    name: str
    seen_at: str | None
    url: str | None


def service_name(t: Translator, service: str | None) -> str:
    """Return what readers call a service: that of the crawl is None or empty.

    A web archive without a name of its own is called by the host of its address.
    """
    if not service:
        return t("crawled")
    if service.startswith(("http://", "https://")):
        return t("archive_at", host=urlsplit(service).netloc)
    return t.known("service", service)


def shown_origin(t: Translator, origin: Origin) -> ShownOrigin:
    """Return an origin as the page of an article shows it."""
    is_web = (origin.url or "").startswith(("http://", "https://"))
    url = origin.url if is_web else None
    return ShownOrigin(service_name(t, origin.service), origin.seen_at, url)


def with_origins(
    versions: list[dict[str, Any]], current: Origin, earlier: Mapping[int, Origin]
) -> list[dict[str, Any]]:
    """Return the versions of an article, each with its ``origin``, None if it is not known."""
    known = {0: current, **earlier}
    return [version | {"origin": known.get(version["number"])} for version in versions]
