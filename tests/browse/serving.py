"""Serving a database with the real command, on a free port of 127.0.0.1, for a bounded time."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.error import URLError

PATIENCE_SECONDS = 300


class Browsing:
    """``tinhuyen browse`` on a database while the context is open; ``url`` ends without slash."""

    def __init__(
        self,
        database: Path,
        *options: str,
        command_prefix: Sequence[str] = (),
        **environment: str,
    ) -> None:
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        command = "from scraper.command_line import main; main()"
        self._arguments = [
            *command_prefix,
            sys.executable,
            "-c",
            command,
            "browse",
            "--db",
            str(database),
        ]
        self._arguments += ["--port", str(port), *options]
        self._environment = {**os.environ, **environment}

    def __enter__(self) -> Self:
        """Start, and wait until it answers."""
        self.process = subprocess.Popen(
            self._arguments,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.process.kill()
                raise TimeoutError("tinhuyen browse does not answer")
            time.sleep(0.1)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.terminate()
        try:
            self.process.wait(PATIENCE_SECONDS)
        finally:
            self.process.kill()

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(f"{self.url}/-/versions.json", timeout=300).close()
        except URLError as error:
            return hasattr(error, "code")
        return True


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
