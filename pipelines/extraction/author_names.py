"""Persons that the texts of a page name: each name once, in the spelling of the page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from pipelines.extraction.context import PageContext
from pipelines.extraction.vietnamese.boilerplate import boilerplate_line
from pipelines.extraction.vietnamese.bylines import Byline, read_byline, read_signature
from pipelines.extraction.vietnamese.names import (
    begins_with_surname,
    is_person_name,
    is_possible_pen_name,
    is_post,
    is_short_for,
    without_title,
)
from pipelines.text import fold

MAX_SIGNATURE_CHARS = 120
_MAX_NAME_WORDS = 5
_MAX_PEN_NAME_WORDS = 3
_PEN_NAME_WORDS = 2
_GLUED = re.compile(r"(?<=[a-zà-ỹ])(?=[A-Z])")
AUTHOR_LABEL = re.compile(
    r"\b(?:(?:tác giả|người viết|người đăng|người gửi|posted by)\s*:|(?:đăng|viết) bởi\s*:?)\s",
    re.IGNORECASE,
)
_DASH = re.compile(r"\s[-–]\s")
_LIST = re.compile(r"(?:(?<!\s)\s+)?(?:[,;&]|\s(?:và|and)\s|/)\s*")


def read_pen_name(line: str) -> Byline | None:
    """Read an element named author that holds only a pen name: ``Sông Lô``."""
    is_short = len(line.split()) <= _MAX_PEN_NAME_WORDS and line[:5].lower() != "theo "
    byline = read_byline(line)
    return (
        read_signature(line)
        if byline is None and is_short and is_possible_pen_name(line)
        else byline
    )


def read_author_line(line: str) -> Byline | None:
    """Read an element named author; ``Theo`` before a person is not part of the name."""
    glued = next((at.start() for at in _GLUED.finditer(line) if is_post(line[at.start() :])), None)
    line = line[:glued]
    byline = read_byline(line)
    person = line[5:].strip() if line[:5].lower() == "theo " else ""
    is_short = len(person.split()) == _PEN_NAME_WORDS or begins_with_surname(person)
    if byline is None and is_short and is_person_name(person):
        return Byline(without_title(person), None, line)
    return byline


def name_behind_label(line: str) -> str | None:
    """Return the longest name after a label in a line: ``20/11/2025 Tác giả: Lê Na Cỡ chữ``."""
    found = AUTHOR_LABEL.search(line)
    words = line[found.end() :].split() if found else []
    names = (" ".join(words[:size]) for size in range(_MAX_NAME_WORDS, 1, -1))
    return next(filter(is_person_name, names), None)


def names_in_list(context: PageContext, text: str) -> list[str]:
    """Return the names of a list; names separated by dashes stay one string, as on the page."""
    parts = _DASH.split(text)
    if len(parts) > 1 and all(map(is_person_name, parts)):
        return [text] if len(find_names(context, parts)) == len(parts) else []
    names = [name for name in _LIST.split(text) if name]
    return find_names(context, [text]) if len(names) > 1 and all(map(is_person_name, names)) else []


def find_names(
    context: PageContext, texts: Iterable[str], read: Callable[[str], Byline | None] = read_byline
) -> list[str]:
    """Return the persons that lines name, each once, in the spelling of the page.

    ``read`` parses one line; it returns None if the line is not a byline.
    """
    found: dict[str, str] = {}
    for text in texts:
        line = text.strip(" -–|•,;\n")
        if (
            not line
            or len(line) > MAX_SIGNATURE_CHARS
            or context.names_site(line)
            or _is_label(line)
        ):
            continue
        byline = read(line)
        if byline is None or not byline.author:
            continue
        for name in byline.author.split(", "):
            if not context.names_site(name):
                found.setdefault(fold(name), name)
    names = list(found.values())
    return [name for name in names if not any(is_short_for(name, other) for other in names)]


def _is_label(line: str) -> bool:
    """Whether a line announces what follows it, or is a label of the page: ``TỪ KHÓA``."""
    return line.endswith((":", "：")) or boilerplate_line(line) is not None
