"""Errors of addresses that end in ``.json`` are JSON, whoever finds the error."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from scraper.browse.language import TEXTS
from scraper.browse.middleware import ANSWER_BYTES, guarded


def answer(path: str, host: str = "127.0.0.1", password: str | None = None) -> tuple[int, str, str]:
    """Return status, type and body of what the guard answers for an application."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b" " * (ANSWER_BYTES + 1)})

    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http", "path": path, "query_string": b"", "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80), "scheme": "http",
        "headers": [(b"host", host.encode())],
    }  # fmt: skip
    asyncio.run(guarded(application, password)(scope, None, send))  # type: ignore[arg-type]
    start, *bodies = sent
    body = b"".join(each["body"] for each in bodies).decode()
    return start["status"], dict(start["headers"])[b"content-type"].decode(), body


CASES = [
    ({"host": "evil.example"}, 421, "name_not_served"),
    ({"password": "mat khau dai"}, 401, "password_needed"),
    ({}, 413, "answer_too_large"),
]


@pytest.mark.parametrize(("wanted", "status", "key"), CASES)
def test_a_refusal_is_json_for_json(wanted: dict[str, str], status: int, key: str) -> None:
    found, content_type, body = answer("/search.json", **wanted)
    assert (found, content_type) == (status, "application/json; charset=utf-8")
    assert json.loads(body) == {
        "ok": False,
        "error": TEXTS[key]["en"],
        "status": status,
        "title": None,
    }
    found, content_type, body = answer("/search", **wanted)
    assert (found, content_type, body) == (
        status,
        "text/plain; charset=utf-8",
        f"{TEXTS[key]['vi']}\n",
    )
