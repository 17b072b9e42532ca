"""The lists whose further pages only script asks for, as the registry declares their requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlencode, urljoin, urlsplit

from scraper.base.source import PAGE_PLACEHOLDER, More, Source
from scraper.store.pages import PageRecord
from spiders.discovery.pagination import Link, Postback

Key = Callable[[Link | Postback], str]


class MoreLists:
    """The declared lists of one source: each begins with its first page, and leads to the next.

    ``key`` gives the key under which a page of a list is known; ``most`` bounds the pages of one.
    """

    def __init__(self, source: Source, key: Key, most: int) -> None:
        self.source = source
        self.most = most
        self._key = key
        self._asked: dict[str, tuple[More, int]] = {}
        self._first: dict[str, More] = {}

    def beginnings(self) -> Iterator[Link | Postback]:
        """The first page of each list."""
        for more in self.source.more:
            link = self._note(more, 0)
            self._first[self._key(link)] = more
            yield link

    def names(self, known: PageRecord) -> bool:
        """Whether a page is one of a declared list."""
        return (known.list or known.url_key) in self._first

    def after(self, known: PageRecord) -> Link | Postback | None:
        """The page of its declared list that comes after a page, None where it is of none."""
        asked = self._place(known)
        return self._note(asked[0], asked[1] + 1) if asked else None

    def shown_on(self, known: PageRecord) -> str | None:
        """The address of the page that shows the list of which a page is an answer, else None."""
        more = self._first.get(known.list or known.url_key)
        return None if more is None else self._shown(more)

    def continue_list(self, known: PageRecord) -> bool:
        """Whether a page shows a list whose further pages are declared, or is one of these."""
        shown = (Link(self._shown(more)) for more in self.source.more)
        return self.names(known) or any(self._key(link) == known.url_key for link in shown)

    def _place(self, known: PageRecord) -> tuple[More, int] | None:
        """The list of a page and its place there; one that an earlier run left is looked for."""
        more = self._first.get(known.list or known.url_key)
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
    """The request for a page of a declared list, the first one at place 0."""
    number = str(more.first + place * more.step)
    url = urljoin(home_url, more.url.replace(PAGE_PLACEHOLDER, number))
    fields = {
        name: value.replace(PAGE_PLACEHOLDER, number) for name, value in more.formdata.items()
    }
    page = place + 2  # the page that shows the list is the first one
    if more.is_posted:
        return Postback(url, fields, page=page)
    parts = urlsplit(url)
    query = "&".join(filter(None, (parts.query, urlencode(fields))))
    return Link(parts._replace(query=query).geturl(), page=page)
