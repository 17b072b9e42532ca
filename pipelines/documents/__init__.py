"""Read the text of attachments, and photos.

These functions are called in worker processes, with limits of time and memory: the libraries that
read PDF, XLS and photos are native code.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from pipelines.documents import time_limit
from pipelines.documents.archives import read_archive
from pipelines.documents.doc import read_doc
from pipelines.documents.document import MAX_TEXT_CHARS, Document, UnreadableError
from pipelines.documents.docx import read_docx
from pipelines.documents.legacy_fonts import repaired
from pipelines.documents.media_types import (
    DOC,
    DOCX,
    ENCRYPTED,
    HTML,
    ODP,
    ODS,
    ODT,
    OLE,
    PDF,
    PPT,
    PPTX,
    RTF,
    SVG,
    TEXT,
    UNKNOWN,
    XLS,
    XLSX,
    ZIP,
    decoded_text,
    is_photo,
    media_type_of,
)
from pipelines.documents.ocr import Recogniser, is_installed
from pipelines.documents.open_document import read_open_document
from pipelines.documents.packages import Package
from pipelines.documents.photos import Picture, read_photo
from pipelines.documents.ppt import read_ppt
from pipelines.documents.pptx import read_pptx
from pipelines.documents.rtf import read_rtf
from pipelines.documents.xlsx import read_xlsx
from pipelines.text import normalise

__all__ = ["Document", "Picture", "read_document", "read_photo"]

READER_VERSION = 1
"""Raised with every change of the text that is read, so that stored texts can be read again."""

_READERS: dict[str, Callable[[bytes], Document]] = {
    DOC: read_doc,
    PPT: read_ppt,
    RTF: read_rtf,
}
_PACKAGES: dict[str, Callable[[Package], Document]] = {
    DOCX: read_docx,
    PPTX: read_pptx,
    XLSX: read_xlsx,
    ODT: lambda package: read_open_document(package, ODT),
    ODS: lambda package: read_open_document(package, ODS),
    ODP: lambda package: read_open_document(package, ODP),
}
_PROBLEMS = {
    HTML: "mislabelled_html",
    SVG: "svg",
    ENCRYPTED: "encrypted",
    OLE: "unknown_type",
}


def read_document(
    body: bytes, media_type: str | None = None, name: str | None = None, *, ocr: bool = False
) -> Document:
    """Return the text of a document. What cannot be read is told in ``problem``.

    The type is found in the bytes; what the server or the name claim is not believed.
    ``ocr`` reads photographed pages with tesseract, which takes seconds for each.
    """
    del media_type, name
    recogniser = Recogniser() if ocr and is_installed() else None
    time_limit.start()
    found = UNKNOWN
    try:
        found = media_type_of(body)
        if found == ZIP:
            document = read_archive(body, lambda member: _read(member, recogniser))
        else:
            document = _read(body, recogniser)
    except UnreadableError as error:
        document = Document(found, problem=error.reason)
    except MemoryError:
        document = Document(found, problem="too_large")
    if ocr and recogniser is None and document.problem in ("scan", "partly_scanned"):
        document.problem = "ocr_missing"
    if recogniser and recogniser.is_cut:
        document.problem = document.problem or "too_many_pages"
    if time_limit.is_over():
        document.problem = document.problem or "too_large"
    document.pages = [_finished(page) for page in document.pages]
    if not document.problem and not any(document.pages):
        document.problem = "no_text"
    return document


def _read(body: bytes, recogniser: Recogniser | None) -> Document:
    media_type = media_type_of(body)
    if reader := _READERS.get(media_type):
        return reader(body)
    if package_reader := _PACKAGES.get(media_type):
        with Package(body) as package:
            return package_reader(package)
    if media_type == XLS:
        from pipelines.documents.xls import read_xls  # only a process that reads one pays for it

        return read_xls(body)
    if media_type == PDF:
        from pipelines.documents.pdf import read_pdf  # as above

        return read_pdf(body, recogniser.read_page if recogniser else None)
    if is_photo(media_type):
        return _read_photo(body, media_type, recogniser)
    if media_type == TEXT:
        return _read_text(body)
    problem = _PROBLEMS.get(media_type, "unknown_type") if body else "empty"
    return Document(media_type, problem=problem)


def _read_photo(body: bytes, media_type: str, recogniser: Recogniser | None) -> Document:
    """Return a photo of a page, as some portals publish their notices."""
    if recogniser is None:
        return Document(media_type, problem="scan", is_scan=True)
    return Document(media_type, [recogniser.read_photo(body)], is_scan=True)


def _read_text(body: bytes) -> Document:
    text = decoded_text(body) or ""
    lines = map(_normalised_row, text[:MAX_TEXT_CHARS].splitlines())
    kept = "\n".join(filter(None, lines))
    return Document(TEXT, [kept], "too_large" if len(text) > MAX_TEXT_CHARS else None)


def _normalised_row(line: str) -> str:
    return "\t".join(map(normalise, line.split("\t"))).rstrip("\t")


def _finished(page: str) -> str:
    """Return a page in Unicode and in NFC."""
    return unicodedata.normalize("NFC", repaired(page))
