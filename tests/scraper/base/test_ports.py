"""A port that cannot be used: one line with the next step."""

from __future__ import annotations

import socket
from contextlib import closing
from pathlib import Path

import pytest

from scraper.base.errors import UsageError
from scraper.base.ports import check_port
from scraper.store.database import open_database
from tests.scraper.commands.test_command_line import tinhuyen


def test_a_busy_port_is_one_line_with_the_next_step(tmp_path: Path) -> None:
    open_database(tmp_path / "a.db").close()
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        words = ("browse", "--db", str(tmp_path / "a.db"), "--port", str(port))
        run = tinhuyen(*words, home=tmp_path)
        with pytest.raises(UsageError, match="--metrics-port"):
            check_port("127.0.0.1", port, "--metrics-port")
    assert run.returncode == 2
    (line,) = run.stderr.splitlines()
    assert f"port {port} of 127.0.0.1" in line
    assert "--port" in line


@pytest.mark.parametrize("host", ["203.0.113.1", "không có.invalid"])
def test_an_address_of_another_machine_is_named(host: str) -> None:
    with pytest.raises(UsageError, match="--host"):
        check_port(host, 0)


def test_a_free_port_is_free() -> None:
    check_port("127.0.0.1", 0)
    check_port("localhost", 0)
