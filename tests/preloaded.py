"""A process that has imported the program and forks ready processes: the other end of `processes`.

It imports no reactor, starts no thread and opens no file, so that a fork of it is in the state of
a process that has just made its imports. It ends when its control socket is closed.
"""

from __future__ import annotations

import gc
import json
import multiprocessing
import os
import runpy
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from multiprocessing import forkserver, resource_tracker, util
from pathlib import Path
from typing import Any
from unittest import mock

REPOSITORY = Path(__file__).parents[1]

MODULES = (
    "pipelines.workers",
    "scraper.command_line",
    "scraper.crawling.crawl",
    "scraper.monitoring.health",
    "scraper.transfer.importer",
    "scraper.reprocessing.reprocess",
)
"""What is imported once, with all that these import."""

READING = {"crawl", "import", "reprocess", "extract"}
"""The commands that start workers."""

INHERITED_SIGINT = signal.getsignal(signal.SIGINT)
"""How a fresh interpreter handles it: a shell makes its background jobs ignore it."""

Order = dict[str, Any]


def main() -> None:
    """Serve orders on the control socket whose number is the one argument."""
    control = socket.socket(fileno=int(sys.argv[1]))
    for name in MODULES:
        import_module(name)
    assert "twisted.internet.reactor" not in sys.modules
    assert threading.active_count() == 1
    gc.freeze()
    if (order := serve(control)) is not None:
        become(order)


def serve(control: socket.socket) -> Order | None:
    """Fork a process for each order; returns its order in the fork, None where all is over."""
    woken, waker = socket.socketpair()
    waker.setblocking(False)
    signal.set_wakeup_fd(waker.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    clients: dict[int, socket.socket] = {}
    while True:
        ready, _, _ = select.select([control, woken], [], [])
        if woken in ready:
            woken.recv(4096)
            tell_ends(clients)
        if control not in ready:
            continue
        message, files, _, _ = socket.recv_fds(control, 1, 4)
        if not message:
            return None
        client, *streams = socket.socket(fileno=files[0]), *files[1:]
        if not (pid := os.fork()):
            for other in (control, woken, waker, *clients.values()):
                other.close()
            return begin(client, streams)
        clients[pid] = client
        client.sendall(f"{pid}\n".encode())
        for stream in streams:
            os.close(stream)


def tell_ends(clients: dict[int, socket.socket]) -> None:
    """Send each client whose process has ended how it ended, as Popen's return codes say it."""
    with suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            pid, status = ended
            with clients.pop(pid) as client, suppress(OSError):
                client.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())


def begin(client: socket.socket, streams: Sequence[int]) -> Order:
    """In a fork: undo what the server did to itself, take the streams, and read the order."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, INHERITED_SIGINT)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    with client, client.makefile() as lines:
        order: Order = json.loads(lines.readline())
    return order


def become(order: Order) -> None:
    """Be what `python -m MODULE` with these arguments, environment and folder would be."""
    os.environ.clear()
    os.environ.update(order["environment"])
    time.tzset()
    os.chdir(order["folder"])
    own = [order["folder"], *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    sys.path[:] = [*own, *(path for path in sys.path[1:] if path not in own)]
    sys.dont_write_bytecode = bool(os.environ.get("PYTHONDONTWRITEBYTECODE"))
    module, arguments = order["module"], order["arguments"]
    if module != "scraper" or READING.intersection(arguments):
        fork_server_of_workers()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def fork_server_of_workers() -> None:
    """Have the server that forks the workers be a fork of this process, before there is a reactor.

    It is what `multiprocessing` would start as a fresh interpreter, which imports everything anew.
    """
    multiprocessing.set_forkserver_preload(["pipelines.workers"])
    with mock.patch.object(util, "spawnv_passfds", fork_command):
        resource_tracker.ensure_running()
        forkserver.ensure_running()


def fork_command(_: bytes, command: Sequence[str], files: Sequence[int]) -> int:
    """Run the Python text that is the last word of a command, with only these files open."""
    if pid := os.fork():
        return pid
    try:
        first = 3
        for kept in (*sorted(files), os.sysconf("SC_OPEN_MAX")):
            os.closerange(first, kept)
            first = kept + 1
        exec(command[-1], {"__name__": "__main__"})
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
