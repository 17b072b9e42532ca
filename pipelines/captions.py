"""Captions: who took the photo, and which line of plain text must be one.

A caption keeps its printed text, credit included; the credit is told besides.
"""

from __future__ import annotations

import re

_CREDIT = re.compile(
    r"(?:\b(?:nguồn ảnh|ảnh tư liệu|ảnh minh họa|ảnh minh hoạ|ảnh/clip|ảnh, clip|ảnh và clip"
    r"|ảnh đồ họa|ảnh|hình|clip|video|đồ họa|đồ hoạ|infographic|minh họa|photos?|image)\s*[:：]"
    r"|\bnguồn\s*[:：])\s*(?P<name>[^:()\n]{1,60})\)?\s*$",
    re.IGNORECASE,
)
_AGENCY = re.compile(r"[(–-]\s*(?P<name>[^()–-]{2,40}/\s?[A-ZĐ][\w+]{2,12})\s*\)?\.?$")
_AGENCY_ALONE = re.compile(r"\((?P<name>TTXVN|Reuters|AFP|AP|Getty Images|VNA)\)\.?$")
_INITIALS = re.compile(r"(?:^|[\s.])[A-ZĐ]{1,2}\.$")


def read_credit(caption: str) -> str | None:
    """Who made the photo, as the caption prints it; None where it does not say.

    Reads ``Ảnh: X``, ``(Ảnh: CTV)``, ``Ảnh/clip: X``, ``Đồ họa: X``, ``Nguồn ảnh: X`` and
    ``(X/TTXVN)`` at the end of the caption. ``Ảnh minh họa`` alone is no credit.
    """
    text = caption.strip()
    found = _CREDIT.search(text) or _AGENCY.search(text) or _AGENCY_ALONE.search(text)
    if found is None:
        return None
    name = found["name"].strip(" ,;-–")
    if name.endswith(".") and not _INITIALS.search(name):
        name = name[:-1].rstrip()
    return name or None
