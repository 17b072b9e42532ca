"""Forms that change something: only those that our own pages showed to the same reader."""

from __future__ import annotations

import hmac
import re
import secrets
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from datasette.utils.asgi import Forbidden, Request

COOKIE = "tinhuyen_form"
TOKEN_FIELD = "token"
NONCE = re.compile(r"[A-Za-z0-9_-]{43}")

FORM_BYTES = 64 * 1024
"""The largest form that is read."""


class FormGuard:
    """Makes and checks the tokens of forms.

    A token belongs to a cookie of the reader and to this process: neither another site nor another
    reader can know it.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def nonce_of(self, request: Request) -> str:
        """Return the reader's cookie, or a new one."""
        given = request.cookies.get(COOKIE, "")
        return given if NONCE.fullmatch(given) else secrets.token_urlsafe(32)

    def token(self, nonce: str) -> str:
        """Return the token of the forms that are shown with a cookie."""
        return hmac.digest(self._key, nonce.encode(), "sha256").hex()

    def cookie(self, nonce: str, scheme: str) -> str:
        """Return the header that sets the cookie, which no other site can have sent."""
        secure = "; Secure" if scheme == "https" else ""
        return f"{COOKIE}={nonce}; Path=/; HttpOnly; SameSite=Strict{secure}"

    async def read(self, request: Request) -> dict[str, str]:
        """Return the fields of a form of ours. Raises Forbidden for any other."""
        headers = request.headers
        origin = urlsplit(headers.get("origin", ""))
        is_ours = origin.scheme in ("http", "https") and origin.netloc == headers.get("host")
        if not is_ours or headers.get("sec-fetch-site", "same-origin") != "same-origin":
            raise Forbidden("the form was sent by another site")
        fields = dict(parse_qsl((await _body(request)).decode("utf-8", "replace")))
        given = fields.pop(TOKEN_FIELD, "").encode()
        nonce = request.cookies.get(COOKIE, "")
        if not nonce or not hmac.compare_digest(given, self.token(nonce).encode()):
            raise Forbidden("the form is out of date: open its page again")
        return fields


async def _body(request: Any) -> bytes:
    """The body of a request. Raises Forbidden if it is larger than any form of ours."""
    body, is_more = b"", True
    while is_more:
        message = await request.receive()
        body += message.get("body", b"")
        is_more = message.get("more_body", False)
        if len(body) > FORM_BYTES:
            raise Forbidden("the form is too large")
    return body
