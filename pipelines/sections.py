"""Section and tags of an article: from the crumb and the tag list that readers see, then claims."""

from __future__ import annotations

import re

from pipelines.blocks import Block
from pipelines.boilerplate import boilerplate_line
from pipelines.class_words import Hint
from pipelines.scene import Scene
from pipelines.text import fold

_MAX_SECTION = 80
_MAX_CRUMBS = 8
_CRUMB_LINE = re.compile(r"(trang chu|trang nhat|home)\s*[»›>→/|]")
_TAG_LINE = re.compile(r"^(tu khoa|tags?|the|chu de|keywords?)\s*:\s*")
_CRUMB_SEPARATOR = re.compile(r"\s*[»›>→/|]\s+|\s+[»›>→/|]\s*")
_HOME = frozenset({"trang chu", "trang nhat", "home", "homepage", "tin tuc", "news", "index"})
_TAG_LABELS = ("tu khoa", "tags", "tag", "chu de", "keywords", "topics")


def find_section(scene: Scene) -> tuple[str, str] | None:
    """The section as (name, source): the deepest crumb that is neither home nor the title."""
    if "section" in scene.declared:
        return scene.declared["section"], "layout"
    crumbs = [text for block in _above(scene) for text in _crumb_texts(scene, block)]
    crumbs = crumbs or [text for block in scene.tail for text in _filed_under(block)]
    named = [text for text in crumbs if _is_section(scene, text)]
    specific = [text for text in named if fold(text) not in _HOME]
    if specific or named:
        return (specific or named)[-1], "crumb"
    for claim in scene.claims.of("section"):
        if _is_section(scene, claim.value):
            return claim.value, claim.source
    return None


def _above(scene: Scene) -> list[Block]:
    anchor = scene.title_block if scene.title_block is not None else scene.start
    return [block for block in scene.head if block.index <= anchor + 6]


def _crumb_texts(scene: Scene, block: Block) -> list[str]:
    spans = [span.text for span in block.spans if span.hints & Hint.SECTION and span.text]
    if spans:
        return spans
    near = zip(scene.outline.ancestors(block.box), range(4), strict=False)
    named = any(
        box.hints & Hint.SECTION and box.end_block - box.first_block <= _MAX_CRUMBS
        for box, _ in near
    )
    if not block.text or not (named or _CRUMB_LINE.match(fold(block.text))):
        return []
    return [part.strip() for part in _CRUMB_SEPARATOR.split(block.text)]


def _filed_under(block: Block) -> list[str]:
    """Sections named behind the body (``rel="category"``)."""
    return [span.text for span in block.spans if span.hints & Hint.SECTION and span.link]


def _is_section(scene: Scene, text: str) -> bool:
    key = fold(text)
    return (
        1 < len(text) <= _MAX_SECTION
        and not text.replace("/", "").isdigit()
        and not scene.names_site(text)
        and key not in _HOME - {"tin tuc", "news"}
        and (scene.title is None or key not in fold(scene.title))
        and not any(sign.isdigit() for sign in text[:2])
    )


def find_tags(scene: Scene) -> tuple[list[str], str] | None:
    """The tags as (names, source), each once."""
    found: dict[str, str] = {}
    for block in scene.tail:
        for text in _tag_texts(scene, block):
            if not _is_label(text) and 1 < len(text) <= _MAX_SECTION:
                found.setdefault(fold(text), text.lstrip("#").strip())
    if found:
        return list(found.values()), "tag list"
    claimed = [
        tag.strip()
        for claim in scene.claims.of("tags")
        if claim.source == "meta"
        for tag in claim.value.split(",")
    ]
    return ([tag for tag in dict.fromkeys(claimed) if tag][:30], "meta") if claimed else None


def _tag_texts(scene: Scene, block: Block) -> list[str]:
    tagged = [
        span.text
        for span in block.spans
        if span.hints & Hint.TAGS and span.text and not span.hints & Hint.SECTION
    ]
    if tagged:
        return [text for text in tagged if not any(o in text and o != text for o in tagged)]
    label = _TAG_LINE.match(fold(block.text))
    if label and block.link_share > 0.3:
        return [part.strip() for part in block.text[label.end() :].split(",")]
    near = zip(scene.outline.ancestors(block.box), range(3), strict=False)
    if block.link_share > 0.7 and any(box.hints & Hint.TAGS for box, _ in near):
        return [block.text]
    return []


def _is_label(text: str) -> bool:
    return fold(text).strip(" :") in _TAG_LABELS or boilerplate_line(text) is not None
