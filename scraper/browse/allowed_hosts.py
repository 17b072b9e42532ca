"""Which ``Host`` headers are answered: a guard against DNS rebinding."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "localhost", "::1")
USUAL_PORTS = {"http": 80, "https": 443}


def answers_to(scope: Any, host: str, configured: Sequence[str]) -> bool:
    """Whether the one ``Host`` of a request is a name that we listen on, or a configured one.

    Our own names are those of this machine, ``host`` and the address that the connection came in
    on, with the port that we listen on. A configured name without a port allows any port.
    """
    given = [value for name, value in scope["headers"] if name.lower() == b"host"]
    if len(given) != 1 or (asked := read_name(given[0].decode("latin-1"))) is None:
        return False
    name, port = asked
    ours, our_port = scope["server"] or (host, None)
    if name in {_plain(each) for each in (*LOOPBACK, host, ours)}:
        return (port or USUAL_PORTS.get(scope["scheme"])) == our_port
    return any(
        name == allowed[0] and allowed[1] in (None, port)
        for allowed in map(read_name, configured)
        if allowed
    )


def read_name(text: str) -> tuple[str, int | None] | None:
    """Return name, normalised, and port of a ``Host``; None if it is not valid."""
    if not text.isascii() or any(letter in text for letter in "/\\?#@, \t"):
        return None
    try:
        parts = urlsplit(f"//{text}")
        name, port = parts.hostname, parts.port
    except ValueError:
        return None
    return (_plain(name), port) if name else None


def _plain(name: str) -> str:
    """Return a name in lower case without final dot, an address in its shortest form."""
    name = name.lower().removesuffix(".")
    try:
        return str(ip_address(name))
    except ValueError:
        return name
