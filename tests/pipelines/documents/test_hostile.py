"""Broken, encrypted and hostile files get their reason, in bounded time and memory, in a worker."""

from __future__ import annotations

import resource
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from pipelines.documents import Document, read_document, time_limit
from pipelines.documents.document import MAX_PAGES
from pipelines.workers import BEYOND_LIMITS, Workers
from scraper.demo.files import pdf
from scraper.demo.files.office import zipped
from spiders.file_reading import read_within_memory
from tests.pipelines.documents.containers import (
    ole,
    open_document,
    stream,
    with_member,
)
from tests.pipelines.documents.hostile_files import (
    bomb,
    claimed_dictionary,
    docx_of,
    encrypted_doc,
    encrypted_open_document,
    encrypted_pdf,
    encrypted_xls,
    encrypted_zip,
    external,
    filter_elsewhere,
    laughs,
    lying_directory,
    pages_without_end,
    patched,
    pdf_with_content,
    rows,
    sparse_sheet,
    tree_of_itself,
    wide_spreadsheet,
)
from tests.pipelines.documents.samples import sample

MAX_SECONDS = 15.0


MAX_MEGABYTES = 300


@dataclass
class Reading:
    document: Document
    seconds: float
    megabytes: float


def read_measured(body: bytes) -> Reading:
    """Read a document in a worker. Its memory is the most that the process ever had."""
    started = time.process_time()
    document = read_within_memory(body, None, "")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Reading(document, time.process_time() - started, peak)


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(1, preload=[__name__]) as workers:
        yield workers


CASES: dict[str, tuple[Callable[[], bytes], str]] = {
    "billion laughs in a DOCX": (laughs, "dangerous_xml"),
    "an external entity in a DOCX": (external, "dangerous_xml"),
    "an external entity of a host": (lambda: external("http://127.0.0.1:9/x"), "dangerous_xml"),
    "an external entity in UTF-16": (lambda: external(encoding="utf-16"), "dangerous_xml"),
    "an entity in an ODT": (
        lambda: with_member(
            sample("notice.odt"), "content.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
        ),
        "dangerous_xml",
    ),
    "an entity in the strings of an XLSX": (
        lambda: with_member(
            sample("workbook.xlsx"), "xl/sharedStrings.xml", b'<!DOCTYPE a SYSTEM "x"><a/>'
        ),
        "dangerous_xml",
    ),
    "an entity in a slide": (
        lambda: with_member(
            sample("slides.pptx"), "ppt/slides/slide1.xml", b'<!DOCTYPE a SYSTEM "x"><a/>'
        ),
        "dangerous_xml",
    ),
    "a DOCX that inflates to 120 MB": (
        lambda: docx_of("<a>" + " " * 120_000_000 + "</a>"),
        "too_large",
    ),
    "a DOCX of a million tables in each other": (
        lambda: docx_of('<w:d xmlns:w="w">' + "<w:tbl><w:tr><w:tc>" * 300_000), "broken_file"
    ),
    "a DOCX whose directory lies": (lying_directory, "broken_file"),
    "a ZIP of 20,000 members": (
        lambda: zipped({f"{number}.txt": b"x" for number in range(20_000)}),
        "too_many_files",
    ),
    "a ZIP of 300 documents": (
        lambda: zipped({f"{number}.txt": b"x" for number in range(300)}),
        "too_many_files",
    ),
    "a ZIP that inflates to 480 MB": (
        lambda: zipped({f"{number}.txt": b"a " * 12_000_000 for number in range(20)}),
        "too_large",
    ),
    "a ZIP in a ZIP": (lambda: zipped({"a.zip": zipped({"b.txt": b"x"})}), "nested_archive"),
    "an encrypted ZIP": (encrypted_zip, "encrypted"),
    "an encrypted DOCX": (
        lambda: ole({"EncryptionInfo": b"x", "EncryptedPackage": b"y"}),
        "encrypted",
    ),
    "an encrypted DOC": (encrypted_doc, "encrypted"),
    "an encrypted XLS": (encrypted_xls, "encrypted"),
    "an encrypted PPT": (
        lambda: patched("slides.ppt", b"\x5f\xc0\x91\xe3", b"\xdf\xc4\xd1\xf3"),
        "encrypted",
    ),
    "an encrypted ODT": (encrypted_open_document, "encrypted"),
    "an encrypted PDF": (encrypted_pdf, "encrypted"),
    "a PDF of 100,000 pages": (pages_without_end, "too_many_pages"),
    "a PDF whose page tree contains itself": (tree_of_itself, "broken_file"),
    "a PDF that inflates to 120 MB": (
        lambda: pdf_with_content(stream(b" " * 120_000_000)),
        "too_large",
    ),
    "a PDF that inflates twice": (
        lambda: pdf_with_content(
            stream(zlib.compress(b"0 " * 60_000_000, 9), b"/Filter[/FlateDecode/FlateDecode]")
        ),
        "too_large",
    ),
    "a PDF whose filter is written with escapes": (
        lambda: pdf_with_content(bomb(b"/F#69lter/#46lateDecode")),
        "too_large",
    ),
    "a PDF whose filter is in another object": (filter_elsewhere, "too_large"),
    "a PDF whose filter is far from its stream": (
        lambda: pdf_with_content(bomb(b"/Filter/FlateDecode/Z(" + b"x" * 3_000 + b")")),
        "too_large",
    ),
    "a PDF whose text calls itself a photo": (
        lambda: pdf_with_content(bomb(b"/Filter/FlateDecode/Z/Image")),
        "too_large",
    ),
    "a PDF with a carriage return before its data": (
        lambda: pdf_with_content(bomb(line_end=b"\r")),
        "too_large",
    ),
    "a PDF with words before its data": (
        lambda: pdf_with_content(bomb(line_end=b" % x\r\n")),
        "too_large",
    ),
    "a PDF that inflates three times": (
        lambda: pdf_with_content(
            stream(
                zlib.compress(zlib.compress(b"0 " * 60_000_000, 9), 9),
                b"/Filter[/FlateDecode/FlateDecode/FlateDecode]",
            )
        ),
        "too_large",
    ),
    "a DOCX of a million attributes": (
        lambda: docx_of(
            "<w:d xmlns:w='w' " + " ".join(f"a{n}='1'" for n in range(2_500_000)) + "/>"
        ),
        "too_large",
    ),
    "an ODT that claims memory for its type": (claimed_dictionary, "unknown_compression"),
    "a ZIP of documents that take long": (
        lambda: zipped(
            dict.fromkeys(
                map("{}.docx".format, range(90)), docx_of(f"<d>{'<a/>' * 3_000_000}</d>")
            )
        ),
        "too_large",
    ),
    "a PDF of nothing but its first line": (lambda: b"%PDF-1.7\n" + b"x" * 5_000, "broken_file"),
    "RTF of a million groups": (lambda: b"{\\rtf1" + b"{" * 1_000_000, "broken_file"),
    "RTF of ten million bytes in a photo": (
        lambda: b"{\\rtf1{\\pict " + b"0f" * 5_000_000 + b"}x}",
        "",
    ),
    "two cells at the corners of a sheet": (sparse_sheet, ""),
    "cells that are repeated without end": (wide_spreadsheet, ""),
    "a container that says nothing": (lambda: ole({"Contents": b"x"}), "unknown_type"),
    "an OLE header alone": (lambda: ole({"x": b""})[:8] + bytes(600), "unknown_type"),
    "a DOC without its table": (lambda: ole({"WordDocument": b"\xec\xa5\xc1\x00"}), "broken_file"),
    "a ZIP header alone": (lambda: b"PK\x03\x04" + bytes(50), "broken_file"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_file_is_settled_within_bounds(name: str, workers: Workers) -> None:
    make, problem = CASES[name]
    reading = workers.submit(read_measured, make()).result()
    assert (reading.document.problem or "") == problem
    assert reading.seconds < MAX_SECONDS
    assert reading.megabytes < MAX_MEGABYTES
    assert len(reading.document.text) < 10_000_000


def test_what_is_read_of_too_many_pages_is_kept() -> None:
    document = read_document(pages_without_end())
    assert document.pages == ["Trang"] * MAX_PAGES


def test_what_ties_up_the_library_is_ended_by_the_limit_of_the_worker() -> None:
    body = pdf_with_content(stream(b"/X Do "))  # a drawing that contains itself fifty times
    with Workers(1, seconds=2.0, preload=[__name__]) as workers, pytest.raises(BEYOND_LIMITS):
        workers.submit(read_measured, body).result()


def long_docx() -> bytes:
    lines = "".join(f"<w:p><w:r><w:t>dòng {n}</w:t></w:r></w:p>" for n in range(2_000))
    return docx_of(f'<w:d xmlns:w="w">{lines}</w:d>')


def long_sheet() -> bytes:
    cells = rows(*(f"A{n}" for n in range(1, 2_001)))
    xml = f"<worksheet><sheetData>{cells}</sheetData></worksheet>"
    return with_member(sample("workbook.xlsx"), "xl/worksheets/sheet1.xml", xml.encode())


def long_table() -> bytes:
    cells = "<table:table-row><table:table-cell><text:p>7</text:p></table:table-cell>"
    table = f"{cells}</table:table-row>" * 2_000
    return open_document("spreadsheet", f'<table:table table:name="a">{table}</table:table>')


@pytest.mark.parametrize("make", [long_docx, long_sheet, long_table])
def test_what_is_read_until_the_time_is_over_is_kept(
    make: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = read_document(make()).text
    checks = iter(range(1_000))
    monkeypatch.setattr(time_limit, "is_over", lambda: next(checks) > 1)
    document = read_document(make())
    assert document.problem == "too_large"
    assert document.pages[0].count("\n") > 100
    assert whole.startswith(document.pages[0])
    assert len(document.text) < len(whole)


def test_the_time_of_a_document_is_measured_from_its_beginning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(time_limit, "MAX_SECONDS", -1.0)
    document = read_document(pdf([["Một"]] * 3))
    assert (document.problem, document.pages) == ("too_many_pages", [])
