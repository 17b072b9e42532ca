"""Section and tags of an article: from the crumb and the tag list that readers see, then claims."""

from __future__ import annotations

import re

from pipelines.markup.blocks import Block
from pipelines.markup.class_words import Hint
from pipelines.scene import Scene
from pipelines.site_names import GENERIC_NAMES
from pipelines.vietnamese.boilerplate import boilerplate_line
from pipelines.vietnamese.text import fold, normalise

_MAX_SECTION = 80
_MAX_CRUMBS = 8
_MAX_PATH = 4
_BELOW_TITLE = 6
_MAX_TAGS = 30
_SEPARATOR = re.compile("[,;]")
_DATED = re.compile(r"\d[/.-]\d{1,2}[/.-](19|20)\d\d|\d:\d\d")
_CRUMB_LINE = re.compile(r"(trang chu|trang nhat|home)\s*[»›>→/|]")
_TAG_LINE = re.compile(r"^(tu khoa|tags?|the|chu de|keywords?)\s*:\s*")
_STEP_SIGNS = " »›>→/|"
_CRUMB_SEPARATOR = re.compile(r"\s*[»›>→/|]\s+|\s+[»›>→/|]\s*")
_SECTION_LABEL = re.compile(r"(?:chuyen muc|danh muc|the loai|chuyen trang|category)\s*:\s*")
_GENERAL = frozenset({"tin tuc", "tin tuc - su kien", "news"})
_TAG_LABELS = ("tu khoa", "tags", "tag", "chu de", "keywords", "topics")


def find_section(scene: Scene) -> tuple[str, str] | None:
    """The section as (name, source): the deepest crumb that is neither home nor the title."""
    if "section" in scene.declared:
        return scene.declared["section"], "layout"
    for crumbs in _paths(scene):
        named = [text for text in crumbs if _is_section(scene, text)]
        specific = [text for text in named if fold(text) not in _GENERAL]
        if named:
            return (specific or named)[-1], "crumb"
    filed = [text for block in scene.tail for text in _filed_under(scene, block)]
    if filed:
        return filed[-1], "filed under"
    for claim in scene.claims.of("section"):
        if _is_section(scene, claim.value):
            return claim.value, claim.source
    return None


def _paths(scene: Scene) -> list[list[str]]:
    """The crumb paths around the title, nearest first; a menu of many sections is none."""
    anchor = scene.title_block if scene.title_block is not None else scene.start
    groups: dict[int, list[str]] = {}
    distances: dict[int, int] = {}
    for block in scene.head:
        if block.index > anchor + _BELOW_TITLE:
            break
        box, texts = _crumb_texts(scene, block)
        if texts and not _is_menu(scene, box):
            groups.setdefault(box, []).extend(texts)
            distances[box] = abs(block.index - anchor)
    near = sorted(groups, key=distances.__getitem__)
    return [groups[box] for box in near if len(groups[box]) <= _MAX_PATH]


def _is_menu(scene: Scene, box: int) -> bool:
    """Whether a box stands in the site's menu; a path may be marked up as navigation, too."""
    around = list(scene.outline.ancestors(box))
    if any("crumb" in each.words for each in around):
        return False
    return any(each.hints & Hint.NAVIGATION or each.tag in ("nav", "menu") for each in around)


def _crumb_texts(scene: Scene, block: Block) -> tuple[int, list[str]]:
    """The crumbs in a line, and the box of the path that they belong to."""
    around = zip(scene.outline.ancestors(block.box), range(4), strict=False)
    small = [box for box, _ in around if box.end_block - box.first_block <= _MAX_CRUMBS]
    named = [box.index for box in small if box.hints & Hint.SECTION]
    box = named[-1] if named else block.box
    spans = [span.text for span in block.spans if span.hints & Hint.SECTION and span.text]
    if spans:
        return box, [text.strip(_STEP_SIGNS) for text in spans]
    if not block.text or not (named or _CRUMB_LINE.match(fold(block.text))):
        return box, []
    label = _SECTION_LABEL.match(fold(block.text))
    path = block.text[label.end() :] if label else block.text
    return box, [part.strip(_STEP_SIGNS) for part in _CRUMB_SEPARATOR.split(path)]


def _filed_under(scene: Scene, block: Block) -> list[str]:
    """Sections named behind the body (``rel="category"``, or in a line of categories)."""
    is_line = _names_sections(scene, block)
    return [
        span.text
        for span in block.spans
        if span.link and span.text and (is_line or span.hints & Hint.SECTION)
    ]


def _names_sections(scene: Scene, block: Block) -> bool:
    """Whether a line is one of categories: WordPress's block themes mark each as ``rel="tag"``."""
    hints = scene.outline.boxes[block.box].hints
    return bool(hints & Hint.SECTION) and not hints & Hint.TAGS


def _is_section(scene: Scene, text: str) -> bool:
    key = fold(text)
    return (
        1 < len(text) <= _MAX_SECTION
        and not text.replace("/", "").isdigit()
        and not scene.names_site(text)
        and key.strip(" :") not in GENERIC_NAMES
        and key != fold(scene.title or "")
        and not any(sign.isdigit() for sign in text[:2])
        and not _DATED.search(text)
    )


def find_tags(scene: Scene) -> tuple[list[str], str] | None:
    """The tags as (names, source), each once."""
    found: dict[str, str] = {}
    for block in scene.tail:
        for text in _parted(_tag_texts(scene, block)):
            if not _is_label(text) and 1 < len(text) <= _MAX_SECTION:
                found.setdefault(fold(text), text.lstrip("#").strip())
    if found:
        return list(found.values()), "tag list"
    for claim in scene.claims.of("tags", "meta"):
        for tag in filter(None, map(str.strip, claim.value.split(","))):
            found.setdefault(fold(tag), tag)
    return (list(found.values())[:_MAX_TAGS], "meta") if found else None


def _parted(texts: list[str]) -> list[str]:
    """Tags one by one, also where a line lists them with commas."""
    return [part.strip() for text in texts for part in _SEPARATOR.split(text)]


def _tag_texts(scene: Scene, block: Block) -> list[str]:
    if _names_sections(scene, block):
        return []
    tagged = [
        span.text
        for span in block.spans
        if span.hints & Hint.TAGS and span.text and not span.hints & Hint.SECTION
    ]
    if tagged:
        return [text for text in tagged if not any(o in text and o != text for o in tagged)]
    label = _TAG_LINE.match(fold(block.text))
    if label and block.link_share > 0.3:
        return _listed_tags(block, block.text[label.end() :])
    near = zip(scene.outline.ancestors(block.box), range(3), strict=False)
    if block.link_share > 0.7 and any(box.hints & Hint.TAGS for box, _ in near):
        return _listed_tags(block, block.text)
    return []


def _listed_tags(block: Block, text: str) -> list[str]:
    """The tags of a line: what its links say where no sign parts them, else the line itself."""
    links = [link for link in map(normalise, block.links) if link]
    return links if len(links) > 1 and not _SEPARATOR.search(text) else [text]


def _is_label(text: str) -> bool:
    return fold(text).strip(" :") in _TAG_LABELS or boilerplate_line(text) is not None
