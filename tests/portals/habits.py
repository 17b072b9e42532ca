"""The bad habits of real portals, as switches."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Habits:
    """Switches for what was measured on real portals, all off by default."""

    limit: int | None = None
    """Requests allowed in ``window`` seconds; beyond them 429 with ``Retry-After``."""
    window: float = 60.0
    lying_last_modified: bool = False
    """``Last-Modified`` is always yesterday, and conditional requests are answered 200."""
    unknown_goes_home: bool = False
    past_end_goes_to_first: bool = False
    two_sections: bool = False
    """Every story is listed under a second section too, where it has another address."""
    login_links: bool = False
    print_twins: bool = False
    mobile_theme: bool = False
    calendar: bool = False
    """A calendar without end is linked from every page."""
    looping_path: bool = False
    """A link that is relative where it should not be, growing the path at every step."""
    counters: bool = False
    """Every page shows how often it was asked for."""
