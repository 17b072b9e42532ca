"""What kinds of files are called, how their names end, and which of them a browser may show."""

from __future__ import annotations

import re
from urllib.parse import quote

from pipelines.text import fold, normalise
from scraper.store.file_search import file_name

UNKNOWN = "application/octet-stream"

PICTURES = {
    "image/jpeg": ("JPEG", "jpg"),
    "image/png": ("PNG", "png"),
    "image/gif": ("GIF", "gif"),
    "image/webp": ("WebP", "webp"),
    "image/avif": ("AVIF", "avif"),
}
"""The types that are shown: pictures made of pixels. Each has its label and the end of its name."""

_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument"
DOCUMENTS = {
    "application/pdf": ("PDF", "pdf"),
    "application/msword": ("Word (DOC)", "doc"),
    "application/vnd.ms-excel": ("Excel (XLS)", "xls"),
    "application/vnd.ms-excel.sheet.binary.macroenabled.12": ("Excel (XLSB)", "xlsb"),
    "application/vnd.ms-powerpoint": ("PowerPoint (PPT)", "ppt"),
    f"{_OFFICE}.wordprocessingml.document": ("Word (DOCX)", "docx"),
    f"{_OFFICE}.spreadsheetml.sheet": ("Excel (XLSX)", "xlsx"),
    f"{_OFFICE}.presentationml.presentation": ("PowerPoint (PPTX)", "pptx"),
    f"{_OPEN_DOCUMENT}.text": ("OpenDocument (ODT)", "odt"),
    f"{_OPEN_DOCUMENT}.spreadsheet": ("OpenDocument (ODS)", "ods"),
    f"{_OPEN_DOCUMENT}.presentation": ("OpenDocument (ODP)", "odp"),
    "application/rtf": ("RTF", "rtf"),
    "application/zip": ("ZIP", "zip"),
    "application/vnd.rar": ("RAR", "rar"),
    "application/x-7z-compressed": ("7-Zip", "7z"),
    "image/bmp": ("BMP", "bmp"),
    "image/tiff": ("TIFF", "tif"),
}
"""The types that are only downloaded, under their own names."""

TEXTS = {
    "text/plain": ("TXT", "txt"),
    "text/html": ("HTML", "txt"),
    "application/xhtml+xml": ("HTML", "txt"),
    "image/svg+xml": ("SVG", "txt"),
    "text/xml": ("XML", "txt"),
    "application/xml": ("XML", "txt"),
}
"""The types that are downloaded as bytes, and named so that nothing runs what is in them."""

NAMES = {**PICTURES, **DOCUMENTS, **TEXTS}

MAX_NAME_CHARS = 100
MAX_NAME_BYTES = 200
FALLBACK_NAME = "tep"

NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|%]+')
"""Characters that some system does not allow in a file name, or a browser reads as more."""

MAGIC = {
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/gif": re.compile(rb"GIF8[79]a"),
    "image/webp": re.compile(rb"RIFF.{4}WEBP", re.S),
    "image/avif": re.compile(rb".{4}ftypavi[fs]", re.S),
}


def type_of(media_type: str, body: bytes) -> str:
    """Return the stored type of a body, but no type of a picture unless the body begins as one."""
    magic = MAGIC.get(media_type)
    return media_type if magic is None or magic.match(body) else UNKNOWN


def announced_type(media_type: str) -> str:
    """Return the type that readers are told: that of a picture or a document, else only bytes."""
    return media_type if media_type in PICTURES or media_type in DOCUMENTS else UNKNOWN


def label(media_type: str | None) -> str | None:
    """Return what people call a type, None if it is not known."""
    return NAMES[media_type][0] if media_type in NAMES else None


def safe_name(name: str | None, url: str, media_type: str) -> str:
    """Return a file name for any system, which ends as the type demands, whatever it claims."""
    text = normalise(name or file_name(url))
    end = NAMES[media_type][1] if media_type in NAMES else "bin"
    return f"{safe_stem(text[: -len(end) - 1] if text.lower().endswith(f'.{end}') else text)}.{end}"


def safe_stem(text: str) -> str:
    """Return a text as the name of a file on any system, without its end."""
    stem = NOT_IN_NAMES.sub("-", normalise(text)).strip(" .-_")[:MAX_NAME_CHARS]
    stem = stem.encode()[:MAX_NAME_BYTES].decode(errors="ignore").strip(" .-_")
    return stem or FALLBACK_NAME


def content_disposition(form: str, name: str) -> str:
    """Return the header for a safe name: in ASCII, and in full as RFC 8187 has it."""
    folded = "".join(letter if letter.isascii() else fold(letter) for letter in name)
    plain = re.sub(r'[^ -~]|["\\\\]', "_", folded)
    return f"{form}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
