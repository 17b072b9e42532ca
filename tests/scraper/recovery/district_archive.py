"""The made-up district in a web archive in memory: without a server, and without its pace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scraper.recovery.web_archive import (
    ArchivedResponse,
    IndexBatch,
    IndexedCapture,
    IndexQuery,
    Match,
    WebArchive,
)
from tests.scraper.recovery.archived import Archived

BATCH = 20


class DistrictArchive(WebArchive):
    """Serves captures; ``hidden`` are the URLs that its index has for exact queries only."""

    def __init__(self, name: str, captures: Sequence[Archived], hidden: frozenset[str]) -> None:
        self.name = name
        self.captures_by_key = {
            (one.url, one.moment.replace(microsecond=0)): one for one in captures
        }
        self.hidden = hidden
        self.fetched: list[Archived] = []

    def queries(self, query: IndexQuery) -> list[IndexQuery]:
        """Return the query: there is one collection."""
        return [query]

    def captures(self, query: IndexQuery, resume_at: str | None) -> Iterator[IndexBatch]:
        """Yield the lines of the index."""
        lines = [
            line_of(one) for one in self.captures_by_key.values() if self._is_asked(one, query)
        ]
        for start in range(int(resume_at or 0), len(lines) or 1, BATCH):
            end = start + BATCH
            yield IndexBatch(lines[start:end], 0, str(end) if end < len(lines) else None)

    def response(self, capture: IndexedCapture) -> ArchivedResponse:
        """Return a capture as it was recorded."""
        one = self.captures_by_key[capture.url, capture.captured_at]
        self.fetched.append(one)
        status = int(one.status.partition(" ")[0])
        return ArchivedResponse(
            one.url, capture.captured_at, status, one.head, one.body, self.address(capture)
        )

    def address(self, capture: IndexedCapture) -> str:
        """Return the address at which readers would see a capture."""
        return f"https://web.example.org/{capture.captured_at:%Y%m%d%H%M%S}/{capture.url}"

    def _is_asked(self, one: Archived, query: IndexQuery) -> bool:
        if query.match is Match.EXACT:
            return one.url.partition("://")[2] == query.url.partition("://")[2]
        host = query.url.partition("://")[2].partition("/")[0] or query.url
        return one.url not in self.hidden and host in one.url


def line_of(one: Archived) -> IndexedCapture:
    """Return the line of an index for a capture; a revisit has neither status nor type."""
    is_revisit = one.revisit_of is not None
    return IndexedCapture(
        url=one.url,
        captured_at=one.moment.replace(microsecond=0),
        status=None if is_revisit else int(one.status.partition(" ")[0]),
        media_type="warc/revisit" if is_revisit else one.media_type,
        digest=one.digest,
        length=len(one.body),
        is_revisit=is_revisit,
    )
