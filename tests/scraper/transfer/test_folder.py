"""The export into a folder: a file for each article, nowhere else, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree
from sqlite_utils import Database

from pipelines.article import Article
from scraper.base.errors import UsageError
from scraper.store.article_rows import Selection
from scraper.transfer.folder import export_to_folder
from tests.scraper.stores import keep_article, new_database


@pytest.fixture
def db(tmp_path: Path) -> Database:
    db = new_database(tmp_path)
    for title, day in (
        ("Huyện Đắk Mil: ra quân!", "2023-11-21T14:25:00+07:00"),
        ("../../../etc/passwd", "../2023"),
        ("", None),
        ("人民", "2024-01-02"),
        ("a" * 300, "2024-01-02"),
        ("a" * 300, "2024-01-02"),
    ):
        keep_article(db, Article(title=title, paragraphs=[f"Đoạn {day}."], published_at=day))
    return db


@pytest.mark.parametrize(("form", "ending"), [("markdown", ".md"), ("tei", ".xml")])
def test_each_article_has_a_file_named_by_day_title_and_id(
    db: Database, tmp_path: Path, form: str, ending: str
) -> None:
    folder = tmp_path / "ra" / "bài"
    assert export_to_folder(db, Selection(), form, folder)[0] == 6
    assert {path.name for path in folder.iterdir()} == {
        f"{name}{ending}"
        for name in (
            "2023-11-21-huyen-dak-mil-ra-quan-1",
            "undated-etc-passwd-2",
            "undated-3",
            "2024-01-02-4",
            f"2024-01-02-{'a' * 80}-5",
            f"2024-01-02-{'a' * 80}-6",
        )
    }
    assert {path.name for path in tmp_path.iterdir()} >= {"ra"}
    if form == "tei":
        for path in folder.iterdir():
            etree.parse(path)


def test_a_second_export_replaces_its_own_files_only(db: Database, tmp_path: Path) -> None:
    folder = tmp_path / "ra"
    export_to_folder(db, Selection(), "markdown", folder)
    (folder / "của tôi.md").write_text("giữ")
    (folder / "undated-3.md").write_text("cũ")
    outside = tmp_path / "ngoài.md"
    outside.write_text("giữ")
    (folder / "2024-01-02-4.md").unlink()
    (folder / "2024-01-02-4.md").symlink_to(outside)
    export_to_folder(db, Selection(), "markdown", folder)
    assert (folder / "của tôi.md").read_text() == outside.read_text() == "giữ"
    assert (folder / "undated-3.md").read_text().startswith("---\n")
    assert not (folder / "2024-01-02-4.md").is_symlink()
    assert len(list(folder.iterdir())) == 7


def test_a_file_is_no_folder(db: Database, tmp_path: Path) -> None:
    (tmp_path / "ra").write_text("giữ")
    with pytest.raises(UsageError, match="name a folder"):
        export_to_folder(db, Selection(), "tei", tmp_path / "ra")
