"""Lines of an imprint: the publisher of a site, its licence, the address of the office."""

from __future__ import annotations

import re
from enum import Enum

from pipelines.text import fold

MAX_IMPRINT_CHARS = 400
"""Characters of an imprint line. Portals write address and telephone in one line."""

_MAX_HEAD_CHARS = 120
"""Characters at the beginning of a line that are compared."""

_PUBLISHER = re.compile(
    r"[\W_]*(?:"
    r"(?:so )?(?:giay phep|gp)\b.{0,30}\b(?:so|hoat dong|thiet lap|ttdt|bao chi|xuat ban|cap)\b"
    r"|(?:nguoi )?chiu trach nhiem (?:chinh|(?:ve )?noi dung|xuat ban|quan ly)\b"
    r"|(?:co quan|don vi) (?:chu quan|quan ly|van hanh)\b"
    r"|(?:pho )?(?:truong ban bien tap|tong bien tap)\b"
    r"|(?:ban quyen|copyright|©|\(c\))(?: \d{4})?(?:\b.{0,12}\b(?:thuoc|cua|by)\b|\s*[:©]|$)"
    r"|©|copyright\b"
    r"|(?:vui long |de nghi |xin |yeu cau )?(?:ghi|neu) ro nguon\b"
    r"|®?\s*(?:cong|trang) (?:thong tin|ttdt|tin)\b.{0,90}$"
    r"|(?:website )?(?:duoc )?(?:thiet ke|phat trien|xay dung|van hanh)"
    r"(?: va (?:thiet ke|phat trien|van hanh))? boi\b"
    r"|(?:powered|designed|developed) by\b"
    r")",
)
_CONTACT = re.compile(
    r"[\W_]*(?:dia chi|tru so|dien thoai|so dien thoai|dt|sdt|tel|fax|e-?mail|thu dien tu|hop thu"
    r"|hotline|duong day nong|website|lien he)\b.{0,14}?(?:[:.]|\d|\S+@\S)"
)


_CUES = re.compile(
    r"\b(truong ban bien tap|chiu trach nhiem|giay phep|co quan chu quan|don vi quan ly|dia chi"
    r"|dien thoai|e-?mail|thu dien tu|fax|website)\s*[:.]"
)
_CONTACT_CUES = frozenset(
    {"dia chi", "dien thoai", "email", "e-mail", "thu dien tu", "fax", "website"}
)
_MIN_CUES = 2


class ImprintLine(Enum):
    """What a line of an imprint contains: the publisher, a contact, or the whole imprint."""

    WHOLE = "whole"
    PUBLISHER = "publisher"
    CONTACT = "contact"


def imprint_line(text: str) -> ImprintLine | None:
    """Return what a line of an imprint contains, or None for other lines.

    A contact alone is no evidence of an imprint. ``text`` must be normalised, so that it has no
    zero-width characters.
    """
    if len(text) > MAX_IMPRINT_CHARS:
        return None
    key = fold(text[:_MAX_HEAD_CHARS])
    cues = set(_CUES.findall(fold(text))) if ":" in text else set()
    if len(cues) >= _MIN_CUES and not cues <= _CONTACT_CUES:
        return ImprintLine.WHOLE
    if _PUBLISHER.match(key):
        return ImprintLine.PUBLISHER
    return ImprintLine.CONTACT if _CONTACT.match(key) else None
