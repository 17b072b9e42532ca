"""The end mark ``./.``: the administrative way to say that a text ends here."""

from __future__ import annotations

import re

MAX_MARK_CHARS = 16
"""Characters at the end of a paragraph that can be the mark: it is looked for nowhere else."""

_SIGNS = " \t./…-–"
_MARK = re.compile(r"\s*(?P<own>\.{3}|…|\.)?[\s–-]*\.?\s*/[\s/]*(?:\.[\s/–-]*){0,2}")
_ENDED = re.compile(r"[.!?…:;][”\"’»)\]]*$")
_ADDRESS = re.compile(r"://|\w\.[a-z]{2,}/")


def strip_end_mark(paragraph: str) -> tuple[str, bool]:
    """The paragraph without the end mark, and whether it had one.

    The full stop of the sentence stays, or is put where the mark had taken its place:
    ``… Huyện ủy./.`` becomes ``… Huyện ủy.``. Numbers of documents (``03-ĐA/TU``), blanks of forms
    (``số …/…``) and addresses of the web are no end marks. A paragraph that is nothing but the
    mark becomes empty.
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
