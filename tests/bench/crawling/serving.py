"""Serves the sites as files, by nginx if it is installed, else by Twisted."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

CONFIGURATION = """\
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 2048; }}
http {{
    access_log off;
    client_body_temp_path {folder}/temporary;
    sendfile on;
    keepalive_requests 1000000;
    types {{ text/xml xml; text/plain txt; }}
    default_type "text/html; charset=utf-8";
    server {{
        {listen}
        root {folder}/sites/$server_addr;
        location / {{ try_files $uri$is_args$args $uri/index.html =404; }}
    }}
}}
"""
START_TIMEOUT_SECONDS = 20


def free_port() -> int:
    """Return a free port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def hosts(count: int) -> list[str]:
    """Return loopback addresses, from 127.0.0.1 on."""
    return [f"127.0.{number // 250}.{number % 250 + 1}" for number in range(count)]


@contextmanager
def serving(folder: Path, addresses: Sequence[str], port: int) -> Iterator[str]:
    """Serve ``folder/sites/<address>`` at each address; yield the name of the server."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    command = [sys.executable, "-m", "tests.bench.crawling.static", folder, port, *addresses]
    if nginx:
        listen = "\n".join(f"        listen {address}:{port};" for address in addresses)
        configuration = folder / "nginx.conf"
        configuration.write_text(CONFIGURATION.format(folder=folder, listen=listen.strip()))
        command = [nginx, "-e", folder / "error.log", "-c", configuration]
    server = subprocess.Popen([str(part) for part in command])
    try:
        _await(addresses[-1], port, server)
        yield "nginx" if nginx else "twisted"
    finally:
        server.terminate()
        server.wait(START_TIMEOUT_SECONDS)


def _await(address: str, port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_TIMEOUT_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            socket.create_connection((address, port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the server of the sites did not start")
