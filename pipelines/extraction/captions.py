"""Find the captions of photos, in all forms that portals use, and the photo of each."""

from __future__ import annotations

import re
from collections.abc import Callable

from pipelines.extraction.body import is_prose
from pipelines.extraction.context import MAX_BOILERPLATE_CHARS, PageContext
from pipelines.extraction.html.blocks import HEADINGS, Block, Box, Outline
from pipelines.extraction.html.hints import Hint
from pipelines.extraction.vietnamese.boilerplate import boilerplate_line
from pipelines.extraction.vietnamese.bylines import read_byline
from pipelines.extraction.vietnamese.captions import caption_points, read_credit
from pipelines.extraction.vietnamese.dates import is_mostly_date
from pipelines.text import fold

MAX_CAPTION_CHARS = 500
MAX_STYLED_CAPTION_CHARS = 300
_MAX_CAPTION_LINES = 3
_MIN_CAPTION_POINTS = 3
"""Points of ``caption_points`` from which a line is a caption."""

_MIN_POINTS_BETWEEN_PHOTOS = 1
"""The same for a line between two photos, which is seldom a paragraph."""

_SENTENCE_ENDS = (".", "!", "?", "…", ":", ";")
_MAX_CREDIT_CHARS = 60
_MIN_CAPTION_WORDS, _MAX_CAPTION_WORDS = 4, 45
_MIN_BOLD_WORDS = 7
_ONE_BLOCK_FORMS = frozenset({"caption element", "photo's paragraph", "table below"})
"""Forms in which the whole caption is one block."""

_LISTS = frozenset({"li", "blockquote"})
_LISTED = re.compile(r"[-–—+*•►]\s*\S|[a-zđ]\)|[IVX]+\.\s")
_SERIES = re.compile(r"(mot so|mot vai|nhung|vai) (hinh|buc|tam) anh|anh:|hinh anh:?$")
_CREDIT_LINE = re.compile(r"\W*(?:ảnh|nguồn|photo|clip|hình|tin, ảnh)", re.IGNORECASE)
_WRITER_LINE = re.compile(r"(tin|bai)( viet)?(\W+:|\W+va \W*:|\W+(va )?(anh|clip|video)\W*:)")
"""The beginning (folded) of a credit line that also names the writer: "Tin, ảnh: Hoàng Nga"."""

_NUMBERED = re.compile(r"\d{1,3}[.)]\s")
_PICTURE_NAME = re.compile(r"(?:^|\s)(?:image|photo|picture)(?:\s|$)", re.IGNORECASE)
_FIGURES = frozenset({"figure"})
_TABLES = frozenset({"table"})


def find_captions(context: PageContext, photo: Block, taken: set[int]) -> tuple[list[Block], str]:
    """Return the caption blocks of a photo and the form by which they were found.

    ``taken`` are the indexes of blocks that are captions of other photos. Returns ``([], "")`` if
    the photo has no caption.
    """
    outline = context.outline
    figure = outline.enclosing(photo.box, _FIGURES)
    if figure is not None and figure.index > 0:
        inner = [
            block
            for block in outline.blocks[figure.first_block : figure.end_block]
            if block.text and block.index not in taken and len(block.text) <= MAX_CAPTION_CHARS
        ]
        if inner:
            return inner, "figure"
    table = outline.enclosing(photo.box, _TABLES)
    if table is not None and context.body is not None and table.index > context.body.index:
        cells = _table_captions(outline, photo, table.first_block, table.end_block)
        if cells:
            return cells, "photo table"
    boxed = _caption_in_box(context, photo, taken)
    return ([boxed], "photo box") if boxed else _captions_below(context, photo, taken)


def _caption_in_box(context: PageContext, photo: Block, taken: set[int]) -> Block | None:
    """Return the only text in a box that holds a photo and one line (``div.image > img, p``)."""
    outline = context.outline
    for box in outline.ancestors(photo.box, limit=3):
        around_body = context.body is not None and box.index <= context.body.index <= box.last
        if around_body or box.tag in ("p", "td", "li", "center"):
            return None
        inside = outline.blocks[box.first_block : box.end_block]
        texts = [block for block in inside if block.text]
        if any(outline.boxes[block.box].hints & Hint.LEDE for block in texts):
            return None  # the photo beside the lede has no caption
        if texts:
            fits = len(texts) == 1 and len(texts[0].text) <= MAX_STYLED_CAPTION_CHARS
            is_only = fits and texts[0].index > photo.index and not texts[0].link_share > 0.5
            is_only = is_only and _may_be_caption(texts[0])
            is_only = is_only and not _has_nearer_photo(outline, box, photo, texts[0])
            return texts[0] if is_only and texts[0].index not in taken else None
    return None


def _has_nearer_photo(outline: Outline, box: Box, photo: Block, text: Block) -> bool:
    """Whether a later photo shares a smaller box with the only text of a box of photos."""
    later = [one for one in outline.blocks[photo.index + 1 : text.index] if one.image is not None]
    for inner in outline.ancestors(text.box):
        if inner.index == box.index:
            break
        if any(outline.inside(block.box, inner.index) for block in later):
            return True
    return False


def _table_captions(outline: Outline, photo: Block, first: int, end: int) -> list[Block]:
    """Return the texts up to the next photo in a table of photos with little other content."""
    blocks = outline.blocks[first:end]
    texts = [block for block in blocks if block.text]
    if not texts or len(texts) > 2 * sum(block.image is not None for block in blocks):
        return []
    found = []
    for block in outline.blocks[photo.index + 1 : end]:
        if block.image is not None:
            break
        if _may_be_caption(block):
            found.append(block)
    return found


def _captions_below(context: PageContext, photo: Block, taken: set[int]) -> tuple[list[Block], str]:
    """Return the caption right below a photo: named, in the same paragraph, or styled."""
    blocks = context.outline.blocks
    index = photo.index + 1
    while (
        index < context.end and blocks[index].image is not None and blocks[index].box == photo.box
    ):
        index += 1
    if index >= max(context.end, photo.index + 2) or index >= len(blocks):
        return [], ""
    block = blocks[index]
    if block.index in taken or not _may_be_caption(block):
        return [], ""
    form = _form_of(context, photo, block)
    if form in _ONE_BLOCK_FORMS:
        return [block], form
    return (_continued(context, block), form) if form else ([], "")


def _form_of(context: PageContext, photo: Block, block: Block) -> str:
    """Return the form in which a line below a photo is its caption, or "" if it is not."""
    outline, is_short = context.outline, len(block.text) <= MAX_STYLED_CAPTION_CHARS
    forms: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("caption element", lambda: _is_named_caption(outline, block)),
        ("below the photo", lambda: is_short and block.box == photo.box and block.breaks == 1),
        ("photo's paragraph", lambda: is_short and _is_paragraph_of(context, photo, block)),
        ("table below", lambda: _fills_table(outline, photo, block)),
        ("styled line below", lambda: _is_styled_caption(outline, photo, block)),
        ("worded like a caption", lambda: _reads_like_caption(context, photo, block)),
        ("unfinished line below", lambda: _is_plain_caption(context, photo, block)),
    )
    return next((name for name, applies in forms if applies()), "")


def _may_be_caption(block: Block) -> bool:
    """Whether a line below a photo can be a caption.

    Items of a list that continues below its pictures, labels, pointers and dates cannot.
    """
    text = block.text
    if not text or len(text) > MAX_CAPTION_CHARS or _NUMBERED.match(text):
        return False
    if text.endswith(":") or is_mostly_date(text):
        return False
    is_label = len(text) <= MAX_BOILERPLATE_CHARS and boilerplate_line(text) is not None
    return not is_label or read_credit(text) is not None


def _fills_table(outline: Outline, photo: Block, block: Block) -> bool:
    """Whether a table right below a photo holds only this short line."""
    table = outline.enclosing(block.box, _TABLES)
    if table is None or outline.inside(photo.box, table.index) or block.link:
        return False
    is_only = table.end_block - table.first_block == 1
    return is_only and len(block.text) <= MAX_STYLED_CAPTION_CHARS and _stands_alone(outline, photo)


def _continued(context: PageContext, caption: Block) -> list[Block]:
    """Return a caption with the next lines that continue its sentence or name the photographer."""
    found = [caption]
    for block in context.outline.blocks[caption.index + 1 : caption.index + _MAX_CAPTION_LINES]:
        text = block.text
        if not text or block.link or len(text) > MAX_STYLED_CAPTION_CHARS:
            break
        goes_on = text[0].islower() and not found[-1].text.endswith(_SENTENCE_ENDS)
        is_credit = (
            len(text) <= _MAX_CREDIT_CHARS and _CREDIT_LINE.match(text) and read_credit(text)
        )
        if not goes_on and not (is_credit and not names_writer(text)):
            break
        found.append(block)
    return found


def _is_plain_caption(context: PageContext, photo: Block, block: Block) -> bool:
    """Whether a line without markup is between a photo of its own and running text.

    A paragraph ends with a full stop. This line does not, and it is not a subheading, a list item
    or a signature.
    """
    outline = context.outline
    text, words = block.text, len(block.text.split())
    if (
        context.language != "vi"
        or not _stands_alone(outline, photo)
        or block.box == photo.box
        or block.link
    ):
        return False
    if not _MIN_CAPTION_WORDS <= words <= _MAX_CAPTION_WORDS or text.endswith(_SENTENCE_ENDS):
        return False
    box = outline.boxes[block.box]
    if box.tag in HEADINGS or any(each.tag in _LISTS for each in outline.ancestors(block.box)):
        return False
    if _LISTED.match(text) or read_byline(text) is not None or _SERIES.match(fold(text)):
        return False
    if block.is_bold and not (words >= _MIN_BOLD_WORDS and caption_points(text) >= 0):
        return False
    return _is_before_text(context, block)


def _stands_alone(outline: Outline, photo: Block) -> bool:
    """Whether the box of a photo holds only pictures."""
    box = outline.boxes[photo.box]
    inside = outline.blocks[box.first_block : box.end_block]
    return all(block.image is not None for block in inside)


def _is_before_text(context: PageContext, block: Block) -> bool:
    """Whether running text, another photo or the end follows; several short lines are a list."""
    blocks = context.outline.blocks
    for index in range(block.index + 1, min(context.end, len(blocks))):
        below = blocks[index]
        if below.image is not None or context.prose_lengths[index]:
            return True
        if below.text[:1].islower() or read_credit(below.text) or is_prose(below):
            continue
        return below.is_bold or read_byline(below.text) is not None or index > context.last_prose
    return True


def _is_paragraph_of(context: PageContext, photo: Block, block: Block) -> bool:
    """Whether a photo and then one text fill a paragraph."""
    box = context.outline.boxes[photo.box]
    if block.box != photo.box or box.tag not in ("p", "td", "center"):
        return False
    texts = [each for each in context.outline.blocks[box.first_block : box.end_block] if each.text]
    return len(texts) == 1 and (box.align == "center" or block.is_italic)


def _is_named_caption(outline: Outline, block: Block) -> bool:
    """Whether the class of a line, or of the box around it, says caption."""
    around = outline.ancestors(block.box, limit=2)
    if any(is_caption_box(outline, box) for box in around):
        return True
    if _PICTURE_NAME.search(outline.boxes[block.box].words):
        return True  # a line of text with the class of the picture above it (``p.Image``)
    return any(span.hints & Hint.CAPTION and span.text == block.text for span in block.spans)


def is_caption_box(outline: Outline, box: Box) -> bool:
    """Whether an element is a caption by tag or class, and is as small as one.

    Themes of picture series use the class of captions for the text below each picture, too.
    """
    if box.tag == "figcaption":
        return True
    if not box.hints & Hint.CAPTION or box.end_block - box.first_block > _MAX_CAPTION_LINES:
        return False
    inside = outline.blocks[box.first_block : box.end_block]
    return sum(is_prose(each) and outline.boxes[each.box].tag == "p" for each in inside) <= 1


def names_writer(line: str) -> bool:
    """Whether a credit line is also the byline of the article: ``Bài, ảnh: Hoàng Lan``."""
    return _WRITER_LINE.match(fold(line)) is not None


def _is_styled_caption(outline: Outline, photo: Block, block: Block) -> bool:
    """Whether a line is short, centred or italic, and not the byline of the article.

    Bold lines are usually subheadings, but not if the photo above is centred like them.
    """
    if len(block.text) > MAX_STYLED_CAPTION_CHARS or block.link_share > 0.5:
        return False
    box, credit = outline.boxes[block.box], read_credit(block.text)
    if names_writer(block.text) or (box.align == "right" and not credit):
        return False
    is_below = outline.boxes[photo.box].align == "center" and box.tag not in HEADINGS
    centred = box.align == "center" and (is_below or not block.is_bold)
    return centred or block.is_italic or bool(credit)


def _reads_like_caption(context: PageContext, photo: Block, block: Block) -> bool:
    """Whether the paragraph below a photo of its own is worded like a caption."""
    outline = context.outline
    if context.language != "vi" or block.box == photo.box or not _stands_alone(outline, photo):
        return False
    below = outline.blocks[block.index + 1 : block.index + 2]
    is_between = any(each.image is not None for each in below)
    return caption_points(block.text) >= (
        _MIN_POINTS_BETWEEN_PHOTOS if is_between else _MIN_CAPTION_POINTS
    )
