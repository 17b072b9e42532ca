"""An article's page and the comparison of its versions show the files that were there before."""

from __future__ import annotations

from pathlib import Path

from tests.browse.serving import Browsing
from tests.browse.test_guard import get
from tests.scraper.store.test_earlier_files import fetch, record_body
from tests.scraper.stores import Portal

HOST = "http://huyen.localhost"


def test_pages_show_the_files_that_were_there_before(tmp_path: Path) -> None:
    portal = Portal(tmp_path)
    fetch(portal, "/tep/so-1.pdf")
    digest = record_body(portal, f"{HOST}/tep/so-1.pdf", b"one")
    fetch(portal, "/tep/so-2.pdf")
    portal.db.conn.commit()
    with Browsing(tmp_path / "tinhuyen.db") as browsing:
        article = get(f"{browsing.url}/articles/1").read().decode()
        compared = get(f"{browsing.url}/articles/1/compare").read().decode()
        lost = get(f"{browsing.url}/-/files/{digest}")
    earlier = article.partition('id="earlier-files"')[2].partition("</section>")[0]
    assert f"/-/files/{digest}" in earlier
    assert "so-2.pdf" not in earlier
    files = compared.partition('id="files"')[2].partition("</section>")[0]
    removed, _, added = files.partition("<ins>")
    assert f"/-/files/{digest}" in removed
    assert f"{HOST}/tep/so-2.pdf" in added
    assert lost.status == 410  # known, but this archive lacks its record


def test_versions_whose_files_are_not_known_are_not_compared_by_them(tmp_path: Path) -> None:
    portal = Portal(tmp_path)
    fetch(portal, "/tep/so-1.pdf")
    fetch(portal)
    portal.db.execute("UPDATE revisions SET attachments = NULL")
    portal.db.conn.commit()
    with Browsing(tmp_path / "tinhuyen.db") as browsing:
        compared = get(f"{browsing.url}/articles/1/compare")
    assert compared.status == 200
    assert 'id="files"' not in compared.read().decode()
