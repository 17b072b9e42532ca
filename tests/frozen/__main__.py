"""Dumps what three nights store, to compare two versions: ``python -m tests.frozen DIRECTORY``.

``--tree PATH`` runs the code of another working tree, for example of an earlier commit, on the same
sites. ``--record`` writes the digests that tests/test_frozen.py compares with; it needs no
directory.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.frozen.digests import RECORD, as_toml
from tests.frozen.dump import digests
from tests.frozen.nights import PARTS, REPOSITORY, freeze


def main() -> int:
    """Write the dumps, or the record of their digests. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.frozen", description=__doc__)
    parser.add_argument("directory", nargs="?", type=Path, help="where to write the dumps")
    parser.add_argument("--tree", type=Path, default=REPOSITORY, help="whose code to run")
    parser.add_argument("--record", action="store_true", help=f"write {RECORD.name}")
    asked = parser.parse_args()
    if asked.directory is None and not asked.record:
        parser.error("name a directory, or --record")
    with TemporaryDirectory() as other:
        directory = asked.directory or Path(other)
        if directory.exists() and next(directory.glob("*.jsonl"), None):
            parser.error(f"{directory} holds dumps already: name another directory")
        for part in PARTS:
            print(f"{part} …", file=sys.stderr)
            freeze(part, directory, asked.tree.resolve())
        if asked.record:
            RECORD.write_text(as_toml(digests(directory)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
