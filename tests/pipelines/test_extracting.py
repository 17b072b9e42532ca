"""The extraction stage: a page that breaks its worker is that page's outcome and nobody else's."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipelines import workers
from pipelines.extracting import ExtractingPipeline
from pipelines.extraction import Knowledge, Reading
from pipelines.item import PageItem
from pipelines.page import Outcome, Page
from pipelines.worker import read_for_store
from pipelines.workers import Workers


def raises(page: Page, knowledge: Knowledge) -> Reading:
    raise ZeroDivisionError


def dies(page: Page, knowledge: Knowledge) -> Reading:
    os._exit(9)


def hangs(page: Page, knowledge: Knowledge) -> Reading:
    while True:
        pass


def eats(page: Page, knowledge: Knowledge) -> Reading:
    bytearray(2 * 1024**3)
    raise AssertionError("it got the memory")


@pytest.fixture(scope="module")
def stage() -> Iterator[ExtractingPipeline]:
    stage = ExtractingPipeline(Workers(1, seconds=1.0, megabytes=1024), knowledge={})
    yield stage
    stage.close_spider()


def read(stage: ExtractingPipeline) -> tuple[Outcome | None, str | None]:
    body = b"<html><h1>Tin</h1><article><p>" + b"Ba con cung nhau sua duong ra ben. " * 40
    item = PageItem(Page("http://xa.example/1", body), 1, "xa", "xa.example/1", None, "article", "")
    # In a thread of its own: a browser of other tests has a loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        reading = thread.submit(asyncio.run, stage.process_item(item)).result().reading
    assert reading is not None
    return reading.article.verdict.outcome, reading.article.verdict.reason


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        pytest.param(raises, "extraction_error: ZeroDivisionError", marks=pytest.mark.fault(46)),
        pytest.param(dies, "extraction_died", marks=pytest.mark.fault(46)),
        pytest.param(eats, "extraction_error: MemoryError", marks=pytest.mark.fault(43)),
        pytest.param(hangs, "extraction_timeout", marks=pytest.mark.fault(70)),
    ],
)
def test_a_page_that_breaks_its_worker_is_broken_alone(
    stage: ExtractingPipeline,
    monkeypatch: pytest.MonkeyPatch,
    fault: Callable[[Page, Knowledge], Reading],
    reason: str,
) -> None:
    monkeypatch.setattr(workers, "read_for_store", fault)
    began = time.monotonic()
    assert read(stage) == (Outcome.BROKEN, reason)
    assert time.monotonic() - began < 10
    monkeypatch.setattr(workers, "read_for_store", read_for_store)
    assert read(stage) == (None, None)
