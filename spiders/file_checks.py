"""When stored photos and attachments are compared with their site again, and how many at a time.

A site may put another picture at an old URL. It is asked only for a file that changed, and only if
it said by what it tells that: such an answer has a few hundred bytes. An attachment whose server
does not say is requested again if its article changes, a photo never.
"""

from __future__ import annotations

from datetime import datetime, timedelta

FIRST_CHECK = timedelta(days=30)
"""The time from the fetch of a file to its first comparison. The following pauses double."""

LONGEST_PAUSE = timedelta(days=365)

MAX_CHECKS = 200
"""Stored files of one source that are compared in a run. The others follow in later runs."""

FORBIDDEN_AGAIN = timedelta(days=30)
"""The pause after which a file is tried again that a robots.txt forbade: it may have changed."""


def next_check(body_since: datetime, moment: datetime) -> datetime:
    """Return when a file is compared again whose body is known since a time and still the same."""
    return moment + min(max(moment - body_since, FIRST_CHECK), LONGEST_PAUSE)
