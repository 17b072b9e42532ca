"""PDF, read by PDFium: the text of each page, its tables, and whether it is a photographed page."""

from __future__ import annotations

from collections.abc import Callable

import pypdfium2
import pypdfium2.raw as pdfium

from pipelines.documents import time_limit
from pipelines.documents.document import MAX_PAGES, MAX_TEXT_CHARS, Document, UnreadableError
from pipelines.documents.media_types import PDF
from pipelines.documents.pdf_bounds import check_streams
from pipelines.documents.pdf_text import page_text

_MAX_SCAN_CHARS = 50
"""Characters of a photographed page: a stamp or a page number may be text."""

_MIN_SCAN_SHARE = 0.5
"""Share of a page that its photos cover, and of pages that are photos in a scan."""

_MAX_OBJECTS = 2_000
_MAX_GARBLED_SHARE = 0.2

_REASONS = {pdfium.FPDF_ERR_PASSWORD: "encrypted", pdfium.FPDF_ERR_SECURITY: "encrypted"}

RecognisePage = Callable[[pypdfium2.PdfPage], str]


def read_pdf(body: bytes, recognise: RecognisePage | None = None) -> Document:
    """Return the document. Photographed pages are read by ``recognise``, if it is given."""
    check_streams(body)
    try:
        pdf = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        raise UnreadableError(_REASONS.get(error.err_code or 0, "broken_file")) from None
    try:
        return _read(pdf, recognise)
    finally:
        pdf.close()


def _read(pdf: pypdfium2.PdfDocument, recognise: RecognisePage | None) -> Document:
    document = Document(PDF)
    count = len(pdf)
    scans = broken = chars = garbled = 0
    for number in range(min(count, MAX_PAGES)):
        if chars > MAX_TEXT_CHARS or time_limit.is_over():
            break
        try:
            page = pdf[number]
        except pypdfium2.PdfiumError:
            broken += 1
            document.pages.append("")
            continue
        found = page_text(page)
        text, garbled = found.text, garbled + found.garbled
        if _is_scan(page, text):
            scans += 1
            text = recognise(page) if recognise else text
        document.pages.append(text)
        chars += len(text)
        page.close()
    read = len(document.pages)
    document.is_scan = scans > _MIN_SCAN_SHARE * read
    document.problem = _problem(document, count, broken, 0 if recognise else scans)
    if document.problem is None and garbled > _MAX_GARBLED_SHARE * (chars + garbled):
        document.problem = "garbled_text"
    return document


def _problem(document: Document, count: int, broken: int, unread_scans: int) -> str | None:
    """Return why the text is not the whole one."""
    read = len(document.pages)
    if broken == read and (read or not count):
        return "broken_file"
    if read < count:
        return "too_many_pages"
    if unread_scans:
        return "scan" if document.is_scan else "partly_scanned"
    return "broken_pages" if broken else None


def _is_scan(page: pypdfium2.PdfPage, text: str) -> bool:
    """Whether a page is a photo: photos cover it, and it has hardly any text."""
    if len(text) > _MAX_SCAN_CHARS:
        return False
    width, height = page.get_size()
    covered = 0.0
    for number, each in enumerate(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE])):
        left, bottom, right, top = each.get_bounds()
        covered += max(0.0, right - left) * max(0.0, top - bottom)
        if number == _MAX_OBJECTS:
            break
    return bool(covered >= _MIN_SCAN_SHARE * width * height > 0)
