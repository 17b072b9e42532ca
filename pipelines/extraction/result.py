"""What was extracted from one page."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.article import Article
from pipelines.extraction.block_occurrences import BlockOccurrence
from pipelines.extraction.cleaning import RemovedBlock


@dataclass(slots=True)
class ExtractionResult:
    """What was extracted from one page.

    ``removed_blocks`` are the texts that were left out, each with the rule that did so.
    ``block_occurrences`` are the blocks from which boilerplate of the source is learned; they do
    not depend on what was learned before. ``quarter`` is the quarter of a year in which the article
    was published, or the page was fetched if there is no date. ``warnings`` are messages for the
    operator. ``buckets`` are the similarity buckets of the body, or None if the store computes
    them.
    """

    article: Article
    removed_blocks: list[RemovedBlock] = field(default_factory=list)
    block_occurrences: list[BlockOccurrence] = field(default_factory=list)
    quarter: str = ""
    warnings: list[str] = field(default_factory=list)
    buckets: tuple[int, ...] | None = None
