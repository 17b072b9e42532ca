"""No reader of attachments takes time that grows with the square of a document."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipelines.documents import read_document
from scraper.demo.files import docx, xlsx
from tests.linear.test_loops import assert_linear
from tests.pipelines.documents.containers import ole, open_document, pptx, with_member

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def as_rtf(text: str) -> bytes:
    return b"{\\rtf1\\ansi a " + text.encode("ascii") + b"}"


def as_docx(text: str) -> bytes:
    xml = f'<w:document xmlns:w="{WORD}"><w:body>{text}</w:body></w:document>'
    return with_member(docx(["x"]), "word/document.xml", xml.encode())


def as_numbering(text: str) -> bytes:
    xml = f'<w:numbering xmlns:w="{WORD}">{text}</w:numbering>'
    return with_member(as_docx(LISTED * 50), "word/numbering.xml", xml.encode())


def as_xlsx(text: str) -> bytes:
    xml = f'<worksheet xmlns="{SHEET}"><sheetData>{text}</sheetData></worksheet>'
    return with_member(xlsx({"a": [("x",)]}), "xl/worksheets/sheet1.xml", xml.encode())


def as_strings(text: str) -> bytes:
    xml = f'<sst xmlns="{SHEET}">{text}</sst>'
    return with_member(xlsx({"a": [("x",)]}), "xl/sharedStrings.xml", xml.encode())


TIMES = 5
"""How much larger than pages documents are, because they are read faster."""

LISTED = '<w:p><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr></w:pPr></w:p>'
ROW = "<w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc></w:tr>"

DOCUMENTS: dict[str, tuple[Callable[[str], bytes], tuple[str, ...]]] = {
    "rtf": (
        as_rtf,
        (
            *("{", "}", "{}", "\\par ", "\\", "\\'e1", "\\u7897?", "\\b0 ", "a ", "\\tab "),
            *("\\trowd\\cell\\row ", "\\cell ", "{\\pict 00}", "{\\*\\x a}", "\\bin1 a", "\\uc9 "),
            *("{\\fonttbl{\\f0 .VnTime;}}", "\\f0 ", "\\'", "\\u", "\n"),
        ),
    ),
    "docx": (
        as_docx,
        (
            *("<w:p><w:r><w:t>chữ </w:t></w:r></w:p>", "<w:p>", "<w:r>", "<w:t>a</w:t>", "<w:tbl>"),
            *(f"<w:tbl>{ROW}</w:tbl>", ROW, "<w:tc/>", LISTED, "<w:p/>", "<w:br/>", "a ", "\n"),
        ),
    ),
    "numbering": (
        as_numbering,
        (
            '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>',
            '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="1"/></w:abstractNum>',
            '<w:lvl w:ilvl="1"><w:start w:val="9"/></w:lvl>',
        ),
    ),
    "xlsx": (
        as_xlsx,
        (
            *('<row><c r="A1"><v>7</v></c></row>', '<c r="A1"><v>7</v></c>', "<row/>", "<row>"),
            *('<row r="9"/>', '<c t="inlineStr"><is><t>a</t></is></c>', "<c><f>a</f></c>"),
        ),
    ),
    "strings": (as_strings, ("<si><t>a</t></si>", "<si><r><t>a</t></r></si>", "<si>", "<t>a</t>")),
    "odt": (
        lambda text: open_document("text", text),
        (
            *("<text:p>a</text:p>", "<text:p>", "<text:list><text:list-item>", "<text:s/>"),
            *("<text:span>a</text:span>", "<text:h>a</text:h>", '<text:s text:c="9"/>', "a "),
        ),
    ),
    "ods": (
        lambda text: open_document("spreadsheet", f'<table:table table:name="a">{text}'),
        ("<table:table-row/>", "<table:table-row><table:table-cell/></table:table-row>"),
    ),
    "pptx": (lambda text: pptx([text]), ("a ", "\n")),
    "doc": (lambda text: ole({"WordDocument": text.encode()}), ("a", "\x13", "\r", "\x07")),
    "text": (lambda text: text.encode(), ("a ", "\n", "a\n", "\t", "…", "- ")),
}


@pytest.mark.fault(45)
@pytest.mark.parametrize(
    ("kind", "piece"),
    [(kind, piece) for kind, (_, pieces) in DOCUMENTS.items() for piece in pieces],
)
def test_a_document_takes_time_in_proportion_to_its_size(kind: str, piece: str) -> None:
    make = DOCUMENTS[kind][0]
    assert_linear(lambda text: read_document(make(text * TIMES)), piece)
