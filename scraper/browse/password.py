"""The password check, with growing pauses after wrong passwords."""

from __future__ import annotations

import hashlib
import hmac
import logging
from asyncio import sleep
from base64 import b64decode
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from ipaddress import ip_network
from time import monotonic
from typing import Any

logger = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.25, 1.0
"""The pause after a wrong password, before the next one of the same address is checked."""

TOTAL_PAUSE_SECONDS = 0.1
"""The pause shared by all addresses that have never sent the right password."""

LONGEST_WAIT_SECONDS = 20.0
"""The longest pause; a try that would have to wait longer is refused unchecked."""

REMEMBERED_ADDRESSES = 10_000


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
