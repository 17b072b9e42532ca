"""Photos of an article, with their real URL, caption and credit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.article import Photo
from pipelines.extraction.body import MAX_TEASER_BLOCKS, is_headline
from pipelines.extraction.captions import find_captions, is_caption_box, names_writer
from pipelines.extraction.context import PageContext
from pipelines.extraction.document_urls import links_to_document, may_be_page
from pipelines.extraction.html.blocks import Block, Box, Image
from pipelines.extraction.html.hints import Hint
from pipelines.extraction.html.images import (
    is_embedded,
    is_picture_file,
    is_preview,
    real_address,
    without_size,
)
from pipelines.extraction.vietnamese.boilerplate import boilerplate_line
from pipelines.extraction.vietnamese.captions import read_credit
from pipelines.text import fold, normalise

MIN_PIXELS = 60
"""Pixels of the shorter side of a photo. Smaller images are icons, avatars and counters."""

MAX_BLOCKS_BELOW, MAX_LABEL_CHARS = 8, 24
"""Blocks below the body that may be its pictures, and characters of the label of their field."""

MAX_ALT_CHARS = 500
"""Characters to which the text in place of a photo is cut."""

MIN_LINE_LINK_SHARE, MIN_OTHER_WORDS = 0.8, 4
"""Share of a line that is link, and words, from which a line below a notice is another page's."""

MAX_CONTAINER_STEPS = 8
"""Boxes around the body that are checked for the container of the article."""

_LABEL = re.compile(r"(?:hinh )?(?:anh|hinh|photo|image|picture)s?\b")
_PICTURE_BOX = re.compile(
    r"(?<![a-z])(?:images?|photos?|pictures?|pics?|gallery|album|hinh|anh|hinh-?anh)(?![a-z])",
    re.IGNORECASE,
)
"""Class names of a box for pictures. ``_LABEL`` is its label (folded)."""

_ICON = re.compile(
    r"/(?:icons?|avatars?|emoji|smil\w+|buttons?)[/_.-]|/logos?(?:[/.]|[_-][^/]*\.(?:png|gif|webp)$)"
    r"|/(?:pdf|docx?|xlsx?|pptx?|word|excel|zip|rar)\.(?:png|gif|jpe?g|webp)$|\.svg",
    re.IGNORECASE,
)
_SIGNS = r"(?:(?!\.\w+\Z)\W)*+"
_NUMBERED_NAME = re.compile(
    rf"{_SIGNS}(?:[a-z]{{1,6}}+{_SIGNS})?+(?:\d{{1,4}}+{_SIGNS})?+\d?\.\w+", re.IGNORECASE
)
"""File names that many pictures of a site share: ``1.jpg``, ``anh-2.jpg``, ``image (3).png``."""


@dataclass(frozen=True, slots=True)
class PlacedPhoto:
    """A photo and the index of the block that shows it first."""

    photo: Photo
    place: int


@dataclass(slots=True)
class CaptionedImage:
    """A photo, its caption blocks and the form by which they were found."""

    block: Block
    captions: list[Block]
    rule: str = ""


def find_captioned_images(context: PageContext) -> list[CaptionedImage]:
    """Return the photos from the title to the end of the body, with their captions."""
    first = context.anchor
    blocks = context.outline.blocks
    end = context.end if context.body is not None else _end_of_notice(context)
    captioned_images = [
        CaptionedImage(block, [])
        for block in (
            *blocks[min(first, context.start) : end],
            *_pictures_below_body(context),
        )
        if block.image
        and is_photo(block.image)
        and not links_to_document(context.outline, block)
        and not _is_not_of_article(context, block)
    ]
    taken: set[int] = set()
    for captioned in captioned_images:
        captioned.captions, captioned.rule = find_captions(context, captioned.block, taken)
        taken.update(block.index for block in captioned.captions)
    return captioned_images


def _end_of_notice(context: PageContext) -> int:
    """Return the index of the first line below a notice that links to another page, or its end.

    Other boxes of the page are below such a line, with the pictures of an album or of neighbours.
    """
    below = context.outline.blocks[context.anchor + 1 : context.end]
    others = (block.index for block in below if _is_other_line(context, block))
    return next(others, context.end)


def _is_other_line(context: PageContext, block: Block) -> bool:
    """Whether a line is a link with the words of a headline, not a section, a button or a file."""
    if block.link_share < MIN_LINE_LINK_SHARE or len(block.text.split()) < MIN_OTHER_WORDS:
        return False
    is_page = any(may_be_page(href) and not href.startswith("#") for href in block.hrefs)
    is_own = boilerplate_line(block.text) is not None or links_to_document(context.outline, block)
    return is_page and not is_own


def _pictures_below_body(context: PageContext) -> Iterator[Block]:
    """Yield the pictures right below the body, inside the container of the article.

    They end at a picture that links to another page and at any text except labels and captions. If
    the container is not an ``article`` element, the box of a picture must be named as one.
    """
    container = _article_container(context)
    if container is None:
        return
    for block in context.outline.blocks[
        context.end : min(container.end_block, context.end + MAX_BLOCKS_BELOW)
    ]:
        if block.text:
            is_caption = context.outline.boxes[block.box].hints & Hint.CAPTION
            if is_caption or (
                len(block.text) <= MAX_LABEL_CHARS and _LABEL.match(fold(block.text))
            ):
                continue
            return
        if any(not is_picture_file(href) for href in block.hrefs):
            return
        around = context.outline.within(block.box, container.index)
        if container.tag == "article" or any(_PICTURE_BOX.search(box.words) for box in around):
            yield block


def _article_container(context: PageContext) -> Box | None:
    """Return the box around title and body, or an ``article`` around the body, if it is near."""
    if context.body is None or context.end != context.body.end_block or context.has_short_lines:
        return None
    around = context.outline.ancestors(context.body.parent, limit=MAX_CONTAINER_STEPS)
    return next((box for box in around if box.tag == "article" or _holds_title(context, box)), None)


def _is_not_of_article(context: PageContext, photo: Block) -> bool:
    """Whether a picture is in boilerplate, shows an author or belongs to another article."""
    if context.is_boilerplate(photo):
        return True
    for box in context.outline.ancestors(photo.box):
        inside = context.outline.blocks[box.first_block : box.end_block]
        if box is context.body or len(inside) > MAX_TEASER_BLOCKS or _holds_title(context, box):
            return False
        others = [
            block for block in inside if is_headline(block) and block.index != context.title_block
        ]
        if box.hints & Hint.AUTHOR or others:
            return True
    return False


def _holds_title(context: PageContext, box: Box) -> bool:
    """Whether the visible title is in a box."""
    title = context.title_block
    return title is not None and box.first_block <= title < box.end_block


def find_unmatched_captions(
    context: PageContext, captioned_images: list[CaptionedImage]
) -> list[Block]:
    """Return caption elements without a photo, which a script would insert."""
    if context.body is None:
        return []
    taken = {block.index for captioned in captioned_images for block in captioned.captions}
    boxes = context.outline.boxes[context.body.index + 1 : context.body.last + 1]
    found = {
        block.index: block
        for box in boxes
        if is_caption_box(context.outline, box)
        for block in context.outline.blocks[box.first_block : box.end_block]
        if block.text
        and block.index not in taken
        and block.index >= context.start
        and not context.is_boilerplate(block)
        and not names_writer(block.text)
    }
    return list(found.values())


def is_photo(image: Image) -> bool:
    """Whether an image is large enough and not named as an icon."""
    sizes = [size for size in (image.width, image.height) if size is not None]
    if sizes and min(sizes) < MIN_PIXELS:
        return False
    address = real_address(image)
    if address is None:
        return is_embedded(image)
    return not _ICON.search(_path(address))


def make_photos(
    context: PageContext, captioned_images: list[CaptionedImage], unmatched: list[Block]
) -> list[PlacedPhoto]:
    """Return the photos of the article; a photo that is shown twice (lede and body) counts once.

    Two images are the same photo if their files have the same name, or if the second repeats the
    caption of the photo above the text.
    """
    found: dict[str, PlacedPhoto] = {}
    opening: str | None = None
    addresses = [_address_of(context, captioned.block) for captioned in captioned_images]
    full = {address.lower(): address for address in addresses}
    for captioned, written in zip(captioned_images, addresses, strict=True):
        address = written
        if len(full) > 1 and is_preview(lower := written.lower()):
            address = full.get(without_size(lower), written)
        caption = " ".join(block.text for block in captioned.captions) or None
        key = _picture_key(address) if address else f"#{captioned.block.index}"
        if opening and caption and fold(caption) == fold(found[opening].photo.caption or ""):
            key = opening
        elif not found and captioned.block.index < context.first_prose:
            opening = key
        before = found.get(key)
        alt = (before and before.photo.alt) or _alternative(captioned.block)
        if before is None:
            place = captioned.block.index
            found[key] = PlacedPhoto(_photo(address or None, caption, alt), place)
        elif before.photo.caption is None and caption:
            found[key] = PlacedPhoto(_photo(before.photo.url, caption, alt), before.place)
    texts = {fold(each.photo.caption) for each in found.values() if each.photo.caption}
    captions = [block for block in unmatched if fold(block.text) not in texts]
    return [
        *found.values(),
        *(PlacedPhoto(_photo(None, block.text), block.index) for block in captions),
    ]


def _photo(url: str | None, caption: str | None, alt: str | None = None) -> Photo:
    """Return a photo with the credit in its caption."""
    return Photo(url, caption, read_credit(caption) if caption else None, alt)


def _alternative(photo: Block) -> str | None:
    """Return the text in place of a photo, None if it is empty or only a file name."""
    text = normalise(photo.image.alt)[:MAX_ALT_CHARS] if photo.image and photo.image.alt else ""
    return None if not text or is_picture_file(text) else text


def _address_of(context: PageContext, photo: Block) -> str:
    """Return the absolute URL of a photo, or "" if the image is embedded in the page."""
    address = _full_address(photo)
    return context.outline.resolve(context.address, address) if address else ""


def _full_address(photo: Block) -> str:
    """Return the URL of a photo; for a preview that links to its picture, that of the picture.

    A picture that links to a file of the same name in another folder is a preview, too.
    """
    address = (photo.image and real_address(photo.image)) or ""
    linked = next(reversed(photo.hrefs), "")
    if not is_picture_file(linked) or is_preview(linked.lower()):
        return address
    is_smaller = is_preview(address.lower()) or _file_of(address) == _file_of(linked)
    return linked if is_smaller else address


def _picture_key(address: str) -> str:
    """Return the file name that identifies a picture; with its folder if the name is generic.

    The sizes of one picture are in several folders, which are often named by month.
    """
    _, _, query = address.partition("?")
    parts = _path(address).lower().split("/")
    own = "/".join(parts[-2:] if _NUMBERED_NAME.fullmatch(parts[-1]) else parts[-1:])
    return own + (query if "=" in query else "")


def _file_of(address: str) -> str:
    return _path(address).rpartition("/")[2].lower()


def _path(address: str) -> str:
    return address[:2000].partition("?")[0].partition("#")[0]
