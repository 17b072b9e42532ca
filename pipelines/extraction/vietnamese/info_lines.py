"""Lines with facts about an article that are not part of it: date, section, tags, editor."""

from __future__ import annotations

import re
from functools import lru_cache

from pipelines.extraction.vietnamese.dates import is_mostly_date
from pipelines.text import fold

MAX_FIELDS_LINE_CHARS = 240
"""Characters of a line of labelled fields."""

MIN_FIELDS = 2
_SEPARATOR = re.compile(r"(?<!\s)\s+[-–—]\s+|(?:(?<!\s)\s+)?[|•·]\s*|\t")
_LABEL = re.compile(
    r"(?:nguoi (?:dang|gui|viet)|dang (?:boi|ngay|luc)|tac gia|chuyen muc|danh muc|the loai|muc"
    r"|tu khoa|the|tags?|(?:so )?luot (?:xem|doc|truy cap)|ngay (?:dang|viet|cap nhat|xuat ban)"
    r"|cap nhat|published by|publicado por|posted (?:by|in|on)|author|categor(?:y|ies|ia|ias)|views"
    r"|updated)\s*:(?!\S*//)"
)
"""Labels of fields (folded), with their colon."""


@lru_cache(maxsize=4096)
def is_info_line(line: str) -> bool:
    """Whether a line is mostly a date, or a row of fields: "5/10 - Chuyên mục: Y tế"."""
    return is_mostly_date(line) or is_fields_line(line)


def is_fields_line(line: str) -> bool:
    """Whether a line is a row of several labelled fields, with or without a date."""
    if len(line) > MAX_FIELDS_LINE_CHARS or ":" not in line:
        return False
    parts = [part for part in _SEPARATOR.split(fold(line)) if part.strip()]
    labelled = sum(bool(_LABEL.match(part)) for part in parts)
    dates = sum(is_mostly_date(part) for part in parts)
    return labelled > 0 and labelled + dates >= max(MIN_FIELDS, len(parts) - 1)
