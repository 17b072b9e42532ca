"""Knowledge of the Vietnamese language: words in TOML files, rules in code.

The package itself reads the word lists and recognises the language.
"""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from typing import Any


def read_words(name: str) -> dict[str, Any]:
    """Return the tables of the word list ``name``.toml of this package."""
    return tomllib.loads((files(__name__) / f"{name}.toml").read_text(encoding="utf-8"))


_MARKS = re.compile("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
MIN_MARKED_SHARE = 0.06
"""About a quarter of the letters of Vietnamese prose have such a mark. Other languages with some of
them (French, Portuguese, Romanian) have fewer than one in thirty."""


def read_language(text: str, declared: str | None) -> str | None:
    """Return the ISO 639-1 code: ``vi`` by the letters, else that of the page, else None.

    ``declared`` is the language in the metadata.
    """
    sample = text[:2000]
    marks = 0 if sample.isascii() else len(_MARKS.findall(sample))
    if sample and marks >= MIN_MARKED_SHARE * len(sample):
        return "vi"
    code = (declared or "").replace("_", "-").split("-")[0].lower()
    return code if len(code) == 2 and code.isalpha() and (code != "vi" or not sample) else None
