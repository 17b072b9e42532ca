"""The item that the spider passes to the pipelines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.items import Page

if TYPE_CHECKING:
    from pipelines.extraction import ExtractionResult
    from scraper.store.captures import Capture
    from scraper.store.declared_url import DeclaredAddress
    from scraper.store.pages import PageRecord


@dataclass(slots=True)
class PageItem:
    """A fetched page that may hold an article.

    ``run`` is None for an import. ``canonical_url`` is the URL at which the page was read, or None
    if it is unknown, and ``canonical_key`` its key. ``declared`` is the URL that the page declares.
    ``kind`` is the kind that was expected of the URL, ``known`` its record from earlier runs.
    ``capture`` is the place of the page in the archive, or None if the body equals the last one or
    there is no archive. ``filed_under`` is the base URL under which the source is stored if it
    differs from the one that is fetched. ``body_hash`` is the SHA-256 of the decompressed body.
    ``extraction`` is what was read from the page.
    """

    page: Page
    run: int | None
    source: str
    url_key: str
    canonical_url: str | None
    kind: str
    body_hash: str
    known: PageRecord | None = None
    capture: Capture | None = None
    extraction: ExtractionResult | None = None
    canonical_key: str | None = None
    declared: DeclaredAddress | None = None
    filed_under: str | None = None
