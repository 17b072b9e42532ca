"""A server of misbehaviours over raw sockets: one path each, and a log of who asked when."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Self

from scraper.demo.server import Request

ARTICLE = (
    "<!DOCTYPE html><html lang='vi'><head><meta charset='utf-8'><title>{title}</title></head><body>"
    "<h1>{title}</h1><article>{text}</article></body></html>"
)
SENTENCE = (
    "Sáng ngày 21/11, bà con xóm Suối Thử cùng nhau sửa lại con đường dẫn ra bến, "
    "mỗi nhà góp một buổi công và hai gánh cát. "
)


@dataclass(slots=True)
class Call:
    """One request as a misbehaviour sees it, and the way to answer it byte by byte."""

    request: Request
    connection: socket.socket
    tries: int
    """How often this path was asked for, this time included."""

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.connection.sendall(data)

    def reply(self, body: bytes | str = b"", status: int = 200, **headers: str) -> None:
        """Send a whole answer; names of headers are written with _ for -."""
        data = body.encode() if isinstance(body, str) else body
        sent = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(data))}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        self.send(f"HTTP/1.1 {status} X\r\n{lines}\r\n".encode("latin-1") + data)


Misbehaviour = Callable[[Call], None]


def not_found(call: Call) -> None:
    """A 404, but a robots.txt that allows everything."""
    if call.request.path == "/robots.txt":
        call.reply("User-agent: *\nAllow: /\n", Content_Type="text/plain")
    else:
        call.reply("Không tìm thấy", 404)


@dataclass(slots=True)
class FaultServer:
    """Serves ``paths``, and ``elsewhere`` what is not there.

    Use it in a ``with`` block. ``log`` holds the requests in their order; ``connections`` counts
    also those that brought none.
    """

    paths: dict[str, Misbehaviour] = field(default_factory=dict)
    elsewhere: Misbehaviour = not_found
    host: str = "127.0.0.1"
    port: int = 0
    log: list[Request] = field(default_factory=list)
    connections: int = 0
    listener: socket.socket | None = None
    tls: ssl.SSLContext | None = None

    def __enter__(self) -> Self:
        self.listener = socket.create_server((self.host, self.port))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self.listener is not None
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    @property
    def home_url(self) -> str:
        scheme = "https" if self.tls else "http"
        return f"{scheme}://{self.host}:{self.port}/"

    def asked(self, path: str) -> list[Request]:
        """The requests for one path and query."""
        return [request for request in self.log if request.path == path]

    def home(self, *paths: str, sections: tuple[str, ...] = ()) -> None:
        """Have the home page lead to articles, and to sections."""
        links = "".join(
            f"<li><h3><a href='{path}'>Bà con xóm Suối Thử sửa đường ra bến, tin {n}</a></h3></li>"
            for n, path in enumerate(paths)
        )
        menu = "".join(f"<a href='{path}'>Mục</a>" for path in sections)
        page = f"<html><body><nav class='menu'>{menu}</nav><ul>{links}</ul></body></html>"
        self.paths["/"] = lambda call: call.reply(page)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        """Answer the requests of one connection, until somebody closes it."""
        with connection, suppress(OSError):
            if self.tls is not None:
                connection = self.tls.wrap_socket(connection, server_side=True)
            while head := self._read_head(connection):
                request = _parse(head)
                self.log.append(request)
                call = Call(request, connection, len(self.asked(request.path)))
                self.paths.get(request.path, self.elsewhere)(call)

    def _read_head(self, connection: socket.socket) -> bytes:
        head = b""
        while b"\r\n\r\n" not in head:
            received = connection.recv(65536)
            if not received:
                return b""
            head += received
        return head


def article(title: str = "Bà con xóm Suối Thử sửa đường ra bến", times: int = 12) -> str:
    """A page with an article of some length."""
    text = "".join(f"<p>{SENTENCE * 2}Đợt {n}.</p>" for n in range(times))
    return ARTICLE.format(title=title, text=text)


def paths_of(*names: str) -> list[str]:
    """Addresses that look like an article's."""
    stem = "/tin/ba-con-xom-suoi-thu-sua-duong-ra-ben"
    return [f"{stem}-{name}-{100 + n}.html" for n, name in enumerate(names)]


def gaps(requests: list[Request]) -> list[float]:
    """Seconds between one request and the next."""
    return [b.at - a.at for a, b in pairwise(requests)]


def _parse(head: bytes) -> Request:
    lines = head.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    method, path, _ = lines[0].split(" ", 2)
    headers = dict(line.lower().split(": ", 1) for line in lines[1:])
    return Request(time.monotonic(), method, path, headers)
