"""The Internet Archive: its CDX server with resume keys, and its replay.

Source of facts: github.com/internetarchive/wayback, wayback-cdx-server/README.md.
"""

from __future__ import annotations

from collections.abc import Iterator

from scraper.recovery.cdx_lines import PLAIN_FIELDS, Table, parse_table
from scraper.recovery.index_requests import REFUSED, index_answer, is_refused
from scraper.recovery.replay import ReplayArchive, query_params, query_url
from scraper.recovery.web_archive import IndexBatch, IndexQuery

INDEX = "https://web.archive.org/cdx/search/cdx"
REPLAY = "https://web.archive.org/web/"

LINES_PER_REQUEST = 5000
"""Lines per answer: the server stops early if it has to search long for more."""

THEIR_FIELDS = ",".join(
    {"url": "original", "mime": "mimetype", "status": "statuscode"}.get(name, name)
    for name in PLAIN_FIELDS
)


class InternetArchive(ReplayArchive):
    """A CDX server that announces a key for the next lines."""

    def captures(self, query: IndexQuery, resume_at: str | None) -> Iterator[IndexBatch]:
        """Yield the lines of an index from a resume key on, one batch for each answer.

        The query ends if a key or an answer repeats. Raises ServiceError.
        """
        seen_keys, earlier = {resume_at}, None
        while True:
            table = self._table(query, resume_at)
            if table is None:
                yield REFUSED
                return
            is_repeated = bool(table.captures) and table.captures == earlier
            resume_at = None if is_repeated or table.resume_key in seen_keys else table.resume_key
            yield IndexBatch([] if is_repeated else table.captures, table.broken, resume_at)
            if resume_at is None:
                return
            seen_keys.add(resume_at)
            earlier = table.captures

    def _table(self, query: IndexQuery, resume_key: str | None) -> Table | None:
        """Return the lines after a key, None if the server refuses the query."""
        params = query_params(query)
        params += [("fl", THEIR_FIELDS), ("limit", str(LINES_PER_REQUEST))]
        params += [("showResumeKey", "true")]
        params += [("resumeKey", resume_key)] if resume_key else []
        url = query_url(self.index, params)
        answer = index_answer(self.client, url)
        return None if is_refused(self.client, url, answer) else parse_table(answer.body)
