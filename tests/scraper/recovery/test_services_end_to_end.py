"""Doubles of the Internet Archive and of Common Crawl give the district back, as pywb does."""

from __future__ import annotations

from pathlib import Path

from scraper.recovery.options import RecoveryOptions
from scraper.recovery.recover import recover
from scraper.recovery.report import RecoveryReport
from scraper.recovery.web_archive import WebArchive
from scraper.store.database import open_database
from tests.scraper.recovery.archived import Archived
from tests.scraper.recovery.district import district
from tests.scraper.recovery.district_check import problems
from tests.scraper.recovery.doubles import common_crawl, internet_archive
from tests.scraper.recovery.memory_archive import all_of
from tests.scraper.recovery.opened_archives import configured
from tests.scraper.recovery.services import Fault, refusing
from tests.scraper.recovery.test_district import SOURCE
from tests.scraper.stores import new_database

FIRST_YEAR = 2022


def recovered(folder: Path, archive: WebArchive) -> RecoveryReport:
    """Recover the district from one archive; returns the last report."""
    database = folder / "tinhuyen.db"
    db = open_database(database)
    options = RecoveryOptions(pause=lambda _: None)
    last = all_of(recover(db, database, folder / "archive", SOURCE, [archive], options))
    assert isinstance(last, RecoveryReport)
    return last


def test_the_internet_archive_gives_the_district_back(tmp_path: Path) -> None:
    kept, db = district(FIRST_YEAR), new_database(tmp_path)
    with internet_archive(kept.captures) as service:
        service.faults.append(Fault("/cdx/", refusing(429, "70")))
        with configured("internet-archive", service, db) as archive:
            report = recovered(tmp_path, archive)
    assert report.is_finished
    assert problems(db, kept) == []


def test_common_crawl_gives_the_district_back(tmp_path: Path) -> None:
    kept, db = district(FIRST_YEAR), new_database(tmp_path)
    crawls: dict[str, list[Archived]] = {}
    for capture in kept.captures:
        crawls.setdefault(f"CC-MAIN-{capture.moment.year}-18", []).append(capture)
    with (
        common_crawl(tmp_path / "data", crawls) as service,
        configured("common-crawl", service, db) as archive,
    ):
        report = recovered(tmp_path, archive)
    assert report.is_finished
    assert problems(db, kept) == []
