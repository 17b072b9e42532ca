"""A file that two sources name is fetched, even if the first of them is no longer crawled."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.article import Article, Attachment, Photo
from scraper.store.database import write_transaction
from scraper.store.files import adopt_files
from tests.scraper.stores import keep_article, new_database

FILE, PHOTO = "https://tep.example.vn/so-1.pdf", "https://tep.example.vn/anh.jpg"


@pytest.mark.parametrize("is_enabled", [False, True])
def test_files_of_a_disabled_source_pass_to_another_that_names_them(
    tmp_path: Path, is_enabled: bool
) -> None:
    db = new_database(tmp_path)
    [other] = db.execute("SELECT slug FROM sources WHERE slug <> 'huyen' LIMIT 1").fetchone()
    for slug, urls in (("huyen", (FILE, f"{FILE}?only")), (other, (FILE,))):
        files = [Attachment(url) for url in urls]
        keep_article(
            db,
            Article(title=slug, paragraphs=[slug], attachments=files, photos=[Photo(PHOTO)]),
            slug,
        )
    db.execute("UPDATE sources SET enabled = ? WHERE slug = 'huyen'", [is_enabled])
    with write_transaction(db):
        assert adopt_files(db, other) == (0 if is_enabled else 2)
    rows = db.execute("SELECT url FROM files WHERE source = ? ORDER BY url", [other]).fetchall()
    assert rows == ([] if is_enabled else [(PHOTO,), (FILE,)])
    with write_transaction(db):
        assert adopt_files(db, other) == 0
