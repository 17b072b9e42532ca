"""RTF: paragraphs and tables, with the code page and the font of each run."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pipelines.documents.document import Document, UnreadableError
from pipelines.documents.legacy_fonts import LegacyFont, legacy_font
from pipelines.documents.lines import Lines
from pipelines.documents.media_types import RTF

MAX_DEPTH = 1_000
"""Groups inside each other."""

_TOKEN = re.compile(
    rb"\\(?:([a-zA-Z]{1,40})(-?[0-9]{1,10})?[ ]?|'([0-9a-fA-F]{2})|([^a-zA-Z]))"
    rb"|([{}])|([^\\{}\r\n]+)"
)
_SKIPPED = frozenset((
    "bkmkend", "bkmkstart", "colorschememapping", "colortbl", "datastore", "filetbl", "fldinst",
    "footer", "footerf", "footerl", "footerr", "generator", "header", "headerf", "headerl",
    "headerr", "info", "latentstyles", "listoverridetable", "listtable", "nonshppict", "objdata",
    "pict", "revtbl", "rsidtbl", "shppict", "stylesheet", "themedata", "xmlnstbl",
))  # fmt: skip
"""Groups without text of the document."""

_CHARACTERS = {
    "tab": " ", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“",
    "rdblquote": "”", "bullet": "•", "emspace": " ", "enspace": " ", "qmspace": " ",
}  # fmt: skip
_SYMBOLS = {b"~": "\u00a0", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}"}
_CODE_PAGES = {
    0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 134: "gbk", 136: "cp950",
    161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257",
    204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
"""Code pages of the character sets that fonts name."""


def read_rtf(body: bytes) -> Document:
    """Return the document, which has one page."""
    handler = _RtfHandler()
    for found in _TOKEN.finditer(body):
        if found.start() < handler.skip_until:
            continue
        word, number, code, symbol, brace, text = found.groups()
        if word:
            handler.word(word.decode(), int(number) if number else None, found.end())
        elif code:
            handler.add(bytes([int(code, 16)]))
        elif brace:
            handler.brace(brace)
        elif symbol:
            handler.symbol(symbol)
        else:
            handler.add(text)
    handler.flush()
    problem = "too_large" if handler.lines.is_cut else None
    if handler.depth > 0 or not body.rstrip(b"\0\r\n \t").endswith(b"}"):
        problem = problem or "broken_file"
    return Document(RTF, [handler.lines.finish()], problem)


@dataclass(frozen=True, slots=True)
class _State:
    """What is valid inside a group."""

    is_skipped: bool = False
    is_font_table: bool = False
    font: int | None = None
    unicode_bytes: int = 1
    """Bytes after a Unicode character that stand for it in old readers."""


class _RtfHandler:
    """Receives the tokens of a file."""

    def __init__(self) -> None:
        self.lines = Lines()
        self.state = _State()
        self.groups: list[_State] = []
        self.skip_until = 0
        self.code_page = "cp1252"
        self.fonts: dict[int, tuple[str, LegacyFont | None]] = {}
        self.font_charsets: dict[int, str] = {}
        self.font_name = b""
        self.pending = bytearray()
        self.surrogate = 0
        self.replaced = 0
        self.is_in_row = False

    @property
    def depth(self) -> int:
        """The number of groups that are open."""
        return len(self.groups)

    def brace(self, brace: bytes) -> None:
        """Begin or end a group."""
        self.flush()
        self.replaced = 0
        if brace == b"{":
            if len(self.groups) >= MAX_DEPTH:
                raise UnreadableError("broken_file")
            self.groups.append(self.state)
        elif self.groups:
            self._end_font()
            self.state = self.groups.pop()

    def symbol(self, symbol: bytes) -> None:
        """Handle a control symbol."""
        if symbol == b"*":
            self.state = replace(self.state, is_skipped=True)
        elif symbol in (b"\r", b"\n"):
            self.word("par", None, 0)
        elif symbol in _SYMBOLS:
            self._add(_SYMBOLS[symbol])

    def add(self, text: bytes) -> None:
        """Add bytes in the code page of their font."""
        if self.replaced:
            skipped = min(self.replaced, len(text))
            self.replaced -= skipped
            text = text[skipped:]
        if self.state.is_font_table:
            self.font_name = (self.font_name + text)[:200]
            if text.endswith(b";"):
                self._end_font()
        elif not self.state.is_skipped:
            self.pending += text

    def word(self, word: str, number: int | None, end: int) -> None:
        """Handle a control word."""
        if word == "u" and number is not None:
            self._unicode(number)
            return
        if word == "bin" and number and number > 0:
            self.skip_until = end + number
            return
        self.flush()
        if word in _SKIPPED:
            self.state = replace(self.state, is_skipped=True)
        elif word == "fonttbl":
            self.state = replace(self.state, is_font_table=True)
        elif word in _CHARACTERS:
            self._add(_CHARACTERS[word])
        elif number is not None:
            self._set(word, number)
        if not self.state.is_skipped:
            self._structure(word)

    def flush(self) -> None:
        """Decode the bytes that were collected; a letter of two bytes may be two tokens."""
        if not self.pending:
            return
        page, _ = self.fonts.get(self.state.font or 0, (self.code_page, None))
        text = bytes(self.pending).decode(page, "replace")
        self.pending.clear()
        self._add(text)

    def _set(self, word: str, number: int) -> None:
        """Handle a control word that sets a number."""
        if word in ("f", "deff"):
            self.state = replace(self.state, font=number)
        elif word == "uc":
            self.state = replace(self.state, unicode_bytes=max(0, min(number, 10)))
        elif word == "fcharset" and self.state.font is not None:
            self.font_charsets[self.state.font] = _CODE_PAGES.get(number, "")
        elif word == "ansicpg" and _is_code_page(f"cp{number}"):
            self.code_page = f"cp{number}"

    def _structure(self, word: str) -> None:
        """Handle the ends of paragraphs, cells and rows."""
        if word in ("par", "sect", "page") and not self.is_in_row:
            self.lines.end_paragraph()
        elif word == "line":
            self.lines.break_line()
        elif word == "plain":
            self.state = replace(self.state, font=None)
        elif word in ("trowd", "intbl") and not self.is_in_row:
            self.is_in_row = True
            self.lines.end_paragraph()
            self.lines.start_row()
            self.lines.start_cell()
        elif word in ("cell", "nestcell"):
            self.lines.end_paragraph()
            self.lines.start_cell()
        elif word == "row":
            self.is_in_row = False
            self.lines.end_row()
        elif word == "par":
            self._add(" ")

    def _unicode(self, number: int) -> None:
        """Add a character by its number. Characters beyond 65,535 come as two numbers."""
        self.flush()
        number &= 0xFFFF
        self.replaced = self.state.unicode_bytes
        if 0xD800 <= number < 0xDC00:
            self.surrogate = number
        elif 0xDC00 <= number < 0xE000:
            if self.surrogate:
                self._add(chr(0x10000 + ((self.surrogate & 0x3FF) << 10) + (number & 0x3FF)))
            self.surrogate = 0
        else:
            self._add(chr(number))

    def _add(self, text: str) -> None:
        if self.state.is_skipped or self.state.is_font_table:
            return
        _, font = self.fonts.get(self.state.font or 0, ("", None))
        self.lines.add(text, font)

    def _end_font(self) -> None:
        """Keep a font of the font table under its number."""
        number = self.state.font
        if not self.state.is_font_table or number is None or not self.font_name:
            return
        name = self.font_name.decode("latin-1").strip(" ;")
        font = legacy_font(name)
        page = "cp1252" if font else self.font_charsets.get(number) or self.code_page
        self.fonts[number] = (page, font)
        self.font_name = b""


def _is_code_page(name: str) -> bool:
    try:
        b"".decode(name)
    except LookupError:
        return False
    return True
