"""The files of an article whose source is filed under another host."""

from __future__ import annotations

import pytest

from pipelines.article import Article, Attachment, Photo
from scraper.base.source import Source
from scraper.store.file_hosts import filed_under, set_file_hosts

SERVED, FILED = "http://127.0.0.1:40123/tin/1.html", "https://banlenh.example/"


def moved(url: str, served: str | None = SERVED, filed: str | None = FILED) -> str:
    article = Article(photos=[Photo(url, "Ảnh"), Photo(None)], attachments=[Attachment(url, "a")])
    set_file_hosts(article, served, filed)
    [photo, captioned], [attachment] = article.photos, article.attachments
    assert photo == Photo(attachment.url, "Ảnh")
    assert captioned == Photo(None)
    return attachment.url


@pytest.mark.parametrize(
    ("url", "stored"),
    [
        ("http://127.0.0.1:40123/anh/1.jpg?v=2", "https://banlenh.example/anh/1.jpg?v=2"),
        ("http://127.0.0.1:40124/anh/1.jpg", "http://127.0.0.1:40124/anh/1.jpg"),
        ("https://cdn.example/1.jpg", "https://cdn.example/1.jpg"),
        ("http://[::1/1.jpg", "http://[::1/1.jpg"),
    ],
)
def test_files_at_the_host_of_the_page_move_with_it(url: str, stored: str) -> None:
    assert moved(url) == stored


def test_files_of_other_sources_stay() -> None:
    url = "http://127.0.0.1:40123/anh/1.jpg"
    assert moved(url, filed=None) == moved(url, served=None) == url


@pytest.mark.parametrize(
    ("home", "filed", "served", "expected"),
    [
        (FILED, None, SERVED, FILED),
        (FILED, None, "http://localhost:8000/tin/1.html", FILED),
        (FILED, None, "http://[::1]:8000/tin/1.html", FILED),
        (FILED, None, f"{FILED}tin/1.html", None),
        (FILED, None, "https://cu.banlenh.example/tin/1.html", None),
        (FILED, None, None, None),
        (SERVED, None, SERVED, None),
        (SERVED, FILED, SERVED, FILED),
    ],
)
def test_a_source_without_an_entry_is_filed_under_its_public_home(
    home: str, filed: str | None, served: str | None, expected: str | None
) -> None:
    source = Source(slug="banlenh", name="Bản Lềnh", home_url=home, filed_under=filed)
    assert filed_under(source, served) == expected
