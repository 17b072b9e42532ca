"""Links in all the shapes that link lists have, each with the name of what it leads to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import parse_qsl, urldefrag, urlsplit

from lxml import etree

from scraper.base.urls import urljoin_safely
from spiders.discovery.html import image_text, text_of
from spiders.discovery.portal_words import key_of, portal_words

MAX_LINKS = 10_000
"""Links of one page that are read; only hostile pages have more."""

MAX_URL_CHARS = 1000
MAX_LABEL_CHARS = 200
"""Characters of a label; what is longer is a text, not a name."""

MAX_HEADING_CHARS = 80
MAX_ROW_LEVELS = 3
"""Ancestors of a link without a name of its own among which the row with the name is searched."""

MAX_ROWS = 500
"""Links without a name of their own whose rows are read."""

URL_ATTRIBUTES = ("href", "xlink:href", "data-url", "data-href", "data-link", "data-src-url")
SCRIPT_ATTRIBUTES = ("onclick", "onchange", "ondblclick", "onmousedown")
HEADING_TAGS = frozenset(
    ("h1", "h2", "h3", "h4", "h5", "h6", "summary", "legend", "caption", "button", "dt", "strong")
)
NO_LINKS = frozenset(("link", "base", "use", "image"))
SCRIPT_URL = re.compile(
    r"""(?:open|assign|replace|navigate|location(?:\.href)?\s{0,9}=)\s{0,9}\(?\s{0,9}['"]([^'"\s]{1,999})['"]"""
    r"""|['"]((?:https?:)?//[^'"\s]{1,999})['"]""",
    re.I,
)
BARE_HOST = re.compile(r"(?:[a-z0-9-]{1,63}\.){1,6}vn(?:[:/?].{0,900})?", re.I)
"""A URL without its scheme, as in ``<option value="hamyen.tuyenquang.gov.vn">``."""

WEB = re.compile(r"https?://", re.I)
URL_IN_TEXT = re.compile(r"https?://\S{1,999}", re.I)
MAX_PARAMETERS = 20
DOUBLED_SCHEME = re.compile(r"(?:https?:/{1,2}|htt?p?s?:/{1,2})(?=https?:/)", re.I)
ONE_SLASH = re.compile(r"(https?):/(?=[^/])", re.I)


@dataclass(frozen=True, slots=True)
class LabelledLink:
    """A link: its absolute URL, what the page calls it, and the heading above it."""

    url: str
    label: str
    heading: str


def labelled_links(
    root: etree._Element, base: str, is_wanted: Callable[[str], bool]
) -> Iterator[LabelledLink]:
    """Yield the web links of a page whose URL is wanted, in document order, with their labels."""
    heading = ""
    rows = 0
    for element in islice(_elements(root), MAX_LINKS):
        written = _written_url(element)
        if not written:
            heading = _heading(element) or heading
            continue
        urls = filter(None, (_absolute(base, url) for url in (written, _url_in_query(written))))
        if url := next(filter(is_wanted, urls), None):
            label = _label(element)
            if not label and rows < MAX_ROWS:
                rows += 1
                label = _row_text(element)
            yield LabelledLink(url, label.strip(), heading)


def _elements(root: etree._Element) -> Iterator[etree._Element]:
    """Yield the elements that may have a URL, and those that may be headings."""
    for element in root.iter(etree.Element):
        if element.tag in NO_LINKS:
            continue
        if (
            element.tag in HEADING_TAGS
            or element.tag in ("option", "optgroup")
            or _has_url(element)
        ):
            yield element


def _has_url(element: etree._Element) -> bool:
    attributes = element.attrib
    return any(name in attributes for name in (*URL_ATTRIBUTES, *SCRIPT_ATTRIBUTES))


def _written_url(element: etree._Element) -> str:
    """Return the URL of an element as the page writes it, an empty text if it has none."""
    names = (*URL_ATTRIBUTES, "value") if element.tag == "option" else URL_ATTRIBUTES
    for name in names:
        value = (element.get(name) or "").strip()
        if value and not value.lower().startswith(("#", "javascript:", "mailto:", "tel:", "data:")):
            return value[: MAX_URL_CHARS + 1]
    for name in (*SCRIPT_ATTRIBUTES, "href"):
        if found := SCRIPT_URL.search((element.get(name) or "")[: 2 * MAX_URL_CHARS]):
            return found[1] or found[2]
    return ""


def _url_in_query(written: str) -> str:
    """Return the URL to which a counter of clicks leads: ``/click?url=https%3A%2F%2F…``."""
    query = written.partition("?")[2]
    if "http" not in query:
        return ""
    values = (value for _, value in islice(parse_qsl(query), MAX_PARAMETERS))
    return next((value for value in values if WEB.match(value)), "")


def _absolute(base: str, written: str) -> str | None:
    """Return a URL without its fragment, None if it is too long or not of the web."""
    if not written or len(written) > MAX_URL_CHARS:
        return None
    url = ONE_SLASH.sub(r"\1://", DOUBLED_SCHEME.sub("", written.strip("“”″\"'")))
    if BARE_HOST.fullmatch(url):
        url = f"http://{url}"
    url = urldefrag(urljoin_safely(base, url)).url
    try:
        parts = urlsplit(url)
        return url if parts.scheme.lower() in ("http", "https") and parts.hostname else None
    except ValueError:
        return None


def _heading(element: etree._Element) -> str:
    """Return the text of a heading, or the name of a group of options."""
    if element.tag == "optgroup":
        return (element.get("label") or "")[:MAX_HEADING_CHARS]
    text = text_of(element)
    return text if 0 < len(text) <= MAX_HEADING_CHARS else ""


def _label(element: etree._Element) -> str:
    """Return what an element calls its link: its text, else its title or image."""
    given = (
        text_of(element),
        element.get("title") or "",
        image_text(element),
        element.get("aria-label") or "",
        element.get("alt") or "",
        element.get("data-name") or element.get("data-title") or "",
    )
    names = (URL_IN_TEXT.sub(" ", text[: 2 * MAX_LABEL_CHARS]).strip(" :-–(") for text in given)
    return next((name for name in names if _is_name(name)), "")


def _is_name(text: str) -> bool:
    """Whether a text is a name, not a URL, a number or "Xem chi tiết"."""
    if (
        not text.strip()
        or len(text) > MAX_LABEL_CHARS
        or "://" in text
        or BARE_HOST.fullmatch(text)
    ):
        return False
    key = key_of(text)
    return any(char.isalpha() for char in key) and key not in portal_words().generic_labels


def _row_text(element: etree._Element) -> str:
    """Return the text of the row around a link, without the text of its links."""
    above = element.getparent()
    for _ in range(MAX_ROW_LEVELS):
        if above is None or above.tag in ("table", "tbody", "ul", "ol", "select", "body", "form"):
            return ""
        own = (text_of(cell) for cell in islice(above, 6) if cell is not element)
        texts = [above.text or "", *own, *((cell.tail or "") for cell in islice(above, 6))]
        texts = [text for text in texts if not WEB.search(text[:MAX_LABEL_CHARS])]
        if name := next((text.strip() for text in texts if _is_name(text)), ""):
            return name
        above = above.getparent()
    return ""
