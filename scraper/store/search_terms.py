"""The words and phrases of a search, as expressions of the full-text indexes."""

from __future__ import annotations

import re
import unicodedata

from pipelines.text import fold
from scraper.store.fulltext import tone_style

MAX_TERMS = 32
QUOTES = str.maketrans("“”„«»", '"""""')

TERM = re.compile(r'"([^"]*)"|([^\s"]+)')

EXACT = "{title lede body}"
FOLDED = "{title_folded lede_folded body_folded}"
FILE_EXACT = "{text}"
FILE_FOLDED = "{text_folded}"
"""Columns of ``articles_fts`` and of ``file_texts_fts``: texts as spelled, and folded."""


def match_expression(words: str, columns: str) -> str:
    """The FTS5 expression for all words in one group of columns; '' if there is no word."""
    terms = " AND ".join(_quoted_terms(words, columns))
    return f"{columns} : ({terms})" if terms else ""


def match_terms(words: str, columns: str) -> list[str]:
    """The FTS5 expressions for each word and phrase in one group of columns."""
    return [f"{columns} : ({term})" for term in _quoted_terms(words, columns)]


def read_terms(words: str) -> list[str]:
    """The words and quoted phrases of a query, NFC; what has no letter or digit is left out.

    Whatever else the full-text engine would take for syntax is a word like any other.
    """
    text = unicodedata.normalize("NFC", words.encode(errors="ignore").decode())
    found = TERM.findall(text.translate(QUOTES).replace("\0", " "))
    terms = [phrase or word for phrase, word in found]
    return [term for term in terms if any(char.isalnum() for char in term)][:MAX_TERMS]


def _quoted_terms(words: str, columns: str) -> list[str]:
    form = fold if columns in (FOLDED, FILE_FOLDED) else tone_style
    return ['"' + form(term).replace('"', '""') + '"' for term in read_terms(words)]
