"""Captures from a replay: what pywb and the Internet Archive have in common."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from scraper.recovery.capture_requests import CaptureRequests
from scraper.recovery.http_client import ArchiveClient
from scraper.recovery.recorded_response import recorded_response
from scraper.recovery.web_archive import (
    ArchivedResponse,
    IndexedCapture,
    IndexQuery,
    WebArchive,
)


class ReplayArchive(WebArchive):
    """An archive that hands out bodies as recorded at ``…/<timestamp>id_/<URL>``.

    ``index`` is the address of its CDX server, ``replay`` that of its captures, with a slash at the
    end.
    """

    def __init__(self, name: str, index: str, replay: str, client: ArchiveClient) -> None:
        self.name = name
        self.index = index
        self.replay = replay
        self.client = client
        self.capture_requests = CaptureRequests(client)

    def queries(self, query: IndexQuery) -> list[IndexQuery]:
        """Return the query itself: there is one index."""
        return [query]

    def response(self, capture: IndexedCapture) -> ArchivedResponse:
        """Return a capture as it was recorded. Raises CaptureError or ServiceError."""
        url = f"{self.replay}{timestamp(capture)}id_/{replay_target(capture.url)}"
        answer = self.capture_requests.get(capture, url)
        return recorded_response(answer, capture, self.address(capture))

    def address(self, capture: IndexedCapture) -> str:
        """Return the address at which readers see a capture."""
        return f"{self.replay}{timestamp(capture)}/{replay_target(capture.url)}"


def timestamp(capture: IndexedCapture) -> str:
    """Return the moment of a capture as the CDX protocol writes it."""
    return capture.captured_at.strftime("%Y%m%d%H%M%S")


def replay_target(url: str) -> str:
    """Return a URL as part of the path of a replay: a fragment would end the request."""
    return url.replace("#", "%23")


def query_params(query: IndexQuery) -> list[tuple[str, str]]:
    """Return the parameters that all CDX servers share; times are inclusive, to the second."""
    params = [("url", query.url), ("matchType", str(query.match)), ("output", "json")]
    for name, moment in (("from", query.since), ("to", query.until)):
        if moment is not None:
            params.append((name, moment.strftime("%Y%m%d%H%M%S")))
    return params


def query_url(index: str, params: list[tuple[str, str]]) -> str:
    """Return the address of a query."""
    return f"{index}{'&' if '?' in index else '?'}{urlencode(params, quote_via=quote)}"
