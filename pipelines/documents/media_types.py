"""Tell what bytes are from the bytes alone: a server's claim and a name may lie."""

from __future__ import annotations

import io
import re
import zipfile

import olefile

PDF = "application/pdf"
RTF = "application/rtf"
ZIP = "application/zip"
HTML = "text/html"
TEXT = "text/plain"
SVG = "image/svg+xml"
DOC = "application/msword"
XLS = "application/vnd.ms-excel"
PPT = "application/vnd.ms-powerpoint"
_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = f"{_OFFICE}wordprocessingml.document"
XLSX = f"{_OFFICE}spreadsheetml.sheet"
PPTX = f"{_OFFICE}presentationml.presentation"
XLSB = "application/vnd.ms-excel.sheet.binary.macroenabled.12"
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
ODT = f"{_OPEN_DOCUMENT}text"
ODS = f"{_OPEN_DOCUMENT}spreadsheet"
ODP = f"{_OPEN_DOCUMENT}presentation"
OLE = "application/x-ole-storage"
UNKNOWN = "application/octet-stream"

_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAX_START_BYTES = 1024
_MAGIC = (
    (b"{\\rt", RTF),
    (_OLE_MAGIC, OLE),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b", "application/gzip"),
)
_MAIN_PARTS = {
    "word/document.xml": DOCX,
    "xl/workbook.xml": XLSX,
    "xl/workbook.bin": XLSB,
    "ppt/presentation.xml": PPTX,
}
_OLE_STREAMS = {
    "encryptedpackage": "application/encrypted",
    "worddocument": DOC,
    "workbook": XLS,
    "book": XLS,
    "powerpoint document": PPT,
}
ENCRYPTED = "application/encrypted"
"""A document of Office in an encrypted container; its type is inside."""

_HTML_START = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|meta|title|script|style|table|div|p|br|h1)\b", re.I
)
_SVG_START = re.compile(rb"<(?:svg:)?svg\b", re.I)
_SVG_DOCTYPE = re.compile(rb"<!doctype\s+svg\b", re.I)
_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def media_type_of(body: bytes) -> str:
    """Return the media type of a body, ``application/octet-stream`` if it is not known."""
    start = body[:_MAX_START_BYTES]
    for magic, media_type in _MAGIC:
        if start.startswith(magic):
            return _type_of_ole(body) if media_type == OLE else media_type
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "image/webp"
    if start[4:8] == b"ftyp" and start[8:12] in (b"avif", b"avis"):
        return "image/avif"
    if start[:2] == b"PK" and start[2:4] in (b"\x03\x04", b"\x05\x06"):
        return _type_of_zip(body)
    return PDF if b"%PDF-" in start else _type_of_markup(body)


def is_photo(media_type: str) -> bool:
    """Whether a type is a picture made of pixels."""
    return media_type.startswith("image/") and media_type != SVG


def decoded_text(body: bytes) -> str | None:
    """Return the text of a file of plain text, or None if it has other bytes."""
    encoding = "utf-16" if body[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    for name in (encoding, "cp1252"):  # of which the second includes TCVN3 and VNI
        try:
            text = body.decode(name)
        except UnicodeDecodeError:
            continue
        return None if _NOT_TEXT.search(text) else text
    return None


def _type_of_markup(body: bytes) -> str:
    start = body[:_MAX_START_BYTES].removeprefix(b"\xef\xbb\xbf")
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        start = start.replace(b"\0", b"")[2:]
    start = _without_prologue(start)
    if _SVG_START.match(start) or _SVG_DOCTYPE.match(start):
        return SVG
    if _HTML_START.match(start):
        return HTML
    return TEXT if body and decoded_text(body) is not None else UNKNOWN


def _without_prologue(start: bytes) -> bytes:
    """Return the start of a markup file after white space, the XML declaration and comments."""
    while True:
        start = start.lstrip()
        if start.startswith(b"<?"):
            start = start.partition(b"?>")[2]
        elif start.startswith(b"<!--"):
            start = start[4:].partition(b"-->")[2]
        else:
            return start


def _type_of_zip(body: bytes) -> str:
    """Return the type of a package by its members, ``application/zip`` if it is no document."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            names = set(archive.namelist())
            if "content.xml" in names and "mimetype" in names:
                return _open_document_type(archive)
    except (zipfile.BadZipFile, *OTHER_ZIP_ERRORS):
        return _type_of_broken_zip(body)
    for part, media_type in _MAIN_PARTS.items():
        if part in names:
            return media_type
    return ZIP


def _open_document_type(archive: zipfile.ZipFile) -> str:
    info = archive.getinfo("mimetype")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return ZIP  # the dictionary of LZMA is as large as the file claims, up to 4 GB
    with archive.open(info) as member:
        claimed = member.read(100).decode("latin-1").strip().removesuffix("-template")
    return claimed if claimed in (ODT, ODS, ODP) else ZIP


def _type_of_broken_zip(body: bytes) -> str:
    """Return the type of a ZIP without a directory, by the names before its members."""
    for part, media_type in _MAIN_PARTS.items():
        if part.encode() in body:
            return media_type
    start = body[38:130]
    for media_type in (ODS, ODP, ODT):
        if start.startswith(media_type.encode()):
            return media_type
    return ZIP


def _type_of_ole(body: bytes) -> str:
    """Return the type of a file of Office from before 2007, by its streams."""
    try:
        with olefile.OleFileIO(body) as container:
            names = {path[-1].casefold() for path in container.listdir()}
    except Exception:  # olefile raises many kinds of errors on broken files
        return OLE
    for name, media_type in _OLE_STREAMS.items():
        if name in names:
            return media_type
    return OLE


OTHER_ZIP_ERRORS = (
    OSError, EOFError, NotImplementedError, RuntimeError, ValueError, KeyError, UnicodeError,
)  # fmt: skip
"""Errors besides BadZipFile that ``zipfile`` raises on broken files; zlib's is in ``packages``."""
