"""Files that are written as a whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from threading import Thread

import pytest

from scraper.base.atomic_file import atomic_write


def test_a_failure_leaves_the_file_that_was(tmp_path: Path) -> None:
    path = tmp_path / "articles.csv"
    path.write_text("last week's")

    def write_half() -> None:
        with atomic_write(path) as out:
            out.write(b"half of")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_half()
    assert path.read_text() == "last week's"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_reported_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text("yesterday's")

    def write() -> None:
        with atomic_write(path) as out:
            os.write(out.fileno(), b"half of")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(OSError, match="No space") as caught:
        write()
    assert caught.value.filename == str(path)
    assert path.read_text() == "yesterday's"


def test_what_was_written_takes_its_place(tmp_path: Path) -> None:
    path = tmp_path / "articles.csv"
    path.write_text("last week's")
    with atomic_write(path) as out:
        out.write(b"today's")
        assert path.read_text() == "last week's"
    assert path.read_text() == "today's"


def test_a_pipe_is_written_and_stays_one(tmp_path: Path) -> None:
    path, read = tmp_path / "pipe", []
    os.mkfifo(path)
    reader = Thread(target=lambda: read.append(path.read_bytes()))
    reader.start()
    with atomic_write(path) as out:
        out.write(b"articles")
    reader.join(300)
    assert read == [b"articles"]
    assert path.is_fifo()
