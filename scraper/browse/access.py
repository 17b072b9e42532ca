"""Who is answered: only requests to our own names, and only with the right password."""

from __future__ import annotations

import hashlib
import hmac
import logging
from asyncio import sleep
from base64 import b64decode
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from ipaddress import ip_address, ip_network
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from scraper.base.urls import DEFAULT_PORTS, normal_host

logger = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.25, 1.0
"""The pause after a wrong password, before the next one of the same address is checked."""

TOTAL_PAUSE_SECONDS = 0.1
"""The pause shared by all addresses that have never sent the right password."""

LONGEST_WAIT_SECONDS = 20.0
"""The longest pause; a try that would have to wait longer is refused unchecked."""

REMEMBERED_ADDRESSES = 10_000

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Answer(Enum):
    """The result of a try."""

    RIGHT = "right"
    WRONG = "wrong"
    TOO_MANY = "too many"


@dataclass(slots=True)
class _Address:
    wrong: int = 0
    next_at: float = 0.0
    is_known: bool = False


class PasswordCheck:
    """Compares passwords, one after another for each address that has given a wrong one.

    The pause comes before a password is checked: many connections at once try no more passwords
    than one. The right password ends the pauses of its address.
    """

    def __init__(
        self,
        password: str,
        clock: Callable[[], float] = monotonic,
        pause: Callable[[float], Awaitable[None]] = sleep,
    ) -> None:
        self._digest = _digest(password.encode())
        self._clock, self._pause = clock, pause
        self._addresses: OrderedDict[str, _Address] = OrderedDict()
        self._next_at = 0.0

    async def judge(self, address: str, given: bytes) -> Answer:
        """Check a password after the pause of its address."""
        key = network_of(address)
        known = self._addresses.setdefault(key, _Address())
        self._addresses.move_to_end(key)
        self._forget()
        now = self._clock()
        turn = max(known.next_at, 0.0 if known.is_known else self._next_at)
        if turn - now > LONGEST_WAIT_SECONDS:
            return Answer.TOO_MANY
        if turn > now:
            self._take_turn(known, turn)
            await self._pause(turn - now)
        if hmac.compare_digest(_digest(given), self._digest):
            known.wrong, known.next_at, known.is_known = 0, 0.0, True
            return Answer.RIGHT
        known.wrong += 1
        if turn <= now:
            self._take_turn(known, now)
        logger.warning("password refused address=%s wrong=%d", key, known.wrong)
        return Answer.WRONG

    def _take_turn(self, known: _Address, turn: float) -> None:
        """Put off the next try of an address, and of all that are not known."""
        grown = FIRST_PAUSE_SECONDS * 2 ** min(known.wrong, 10)
        known.next_at = turn + min(grown, LONGEST_PAUSE_SECONDS)
        if not known.is_known:
            self._next_at = max(self._next_at, turn) + TOTAL_PAUSE_SECONDS

    def _forget(self) -> None:
        while len(self._addresses) > REMEMBERED_ADDRESSES:
            self._addresses.popitem(last=False)


def password_in(scope: Any) -> bytes | None:
    """The password that a request carries (HTTP Basic, with any user name), None without one."""
    given = dict(scope["headers"]).get(b"authorization", b"")
    scheme, _, credentials = given.partition(b" ")
    if scheme.lower() != b"basic":
        return None
    try:
        _, colon, password = b64decode(credentials, validate=True).partition(b":")
    except ValueError:
        return None
    return password if colon else None


def network_of(address: str) -> str:
    """What counts as one address: of IPv6, the 64 bits that one customer has."""
    try:
        network = ip_network(address, strict=False)
    except ValueError:
        return "unknown"
    return str(network.supernet(new_prefix=64) if network.version == 6 else network[0])


def _digest(password: bytes) -> bytes:
    """Return a digest: comparing digests does not reveal the length of the password."""
    return hashlib.sha256(password).digest()


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
        return (port or DEFAULT_PORTS.get(scope["scheme"])) == our_port
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
    """Return a name as `normal_host` does, but an address in its shortest form."""
    try:
        return str(ip_address(name.removesuffix(".")))
    except ValueError:
        return normal_host(name)
