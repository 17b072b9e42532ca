"""Ports to listen on."""

from __future__ import annotations

import errno
from socket import SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, gaierror, getaddrinfo, socket

from scraper.base.errors import UsageError

NEXT_STEPS = {
    errno.EADDRINUSE: "end the program that uses it, or choose another with {option}",
    errno.EACCES: "ports below 1024 are root's: choose another with {option}",
    errno.EADDRNOTAVAIL: "this machine has no such address: choose another with --host",
}


def check_port(host: str, port: int, option: str = "--port") -> None:
    """Raise UsageError if a program cannot listen on a port, with the next step."""
    try:
        for family, kind, protocol, _, address in getaddrinfo(host, port, type=SOCK_STREAM):
            with socket(family, kind, protocol) as probe:
                probe.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
                probe.bind(address)
    except gaierror as error:
        raise UsageError(f"{host}: {error.strerror}: choose another address with --host") from error
    except OSError as error:
        usual = "choose another with {option}"
        step = NEXT_STEPS.get(error.errno or 0, usual).format(option=option)
        raise UsageError(f"port {port} of {host}: {error.strerror}: {step}") from error
