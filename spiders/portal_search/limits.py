"""How much a search for portals asks for, and when it looks at a host again."""

from __future__ import annotations

from datetime import datetime, timedelta

from spiders.discovery.portal_verdicts import PortalVerdict

MAX_HOSTS_AT_ONCE = 64
"""Hosts that are looked at at the same time, each with one request in flight at most."""

MAX_REQUESTS_PER_HOST = 6
"""Requests to one host in one search: robots.txt, redirects and second tries included."""

MAX_REQUESTS_PER_ADDRESS = 4
"""Requests in flight to one IP address: the portals of a province often share a server."""

MAX_LINK_PAGES = 3
"""Pages of a portal or paper, besides its home page, whose links are read."""

MAX_NEWS_LISTS = 1
"""Lists of news of a candidate that are read if its home page shows no article."""

MAX_DATED_ARTICLES = 2
"""Articles of a candidate that are read if its home page shows no day."""

MAX_GUESSES = 500
"""Names to which nobody links that are asked for in a night, over all provinces."""

NIGHT = timedelta(hours=20)
"""The time in which searches share ``MAX_GUESSES``."""

MAX_WILDCARD_MISSES = 10
"""Names in a row that show what every name of their zone shows, after which no more are asked."""

TRIES = 2
"""Requests for one URL after which it counts as failed."""

LONGEST_PAUSE = 120.0
"""Seconds of a ``Retry-After`` that are waited for. If it is longer, a later search asks again."""

LISTS_AGAIN = timedelta(days=30)
"""After which the links of a portal or paper are read again."""

PORTAL_AGAIN = timedelta(days=30)
"""After which a portal that was not registered is looked at again."""

DOWN_AGAIN = timedelta(days=7)
"""After which a server that did not answer is asked again. It doubles with each failure in a row"""

DOWN_AT_MOST = timedelta(days=112)
"""until it is this long."""

NO_NAME_AGAIN = timedelta(days=30)
"""After which a name that did not exist is asked for again."""

OTHER_AGAIN = timedelta(days=90)
"""After which a host that shows something else is looked at again."""


def next_look_at(
    verdict: PortalVerdict, earlier: int, moment: datetime, wait: float = 0.0
) -> datetime:
    """Return when a host is looked at again.

    ``earlier`` counts the looks in a row before this one that had the same verdict; ``wait`` are
    the seconds that the host asked for.
    """
    pauses = {PortalVerdict.PORTAL: PORTAL_AGAIN, PortalVerdict.NO_NAME: NO_NAME_AGAIN}
    pause = pauses.get(verdict, OTHER_AGAIN)
    if verdict is PortalVerdict.DOWN:
        pause = min(DOWN_AT_MOST, DOWN_AGAIN * 2 ** min(earlier, 10))
    return moment + max(pause, timedelta(seconds=min(wait, OTHER_AGAIN.total_seconds())))
