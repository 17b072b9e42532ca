"""Searches that are refused: one line that names the thing and the next step."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scraper.base.lock import lock
from tests.spiders.portal_search.zone import Searching, Zone


@pytest.fixture(scope="module")
def searching(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searching]:
    with Zone() as zone:
        yield Searching(tmp_path_factory.mktemp("refused"), zone)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--province", "Tuyen Quanh"], "no province `Tuyen Quanh`: did you mean Tuyên Quang"),
        (["--province", "Atlantis"], "no province `Atlantis`: see `tinhuyen sources list`"),
        (["ftp://camau.gov.vn/"], "'ftp://camau.gov.vn/' is no web address"),
        (["https://vidu.example/"], "the province of vidu.example is not known: name it with"),
    ],
)
def test_a_wrong_argument_is_named(
    searching: Searching, arguments: list[str], message: str
) -> None:
    done = searching.run(*arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_search_without_a_contact_is_refused(searching: Searching) -> None:
    done = searching.run("--province", "Cà Mau", TINHUYEN_CONTACT="")
    assert done.returncode == 2
    assert 'contact = "you@example.org"' in done.stderr


def test_a_search_waits_for_no_crawl(searching: Searching) -> None:
    database: Path = searching.database
    with lock(database):
        done = searching.run("--province", "Cà Mau")
    assert done.returncode == 4
    assert searching.zone.log == []
