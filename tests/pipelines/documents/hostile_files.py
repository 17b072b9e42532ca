"""Documents that are made to exhaust, mislead or break what reads them."""

from __future__ import annotations

import struct
import zlib

from scraper.demo.files import docx, pdf
from scraper.demo.files.office import zipped
from tests.pipelines.documents.containers import (
    open_document,
    pdf_of_objects,
    stream,
    with_member,
)
from tests.pipelines.documents.samples import sample

MIB = 1024**2


def docx_of(xml: str, encoding: str = "utf-8") -> bytes:
    return with_member(docx(["x"]), "word/document.xml", xml.encode(encoding))


def laughs() -> bytes:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    return docx_of(
        f'<!DOCTYPE d [<!ENTITY e0 "ha">{entities}]>'
        '<w:document xmlns:w="w"><w:p><w:r><w:t>&e11;</w:t></w:r></w:p></w:document>'
    )


def external(kind: str = "file:///etc/passwd", encoding: str = "utf-8") -> bytes:
    return docx_of(
        f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE d [<!ENTITY x SYSTEM "{kind}">]>'
        '<w:document xmlns:w="w"><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:document>',
        encoding,
    )


def lying_directory() -> bytes:
    """A DOCX of which a member says that it is small and inflates to 120 MB."""
    body = bytearray(docx_of("<a>" + "x" * 120_000_000 + "</a>"))
    at = body.index(b"PK\x01\x02", body.rindex(b"</a>") if b"</a>" in body else 0)
    while body[at + 46 : at + 63] != b"word/document.xml":
        at = body.index(b"PK\x01\x02", at + 4)
    body[at + 24 : at + 28] = struct.pack("<I", 100)
    body[at + 16 : at + 20] = struct.pack("<I", zlib.crc32(b"<a>" + b"x" * 97))
    return bytes(body)


def pages_without_end() -> bytes:
    kids = b"3 0 R " * 100_000
    return pdf_of_objects(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 100000/Kids[%b]>>" % kids,
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Contents 4 0 R"
            b"/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
            stream(b"BT /F 12 Tf 10 50 Td (Trang) Tj ET"),
        ]
    )


def pdf_with_content(content: bytes) -> bytes:
    return pdf_of_objects(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Contents 4 0 R/Resources<</Font<</F"
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>/XObject<</X 5 0 R>>>>>>",
            content,
            stream(b"/X Do " * 50, b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject"
                   b"<</X 5 0 R>>>>/Filter/FlateDecode"),
        ]
    )  # fmt: skip


def tree_of_itself() -> bytes:
    return pdf_of_objects(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 9/Kids[2 0 R 2 0 R]/Parent 2 0 R>>",
        ]
    )


def encrypted_pdf() -> bytes:
    body = pdf([["Mật."]])
    at = body.rindex(b"/Root 1 0 R")
    secret = b"/Encrypt<</Filter/Standard/V 2/R 3/Length 128/P -44/O<%b>/U<%b>>>/ID[<00><00>]" % (
        b"41" * 32,
        b"42" * 32,
    )
    return body[:at] + secret + body[at:]


def patched(name: str, old: bytes, new: bytes) -> bytes:
    body = sample(name)
    assert old in body
    return body.replace(old, new, 1)


def encrypted_doc() -> bytes:
    body = bytearray(sample("notice.doc"))
    at = body.index(b"\xec\xa5")
    body[at + 11] |= 1
    return bytes(body)


def encrypted_xls() -> bytes:
    body = bytearray(sample("workbook.xls"))
    at = body.index(b"\x09\x08\x10\x00")
    body[at + 20 : at + 22] = b"\x2f\x00"
    return bytes(body)


def encrypted_zip() -> bytes:
    body = bytearray(zipped({"a.txt": b"abc" * 50}))
    body[6] |= 1
    body[body.index(b"PK\x01\x02") + 8] |= 1
    return bytes(body)


def bomb(entries: bytes = b"/Filter/FlateDecode", line_end: bytes = b"\n") -> bytes:
    """A stream that inflates to 120 MB, with these entries in its dictionary."""
    content = zlib.compress(b" " * 120_000_000, 9)
    head = b"<</Length %d%b>>stream%b" % (len(content), entries, line_end)
    return head + content + b"\nendstream"


def filter_elsewhere() -> bytes:
    """A PDF whose content names its filter in another object."""
    return pdf_of_objects(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Contents 4 0 R>>",
            bomb(b"/Filter 5 0 R"),
            b"/FlateDecode",
        ]
    )


def claimed_dictionary() -> bytes:
    """An ODT whose type is compressed by LZMA with a dictionary of 4 GB."""
    name, data = b"mimetype", bytes([9, 20, 5, 0, 0x5D]) + b"\xff" * 4 + bytes(50)
    body = central = b""
    for name in (b"mimetype", b"content.xml"):
        fields = struct.pack("<HHHHHIIIHH", 63, 0, 14, 0, 0, 0, len(data), 900, len(name), 0)
        central += b"PK\x01\x02" + struct.pack("<H", 63) + fields
        central += struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + name
        body += b"PK\x03\x04" + fields + name + data
    end = struct.pack("<HHHHIIH", 0, 0, 2, 2, len(central), len(body), 0)
    return body + central + b"PK\x05\x06" + end


def rows(*cells: str) -> str:
    return "".join(f'<row><c r="{cell}"><v>7</v></c></row>' for cell in cells)


def sparse_sheet() -> bytes:
    name = "xl/worksheets/sheet1.xml"
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    xml = (
        f'<worksheet xmlns="{space}"><sheetData>{rows("A1", "XFD1048576")}</sheetData></worksheet>'
    )
    return with_member(sample("workbook.xlsx"), name, xml.encode())


def wide_spreadsheet() -> bytes:
    cell = '<table:table-cell table:number-columns-repeated="16384"><text:p>x</text:p>'
    row = f'<table:table-row table:number-rows-repeated="1048576">{cell * 500}'
    row += "</table:table-cell>" * 500 + "</table:table-row>"
    return open_document("spreadsheet", f'<table:table table:name="a">{row}</table:table>')


def encrypted_open_document() -> bytes:
    manifest = (
        '<m:manifest xmlns:m="m"><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>'
    )
    return open_document("text", "", **{"META-INF__manifest.xml": manifest})
