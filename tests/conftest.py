"""What holds for every test: English output, and the sums of every run that it made must close."""

from __future__ import annotations

import gc
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from pipelines.items import Outcome

OPEN = (
    "SELECT run, source, discovered FROM run_sources JOIN runs ON runs.id = run"
    " WHERE state <> 'running' AND discovered <> " + " + ".join(f'"{name}"' for name in Outcome)
)


# A loaded machine may need any time for an example.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

os.environ["TINHUYEN_LANG"] = "en"  # whatever the locale of who runs the tests


def pytest_collection_finish() -> None:
    """Leave the thousands of collected tests out of every later search for garbage."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def every_run_is_accounted_for(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Every address that a run took up has one outcome, in every database that tests left."""
    yield
    left = {
        str(path): rows
        for path in tmp_path_factory.getbasetemp().rglob("*.db")
        if (rows := open_sums(path))
    }
    assert left == {}


def open_sums(path: Path) -> list[tuple[int, str, int]]:
    """The sources of closed runs whose outcomes are not as many as what was taken up."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
            return db.execute(OPEN).fetchall()
    except sqlite3.Error:
        return []
