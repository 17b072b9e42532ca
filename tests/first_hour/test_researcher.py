"""A researcher takes the data out: files, Python, SQL; and reads what errors say."""

from __future__ import annotations

import csv
import json
import zipfile
from datetime import datetime
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

import pytest

from scraper.base.clock import VIETNAM
from scraper.packaging.tinhuyen import open_database
from tests.browse.serving import Browsing
from tests.first_hour.conftest import User

ARTICLES = 87


def exported(demo: User, target: Path, *options: str) -> Path:
    """Export into a file or folder, and return it."""
    demo.run("export", "--db", str(demo.database), "-o", str(target), *options)
    return target


def lines_of(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_all_articles_as_lines_of_json_and_as_tables(demo: User, tmp_path: Path) -> None:
    rows = lines_of(exported(demo, tmp_path / "a.jsonl"))
    assert len(rows) == ARTICLES
    assert {"id", "first_seen_at", "changed_at", "gone_at", "source_name"} <= rows[0].keys()
    table = exported(demo, tmp_path / "a.csv", "--format", "csv").read_text("utf-8-sig")
    assert [row["url"] for row in csv.DictReader(table.splitlines(keepends=True))] == [
        row["url"] for row in rows
    ]
    book = exported(demo, tmp_path / "a.xlsx", "--format", "xlsx")
    assert zipfile.ZipFile(book).testzip() is None


def test_times_of_parquet_are_times(demo: User, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="needs pip install '.[parquet]'")
    table = parquet.read_table(exported(demo, tmp_path / "a.parquet", "--format", "parquet"))
    assert table.num_rows == ARTICLES
    newest = max(filter(None, table["published_at"].to_pylist()))
    assert isinstance(newest, datetime)
    assert abs((datetime.now(VIETNAM) - newest).days) < 14


def test_what_changed_and_what_is_old(demo: User, tmp_path: Path) -> None:
    since = lines_of(exported(demo, tmp_path / "n.jsonl", "--new-since", "2"))
    assert len(since) == 3
    old = lines_of(
        exported(demo, tmp_path / "o.jsonl", "--until", str(since[0]["published_at"])[:10])
    )
    assert 0 < len(old) < ARTICLES
    (revision,) = lines_of(exported(demo, tmp_path / "r.jsonl", "--table", "revisions"))
    assert revision["article"] in [row["id"] for row in since]


def test_a_folder_of_markdown_with_its_files(demo: User, tmp_path: Path) -> None:
    folder = exported(demo, tmp_path / "md", "--format", "markdown", "--files", "--source", "xa")
    assert len(list(folder.glob("*.md"))) == 19
    names = {path.name for path in (folder / "files").rglob("*") if path.is_file()}
    assert any(name.endswith(".docx") for name in names)


def test_articles_from_python(demo: User) -> None:
    with open_database(demo.database) as database:
        articles = list(database.articles(source="huyen", words="nước sạch"))
        attachments = list(database.attachments(source="huyen"))
        assert any("nước sạch" in (article.body or "") for article in articles)
        assert database.bytes_of(attachments[0])


def test_tables_as_json_and_by_sql(demo: User) -> None:
    sql = "select source, count(*) as n from articles group by source order by source"
    with Browsing(demo.database, "--sql") as browsing:
        rows = read_json(f"{browsing.url}/demo/articles.json?_shape=array&_size=max")
        counts = read_json(f"{browsing.url}/demo.json?_shape=array&sql={quote(sql)}")
    assert len(rows) == ARTICLES == sum(int(str(row["n"])) for row in counts)
    assert [row["source"] for row in counts] == ["huyen", "tinh", "xa"]


def test_an_error_names_what_was_meant(demo: User) -> None:
    wrong = ("search", "nuoc", "--source", "huyenn", "--db", str(demo.database))
    assert "`huyenn`" in (said := demo.run(*wrong, code=2))
    assert "huyen?" in said
    failed = demo.tinhuyen(*wrong, "--json")
    assert failed.stdout == ""
    error = json.loads(failed.stderr.splitlines()[-1])
    assert (error["ok"], error["kind"], error["exit_code"]) == (False, "usage", 2)
    assert "huyen?" in error["error"]
    demo.run("export", "--new-since", "99", "--db", str(demo.database), code=2)


def read_json(url: str) -> list[dict[str, object]]:
    with urlopen(url, timeout=300) as answer:
        found: list[dict[str, object]] = json.load(answer)
    return found
