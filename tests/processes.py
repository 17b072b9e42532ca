"""Processes of ours for tests, forked from one that has imported the program already.

What such a process is given and what it does are those of `python -m MODULE`: arguments,
environment, folder, streams, exit code and signals. Imports are what it saves, most of the time
that a short crawl takes. A process whose environment changes what Python itself does at its start
(a library that is preloaded, a language, a hash seed), or whose folder holds modules named like
ours, is a fresh interpreter. All forks of one server share its hash seed.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Lock, Thread
from typing import IO, Any, Self

REPOSITORY = Path(__file__).parents[1]

AT_START = ("PYTHON", "LD_", "LC_", "LANG")
"""How the variables begin that an interpreter reads once, at its start."""

IMPORTED = ("pipelines", "scraper", "spiders", "settings.py")
"""What the server has imported from the repository, and a fresh process from its folder first."""

ENVIRONMENT = dict(os.environ)
"""That of the server: what this process had before any test changed it."""

FOLLOWED = {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE"}
"""Those of them that a forked process follows too."""


class PreloadedProcess:
    """A process of ours, with the part of the interface of ``subprocess.Popen`` that tests use.

    What it writes is read all the time: it never waits for its reader.
    """

    def __init__(self, pid: int, client: socket.socket, readings: list[Reading]) -> None:
        self.pid = pid
        self.returncode: int | Any = None
        self._client = client
        self._readings = readings

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.communicate()

    def poll(self) -> int | None:
        """The exit code, or None while it runs."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, once it has ended."""
        if self.returncode is None:
            if not select.select([self._client], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            self.returncode = read_number(self._client)
            self._client.close()
        return int(self.returncode)

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """What it and its own processes wrote, to the end of both streams."""
        until = None if timeout is None else time.monotonic() + timeout
        for reading in self._readings:
            reading.join(left(until))
            if reading.is_alive():
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        self.wait(left(until))
        out, errors = (reading.text for reading in self._readings)
        return out, errors

    def send_signal(self, number: int) -> None:
        """Send it a signal; one that has ended gets none."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


class Reading(Thread):
    """Reads what comes out of a pipe to its end; ``text`` is what it was."""

    def __init__(self, end: int) -> None:
        super().__init__(daemon=True)
        self.text = ""
        self._end = end
        self.start()

    def run(self) -> None:
        """Read."""
        with os.fdopen(self._end, encoding="utf-8", errors="replace") as stream:
            self.text = stream.read()


Process = PreloadedProcess | subprocess.Popen[str]


def start(
    module: str,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    text: str | None = None,
) -> Process:
    """Start `python -m MODULE`; ``text`` is its standard input."""
    environment = {**(os.environ if environment is None else environment)}
    folder = folder or Path.cwd()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as given:
        given.write(text or "")
        given.seek(0)
        if must_be_fresh(environment, folder):
            return subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                env=environment, cwd=folder, text=True,
                stdin=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )  # fmt: skip
        order = {
            "module": module,
            "arguments": arguments,
            "environment": environment,
            "folder": str(folder),
        }
        return fork(json.dumps(order), given)


def run(
    module: str,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    text: str | None = None,
    timeout: float = 300,
) -> subprocess.CompletedProcess[str]:
    """Run `python -m MODULE` to its end."""
    started = start(module, *arguments, environment=environment, folder=folder, text=text)
    try:
        out, errors = started.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        started.kill()
        raise
    return subprocess.CompletedProcess([module, *arguments], started.wait(), out, errors)


def fork(order: str, given: IO[str]) -> PreloadedProcess:
    """Have the server fork a process that follows an order."""
    ours, theirs = socket.socketpair()
    pipes = os.pipe(), os.pipe()
    ends = [given.fileno(), *(end for _, end in pipes)]
    with theirs, FORKING:
        socket.send_fds(server(), [b"+"], [theirs.fileno(), *ends])
    for _, end in pipes:
        os.close(end)
    ours.sendall(order.encode() + b"\n")
    return PreloadedProcess(read_number(ours), ours, [Reading(end) for end, _ in pipes])


FORKING = Lock()


@cache
def server() -> socket.socket:
    """The control socket of this process's own server, which is started for it."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.preloaded", str(theirs.fileno())],
            env=ENVIRONMENT, cwd=REPOSITORY, pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        )  # fmt: skip

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours


def must_be_fresh(environment: Mapping[str, str], folder: Path) -> bool:
    """Whether an interpreter of its own would do otherwise than a fork of the server."""
    own = folder != REPOSITORY and any((folder / name).exists() for name in IMPORTED)
    return own or reads_at_start(environment) != reads_at_start(ENVIRONMENT)


def reads_at_start(environment: Mapping[str, str]) -> dict[str, str]:
    """The part of an environment that an interpreter reads at its start, and never again."""
    return {
        name: value
        for name, value in environment.items()
        if name.startswith(AT_START) and name not in FOLLOWED
    }


def read_number(client: socket.socket) -> int:
    """The next line that the server sends."""
    line = b""
    while not line.endswith(b"\n"):
        byte = client.recv(1)
        assert byte, "the server of preloaded processes has died"
        line += byte
    return int(line)


def left(until: float | None) -> float | None:
    """The seconds to a moment."""
    return None if until is None else max(0.0, until - time.monotonic())
