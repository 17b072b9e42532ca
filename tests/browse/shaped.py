"""An article with headings, lists, a table, photos and attachments, fetched and archived."""

from __future__ import annotations

import json
import struct
import zlib
from datetime import timedelta
from hashlib import sha256
from typing import Any

from pipelines.article import Article, Attachment, Photo
from scraper.archive.writer import head
from scraper.store.articles import insert_article
from scraper.store.captures import Capture, add_capture
from scraper.store.file_texts import FileText, save_text
from scraper.store.files import file_key
from tests.scraper.stores import MOMENT, Portal

HOST = "http://huyen.localhost"
HARVEST_PHOTO = f"{HOST}/cam.jpg"
"""The photo of another article, which could not be fetched."""

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SCAN = b"%PDF-1.4 a scan"
PLAN_NAME = "Kế hoạch cấp nước.pdf"
PLAN_TEXT = "ỦY BAN NHÂN DÂN HUYỆN VÂN LĨNH\fLắp đặt trạm bơm Khuổi Nấm trong quý một\fNơi nhận"

BLOCKS: list[dict[str, Any]] = [
    {"type": "paragraph", "text": "Huyện Vân Lĩnh công bố kế hoạch cấp nước sạch nông thôn."},
    {"type": "photo", "photo": 0},
    {"type": "heading", "level": 4, "text": "Các công trình"},
    {
        "type": "list",
        "ordered": True,
        "items": ["Trạm bơm Nà Lùng", "Bể chứa Khuổi Nấm", "Đường ống Bản Cuôn"],
    },
    {"type": "attachment", "attachment": 0},
    {"type": "heading", "level": 6, "text": "Kinh phí"},
    {
        "type": "table",
        "header": ["Công trình", "Hộ dùng nước", "Kinh phí (triệu đồng)"],
        "rows": [
            ["Trạm bơm Nà Lùng", "210", "1.450"],
            ["Bể chứa Khuổi Nấm", "96", "620"],
            ["Đường ống Bản Cuôn", "148", "980"],
        ],
    },
    {"type": "quotation", "text": "Nước về đến đâu, dân mừng đến đó."},
    {"type": "separator"},
    {"type": "heading", "level": 2, "text": "Ghi nhận tại thôn"},
    {"type": "list", "ordered": False, "items": ["Thôn Nà Lùng", "Thôn Bản Cuôn"]},
    {"type": "photo", "photo": 1},
    {"type": "attachment", "attachment": 1},
    {"type": "attachment", "attachment": 2},
]

PHOTOS = [
    Photo(f"{HOST}/tram-bom.png", "Trạm bơm Nà Lùng ngày khởi công.", "Hải Yến"),
    Photo("http://cdn.localhost/chua-tai.jpg", "Bể chứa Khuổi Nấm."),
]
ATTACHMENTS = [
    Attachment(f"{HOST}/ke-hoach.pdf", PLAN_NAME),
    Attachment(f"{HOST}/ban-quet.pdf", "Quyết định phê duyệt"),
    Attachment(f"{HOST}/du-toan.xlsx"),
]


def picture(width: int, height: int) -> bytes:
    """A PNG: hills under a sky."""
    rows = bytearray()
    for row in range(height):
        rows.append(0)
        for column in range(width):
            hill = height * 0.55 + height * 0.13 * abs((3 * column / width) % 2 - 1)
            shade = row * 60 // height
            rows += bytes((70 + shade, 120 + shade, 66)) if row > hill else bytes((150, 190, 225))
    size = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", size), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def keep_file(portal: Portal, url: str, body: bytes, media_type: str) -> str:
    """Archive a file that an article names, as if it had been fetched; return its digest.

    The caller holds the transaction.
    """
    digest, moment = sha256(body).hexdigest(), MOMENT + timedelta(hours=4)
    answer = head("HTTP/1.1 200 OK", [(b"Content-Type", b"text/plain")])
    place = portal.archive.write(url, head("GET / HTTP/1.1", []), answer, body, moment)
    capture = Capture(place.warc_file, place.warc_offset, digest, 200, moment)
    row_id = add_capture(portal.db, file_key(url), capture)
    portal.db.execute(
        "UPDATE files SET outcome = 'new', digest = ?, media_type = ?, size = ?, capture = ?"
        " WHERE url_key = ?",
        [digest, media_type, len(body), row_id, file_key(url)],
    )
    return digest


def keep_preview(portal: Portal, digest: str, body: bytes, width: int, height: int) -> None:
    """Archive the preview of a photo. The caller holds the transaction."""
    urn = f"urn:tinhuyen:preview:{digest}"
    place = portal.archive.write_resource(urn, "image/png", body, MOMENT)
    portal.db.execute(
        "INSERT INTO previews VALUES (?, 'image/png', ?, ?, ?, ?)",
        [digest, width, height, place.warc_file, place.warc_offset],
    )


def put_shaped(portal: Portal) -> int:
    """Store the article and what was fetched of its files. The caller holds the transaction."""
    article = Article(
        url=f"{HOST}/cap-nuoc.html",
        title="Kế hoạch cấp nước sạch nông thôn",
        lede="Ba công trình nước sạch sẽ xong trước mùa khô.",
        paragraphs=["Huyện Vân Lĩnh công bố kế hoạch cấp nước sạch nông thôn."],
        photos=PHOTOS,
        attachments=ATTACHMENTS,
        author="Lê Quân",
        section="Thông báo",
        published_at="2026-11-17T08:00:00+07:00",
        language="vi",
    )
    row_id = insert_article(portal.db, "huyen", article, MOMENT)
    set_blocks(portal, row_id, BLOCKS)
    photo = keep_file(portal, f"{HOST}/tram-bom.png", picture(960, 640), "image/png")
    keep_preview(portal, photo, picture(480, 320), 480, 320)
    plan = keep_file(portal, f"{HOST}/ke-hoach.pdf", b"%PDF-1.7 a plan" + b" " * 123_456, PDF)
    save_text(portal.db, plan, FileText(PDF, 3, PLAN_TEXT, None, 1))
    scan = keep_file(portal, f"{HOST}/ban-quet.pdf", SCAN, PDF)
    save_text(portal.db, scan, FileText(PDF, 2, "", "scan", 1))
    portal.db.execute(
        "UPDATE files SET outcome = 'failed', reason = 'timeout' WHERE url = ?",
        [HARVEST_PHOTO],
    )
    for kind, outcome, reason, count, size in (
        ("photo", "new", "", 1, 1_234_567),
        ("attachment", "new", "", 2, 123_471),
        ("attachment", "deferred", "budget", 7, 0),
    ):
        portal.db.execute(
            "INSERT INTO run_files VALUES (?, 'huyen', ?, ?, ?, ?, ?)",
            [portal.run, kind, outcome, reason, count, size],
        )
    return row_id


def set_blocks(portal: Portal, row_id: int, blocks: list[dict[str, Any]]) -> None:
    """Give an article its shape. The caller holds the transaction."""
    text = json.dumps(blocks, ensure_ascii=False)
    portal.db.execute("UPDATE articles SET blocks = ? WHERE id = ?", [text, row_id])
