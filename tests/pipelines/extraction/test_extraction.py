"""What the stage promises beside the article: layouts, explanations, provenance, stability."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pytest

from pipelines import extract
from pipelines.article import Article
from pipelines.extraction import SourceProfile, extract_page
from pipelines.items import Page

PAGES = Path(__file__).parents[2] / "pages"


@dataclass(frozen=True)
class Selectors:
    """A layout as a source declares it."""

    title: str | None = None
    lede: str | None = None
    body: str | None = None
    author: str | None = None
    date: str | None = None
    section: str | None = None


STRANGE = """<html><body><h1>Cổng thông tin xã Bản Phố</h1>
<b id=t>Bản Phố mừng lúa mới</b><i id=d title="03/11/2024 07:15">hôm ấy</i>
<i id=a>Thào Mỷ</i><u id=s>Văn hóa</u>
<span id=l>Cả bản cùng nhau dâng nắm cơm đầu mùa.</span>
<section id=x>Đồ xôi từ mờ sáng, người già nhất bản thắp hương mời tổ tiên về ăn cơm mới.</section>
<div>Đoạn văn dài hơn hẳn ở ngoài thân bài, thứ mà một quy tắc chung dễ tưởng nhầm là nội dung
chính của trang này, vì nó có nhiều chữ và nhiều câu. Nhưng bố cục đã nói khác.</div>
</body></html>"""


def test_a_declared_layout_wins_over_every_guess() -> None:
    layout = Selectors("#t", "#l", "#x", "#a", "#d::attr(title)", "#s")
    page = Page(url="https://banpho.example/1", body=STRANGE.encode())
    article = extract_page(page, SourceProfile(layout=layout)).article
    assert article.title == "Bản Phố mừng lúa mới"
    assert article.lede == "Cả bản cùng nhau dâng nắm cơm đầu mùa."
    assert article.paragraphs == [
        "Đồ xôi từ mờ sáng, người già nhất bản thắp hương mời tổ tiên về ăn cơm mới."
    ]
    assert (article.author, article.section) == ("Thào Mỷ", "Văn hóa")
    assert article.published_at == "2024-11-03T07:15:00+07:00"
    assert {article.provenance[name] for name in ("title", "lede", "author", "section")} == {
        "layout"
    }


def test_a_selector_that_is_no_css_is_as_good_as_none() -> None:
    page = Page(url=None, body=(PAGES / "founding_leak.html").read_bytes())
    assert extract_page(page, SourceProfile(layout=Selectors(body="p[["))).article == (
        extract_page(page).article
    )


def test_every_text_left_out_of_the_body_names_its_rule() -> None:
    reading = extract_page(Page(url=None, body=(PAGES / "founding_leak.html").read_bytes()))
    dropped = {each.text: each.rule for each in reading.removed_blocks}
    assert dropped["Tin cùng chuyên mục"] == "after the end mark"
    assert dropped["Quang cảnh hội nghị."] == "caption"
    assert reading.article.provenance["author"] == "tail line"


def test_a_reading_crosses_to_another_process() -> None:
    reading = extract_page(Page(url=None, body=(PAGES / "vccorp_figures.html").read_bytes()))
    assert pickle.loads(pickle.dumps(reading)) == reading


def render(article: Article) -> str:
    """A plain page of our own that shows an article."""
    body = "".join(f"<p>{escape(text)}</p>" for text in article.paragraphs)
    return (
        f"<html lang=vi><head><title>{escape(article.title or '')}</title></head><body>"
        f"<h1>{escape(article.title or '')}</h1><p class=sapo>{escape(article.lede or '')}</p>"
        f"<div class='article-body'>{body}</div></body></html>"
    )


@pytest.mark.parametrize(
    "case", ["nukeviet_microdata", "vnpt_news", "founding_leak", "liferay_journal", "fitc_query"]
)
def test_our_own_rendering_reads_the_same(case: str) -> None:
    article = extract((PAGES / f"{case}.html").read_bytes())
    again = extract(render(article))
    assert (again.title, again.lede, again.paragraphs) == (
        article.title,
        article.lede,
        article.paragraphs,
    )


def test_bytes_and_text_read_the_same() -> None:
    html = (PAGES / "vnpt_news.html").read_bytes()
    assert extract(html) == extract(html.decode())


@pytest.mark.parametrize("url", ["http://[", "//", "không phải địa chỉ", "http://x:99999/", ""])
def test_a_malformed_address_harms_nothing(url: str) -> None:
    html = "<h1>Mùa nước nổi</h1><p>" + "Nước về đồng sớm hơn mọi năm. " * 9 + "</p>"
    html = html.replace("<p>", "<p><img src='http://[x'><img src='//'>")
    assert extract(html, url).title == "Mùa nước nổi"


def test_news_of_something_not_found_is_no_error_page() -> None:
    html = (
        "<title>Chưa tìm thấy tàu cá mất liên lạc</title><h1>Chưa tìm thấy tàu cá mất liên lạc</h1>"
    )
    html += (
        "<p>Đến trưa nay lực lượng tìm kiếm vẫn không tìm thấy dấu vết của con tàu. " * 4 + "</p>"
    )
    assert extract(html).verdict.is_article


PROSE = "<p>Bà con trong thôn góp công làm đường, mỗi nhà cử một người, từ sáng đến chiều.</p>" * 3
HEADING = "<h1>Lễ hội xuống đồng xã Bản Sen mở đầu năm mới</h1>"


def test_a_lede_beside_the_home_photo_is_no_caption_of_it() -> None:
    lede = "Sáng 12/02, xã Bản Sen tổ chức lễ hội xuống đồng theo nghi thức của người Tày."
    beside = f'<div><img src="/h.jpg"><div class="hometext">{lede}</div></div>'
    page = f"{HEADING}{beside}<div>{PROSE}</div>"
    article = extract_page(Page(url=None, body=page.encode())).article
    assert article.lede == lede
    assert [photo.caption for photo in article.photos] == [None]


def test_a_byline_that_is_named_a_credit_is_no_caption() -> None:
    page = f'{HEADING}<div>{PROSE}<p class="credit">Bài, ảnh: Hoàng Lan</p></div>'
    article = extract_page(Page(url=None, body=page.encode())).article
    assert (article.photos, article.author) == ([], "Hoàng Lan")


def test_a_date_beside_the_crumbs_is_no_section() -> None:
    crumbs = '<ul><li><a href="/">Trang chủ</a></li><li><a href="/x">Đời sống</a></li></ul>'
    dated = f'<div class="breadcrumb">{crumbs}<div>Thứ Hai, 04/08/2025 - 06:10</div></div>'
    page = f"{dated}{HEADING}<div>{PROSE}</div>"
    article = extract_page(Page(url=None, body=page.encode())).article
    assert article.section == "Đời sống"
    assert article.published_at == "2025-08-04T06:10:00+07:00"
