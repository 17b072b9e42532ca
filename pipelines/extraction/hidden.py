"""Hidden parts of a page that hold the article, which a script would show.

Most hidden parts are not content: menus, dialogs, copies for print. A part is read if it holds most
of the page's prose and no visible text repeats it.
"""

from __future__ import annotations

from collections.abc import Callable

from pipelines.extraction.context import PageContext
from pipelines.extraction.html.blocks import BOILERPLATE_TAGS, HiddenPart
from pipelines.extraction.html.class_hints import read_hints
from pipelines.extraction.html.hints import BOILERPLATE, Hint
from pipelines.text import normalise

MIN_PROSE_CHARS = 200
"""Characters of prose from which a hidden part may be an article, or the rest of one."""

MIN_ARTICLE_CHARS = 300
"""Characters of visible prose from which the page has a visible article."""

MIN_SHARE_INSIDE = 0.25
"""Share of all prose that a hidden part inside of the visible body must have."""

MIN_SHARE_BESIDE = 0.4
"""Share of all prose that a hidden part right after the visible body must have."""

MIN_LIST_LINKS = 10
"""Links from which a hidden part may be a list."""

MAX_LINKS_PER_TEXT = 0.5
"""Links per run of text up to which a hidden part with many links is not a list."""

_MIN_SHARE_OF_LARGEST = 0.3
_MAX_REPEATED = 0.5
_ROLES = frozenset({"dialog", "alertdialog", "menu", "navigation", "search", "tooltip"})
_SITE_PARTS = frozenset({"aside", "footer"})


def find_hidden_article(context: PageContext) -> frozenset[int]:
    """Return the indexes of the hidden parts that hold the article or the rest of it.

    The result is empty for most pages.
    """
    parts = [part for part in context.outline.hidden if part.prose >= MIN_PROSE_CHARS]
    parts = [part for part in parts if _may_be_content(part)]
    if not parts:
        return frozenset()
    visible = sum(
        prose_length
        for block, prose_length in zip(context.outline.blocks, context.prose_lengths, strict=False)
        if not context.boilerplate[block.box]
    )
    if visible < MIN_ARTICLE_CHARS:
        chosen = _parts_in_place_of_body(parts, visible)
    else:
        chosen = [part for part in parts if _continues_body(context, part, visible)]
    if not chosen:
        return frozenset()
    is_shown = _shown_text_lookup(context)
    return frozenset(part.index for part in chosen if not _repeats(part, is_shown))


def _may_be_content(part: HiddenPart) -> bool:
    """Whether the tag and class names of a part allow to read it.

    A part with a tag of the site (``aside``, ``footer``) must hold a title, or an article without
    class names of boilerplate. Class names for hiding do not count.
    """
    if part.links >= MIN_LIST_LINKS and part.links > MAX_LINKS_PER_TEXT * len(part.texts):
        return False  # a list of other articles with their summaries
    if part.tag in _SITE_PARTS and part.has_title:
        return True
    if part.tag in _SITE_PARTS and not part.has_article:
        return False
    if part.tag in BOILERPLATE_TAGS - _SITE_PARTS or part.attributes.get("role") in _ROLES:
        return False
    names = " ".join(part.attributes.get(name, "") for name in ("class", "id"))
    return not read_hints(names) & BOILERPLATE & ~Hint.HIDDEN


def _parts_in_place_of_body(parts: list[HiddenPart], visible: float) -> list[HiddenPart]:
    """Return the parts to read if the visible page has no article."""
    largest = max(parts, key=lambda part: part.prose)
    if largest.prose <= visible:
        return []
    least = _MIN_SHARE_OF_LARGEST * largest.prose
    return [
        part
        for part in parts
        if part is largest or (part.parent == largest.parent and part.prose >= least)
    ]


def _continues_body(context: PageContext, part: HiddenPart, visible: float) -> bool:
    """Whether a part continues the visible body ("Xem thêm")."""
    body = context.body
    if body is None or part.tag in _SITE_PARTS or part.tag == "noscript":
        return False
    share = part.prose / (visible + part.prose)
    is_other = part.has_title or part.has_article
    if context.outline.inside(part.parent, body.index):
        return share >= MIN_SHARE_INSIDE and not is_other
    follows = part.parent == body.parent and part.place == body.end_block
    return follows and share >= MIN_SHARE_BESIDE and not is_other


def _shown_text_lookup(context: PageContext) -> Callable[[str], bool]:
    """Return a function that checks whether a text is visible on the page."""
    shown = "\n".join(block.text for block in context.outline.blocks if len(block.text) >= 40)
    return lambda text: normalise(text) in shown


def _repeats(part: HiddenPart, is_shown: Callable[[str], bool]) -> bool:
    """Whether a part repeats visible text: a copy for another screen, or for print."""
    repeated = sum(len(text) for text in part.texts if is_shown(text))
    return repeated > _MAX_REPEATED * part.prose
