"""One crawl as the program makes it, told by the one argument: a JSON object."""

from __future__ import annotations

import json
import logging
import os
import resource
import sys
from datetime import date
from pathlib import Path

import settings
from scraper.base.errors import TinhuyenError
from scraper.base.source import Source
from scraper.config.configuration import Configuration
from scraper.crawling.crawl import crawl
from scraper.store import database
from spiders.limits import CrawlPlan, Limits


def main() -> int:
    order = json.loads(sys.argv[1])
    logging.basicConfig(stream=sys.stderr, level=os.environ.get("TINHUYEN_LOG", "WARNING"))
    for name, value in order["settings"].items():
        setattr(settings, name, value)
    database.BUSY_TIMEOUT_SECONDS = order["busy_seconds"]
    if order["largest_file"]:
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["largest_file"],) * 2)
    folder = Path(order["folder"])
    configuration = Configuration(
        home=folder, workers=1, contact="tests@example.org", reserve=order["reserve"]
    )
    sources = [Source.model_validate(source) for source in order["sources"]]
    asked = order["plan"]
    if asked.get("since"):
        asked["since"] = date.fromisoformat(asked["since"])
    plan = CrawlPlan(**asked, limits=Limits(**order["limits"]))
    try:
        return crawl(sources, plan, configuration).exit_code
    except TinhuyenError as error:
        print(error, file=sys.stderr)
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
