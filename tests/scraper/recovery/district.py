"""A made-up portal of huyện Hàm Yên as web archives kept it from 2019 to 2025, and what is true.

The portal was rebuilt in 2022: other addresses, other templates, https. It was edited, lost pages
in three ways, and went dark with its district. ``district`` returns what an archive has of it.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import brotli

from scraper.demo.content import Story
from tests.portals.notices import png
from tests.portals.stories import document_of
from tests.scraper.recovery.archived import HTML, Archived
from tests.scraper.recovery.district_articles import (
    ARTICLES,
    FIRST_YEAR,
    LAST_YEAR,
    NEW,
    OLD,
    REBUILT,
    address_of,
    new_address,
    old_address,
    published_at,
    text_of,
)
from tests.scraper.recovery.district_pages import (
    SECTIONS,
    Listed,
    calendar_page,
    feed,
    list_page,
    missing_page,
    new_page,
    old_page,
    slug_of,
)
from tests.scraper.recovery.district_truth import District, Shown

CAPTURED_AFTER = timedelta(days=19, hours=3, minutes=7)

EDITED_ONCE, EDITED_TWICE, CAME_BACK = 5, 9, 31
LOST, LOST_SOFTLY, SENT_HOME, LOST_IN_A_GAP = 26, 28, 30, 33
MOVED = (2, 3, 6, 8, 11, 14, 17)
"""Old articles of which the archive has the redirect to their new address, and the page there."""

SEEN_TWICE, REVISITED = (4, 12, 27, 34), (7, 29, 36)
WITH_PHOTO, WITH_FILE = (10, 25, 32, 37), 35
ONLY_NAMED = (13, 38)
"""Articles that the answer of the index for the whole host leaves out."""


def district(first_year: int = FIRST_YEAR, last_year: int = LAST_YEAR) -> District:
    """Return what an archive has of the portal from the captures of some years."""
    shown = [one for one in _all() if first_year <= one.archived.moment.year <= last_year]
    return District(shown, frozenset(address_of(number) for number in ONLY_NAMED))


@cache
def _all() -> list[Shown]:
    return [
        *(one for number in range(1, ARTICLES + 1) for one in _of_article(number)),
        *_edits(),
        *_losses(),
        *_moves(),
        *_seen_later(),
        *_lists(),
        *_files(),
        *_others(),
    ]


def _captured(number: int) -> datetime:
    return published_at(number).astimezone(UTC) + CAPTURED_AFTER


def _page(number: int, version: int, moment: datetime) -> Shown:
    """Return a capture of an article, encoded and headed as the number of the article has it."""
    one, is_new = text_of(number, version), moment >= REBUILT
    photo = _photo_url(one) if number in WITH_PHOTO else None
    file = _file_url(one) if number == WITH_FILE else None
    url = new_address(one) if is_new else old_address(one)
    page = new_page(one, photo, file, url) if is_new else old_page(one, photo, file)
    fields, encode = ENCODINGS[number % len(ENCODINGS)]
    body = encode(page.encode())
    return Shown(Archived(url, moment, body, fields=(*HTML, *fields)), number, version)


def _of_article(number: int) -> list[Shown]:
    return [_page(number, 0, _captured(number))]


def _edits() -> list[Shown]:
    """Later versions; of one article, the first version comes back in the end."""
    later = {
        EDITED_ONCE: [(1, 60)],
        EDITED_TWICE: [(1, 30), (2, 200)],
        CAME_BACK: [(1, 40), (0, 90)],
    }
    return [
        _page(number, version, _captured(number) + timedelta(days=days))
        for number, versions in later.items()
        for version, days in versions
    ]


def _losses() -> list[Shown]:
    """Pages that the portal lost: by 404, twice, by a page that says so, and by its home page."""
    gone = Archived(address_of(LOST), _captured(LOST) + timedelta(days=200), b"", "404 Not Found")
    soft = missing_page().encode()
    home = ((b"Location", f"{NEW}/".encode()),)
    between = _captured(LOST_IN_A_GAP) + timedelta(days=30)
    return [
        Shown(gone, LOST, is_absent=True),
        Shown(replace(gone, moment=gone.moment + timedelta(days=90)), LOST, is_absent=True),
        _absent(LOST_SOFTLY, 150, "200 OK", soft),
        _absent(SENT_HOME, 170, "302 Found", b"", home),
        Shown(Archived(address_of(LOST_IN_A_GAP), between, b"", "404 Not Found"), LOST_IN_A_GAP,
              is_absent=True),
        _page(LOST_IN_A_GAP, 0, between + timedelta(days=30)),
    ]  # fmt: skip


def _absent(
    number: int, days: int, status: str, body: bytes, fields: Sequence[tuple[bytes, bytes]] = HTML
) -> Shown:
    moment = _captured(number) + timedelta(days=days)
    archived = Archived(address_of(number), moment, body, status, fields)
    return Shown(archived, number, is_absent=True)


def _moves() -> list[Shown]:
    """Redirects from the old addresses to the new ones, and the pages there."""
    moved = []
    for place, number in enumerate(MOVED):
        one, moment = text_of(number), REBUILT + timedelta(days=150 + 9 * place)
        target = ((b"Location", new_address(one).encode()),)
        hop = Archived(old_address(one), moment, b"", "301 Moved Permanently", target)
        moved += [Shown(hop), _page(number, 0, moment + timedelta(minutes=2))]
    return moved


def _seen_later() -> list[Shown]:
    """Pages that came again as they were: with their body, and as a revisit record."""
    twice = [_page(number, 0, _captured(number) + timedelta(days=15)) for number in SEEN_TWICE]
    revisits = []
    for number in REVISITED:
        first = _page(number, 0, _captured(number)).archived
        moment = first.moment + timedelta(days=21)
        revisits.append(Shown(replace(first, moment=moment, revisit_of=first), number))
    return [*twice, *revisits]


def _lists() -> list[Shown]:
    """The home page twice a year, a list of a section, a feed and a sitemap each year."""
    shown = []
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        for month in (3, 9):
            moment = datetime(year, month, 20, 4, tzinfo=UTC)
            if year == LAST_YEAR and month > 6:
                continue
            shown.append(_list(moment, "/", "Trang chủ", SECTIONS))
        moment = datetime(year, 4, 2, 4, tzinfo=UTC)
        path = f"/{slug_of(SECTIONS[1])}" if moment >= REBUILT else "/ListView/12"
        shown.append(_list(moment, path, SECTIONS[1], SECTIONS[1:2]))
        shown.append(_feed(datetime(year, 5, 6, tzinfo=UTC)))
    moved = ((b"Location", f"{NEW}/".encode()),)
    hop = Archived(f"{OLD}/", REBUILT + timedelta(days=1), b"", "301 Moved Permanently", moved)
    return [*shown, Shown(hop)]


def _list(moment: datetime, path: str, title: str, sections: Sequence[str]) -> Shown:
    is_new = moment >= REBUILT
    listed = [one for one in _newest(moment) if one.section in sections]
    page = list_page(title, listed, is_new=is_new)
    return Shown(Archived(f"{NEW if is_new else OLD}{path}", moment, page.encode()))


def _feed(moment: datetime) -> Shown:
    fields = ((b"Content-Type", b"application/rss+xml; charset=utf-8"),)
    url = f"{NEW if moment >= REBUILT else OLD}/rss.xml"
    return Shown(Archived(url, moment, feed(_newest(moment)).encode(), fields=fields))


def _newest(moment: datetime) -> list[Listed]:
    """Return what the portal listed at a moment: the ten newest articles."""
    listed = [
        Listed(one.title, one.sections[0], published_at(number), address_of(number))
        for number in range(1, ARTICLES + 1)
        if published_at(number) < moment and (one := text_of(number))
    ]
    return listed[:-11:-1]


def _photo_url(one: Story) -> str:
    return f"{NEW if published_at(one.id) >= REBUILT else OLD}/uploads/anh-{one.id}.png"


def _file_url(one: Story) -> str:
    return f"{NEW}/uploads/van-ban-{one.id}.pdf"


def _files() -> list[Shown]:
    """The photos and the attachment of articles, and a photo that no article names."""
    photo, file = ((b"Content-Type", b"image/png"),), ((b"Content-Type", b"application/pdf"),)
    photos = [
        Archived(_photo_url(text_of(number)), _photo_moment(number), png(number), fields=photo)
        for number in WITH_PHOTO
    ]
    one = text_of(WITH_FILE)
    moment = _photo_moment(WITH_FILE)
    banner = Archived(f"{OLD}/images/banner.png", moment, png(60, 20), fields=photo)
    attachment = Archived(_file_url(one), moment, document_of(one), fields=file)
    return [Shown(each) for each in (*photos, banner, attachment)]


def _photo_moment(number: int) -> datetime:
    return _captured(number) + timedelta(minutes=1)


def _others() -> list[Shown]:
    """What a recovery leaves alone: a calendar without end, a style sheet, an error, a login."""
    calendar = [
        Archived(
            f"{OLD}/lich-cong-tac/{2020 + month // 12}-{month % 12 + 1:02}-01",
            datetime(2020, 6, 1, 1, month, tzinfo=UTC) + timedelta(days=20 * month),
            calendar_page(month).encode(),
        )
        for month in range(16)
    ]
    moment = datetime(2023, 7, 7, tzinfo=UTC)
    css = ((b"Content-Type", b"text/css"),)
    others = [
        Archived(f"{NEW}/themes/style.css", moment, b"body { color: #222 }", fields=css),
        Archived(f"{NEW}/users/login", moment, missing_page().encode()),
        Archived(f"{NEW}/kinh-te/loi.html", moment, b"error", "500 Internal Server Error"),
    ]
    return [Shown(each) for each in (*calendar, *others)]


Encode = Callable[[bytes], bytes]
Fields = tuple[tuple[bytes, bytes], ...]

DATE = (b"Date", b"Thu, 01 Jan 1970 00:00:00 GMT")
"""A header that is wrong: the moment of a capture is that of its record."""

ENCODINGS: tuple[tuple[Fields, Encode], ...] = (
    ((DATE,), bytes),
    (((b"Content-Encoding", b"gzip"),), lambda body: gzip.compress(body, mtime=0)),
    ((), bytes),
    (((b"Content-Encoding", b"br"), DATE), brotli.compress),
)
