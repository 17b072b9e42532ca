"""Runs all benchmarks, one after the other: ``python -m tests.bench``, or ``make bench``."""

from __future__ import annotations

import subprocess
import sys

MEASUREMENTS = (
    ["crawling"],
    ["extraction"],
    ["documents"],
    ["sites"],
    ["memory"],
    ["store", "--articles", "20000"],
    ["browse", "--articles", "100000"],
    ["reading"],
    ["reprocess", "--pages", "600"],
    ["cluster", "--pages", "1000"],
)


def main() -> int:
    """Run each measurement in a process of its own; returns 1 if one of them fails."""
    codes = [
        subprocess.run([sys.executable, "-m", f"tests.bench.{name}", *options], check=False)
        for name, *options in MEASUREMENTS
    ]
    return int(any(done.returncode for done in codes))


if __name__ == "__main__":
    sys.exit(main())
