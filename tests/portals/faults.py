"""A server with one misbehaviour per path, over raw sockets, and a log of its requests."""

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
    """A request, and the connection on which a misbehaviour answers it byte by byte."""

    request: Request
    connection: socket.socket
    tries: int
    """The number of requests for this path, this one included."""

    def send(self, data: bytes) -> None:
        """Send bytes unchanged."""
        self.connection.sendall(data)

    def reply(self, body: bytes | str = b"", status: int = 200, **headers: str) -> None:
        """Send a complete response; ``_`` in the names of headers stands for ``-``."""
        data = body.encode() if isinstance(body, str) else body
        sent = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(data))}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        self.send(f"HTTP/1.1 {status} X\r\n{lines}\r\n".encode("latin-1") + data)


Misbehaviour = Callable[[Call], None]


def not_found(call: Call) -> None:
    """Send a 404, or a robots.txt that allows everything."""
    if call.request.path == "/robots.txt":
        call.reply("User-agent: *\nAllow: /\n", Content_Type="text/plain")
    else:
        call.reply("Không tìm thấy", 404)


@dataclass(slots=True)
class FaultServer:
    """A context manager that serves ``paths``, and ``elsewhere`` for all other paths.

    ``log`` are the requests in order; ``connections`` also counts connections without a request.
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
        """Return the requests for one path and query."""
        return [request for request in self.log if request.path == path]

    def home(self, *paths: str, sections: tuple[str, ...] = ()) -> None:
        """Serve a home page with links to articles and sections."""
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
        """Answer the requests of one connection until it is closed."""
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
    """Return a page with an article; ``times`` is its number of paragraphs."""
    text = "".join(f"<p>{SENTENCE * 2}Đợt {n}.</p>" for n in range(times))
    return ARTICLE.format(title=title, text=text)


def paths_of(*names: str) -> list[str]:
    """Return paths that look like those of articles."""
    stem = "/tin/ba-con-xom-suoi-thu-sua-duong-ra-ben"
    return [f"{stem}-{name}-{100 + n}.html" for n, name in enumerate(names)]


def gaps(requests: list[Request]) -> list[float]:
    """Return the seconds between each request and the next."""
    return [b.at - a.at for a, b in pairwise(requests)]


def _parse(head: bytes) -> Request:
    lines = head.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    method, path, _ = lines[0].split(" ", 2)
    headers = dict(line.lower().split(": ", 1) for line in lines[1:])
    return Request(time.monotonic(), method, path, headers)
