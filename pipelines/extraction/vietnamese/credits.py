"""Photo credits in captions."""

from __future__ import annotations

import re

from pipelines.extraction.vietnamese.names import is_person_name, is_role
from pipelines.extraction.vietnamese.organisations import organisations

_CREDIT = re.compile(
    r"(?:(?<!hình )(?<!bức )(?<!tấm )\b(?:nguồn ảnh|ảnh tư liệu|ảnh minh họa|ảnh minh hoạ|ảnh/clip"
    r"|ảnh, clip|ảnh và clip|ảnh đồ họa|ảnh|hình|clip|video|đồ họa|đồ hoạ|infographic|minh họa"
    r"|photos?|photograph|image|image credit|credit)\s*[:：]|\bnguồn\s*[:：]|\(photos? by\s)"
    r"\s*+(?P<name>[^:()\n]{1,60})\)?\s*(?:\.\s*)?$",
    re.IGNORECASE,
)
_UNMARKED = re.compile(r"(?:^|[.!?…(–-]\s*)Ảnh\s++(?P<name>[^:()\n.]{2,40})\)?\.?\s*$")
_AGENCY = re.compile(
    r"(?:[(–-]|[.!?…]\s)\s*(?P<name>[^()–.-]{2,40}/\s?[A-ZĐ][\w+]{2,12})\s*\)?\.?$"
)
_AGENCY_ALONE = re.compile(r"\((?P<name>TTXVN|Reuters|AFP|AP|Getty Images|VNA)\)\.?$")
_INITIALS = re.compile(r"(?:^|[\s.])[A-ZĐ]{1,2}\.$")
_GIVEN = re.compile(
    r"cung cấp$|^(?:chụp|cắt từ|internet|tư liệu|sưu tầm|mạng|tác giả|bạn đọc)\b", re.I
)


def read_credit(caption: str) -> str | None:
    """Return who made the photo, as the caption prints it, or None.

    Reads ``Ảnh: X``, ``(Ảnh: CTV)``, ``Ảnh/clip: X``, ``Đồ họa: X``, ``Nguồn ảnh: X`` and
    ``(X/TTXVN)`` at the end of the caption. ``Ảnh minh họa`` alone is not a credit. A label at the
    beginning must be followed by a name (``Ảnh: Các đại biểu dự hội nghị.`` is not a credit).
    """
    text = caption.strip()
    found = _CREDIT.search(text)
    if found is not None and not _is_name(found["name"].strip(" ."), found.start() == 0):
        return None
    found = found or _AGENCY.search(text) or _AGENCY_ALONE.search(text) or _unmarked(text)
    if found is None:
        return None
    name = found["name"].strip(" ,;-–")
    if name.endswith(".") and not _INITIALS.search(name):
        name = name[:-1].rstrip()
    return name or None


def _unmarked(text: str) -> re.Match[str] | None:
    """Match ``Ảnh`` and a name without a colon, at the end of the caption."""
    found = _UNMARKED.search(text)
    if found is None:
        return None
    name = found["name"].strip()
    return found if is_person_name(name) or organisations().is_source(name) else None


def _is_name(text: str, is_first: bool) -> bool:
    """Whether a credit is a name. A sentence after a label at the beginning is not."""
    if not text or _GIVEN.search(text) or is_role(text) or organisations().is_source(text):
        return True
    words = text.split()
    capitals = sum(not word[0].islower() for word in words)
    return capitals >= len(words) / 2 if is_first else capitals > 0
