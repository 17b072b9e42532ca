"""Who wrote it: signatures that readers see, then names the page claims for machines.

A site, a role account and an agency are no authors. Claims count only where they look like a
person's name, since site names stand there as often as persons.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import takewhile

from pipelines.markup.blocks import Block
from pipelines.markup.class_words import Hint
from pipelines.scene import Scene
from pipelines.vietnamese.boilerplate import boilerplate_line
from pipelines.vietnamese.bylines import Byline, read_byline, read_signature
from pipelines.vietnamese.dates import find_moments
from pipelines.vietnamese.names import is_person_name
from pipelines.vietnamese.text import fold

_MAX_SIGNATURE = 120
_NEAR = 6
_MAX_NAME_WORDS = 5
_LABEL_AMID = re.compile(r"\b(?:tác giả|người viết)\s*:", re.IGNORECASE)
_PARTS = re.compile(r"[|•·]|\s[-–]\s|-(?=\||$)|(?<=\|)-")


def find_author(scene: Scene, signatures: list[str]) -> tuple[str, str] | None:
    """The author as (names parted by a comma, source); None where nobody is named.

    ``signatures`` are the lines taken out of the body's end as bylines.
    """
    declared = _names(scene, [scene.declared.get("author", "")])
    if declared:
        return ", ".join(declared), "layout"
    shown = [
        (_named_lines(scene, scene.head), "author box"),
        (_names(scene, signatures, read_signature), "tail line"),
        (_named_lines(scene, scene.tail), "author box"),
    ]
    return _fullest(shown) or _claimed_or_labelled(scene)


def _fullest(tiers: list[tuple[list[str], str]]) -> tuple[str, str] | None:
    """The first tier that names somebody, or a later one that names these and more."""
    found = [(names, source) for names, source in tiers if names]
    if not found:
        return None
    names, source = found[0]
    for more, other in found[1:]:
        if {fold(name) for name in names} < {fold(name) for name in more}:
            names, source = more, other
    return ", ".join(names), source


def _claimed_or_labelled(scene: Scene) -> tuple[str, str] | None:
    """Where no signature is shown: what markup, labels and claims say, in this order."""
    for source, read in _FALLBACKS:
        names = read(scene)
        if names:
            return ", ".join(names), source
    return None


def _named_lines(scene: Scene, blocks: Iterable[Block]) -> list[str]:
    """Names in elements that are called author, in the order of the page."""
    texts: list[str] = []
    for block in blocks:
        if len(block.text) > 3 * _MAX_SIGNATURE:
            continue
        spans = [span.text for span in block.spans if span.hints & Hint.AUTHOR and span.text]
        if _names(scene, spans):
            texts += spans
        elif block.text and (spans or _in_author_box(scene, block)):
            inner = [span.text for span in block.spans if span.text and not span.hints & Hint.DATE]
            texts += inner if _names(scene, inner) else [_without(block.text, inner)]
    return _names(scene, texts)


def _without(text: str, parts: list[str]) -> str:
    """A line without parts of it that are buttons and counters: ``Hoàng Thảo Theo dõi``."""
    for part in parts:
        text = text.replace(part, "", 1)
    return text


def _in_author_box(scene: Scene, block: Block) -> bool:
    for box, _ in zip(scene.outline.ancestors(block.box), range(4), strict=False):
        if box.end_block - box.first_block > _NEAR:
            return False
        if box.hints & Hint.AUTHOR:
            return True
    return False


def _labelled(scene: Scene, blocks: Iterable[Block]) -> list[str]:
    """Names in lines that say what they are (``Tác giả: …``)."""
    lines = [block.text for block in blocks if ":" in block.text]
    lines = [line for line in lines if len(line) <= _MAX_SIGNATURE]
    return _names(scene, lines) or _names(scene, filter(None, map(_labelled_amid, lines)))


def _labelled_amid(line: str) -> str | None:
    """The longest name behind a label in a line of more: ``20/11/2025 Tác giả: Lê Na Cỡ chữ``."""
    found = _LABEL_AMID.search(line)
    words = line[found.end() :].split() if found else []
    names = (" ".join(words[:size]) for size in range(_MAX_NAME_WORDS, 1, -1))
    return next(filter(is_person_name, names), None)


def _below_title(scene: Scene) -> list[Block]:
    anchor = scene.title_block if scene.title_block is not None else scene.start
    return [block for block in scene.head if block.index > anchor]


def _beside_date(scene: Scene) -> list[str]:
    """A bare name in the line of the printed date below the title, or in the line next to it."""
    lines = [block for block in _below_title(scene) if len(block.text) <= _MAX_SIGNATURE]
    dates = {block.index: find_moments(block.text, scene.fetched_at) for block in lines}
    for block in lines:
        text = block.text
        for moment in dates[block.index]:
            text = text.replace(moment.raw, "|")
        near = any(dates.get(index) for index in range(block.index - 1, block.index + 2))
        parts = [part.strip(" -–(),") for part in _PARTS.split(text)] if near else []
        names = _names(scene, [part for part in parts if is_person_name(part)])
        if names:
            return names
    return []


def _signed_below(scene: Scene) -> list[str]:
    """A name right below the body that looks like a signature: bold or on the right."""
    block = next((block for block in scene.tail if block.text), None)
    if block is None or block.link_share:
        return []
    on_right = scene.outline.boxes[block.box].align == "right"
    names = _names(scene, [block.text]) if on_right or block.is_bold else []
    return names if all(map(is_person_name, names)) else []


def _up_to_related(blocks: Iterable[Block]) -> Iterator[Block]:
    return takewhile(lambda block: boilerplate_line(block.text[:200]) != "related", blocks)


def _microdata(scene: Scene) -> list[str]:
    values = [
        value
        for name, value, _ in scene.outline.microdata
        if "author" in name.split() and len(value) <= _MAX_SIGNATURE
    ]
    return _names(scene, values)


def _claimed(scene: Scene, source: str) -> list[str]:
    values = [
        name
        for claim in scene.claims.of("author", source)
        for name in claim.value.split(";")
        if is_person_name(name.strip())
    ]
    return _names(scene, values)


def _names(
    scene: Scene, texts: Iterable[str], read: Callable[[str], Byline | None] = read_byline
) -> list[str]:
    """The persons that lines name, each once, in the page's spelling."""
    found: dict[str, str] = {}
    for text in texts:
        line = text.strip(" -–|•,;:\n")
        if not line or len(line) > _MAX_SIGNATURE or scene.names_site(line):
            continue
        byline = read(line)
        if byline is None or not byline.author:
            continue
        for name in byline.author.split(", "):
            if not scene.names_site(name):
                found.setdefault(fold(name), name)
    return list(found.values())


_FALLBACKS: tuple[tuple[str, Callable[[Scene], list[str]]], ...] = (
    ("microdata", _microdata),
    ("head line", lambda scene: _labelled(scene, _below_title(scene))),
    ("date line", _beside_date),
    ("tail line", _signed_below),
    ("tail line", lambda scene: _labelled(scene, _up_to_related(scene.tail))),
    ("jsonld", lambda scene: _claimed(scene, "jsonld")),
    ("meta", lambda scene: _claimed(scene, "meta")),
)
