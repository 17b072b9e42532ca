"""The named rules that remove blocks from the body."""

from __future__ import annotations

import re
from collections.abc import Callable

from pipelines.extraction.attachments import names_file_below_text
from pipelines.extraction.body import MAX_TEASER_BLOCKS, is_prose
from pipelines.extraction.context import PageContext, is_figures_line
from pipelines.extraction.document_urls import links_to_document
from pipelines.extraction.html.blocks import HEADINGS, Block
from pipelines.extraction.html.hints import Hint
from pipelines.extraction.lede import is_same_text
from pipelines.extraction.rule_context import (
    MAX_SIGNATURE_CHARS,
    PRINTED_ADDRESS,
    RuleContext,
    is_date_line,
)
from pipelines.extraction.vietnamese.boilerplate import is_fields_line
from pipelines.extraction.vietnamese.bylines import read_byline, read_signature
from pipelines.extraction.vietnamese.captions import is_player_caption
from pipelines.extraction.vietnamese.names import is_person_name

MIN_SENTENCE_WORDS = 8
MAX_ANNOUNCED_BLOCKS = 30
"""Blocks of a list of links that one line may announce."""

MIN_ANNOUNCEMENT_CHARS = 8
"""Characters from which a line may announce links."""


SENTENCE_ENDS = (".", "!", "?", "…", ":", ";", "”", '"', ")", "»")
_SOURCE_LINE = re.compile(r"\W*(?:Theo|Nguồn)\s+[A-ZĐÀ-Ỹ]\S*+(?:\s++\S++){0,9}+\W*$")
"""A source below the text, without a colon: "Theo Núi Xanh và Đời sống"."""

_LABELLED = re.compile(
    r"\W*(?:tác giả|người (?:viết|đăng)|tin|bài|nguồn|theo|thực hiện)\b[^:]{0,20}:", re.I
)
"""The label of a byline, which names the author even if no class does."""

_NUMBERED = re.compile(r"(\d{1,2}|[IVX]{1,4})[.)]\s")
_PARAGRAPH_TAGS = HEADINGS | {"p", "li", "blockquote", "td", "th", "dt", "dd", "pre"}


def _is_caption(rule_context: RuleContext, block: Block) -> bool:
    """Whether a block is a caption, or the label of a player."""
    return block.index in rule_context.captions or is_player_caption(block.text)


def _is_lede(rule_context: RuleContext, block: Block) -> bool:
    """Whether a block is the lede, or repeats it near the start of the text."""
    if any(block is each for each in rule_context.lede):
        return True
    near = block.index <= rule_context.context.first_prose + 3
    return bool(near and rule_context.lede_text) and is_same_text(
        block.text, rule_context.lede_text
    )


def _is_title_again(rule_context: RuleContext, block: Block) -> bool:
    """Whether a block outside of the running text repeats the title."""
    context = rule_context.context
    near = block.index <= context.first_prose or block.index > context.last_prose
    return bool(near and context.title) and is_same_text(block.text, context.title or "")


def _is_boilerplate_box(rule_context: RuleContext, block: Block) -> bool:
    """Whether a block is in a box that is boilerplate."""
    return rule_context.context.is_boilerplate(block)


def _is_imprint(rule_context: RuleContext, block: Block) -> bool:
    """Whether a block belongs to the imprint."""
    return block.index in rule_context.context.outline.imprint


def _is_related(rule_context: RuleContext, block: Block) -> bool:
    """Whether a block belongs to a list of related articles."""
    return block.index in rule_context.related


def _is_teaser(rule_context: RuleContext, block: Block) -> bool:
    """Whether a block is the summary of another article, in a box within the body."""
    context = rule_context.context
    is_box_amid = context.body is not None and context.end - context.start > MAX_TEASER_BLOCKS
    return is_box_amid and is_prose(block) and not context.prose_lengths[block.index]


def _is_boilerplate(rule_context: RuleContext, block: Block) -> bool:
    """Whether a block is a boilerplate line and not a subheading."""
    return block.index in rule_context.kinds and not _is_subheading(rule_context, block)


def _is_subheading(rule_context: RuleContext, block: Block) -> bool:
    """Whether a heading within the text only looks like a label of the page: "Đánh giá"."""
    context = rule_context.context
    is_amid = context.first_prose < block.index < context.last_prose
    is_heading = block.is_bold or context.outline.boxes[block.box].tag in HEADINGS
    kind = rule_context.kinds[block.index]
    if block.link or not is_amid or kind == "related":
        return False
    return is_heading or (kind == "interaction" and block.text.endswith(":"))


def _is_link_line(rule_context: RuleContext, block: Block) -> bool:
    """Whether a line consists only of links to other pages.

    A sentence, a file named within the text and links that the line above announces with a colon
    belong to the article, although they are links.
    """
    if block.link_share <= 0.8 or block.index in rule_context.context.tables:
        return False
    is_amid = rule_context.context.first_prose < block.index < rule_context.context.last_prose
    is_heading = rule_context.context.outline.boxes[block.box].tag in HEADINGS
    if (
        block.bold
        and block.index < rule_context.context.last_prose
        and len(block.text) < 40
        and is_heading
    ):
        return False
    is_file = links_to_document(rule_context.context.outline, block)
    if _is_printed_address(rule_context, block) or (
        is_file and names_file_below_text(rule_context.context, block)
    ):
        return False
    if rule_context.context.language == "vi" and (
        is_sentence(block.text) or _is_announced(rule_context, block)
    ):
        return False  # in other languages, invitations and teasers are linked sentences
    return not (is_file and (is_amid or is_sentence(block.text)))


def _is_printed_address(rule_context: RuleContext, block: Block) -> bool:
    """Whether a line is a URL, printed below a line of text in the same paragraph."""
    if not block.breaks or not PRINTED_ADDRESS.fullmatch(block.text):
        return False
    above = rule_context.context.outline.blocks[block.index - 1]
    if above.box != block.box or not above.text or above.link_share > 0.5:
        return False
    is_label = above.index in rule_context.kinds or above.index in rule_context.related
    return not is_label and read_byline(above.text) is None


def is_sentence(text: str) -> bool:
    """Whether a line is a whole sentence. Headlines end without a full stop."""
    is_ended = text.endswith((".", ".”", '."', ".)")) and not text.endswith("..")
    return is_ended and len(text.split()) >= MIN_SENTENCE_WORDS


def _is_announced(rule_context: RuleContext, block: Block) -> bool:
    """Whether a line of the text announces a link, or the list of links around it."""
    blocks = rule_context.context.outline.blocks
    for index in range(
        block.index - 1, max(rule_context.context.start, block.index - MAX_ANNOUNCED_BLOCKS) - 1, -1
    ):
        above = blocks[index]
        if above.link_share > 0.8:
            continue
        is_label = (
            index in rule_context.kinds
            or index in rule_context.related
            or len(above.text) < MIN_ANNOUNCEMENT_CHARS
        )
        return (
            above.text.endswith(":")
            and not is_label
            and not rule_context.context.is_boilerplate(above)
        )
    return False


def _is_meta_line(rule_context: RuleContext, block: Block) -> bool:
    """Whether a short line outside of the running text is a date, or named as date or tags."""
    context = rule_context.context
    if context.first_prose <= block.index <= context.last_prose:
        return False
    if is_fields_line(block.text):
        return True
    if len(block.text) > MAX_SIGNATURE_CHARS:
        return False
    own = context.outline.boxes[block.box].hints
    if is_figures_line(block.text):
        return True
    if (
        context.body is not None
        and block.box != context.body.index
        and own & (Hint.DATE | Hint.TAGS | Hint.SECTION)
    ):
        return True
    return not _is_list_item(context, block) and is_date_line(context, block)


def _is_signature_line(rule_context: RuleContext, block: Block) -> bool:
    """Whether a short line before or after the text names who wrote it, by words or style."""
    context = rule_context.context
    if (
        context.first_prose <= block.index <= context.last_prose
        or len(block.text) > MAX_SIGNATURE_CHARS
    ):
        return False
    box = context.outline.boxes[block.box]
    named = bool(box.hints & Hint.AUTHOR) or any(s.hints & Hint.AUTHOR for s in block.spans)
    styled = box.align == "right" or block.is_bold or block.is_italic or named
    if block.index < context.first_prose:
        is_labelled = context.language == "vi" and _LABELLED.match(block.text) is not None
        return (named or is_labelled) and read_byline(block.text) is not None
    if not named and _is_list_item(context, block):
        return False
    if _SOURCE_LINE.match(block.text) and not block.text.endswith(SENTENCE_ENDS):
        return True
    byline = (read_signature if box.align == "right" else read_byline)(block.text)
    if byline is None:
        return named
    return styled or byline.author != block.text or is_person_name(block.text)


def _is_loose_line(rule_context: RuleContext, block: Block) -> bool:
    """Whether a short line is outside of the paragraphs of a body written in paragraphs.

    A bold or numbered line is a subheading in any element, and is kept.
    """
    outline, body = rule_context.context.outline, rule_context.context.body
    return (
        rule_context.paragraph_body
        and body is not None
        and len(block.text) < 60
        and not block.text.endswith(SENTENCE_ENDS)
        and not block.is_bold
        and not _NUMBERED.match(block.text)
        and block.index not in rule_context.context.tables
        and not any(box.tag in _PARAGRAPH_TAGS for box in outline.within(block.box, body.index))
    )


Rule = Callable[[RuleContext, Block], bool]

RULES: tuple[tuple[str, Rule], ...] = (
    ("caption", _is_caption),
    ("boilerplate element", _is_boilerplate_box),
    ("imprint", _is_imprint),
    ("lede", _is_lede),
    ("title again", _is_title_again),
    ("related block", _is_related),
    ("teaser", _is_teaser),
    ("boilerplate line", _is_boilerplate),
    ("link line", _is_link_line),
    ("meta line", _is_meta_line),
    ("signature", _is_signature_line),
    ("loose line", _is_loose_line),
)
"""The rules in the order in which they are tried. ``--explain`` shows their names."""


def _is_list_item(context: PageContext, block: Block) -> bool:
    """Whether a short line after the text is an item of a list that the text announces.

    Names of people who were honoured and days of an exam look like signatures and dates of
    publication.
    """
    outline, body = context.outline, context.body
    if body is None or outline.boxes[block.box].align == "right":
        return False
    if any(box.tag == "li" for box in outline.within(block.box, body.index)):
        return True
    return outline.blocks[context.last_prose].text.endswith(":")
