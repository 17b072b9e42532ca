"""The real pywb, behind a proxy that logs its requests and breaks its answers."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.scraper.nights import free_port
from tests.scraper.recovery.archived import Archived, write_archive
from tests.scraper.recovery.services import Answer, Request, Service, serving

PROGRAMS = Path(__file__).parents[3] / ".venv-replay" / "bin"
WAYBACK, MANAGER = PROGRAMS / "wayback", PROGRAMS / "wb-manager"

needs_pywb = pytest.mark.skipif(
    not (WAYBACK.exists() and MANAGER.exists()),
    reason="pywb is not installed: `make test` does it, where the package registry answers",
)


@contextmanager
def pywb(
    folder: Path, captures: Iterable[Archived] = (), lines: Iterable[str] = ()
) -> Iterator[Service]:
    """Run pywb with a collection ``kept``.

    ``captures`` are written to WARC files. ``lines`` are further lines of its index (CDXJ, sorted)
    for which there are no records.
    """
    captures = list(captures)
    if captures:
        write_archive(folder / "archive", captures)
    make_collection(folder, sorted((folder / "archive").glob("*")))
    with (folder / "collections" / "kept" / "indexes" / "more.cdxj").open("w") as index:
        index.writelines(f"{line}\n" for line in lines)
    with (
        replaying(folder) as port,
        serving(lambda request: _pass_on(port, request), "/kept") as service,
    ):
        yield service


def make_collection(folder: Path, files: Sequence[Path]) -> None:
    """Make the collection ``kept`` of these WARC files."""
    _manage(folder, "init", "kept")
    if files:
        _manage(folder, "add", "kept", *map(str, files))


@contextmanager
def replaying(folder: Path) -> Iterator[int]:
    """Run pywb on the collections of a folder; gives its port."""
    port = free_port()
    command = [str(WAYBACK), "--bind", "127.0.0.1", "--port", str(port)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=300)


def _manage(folder: Path, *arguments: str) -> None:
    command = [str(MANAGER), *arguments]
    subprocess.run(command, cwd=folder, check=True, timeout=300, capture_output=True)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        with socket.socket() as preview:
            if preview.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("the replay server did not start within 300 s")


def _pass_on(port: int, request: Request) -> Answer:
    """Return what pywb answers, with the public address of the proxy in its place."""
    upstream = HTTPConnection("127.0.0.1", port, timeout=300)
    upstream.request("GET", request.target, headers=request.headers)
    response = upstream.getresponse()
    answer = Answer(response.status, response.getheaders(), response.read(), response.reason)
    upstream.close()
    return answer
