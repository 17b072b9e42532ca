"""Articles with many photos, with and without running text."""

from __future__ import annotations

import pytest

from pipelines import extract
from pipelines.article import Kind

TITLE = "Bà con thu hoạch lúa mùa trên các bản vùng cao"
PARAGRAPH = "<p>Từ sáng sớm, bà con các bản đã ra đồng gặt lúa, cả thung lũng rộn tiếng cười.</p>"
MARKUP = {
    "caption below": "<p><img src='/anh/{n}.jpg'></p><p class='caption'>Bà con bản số {n}</p>",
    "plain line below": "<p><img src='/anh/{n}.jpg'></p><p>Bà con bản số {n} gặt lúa</p>",
    "figure": "<figure><img src='/anh/{n}.jpg'><figcaption>Bản số {n}</figcaption></figure>",
    "no caption": "<p><img src='/anh/{n}.jpg'></p>",
}


@pytest.mark.parametrize("paragraphs", [0, 1, 3, 12])
@pytest.mark.parametrize("markup", MARKUP.values(), ids=MARKUP)
@pytest.mark.parametrize("count", [4, 30, 90, 300])
def test_every_photo_is_kept(markup: str, paragraphs: int, count: int) -> None:
    shown = "".join(markup.format(n=n) for n in range(count))
    page = (
        f"<html><head><title>{TITLE}</title></head><body>"
        "<div class='menu'><a href='/'>Trang chủ</a></div>"
        f"<div class='detail'><h1>{TITLE}</h1><div class='date'>08:00, 12/11/2026</div>"
        f"<div class='content'>{PARAGRAPH * paragraphs}{shown}</div></div>"
        "<div class='footer'>Bản quyền của xã</div></body></html>"
    )
    article = extract(page, "https://xa.example/tin/gat-lua.html")
    urls = [f"https://xa.example/anh/{n}.jpg" for n in range(count)]
    assert [photo.url for photo in article.photos] == urls
    assert article.verdict.is_article
    if paragraphs == 0:
        assert (article.kind, article.paragraphs) == (Kind.PHOTOS, [])
    else:
        assert len(article.paragraphs) == paragraphs
