"""What class, id and style of a box say of it, unless its tag or its text refute that."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.extraction.html.blocks import HEADINGS, Block, Box
from pipelines.extraction.html.class_hints import read_hints
from pipelines.extraction.html.elements import (
    CELLS,
    Attributes,
    alignment,
    block_words,
    cell_span,
    emphasis,
)
from pipelines.extraction.html.hints import ALIGNED, BOILERPLATE, Hint
from pipelines.extraction.vietnamese.boilerplate import boilerplate_line
from pipelines.text import fold

_WORD = re.compile(r"[^\W_]+")
_MAX_SLUG_SOURCE_CHARS = 200
"""Characters at the beginning of a text that are compared with an id."""


def read_names(box: Box, attributes: Attributes) -> str | None:
    """Set the words of class and id of a box and the hints that they give.

    Returns the id to pass to ``drop_hints_refuted_by_text`` when the box closes, or None if its
    text cannot refute anything.
    """
    name = None
    box.words = block_words(attributes)
    box.hints = read_hints(box.words) if box.words else Hint.NONE
    if box.hints & BOILERPLATE and (
        "id" in attributes or box.hints & Hint.NOT_PRINTED or box.parent < 1
    ):
        name = _drop_hints_refuted_by_tag(box, attributes)
    if box.hints & ALIGNED:
        box.align = "right" if box.hints & Hint.ON_RIGHT else "center"
    return name


def read_looks(box: Box, attributes: Attributes) -> None:
    """Set how a box is aligned and emphasised, and how many columns a cell spans."""
    box.align = alignment(box.tag, attributes) or box.align
    box.bold, box.italic = emphasis(box.tag, attributes)
    if box.tag in CELLS:
        box.span = cell_span(attributes)


def _drop_hints_refuted_by_tag(box: Box, attributes: Attributes) -> str | None:
    """Remove boilerplate hints that say nothing of a box because of its tag.

    The names of ``html`` and ``body`` describe the page, and the id of a heading is an anchor.
    Returns the id that the text may refute.
    """
    if box.tag in ("html", "body"):
        box.hints &= ~BOILERPLATE
        return None
    named = read_hints(attributes.get("class", "")) if "id" in attributes else box.hints
    if box.tag in HEADINGS:
        box.hints &= ~BOILERPLATE | named
        return None
    return None if named & BOILERPLATE & ~Hint.NOT_PRINTED else attributes.get("id", "")


def drop_hints_refuted_by_text(box: Box, name: str, blocks: Sequence[Block]) -> None:
    """Remove boilerplate hints that the text of a box refutes; ``name`` is the id of the box.

    An id that is the slug of the text hints at nothing. A box that is not printed is not
    boilerplate if most of its text is not link.
    """
    if not blocks:
        return
    if box.hints & Hint.NOT_PRINTED:
        linked = sum(block.link for block in blocks)
        if 2 * linked <= sum(len(block.text) for block in blocks):
            box.hints &= ~Hint.NOT_PRINTED
    if _is_slug_of(name, blocks[0].text) and not boilerplate_line(blocks[0].text):
        box.hints &= ~BOILERPLATE


def _is_slug_of(name: str, text: str) -> bool:
    """Whether a name consists of the first words of a text, two or more, and maybe a number."""
    words = _WORD.findall(fold(name))
    text_words = _WORD.findall(fold(text[:_MAX_SLUG_SOURCE_CHARS]))
    while words and words[-1].isdigit() and words[-1] not in text_words:
        words.pop()
    return len(words) > 1 and words == text_words[: len(words)]
