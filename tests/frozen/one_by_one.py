"""Runs the command line of a tree with one request at a time: ``python -P one_by_one.py crawl``.

Otherwise the order of requests, and of everything that is stored, depends on how fast responses are
processed. Only Scrapy is patched, not the code of the tree.
"""

from __future__ import annotations

import runpy

from scrapy.core.engine import ExecutionEngine

usual = ExecutionEngine.needs_backout


def needs_backout(engine: ExecutionEngine) -> bool:
    """Return whether a request is in flight, or a response is not stored yet."""
    slot = engine.scraper.slot
    is_reading = slot is not None and not slot.is_idle()
    return bool(engine.downloader.active) or is_reading or usual(engine)


if __name__ == "__main__":
    ExecutionEngine.needs_backout = needs_backout  # type: ignore[method-assign, assignment]
    runpy.run_module("scraper", run_name="__main__", alter_sys=True)
