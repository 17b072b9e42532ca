"""Tables fit the terminal: names are cut, facts go on below; what is piped is whole."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper.commands.tables import table
from tests.scraper.stores import new_database

COLUMNS = ("slug", "name", "state", "reason", "home_url")
BELOW = ("home_url", "state")
ROW = {
    "slug": "thanhphobentre-bentre",
    "name": "Cổng thông tin điện tử thành phố Bến Tre",
    "state": "unknown",
    "reason": "its lists lead to no article any more, since the night before last",
    "home_url": "https://thanhphobentre.bentre.gov.vn/",
}


class Terminal(io.StringIO):
    """A stdout that is a terminal."""

    def isatty(self) -> bool:
        return True


def on_terminal(monkeypatch: pytest.MonkeyPatch, width: int, row: dict[str, str]) -> list[str]:
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", Terminal())
        patch.setenv("COLUMNS", str(width))
        return table([row], COLUMNS, BELOW).splitlines()


def test_a_wide_terminal_shows_what_a_pipe_gets(monkeypatch: pytest.MonkeyPatch) -> None:
    piped = table([ROW], COLUMNS, BELOW).splitlines()
    assert on_terminal(monkeypatch, max(map(len, piped)), ROW) == piped
    assert len(piped) == 3


def test_what_has_no_place_goes_below_by_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"    home_url: {ROW['home_url']}"
    at = {width: on_terminal(monkeypatch, width, ROW) for width in (150, 100, 62)}
    assert url not in at[150]
    assert at[100][-1] == url
    assert not at[100][-2].startswith("    state")
    assert at[62][-2:] == ["    state: unknown", url]
    assert "…" in at[62][2]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(62, 200), st.text("ab đ", max_size=300), st.text("ab đ", max_size=300))
def test_every_table_fits_and_loses_no_fact(
    monkeypatch: pytest.MonkeyPatch, width: int, name: str, reason: str
) -> None:
    row = {**ROW, "name": name, "reason": reason}
    lines = on_terminal(monkeypatch, width, row)
    assert max(map(len, lines)) <= width
    shown = "".join("\n".join(lines).split())
    assert ROW["slug"] in shown
    assert ROW["home_url"] in shown
    assert ROW["state"] in shown


def run(width: int | None, folder: Path, *arguments: str) -> list[str]:
    """Return the lines of a command on a terminal of this width; None: in a pipe."""
    command = [sys.executable, "-m", "scraper", *arguments, "--db", str(folder / "tinhuyen.db")]
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    if width is None:
        return (
            subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=False)
            .stdout.decode()
            .splitlines()
        )
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
    with subprocess.Popen(command, env=environment, stdout=theirs):
        os.close(theirs)
        written = b""
        with (
            closing(io.FileIO(ours)) as terminal,
            suppress(OSError),
        ):  # its end is an error on Linux
            while piece := terminal.read(65536):
                written += piece
    return written.decode().replace("\r\n", "\n").splitlines()


@pytest.mark.parametrize("command", [["sources", "list", "--province", "Vĩnh Long"], ["status"]])
def test_commands_fit_a_terminal(tmp_path: Path, command: Sequence[str]) -> None:
    new_database(tmp_path)
    piped = run(None, tmp_path, *command)
    slugs = {line.split()[0] for line in piped[2:] if line.strip()}
    for width in (80, 100):
        lines = run(width, tmp_path, *command)
        heading = next(at for at, line in enumerate(lines) if line.startswith("----"))
        assert max(map(len, lines[heading - 1 :])) <= width
        assert slugs <= {line.split()[0] for line in lines[2:] if line.strip()}
    assert not any("…" in line for line in piped)
