"""Files of the archive that were never read, or by older rules, are read again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.article import Article, Attachment, Photo
from pipelines.documents import READER_VERSION
from scraper.archive.reader import is_readable
from scraper.reprocessing.files import FilesReport, read_files_again
from scraper.store.database import open_database, write_transaction
from scraper.store.file_texts import FileText, save_text, stored_text
from tests.portals.notices import pdf, png
from tests.scraper.file_archives import FileArchive
from tests.scraper.stores import keep_article, new_database

SENTENCE = "Kế hoạch sửa đường liên xã"
URL = "http://huyen.localhost/1.pdf"


@pytest.fixture
def archive(tmp_path: Path) -> FileArchive:
    archive = FileArchive(new_database(tmp_path), tmp_path / "archive")
    archive.add("attachment", "1.pdf", pdf(SENTENCE))
    archive.add("attachment", "2.pdf", pdf(SENTENCE))
    archive.add("photo", "1.png", png())
    photo = Photo("http://huyen.localhost/1.png")
    keep_article(archive.db, Article(title="Tin", attachments=[Attachment(URL)], photos=[photo]))
    return archive


def read(archive: FileArchive, *, dry_run: bool = False) -> FilesReport:
    *_, report = read_files_again(archive.db, archive.folder, ["huyen"], dry_run=dry_run, workers=1)
    return report


def digest(archive: FileArchive, kind: str = "attachment") -> str:
    row = archive.db.execute("SELECT digest FROM files WHERE kind = ?", [kind]).fetchone()
    return str(row[0])


def found(archive: FileArchive, words: str) -> int:
    sql = "SELECT count(*) FROM file_texts_fts WHERE file_texts_fts MATCH ?"
    return int(archive.db.execute(sql, [words]).fetchone()[0])


def test_files_that_were_never_read_are_completed(archive: FileArchive) -> None:
    assert read(archive) == FilesReport(files=2, changed=1)
    row = archive.db.execute(
        "SELECT text, pages, media_type, reason FROM attachments WHERE url = ?", [URL]
    ).fetchone()
    assert row == (SENTENCE, 1, "application/pdf", None)
    assert found(archive, '"sửa đường"') == 1
    [place] = archive.db.execute("SELECT warc_file, warc_offset FROM previews").fetchall()
    assert is_readable(archive.folder / place[0], place[1])
    size = "SELECT width, height, media_type FROM files WHERE kind = 'photo'"
    assert archive.db.execute(size).fetchone() == (640, 480, "image/png")
    assert read(archive) == FilesReport()


def test_texts_of_older_rules_are_read_again(archive: FileArchive) -> None:
    read(archive)
    older = FileText("application/pdf", 1, "chữ cũ", "scan", READER_VERSION - 1)
    with write_transaction(archive.db):
        save_text(archive.db, digest(archive), older)
        archive.db.execute("UPDATE files SET reason = 'scan' WHERE kind = 'attachment'")
        archive.db.execute("UPDATE files SET reason = 'not_modified' WHERE url LIKE '%2.pdf'")
    assert found(archive, "cũ") == 1
    assert read(archive) == FilesReport(files=1, changed=1)
    assert (found(archive, "cũ"), found(archive, "liên")) == (0, 1)
    reasons = "SELECT reason FROM files WHERE kind = 'attachment' ORDER BY url"
    assert archive.db.execute(reasons).fetchall() == [(None,), ("not_modified",)]


def test_a_text_that_reads_the_same_is_no_change(archive: FileArchive) -> None:
    read(archive)
    archive.db.execute("UPDATE file_texts SET reader = reader - 1")
    assert read(archive) == FilesReport(files=1)
    assert read(archive) == FilesReport()


def test_a_dry_run_counts_and_writes_nothing(archive: FileArchive) -> None:
    before = archive.db.conn.total_changes
    assert read(archive, dry_run=True) == FilesReport(files=2)
    assert archive.db.conn.total_changes == before
    assert len(list(archive.folder.iterdir())) == 2


def test_what_cannot_be_read_keeps_its_text_and_is_told(archive: FileArchive) -> None:
    read(archive)
    archive.db.execute("UPDATE file_texts SET reader = reader - 1")
    [path] = archive.folder.glob("files-*")
    path.unlink()
    report = read(archive)
    assert (report.files, report.failed, report.samples[0][0]) == (1, 1, URL)
    text = stored_text(archive.db, digest(archive))
    assert text is not None
    assert text.text == SENTENCE


def test_other_sources_and_pruned_photos_are_left(archive: FileArchive) -> None:
    archive.db.execute("UPDATE files SET source = 'tinh' WHERE kind = 'attachment'")
    archive.db.execute("UPDATE files SET capture = NULL, reason = 'pruned' WHERE kind = 'photo'")
    assert read(archive) == FilesReport()


def test_more_files_than_a_chunk(archive: FileArchive, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        archive.add("attachment", f"more-{number}.txt", f"Thông báo {number}".encode())
    monkeypatch.setattr("scraper.store.archived_files.CHUNK", 3)
    assert read(archive) == FilesReport(files=7, changed=6)


def test_a_killed_reprocess_goes_on(archive: FileArchive, tmp_path: Path) -> None:
    for number in range(4):
        archive.add("attachment", f"more-{number}.txt", f"Thông báo {number}".encode())
    code = (
        "import os, sys; from pathlib import Path\n"
        "from scraper.reprocessing.files import read_files_again\n"
        "from scraper.store.database import open_database\n"
        "folder = Path(sys.argv[1])\n"
        "db = open_database(folder / 'tinhuyen.db')\n"
        "for report in read_files_again(db, folder / 'archive', ['huyen'], workers=1):\n"
        "    if report.files == 3: os.kill(os.getpid(), 9)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        timeout=300,
        check=False,
    )
    assert run.returncode == -signal.SIGKILL
    assert read(archive).files == 3
    db = open_database(tmp_path / "tinhuyen.db")
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
