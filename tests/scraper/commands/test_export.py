"""The command `export`: its options, what it says, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipelines.article import Article
from scraper.base.errors import TinhuyenError, UsageError
from scraper.command_line import tinhuyen as group
from scraper.store.articles import insert_article
from scraper.store.database import open_existing, write_transaction
from scraper.store.runs import finish_run, start_run
from scraper.transfer import workbooks
from tests.scraper.stores import MOMENT, keep_article, new_database
from tests.scraper.transfer.test_export_tables import LATER


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a database with a run, an article from before its end and one from after it."""
    db = new_database(tmp_path)
    run = start_run(db, "manual", ["huyen"], MOMENT)
    finish_run(db, run, "done", MOMENT)
    keep_article(db, Article(title="Cũ", paragraphs=["Cũ."], published_at="2026-11-20"))
    with write_transaction(db):
        insert_article(db, "huyen", Article(title="Mới", paragraphs=["Mới."]), LATER)
    db.close()
    return tmp_path / "tinhuyen.db"


def export(path: Path, *arguments: str) -> Result:
    return CliRunner().invoke(group, ["--db", str(path), "export", *arguments])


def titles(result: Result) -> list[str]:
    return [json.loads(line)["title"] for line in result.stdout.splitlines()]


def test_what_is_new_since_a_run(path: Path) -> None:
    assert titles(export(path)) == ["Cũ", "Mới"]
    assert titles(export(path, "--new-since", "1")) == ["Mới"]
    assert titles(export(path, "--until", "2026-11-20")) == ["Cũ"]


@pytest.mark.parametrize("table", ["revisions", "photos", "attachments"])
def test_a_table_says_how_many_rows_it_has(path: Path, table: str) -> None:
    result = export(path, "--table", table)
    assert (result.stdout, result.stderr) == ("", f"tinhuyen: 0 {table}\n")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--new-since", "9"), "no run 9"),
        (("--new-since", "2"), "run 2 has not ended"),
        (("--source", "huyn"), "did you mean huyen"),
        (("--format", "tei", "--table", "photos", "-o", "x"), "--format tei is for articles"),
    ],
)
def test_what_cannot_be_meant_is_refused(path: Path, arguments: tuple[str, ...], told: str) -> None:
    db = open_existing(path)
    start_run(db, "manual", ["huyen"], MOMENT)
    db.close()
    result = export(path, *arguments)
    assert isinstance(result.exception, UsageError)
    assert told in str(result.exception)


def test_what_a_workbook_cannot_hold_is_said(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "MAX_SHEET_ROWS", 2)
    db = open_existing(path)
    keep_article(db, Article(title="Dài", paragraphs=["Dài " * 10_000]))
    db.close()
    result = export(path, "--format", "xlsx", "-o", str(tmp_path / "a.xlsx"))
    first, sheets, cut = result.stderr.splitlines()
    assert first == "tinhuyen: 3 articles and notices"
    assert "on 3 sheets" in sheets
    assert cut.startswith("tinhuyen: 1 text longer than the 32,767 characters of an Excel cell")


def test_a_missing_folder_is_named_with_how_to_make_it(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "năm 2026" / "tin.jsonl"
    run = CliRunner().invoke(group, ["--db", str(path), "export", "-o", str(target)])
    assert run.exit_code == 1
    assert isinstance(run.exception, TinhuyenError)
    assert str(run.exception) == (
        f"{target}: the folder {target.parent} does not exist: mkdir -p '{target.parent}'"
    )
    target.parent.mkdir()
    assert (
        CliRunner().invoke(group, ["--db", str(path), "export", "-o", str(target)]).exit_code == 0
    )
