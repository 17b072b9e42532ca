"""Reads what a page shows by CSS selectors of its site, without using the product."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from lxml.html import HtmlElement

_SPACE = re.compile(r"[\s\u200b\ufeff\xa0]+")
_PRINTED = re.compile(r"(\d{1,2})[./ -](\d{1,2})[./ -](\d{4})")
_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_DOCUMENT = re.compile(r"\.(pdf|docx?|xlsx?|rar|zip|pptx?)(\?|#|$)", re.I)


@dataclass(frozen=True)
class Shown:
    """The article that a page shows; ``words`` are those of lede and body."""

    title: str
    section: str | None
    day: str | None
    words: int
    has_document: bool
    images: int


Platform = Callable[[HtmlElement], Shown | None]
"""A function that reads a page; it returns None if there is no article."""


def sharepoint(page: HtmlElement) -> Shown | None:
    """SharePoint with the news web part of two districts."""
    title = _first_with_text(page.xpath(f"//p[{_has_class('Title')}]"))
    if title is None:
        return None
    others = (
        "//table[contains(@class, 's4-wpTopTable')]//table[contains(@class, 's4-wpTopTable')]"
        "|//div[@id='part2']|//table[contains(@class, 'tbtinkhac')]"
    )
    for box in page.xpath(others):
        if box.getparent() is not None and title not in box.iterdescendants():
            box.getparent().remove(box)
    table = title.xpath("ancestor::table[1]")[0]
    ledes = table.xpath(".//b[contains(@class, 'lv_description')]")
    bodies = table.xpath(".//div[starts-with(@class, 'ExternalClass')]") or [table]
    section = _first_with_text(page.xpath(f"//td[{_has_class('FolderTitle')}]"))
    clock = _first_with_text(page.xpath(f"//td[{_has_class('Time')}]"))
    return _shown(
        text_of(title),
        None if section is None else text_of(section),
        None if clock is None else _day(text_of(clock)),
        " ".join([*map(text_of, ledes), text_of(bodies[0])]),
        bodies[:1],
    )


def finance_department(page: HtmlElement) -> Shown | None:
    """SharePoint with a page layout of its own: no time is printed.

    The name above the box is sometimes a section, sometimes a kind of report: it is not judged.
    """
    for box in page.xpath(f"//div[{_has_class('gthieu')}]")[:1]:
        title = _first_with_text(box.xpath(".//p|.//h1|.//h2|.//h3"))
        if title is not None:
            name = text_of(title)
            text = text_of(box).replace(name, "", 1)
            return _shown(name, None, None, text, [box])
    return None


def liferay(page: HtmlElement) -> Shown | None:
    """Liferay's asset publisher: the time stands in brackets within the heading."""
    for box in page.xpath(f"//div[{_has_class('asset-full-content')}]")[:1]:
        heading = _first_with_text(box.xpath(".//h2"))
        if heading is not None:
            clock = " ".join(map(text_of, heading.xpath("./span")))
            title = re.sub(r"\s*\(\s*\)\s*$", "", text_of(heading).replace(clock, " ").strip())
            return _shown(title, None, _day(clock), text_of(box).replace(title, "", 1), [box])
    return None


def school(page: HtmlElement) -> Shown | None:
    """The platform of a school: microdata and a breadcrumb."""
    headings = "//article[contains(@class, 'Article-News')]//h1|//h1[@itemprop='headline']"
    named = "//article//h1[contains(@class, 'title') or contains(@class, 'headline')]"
    title = _first_with_text(page.xpath(f"{headings}|{named}"))
    if title is None:
        return None
    crumbs = [text_of(each) for each in page.xpath("//ol[contains(@class, 'breadcrumb')]/li")]
    clock = " ".join(map(text_of, page.xpath(f"//div[{_has_class('news-date')}]")))
    box = (title.xpath("ancestor::article[1]") or title.xpath(".."))[0]
    bodies = box.xpath(
        ".//div[contains(@class, 'content-detail') or contains(@class, 'brief-detail')]"
    )
    section = crumbs[-1] if len(crumbs) > 1 else None
    return _shown(text_of(title), section, _day(clock), " ".join(map(text_of, bodies)), bodies)


PLATFORMS: dict[str, Platform] = {
    "cujut": sharepoint,
    "krongno": sharepoint,
    "stc": finance_department,
    "ldld": liferay,
    "thcsminhtan": school,
}
"""The platform of each site by the site's name."""


def text_of(element: HtmlElement) -> str:
    """Return the visible text, with one space between words."""
    texts = element.xpath(".//text()[not(ancestor::script or ancestor::style)]")
    return _SPACE.sub(" ", "".join(texts)).strip()


def _shown(
    title: str, section: str | None, day: str | None, text: str, boxes: Iterable[HtmlElement]
) -> Shown:
    links = [link for box in boxes for link in box.xpath(".//a/@href")]
    images = [source for box in boxes for source in box.xpath(".//img/@src") if source.strip()]
    has_document = any(_DOCUMENT.search(link) for link in links)
    return Shown(title, section, day, len(text.split()), has_document, len(images))


def _has_class(name: str) -> str:
    return f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')"


def _first_with_text(elements: Iterable[HtmlElement]) -> HtmlElement | None:
    return next((element for element in elements if text_of(element)), None)


def _day(text: str) -> str | None:
    if found := _PRINTED.search(text):
        day, month, year = map(int, found.groups())
        return f"{year:04d}-{month:02d}-{day:02d}"
    if moment := _UTC.search(text):
        return (datetime.fromisoformat(moment[0]) + timedelta(hours=7)).date().isoformat()
    return None
