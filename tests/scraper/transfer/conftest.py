"""What the tests of imports share: a database, and a folder of saved files."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlite_utils import Database

from tests.scraper.stores import new_database


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return new_database(tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "saved"
    folder.mkdir()
    return folder
