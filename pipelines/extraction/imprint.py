"""Find the imprint at the foot of a page by its words, because templates use no class for it."""

from __future__ import annotations

import re
from enum import Enum

from pipelines.extraction.html.blocks import Block, Outline
from pipelines.text import fold

MAX_IMPRINT_CHARS = 400
"""Characters of an imprint line. Portals write address and telephone in one line."""

_MAX_HEAD_CHARS = 120
"""Characters at the beginning of a line that are compared."""

_PUBLISHER = re.compile(
    r"[\W_]*(?:"
    r"(?:so )?(?:giay phep|gp)\b.{0,30}\b(?:so|hoat dong|thiet lap|ttdt|bao chi|xuat ban|cap)\b"
    r"|(?:nguoi )?chiu trach nhiem (?:chinh|(?:ve )?noi dung|xuat ban|quan ly)\b"
    r"|(?:co quan|don vi) (?:chu quan|quan ly|van hanh)\b"
    r"|(?:pho )?(?:truong ban bien tap|tong bien tap)\b"
    r"|(?:ban quyen|copyright|©|\(c\))(?: \d{4})?(?:\b.{0,12}\b(?:thuoc|cua|by)\b|\s*[:©]|$)"
    r"|©|copyright\b"
    r"|(?:vui long |de nghi |xin |yeu cau )?(?:ghi|neu) ro nguon\b"
    r"|®?\s*(?:cong|trang) (?:thong tin|ttdt|tin)\b.{0,90}$"
    r"|(?:website )?(?:duoc )?(?:thiet ke|phat trien|xay dung|van hanh)"
    r"(?: va (?:thiet ke|phat trien|van hanh))? boi\b"
    r"|(?:powered|designed|developed) by\b"
    r")",
)
_CONTACT = re.compile(
    r"[\W_]*(?:dia chi|tru so|dien thoai|so dien thoai|dt|sdt|tel|fax|e-?mail|thu dien tu|hop thu"
    r"|hotline|duong day nong|website|lien he)\b.{0,14}?(?:[:.]|\d|\S+@\S)"
)


_CUES = re.compile(
    r"\b(truong ban bien tap|chiu trach nhiem|giay phep|co quan chu quan|don vi quan ly|dia chi"
    r"|dien thoai|e-?mail|thu dien tu|fax|website)\s*[:.]"
)
_CONTACT_CUES = frozenset(
    {"dia chi", "dien thoai", "email", "e-mail", "thu dien tu", "fax", "website"}
)
_MIN_CUES = 2


class ImprintLine(Enum):
    """What a line of an imprint contains: the publisher, a contact, or the whole imprint."""

    WHOLE = "whole"
    PUBLISHER = "publisher"
    CONTACT = "contact"


def imprint_line(text: str) -> ImprintLine | None:
    """Return what a line of an imprint contains, or None for other lines.

    A contact alone is no evidence of an imprint. ``text`` must be normalised, so that it has no
    zero-width characters.
    """
    if len(text) > MAX_IMPRINT_CHARS:
        return None
    key = fold(text[:_MAX_HEAD_CHARS])
    cues = set(_CUES.findall(fold(text))) if ":" in text else set()
    if len(cues) >= _MIN_CUES and not cues <= _CONTACT_CUES:
        return ImprintLine.WHOLE
    if _PUBLISHER.match(key):
        return ImprintLine.PUBLISHER
    return ImprintLine.CONTACT if _CONTACT.match(key) else None


MIN_LINES = 2
"""Lines from which there is an imprint. A single contact line may end an article."""

MAX_GAP_LINES = 3
"""Lines of other content in a row that an imprint may hold: names, streets, counters."""

MIN_TEXT_CHARS = 80


def imprint_blocks(outline: Outline) -> frozenset[int]:
    """Return the indexes of the blocks from the first line of the imprint to its last.

    The page is read from its end up to the first running text that is not in an imprint. At least
    one line must name the publisher, the licence or the rights.
    """
    found: list[tuple[int, ImprintLine]] = []
    others = 0
    for block in reversed(outline.blocks):
        if not block.text:
            continue
        line = imprint_line(block.text)
        if line is not None:
            found.append((block.index, line))
            others = 0
            continue
        others += 1
        if _is_long_text(block) and (
            others > MAX_GAP_LINES or not found or not _is_inside_imprint(outline, block)
        ):
            break
    return frozenset(_blocks_of_runs(found))


def _is_long_text(block: Block) -> bool:
    """Whether a block is as long as running text and not mostly link."""
    return len(block.text) >= MIN_TEXT_CHARS and block.link_share < 0.5


def _is_inside_imprint(outline: Outline, block: Block) -> bool:
    """Whether a line of the imprint is right above a text that is not one."""
    above = outline.blocks[max(0, block.index - 2 * MAX_GAP_LINES) : block.index]
    lines = [each for each in above if each.text][-MAX_GAP_LINES:]
    kinds = (imprint_line(each.text) for each in lines)
    return any(kind not in (None, ImprintLine.CONTACT) for kind in kinds)


def _blocks_of_runs(lines: list[tuple[int, ImprintLine]]) -> set[int]:
    """Return the blocks of all runs of imprint lines that form an imprint.

    ``lines`` are in descending order.
    """
    runs: list[list[tuple[int, ImprintLine]]] = []
    for line in lines:
        if runs and runs[-1][-1][0] - line[0] <= 2 * MAX_GAP_LINES:
            runs[-1].append(line)
        else:
            runs.append([line])
    return {
        index
        for run in runs
        if _is_imprint([kind for _, kind in run])
        for index in range(run[-1][0], run[0][0] + 1)
    }


def _is_imprint(kinds: list[ImprintLine]) -> bool:
    """Whether lines of these kinds form an imprint."""
    is_named = ImprintLine.PUBLISHER in kinds and len(kinds) >= MIN_LINES
    return is_named or ImprintLine.WHOLE in kinds
