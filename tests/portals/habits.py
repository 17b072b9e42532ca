"""The bad habits of real portals, as switches."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Habits:
    """Switches for habits that were measured on real portals; all are off by default."""

    limit: int | None = None
    """Requests allowed in ``window`` seconds; further ones return 429 with ``Retry-After``."""
    window: float = 60.0
    lying_last_modified: bool = False
    """``Last-Modified`` is always yesterday, and conditional requests return 200."""
    unknown_goes_home: bool = False
    past_end_goes_to_first: bool = False
    two_sections: bool = False
    """Every story is also listed in a second section, under another URL."""
    login_links: bool = False
    print_twins: bool = False
    mobile_theme: bool = False
    calendar: bool = False
    """Every page links to a calendar without end."""
    looping_path: bool = False
    """Every page has a wrong relative link, which makes the path longer at every step."""
    files: bool = False
    """Every story has a photo and an attachment; every third one has the attachment only."""
    counters: bool = False
    """Every page shows the number of requests."""
