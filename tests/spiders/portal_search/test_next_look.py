"""When a host is looked at again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from spiders.discovery.portal_verdicts import PortalVerdict
from spiders.portal_search.limits import next_look_at

MOMENT = datetime(2026, 11, 27, tzinfo=UTC)


@pytest.mark.parametrize(
    ("verdict", "earlier", "wait", "days"),
    [
        (PortalVerdict.PORTAL, 0, 0.0, 30),
        (PortalVerdict.NO_NAME, 5, 0.0, 30),
        (PortalVerdict.PARKED, 0, 0.0, 90),
        (PortalVerdict.DOWN, 0, 0.0, 7),
        (PortalVerdict.DOWN, 1, 0.0, 14),
        (PortalVerdict.DOWN, 2, 0.0, 28),
        (PortalVerdict.DOWN, 100, 0.0, 112),
        (PortalVerdict.DOWN, 0, 86_400.0, 7),
        (PortalVerdict.DOWN, 0, 20 * 86_400.0, 20),
        (PortalVerdict.DOWN, 0, 1e30, 90),
    ],
)
def test_a_host_is_due_again(verdict: PortalVerdict, earlier: int, wait: float, days: int) -> None:
    assert next_look_at(verdict, earlier, MOMENT, wait) - MOMENT == timedelta(days=days)
