"""What is read from a document, and how a reader says that it cannot read one."""

from __future__ import annotations

from dataclasses import dataclass, field

MAX_PAGES = 2_000
"""Pages, slides or sheets of a document that are read."""

MAX_TEXT_CHARS = 5_000_000
"""Characters of a document that are kept."""


@dataclass(slots=True)
class Document:
    """A document: its text by page, slide or sheet. Other formats have one page.

    A row of a table is a line with a tab between its cells. If ``problem`` is not None, the text is
    incomplete or missing for this reason.
    """

    media_type: str
    """What the bytes are, whatever was claimed."""
    pages: list[str] = field(default_factory=list)
    problem: str | None = None
    is_scan: bool = False

    @property
    def text(self) -> str:
        """The pages, separated by form feeds."""
        return "\f".join(self.pages)


class UnreadableError(Exception):
    """A document cannot be read. ``reason`` is its problem."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
