"""What a worker process makes of a page: all that needs nothing but the page.

Storing is done by one process, so whatever can be done before is done here. Imported by workers,
and therefore light.
"""

from __future__ import annotations

from pipelines.extraction import ExtractionResult, SourceProfile, extract_page
from pipelines.extraction.similarity import buckets_of
from pipelines.items import Page


def read_for_store(page: Page, profile: SourceProfile) -> ExtractionResult:
    """Read a page, and find the buckets by which texts like its own are found."""
    reading = extract_page(page, profile)
    if reading.article.verdict.is_article:
        reading.buckets = buckets_of(reading.article.body)
    return reading
