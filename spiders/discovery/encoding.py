"""Text files of a site (robots.txt, sitemaps) in UTF-8, whatever they were saved in."""

from __future__ import annotations

import codecs
import re

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks; the four bytes of UTF-32 begin like the two of UTF-16."""

UNMARKED = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
"""How XML in UTF-16 begins without a mark."""

XML_DECLARATION = re.compile(r"\s*<\?xml[^<>]*\?>")


def as_utf8(body: bytes) -> bytes:
    """The body without a byte order mark, in UTF-8 if it was in UTF-16 or UTF-32. Never raises.

    A body in UTF-16 or UTF-32 loses its XML declaration, which names the old encoding.
    """
    for mark, encoding in MARKS:
        if body.startswith(mark):
            return _recoded(body[len(mark) :], encoding)
    for start, encoding in UNMARKED:
        if body.startswith(start):
            return _recoded(body, encoding)
    return body


def _recoded(body: bytes, encoding: str) -> bytes:
    if encoding == "utf-8":
        return body
    text = body.decode(encoding, "replace")
    declaration = XML_DECLARATION.match(text)
    return text[declaration.end() if declaration else 0 :].encode("utf-8", "replace")
