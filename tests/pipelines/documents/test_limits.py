"""What the reading of documents may take: measured in a worker, in processor time and memory."""

from __future__ import annotations

import io
import resource
import time
from itertools import repeat

import pytest
from PIL import Image

from pipelines.documents import read_document, read_photo
from pipelines.workers import Workers
from scraper.demo.files import pdf
from tests.pipelines.documents.containers import png
from tests.pipelines.documents.samples import NOTICE

PAGES = 50
MAX_SECONDS = 2.0
MAX_MEGABYTES = 300.0


def read_measured(body: bytes, *, is_photo: bool) -> tuple[int, float, float]:
    """Return the number of pages, the processor time, and the most memory of the process."""
    started = time.process_time()
    pages = bool(read_photo(body).preview) if is_photo else len(read_document(body).pages)
    seconds = time.process_time() - started
    return pages, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def random_pixels(width: int, height: int) -> bytes:
    """A JPEG of grains: no photo has more in as many pixels."""
    output = io.BytesIO()
    Image.effect_noise((width, height), 60).convert("RGB").save(output, "JPEG", quality=70)
    return output.getvalue()


@pytest.mark.parametrize("kind", ["pdf", "photo", "png"])
def test_a_worker_stays_within_its_bounds(kind: str) -> None:
    make = {
        "pdf": lambda: pdf(list(repeat(NOTICE, PAGES))),
        "photo": lambda: random_pixels(6_000, 4_000),
        "png": lambda: png(7_000, 7_000, bytes(7_000 * 876)),
    }
    with Workers(1, megabytes=1024, preload=[__name__]) as workers:
        pages, seconds, megabytes = workers.submit(
            read_measured_photo if kind != "pdf" else read_measured_document, make[kind]()
        ).result()
    assert pages == (PAGES if kind == "pdf" else 1)
    assert seconds <= MAX_SECONDS
    assert megabytes <= MAX_MEGABYTES


def read_measured_document(body: bytes) -> tuple[int, float, float]:
    return read_measured(body, is_photo=False)


def read_measured_photo(body: bytes) -> tuple[int, float, float]:
    return read_measured(body, is_photo=True)
