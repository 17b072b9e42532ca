"""Requests for captures: what cannot be had, and when a service is out of reach altogether."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from scraper.recovery.http_client import (
    Answer,
    AnswerTooLargeError,
    ArchiveClient,
    RecordUnreadableError,
    UnansweredError,
)
from scraper.recovery.pace import RequestKind
from scraper.recovery.web_archive import CaptureError, IndexedCapture, ServiceError

MAX_CAPTURE_BYTES = 64_000_000
"""The largest body of a capture."""

MAX_FAILURES = 5
"""If so many captures in a row have no answer, the service is out of reach."""

OUT_OF_REACH = timedelta(minutes=10)
"""After how long a service that is out of reach may be asked again."""


class CaptureRequests:
    """Requests captures of one service."""

    def __init__(self, client: ArchiveClient) -> None:
        self.client = client
        self.failures = 0

    def get(
        self, capture: IndexedCapture, url: str, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Return the answer to the request for a capture. Raises CaptureError or ServiceError."""
        try:
            answer = self.client.get(RequestKind.CAPTURE, url, MAX_CAPTURE_BYTES, headers)
        except AnswerTooLargeError as error:
            self.failures = 0
            raise CaptureError("too_large", str(error), is_final=True) from error
        except RecordUnreadableError as error:
            self.failures = 0
            raise CaptureError("unreadable", str(error), is_final=False) from error
        except UnansweredError as error:
            raise self._failure(error) from error
        self.failures = 0
        return answer

    def _failure(self, error: UnansweredError) -> CaptureError | ServiceError:
        self.failures += 1
        if error.reason == "connection" or self.failures >= MAX_FAILURES:
            self.failures = 0
            return out_of_reach(self.client, error)
        return CaptureError(error.reason, str(error), is_final=False)


def out_of_reach(client: ArchiveClient, error: Exception) -> ServiceError:
    """Return the error of a service that does not answer."""
    until = client.pace.clock.now() + OUT_OF_REACH
    service = client.pace.service
    return ServiceError(f"{service} is out of reach, and is asked later: {error}", until)
