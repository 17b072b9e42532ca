"""Notices: pages that show a file or a photo in place of the text of an article."""

from __future__ import annotations

from pipelines.extraction.attachments import (
    article_range,
    has_document,
    is_related_or_imprint,
)
from pipelines.extraction.context import PageContext
from pipelines.extraction.html.blocks import Box
from pipelines.extraction.html.hints import Hint
from pipelines.extraction.photos import (
    is_photo,
)

MAX_UNRELATED_CHARS = 1500
"""Characters of running text from which a box below a file or photo is the article's body."""

MAX_NOTICE_BLOCKS = 12
"""Blocks from the title of a notice to its end: date, section, files, buttons."""


def drop_unrelated_body(context: PageContext) -> None:
    """Remove the body of a page whose article is only a file or a photo.

    Below the title of a notice there is a file or a photo, and then other boxes of the page. The
    running text of such a box is not part of the notice.
    """
    assert context.title_block is not None
    body, prose = context.body, (context.first_prose, context.last_prose)
    if body is not None and not context.has_text:
        body = None
    if body is not None and prose[0] <= context.title_block + 1:
        return
    if body is not None and _reads_like_article(context, body):
        return
    context.body = None
    start, end = article_range(context)
    if body is None or _is_outside_article(context, prose[0], (start, end)):
        context.clear_body(start, end)
    else:
        context.body = body


def _reads_like_article(context: PageContext, body: Box) -> bool:
    """Whether a body is named as one, or is too long to be a box beside a notice."""
    size = sum(context.prose_lengths[body.first_block : body.end_block])
    return bool(body.hints & Hint.BODY) or size > MAX_UNRELATED_CHARS


def _is_outside_article(context: PageContext, first_prose: int, own: tuple[int, int]) -> bool:
    """Whether the text is after the end of an article that shows a file or a photo.

    ``own`` is the half-open range of the article's blocks.
    """
    start, end = own
    if end > first_prose or end - start > MAX_NOTICE_BLOCKS:
        return False
    has_photo = any(
        block.image and is_photo(block.image) for block in context.outline.blocks[start:end]
    )
    return has_document(context, own) or (has_photo and is_related_or_imprint(context, end))
