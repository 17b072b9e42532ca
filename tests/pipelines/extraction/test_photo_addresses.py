"""The address of a photo, however a page loads it."""

from __future__ import annotations

import pytest

from pipelines import extract

TEXT = "<p>Đội văn nghệ của bản múa xòe bên bếp lửa, khách phương xa cùng nắm tay vào vòng.</p>"
PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACw="
PAGE = "https://banmo.example/tin/hoi-xoe.html"
PHOTO = "https://banmo.example/anh/hoi-xoe.jpg"


def photos(markup: str, head: str = "") -> list[str | None]:
    page = f"<head>{head}</head><h1>Đêm hội xòe ở bản Mo</h1><div>{TEXT}{markup}{TEXT * 2}</div>"
    return [photo.url for photo in extract(page, PAGE).photos]


@pytest.mark.parametrize(
    "markup",
    [
        f"<img src='{PIXEL}' data-actualsrc='/anh/hoi-xoe.jpg'>",
        f"<img src='{PIXEL}' data-hi-res-src='/anh/hoi-xoe.jpg' data-thumb='/anh/be.jpg'>",
        "<img src='/img/loader.gif' data-echo='../anh/hoi-xoe.jpg'>",
        "<img nitro-lazy-src='/anh/hoi-xoe.jpg'>",
        f"<img src='{PIXEL}' data-any='/anh/hoi-xoe.jpg'>",
        f"<img src='{PIXEL}' data-x-set='/anh/nho/hoi-xoe.jpg 300w,/anh/hoi-xoe.jpg 900w'>",
        "<img src='/anh/hoi-xoe.jpg' onerror=\"this.src='/anh/loi.jpg'\" data-error='/anh/l.jpg'>",
        "<img src='/anh/hoi-xoe.jpg' data-src='/anh/hoi-xoe-60x40.jpg'>",
        "<img data-src='/anh/hoi-xoe.jpg?w=40' src='/anh/hoi-xoe.jpg'>",
        "<a href='/anh/hoi-xoe.jpg'><img src='/anh/hoi-xoe-150x150.jpg'></a>",
        "<noscript><img src='/anh/hoi-xoe.jpg'></noscript>",
        f"<img src='{PIXEL}'><noscript><img src='/anh/hoi-xoe.jpg'></noscript>",
        "<img class=lazy alt=''><noscript><img src='/anh/hoi-xoe.jpg'></noscript>",
        "<img width=1 height=1 src='/p/blank.gif'><noscript><img width=900 height=600 "
        "src='/anh/hoi-xoe.jpg'></noscript>",
        "<noscript><img src='/anh/hoi-xoe.jpg'></noscript><img data-src='/anh/hoi-xoe.jpg'>",
        "<img data-src='/anh/hoi-xoe.jpg'><noscript><img src='/anh/hoi-xoe-3x2.jpg'></noscript>",
        "<amp-img src='/anh/hoi-xoe.jpg' width=900 height=600></amp-img>",
        "<amp-img src='/anh/hoi-xoe.jpg'><amp-img placeholder src='/anh/mo.jpg'></amp-img>"
        "<noscript><img src='/anh/hoi-xoe.jpg'></noscript></amp-img>",
        "<picture><source srcset='/anh/hoi-xoe-9.jpg 90w, /anh/hoi-xoe.jpg 900w'><img></picture>",
        "<picture><source srcset='/anh/hoi-xoe.jpg 900w'></picture>",
        "<figure><img src='/anh/40/hoi-xoe.jpg'><canvas></canvas>"
        "<img src='/anh/hoi-xoe.jpg'></figure>",
        "<img src='/anh/hoi-xoe-lqip.jpg'><img src='/anh/hoi-xoe.jpg'>",
        "<img src='/anh/hoi-xoe.jpg'><img src='/anh/hoi-xoe.jpg?width=30&amp;q=10'>",
    ],
)
def test_the_full_photo_is_taken_once(markup: str) -> None:
    assert photos(markup) == [PHOTO]


def test_photos_of_several_noscripts_are_several() -> None:
    markup = "".join(f"<noscript><img src='/anh/xoe-{n}.jpg'></noscript>" for n in "abc")
    assert len(photos(markup)) == 3


def test_counters_without_script_are_no_photos() -> None:
    assert photos("<noscript><img src='https://dem.example/tr?id=1&ev=PageView'></noscript>") == []


def test_a_day_in_the_path_is_no_size() -> None:
    markup = "<img src='/anh/2026/11/30/xoe.jpg'><img src='/anh/2026/11/xoe.jpg'>"
    assert len(photos(markup)) == 2


@pytest.mark.parametrize(
    ("base", "address"),
    [
        ("<base href='https://tinh.example/kho/'>", "https://tinh.example/kho/a/xoe.jpg"),
        ("<base href='/kho/'>", "https://banmo.example/kho/a/xoe.jpg"),
        ("<base target=_blank>", "https://banmo.example/tin/a/xoe.jpg"),
        ("<base href='javascript:x'>", "https://banmo.example/tin/a/xoe.jpg"),
        ("<base href='http://['>", "a/xoe.jpg"),
    ],
)
def test_the_base_of_a_page_counts_for_photos(base: str, address: str) -> None:
    assert photos("<img src='a/xoe.jpg'>", base) == [address]


PICTURE = '<img src="/files/cau-treo.jpg" width="800" height="500">'
OTHERS = (
    '<div><a href="/tin/2"><img src="/files/khac.jpg" width="300" height="200"></a>'
    '<h3><a href="/tin/2">Đội thanh niên dọn sạch kênh mương đầu làng</a></h3></div>'
)


@pytest.mark.parametrize(
    ("container", "field", "count"),
    [
        ("<article>{}</article>", f'<div class="field"><div>Hình ảnh</div>{PICTURE}</div>', 1),
        ("<article>{}</article>", f'<div class="field">{PICTURE}</div>{OTHERS}', 1),
        ("<div>{}</div>", f'<div class="field-image">{PICTURE}</div>', 1),
        ("<div>{}</div>", f'<div class="box">{PICTURE}</div>', 0),
        ("<article>{}</article>", f"<div><h3>Liên kết</h3>{PICTURE}</div>", 0),
        ("<article>{}</article>", OTHERS, 0),
    ],
)
def test_a_picture_in_a_field_below_the_body_is_the_articles(
    container: str, field: str, count: int
) -> None:
    text = "<p>Xã Khe Vàng đưa cầu treo mới vào sử dụng sau bảy tháng thi công liên tục.</p>" * 3
    inside = f'<h1>Khe Vàng thông xe cầu treo</h1><div class="body"><div>{text}</div></div>{field}'
    article = extract(
        f"<html><body>{container.format(inside)}</body></html>", "https://x.example/1"
    )
    assert len(article.photos) == count
