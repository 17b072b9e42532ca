"""The extraction stage: a page that breaks its worker is that page's outcome and nobody else's."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from pebble import ProcessFuture

from pipelines import workers
from pipelines.extract_pipeline import MAX_BATCH_PAGES, ExtractingPipeline
from pipelines.extraction import ExtractionResult, SourceProfile
from pipelines.items import Outcome, Page
from pipelines.page_item import PageItem
from pipelines.workers import Task, Workers, read_for_store


def raises(page: Page, profiles: SourceProfile) -> ExtractionResult:
    raise ZeroDivisionError


def dies(page: Page, profiles: SourceProfile) -> ExtractionResult:
    os._exit(9)


def hangs(page: Page, profiles: SourceProfile) -> ExtractionResult:
    while True:
        pass


def eats(page: Page, profiles: SourceProfile) -> ExtractionResult:
    bytearray(2 * 1024**3)
    raise AssertionError("it got the memory")


@pytest.fixture(scope="module")
def stage() -> Iterator[ExtractingPipeline]:
    stage = ExtractingPipeline(Workers(1, seconds=5.0, megabytes=1024), profiles={})
    yield stage
    stage.close_spider()


def dies_on_the_third(page: Page, profiles: SourceProfile) -> ExtractionResult:
    return dies(page, profiles) if page.url == "http://xa.example/3" else slow(page, profiles)


def hangs_on_the_third(page: Page, profiles: SourceProfile) -> ExtractionResult:
    return hangs(page, profiles) if page.url == "http://xa.example/3" else slow(page, profiles)


def raises_on_the_third(page: Page, profiles: SourceProfile) -> ExtractionResult:
    return raises(page, profiles) if page.url == "http://xa.example/3" else slow(page, profiles)


def slow(page: Page, profiles: SourceProfile) -> ExtractionResult:
    time.sleep(0.02)
    return read_for_store(page, profiles)


def read(stage: ExtractingPipeline) -> tuple[Outcome | None, str | None]:
    return read_together(stage, 1)[0]


def read_together(stage: ExtractingPipeline, count: int) -> list[tuple[Outcome | None, str | None]]:
    """How so many pages, given to the stage at once, end."""
    body = b"<html><h1>Tin</h1><article><p>" + b"Ba con cung nhau sua duong ra ben. " * 40
    items = [
        PageItem(Page(f"http://{key}", body), 1, "xa", key, None, "article", "")
        for key in (f"xa.example/{number}" for number in range(count))
    ]

    async def process() -> list[PageItem]:
        return await asyncio.gather(*map(stage.process_item, items))

    # In a thread of its own: a browser of other tests has a loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        readings = [item.extraction for item in thread.submit(asyncio.run, process()).result()]
    return [
        (reading.article.verdict.outcome, reading.article.verdict.reason)
        for reading in readings
        if reading is not None
    ]


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
    fault: Callable[[Page, SourceProfile], ExtractionResult],
    reason: str,
) -> None:
    monkeypatch.setattr(workers, "read_for_store", fault)
    assert read(stage) == (Outcome.BROKEN, reason)
    monkeypatch.setattr(workers, "read_for_store", read_for_store)
    assert read(stage) == (None, None)


@pytest.mark.fault(46)
@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (raises_on_the_third, "extraction_error: ZeroDivisionError"),
        (dies_on_the_third, "extraction_died"),
        (hangs_on_the_third, "extraction_timeout"),
    ],
)
def test_a_page_that_breaks_its_worker_harms_none_of_those_that_went_with_it(
    stage: ExtractingPipeline,
    monkeypatch: pytest.MonkeyPatch,
    fault: Callable[[Page, SourceProfile], ExtractionResult],
    reason: str,
) -> None:
    monkeypatch.setattr(workers, "read_for_store", fault)
    ends = read_together(stage, 8)
    assert ends.pop(3) == (Outcome.BROKEN, reason)
    assert ends == [(None, None)] * 7


def test_pages_that_come_while_the_workers_are_busy_go_together(
    stage: ExtractingPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.suspects.clear()
    sizes: list[int] = []
    schedule = stage.workers.schedule

    def noted(tasks: Sequence[Task]) -> ProcessFuture[list[ExtractionResult]]:
        sizes.append(len(tasks))
        return schedule(tasks)

    monkeypatch.setattr(stage.workers, "schedule", noted)
    assert read_together(stage, 2 + MAX_BATCH_PAGES + 4) == [(None, None)] * (
        2 + MAX_BATCH_PAGES + 4
    )
    assert sizes == [1, 1, MAX_BATCH_PAGES, 4]
