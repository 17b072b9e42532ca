"""Documents of every format: files that LibreOffice wrote, and our own."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from scraper.demo.files import Bullets, Heading, Part, Table, docx, drawing, pdf, scan, xlsx
from scraper.demo.files.office import zipped

FOLDER = Path(__file__).parent / "samples"

ROWS = (
    ("STT", "Thôn", "Số hộ", "Ghi chú"),
    ("1", "Bản Phiêng Ban", "124", "Thiếu nước sinh hoạt từ tháng 3"),
    ("2", "Nà Lốc", "87", ""),
    ("3", "Huổi Hẹ", "45", "Đường sạt lở, xe máy không đi được; đề nghị xã cử lực lượng hỗ trợ"),
)
NOTICE: tuple[Part, ...] = (
    "Ủy ban nhân dân xã thông báo về việc thu gom rác thải sinh hoạt trên địa bàn, kể từ ngày 15"
    " tháng 7 năm 2026, các hộ gia đình phân loại rác trước khi đưa ra điểm tập kết.",
    Heading("I. Mục đích, yêu cầu"),
    "Nâng cao ý thức của nhân dân; giữ gìn vệ sinh môi trường nông thôn.",
    Bullets(("Rác hữu cơ: ủ làm phân bón", "Rác tái chế: bán phế liệu", "Rác độc hại: để riêng")),
    Bullets(("Trưởng bản phổ biến", "Các hộ ký cam kết"), is_ordered=True),
    Heading("II. Danh sách", 2),
    Table(ROWS),
    "Nơi nhận: Lưu: VT. Chữ khó: ẰẮẲẴẶ ằắẳẵặ ỜỚỞỠỢ ừứửữự Đđ ỷỹỵ ƠƯ ơư “trích dẫn” – kết.",
)
TABLE_LINES = ["\t".join(row).rstrip("\t") for row in ROWS]


def notice_lines() -> list[str]:
    """The lines of the notice, each item of a list on its own."""
    lines: list[str] = []
    for part in NOTICE:
        if isinstance(part, Table):
            lines.extend(TABLE_LINES)
        elif isinstance(part, Bullets):
            marks = [f"{n}." if part.is_ordered else "•" for n in range(1, len(part.items) + 1)]
            lines.extend(f"{mark} {item}" for mark, item in zip(marks, part.items, strict=True))
        else:
            lines.append(part.text if isinstance(part, Heading) else part)
    return lines


def sample(name: str) -> bytes:
    """A file that LibreOffice wrote from the notice, from a workbook or from slides."""
    return (FOLDER / name).read_bytes()


@cache
def all_formats() -> dict[str, bytes]:
    """One file of each format, by name."""
    files = {path.name: path.read_bytes() for path in sorted(FOLDER.iterdir())}
    files |= {
        "own.pdf": pdf([NOTICE, ["Trang hai."]]),
        "own.docx": docx(NOTICE),
        "own.xlsx": xlsx({"Danh sách": ROWS}),
        "scan.pdf": scan([NOTICE]),
        "photo.jpg": drawing("duong-lang.jpg"),
    }
    files["all.zip"] = zipped({name: files[name] for name in ("own.docx", "workbook.xls")})
    return files
