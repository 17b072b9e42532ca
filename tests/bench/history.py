"""The history of benchmark results, as ratios, which are similar on all machines.

``--keep`` adds a line to ``tests/bench/history.jsonl``; later results are compared with the last
line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

HISTORY = Path(__file__).with_name("history.jsonl")
LOSS = 0.1
"""The relative decrease of a ratio from which it is reported."""


def last_kept(history: Path = HISTORY) -> dict[str, float]:
    """Return the ratios of the last kept result, empty if there is none."""
    lines = history.read_text("utf-8").splitlines() if history.exists() else []
    return dict(json.loads(lines[-1])["ratios"]) if lines else {}


def losses(now: Mapping[str, float], before: Mapping[str, float]) -> list[str]:
    """Return the ratios that fell by more than a tenth; higher is better for all."""
    return [
        f"{name}: {now[name]:.3g}, kept was {kept:.3g}"
        for name, kept in before.items()
        if name in now and now[name] < kept * (1 - LOSS)
    ]


def keep(ratios: Mapping[str, float], history: Path = HISTORY) -> None:
    """Add a result to the history."""
    line = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "ratios": dict(ratios)}
    with history.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
