"""Photos of an article: their real address, their caption in all its forms, each bound to one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin

from pipelines.article import Photo
from pipelines.body import TEASER_BLOCKS, is_headline
from pipelines.markup.blocks import Block, Box, Image, Outline
from pipelines.markup.class_words import Hint
from pipelines.scene import Scene
from pipelines.vietnamese.captions import read_credit
from pipelines.vietnamese.text import fold

MAX_CAPTION = 500
MAX_STYLED_CAPTION = 300
_MAX_CAPTION_LINES = 3
MIN_PIXELS = 60
"""Smaller pictures are icons, avatars and counters."""

_NO_ADDRESSES = ("data:", "about:")
_PLACEHOLDERS = (
    "blank.", "placeholder", "spacer", "pixel.", "/lazy", "loading.", "transparent", "1x1",
    "grey.gif",
)  # fmt: skip
_ICON = re.compile(r"/(icons?|logos?|avatars?|emoji|smil\w+|buttons?)[/_.-]|\.svg", re.IGNORECASE)
_SIZED = re.compile(r"\s\d+(\.\d+)?[wx](,|\s*$)")
_WRITTEN = re.compile(r"(tin|bai)( viet)?\W+(va )?(anh|clip|video)?\W*:")
"""How a line begins that tells who wrote the article, too (folded): "Tin, ảnh: Hoàng Nga"."""

_NUMBERED = re.compile(r"\d{1,3}[.)]\s")
_PICTURE_NAME = re.compile(r"(?:^|\s)(?:image|photo|picture)(?:\s|$)", re.IGNORECASE)
_FIGURES = frozenset({"figure"})
_TABLES = frozenset({"table"})


@dataclass(slots=True)
class Shot:
    """A photo block with the blocks that caption it."""

    block: Block
    captions: list[Block]
    rule: str = ""


def find_shots(scene: Scene) -> list[Shot]:
    """Photos of the body and of the lede figure, each with its caption blocks."""
    first = scene.title_block if scene.title_block is not None else scene.start
    blocks = scene.outline.blocks
    shots = [
        Shot(block, [])
        for block in blocks[min(first, scene.start) : scene.end]
        if block.image and is_photo(block.image) and not _is_of_others(scene, block)
    ]
    taken: set[int] = set()
    for shot in shots:
        shot.captions, shot.rule = _captions_of(scene, shot.block, taken)
        taken.update(block.index for block in shot.captions)
    return shots


def _is_of_others(scene: Scene, photo: Block) -> bool:
    """Whether a picture shows an author, or leads to another article or stands in furniture."""
    if scene.is_furniture(photo):
        return True
    for box in scene.outline.ancestors(photo.box):
        mates = scene.outline.blocks[box.first_block : box.end_block]
        if box is scene.body or len(mates) > TEASER_BLOCKS:
            return False
        others = [mate for mate in mates if is_headline(mate) and mate.index != scene.title_block]
        if box.hints & Hint.AUTHOR or others:
            return True
    return False


def orphan_captions(scene: Scene, shots: list[Shot]) -> list[Block]:
    """Caption elements whose photo is not on the page (filled in by script)."""
    if scene.body is None:
        return []
    taken = {block.index for shot in shots for block in shot.captions}
    boxes = scene.outline.boxes[scene.body.index + 1 : scene.body.last + 1]
    found = {
        block.index: block
        for box in boxes
        if _is_caption_box(box)
        for block in scene.outline.blocks[box.first_block : box.end_block]
        if block.text
        and block.index not in taken
        and block.index >= scene.start
        and not scene.is_furniture(block)
    }
    return list(found.values())


def is_photo(image: Image) -> bool:
    """Whether an image is large enough and named like a photo."""
    sizes = [size for size in (image.width, image.height) if size is not None]
    if sizes and min(sizes) < MIN_PIXELS:
        return False
    address = real_address(image)
    return address is not None and not _ICON.search(_path(address))


def real_address(image: Image) -> str | None:
    """The address of the picture itself, behind lazy loading; None for a placeholder only."""
    for written in image.addresses:
        for address in _candidates(written):
            if not _is_placeholder(address.lower()):
                return address
    return None


def _is_placeholder(address: str) -> bool:
    """Whether an address in lower case shows what stands in while the picture is loaded."""
    return address.startswith(_NO_ADDRESSES) or any(word in address for word in _PLACEHOLDERS)


def _candidates(written: str) -> list[str]:
    """The addresses of a ``src`` or ``srcset``, the largest first."""
    written = written.strip()
    if len(written.split(None, 1)) < 2 or not _SIZED.search(written):
        return [written]
    parts = [part.split() for part in re.split(r",\s+", written) if part.strip()]
    sized = [(_size(part), part[0]) for part in parts]
    return [address for _, address in sorted(sized, key=lambda each: -each[0])]


def _size(part: list[str]) -> float:
    try:
        return float(part[1].rstrip("wx,")) if len(part) > 1 else 0.0
    except ValueError:
        return 0.0


def _captions_of(scene: Scene, photo: Block, taken: set[int]) -> tuple[list[Block], str]:
    """The caption of one photo by the first form that fits."""
    outline = scene.outline
    figure = outline.enclosing(photo.box, _FIGURES)
    if figure is not None and figure.index > 0:
        inner = [
            block
            for block in outline.blocks[figure.first_block : figure.end_block]
            if block.text and block.index not in taken and len(block.text) <= MAX_CAPTION
        ]
        if inner:
            return inner, "figure"
    table = outline.enclosing(photo.box, _TABLES)
    if table is not None and scene.body is not None and table.index > scene.body.index:
        cells = _table_captions(outline, photo, table.first_block, table.end_block)
        if cells:
            return cells, "photo table"
    boxed = _boxed(scene, photo, taken)
    return ([boxed], "photo box") if boxed else _following(scene, photo, taken)


def _boxed(scene: Scene, photo: Block, taken: set[int]) -> Block | None:
    """The one text in a box that a photo and a line fill between them (``div.image > img, p``)."""
    outline = scene.outline
    for box, _ in zip(outline.ancestors(photo.box), range(3), strict=False):
        around_body = scene.body is not None and box.index <= scene.body.index <= box.last
        if around_body or box.tag in ("p", "td", "li", "center"):
            return None
        mates = outline.blocks[box.first_block : box.end_block]
        texts = [block for block in mates if block.text]
        if texts:
            fits = len(texts) == 1 and len(texts[0].text) <= MAX_STYLED_CAPTION
            lone = fits and texts[0].index > photo.index and not texts[0].link_share > 0.5
            return texts[0] if lone and texts[0].index not in taken else None
    return None


def _table_captions(outline: Outline, photo: Block, first: int, end: int) -> list[Block]:
    """Texts in a table that holds photos and little else: those up to the next photo."""
    blocks = outline.blocks[first:end]
    texts = [block for block in blocks if block.text]
    if not texts or len(texts) > 2 * sum(block.image is not None for block in blocks):
        return []
    found = []
    for block in outline.blocks[photo.index + 1 : end]:
        if block.image is not None:
            break
        if len(block.text) <= MAX_CAPTION:
            found.append(block)
    return found


def _following(scene: Scene, photo: Block, taken: set[int]) -> tuple[list[Block], str]:
    """A caption that stands right below the photo: named, in the same paragraph, or styled."""
    blocks = scene.outline.blocks
    index = photo.index + 1
    while index < scene.end and blocks[index].image is not None and blocks[index].box == photo.box:
        index += 1
    if index >= max(scene.end, photo.index + 2) or index >= len(blocks):
        return [], ""
    block = blocks[index]
    if block.index in taken or not block.text or len(block.text) > MAX_CAPTION:
        return [], ""
    if _NUMBERED.match(block.text):
        return [], ""  # an item of a list that goes on under its pictures
    if _is_named_caption(scene.outline, block):
        return [block], "caption element"
    if block.box == photo.box and block.breaks == 1 and len(block.text) <= MAX_STYLED_CAPTION:
        return [block], "below the photo"
    if _is_paragraph_of(scene, photo, block) and len(block.text) <= MAX_STYLED_CAPTION:
        return [block], "photo's paragraph"
    if _is_styled_caption(scene.outline, block):
        return [block], "styled line below"
    return [], ""


def _is_paragraph_of(scene: Scene, photo: Block, block: Block) -> bool:
    """Whether photo and text fill one paragraph between them, the photo first."""
    box = scene.outline.boxes[photo.box]
    if block.box != photo.box or box.tag not in ("p", "td", "center"):
        return False
    texts = [each for each in scene.outline.blocks[box.first_block : box.end_block] if each.text]
    return len(texts) == 1 and (box.align == "center" or block.is_italic)


def _is_named_caption(outline: Outline, block: Block) -> bool:
    around = zip(outline.ancestors(block.box), range(2), strict=False)
    if any(_is_caption_box(box) for box, _ in around):
        return True
    if _PICTURE_NAME.search(outline.boxes[block.box].words):
        return True  # a line of text that is named as the picture above it (``p.Image``)
    return any(span.hints & Hint.CAPTION and span.text == block.text for span in block.spans)


def _is_caption_box(box: Box) -> bool:
    small = box.end_block - box.first_block <= _MAX_CAPTION_LINES
    return box.tag == "figcaption" or (small and bool(box.hints & Hint.CAPTION))


def _is_styled_caption(outline: Outline, block: Block) -> bool:
    """Centred or italic, one short line, no link list, and not who wrote the article."""
    if len(block.text) > MAX_STYLED_CAPTION or block.link_share > 0.5:
        return False
    align, credit = outline.boxes[block.box].align, read_credit(block.text)
    if _WRITTEN.match(fold(block.text)) or (align == "right" and not credit):
        return False
    return (align == "center" and not block.is_bold) or block.is_italic or bool(credit)


def make_photos(scene: Scene, shots: list[Shot], orphans: list[Block]) -> list[Photo]:
    """The photos of the article; one shown twice (lede figure and body) is one."""
    found: dict[str, Photo] = {}
    for shot in shots:
        assert shot.block.image is not None
        address = _absolute(scene.address, real_address(shot.block.image) or "")
        caption = " ".join(block.text for block in shot.captions) or None
        key = _key(address, caption, found)
        before = found.get(key)
        if before is None or (before.caption is None and caption):
            credit = read_credit(caption) if caption else None
            found[key] = Photo(before.url if before else address, caption, credit)
    texts = {fold(photo.caption) for photo in found.values() if photo.caption}
    lone = [block.text for block in orphans if fold(block.text) not in texts]
    return [*found.values(), *(Photo(None, text, read_credit(text)) for text in lone)]


def _key(address: str, caption: str | None, found: dict[str, Photo]) -> str:
    """Pictures are one when their file is; or their caption, word for word."""
    if caption:
        for key, photo in found.items():
            if photo.caption and fold(photo.caption) == fold(caption):
                return key
    _, _, query = address.partition("?")
    return _path(address).rsplit("/", 1)[-1].lower() + (query if "=" in query else "")


def _path(address: str) -> str:
    return address[:2000].partition("?")[0].partition("#")[0]


def _absolute(base: str | None, address: str) -> str:
    """The address as a browser would fetch it; as written where it is no address."""
    try:
        return urljoin(base or "", address)
    except ValueError:
        return address
