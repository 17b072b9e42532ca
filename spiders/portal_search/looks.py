"""A look at one candidate: its home page, a list or an article if necessary, and a verdict."""

from __future__ import annotations

import logging
import sqlite3
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from pipelines.workers import Workers, WorkersStoppedError, reason_of
from spiders.discovery.portal_candidates import Candidate, level_of
from spiders.discovery.portal_subjects import subject_of
from spiders.discovery.portal_verdicts import HomePage, PortalVerdict, judge, unit_of
from spiders.discovery.unit_links import day_of_article, read_candidate
from spiders.http.lookups import Lookup
from spiders.portal_search.host_client import ElsewhereError, HostClient, Network, NotReadError
from spiders.portal_search.limits import MAX_DATED_ARTICLES, MAX_NEWS_LISTS
from spiders.responses import PRIVATE_ADDRESS

NO_ADDRESS = "dns"
"""The reason for a name without an address, as in a crawl."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at a candidate showed.

    ``candidate`` is what it turned out to be, if its page says so. ``moved_to`` is the URL on
    another host to which it redirects, ``wait`` the seconds that the host asked for, ``requests``
    how many were sent.
    """

    verdict: PortalVerdict
    reason: str
    home: HomePage | None = None
    candidate: Candidate | None = None
    moved_to: str | None = None
    wait: float = 0.0
    requests: int = 0

    @property
    def fingerprint(self) -> str:
        """That of the home page, empty if it was not read."""
        return self.home.fingerprint if self.home else ""


@dataclass(slots=True)
class Looker:
    """Looks at candidates.

    ``seen`` maps the fingerprints of portals to their host names; ``found`` are the codes of units
    with a portal.
    """

    network: Network
    workers: Workers
    seen: dict[str, str] = field(default_factory=dict)
    found: set[str] = field(default_factory=set)

    async def look_at(self, candidate: Candidate, found: Lookup) -> Look:
        """Look at a candidate whose name was looked up. An error on it ends no other look."""
        if found.is_late:
            return Look(PortalVerdict.DOWN, NO_ADDRESS)
        if found.is_private:
            return Look(PortalVerdict.REFUSED, PRIVATE_ADDRESS)
        if not found.addresses:
            return Look(PortalVerdict.NO_NAME, NO_ADDRESS)
        client = self.network.client_of(candidate.url, found)
        look = await self._look_at(candidate, client)
        client.pages.clear()
        return replace(look, requests=client.requests)

    async def _look_at(self, candidate: Candidate, client: HostClient) -> Look:
        try:
            candidate, home = await self._read(candidate, client)
        except ElsewhereError as error:
            reason = f"redirects to {urlsplit(error.url).hostname}"
            return Look(PortalVerdict.MOVED, reason, moved_to=error.url)
        except NotReadError as error:
            return Look(error.verdict, error.reason, wait=error.wait)
        except (WorkersStoppedError, sqlite3.Error):
            raise
        except Exception as error:
            logger.exception("candidate unreadable url=%s", candidate.url)
            return Look(PortalVerdict.REFUSED, reason_of(error, "reading"))
        verdict, reason = judge(candidate, home, self.seen)
        if verdict is not PortalVerdict.PORTAL:
            return Look(verdict, reason, home, candidate)
        if home.fingerprint:
            self.seen.setdefault(home.fingerprint, urlsplit(candidate.url).hostname or "")
        if candidate.unit_code is None and (code := unit_of(candidate, home)):
            candidate = replace(candidate, unit_code=code, level=level_of(code))
        if candidate.unit_code:
            self.found.add(candidate.unit_code)
        return Look(verdict, reason, home, candidate)

    async def _read(self, candidate: Candidate, client: HostClient) -> tuple[Candidate, HomePage]:
        """Return what the home page of a candidate says, completed from a list or an article.

        The candidate is that of the unit that the page names.
        """
        page = await client.open(candidate.url)
        home, lists = await self.workers.call(read_candidate, page, candidate, MAX_NEWS_LISTS)
        candidate = subject_of(candidate, home, self.found)
        if judge(candidate, home, self.seen)[0] is PortalVerdict.EMPTY:
            for url in lists:
                home = await self._with_list(candidate, client, home, url)
        if self._needs_day(candidate, home):
            for article in home.articles[:MAX_DATED_ARTICLES]:
                home = await self._with_day(client, home, article.url)
        return candidate, home

    def _needs_day(self, candidate: Candidate, home: HomePage) -> bool:
        """Whether the day of an article may show that a page is a portal, or how new it is.

        A body of the past may have had the name of the unit.
        """
        verdict, _ = judge(candidate, home, self.seen)
        is_named = verdict is PortalVerdict.OTHER_BODY and candidate.unit_code in home.unit_codes
        return home.newest is None and (verdict is PortalVerdict.PORTAL or is_named)

    async def _with_list(
        self, candidate: Candidate, client: HostClient, home: HomePage, url: str
    ) -> HomePage:
        """Return a home page without articles with those of a list, if it can be read."""
        if home.articles:
            return home
        try:
            page = await client.read(url)
        except (NotReadError, ElsewhereError):
            return home
        listed, _ = await self.workers.call(read_candidate, page, candidate, 0)
        return replace(
            home,
            articles=listed.articles,
            newest=listed.newest,
            fingerprint=listed.fingerprint,
            platform=home.platform or listed.platform,
        )

    async def _with_day(self, client: HostClient, home: HomePage, url: str) -> HomePage:
        """Return a home page without a day with that of an article, if it can be read."""
        if home.newest is not None:
            return home
        try:
            page = await client.read(url)
        except (NotReadError, ElsewhereError):
            return home
        return replace(home, newest=await self.workers.call(day_of_article, page))
