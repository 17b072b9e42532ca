from __future__ import annotations

from pathlib import Path

import pytest

from tests.spiders.crawling import Crawling


@pytest.fixture
def crawling(tmp_path: Path) -> Crawling:
    """A database of its own, and the way to crawl into it."""
    return Crawling(tmp_path)
