"""Pages that stand at a host on which nobody publishes: defaults, placeholders, spam."""

from __future__ import annotations

import re
from collections.abc import Collection

from lxml import etree

from pipelines.extraction.vietnamese.spam import OFFER
from pipelines.text import fold
from spiders.discovery.portal_words import key_of, portal_words

MAX_PLACEHOLDER_CHARS = 1500
"""Characters of the visible text of a page that has nothing but a placeholder."""

MAX_PLACEHOLDER_LINKS = 12
MAX_ARTICLES = 2
"""Articles up to which a page may be a placeholder: some show the samples of their system."""

MAX_SEARCHED_BYTES = 262_144
MAX_TEXT_CHARS = 20_000

MIN_OFFERS_IN_TITLE = 2
MIN_SPAM_LINKS, MIN_SPAM_SHARE = 3, 0.2
"""Links to spam, and their share of all links with a text, from which a site was taken over."""

MIN_FOREIGN_LETTERS, MIN_FOREIGN_SHARE = 60, 0.3
FOREIGN_LETTER = re.compile(
    r"[\u0400-\u052f\u0590-\u06ff\u0900-\u0dff\u0e00-\u0eff\u1100-\u11ff\u1780-\u17ff"
    r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]"
)
LATIN_LETTER = re.compile(r"[a-zà-ỹđ]", re.I)


def parked_by(
    titles: Collection[str], description: str, lines: list[str], links: list[str], articles: int
) -> str:
    """Return what shows that nobody publishes on a page, in words; an empty text if nothing does.

    ``lines`` are the visible texts, ``links`` the texts of links.
    """
    if spam := _spam(titles, description, links):
        return spam
    text = " ".join(lines)[:MAX_TEXT_CHARS]
    if _is_foreign(text):
        return "a text in another script"
    if articles > MAX_ARTICLES:
        return ""
    for title in titles or lines[:1]:
        if _is_default_title(title):
            return f"a page with the title {title.strip()[:60]}"
    if len(text) <= MAX_PLACEHOLDER_CHARS and len(links) <= MAX_PLACEHOLDER_LINKS:
        words = key_of(" ".join([*titles, text])).split()
        if phrase := portal_words().placeholders.found_in(words):
            return f"a page that only says: {phrase}"
    return ""


def names_parking_service(body: bytes) -> bool:
    """Whether a page names the host of a service for parked domains."""
    head = body[:MAX_SEARCHED_BYTES].lower()
    return any(name in head for name in portal_words().parking_services)


def _spam(titles: Collection[str], description: str, links: list[str]) -> str:
    head = fold(" ".join([*titles, description])[:MAX_TEXT_CHARS])
    if len(OFFER.findall(head)) >= MIN_OFFERS_IN_TITLE:
        return "a title that offers betting, pills, loans or sex"
    named = [link for link in links if link]
    offers = sum(bool(OFFER.search(fold(link[:300]))) for link in named)
    if offers >= MIN_SPAM_LINKS and offers >= MIN_SPAM_SHARE * len(named):
        return "links that offer betting, pills, loans or sex"
    return ""


def _is_foreign(text: str) -> bool:
    foreign = len(FOREIGN_LETTER.findall(text))
    latin = len(LATIN_LETTER.findall(text))
    return foreign >= MIN_FOREIGN_LETTERS and foreign >= MIN_FOREIGN_SHARE * (foreign + latin)


def _is_default_title(title: str) -> bool:
    """Whether a title is that of a server, a panel or a registrar, whole or up to its end."""
    listed = portal_words().parked_titles
    words = key_of(title[:200]).split()
    if " ".join(words) in listed:
        return True
    return any(" ".join(words[:length]) in listed for length in range(2, min(len(words), 9)))


def description_of(root: etree._Element) -> str:
    """Return the description that a page declares, an empty text if there is none."""
    for meta in root.iter("meta"):
        if (meta.get("name") or "").lower() == "description":
            return (meta.get("content") or "")[:1000]
    return ""
