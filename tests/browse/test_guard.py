"""What nobody can do by way of the pages, and what everything they send carries."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import urllib.request
from base64 import b64encode
from collections.abc import Mapping
from http.client import HTTPResponse
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote

import pytest

from scraper.base.source import Source
from scraper.store.database import open_database
from scraper.store.sources import sync_sources
from tests.browse.serving import Browsing

ADDRESSES = ["/", "/search?q=cam", "/search.atom", "/articles/2", "/tinhuyen/articles", "/nothing"]
ADDRESSES += ["/-/tinhuyen/style.css", "/tinhuyen/articles.json", "/-/static/app.css"]


def get(url: str, headers: Mapping[str, str] | None = None) -> HTTPResponse | HTTPError:
    request = urllib.request.Request(url, headers=dict(headers or {}))
    try:
        answer: HTTPResponse = urllib.request.urlopen(request, timeout=300)
    except HTTPError as error:
        return error
    return answer


@pytest.mark.fault(72)
@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_carries_the_headers(site: str, address: str) -> None:
    headers = get(site + address).headers
    policy = headers["content-security-policy"]
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "frame-ancestors 'none'" in policy
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.fault(72)
def test_own_sql_is_off_unless_allowed(site: str, library: Path) -> None:
    query = f"/tinhuyen.json?sql={quote('select 1')}"
    where = f"/tinhuyen/articles.json?_where={quote('1=1')}"
    assert [get(site + address).status for address in (query, where)] == [403, 403]
    with Browsing(library, "--sql") as browsing:
        assert json.load(get(browsing.url + query))["rows"] == [[1]]


@pytest.mark.fault(72)
@pytest.mark.parametrize(
    "sql",
    [
        "delete from articles",
        "attach 'other.db' as other",
        "pragma journal_mode = delete",
        "select length(randomblob(900000000))",
        "select writefile('x', 'y')",
        "select load_extension('x')",
    ],
)
def test_own_sql_neither_writes_nor_fills_the_memory(library: Path, sql: str) -> None:
    with Browsing(library, "--sql") as browsing:
        assert get(f"{browsing.url}/tinhuyen.json?sql={quote(sql)}").status == 400


def test_a_password_is_asked_of_everybody(library: Path) -> None:
    right, wrong = (
        {"Authorization": "Basic " + b64encode(f"anyone:{word}".encode()).decode()}
        for word in ("mật khẩu dài", "sai")
    )
    with Browsing(library, TINHUYEN_PASSWORD="mật khẩu dài") as browsing:
        for address in ("/", "/tinhuyen/articles.json", "/-/tinhuyen/style.css"):
            assert get(browsing.url + address).status == 401
            assert get(browsing.url + address, wrong).status == 401
            assert get(browsing.url + address, right).status == 200


@pytest.mark.fault(72)
def test_others_are_let_in_on_purpose_only(library: Path) -> None:
    command = "from scraper.command_line import main; main()"
    run = subprocess.run(
        [sys.executable, "-c", command, "browse", "--db", str(library), "--host", "0.0.0.0"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 2
    assert "--public" in run.stderr


def test_an_empty_database_is_no_error(tmp_path: Path) -> None:
    db = open_database(tmp_path / "empty.db")
    sync_sources(db, [Source(slug="huyen", name="Huyện", home_url="http://huyen.localhost/")])
    with Browsing(tmp_path / "empty.db") as browsing:
        for address in ("/", "/search", "/search.atom", "/sources/huyen", "/runs", "/failures"):
            assert get(browsing.url + address).status == 200


@pytest.mark.fault(65)
def test_what_a_crawl_writes_is_seen_at_once(site: str, library: Path) -> None:
    db = sqlite3.connect(library)
    try:
        rename = "UPDATE sources SET name = ? WHERE slug = 'tinh'"
        [before] = db.execute("SELECT name FROM sources WHERE slug = 'tinh'").fetchone()
        db.execute(rename, ["Cổng mới đổi tên"])
        db.commit()
        assert "Cổng mới đổi tên" in get(f"{site}/sources/tinh").read().decode()
        db.execute(rename, [before])
        db.commit()
    finally:
        db.close()
