"""The line of text that a walk over a page is just reading."""

from __future__ import annotations

from pipelines.extraction.html.blocks import Block, Span
from pipelines.extraction.html.entities import decode_again
from pipelines.text import normalise


class Line:
    """The raw pieces of the text block that is being read, with their emphasis."""

    def __init__(self) -> None:
        self.in_link = self.in_bold = self.in_italic = 0
        self.breaks = 0
        self.spans: list[Span] = []
        self.hrefs: list[str] = []
        self.links: list[str] = []
        self.clear()

    def clear(self) -> None:
        """Begin a new line; open emphasis goes on."""
        self.pieces: list[str] = []
        self.link = self.bold = self.italic = 0
        self.shows_code = False
        if self.spans:
            self.spans = []
        if self.hrefs:
            self.hrefs, self.links = [], []

    def append(self, texts: list[str]) -> None:
        """Append a text, leaving none of its pieces; white space counts only inside a line."""
        text = texts[0] if len(texts) == 1 else "".join(texts)
        texts.clear()
        if text.isspace():
            if self.pieces:
                self.pieces.append(" ")
            return
        self.pieces.append(text)
        if self.in_link or self.in_bold or self.in_italic:
            size = len(text.strip())
            self.link += size if self.in_link else 0
            self.bold += size if self.in_bold else 0
            self.italic += size if self.in_italic else 0

    def separate_steps(self) -> None:
        """Put a sign between two steps of a path where only an image or nothing parts them."""
        if "".join(self.pieces[-2:]).rstrip()[-1:].isalnum():
            self.pieces.append(" / ")

    def block(self, index: int, box: int) -> Block | None:
        """The finished block, or None where nothing is to be read."""
        text = normalise("".join(self.pieces)) if self.pieces else ""
        if "&" in text and not self.shows_code:
            text = normalise(decode_again(text))
        if not text:
            return None
        block = Block(index, box, text, self.link, self.bold, self.italic, self.breaks)
        if self.spans:
            block.spans = self.spans
        if self.hrefs:
            block.hrefs, block.links = self.hrefs, self.links
        return block
