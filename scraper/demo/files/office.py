"""DOCX and XLSX, as Word and Excel write them, reduced to what a reader needs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from scraper.demo.files.parts import Bullets, Heading, Part, Table

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_FORMAT = "application/vnd.openxmlformats-officedocument."

_BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)


def docx(parts: Sequence[Part], font: str = "Times New Roman") -> bytes:
    """Return a DOCX with these parts, whose text is set in a font."""
    run_style = f'<w:rPr><w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:cs="{font}"/></w:rPr>'
    body = "".join(_word_part(part, run_style) for part in parts)
    return package(
        {"word/document.xml": f"{_FORMAT}wordprocessingml.document.main+xml",
         "word/styles.xml": f"{_FORMAT}wordprocessingml.styles+xml",
         "word/numbering.xml": f"{_FORMAT}wordprocessingml.numbering+xml"},
        {
            "word/document.xml": f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body>'
            "</w:document>",
            "word/styles.xml": _word_styles(),
            "word/numbering.xml": _word_numbering(),
            "word/_rels/document.xml.rels": relationships(
                {"styles": "styles.xml", "numbering": "numbering.xml"}
            ),
        },
    )  # fmt: skip


def xlsx(sheets: Mapping[str, Sequence[Sequence[str | float]]]) -> bytes:
    """Return an XLSX with these sheets of cells."""
    names = list(sheets)
    kinds = {"xl/workbook.xml": f"{_FORMAT}spreadsheetml.sheet.main+xml"}
    members = {
        "xl/workbook.xml": f'<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}"><sheets>'
        + "".join(
            f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>'
            for number, name in enumerate(names, 1)
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": relationships(
            {
                f"worksheet#{number}": f"worksheets/sheet{number}.xml"
                for number in range(1, len(names) + 1)
            }
        ),
    }
    for number, rows in enumerate(sheets.values(), 1):
        kinds[f"xl/worksheets/sheet{number}.xml"] = f"{_FORMAT}spreadsheetml.worksheet+xml"
        members[f"xl/worksheets/sheet{number}.xml"] = _sheet(rows)
    return package(kinds, members)


def package(kinds: Mapping[str, str], members: Mapping[str, str]) -> bytes:
    """Return a package of Office: parts with their content types, the main one first."""
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in kinds.items()
    )
    types = (
        f'<Types xmlns="{_TYPES}"><Default Extension="xml" ContentType="application/xml"/><Default'
        ' Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f"{overrides}</Types>"
    )
    first = {
        "[Content_Types].xml": types,
        "_rels/.rels": relationships({"officeDocument": next(iter(kinds))}),
    }
    return zipped(
        {name: (_DECLARATION + text).encode() for name, text in {**first, **members}.items()}
    )


def zipped(members: Mapping[str, bytes]) -> bytes:
    """Return a ZIP with these members, the same for each call."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return body.getvalue()


def relationships(targets: Mapping[str, str]) -> str:
    """Return the relationships of a part, rId1 first. ``#`` and a number make a kind unique."""
    return f'<Relationships xmlns="{_LINKS}">' + "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind.split("#")[0]}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets.items(), 1)
    ) + "</Relationships>"  # fmt: skip


def _word_part(part: Part, run_style: str) -> str:
    """Return a part of a document in WordprocessingML."""
    if isinstance(part, Heading):
        return _paragraph(part.text, run_style, f'<w:pStyle w:val="Heading{part.level}"/>')
    if isinstance(part, Bullets):
        number = 2 if part.is_ordered else 1
        style = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{number}"/></w:numPr>'
        return "".join(_paragraph(item, run_style, style) for item in part.items)
    if isinstance(part, Table):
        rows = "".join(
            "<w:tr>"
            + "".join(f"<w:tc>{_paragraph(cell, run_style)}</w:tc>" for cell in row)
            + "</w:tr>"
            for row in part.rows
        )
        return f"<w:tbl><w:tblPr><w:tblBorders>{_BORDERS}</w:tblBorders></w:tblPr>{rows}</w:tbl>"
    return _paragraph(part, run_style)


def _paragraph(text: str, run_style: str, style: str = "") -> str:
    return (
        f"<w:p><w:pPr>{style}</w:pPr><w:r>{run_style}"
        f'<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'
    )


def _word_styles() -> str:
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="Heading{level}"><w:name w:val="heading {level}"/>'
        f'<w:pPr><w:outlineLvl w:val="{level - 1}"/></w:pPr><w:rPr><w:b/></w:rPr></w:style>'
        for level in range(1, 4)
    )
    return f'<w:styles xmlns:w="{_WORD}">{styles}</w:styles>'


def _word_numbering() -> str:
    levels = (("bullet", "•"), ("decimal", "%1."))
    abstract = "".join(
        f'<w:abstractNum w:abstractNumId="{number}"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        f'<w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/></w:lvl></w:abstractNum>'
        for number, (kind, text) in enumerate(levels)
    )
    used = "".join(
        f'<w:num w:numId="{number + 1}"><w:abstractNumId w:val="{number}"/></w:num>'
        for number in range(len(levels))
    )
    return f'<w:numbering xmlns:w="{_WORD}">{abstract}{used}</w:numbering>'


def _sheet(rows: Sequence[Sequence[str | float]]) -> str:
    lines = []
    for number, row in enumerate(rows, 1):
        cells = "".join(
            f'<c r="{_letter(column)}{number}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
            if isinstance(cell, str)
            else f'<c r="{_letter(column)}{number}"><v>{cell}</v></c>'
            for column, cell in enumerate(row)
        )
        lines.append(f'<row r="{number}">{cells}</row>')
    return f'<worksheet xmlns="{_SHEET}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def _letter(column: int) -> str:
    """Return the letter of one of the first 26 columns."""
    return chr(ord("A") + column)
