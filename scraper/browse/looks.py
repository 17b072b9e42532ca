"""Looks at sites, asked for in the browser: the command line in a process of its own, bounded."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
from asyncio.subprocess import PIPE, Process
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

LOOK_SECONDS = 600.0
"""How long one look may take: forty pages, each after the pause of its host."""

LOOK_BYTES = 4_000_000
"""The longest result that is read."""

LOOKS_KEPT = 20

LATE = "the site was too slow"


@dataclass(slots=True)
class Look:
    """One look: the site, and what came of it. ``error`` is why there is no result."""

    id: str
    site: str
    is_running: bool = True
    value: dict[str, Any] | None = None
    error: str | None = None
    registered: str | None = None


class Looks:
    """The latest looks; one runs at a time, and never in the process that serves the pages."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._looks: OrderedDict[str, Look] = OrderedDict()
        self._process: Process | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self, site: str, arguments: Sequence[str]) -> Look | None:
        """Begin a look with the arguments of the command line; None if one is running."""
        if self._task is not None and not self._task.done():
            return None
        look = Look(secrets.token_urlsafe(12), site)
        self._looks[look.id] = look
        while len(self._looks) > LOOKS_KEPT:
            self._looks.popitem(last=False)
        self._task = asyncio.create_task(self._run(look, [*self._command, *arguments]))
        return look

    def get(self, name: str) -> Look | None:
        """Return a look by its id, None if it is not known any more."""
        return self._looks.get(name)

    def stop(self) -> None:
        """Kill what is running, with all processes that it started."""
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    async def _run(self, look: Look, command: Sequence[str]) -> None:
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                out, err = await self._outputs(command)
            look.value, look.error = _result(out, err)
        except TimeoutError:
            look.error = LATE
        except OSError as error:
            look.error = str(error)
        finally:
            self.stop()
            look.is_running = False

    async def _outputs(self, command: Sequence[str]) -> tuple[bytes, bytes]:
        process = self._process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.DEVNULL, stdout=PIPE, stderr=PIPE,
            start_new_session=True,
        )  # fmt: skip
        assert process.stdout
        assert process.stderr
        out, err = await asyncio.gather(_read(process.stdout), _read(process.stderr))
        await process.wait()
        return out, err


async def _read(stream: asyncio.StreamReader) -> bytes:
    """What comes to the end of a stream, cut at LOOK_BYTES."""
    kept = b""
    while piece := await stream.read(65536):
        kept = (kept + piece)[:LOOK_BYTES]
    return kept


def _result(out: bytes, err: bytes) -> tuple[dict[str, Any] | None, str | None]:
    """The result of a command, or the last line of what went wrong."""
    try:
        value = json.loads(out)
    except ValueError:
        lines = err.decode(errors="replace").strip().splitlines() or ["the look ended early"]
        return None, lines[-1].removeprefix("tinhuyen: ").removeprefix("Error: ")
    return (value[0] if isinstance(value, list) else value), None
