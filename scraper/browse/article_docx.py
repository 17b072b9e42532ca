"""An article as a document for Word and LibreOffice (DOCX).

Texts are only ever runs of text: no field, link, macro or outside file can come from a site.
Photos are named with their captions and addresses, below their picture if there is one.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from scraper.browse.article_shape import outline
from scraper.browse.article_text import attachment_text, byline, list_lines, photo_text
from scraper.browse.atom import FORBIDDEN
from scraper.browse.language import Translator
from scraper.transfer.links import Link

if TYPE_CHECKING:
    from docx.document import Document

Values = Mapping[str, Any]

MAX_TABLE_CELLS = 2_000
"""Cells of a table that stays a table; a larger one is lines with tabs. Measured: a table of 2,000
cells takes 0.2 s of processor time."""

MAX_TABLE_COLUMNS = 63
"""Word opens no table with more columns."""

MAX_PROPERTY_CHARS = 255
"""The longest title or author among the properties of a document."""


def docx_of(article: Values, link: Link, record: Iterable[tuple[str, str]], t: Translator) -> bytes:
    """Return an article in its reading order, then what it says of itself (``record``)."""
    import docx

    document = docx.Document()
    _describe(document, article, t)
    document.add_heading(_clean(article["title"] or t("untitled")), 0)
    if line := byline(article, t):
        document.add_paragraph(_clean(line), "Subtitle")
    if article["lede"]:
        document.add_paragraph().add_run(_clean(article["lede"])).bold = True
    levels = outline([each["level"] for each in article["blocks"] if each["type"] == "heading"])
    for block in article["blocks"]:
        if block["type"] == "heading":
            document.add_heading(_clean(block["text"]), next(levels) - 1)
        else:
            _add(document, article, block, link, t)
    document.add_paragraph("")
    for label, text in record:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{label}: ").bold = True
        paragraph.add_run(_clean(text))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _describe(document: Document, article: Values, t: Translator) -> None:
    """Set the properties of a document, and the language in which Word checks it."""
    properties = document.core_properties
    language = article["language"] or "vi"
    properties.title = _clean(article["title"] or t("untitled"))[:MAX_PROPERTY_CHARS]
    properties.author = _clean(article["author"] or "")[:MAX_PROPERTY_CHARS]
    properties.comments = ""
    properties.language = _clean(language)[:MAX_PROPERTY_CHARS]
    properties.created = datetime.fromisoformat(article["changed_at"])
    for element in document.styles.element.iter("{*}lang"):
        for name in element.attrib:
            if name.endswith("}val"):
                element.set(name, properties.language)


def _add(document: Document, article: Values, block: Values, link: Link, t: Translator) -> None:
    match block["type"]:
        case "list":
            for line in list_lines(block):
                document.add_paragraph(_clean(line), "List")
        case "table":
            _add_table(document, [*filter(None, [block["header"]]), *block["rows"]])
        case "quotation":
            document.add_paragraph(_clean(block["text"]), "Quote")
        case "photo":
            _add_picture(document, article["photos"][block["photo"]])
            if text := photo_text(article["photos"][block["photo"]], link, t):
                document.add_paragraph(_clean(text), "Caption")
        case "attachment":
            file = article["attachments"][block["attachment"]]
            document.add_paragraph(_clean(attachment_text(file, link, t)))
        case "separator":
            document.add_paragraph("* * *")
        case _:
            document.add_paragraph(_clean(block["text"]))


def _add_picture(document: Document, photo: Values) -> None:
    """Add the picture of a photo, with the text that stands for it where it cannot be seen."""
    if not (picture := photo.get("picture")):
        return
    run = document.add_paragraph().add_run()
    run.add_picture(io.BytesIO(picture))
    for properties in run.element.iter("{*}docPr"):
        properties.set("descr", _clean(photo.get("alt") or photo.get("caption") or ""))


def _add_table(document: Document, rows: Sequence[Sequence[str]]) -> None:
    width = max(map(len, rows), default=0)
    if not width:
        return
    if width > MAX_TABLE_COLUMNS or width * len(rows) > MAX_TABLE_CELLS:
        for cells in rows:
            document.add_paragraph(_clean("\t".join(cells)))
        return
    table = document.add_table(len(rows), width, "Table Grid")
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, cells, strict=False):
            cell.text = _clean(text)


def _clean(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return FORBIDDEN.sub("", text)
