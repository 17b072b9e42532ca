"""The memory of a worker that reads page after page."""

from __future__ import annotations

import pytest

from tests.bench.memory import measure


@pytest.mark.slow
def test_memory_stays_flat_over_ten_thousand_pages() -> None:
    after_a_thousand, *_, at_the_end = measure(10_000)
    assert at_the_end < 1.05 * after_a_thousand
