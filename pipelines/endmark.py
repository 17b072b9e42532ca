"""The end mark ``./.``: the administrative way to say that a text ends here."""

from __future__ import annotations

import re

REACH = 16
"""Characters at the end of a paragraph that can be the mark: it is looked for nowhere else."""

_MARK = re.compile(r"\s*(?:[.…]\s*)?/{1,2}\s*[.…]{1,3}/?$|\s*[.…]\s*/{1,2}\s*-?$")
_ENDED = (".", "!", "?", "…", ":", ";", "”", '"', "»", ")")


def strip_end_mark(paragraph: str) -> tuple[str, bool]:
    """The paragraph without the end mark, and whether it had one.

    The full stop of the sentence stays, or is put where the mark had taken its place:
    ``… Huyện ủy./.`` becomes ``… Huyện ủy.``. Numbers of documents (``03-ĐA/TU``) and addresses
    of the web are no end marks. A paragraph that is nothing but the mark becomes empty.
    """
    text = paragraph.rstrip()
    found = _MARK.search(text, max(0, len(text) - REACH))
    if found is None or _is_address(text):
        return paragraph, False
    body = text[: found.start()].rstrip()
    if body and not body.endswith(_ENDED):
        body += "."
    return body, True


def _is_address(text: str) -> bool:
    last = text.rsplit(None, 1)[-1]
    return "://" in last or last.startswith("www.")
