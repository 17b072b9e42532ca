"""PDF of text and tables, and PDF of photographed pages."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence

from scraper.demo.files.glyphs import drawing_of, width_of
from scraper.demo.files.parts import Bullets, Heading, Part, Table

WIDTH, HEIGHT = 595, 842
_MARGIN = 56
_SIZE = 11
_LINE = 16


def pdf(pages: Sequence[Sequence[Part]]) -> bytes:
    """Return a PDF with these pages. What does not fit on a page continues on the next."""
    drawn = [content for parts in pages for content in _Layout(parts).pages]
    letters = sorted(
        {letter for content in drawn for _, _, _, text in content.texts for letter in text}
    )
    if len(letters) > 255:
        raise ValueError("a document may have 255 different characters")
    codes = {letter: place + 1 for place, letter in enumerate(letters)}
    objects = _Objects()
    font = _add_font(objects, codes)
    resources = f"<</Font<</F {font} 0 R>>>>"
    return objects.as_pdf([(content.stream(codes), resources) for content in drawn])


def scanned_pdf(photos: Sequence[tuple[bytes, int, int]]) -> bytes:
    """Return a PDF whose pages are photos only: (JPEG of three colours, width, height)."""
    objects = _Objects()
    pages = []
    for body, width, height in photos:
        image = objects.add_stream(
            body,
            f"/Type/XObject/Subtype/Image/Width {width}/Height {height}"
            "/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode",
        )
        drawing = f"q {WIDTH} 0 0 {HEIGHT} 0 0 cm /I Do Q".encode()
        pages.append((drawing, f"<</XObject<</I {image} 0 R>>>>"))
    return objects.as_pdf(pages)


class _Page:
    """What is drawn on one page."""

    def __init__(self) -> None:
        self.texts: list[tuple[float, float, int, str]] = []
        self.rules: list[tuple[float, float, float, float]] = []

    def stream(self, codes: dict[str, int]) -> bytes:
        """Return the content stream, for a font with these codes."""
        lines = [f"{x} {y} {width} {height} re S" for x, y, width, height in self.rules]
        for x, y, size, text in self.texts:
            shown = bytes(codes[letter] for letter in text).hex()
            lines.append(f"BT /F {size} Tf {x} {y} Td <{shown}> Tj ET")
        return "\n".join(["0.5 w", *lines]).encode()


class _Layout:
    """Places the parts of a document on pages, from top to bottom."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.pages = [_Page()]
        self.y = HEIGHT - _MARGIN
        for part in parts:
            self._place(part)

    def _place(self, part: Part) -> None:
        if isinstance(part, Table):
            for row in part.rows:
                self._place_row(row, (WIDTH - 2 * _MARGIN) / len(row))
            self.y -= _LINE
        elif isinstance(part, Bullets):
            for number, item in enumerate(part.items, 1):
                self._write(f"{number}. {item}" if part.is_ordered else f"• {item}", _SIZE)
        elif isinstance(part, Heading):
            self._write(part.text, _SIZE + 5 - part.level)
        else:
            self._write(part, _SIZE)

    def _write(self, text: str, size: int) -> None:
        for line in _wrap(text, (WIDTH - 2 * _MARGIN) * 1000 / size):
            self._make_room(_LINE)
            self.y -= _LINE
            self.pages[-1].texts.append((_MARGIN, self.y, size, line))
        self.y -= _LINE // 2

    def _place_row(self, row: Sequence[str], width: float) -> None:
        cells = [list(_wrap(cell, (width - 8) * 1000 / _SIZE)) for cell in row]
        height = _LINE * max(1, *map(len, cells)) + 6
        self._make_room(height)
        self.y -= height
        for column, lines in enumerate(cells):
            x = _MARGIN + column * width
            self.pages[-1].rules.append((x, self.y, width, height))
            for number, line in enumerate(lines, 1):
                y = self.y + height - number * _LINE
                self.pages[-1].texts.append((x + 4, y, _SIZE, line))

    def _make_room(self, height: int) -> None:
        if self.y - height < _MARGIN:
            self.pages.append(_Page())
            self.y = HEIGHT - _MARGIN


def _wrap(text: str, width: float) -> Iterator[str]:
    """Yield the lines of a text that are at most ``width`` thousandths of the font size wide."""
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if line and sum(map(width_of, longer)) > width:
            yield line
            longer = word
        line = longer
    if line:
        yield line


class _Objects:
    """The numbered objects of a PDF. The first two are its catalog and its page tree."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = [b"<</Type/Catalog/Pages 2 0 R>>", b""]

    def add(self, body: bytes) -> int:
        """Add an object and return its number."""
        self.bodies.append(body)
        return len(self.bodies)

    def add_stream(self, body: bytes, entries: str = "") -> int:
        """Add a stream and return its number. It is compressed if it has no filter."""
        if "/Filter" not in entries:
            body, entries = zlib.compress(body), entries + "/Filter/FlateDecode"
        return self.add(
            f"<</Length {len(body)}{entries}>>stream\n".encode() + body + b"\nendstream"
        )

    def as_pdf(self, pages: Sequence[tuple[bytes, str]]) -> bytes:
        """Return the file, with pages of (content stream, resources)."""
        numbers = []
        for stream, resources in pages:
            content = self.add_stream(stream)
            page = f"<</Type/Page/Parent 2 0 R/Resources {resources}/Contents {content} 0 R>>"
            numbers.append(self.add(page.encode()))
        kids = " ".join(f"{number} 0 R" for number in numbers)
        self.bodies[1] = (
            f"<</Type/Pages/Count {len(numbers)}/Kids[{kids}]/MediaBox[0 0 {WIDTH} {HEIGHT}]>>"
        ).encode()
        body, places = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n"), []
        for number, each in enumerate(self.bodies, 1):
            places.append(len(body))
            body += f"{number} 0 obj\n".encode() + each + b"\nendobj\n"
        table = "".join(f"{place:010} 00000 n \n" for place in places)
        start, count = len(body), len(places) + 1
        body += (
            f"xref\n0 {count}\n0000000000 65535 f \n{table}trailer\n"
            f"<</Size {count}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n"
        ).encode()
        return bytes(body)


def _add_font(objects: _Objects, codes: dict[str, int]) -> int:
    """Add a font that draws these characters, and return its number."""
    base = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/{}Encoding>>"
    fonts = [objects.add(base.format(name).encode()) for name in ("WinAnsi", "Standard")]
    drawings = [objects.add_stream(drawing_of(letter).encode()) for letter in codes]
    names = [f"/g{code}" for code in codes.values()]
    procedures = "".join(
        f"{name} {number} 0 R" for name, number in zip(names, drawings, strict=True)
    )
    widths = " ".join(str(width_of(letter)) for letter in codes)
    unicode_map = objects.add_stream(_unicode_map(codes))
    return objects.add(
        (
            "<</Type/Font/Subtype/Type3/FontBBox[-100 -250 1100 1100]/FontMatrix[.001 0 0 .001 0 0]"
            f"/Resources<</Font<</B {fonts[0]} 0 R/A {fonts[1]} 0 R>>>>/CharProcs<<{procedures}>>"
            f"/Encoding<</Type/Encoding/Differences[1{''.join(names)}]>>"
            f"/FirstChar 1/LastChar {len(codes)}/Widths[{widths}]/ToUnicode {unicode_map} 0 R>>"
        ).encode()
    )


def _unicode_map(codes: dict[str, int]) -> bytes:
    """Return the CMap by which readers find the characters of a text."""
    pairs = [f"<{code:02x}><{letter.encode('utf-16-be').hex()}>" for letter, code in codes.items()]
    blocks = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
    shown = "\n".join(
        f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks
    )
    return (
        "/CIDInit/ProcSet findresource begin 12 dict begin begincmap/CMapName/U def"
        "/CMapType 2 def\n"
        f"1 begincodespacerange<00><ff>endcodespacerange\n{shown}\nendcmap end end"
    ).encode()
