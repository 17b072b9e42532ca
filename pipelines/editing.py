"""The editor: which blocks of the body stay, and by which named rule the others go."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from pipelines.blocks import HEADINGS, Block
from pipelines.body import is_prose
from pipelines.boilerplate import boilerplate_line
from pipelines.bylines import is_person_name, read_byline
from pipelines.class_words import Hint
from pipelines.dates import find_moments
from pipelines.endmark import strip_end_mark
from pipelines.opening import same_text
from pipelines.recurrence import BlockSighting, sighting
from pipelines.scene import Scene
from pipelines.tables import find_data_tables, table_text

_SHOWN = 120
_MAX_SIGNATURE = 120
_SENTENCE_ENDS = (".", "!", "?", "…", ":", ";", "”", '"', ")", "»")
_LINE_STARTS = ("-", "–", "—", "+", "*", "•")


@dataclass(frozen=True, slots=True)
class Dropped:
    """A text that was left out and the rule that did it; the text is shortened."""

    rule: str
    text: str


@dataclass(slots=True)
class Edited:
    """The body as edited: paragraphs, signatures taken from its end, and what was dropped."""

    paragraphs: list[str] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    sightings: list[BlockSighting] = field(default_factory=list)


class Editor:
    """Edits the body of one scene. ``captions`` and ``lede`` are the blocks already taken."""

    def __init__(self, scene: Scene, captions: set[int], lede: list[Block]) -> None:
        self.scene = scene
        self.captions = captions
        self.lede = lede
        self.lede_text = " ".join(block.text for block in lede)
        self.related = _related_runs(scene)
        self.tables = find_data_tables(scene.outline, scene.body) if scene.body else {}
        self.paragraph_body = _is_written_in_paragraphs(scene)
        self.edited = Edited()

    def edit(self) -> Edited:
        """Apply the rules to each block in order; never raises."""
        kept = list(self._kept())
        self.edited.paragraphs = self._paragraphs(kept)
        return self.edited

    def _kept(self) -> Iterator[Block]:
        ended = False
        for block in self.scene.outline.blocks[self.scene.start : self.scene.end]:
            if block.image is not None:
                continue
            rule = "after the end mark" if ended else self._rule(block)
            if rule is None:
                text, marked = strip_end_mark(block.text)
                ended = marked and block.index >= self.scene.last_prose
                block.text = text
                if text:
                    yield block
                continue
            if rule in ("signature",):
                self.edited.signatures.append(block.text)
            elif ended and _is_signature(block.text):
                self.edited.signatures.append(block.text)
            self.edited.dropped.append(Dropped(rule, block.text[:_SHOWN]))

    def _rule(self, block: Block) -> str | None:
        """The name of the first rule that drops a block, None to keep it."""
        place = self._place(block)
        if place != "body":
            self.edited.sightings.append(sighting(block.text, place))
        return next((name for name, applies in RULES if applies(self, block)), None)

    def _place(self, block: Block) -> str:
        if block.index < self.scene.first_prose:
            return "head"
        return "tail" if block.index > self.scene.last_prose else "body"

    def _paragraphs(self, kept: list[Block]) -> list[str]:
        """Blocks to paragraphs: lines of one paragraph joined, data tables row by row."""
        paragraphs: list[str] = []
        before: Block | None = None
        done: set[int] = set()
        for block in kept:
            table = self.tables.get(block.index)
            if table is not None:
                if table not in done:
                    done.add(table)
                    rows = [each for each in kept if self.tables.get(each.index) == table]
                    paragraphs.append(table_text(self.scene.outline, rows))
                before = None
            elif before is not None and _continues(before, block):
                paragraphs[-1] += " " + block.text
                before = block
            else:
                paragraphs.append(block.text)
                before = block
        return paragraphs


def _continues(before: Block, block: Block) -> bool:
    """Whether a line goes on the sentence that one ``<br>`` broke."""
    return (
        block.box == before.box
        and block.breaks == 1
        and block.index == before.index + 1
        and not before.text.endswith(_SENTENCE_ENDS)
        and not block.text.startswith(_LINE_STARTS)
        and not before.is_bold
    )


def _is_caption(editor: Editor, block: Block) -> bool:
    return block.index in editor.captions


def _is_lede(editor: Editor, block: Block) -> bool:
    if any(block is each for each in editor.lede):
        return True
    near = block.index <= editor.scene.first_prose + 3
    return bool(near and editor.lede_text) and same_text(block.text, editor.lede_text)


def _is_title_again(editor: Editor, block: Block) -> bool:
    scene = editor.scene
    near = block.index <= scene.first_prose or block.index > scene.last_prose
    return bool(near and scene.title) and same_text(block.text, scene.title or "")


def _is_learned(editor: Editor, block: Block) -> bool:
    known = editor.scene.knowledge.boilerplate
    return bool(known) and sighting(block.text, editor._place(block)).hash in known


def _is_furniture(editor: Editor, block: Block) -> bool:
    return editor.scene.is_furniture(block)


def _is_related(editor: Editor, block: Block) -> bool:
    return block.index in editor.related


def _is_boilerplate(editor: Editor, block: Block) -> bool:
    return len(block.text) <= 300 and boilerplate_line(block.text) is not None


def _is_link_line(editor: Editor, block: Block) -> bool:
    """A line that is nothing but links: a pointer to other pages."""
    return (
        block.link_share > 0.8
        and block.index not in editor.tables
        and not (
            block.bold
            and block.index < editor.scene.last_prose
            and len(block.text) < 40
            and editor.scene.outline.boxes[block.box].tag in HEADINGS
        )
    )


def _is_meta_line(editor: Editor, block: Block) -> bool:
    """A short line outside the running text that is a date, or named as author, date or tags."""
    scene = editor.scene
    if scene.first_prose <= block.index <= scene.last_prose or len(block.text) > _MAX_SIGNATURE:
        return False
    own = scene.outline.boxes[block.box].hints
    if (
        scene.body is not None
        and block.box != scene.body.index
        and own & (Hint.DATE | Hint.TAGS | Hint.SECTION)
    ):
        return True
    return len(block.text) <= 60 and bool(find_moments(block.text, scene.fetched_at))


def _is_signature_line(editor: Editor, block: Block) -> bool:
    """A short last or first line that names who wrote it, by words or by its looks."""
    scene = editor.scene
    if scene.first_prose <= block.index <= scene.last_prose or len(block.text) > _MAX_SIGNATURE:
        return False
    box = scene.outline.boxes[block.box]
    named = bool(box.hints & Hint.AUTHOR) or any(s.hints & Hint.AUTHOR for s in block.spans)
    styled = box.align == "right" or block.is_bold or block.is_italic or named
    if block.index < scene.first_prose:
        return named and read_byline(block.text) is not None
    byline = read_byline(block.text)
    if byline is None:
        return named
    return styled or byline.author != block.text or is_person_name(block.text)


def _is_loose_line(editor: Editor, block: Block) -> bool:
    """In a body written in paragraphs: a short scrap in another element, no sentence."""
    box = editor.scene.outline.boxes[block.box]
    return (
        editor.paragraph_body
        and box.tag not in HEADINGS | {"p", "li", "blockquote", "td", "th", "dt", "dd", "pre"}
        and len(block.text) < 60
        and not block.text.endswith(_SENTENCE_ENDS)
        and block.index not in editor.tables
    )


Rule = Callable[[Editor, Block], bool]

RULES: tuple[tuple[str, Rule], ...] = (
    ("caption", _is_caption),
    ("furniture element", _is_furniture),
    ("learned boilerplate", _is_learned),
    ("lede", _is_lede),
    ("title again", _is_title_again),
    ("related block", _is_related),
    ("boilerplate line", _is_boilerplate),
    ("link line", _is_link_line),
    ("meta line", _is_meta_line),
    ("signature", _is_signature_line),
    ("loose line", _is_loose_line),
)
"""The rules in the order in which they are tried; their names are shown by ``--explain``."""


def _is_signature(text: str) -> bool:
    return len(text) <= _MAX_SIGNATURE and read_byline(text) is not None


def _is_written_in_paragraphs(scene: Scene) -> bool:
    blocks = scene.outline.blocks[scene.start : scene.end]
    prose = [block for block in blocks if is_prose(block)]
    inside = [block for block in prose if scene.outline.boxes[block.box].tag in ("p", "li")]
    return bool(prose) and len(inside) >= 0.8 * len(prose)


def _related_runs(scene: Scene) -> set[int]:
    """Related headings with what hangs on them: links, photos and dates up to the next prose."""
    found: set[int] = set()
    running = False
    for block in scene.outline.blocks[scene.start : scene.end]:
        heading = bool(block.text) and len(block.text) <= 120
        if heading and boilerplate_line(block.text) == "related":
            running = True
        elif running:
            running = (
                bool(block.image)
                or block.link_share > 0.5
                or (len(block.text) <= 60 and bool(find_moments(block.text, scene.fetched_at)))
            )
        if running:
            found.add(block.index)
    return found
