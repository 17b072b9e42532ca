"""Lists whose further pages are loaded by script; the registry declares the requests for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlencode, urljoin, urlsplit

from scraper.base.source import PAGE_PLACEHOLDER, More, Source
from scraper.store.pages import PageRecord
from spiders.discovery.pagination import Link, Postback

Key = Callable[[Link | Postback], str]


class MoreLists:
    """The declared lists of one source.

    ``key`` returns the key of a page of a list. ``most`` limits the pages of one list.
    """

    def __init__(self, source: Source, key: Key, most: int) -> None:
        self.source = source
        self.most = most
        self._key = key
        self._asked: dict[str, tuple[More, int]] = {}
        self._first: dict[str, More] = {}

    def beginnings(self) -> Iterator[Link | Postback]:
        """Yield the request for the first page of each list."""
        for more in self.source.more:
            link = self._note(more, 0)
            self._first[self._key(link)] = more
            yield link

    def names(self, known: PageRecord) -> bool:
        """Whether a page belongs to a declared list."""
        return known.list_key in self._first

    def after(self, known: PageRecord) -> Link | Postback | None:
        """Return the next page of the declared list of a page, or None if it belongs to none."""
        asked = self._place(known)
        return self._note(asked[0], asked[1] + 1) if asked else None

    def shown_on(self, known: PageRecord) -> str | None:
        """Return the URL of the page on which script shows the declared list of a page.

        Returns None if the page belongs to no declared list.
        """
        more = self._first.get(known.list_key)
        return None if more is None else self._shown(more)

    def continue_list(self, known: PageRecord) -> bool:
        """Whether a page shows a list with declared further pages, or is one of these pages."""
        shown = (Link(self._shown(more)) for more in self.source.more)
        return self.names(known) or any(self._key(link) == known.url_key for link in shown)

    def _place(self, known: PageRecord) -> tuple[More, int] | None:
        """Return the list of a page and its place in the list, or None.

        For a page that is left over from an earlier run, all places are tried.
        """
        more = self._first.get(known.list_key)
        if more is not None and known.url_key not in self._asked:
            for place in range(self.most):
                self._note(more, place)
        return self._asked.get(known.url_key)

    def _note(self, more: More, place: int) -> Link | Postback:
        link = request_for(more, place, self.source.home_url)
        self._asked[self._key(link)] = more, place
        return link

    def _shown(self, more: More) -> str:
        return urljoin(self.source.home_url, more.list)


def request_for(more: More, place: int, home_url: str) -> Link | Postback:
    """Return the request for a page of a declared list. The first page is at place 0."""
    number = str(more.first + place * more.step)
    url = urljoin(home_url, more.url.replace(PAGE_PLACEHOLDER, number))
    fields = {
        name: value.replace(PAGE_PLACEHOLDER, number) for name, value in more.formdata.items()
    }
    page = place + 2  # the page on which the list is shown counts as page 1
    if more.is_posted:
        return Postback(url, fields, page=page)
    parts = urlsplit(url)
    query = "&".join(filter(None, (parts.query, urlencode(fields))))
    return Link(parts._replace(query=query).geturl(), page=page)
