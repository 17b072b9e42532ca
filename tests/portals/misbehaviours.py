"""What a server can do wrong with one response, byte by byte."""

from __future__ import annotations

import gzip
import time
import zlib
from collections.abc import Callable

import brotli
from backports import zstd

from tests.portals.faults import Call, Misbehaviour, article

MB = 1024 * 1024
PACKED = gzip.compress(article(times=400).encode())
BOMB = b"x" * 60 * MB


def head(call: Call, *lines: str) -> None:
    call.send(("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + "\r\n".join(lines)).encode())
    call.send(b"\r\n\r\n")


def reset(call: Call) -> None:
    call.connection.close()


def silence(call: Call) -> None:
    time.sleep(5)


def stall(call: Call) -> None:
    head(call, "Content-Length: 5000")
    call.send(article()[:1000].encode())
    time.sleep(5)


def drip(call: Call) -> None:
    head(call, "Content-Length: 5000")
    for _ in range(30):
        call.send(b"x")
        time.sleep(0.2)


def short(call: Call) -> None:
    head(call, "Content-Length: 90000")
    call.send(article().encode())
    call.connection.close()


def half(call: Call) -> None:
    """Send half a page with a correct Content-Length."""
    page = article()
    call.reply(page[: len(page) // 2])


def gzip_cut(call: Call) -> None:
    call.reply(PACKED[: len(PACKED) // 2], Content_Encoding="gzip")


def chunk_cut(call: Call) -> None:
    head(call, "Transfer-Encoding: chunked")
    call.send(b"400\r\n" + b"x" * 0x400 + b"\r\n")
    call.connection.close()


def closed_early(call: Call) -> None:
    head(call, "Connection: close")
    call.send(article().encode()[:2000])
    call.connection.close()


def closed_at_the_end(call: Call) -> None:
    head(call, "Connection: close")
    call.send(article().encode())
    call.connection.close()


def bad_chunk(call: Call) -> None:
    head(call, "Transfer-Encoding: chunked")
    call.send(b"400\r\n" + b"x" * 0x400 + b"\r\nzz\r\n" + article().encode())
    call.connection.close()


def bomb(encoding: str) -> Misbehaviour:
    pack: dict[str, Callable[[bytes], bytes]] = {
        "gzip": gzip.compress,
        "deflate": zlib.compress,
        "br": lambda body: brotli.compress(body, quality=1),
        "zstd": zstd.compress,
    }
    packed = pack[encoding](BOMB)
    return lambda call: call.reply(packed, Content_Encoding=encoding)


def heavy(call: Call) -> None:
    head(call, f"Content-Length: {100 * MB}")
    for _ in range(100):
        call.send(b"x" * MB)


def endless(call: Call) -> None:
    head(call, "Connection: close")
    for _ in range(100):
        call.send(b"x" * MB)
    call.connection.close()


def great_header(call: Call) -> None:
    head(call, "X-Filler: " + "x" * 200_000, "Content-Length: 0")


def with_headers(*lines: bytes) -> Misbehaviour:
    """Send an article with raw header lines of the test."""
    body = article().encode()
    own = [b"Content-Type: text/html; charset=utf-8", b"Content-Length: %d" % len(body)]
    answer = b"\r\n".join([b"HTTP/1.1 200 OK", *lines, *own, b"", body])
    return lambda call: call.send(answer)


def header_flood(call: Call) -> None:
    """Send headers without end."""
    call.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        call.send(b"".join(b"X-%d: %s\r\n" % (n, b"x" * 1000) for n in range(1000)))


def at_last(call: Call) -> None:
    if call.tries < 3:
        call.reply("Hệ thống bận", 503)
    else:
        call.reply(article())


def status(number: int, body: str = "Lỗi") -> Misbehaviour:
    return lambda call: call.reply(body, number)


def to(place: str) -> Misbehaviour:
    return lambda call: call.reply("", 302, Location=place)


def further(call: Call) -> None:
    """Redirect from each page to the next, without end."""
    path, _, number = call.request.path.partition("?n=")
    call.reply("", 302, Location=f"{path}?n={int(number or 0) + 1}")


def circle(call: Call) -> None:
    """Redirect from A to B and from B to A."""
    path, _, is_b = call.request.path.partition("?n=")
    call.reply("", 302, Location=path if is_b else f"{path}?n=1")


def not_gzip(call: Call) -> None:
    call.reply(article(), Content_Encoding="gzip")


def pdf(call: Call) -> None:
    call.reply(b"%PDF-1.7 x")


def octets(call: Call) -> None:
    call.reply(article(), Content_Type="application/octet-stream")
