"""Truncated and damaged files of every format raise nothing, and end no worker."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Iterator

import olefile
import pytest

from pipelines.documents import read_document, read_photo
from pipelines.workers import Workers
from scraper.demo.files.office import zipped
from tests.pipelines.documents.containers import ole
from tests.pipelines.documents.samples import all_formats

PARTS = 50
DAMAGED = 60
STREAMS = frozenset(("WordDocument", "1Table", "Workbook", "Current User", "PowerPoint Document"))
SECONDS = 300.0
"""The limit of the worker, far above what the test takes; it is no measurement."""


def variants(body: bytes) -> Iterator[bytes]:
    """Truncations at every fiftieth, and copies with some other bytes, also below compression."""
    for part in range(PARTS):
        yield body[: len(body) * part // PARTS]
    chance = random.Random(20261127)
    for number in range(DAMAGED):
        yield damaged(body, 1 + number % 20, chance)
    for number in range(DAMAGED):
        yield with_damaged_part(body, 1 + number % 20, chance)


def damaged(body: bytes, count: int, chance: random.Random) -> bytes:
    """A copy with some other bytes, numbers and runs."""
    copy = bytearray(body)
    for _ in range(count):
        at = chance.randrange(max(1, len(copy)))
        other = bytes([chance.choice((chance.randrange(256), 0, 255))])
        width = chance.choice((1, 1, 4))
        copy[at : at + width] = chance.choice((other * width, b"", copy[at : at + 40] * 2))
    return bytes(copy)


def with_damaged_part(body: bytes, count: int, chance: random.Random) -> bytes:
    """A copy whose container is whole and of whose parts one is damaged."""
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        name = chance.choice(sorted(parts))
        return zipped({**parts, name: damaged(parts[name], count, chance)})
    if body.startswith(b"\xd0\xcf\x11\xe0"):
        with olefile.OleFileIO(body) as container:
            names = [path[-1] for path in container.listdir() if path[-1] in STREAMS]
            parts = {name: container.openstream(name).read() for name in names}
        name = chance.choice(sorted(parts))
        return ole({**parts, name: damaged(parts[name], count, chance)})
    return damaged(body, count, chance)


def read_variants(body: bytes) -> tuple[int, int]:
    """Read all variants, as documents and as photos. Returns how many, and how many have text."""
    count = with_text = 0
    for each in variants(body):
        document = read_document(each)
        assert document.problem or document.text
        with_text += bool(document.text)
        picture = read_photo(each)
        assert picture.problem or picture.preview
        count += 1
    return count, with_text


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(1, seconds=SECONDS, preload=[__name__]) as workers:
        yield workers


@pytest.mark.parametrize("name", sorted(all_formats()))
def test_damaged_files_are_settled(name: str, workers: Workers) -> None:
    count, _ = workers.submit(read_variants, all_formats()[name]).result()
    assert count == PARTS + 2 * DAMAGED
