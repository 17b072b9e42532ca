"""The item that the spider yields: a page on its way to being an article."""

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

    ``run`` is None for an import; ``canonical_url`` is the address that the page was read at
    (None: nobody knows) and ``canonical_key`` its key; ``declared`` the one that the page declares;
    ``kind`` what the frontier took the address for; ``known`` what earlier runs knew; ``capture``
    its place in the archive (None: the body is like the last one, or there is no archive);
    ``body_hash`` the SHA-256 of the decompressed body; ``reading`` what the extraction made of it.
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
    reading: ExtractionResult | None = None
    canonical_key: str | None = None
    declared: DeclaredAddress | None = None
