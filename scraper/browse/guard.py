"""What every answer passes: headers, the password, the chosen language, CSV without formulas."""

from __future__ import annotations

import hmac
from base64 import b64decode
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from scraper.browse.language import COOKIE, LANGUAGES
from scraper.browse.spreadsheets import defused

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

YEAR_SECONDS = 365 * 24 * 3600

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self';"
    " img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
"""No script and no style but our own files, and nothing from another host."""

HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


def guarded(application: Application, password: str | None) -> Application:
    """The application behind the password, if there is one; every answer gets the headers."""

    async def answer(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _completed(message["headers"], scope)
            elif scope["path"].endswith(".csv"):
                message["body"] = defused(message.get("body", b""))
            await send(message)

        if password and not _knows(scope, password):
            await _ask_for_password(send_with_headers)
        else:
            await application(scope, receive, send_with_headers)

    return answer


def _completed(headers: list[tuple[bytes, bytes]], scope: Message) -> list[tuple[bytes, bytes]]:
    """The headers with ours, where the page set none of its own."""
    present = {name.lower() for name, _ in headers}
    ours = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
    added = [(name, value) for name, value in ours if name not in present]
    return [*headers, *added, *_language_cookie(scope)]


def _language_cookie(scope: Message) -> list[tuple[bytes, bytes]]:
    """Keeps the language that the address asks for (``?lang=en``)."""
    chosen = parse_qs(scope["query_string"].decode("latin-1")).get("lang", [""])[-1]
    if chosen not in LANGUAGES:
        return []
    cookie = f"{COOKIE}={chosen}; Path=/; Max-Age={YEAR_SECONDS}; SameSite=Lax"
    return [(b"set-cookie", cookie.encode())]


def _knows(scope: Message, password: str) -> bool:
    """Whether the request carries the password (HTTP Basic, with any user name)."""
    given = dict(scope["headers"]).get(b"authorization", b"")
    scheme, _, credentials = given.partition(b" ")
    try:
        _, _, told = b64decode(credentials, validate=True).partition(b":")
    except ValueError:
        return False
    return scheme.lower() == b"basic" and hmac.compare_digest(told, password.encode())


async def _ask_for_password(send: Send) -> None:
    challenge = (b"www-authenticate", b'Basic realm="tinhuyen", charset="UTF-8"')
    plain = (b"content-type", b"text/plain; charset=utf-8")
    start = {"type": "http.response.start", "status": 401, "headers": [challenge, plain]}
    await send(start)
    await send({"type": "http.response.body", "body": "Cần mật khẩu / password needed\n".encode()})
