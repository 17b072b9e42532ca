"""The command `tinhuyen` within the simulated country: its names, and its registry.

The registry is that of the user alone. ``TINHUYEN_TESTED_MEMORY`` names a file that gets the
resident memory of this process, in kilobytes, after every 100 responses of a crawl.
"""

from __future__ import annotations

import os
from pathlib import Path

import settings
from scraper.command_line import main
from scraper.config import configuration, shipped_sources

MEMORY = "TINHUYEN_TESTED_MEMORY"
PAUSE = "TINHUYEN_TESTED_PAUSE"
PAGES = 100
SECONDS = 10
"""How long a server that never answers is waited for."""


class MemoryLog:
    """An extension of Scrapy that notes the memory of its process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.responses = 0

    @classmethod
    def from_crawler(cls, crawler: object) -> MemoryLog:
        """Make the extension."""
        from scrapy import signals

        found = cls(Path(os.environ[MEMORY]))
        crawler.signals.connect(found.note, signals.response_received)  # type: ignore[attr-defined]
        return found

    def note(self) -> None:
        """Note a response."""
        self.responses += 1
        if self.responses % PAGES == 0:
            lines = Path("/proc/self/status").read_text().splitlines()
            memory = next(line.split()[1] for line in lines if line.startswith("VmRSS"))
            with self.path.open("a") as log:
                log.write(f"{self.responses} {memory}\n")


if __name__ == "__main__":
    settings.DOWNLOAD_TIMEOUT = SECONDS
    settings.TWISTED_DNS_RESOLVER = "tests.country.names.CountryResolver"
    shipped_sources.FOLDER = Path("no-catalogue")
    if pause := os.environ.get(PAUSE):
        configuration.Configuration.model_fields["delay"].metadata.clear()
        configuration.Configuration.model_rebuild(force=True)
    if os.environ.get(MEMORY):
        settings.EXTENSIONS = {**settings.EXTENSIONS, "tests.country.command.MemoryLog": 0}
    main()
