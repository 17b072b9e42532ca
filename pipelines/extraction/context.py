"""The page context: what all field rules look up, found once per page."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pipelines.extraction.block_occurrences import block_occurrence
from pipelines.extraction.body import is_prose
from pipelines.extraction.html.blocks import Block, Box, Outline
from pipelines.extraction.html.hints import Hint
from pipelines.extraction.html.metadata import PageMetadata
from pipelines.extraction.html.tables import find_data_tables
from pipelines.extraction.source_profile import SourceProfile
from pipelines.extraction.vietnamese import read_language
from pipelines.extraction.vietnamese.boilerplate import boilerplate_line, is_fields_line
from pipelines.extraction.vietnamese.bylines import read_byline
from pipelines.extraction.vietnamese.dates import is_mostly_date
from pipelines.text import fold

MAX_HEAD_BLOCKS = 14
"""Blocks before the title that may belong to the article: breadcrumb, section, date."""

MAX_BYLINE_CHARS = 120
"""Characters up to which the last line is read as a byline."""

MAX_BOILERPLATE_CHARS = 300
"""Characters up to which a line is looked up in the boilerplate phrases."""

_COMMENTS = re.compile(
    r"\W*(?:ý kiến bạn đọc|ý kiến|(?:\d+ )?bình luận|(?:\d+ )?comments?)\W*+(?:\d++\W*+)?",
    re.IGNORECASE,
)
_REPLY = re.compile(r"\W*(?:trả lời|reply|phản hồi)(?: \W*(?:thích|like).{0,8})?\W*", re.IGNORECASE)

MAX_REPLY_CHARS = 40
"""Characters up to which a line may be the button for replies to comments."""

_LANGUAGE_SAMPLE_PARAGRAPHS = 8
"""Paragraphs from which the language is detected."""

MAX_TAIL_BLOCKS = 16
"""Blocks after the body that may belong to it: byline, source, tags."""


_FIGURES_PARTS = re.compile(r"(?:(?<!\s)\s+)?[|·•]\s*")
_MAX_FIGURES_PART_CHARS = 30


def is_figures_line(text: str) -> bool:
    """Whether a line is a row of numbers and names with separators: "| 1 | 104 | Đức Anh"."""
    if len(text) > MAX_BYLINE_CHARS:
        return False
    parts = [part for part in _FIGURES_PARTS.split(text) if part]
    has_figure = any(part[0].isdigit() for part in parts)
    are_short = all(len(part) <= _MAX_FIGURES_PART_CHARS for part in parts)
    return len(parts) > 1 and has_figure and are_short


@dataclass(slots=True)
class PageContext:
    """A page with its title and body, as all field rules see it.

    ``title_block`` is the index of the visible title, or None if no title is visible. ``start`` and
    ``end`` are the half-open range of the body's blocks; ``first_prose`` and ``last_prose`` are its
    first and last block of running text. ``declared`` holds the texts that the layout of the source
    selects, ``prose_lengths`` the characters of running text in each block, and ``tables`` the
    index of the data table of each block that is in one. ``has_short_lines`` is true if the body
    consists of short lines instead of running text.
    """

    outline: Outline
    metadata: PageMetadata
    boilerplate: list[bool]
    profile: SourceProfile
    fetched_at: datetime
    address: str | None = None
    title: str | None = None
    title_source: str = ""
    title_block: int | None = None
    body: Box | None = None
    start: int = 0
    end: int = 0
    first_prose: int = 0
    last_prose: int = 0
    site_names: frozenset[str] = field(default_factory=frozenset)
    language: str | None = None
    declared: dict[str, str] = field(default_factory=dict)
    prose_lengths: list[float] = field(default_factory=list)
    tables: Mapping[int, int] = field(default_factory=dict)
    has_short_lines: bool = False

    def set_body(self, body: Box, prose_lengths: list[float]) -> None:
        """Make a box the body, without what is above the title in it."""
        self.body, self.prose_lengths = body, prose_lengths
        self.start, self.end = body.first_block, body.end_block
        if self.title_block is not None and self.start <= self.title_block < self.end:
            self.start = self.title_block + 1
        self.end = self._end_before_comments()
        self.tables = find_data_tables(self.outline, body)
        prose = [
            index
            for index in range(self.start, self.end)
            if prose_lengths[index] and not self.boilerplate[self.outline.blocks[index].box]
        ]
        prose = self._without_boilerplate_ends(prose, self._is_known_line)
        self.first_prose, self.last_prose = self._first_and_last(prose)
        sample = " ".join(
            self.outline.blocks[index].text for index in prose[:_LANGUAGE_SAMPLE_PARAGRAPHS]
        )
        self.language = read_language(sample, self.metadata.first("language"))

    @property
    def anchor(self) -> int:
        """The index of the visible title, or of the body's first block if there is none."""
        return self.start if self.title_block is None else self.title_block

    @property
    def has_text(self) -> bool:
        """Whether the body has a line that is not a date, label, link or boilerplate."""
        return any(
            self.prose_lengths[block.index] or self._is_text_line(block)
            for block in self.outline.blocks[self.start : self.end]
            if block.text and not self.is_boilerplate(block)
        )

    def _is_text_line(self, block: Block) -> bool:
        if block.link_share > 0.5 or block.index in self.outline.imprint:
            return False
        return not is_mostly_date(block.text) and not self._is_listed_line(block.index, "head")

    def clear_body(self, start: int, end: int) -> None:
        """Make a half-open range of blocks the article of a page without running text."""
        self.body = None
        self.start, self.end = start, end
        self.first_prose, self.last_prose = end, start - 1

    def set_body_of_lines(self, box: Box, lines: list[int], end: int) -> None:
        """Make a box up to block ``end`` the body, and ``lines`` in it its running text."""
        self.set_body(box, self.prose_lengths)
        self.end, self.has_short_lines = min(self.end, end), True
        lines = self._without_boilerplate_ends(lines, self._is_known_line)
        self.first_prose, self.last_prose = self._first_and_last(lines)
        sample = " ".join(self.outline.blocks[index].text for index in lines)
        self.language = read_language(sample, self.metadata.first("language"))

    def _end_before_comments(self) -> int:
        """Return the end of the body, before readers' comments, which have reply buttons."""
        blocks = self.outline.blocks
        replies = [
            index
            for index in range(self.start, self.end)
            if len(blocks[index].text) <= MAX_REPLY_CHARS and _REPLY.fullmatch(blocks[index].text)
        ]
        last = replies[-1] if replies else self.start
        headings = (
            index for index in range(self.start, last) if _COMMENTS.fullmatch(blocks[index].text)
        )
        return next(headings, self.end)

    def is_boilerplate(self, block: Block) -> bool:
        """Whether a block is in a box that is boilerplate."""
        return self.boilerplate[block.box]

    def is_learned(self, block: Block, place: str) -> bool:
        """Whether the source is known to repeat a block at a place."""
        known = self.profile
        return bool(known.boilerplate) and known.is_learned(block_occurrence(block.text, place))

    @staticmethod
    def _without_boilerplate_ends(
        prose: list[int], is_boilerplate: Callable[[int, str], bool]
    ) -> list[int]:
        """Return the indexes of running text without boilerplate at both ends."""
        first, end = 0, len(prose)
        while first < end and is_boilerplate(prose[end - 1], "tail"):
            end -= 1
        while first < end and is_boilerplate(prose[first], "head"):
            first += 1
        return prose[first:end]

    def _first_and_last(self, prose: list[int]) -> tuple[int, int]:
        return (prose[0], prose[-1]) if prose else (self.start, self.end - 1)

    def _is_listed_line(self, index: int, place: str) -> bool:
        """Whether a line at an end of the body is a boilerplate phrase or a byline."""
        text = self.outline.blocks[index].text
        is_signed = place == "tail" and self._is_byline(index)
        return is_signed or boilerplate_line(text[:MAX_BOILERPLATE_CHARS]) is not None

    def _is_known_line(self, index: int, place: str) -> bool:
        """Whether a line is a boilerplate phrase, a byline or learned boilerplate."""
        block = self.outline.blocks[index]
        return self.is_learned(block, place) or self._is_listed_line(index, place)

    def _is_byline(self, index: int) -> bool:
        """Whether a line is a byline, even a long one: ``Bài, ảnh: Lê Na (Đài …)``."""
        text = self.outline.blocks[index].text
        return len(text) <= MAX_BYLINE_CHARS and read_byline(text) is not None

    def extend_up(self, lede: list[Block]) -> None:
        """Extend the body up to the first paragraph below title and lede, if it is outside."""
        above = max([self.title_block or 0, *(block.index for block in lede)])
        if self.title_block is None or above >= self.start:
            return
        opening = self.outline.blocks[above + 1 : self.start]
        paragraphs = (block for block in opening if is_prose(block) and self._is_paragraph(block))
        first = next(paragraphs, None)
        if first is not None:
            self.start = first.index
            self.first_prose = min(self.first_prose, self.start)

    def start_below_lede(self, lede: list[Block]) -> None:
        """Let the running text start below a lede that is followed by date or byline."""
        last = lede[-1].index if lede else -1
        if last < self.first_prose or self.body is None:
            return
        below = range(last + 1, self.end)
        first = next((index for index in below if self._is_running_text(index)), None)
        if first is None or not any(
            self.is_head_line(block) for block in self.outline.blocks[last + 1 : first]
        ):
            return
        self.first_prose, self.last_prose = first, max(first, self.last_prose)

    def _is_running_text(self, index: int) -> bool:
        has_prose = bool(self.prose_lengths[index])
        return has_prose and not self.boilerplate[self.outline.blocks[index].box]

    def is_head_line(self, block: Block) -> bool:
        """Whether a short line is a date or byline, by its class or its words."""
        if is_fields_line(block.text):
            return True
        if not block.text or len(block.text) > MAX_BYLINE_CHARS:
            return False
        hints = self.outline.boxes[block.box].hints
        for span in block.spans:
            hints |= span.hints
        if hints & (Hint.DATE | Hint.AUTHOR):
            return True
        return is_mostly_date(block.text) or is_figures_line(block.text)

    def _is_paragraph(self, block: Block) -> bool:
        box = self.outline.boxes[block.box]
        return box.tag == "p" and not box.hints & Hint.CAPTION and not self.is_boilerplate(block)

    @property
    def head(self) -> list[Block]:
        """The blocks around the title, up to the first running text of the body."""
        anchor = self.anchor
        first = max(0, min(anchor, self.start) - MAX_HEAD_BLOCKS)
        return self.outline.blocks[first : max(self.first_prose, anchor)]

    @property
    def tail(self) -> list[Block]:
        """The blocks from the last running text of the body to a little after the body."""
        stop = max(self.end, self.last_prose + 1) + MAX_TAIL_BLOCKS
        return self.outline.blocks[self.last_prose + 1 : stop]

    def names_site(self, name: str) -> bool:
        """Whether a text is a name of the site."""
        return fold(name) in self.site_names
