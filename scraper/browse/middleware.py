"""What each answer passes: headers, the password, the chosen language, CSV without formulas."""

from __future__ import annotations

import csv
import io
import json
import logging
from asyncio import Semaphore, wait_for
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any
from urllib.parse import parse_qs

from scraper.base.messages import ENGLISH, LANGUAGES
from scraper.browse.access import Answer, PasswordCheck, answers_to, password_in
from scraper.browse.bounded import answers_csv
from scraper.browse.language import COOKIE, TEXTS, language_of
from scraper.transfer.formulas import without_formula

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

logger = logging.getLogger(__name__)

csv.field_size_limit(2**31 - 1)  # of the whole process: a cell may be as long as an article

YEAR_SECONDS = 365 * 24 * 3600

ANSWERS_AT_ONCE = 4
"""Answers that are made at a time, since each may take some hundred MB; others wait."""

ANSWER_BYTES = 128 * 1024**2
"""The largest answer that is not streamed."""

PIECE_BYTES = 256_000
READER_SECONDS = 60.0
"""The time in which a reader must take a piece of an answer; a stalled one loses its turn."""

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


def guarded(
    application: Application,
    password: str | None,
    host: str = "127.0.0.1",
    allowed_hosts: Sequence[str] = (),
) -> Application:
    """The application behind the password, if there is one, under its own names only.

    Every answer gets the headers; no more than ANSWERS_AT_ONCE are made at a time.
    """
    check = PasswordCheck(password) if password else None
    turns = Semaphore(ANSWERS_AT_ONCE)

    async def answer(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await application(scope, receive, send)
            return
        answering = _Answering(scope, send)
        if not answers_to(scope, host, allowed_hosts):
            await _refuse(answering.send, scope, 421, "name_not_served")
        elif check and (refusal := await _refusal(check, scope)):
            await _refuse(answering.send, scope, *refusal)
        else:
            answers_csv.set(answering.is_csv)
            async with turns:
                await application(scope, receive, answering.send)

    return answer


class _Answering:
    """Sends one answer to the reader: with our headers, bounded, CSV without formulas."""

    def __init__(self, scope: Message, send: Send) -> None:
        self.scope = scope
        self.is_csv = scope["path"].endswith(".csv")
        self._send = send
        self._start: Message | None = None
        self._has_begun = False
        self._is_cut = False

    async def send(self, message: Message) -> None:
        """Pass a message on. The start is held until the first piece of the body is known."""
        if message["type"] == "http.response.start":
            if self._has_begun:
                self._cut(b"an error amid the answer")
            elif not self._is_cut:
                message["headers"] = _completed(message["headers"], self.scope)
                self._start = message
            return
        if message["type"] != "http.response.body" or self._is_cut:
            return
        body = message.get("body", b"")
        if len(body) > ANSWER_BYTES and self._start is not None:
            self._start = None
            await _refuse(self.send, self.scope, 413, "answer_too_large")
            self._is_cut = True
            return
        if self.is_csv and self._is_streamed(message) and not body.endswith((b"\r\n", b"\n")):
            self._cut(body)
            return
        if self._start is not None:
            is_error = self._start["status"] >= 400
            await self._send(self._start)
            self._start, self._has_begun = None, True
            self.is_csv = self.is_csv and not is_error
        await self._pass_on(
            escape_formulas(body) if self.is_csv else body, message.get("more_body", False)
        )

    def _is_streamed(self, message: Message) -> bool:
        """Whether a message is a piece of a longer answer. Datasette streams CSV line by line."""
        return bool(message.get("more_body")) and bool(message.get("body"))

    def _cut(self, reason: bytes) -> None:
        """End the answer unfinished, so that no reader takes it for complete.

        Datasette writes an error that it meets in the middle of CSV behind the last line, and
        begins another answer for one that it meets in ours.
        """
        self._is_cut = True
        path, text = self.scope["path"], reason.decode(errors="replace")
        logger.warning("answer cut path=%r reason=%r", path, text)

    async def _pass_on(self, body: bytes, is_more: bool) -> None:
        """Send a body in pieces, each as soon as the reader takes it."""
        pieces = range(0, max(len(body), 1), PIECE_BYTES)
        for start in pieces:
            piece = body[start : start + PIECE_BYTES]
            more = is_more or start + PIECE_BYTES < len(body)
            message = {"type": "http.response.body", "body": piece, "more_body": more}
            await wait_for(self._send(message), READER_SECONDS)


def escape_formulas(chunk: bytes) -> bytes:
    """Return whole lines of CSV with every formula in them made text.

    Datasette sends one line in each message.
    """
    out = io.StringIO()
    rows = csv.reader(io.StringIO(chunk.decode(), newline=""))
    csv.writer(out).writerows([without_formula(cell) for cell in row] for row in rows)
    return out.getvalue().encode()


async def _refusal(check: PasswordCheck, scope: Message) -> tuple[int, str] | None:
    """Return the status and the key of a refusal, None for the right password."""
    given = password_in(scope)
    if given is None:
        return 401, "password_needed"
    judged = await check.judge((scope["client"] or ("unknown",))[0], given)
    answers = {Answer.WRONG: (401, "password_needed"), Answer.TOO_MANY: (429, "too_many_tries")}
    return answers.get(judged)


async def _refuse(send: Send, scope: Message, status: int, key: str) -> None:
    """Answer with a line of plain text, or with JSON in English if that was asked for."""
    is_json = scope["path"].endswith(".json")
    text = TEXTS[key][ENGLISH if is_json else language_of(scope)]
    content_type, body = error_body(scope["path"], status, text)
    headers = [(b"content-type", content_type.encode())]
    if status == 401:
        headers.append((b"www-authenticate", b'Basic realm="tinhuyen", charset="UTF-8"'))
    if status == 429:
        headers.append((b"retry-after", b"30"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body.encode()})


def error_body(path: str, status: int, text: str) -> tuple[str, str]:
    """Return the type and the body of an error: for ``.json`` the object that Datasette sends."""
    if not path.endswith(".json"):
        return "text/plain; charset=utf-8", f"{text}\n"
    value = {"ok": False, "error": text, "status": status, "title": None}
    return "application/json; charset=utf-8", json.dumps(value, ensure_ascii=False)


def _completed(headers: list[tuple[bytes, bytes]], scope: Message) -> list[tuple[bytes, bytes]]:
    """Return the headers with ours, except those that the page sets itself."""
    present = {name.lower() for name, _ in headers}
    ours = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
    added = [(name, value) for name, value in ours if name not in present]
    return [*headers, *added, *_language_cookie(scope)]


def _language_cookie(scope: Message) -> list[tuple[bytes, bytes]]:
    """Return a cookie with the language that the URL asks for (``?lang=en``)."""
    chosen = parse_qs(scope["query_string"].decode("latin-1")).get("lang", [""])[-1]
    if chosen not in LANGUAGES:
        return []
    cookie = f"{COOKIE}={chosen}; Path=/; Max-Age={YEAR_SECONDS}; SameSite=Lax"
    return [(b"set-cookie", cookie.encode())]
