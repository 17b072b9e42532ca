"""A portal of notices with files and photos, over raw sockets."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field
from typing import Self

from scraper.demo.files.pdf import pdf as write_pdf
from tests.portals.faults import SENTENCE, Call, FaultServer, Misbehaviour

PAGE = (
    "<!DOCTYPE html><html lang='vi'><head><meta charset='utf-8'><title>{title}</title></head><body>"
    "<article><h1>{title}</h1><time class='date'>21/11/2026 08:00</time>{text}{files}</article>"
    "</body></html>"
)


@dataclass(slots=True)
class NoticePortal:
    """A context manager that serves articles with attachments and photos.

    ``files`` are the answers of its files by path.
    """

    server: FaultServer = field(default_factory=FaultServer)
    pages: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.__exit__()

    @property
    def home_url(self) -> str:
        """The URL of the home page."""
        return self.server.home_url

    def publish(self, number: int, *urls: str, text: str = "") -> str:
        """Serve an article with the files at these URLs; returns its path."""
        path = f"/tin/thong-bao-so-{number}-ve-viec-sua-duong-ra-ben-{100 + number}.html"
        title = f"Thông báo số {number} về việc sửa đường ra bến Suối Thử"
        paragraphs = "".join(
            f"<p>{SENTENCE * 2}Việc thứ {n} của tin {number}.</p>" for n in range(4)
        )
        body = PAGE.format(
            title=title, text=paragraphs + text, files="".join(map(self._markup, urls))
        )
        self.server.paths[path] = lambda call: call.reply(body)
        if path not in self.pages:
            self.pages.append(path)
            self.server.home(*self.pages)
        return path

    def serve(self, path: str, answer: bytes | Misbehaviour) -> None:
        """Serve a file."""
        if callable(answer):
            self.server.paths[path] = answer
        else:
            kind = "image/png" if path.endswith(".png") else "application/pdf"
            self.server.paths[path] = lambda call: call.reply(answer, Content_Type=kind)

    def asked(self, *endings: str) -> list[str]:
        """The paths of the requests, in order, those with one of these endings."""
        return [one.path for one in self.server.log if one.path.endswith(endings or ("",))]

    def _markup(self, url: str) -> str:
        if url.partition("?")[0].endswith((".png", ".jpg")):
            return f"<p><img src='{url}' width='600' height='400'></p><p><em>Ảnh: Bến.</em></p>"
        return f"<p><a href='{url}'>Tải tệp {url.rpartition('/')[2]}</a></p>"


def png(shade: int = 0, width: int = 640, height: int = 480) -> bytes:
    """Return a picture of one shade of grey."""
    rows = (b"\0" + bytes([shade]) * width) * height
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    ]
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def pdf(text: str = "Kế hoạch", size: int = 0) -> bytes:
    """Return a PDF of one paragraph, at least so many bytes."""
    return write_pdf([[text]]) + b"%" * size


def etagged(body: bytes, etag: str = '"1"') -> Misbehaviour:
    """Answer with a body, or with 304 if it is known."""

    def answer(call: Call) -> None:
        if call.request.headers.get("if-none-match") == etag:
            call.send(f"HTTP/1.1 304 X\r\nETag: {etag}\r\n\r\n".encode())
        else:
            call.reply(body, Content_Type="application/pdf", ETag=etag)

    return answer
