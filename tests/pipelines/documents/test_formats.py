"""Every format is read: its type, its text, its tables and its pages."""

from __future__ import annotations

import io
import unicodedata

import pypdfium2
import pytest

from pipelines.documents import read_document
from pipelines.documents.document import MAX_PAGES
from scraper.demo.files import Table, docx, pdf, xlsx
from scraper.demo.files.office import zipped
from tests.pipelines.documents.containers import open_document, pdf_of_objects, pptx, stream
from tests.pipelines.documents.samples import (
    NOTICE,
    ROWS,
    TABLE_LINES,
    all_formats,
    notice_lines,
    sample,
)

OFFICE = "application/vnd.openxmlformats-officedocument."
TYPES = {
    "all.zip": "application/zip",
    "notice.doc": "application/msword",
    "notice.docx": f"{OFFICE}wordprocessingml.document",
    "notice.odt": "application/vnd.oasis.opendocument.text",
    "notice.pdf": "application/pdf",
    "notice.rtf": "application/rtf",
    "own.docx": f"{OFFICE}wordprocessingml.document",
    "own.pdf": "application/pdf",
    "own.xlsx": f"{OFFICE}spreadsheetml.sheet",
    "photo.jpg": "image/jpeg",
    "scan.pdf": "application/pdf",
    "slides.odp": "application/vnd.oasis.opendocument.presentation",
    "slides.ppt": "application/vnd.ms-powerpoint",
    "slides.pptx": f"{OFFICE}presentationml.presentation",
    "tcvn3.doc": "application/msword",
    "tcvn3.pdf": "application/pdf",
    "vni.rtf": "application/rtf",
    "workbook.ods": "application/vnd.oasis.opendocument.spreadsheet",
    "workbook.xls": "application/vnd.ms-excel",
    "workbook.xlsx": f"{OFFICE}spreadsheetml.sheet",
}


@pytest.mark.parametrize("name", sorted(TYPES))
def test_the_type_is_found_in_the_bytes_whatever_is_claimed(name: str) -> None:
    document = read_document(all_formats()[name], "text/html", "trang.html")
    assert document.media_type == TYPES[name]
    assert all_formats().keys() == TYPES.keys()


@pytest.mark.parametrize("name", ["notice.docx", "notice.rtf", "own.docx"])
def test_paragraphs_lists_and_tables_of_a_text_are_its_lines(name: str) -> None:
    document = read_document(all_formats()[name])
    assert document.problem is None
    assert document.text.split("\n") == notice_lines()


@pytest.mark.parametrize("name", ["notice.doc", "notice.odt"])
def test_formats_whose_numbers_are_not_stored_have_the_items(name: str) -> None:
    lines = [line.removeprefix("• ").removeprefix("1. ") for line in notice_lines()]
    lines = [line.removeprefix("2. ") for line in lines]
    assert read_document(sample(name)).text.split("\n") == lines


@pytest.mark.parametrize("name", ["notice.pdf", "own.pdf"])
def test_a_pdf_has_its_lines_and_the_cells_of_its_table(name: str) -> None:
    document = read_document(all_formats()[name])
    lines = document.pages[0].split("\n")
    start = lines.index(TABLE_LINES[0])
    assert lines[start : start + 4] == TABLE_LINES
    words = " ".join(document.pages[0].split())
    assert words == " ".join(" ".join(notice_lines()).split())


def test_pages_of_a_pdf_are_apart() -> None:
    document = read_document(pdf([["Trang một."], ["Trang hai."], ["Trang ba."]]))
    assert document.pages == ["Trang một.", "Trang hai.", "Trang ba."]
    assert document.text == "Trang một.\fTrang hai.\fTrang ba."


def test_a_cell_that_spans_columns_is_one_cell() -> None:
    table = Table(
        (
            ("Kết quả chung của các thôn",),
            ("Địa bàn", "Kết quả"),
            ("Thôn Đồi", "Đạt 95% kế hoạch giao từ đầu năm, tăng so với cùng kỳ năm trước"),
        )
    )
    document = read_document(pdf([["Bảng 1.", table, "Hết bảng."]]))
    assert document.pages[0].split("\n") == [
        "Bảng 1.",
        "Kết quả chung của các thôn",
        "Địa bàn\tKết quả",
        "Thôn Đồi\tĐạt 95% kế hoạch giao từ đầu năm, tăng so với cùng kỳ năm trước",
        "Hết bảng.",
    ]


@pytest.mark.parametrize("name", ["workbook.xlsx", "workbook.xls", "workbook.ods"])
def test_sheets_are_pages_with_their_names_and_rows(name: str) -> None:
    first, second = read_document(sample(name)).pages
    lines = first.split("\n")
    assert lines[:2] == ["Danh sách hộ", "STT\tChủ hộ\tNgày sinh\tSố tiền\tTỷ lệ"]
    born = ["1985-03-07", "1990-12-31 7:30:00"] if name.endswith("ods") else None
    born = born or ["07/03/1985", "31/12/1990 07:30"]
    assert lines[2] == f"1\tLò Thị Phiêng\t{born[0]}\t1250000\t0.5"
    assert lines[3] == f"2\tVàng A Pó\t{born[1]}\t3500000.25\t0.125"
    assert lines[4] == "\tTổng cộng\t\t4750000.25"
    assert second.split() == ["Ghi", "chú", "Hạn", "nộp", "trước", "ngày", "30/8"]


def test_our_own_workbook_is_read() -> None:
    document = read_document(
        xlsx({"Danh sách": ROWS, "Thu chi": [("Thu", 1250000.0), ("Chi", 3.5)]})
    )
    assert document.pages == [
        "\n".join(["Danh sách", *TABLE_LINES]),
        "Thu chi\nThu\t1250000\nChi\t3.5",
    ]


@pytest.mark.parametrize("name", ["slides.pptx", "slides.odp", "slides.ppt"])
def test_slides_are_pages(name: str) -> None:
    first, second = read_document(sample(name)).pages
    assert first == "Kế hoạch phòng chống thiên tai\nChuẩn bị lực lượng\nDự trữ lương thực"
    cells = "Thôn\nSố hộ\nNà Lốc\n87" if name.endswith("ppt") else "Thôn\tSố hộ\nNà Lốc\t87"
    assert second == f"Bảng số liệu\n{cells}"


def test_slides_are_in_the_order_of_the_presentation() -> None:
    slides = [f"Phần {number}" for number in range(1, 13)]
    assert read_document(pptx(slides)).pages == slides


def test_members_of_a_zip_are_read_under_their_names() -> None:
    body = zipped(
        {
            "ke-hoach/Kế hoạch.docx": docx(["Nội dung kế hoạch."]),
            "../../etc/passwd": b"Chu thich trong tep van ban.",
            "so-lieu.xls": sample("workbook.xls"),
        }
    )
    document = read_document(body)
    assert document.problem is None
    assert document.pages[0] == "ke-hoach/Kế hoạch.docx\nNội dung kế hoạch."
    assert document.pages[1] == "../../etc/passwd\nChu thich trong tep van ban."
    assert document.pages[2].startswith("so-lieu.xls\nDanh sách hộ\n")
    assert len(document.pages) == 4


@pytest.mark.parametrize("name", ["scan.pdf", "photo.jpg"])
def test_a_scan_is_recognised(name: str) -> None:
    document = read_document(all_formats()[name])
    assert (document.problem, document.is_scan) == ("scan", True)


def test_a_document_of_which_some_pages_are_scans_keeps_its_text() -> None:
    joined = pypdfium2.PdfDocument.new()
    for body in (pdf([["Trang một."], ["Trang hai."]]), all_formats()["scan.pdf"]):
        joined.import_pages(pypdfium2.PdfDocument(body))
    output = io.BytesIO()
    joined.save(output)
    document = read_document(output.getvalue())
    assert document.pages == ["Trang một.", "Trang hai.", ""]
    assert (document.problem, document.is_scan) == ("partly_scanned", False)


def test_text_whose_font_does_not_say_its_letters_is_told() -> None:
    letters = "".join(f"<{code:02x}><{0xE000 + code:04x}>" for code in range(1, 60))
    body = pdf_of_objects(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]/Contents 4 0 R/Resources<</Font<</F"
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 5 0 R>>>>>>>>",
            stream(b"BT /F 12 Tf 10 50 Td <" + bytes(range(33, 59)).hex().encode() + b"> Tj ET"),
            stream(
                b"begincmap 1 begincodespacerange<00><ff>endcodespacerange 59 beginbfchar "
                + letters.encode()
                + b" endbfchar endcmap"
            ),
        ]
    )
    assert read_document(body).problem == "garbled_text"


def test_plain_text_is_read_and_other_bytes_are_not() -> None:
    text = read_document("Họ tên\tSố nhà\r\nLò Văn Đôi\t12\r\n".encode())
    assert (text.media_type, text.pages) == ("text/plain", ["Họ tên\tSố nhà\nLò Văn Đôi\t12"])
    assert read_document("Thôn Đồi".encode("utf-16")).text == "Thôn Đồi"
    assert read_document(b"\x00\x01\x02" * 50).problem == "unknown_type"
    assert read_document(b"").problem == "empty"
    assert read_document(b"Rar!\x1a\x07\x01\x00").media_type == "application/vnd.rar"


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><html><body>Loi 404</body></html>",
        b"\xef\xbb\xbf\r\n  <html><head></head></html>",
        b"<!-- trang loi --><HTML></HTML>",
        "<html><p>Không tìm thấy</p>".encode("utf-16"),
        b"<script>location='/'</script>",
    ],
)
def test_html_that_is_served_as_a_document_is_told(body: bytes) -> None:
    document = read_document(body, "application/pdf", "thong-bao.pdf")
    assert (document.media_type, document.problem) == ("text/html", "mislabelled_html")


LEGACY = (
    "Cộng hòa xã hội chủ nghĩa Việt Nam. Uỷ ban nhân dân xã thông báo về việc thu gom rác thải."
)
TCVN3 = "Céng hßa x· héi chñ nghÜa ViÖt Nam. Uû ban nh©n d©n x· th«ng b¸o vÒ viÖc thu gom r¸c th¶i."


@pytest.mark.parametrize("name", ["tcvn3.doc", "tcvn3.pdf", "vni.rtf"])
def test_legacy_fonts_are_converted(name: str) -> None:
    words = " ".join(read_document(sample(name)).text.replace("Ủy", "Uỷ").split())
    assert words.startswith(LEGACY)


def test_the_name_of_the_font_decides_where_the_look_of_the_text_cannot() -> None:
    assert read_document(docx(["Sè hé nghÌo"], font=".VnTime")).text == "Số hộ nghèo"
    assert read_document(docx(["th«ng b¸o"], font=".VnTimeH")).text == "THÔNG BÁO"
    assert read_document(docx(["Soá hoä"], font="VNI-Times")).text == "Số hộ"
    assert read_document(docx(["Sè hé"], font="Arial")).text == "Sè hé"


def test_a_document_in_unicode_whose_font_is_a_legacy_one_is_kept() -> None:
    text = "Thông báo số 15 của Ủy ban nhân dân xã"
    assert read_document(docx([text], font=".VnTime")).text == text


def test_mixed_documents_are_converted_in_part() -> None:
    rtf = (
        rb"{\rtf1\ansi{\fonttbl{\f0\fcharset0 Times New Roman;}{\f1\fnil .VnTime;}}"
        rb"{\f1 Th\'abn \'a7\'e5i}\par{\f0 S\u7889? h\u7897?}\par}"
    )
    assert read_document(rtf).text == "Thôn Đồi\nSố hộ"
    assert read_document(TCVN3.encode("cp1252")).text == LEGACY


def test_text_is_in_nfc() -> None:
    decomposed = unicodedata.normalize("NFD", "Ủy ban nhân dân xã Mường Lạn")
    document = read_document(docx([decomposed]))
    assert document.text == "Ủy ban nhân dân xã Mường Lạn"


def test_fields_notes_and_text_boxes_of_rtf_do_not_hide_text() -> None:
    rtf = (
        rb"{\rtf1\ansi\ansicpg1258{\*\generator Riched20;}{\info{\title Bi mat}}"
        rb"Xem {\field{\*\fldinst HYPERLINK x}{\fldrslt \'f0\'e2y}}.\par"
        rb"\trowd\cellx100\cellx200 A\cell B\par b\cell\row Cu\bin4 }}}}\'f4i\par}"
    )
    assert read_document(rtf).text == "Xem đây.\nA\tB b\nCuôi"


def test_too_many_pages_keep_the_first_ones() -> None:
    page = '<draw:page xmlns:draw="x"><text:p>Trang</text:p></draw:page>'
    document = read_document(open_document("presentation", page * (MAX_PAGES + 5)))
    assert document.problem == "too_many_pages"
    assert document.pages == ["Trang"] * MAX_PAGES


def test_a_notice_of_ours_has_every_letter_of_the_alphabet() -> None:
    alphabet = "aáàảãạăắằẳẵặâấầẩẫậeéèẻẽẹêếềểễệiíìỉĩịoóòỏõọôốồổỗộơớờởỡợuúùủũụưứừửữựyýỳỷỹỵđ"
    document = read_document(pdf([[alphabet, alphabet.upper()]]))
    assert document.pages == [f"{alphabet}\n{alphabet.upper()}"]
    assert len(NOTICE) == 8
