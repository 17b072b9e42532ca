"""Which language a text is in, as far as we need to know: Vietnamese, or what the page says."""

from __future__ import annotations

import re

_MARKS = re.compile("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
MIN_MARKED_SHARE = 0.06
"""Of the letters of Vietnamese prose about one in four bears such a mark; other languages that
use some of them (French, Portuguese, Romanian) stay under one in thirty."""


def read_language(text: str, claimed: str | None) -> str | None:
    """ISO 639-1 code: ``vi`` by the letters, else what the page claims, else None."""
    sample = text[:2000]
    marks = 0 if sample.isascii() else len(_MARKS.findall(sample))
    if sample and marks >= MIN_MARKED_SHARE * len(sample):
        return "vi"
    code = (claimed or "").replace("_", "-").split("-")[0].lower()
    return code if len(code) == 2 and code.isalpha() and (code != "vi" or not sample) else None
