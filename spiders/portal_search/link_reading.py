"""Reads the links of a province's portals and papers: the home page and a few pages of links."""

from __future__ import annotations

import logging
import sqlite3
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipelines.items import Page
from pipelines.workers import Workers, WorkersStoppedError, reason_of
from spiders.discovery.portal_verdicts import PortalVerdict
from spiders.discovery.unit_links import read_link_list
from spiders.portal_search.host_client import ElsewhereError, HostClient, Network, NotReadError
from spiders.portal_search.limits import MAX_LINK_PAGES
from spiders.portal_search.looks import NO_ADDRESS
from spiders.portal_search.plan import LinkList
from spiders.portal_search.recorder import ListReading
from spiders.responses import PRIVATE_ADDRESS

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LinkReader:
    """Reads link lists. An error on one of them affects no other."""

    network: Network
    workers: Workers

    async def read(self, each: LinkList) -> ListReading:
        """Return the candidates to which a portal or paper links, or why it cannot be read."""
        try:
            return await self._read(each)
        except NotReadError as error:
            return ListReading(reason=error.reason, wait=error.wait)
        except ElsewhereError as error:
            return ListReading(reason=f"redirects to {urlsplit(error.url).hostname}")
        except (WorkersStoppedError, sqlite3.Error):
            raise
        except Exception as error:
            logger.exception("links unreadable url=%s", each.url)
            return ListReading(reason=reason_of(error, "reading"))

    async def _read(self, each: LinkList) -> ListReading:
        """Raises NotReadError and ElsewhereError if the home page cannot be read."""
        client, page = await self._open(each.url)
        candidates, further, home = await self.workers.call(
            read_link_list, page, each.province, MAX_LINK_PAGES
        )
        for url in further:
            try:
                page = await client.read(url)
            except (NotReadError, ElsewhereError):
                continue
            candidates += (await self.workers.call(read_link_list, page, each.province, 0))[0]
        if each.itself is None:
            client.pages.clear()
        return ListReading(candidates, home.fingerprint)

    async def _open(self, url: str) -> tuple[HostClient, Page]:
        """Return the home page of a portal or paper, which may redirect to a name below its own."""
        try:
            return await self._look_at(url)
        except ElsewhereError as error:
            target, name = urlsplit(error.url), urlsplit(url).hostname or ""
            if not (target.hostname or "").endswith(f".{name.removeprefix('www.')}"):
                raise
            return await self._look_at(error.url)

    async def _look_at(self, url: str) -> tuple[HostClient, Page]:
        found = await self.network.look_up(url)
        if found.is_private:
            raise NotReadError(PortalVerdict.REFUSED, PRIVATE_ADDRESS)
        if not found.addresses:
            raise NotReadError(PortalVerdict.NO_NAME, NO_ADDRESS)
        client = self.network.client_of(url, found)
        return client, await client.open(url)
