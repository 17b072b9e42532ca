"""The sizes of the soak tests, which environment variables can reduce.

For a run of some minutes:

TINHUYEN_SOAK_CRAWL_KILLS=5 TINHUYEN_SOAK_REPROCESS_KILLS=3 … pytest -m slow tests/soak
"""

from __future__ import annotations

import os


def count(name: str, usual: int) -> int:
    """Return a count from the environment, else ``usual``."""
    return int(os.environ.get(f"TINHUYEN_SOAK_{name}", usual))


SEED = count("SEED", 20261127)
CRAWL_KILLS = count("CRAWL_KILLS", 100)
REPROCESS_KILLS = count("REPROCESS_KILLS", 30)
IMPORT_KILLS = count("IMPORT_KILLS", 20)
BACKUP_KILLS = count("BACKUP_KILLS", 20)
RESTORE_KILLS = count("RESTORE_KILLS", 20)
ARTICLES = count("ARTICLES", 120)
CROWD_SECONDS = count("CROWD_SECONDS", 300)
NIGHTS = count("NIGHTS", 30)
CLUSTER_PAGES = count("CLUSTER_PAGES", 3_000)
