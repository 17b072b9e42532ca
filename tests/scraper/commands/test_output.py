"""What commands say in words: numbers with their nouns, sizes, and the next step."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner

from pipelines.article import Article, Photo
from scraper.base.messages import counted
from scraper.command_line import tinhuyen as group
from scraper.commands.output import NO_CONTACT, file_lines, size_text
from scraper.commands.tables import table
from tests.scraper.file_archives import FileArchive
from tests.scraper.stores import keep_article, new_database


def ended(reason: str, size: int) -> dict[str, Any]:
    outcome = "deferred" if reason else "new"
    file = {"kind": "photo", "outcome": outcome, "reason": reason, "files": 3, "bytes": size}
    return {"source": "huyen", "files": [file]}


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (1, "1 kB"),
        (8_800, "9 kB"),
        (49_999, "50 kB"),
        (50_000, "0.1 MB"),
        (600_000, "0.6 MB"),
        (1_234_567_890, "1234.6 MB"),
    ],
)
def test_no_size_is_said_to_be_nothing(size: int, text: str) -> None:
    assert size_text(size) == text
    assert file_lines([ended("", size)]) == [f"huyen: photos: 3 new; {text}"]


def test_a_list_in_a_table_is_written_as_text() -> None:
    rows: list[dict[str, Any]] = [
        {"lost": [], "damaged": [(12, "cut off")]},
        {"lost": [7, 9], "damaged": []},
    ]
    *_, first, second = table(rows, ("lost", "damaged")).splitlines()
    assert (first.split("  ")[-1], second.strip()) == ("12: cut off", "7, 9")


def test_files_that_wait_for_a_contact_say_what_to_set() -> None:
    assert file_lines([ended("no_contact", 0)]) == [
        "huyen: photos: 3 deferred (no_contact)",
        NO_CONTACT,
    ]
    assert NO_CONTACT not in file_lines([ended("budget", 0)])


def test_one_thing_is_no_plural() -> None:
    assert [counted(count, "photo") for count in (0, 1, 2)] == ["0 photos", "1 photo", "2 photos"]


@pytest.fixture
def house(tmp_path: Any) -> Any:
    archive = FileArchive(new_database(tmp_path), tmp_path / "archive")
    archive.add("photo", "1.jpg", b"photo")
    url = "http://huyen.localhost/1.jpg"
    keep_article(archive.db, Article(title="Ảnh", paragraphs=["Một."], photos=[Photo(url)]))
    archive.db.conn.commit()
    return tmp_path


def test_pruning_speaks_of_one_photo(house: Any) -> None:
    def prune(*words: str) -> str:
        place = ["--db", str(house / "tinhuyen.db"), "archive", "prune", "--photos", "--yes"]
        return CliRunner().invoke(group, [*place, *words]).stdout

    assert prune("--before", "2001-01-01").startswith("nothing to delete: every photo")
    assert prune("--before", "2100-01-01", "--dry-run").startswith("1 photo (")
    told = prune("--before", "2100-01-01")
    assert " was deleted: 1 archive file as a whole, 0 in part" in told
    args = ["--db", str(house / "tinhuyen.db"), "export", "--format", "tei", "--files"]
    run = CliRunner().invoke(group, [*args, "-o", str(house / "ra")])
    assert "0 files written, 0 there already" in run.stderr
    assert "1 not archived" in run.stderr
