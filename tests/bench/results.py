"""Where benchmarks write their results."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

RESULTS = Path("bench-results")


def write_json(name: str, figures: Any) -> None:
    """Write results to ``bench-results/NAME.json``, and print them."""
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps(figures, indent=2, ensure_ascii=False)
    (RESULTS / f"{name}.json").write_text(f"{text}\n", "utf-8")
    sys.stdout.write(f"{text}\n")


def measure_pages(
    name: str, about: str | None, measure: Callable[[int, Path], Any], pages: int
) -> None:
    """Measure with so many pages, or as many as ``--pages`` says, in a temporary folder."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--pages", type=int, default=pages)
    with tempfile.TemporaryDirectory() as folder:
        write_json(name, measure(parser.parse_args().pages, Path(folder)))
