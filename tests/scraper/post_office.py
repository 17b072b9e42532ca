"""Where alerts and pings of the tests arrive: a webhook, an address to ping, a mailbox."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Webhook:
    """Takes what is posted (JSON) and notes what is pinged, while its ``with`` block lasts.

    ``refuses`` has it answer 500. ``ids`` are those that messages had in their header, and
    ``on_post`` is called when one has arrived, before it is answered.
    """

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.on_post: Callable[[], None] | None = None
        self.posted: list[dict[str, Any]] = []
        self.pings: list[str] = []
        self.refuses = False

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def place(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self._server.server_port}"


def _handler(webhook: Webhook) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            webhook.pings.append(self.path)
            self._answer()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if not webhook.refuses:
                webhook.posted.append(json.loads(body))
                webhook.ids.append(self.headers.get("Idempotency-Key", ""))
                if webhook.on_post:
                    webhook.on_post()
            self._answer()

        def _answer(self) -> None:
            self.send_response(500 if webhook.refuses else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep the tests' output quiet."""

    return Handler


class _Mailbox:
    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(  # noqa: N802 - aiosmtpd looks for this name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"


@contextmanager
def mailbox(port: int) -> Iterator[list[EmailMessage]]:
    """An SMTP server on 127.0.0.1; gives the mails that it takes."""
    box = _Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    yield box.mails
    server.stop()
