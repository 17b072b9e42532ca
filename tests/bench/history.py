"""The history of what was measured: ratios, which hold from one machine to the next.

A kept result is a line of ``tests/bench/history.jsonl``; what is measured later is compared with
the last one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

HISTORY = Path(__file__).with_name("history.jsonl")
LOSS = 0.1
"""The part of a ratio whose loss is told."""


def last_kept(history: Path = HISTORY) -> dict[str, float]:
    """The ratios of the last kept result, none where nothing was kept."""
    lines = history.read_text("utf-8").splitlines() if history.exists() else []
    return dict(json.loads(lines[-1])["ratios"]) if lines else {}


def losses(now: Mapping[str, float], before: Mapping[str, float]) -> list[str]:
    """What has become worse by more than a tenth; of every ratio more is better."""
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
