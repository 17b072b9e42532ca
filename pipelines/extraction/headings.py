"""The headings within the text: heading elements, and lines that are bold in their place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from itertools import groupby

from pipelines.blocks import MAX_LEVEL
from pipelines.extraction.context import PageContext
from pipelines.extraction.html.blocks import HEADINGS
from pipelines.extraction.passages import Passage

MAX_HEADING_CHARS = 250
"""Characters of a heading element. Longer ones are paragraphs in large letters."""

MAX_HEADINGS_SHARE = 0.5
"""Share of the text in heading elements, if they are several, from which they are paragraphs."""

MAX_BOLD_CHARS, MAX_BOLD_WORDS = 120, 24
"""The size of a bold line that stands for a heading. Longer ones are emphasised sentences."""

MAX_BOLD_RUN = 2
"""Bold lines in a row that are headings: a part and its first section. More are a list or a form.
"""

MAX_BOLD_SHARE = 0.5
"""Share of bold lines among the paragraphs up to which they stand out as headings."""

FIRST_LEVEL = 2
"""The level of a bold line that is below no heading element. The title has level 1."""

_SENTENCE_ENDS = (".", ",", ";", "!", "…", "=")
_SPEECH = ("-", "–", "—", "+", "*", "•", "“", '"')


def heading_levels(
    context: PageContext,
    passages: Sequence[Passage],
    listed: Sequence[bool],
    tags: Set[str],
    end: int,
) -> dict[int, int]:
    """Return the level of each heading by the number of its passage.

    ``listed`` says for each passage whether it is in a list, table or quotation. ``tags`` are those
    within the body, ``end`` is the index after the last photo.
    """
    elements = {} if HEADINGS.isdisjoint(tags) else _element_levels(context, passages, listed)
    bold = [
        passage.lines[0].bold > 0
        and not (listed[number] or number in elements)
        and _is_bold_line(context, passage)
        for number, passage in enumerate(passages)
    ]
    if not any(bold) or sum(bold) > MAX_BOLD_SHARE * (len(passages) - len(elements)):
        return elements
    levels: dict[int, int] = {}
    above = FIRST_LEVEL - 1
    bold_ones = set(_headings_in_runs(passages, bold, end))
    for number in range(len(passages)):
        if number in elements:
            levels[number] = above = elements[number]
        elif number in bold_ones:
            levels[number] = min(MAX_LEVEL, max(FIRST_LEVEL, above + 1))
    return levels


def _element_levels(
    context: PageContext, passages: Sequence[Passage], listed: Sequence[bool]
) -> dict[int, int]:
    """Return the levels of the passages in heading elements.

    Where most of the text is in such elements, they only make letters larger.
    """
    top = context.body.index if context.body else -1
    found = {}
    for number, passage in enumerate(passages):
        if listed[number] or len(passage.text) > MAX_HEADING_CHARS:
            continue
        around = context.outline.within(passage.lines[0].box, top)
        level = next((int(box.tag[1]) for box in around if box.tag in HEADINGS), None)
        if level is not None:
            found[number] = level
    size = sum(len(passages[number].text) for number in found)
    if len(found) > 1 and size > MAX_HEADINGS_SHARE * sum(len(each.text) for each in passages):
        return {}
    return found


def _is_bold_line(context: PageContext, passage: Passage) -> bool:
    """Whether a passage is one short bold line, worded like a heading and not like a sentence."""
    line, text = passage.lines[0], passage.text
    if (
        not line.bold
        or len(passage.lines) > 1
        or not line.is_bold
        or line.link
        or len(text) > MAX_BOLD_CHARS
    ):
        return False
    if context.outline.boxes[line.box].align == "right" or len(text.split()) > MAX_BOLD_WORDS:
        return False
    if text.endswith(_SENTENCE_ENDS) or text.startswith((*_SPEECH, "(")) or " = " in text:
        return False
    is_address = "." in text and " " not in text
    has_letters = any(map(str.isalpha, text))
    return has_letters and not is_address and not _is_question_to_someone(text)


def _is_question_to_someone(text: str) -> bool:
    """Whether a line is the question of an interview, with the name of who asks."""
    return text.endswith("?") and ":" in text


def _headings_in_runs(passages: Sequence[Passage], bold: Sequence[bool], end: int) -> Iterator[int]:
    """Yield the bold lines above text or photos, without those in long runs of bold lines."""
    for is_bold, group in groupby(range(len(passages)), key=bold.__getitem__):
        run = list(group)
        is_above_text = run[-1] + 1 < len(passages) or passages[run[-1]].last + 1 < end
        if is_bold and len(run) <= MAX_BOLD_RUN and is_above_text:
            yield from run
