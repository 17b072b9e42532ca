"""With ``--json``, an error is an object: the last line of stderr. Stdout holds no half result."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from scraper.base.errors import LockedError
from scraper.command_line import main
from scraper.commands.session import Session
from tests.scraper.stores import new_database

TEXT = "Không có bài nào ở đây"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TINHUYEN_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def failure(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Return the exit code, stdout and stderr of a command."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert isinstance(ended.value.code, int)
    return ended.value.code, *capsys.readouterr()


CASES = [
    (("status",), "database", 1),
    (("export", "--new-since", "1"), "database", 1),
    (("export", "--since", "hôm qua"), "usage", 2),
    (("export", "--format", "docx"), "usage", 2),
    (("export", "--nope"), "usage", 2),
    (("export", "--sinc", "2026-01-01"), "usage", 2),
    (("export", "--format", "tei"), "usage", 2),
    (("nope",), "usage", 2),
    (("runs", "x"), "usage", 2),
    (("search",), "usage", 2),
    (("extract", "missing.html"), "failed", 1),
    (("sources", "show", "nope"), "usage", 2),
    (("--config", "missing.toml", "status"), "usage", 2),
]


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize(("arguments", "kind", "code"), CASES)
def test_an_error_is_an_object(
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    kind: str,
    code: int,
    is_first: bool,
) -> None:
    with_json = ("--json", *arguments) if is_first else (*arguments, "--json")
    ended, out, err = failure(capsys, *with_json)
    error = json.loads(err.splitlines()[-1])
    assert (ended, out) == (code, "")
    assert (error["ok"], error["kind"], error["exit_code"]) == (False, kind, code)
    plain, _, text = failure(capsys, *arguments)
    assert plain == code
    assert error["error"].splitlines()[0] in " ".join(text.split())


def test_an_article_that_is_none_is_said_beside_the_result(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    page.write_text(f"<p>{TEXT}")
    code, out, err = failure(capsys, "extract", str(page), "--json")
    assert (code, json.loads(err)["kind"], json.loads(out)["title"]) == (3, "no_article", None)


def test_errors_of_every_sort_have_kinds(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def raise_(error: BaseException) -> Any:
        def read(session: Session) -> None:
            raise error

        return read

    new_database(tmp_path).close()
    expected = {
        KeyboardInterrupt(): ("interrupted", 130),
        sqlite3.OperationalError("database disk image is malformed"): ("database", 1),
        LockedError("another run holds the database"): ("locked", 4),
        OSError(28, "No space left on device", "/x"): ("file", 1),
    }
    for error, (kind, code) in expected.items():
        with monkeypatch.context() as patched:
            patched.setattr(Session, "read_database", raise_(error))
            ended, out, err = failure(capsys, "runs", "--json")
        told = json.loads(err)
        assert (ended, out, told["kind"], told["exit_code"]) == (code, "", kind, code)
