"""The Word document of an article has the pictures that the archive holds, bounded."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest
from docx import Document
from PIL import Image

from pipelines.article import Article, Photo
from pipelines.documents.photos import PREVIEW_SIDE
from scraper.browse import article_pictures
from scraper.browse.serving import application
from scraper.store.articles import insert_article
from scraper.store.database import write_transaction
from tests.browse.shaped import keep_file, keep_preview, picture
from tests.scraper.stores import MOMENT, Portal

HOST = "http://huyen.localhost"


def webp(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.open(io.BytesIO(picture(width, height))).save(out, "WEBP")
    return out.getvalue()


PREVIEWS = {
    "mot": webp(480, 320),
    "hai": webp(320, 480),
    "html": b"<script>alert(1)</script>",
    "large": webp(PREVIEW_SIDE + 1, 2),
    "cut": webp(480, 320)[:60],
}


def document_of(folder: Path, *names: str) -> tuple[list[float], list[str | None], str]:
    """Return the widths in inches and the alternative texts of the pictures, and all text."""
    portal = Portal(folder)
    photos = [Photo(f"{HOST}/{name}.jpg", f"Ảnh {name}.") for name in names]
    article = Article(url=f"{HOST}/1", title="Cấp nước", paragraphs=["Một."], photos=photos)
    with write_transaction(portal.db):
        row_id = insert_article(portal.db, "huyen", article, MOMENT)
        for name in set(names):
            digest = keep_file(portal, f"{HOST}/{name}.jpg", name.encode(), "image/jpeg")
            keep_preview(portal, digest, PREVIEWS[name], 48, 32)
    site = application(folder / "tinhuyen.db", folder / "archive", allow_sql=False)
    answer = asyncio.run(site.client.get(f"/articles/{row_id}.docx"))
    document = Document(io.BytesIO(answer.content))
    described = [each.get("descr") for each in document.element.body.iter("{*}docPr")]
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    return [shape.width.inches for shape in document.inline_shapes], described, text


def test_photos_are_shown_above_their_captions(tmp_path: Path) -> None:
    widths, described, text = document_of(tmp_path, "mot", "hai", "mot")
    assert widths == pytest.approx([5, 10 / 3, 5], abs=0.05)
    assert described == ["Ảnh mot.", "Ảnh hai.", "Ảnh mot."]
    assert text.count("Ảnh mot.") == 2


@pytest.mark.parametrize("name", ["html", "large", "cut"])
def test_what_is_no_small_picture_is_left_out(tmp_path: Path, name: str) -> None:
    widths, _, text = document_of(tmp_path, name, "mot")
    assert len(widths) == 1
    assert f"Ảnh {name}." in text


def test_beyond_the_bound_captions_stand_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(article_pictures, "MAX_PICTURES", 1)
    widths, _, text = document_of(tmp_path, "mot", "hai")
    assert len(widths) == 1
    assert "Ảnh hai." in text
