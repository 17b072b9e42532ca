"""The end mark ``./.``, by which administrative texts mark their end."""

from __future__ import annotations

import re

MAX_MARK_CHARS = 16
"""Characters at the end of a paragraph that are searched for the mark."""

_SIGNS = " \t./…-–"
_MARK = re.compile(r"\s*(?P<own>\.{3}|…|\.)?[\s–-]*\.?\s*/[\s/]*(?:\.[\s/–-]*){0,2}")
_ENDED = re.compile(r"[.!?…:;][”\"’»)\]]*$")
_ADDRESS = re.compile(r"://|\w\.[a-z]{2,}/")


def strip_end_mark(paragraph: str) -> tuple[str, bool]:
    """Return the paragraph without the end mark, and whether it had one.

    The full stop of the sentence is kept, or added if the mark replaced it: ``… Huyện ủy./.``
    becomes ``… Huyện ủy.``. Document numbers (``03-ĐA/TU``), blanks in forms (``số …/…``) and URLs
    are not end marks. A paragraph that is only an end mark becomes empty.
    """
    if "/" not in paragraph[-MAX_MARK_CHARS:]:
        return paragraph, False
    body = paragraph.rstrip(_SIGNS)
    run = paragraph[len(body) :]
    found = _MARK.fullmatch(run) if len(run) <= MAX_MARK_CHARS and "." in run else None
    if found is None or _ADDRESS.search(body.rsplit(None, 1)[-1] if body else ""):
        return paragraph, False
    if body and found["own"] in ("…", "..."):
        body += found["own"]
    elif body and not _ENDED.search(body):
        body += "."
    return body, True
