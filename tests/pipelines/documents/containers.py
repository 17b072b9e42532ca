"""Files of kinds that only tests make: OLE containers, PPTX, OpenDocument, RTF and hostile PDF."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from scraper.demo.files.office import package, relationships, zipped

_SECTOR = 512
_END, _FAT, _FREE = 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_MIN_STREAM_BYTES = 4096
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_P = "http://schemas.openxmlformats.org/presentationml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_FORMAT = "application/vnd.openxmlformats-officedocument.presentationml."
_ODF = "urn:oasis:names:tc:opendocument:xmlns:"


def ole(streams: Mapping[str, bytes]) -> bytes:
    """An OLE container with these streams, each at least 4,096 bytes long (filled with zeros)."""
    sectors: list[bytes] = []
    fat: list[int] = []
    entries = [_entry("Root Entry", 5, _END, 0, child=1)]
    for number, (name, content) in enumerate(streams.items(), 1):
        content = content.ljust(_MIN_STREAM_BYTES, b"\0")
        start = _append(sectors, fat, content)
        right = number + 1 if number < len(streams) else _FREE
        entries.append(_entry(name, 2, start, len(content), right=right))
    directory = _append(sectors, fat, b"".join(entries))
    count = -(-len(fat) // 127)  # each sector of the table describes itself, too
    place = len(sectors)
    table = [*fat, *[_FAT] * count]
    table += [_FREE] * (count * 128 - len(table))
    sectors += [struct.pack("<128I", *table[at : at + 128]) for at in range(0, len(table), 128)]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, count, directory, 0, _MIN_STREAM_BYTES, _END, 0, _END, 0)
    places = [place + number for number in range(count)]
    header += struct.pack("<109I", *places, *[_FREE] * (109 - count))
    return header + b"".join(sectors)


def _append(sectors: list[bytes], fat: list[int], content: bytes) -> int:
    start = len(sectors)
    for at in range(0, len(content), _SECTOR):
        sectors.append(content[at : at + _SECTOR].ljust(_SECTOR, b"\0"))
        fat.append(len(sectors))
    fat[-1] = _END
    return start


def _entry(
    name: str, kind: int, start: int, size: int, right: int = _FREE, child: int = _FREE
) -> bytes:
    written = name.encode("utf-16-le")
    return struct.pack(
        "<64sHBB3I36xIQ", written, len(written) + 2, kind, 1, _FREE, right, child, start, size
    )


def pptx(slides: Sequence[str]) -> bytes:
    """A PPTX whose slides have one paragraph, the last slide first in the package."""
    kinds = {"ppt/presentation.xml": f"{_FORMAT}presentation.main+xml"}
    links = {f"slide#{number}": f"slides/slide{number}.xml" for number in range(1, len(slides) + 1)}
    listed = "".join(
        f'<p:sldId id="{255 + number}" r:id="rId{number}"/>' for number in range(1, len(slides) + 1)
    )
    members = {
        "ppt/presentation.xml": f'<p:presentation xmlns:p="{_P}" xmlns:r="{_R}"><p:sldIdLst>'
        f"{listed}</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": relationships(links),
    }
    for number in range(len(slides), 0, -1):
        members[f"ppt/slides/slide{number}.xml"] = (
            f'<p:sld xmlns:p="{_P}" xmlns:a="{_A}"><p:txBody><a:p><a:r><a:t>'
            f"{escape(slides[number - 1])}</a:t></a:r></a:p></p:txBody></p:sld>"
        )
    return package(kinds, members)


def open_document(kind: str, content: str, **more: str) -> bytes:
    """An ODT, ODS or ODP (``text``, ``spreadsheet``, ``presentation``) with this content."""
    spaces = " ".join(
        f'xmlns:{name}="{_ODF}{name}:1.0"' for name in ("office", "text", "table", "drawing")
    ).replace("xmlns:drawing", "xmlns:draw")
    xml = f'<?xml version="1.0"?><office:document-content {spaces}>{content}'
    return zipped(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}".encode(),
            "content.xml": f"{xml}</office:document-content>".encode(),
            **{name.replace("__", "/"): text.encode() for name, text in more.items()},
        }
    )


def with_member(body: bytes, name: str, content: bytes) -> bytes:
    """The same package with another content of a member."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        members = {each: archive.read(each) for each in archive.namelist()}
    return zipped({**members, name: content})


def pdf_of_objects(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """A PDF with these objects, numbered from 1, of which the first is the catalog."""
    body, places = bytearray(b"%PDF-1.5\n"), []
    for number, each in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n" % number + each + b"\nendobj\n"
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    body += b"".join(b"%010d 00000 n \n" % place for place in places)
    body += b"trailer\n<</Size %d/Root 1 0 R%b>>\n" % (len(objects) + 1, trailer)
    return bytes(body + b"startxref\n%d\n%%%%EOF\n" % start)


def stream(content: bytes, entries: bytes = b"/Filter/FlateDecode") -> bytes:
    """A stream object of a PDF, compressed unless its entries say otherwise."""
    if b"FlateDecode" in entries:
        content = zlib.compress(content, 9)
    return b"<</Length %d%b>>stream\n%b\nendstream" % (len(content), entries, content)


def png(width: int, height: int, data: bytes) -> bytes:
    """A PNG of black and white pixels, whose data may be anything."""
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(data, 9)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )
