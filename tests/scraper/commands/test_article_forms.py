"""Markdown and TEI on the command line: where they go, and what is said if they cannot."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipelines.article import Article
from scraper.base.errors import UsageError
from scraper.command_line import tinhuyen as group
from tests.scraper.stores import keep_article, new_database, page_of

TEXT = "Sáng nay, Ủy ban nhân dân xã Tà Lèng họp bàn việc dựng chợ phiên và làm đường vào bản. "
PAGE = page_of("Xã Tà Lèng dựng chợ phiên", TEXT * 2, TEXT * 3, TEXT)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    keep_article(new_database(tmp_path), Article(title="Chợ phiên", paragraphs=[TEXT.strip()]))
    (tmp_path / "page.html").write_text(PAGE)
    return tmp_path


def tinhuyen(house: Path, *words: str) -> Result:
    return CliRunner().invoke(group, ["--db", str(house / "tinhuyen.db"), *words])


@pytest.mark.parametrize(("form", "ending"), [("markdown", "md"), ("tei", "xml")])
def test_articles_go_into_a_folder(house: Path, form: str, ending: str) -> None:
    run = tinhuyen(house, "export", "--format", form, "-o", str(house / "ra"))
    assert (run.exit_code, run.stderr) == (0, "tinhuyen: 1 article or notice\n")
    assert TEXT.strip() in (house / "ra" / f"undated-cho-phien-1.{ending}").read_text()


@pytest.mark.parametrize("form", ["markdown", "tei"])
def test_an_export_without_a_folder_says_what_to_name(house: Path, form: str) -> None:
    for words in ([], ["-o", str(house / "page.html")]):
        run = tinhuyen(house, "export", "--format", form, *words)
        assert isinstance(run.exception, UsageError)
        assert "name a folder" in str(run.exception)
    assert (house / "page.html").read_text() == PAGE


def test_a_page_is_printed_as_markdown(house: Path) -> None:
    run = tinhuyen(house, "extract", str(house / "page.html"), "--markdown")
    assert run.exit_code == 0
    assert run.stdout.startswith('---\ntitle: "Xã Tà Lèng dựng chợ phiên"\n')
    assert "\n# Xã Tà Lèng dựng chợ phiên\n" in run.stdout
    for word in ("--json", "--explain"):
        refused = tinhuyen(house, "extract", str(house / "page.html"), "--markdown", word)
        assert isinstance(refused.exception, UsageError)
        assert "leave out --json and --explain" in str(refused.exception)
