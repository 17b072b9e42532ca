"""Files beside exported articles: safe names, whole bodies, nothing written over."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlite_utils import Database

from pipelines.article import Article, Attachment, Photo
from scraper.store.article_rows import Selection, read_article
from scraper.store.exported_files import HeldFile
from scraper.transfer.file_copies import FILES, CopiedFiles, copy_files, file_name
from scraper.transfer.folder import export_to_folder
from tests.scraper.file_archives import FileArchive
from tests.scraper.stores import keep_article, new_database

BASE = "http://huyen.localhost/"
ARTICLE = Article(
    url=f"{BASE}tin/1.html",
    title="Thông báo",
    paragraphs=["Một."],
    photos=[Photo(f"{BASE}1.jpg", "Ra quân")],
    attachments=[
        Attachment(f"{BASE}a/lich.pdf", "Lịch tiếp công dân"),
        Attachment("ftp://x/2.pdf"),
    ],
)


@pytest.fixture
def archive(tmp_path: Path) -> FileArchive:
    archive = FileArchive(new_database(tmp_path), tmp_path / "archive")
    archive.add("photo", "1.jpg", b"photo")
    archive.add("attachment", "a/lich.pdf", b"pdf")
    keep_article(archive.db, ARTICLE)
    return archive


def copy(archive: FileArchive, folder: Path) -> CopiedFiles:
    done = CopiedFiles()
    copy_files(archive.db, archive.folder, read_article(archive.db, 1), folder, done)
    return done


@pytest.mark.parametrize("form", ["markdown", "tei"])
def test_an_exported_article_links_to_the_files_beside_it(
    archive: FileArchive, tmp_path: Path, form: str
) -> None:
    out = tmp_path / "out"
    count, copied = export_to_folder(archive.db, Selection(), form, out, archive.folder)
    assert (count, copied) == (1, CopiedFiles(written=2, elsewhere=1))
    [article] = [path for path in out.iterdir() if path.is_file()]
    names = {path.name: path.read_bytes() for path in (out / FILES).iterdir()}
    assert sorted(names.values()) == [b"pdf", b"photo"]
    text = article.read_text()
    for name in names:
        assert name.isascii() or "Lịch" in name
    assert f"{FILES}/" in text
    assert f"{BASE}1.jpg" not in text


def test_a_second_export_writes_nothing_over(archive: FileArchive, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    assert copy(archive, out) == CopiedFiles(written=2, elsewhere=1)
    for path in (out / FILES).iterdir():
        path.write_bytes(b"mine")
    assert copy(archive, out) == CopiedFiles(present=2, elsewhere=1)
    assert {path.read_bytes() for path in (out / FILES).iterdir()} == {b"mine"}


def test_a_lost_file_stays_on_the_web_and_is_counted(archive: FileArchive, tmp_path: Path) -> None:
    [photos] = archive.folder.glob("photos-*")
    photos.unlink()
    archive.db.execute("UPDATE files SET digest = 'x' WHERE kind = 'attachment'")
    done = CopiedFiles()
    row = read_article(archive.db, 1)
    link = copy_files(archive.db, archive.folder, row, tmp_path / "out", done)
    assert done == CopiedFiles(missing=2, elsewhere=1)
    assert link(row["photos"][0]) == f"{BASE}1.jpg"
    assert link(row["attachments"][1]) is None
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("name", "url", "expected"),
    [
        (None, f"{BASE}a/lich.pdf", "lich.pdf"),
        ("Lịch tiếp công dân", f"{BASE}a/lich.PDF", "Lịch-tiếp-công-dân.pdf"),
        ("lich.pdf", f"{BASE}a/lich.pdf", "lich.pdf"),
        ("../../etc/passwd", f"{BASE}x", "etc-passwd"),
        ("/etc/passwd", f"{BASE}%2e%2e%2f%2e%2e%2fx.sh", "etc-passwd.sh"),
        (None, f"{BASE}..%2F..%2Fx.sh", "x.sh"),
        ("C:\\Windows\\a", f"{BASE}x.doc", "C-Windows-a.doc"),
        ("a\0b\nc\u202egpj", f"{BASE}x", "a-b-c-gpj"),
        (".htaccess", f"{BASE}x", "htaccess"),
        ("...", f"{BASE}...", ""),
        (None, BASE, ""),
        (None, "http://[", ""),
        ("ệ" * 500, f"{BASE}x.pdf", "ệ" * 40 + ".pdf"),
        (None, f"{BASE}download.php?id=3&f=../../x.pdf", "download.php"),
    ],
)
def test_names_are_safe(name: str | None, url: str, expected: str) -> None:
    found = file_name(HeldFile(url, name, "0123456789abcdef" * 4, "", 0))
    assert found == "0123456789abcdef" + (
        f"-{expected}" if expected and not expected.startswith(".") else expected
    )
    assert "/" not in found
    assert len(found.encode()) < 200


def test_files_of_two_articles_with_one_name_stay_apart(tmp_path: Path) -> None:
    db: Database = new_database(tmp_path)
    archive = FileArchive(db, tmp_path / "archive")
    archive.add("attachment", "a/tep.pdf", b"one")
    archive.add("attachment", "b/tep.pdf", b"two")
    archive.add("attachment", "c/tep.pdf", b"two")
    for place in "abc":
        url = f"{BASE}{place}/tep.pdf"
        keep_article(db, Article(title=place, paragraphs=[place], attachments=[Attachment(url)]))
    _, copied = export_to_folder(db, Selection(), "markdown", tmp_path / "out", archive.folder)
    assert copied == CopiedFiles(written=2, present=1)
    assert len(list((tmp_path / "out" / FILES).iterdir())) == 2
