"""Articles as TEI P5, the format of text archives and editions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree

from pipelines.blocks import PARAGRAPH_END
from scraper.transfer.links import Link, link_target, web_address

NAMESPACE = "http://www.tei-c.org/ns/1.0"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML cannot hold."""

Values = Mapping[str, Any]


def tei_of(article: Values, link: Link = web_address) -> str:
    """Return an article, as in its JSON, as a TEI document. ``link`` says where its files are."""
    root = etree.Element(f"{{{NAMESPACE}}}TEI", nsmap={None: NAMESPACE})
    if article.get("language"):
        root.set(_LANGUAGE, article["language"])
    _add_header(root, article)
    text = _add(root, "text", type=str(article.get("kind") or "article"))
    if article.get("lede"):
        _add(_add(_add(text, "front"), "div", type="lede"), "p", article["lede"])
    body = _add(text, "body")
    _add_blocks(body, article, link)
    if not len(body):
        _add(body, "p")
    etree.indent(root)
    return etree.tostring(root, encoding="unicode") + "\n"


def _add_header(root: etree._Element, article: Values) -> None:
    """Add what is known of the article: title, author, source, dates, section and tags."""
    header = _add(root, "teiHeader")
    file = _add(header, "fileDesc")
    titles = _add(file, "titleStmt")
    _add(titles, "title", article.get("title") or "")
    _add_known(titles, "author", article.get("author"))
    _add(_add(file, "publicationStmt"), "p", "Exported from a local archive of news.")
    source = _add(_add(file, "sourceDesc"), "bibl")
    _add_known(source, "title", article.get("title"))
    _add_known(source, "author", article.get("author"))
    _add_known(source, "publisher", article.get("source"))
    if article.get("published_at"):
        printed = article.get("published_raw") or article["published_at"]
        _add(source, "date", printed, type="published", when=article["published_at"])
    if article.get("modified_at"):
        _add(source, "date", article["modified_at"], type="modified", when=article["modified_at"])
    if target := link_target(web_address, article):
        _add(source, "ref", article["url"], target=target)
    _add_profile(header, article)


def _add_profile(header: etree._Element, article: Values) -> None:
    """Add language, section and tags."""
    language, section, tags = (article.get(key) for key in ("language", "section", "tags"))
    if not (language or section or tags):
        return
    profile = _add(header, "profileDesc")
    if language:
        _add(_add(profile, "langUsage"), "language", ident=language)
    if section or tags:
        classes = _add(profile, "textClass")
        for name, terms in (("section", [section] if section else []), ("tags", tags or [])):
            if terms:
                words = _add(classes, "keywords", n=name)
                for term in terms:
                    _add(words, "term", term)


def _add_blocks(body: etree._Element, article: Values, link: Link) -> None:
    """Add the blocks; a heading begins a division, which holds those with lower headings."""
    divisions: list[tuple[int, etree._Element]] = [(0, body)]
    for block in article["blocks"]:
        if block["type"] == "heading":
            while divisions[-1][0] >= block["level"]:
                divisions.pop()
            division = _add(divisions[-1][1], "div")
            divisions.append((block["level"], division))
            _add(division, "head", block["text"])
        else:
            _add_block(divisions[-1][1], block, article, link)


def _add_block(parent: etree._Element, block: Values, article: Values, link: Link) -> None:
    """Add a block that is no heading."""
    match block["type"]:
        case "list":
            _add_list(parent, block["items"], block["ordered"])
        case "table":
            _add_table(parent, block["header"], block["rows"])
        case "quotation":
            _add_paragraphs(_add(parent, "quote"), block["text"])
        case "photo":
            _add_photo(parent, article["photos"][block["photo"]], link)
        case "attachment":
            _add_attachment(parent, article["attachments"][block["attachment"]], link)
        case "separator":
            _add(parent, "milestone", unit="section", rend="rule")
        case _:
            _add(parent, "p", block["text"])


def _add_list(parent: etree._Element, items: Sequence[str], ordered: bool) -> None:
    listed = _add(parent, "list", rend="numbered" if ordered else "bulleted")
    for item in items:
        if PARAGRAPH_END in item:
            _add_paragraphs(_add(listed, "item"), item)
        else:
            _add(listed, "item", item)


def _add_table(
    parent: etree._Element, header: Sequence[str] | None, rows: Sequence[Sequence[str]]
) -> None:
    table = _add(parent, "table")
    lines = [("label", header)] if header is not None else []
    for role, cells in [*lines, *(("data", row) for row in rows)]:
        row = _add(table, "row", role=role)
        for cell in cells:
            _add(row, "cell", cell)


def _add_photo(parent: etree._Element, photo: Values, link: Link) -> None:
    target = link_target(link, photo)
    if not (target or photo.get("caption")):
        return
    figure = _add(parent, "figure")
    if target:
        _add(figure, "graphic", url=target)
    _add_known(figure, "head", photo.get("caption"))
    _add_known(figure, "figDesc", photo.get("alt"))


def _add_attachment(parent: etree._Element, attachment: Values, link: Link) -> None:
    target = link_target(link, attachment)
    name = attachment.get("name") or attachment["url"]
    if target:
        _add(_add(parent, "p"), "ref", name, target=target)
    else:
        _add(parent, "p", name)


def _add_paragraphs(parent: etree._Element, text: str) -> None:
    for paragraph in text.split(PARAGRAPH_END):
        _add(parent, "p", paragraph)


def _add_known(parent: etree._Element, tag: str, text: str | None) -> None:
    """Add an element if there is a text for it."""
    if text:
        _add(parent, tag, text)


def _add(parent: etree._Element, tag: str, text: str = "", **attributes: str) -> etree._Element:
    """Add an element with a text, whose line ends become ``lb`` elements."""
    values = {name: _ILLEGAL.sub("", value) for name, value in attributes.items()}
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{tag}", values)
    first, *others = _ILLEGAL.sub("", text).split("\n")
    element.text = first or None
    for line in others:
        etree.SubElement(element, f"{{{NAMESPACE}}}lb").tail = line
    return element
