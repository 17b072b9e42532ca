"""The recorded digests of all dumps, and what to do if they differ."""

from __future__ import annotations

import tomllib
from pathlib import Path

RECORD = Path(__file__).with_name("digests.toml")

Digests = dict[str, dict[str, str]]

ADVICE = """{portal}: the table `{table}` differs from the record. To see the difference:
  git worktree add /tmp/before COMMIT   # the last commit whose dumps were right
  python -m tests.frozen /tmp/dump-before --tree /tmp/before
  python -m tests.frozen /tmp/dump-after
  diff -u /tmp/dump-before/{portal}.{table}.jsonl /tmp/dump-after/{portal}.{table}.jsonl
If the difference is intended: python -m tests.frozen --record"""


def recorded() -> Digests:
    """Return the recorded digest of each table of each portal."""
    return tomllib.loads(RECORD.read_text("utf-8"))


def as_toml(digests: Digests) -> str:
    """Format digests as in the record."""
    tables = (
        f"[{portal}]\n" + "".join(f'{table} = "{digest}"\n' for table, digest in each.items())
        for portal, each in digests.items()
    )
    return "# Written by `python -m tests.frozen --record`.\n\n" + "\n".join(tables)


def changed_tables(found: Digests, expected: Digests) -> list[str]:
    """Return advice for each table of ``found`` that differs from ``expected`` or is new."""
    return [
        ADVICE.format(portal=portal, table=table)
        for portal, tables in found.items()
        for table in tables.keys() | expected.get(portal, {}).keys()
        if tables.get(table) != expected.get(portal, {}).get(table)
    ]
