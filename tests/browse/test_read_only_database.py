"""A database that nobody here can write to is browsed like any other."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from shutil import copytree

import pytest

from scraper.store.copying import copy_database
from tests.browse.library import ARCHIVED, EDITED
from tests.browse.serving import Browsing
from tests.browse.shaped import SCAN
from tests.browse.test_guard import get
from tests.scraper.stores import make_schema_older
from tests.stranger import STRANGER, give_away

PAGES = {
    "/": "Tin trong ngày số 0",
    "/search?q=cam": "Được mùa cam sành ở Vân Lĩnh",
    f"/articles/{ARCHIVED}": "Bài được lưu nguyên trang",
    f"/articles/{ARCHIVED}/archived": "Bài được lưu nguyên trang",
    f"/-/files/{sha256(SCAN).hexdigest()}": SCAN.decode(),
    f"/articles/{EDITED}": "18.000",
    "/runs": "/runs/1",
    "/runs/1": "huyen",
    "/sources": "Cổng thông tin huyen",
    "/sources/huyen": "Cổng thông tin huyen",
    "/failures": "timeout",
    "/search.csv?q=cam": "Được mùa cam sành ở Vân Lĩnh",
    "/tinhuyen/articles.json": "tin-0.html",
}


@pytest.fixture(scope="module", params=["current", "older"])
def fixed_site(
    request: pytest.FixtureRequest, library: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of `tinhuyen browse` on another user's library, of this or an older schema."""
    folder = tmp_path_factory.mktemp("fixed")
    path = folder / "tinhuyen.db"
    copy_database(library, path)
    if request.param == "older":
        make_schema_older(path)
    copytree(library.parent / "archive", folder / "archive")
    before = path.read_bytes()
    give_away(folder, path.name)
    with Browsing(path, command_prefix=STRANGER) as browsing:
        yield browsing.url
    assert path.read_bytes() == before
    assert {one.name for one in folder.iterdir()} == {path.name, "archive"}
    folder.chmod(0o755)


@pytest.mark.fault(86)
@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_shown(fixed_site: str, path: str) -> None:
    answer = get(fixed_site + path)
    text = answer.read().decode("utf-8-sig")
    assert answer.status == 200, text
    assert PAGES[path] in text
