"""Whom a page names as its author, however it does so, and who is none."""

from __future__ import annotations

import pytest

from pipelines import extract
from pipelines.article import Article

TITLE = "Thôn Nà Lay dựng lại cầu treo sau lũ"
LEDE = "Cây cầu mới dài bốn mươi mét, rộng gấp đôi cầu cũ, vừa được thông xe sau ba tháng thi công."
TEXT = (
    "Trận lũ tháng chín năm ngoái cuốn mất nhịp giữa của cầu treo, chia đôi thôn trong nhiều tuần.",
    "Từ đó học sinh phải đi vòng mười hai cây số, nhiều em nghỉ học mỗi khi nước suối dâng cao.",
    "Bà con góp hơn sáu trăm ngày công để đào móng, chuyển cát sỏi và bảo vệ vật liệu ban đêm.",
    "Trưởng thôn cho biết việc tiếp theo là kéo điện chiếu sáng hai đầu cầu trước Tết Nguyên đán.",
)
DATE = '<p class="time">12/10/2025 08:15</p>'
OTHER = '<a href="/khac-1.html">Hội thi kéo co của thanh niên ba thôn vùng hồ</a>'


def page(
    *, head: str = DATE, tail: str = "", end: str = "", meta: str = "", lede: str = ""
) -> Article:
    """A page with markup between title and text, at the text's end and below it."""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in TEXT)
    html = (
        f'<html lang="vi"><head><meta charset="utf-8"><title>{TITLE}</title>{meta}</head><body>'
        '<div id="menu"><ul><li><a href="/">Trang chủ</a></li><li><a href="/t">Tin tức</a></li>'
        f'</ul></div><div class="main"><h1>{TITLE}</h1>{lede}{head}'
        f'<div class="content">{body}{end}</div>{tail}</div>'
        '<div id="footer"><p>Trang tin xã Nà Lay. Điện thoại: 0219 000 111</p></div></body></html>'
    )
    return extract(html.encode(), "https://nalay.example/tin/cau-treo-12.html")


@pytest.mark.parametrize(
    "tail",
    [
        "<div><b>TỪ KHÓA:</b></div><div><a href='/tag/cau'>cầu treo</a></div>",
        "<p><strong>Từ Khoá</strong></p><p><a href='/tag/nl'>Nà Lay</a></p>",
        "<p class='author'>Từ Khóa:</p>",
        "<p align='right'><b>CHỦ ĐỀ:</b></p><p><a href='/chu-de/cau'>Cầu Treo</a></p>",
        "<p><b>Xem Thêm:</b></p><p>" + OTHER + "</p>",
        "<div class='author'>NGUỒN TIN:</div>",
        "<div class='tacgia'>Bài Viết Cùng Tác Giả</div><ul><li>" + OTHER + "</li></ul>",
        "<p><b>TAG:</b> <a href='/tag/hs'>Học Sinh</a></p>",
        "<p><b>CHI TIẾT:</b></p><p><a href='/qd.pdf'>/qd.pdf</a></p>",
        "<p align='right'><b>Chi Tiết</b></p><p><a href='/qd.pdf'>qd.pdf</a></p>",
        "<p><b>Phụ Lục:</b></p><p><a href='/pl.docx'>pl.docx</a></p>",
        "<p><b>Liên Quan</b></p><p>" + OTHER + "</p>",
    ],
)
@pytest.mark.parametrize("place", ["end", "tail"])
def test_a_label_of_the_tail_is_no_author(tail: str, place: str) -> None:
    article = page(end=tail) if place == "end" else page(tail=tail)
    assert article.author is None
    signed = f"<p align='right'><b>Hoàng Thị Nụ</b></p>{tail}"
    assert (page(end=signed) if place == "end" else page(tail=signed)).author == "Hoàng Thị Nụ"


@pytest.mark.parametrize(
    ("tail", "author"),
    [
        ("<p class='author'><a href='/tag/le-tam'>Lê Tâm</a></p>", None),
        ("<p class='author'><a href='/tac-gia/le-tam'>Lê Tâm</a></p>", "Lê Tâm"),
        ("<p class='author'><a href='/author/le-tam/'>Lê Tâm</a></p>", "Lê Tâm"),
        ("<div class='tags author'><a href='/chu-de/ho-xuan'>Hồ Xuân Hương</a></div>", None),
        ("<p><b><a href='/tu-khoa/ho-xuan'>Hồ Xuân Hương</a></b></p>", None),
    ],
)
def test_a_link_to_a_tag_is_no_author(tail: str, author: str | None) -> None:
    assert page(tail=tail).author == author
    assert page(head=DATE + tail).author == author


@pytest.mark.parametrize(
    "tail",
    [
        f"<div class='item'><h3>{OTHER}</h3><span class='author'>Lò Thị Mai</span></div>",
        f"<div class='item'><h3>{OTHER}</h3><p class='author'>Lò Mai</p><p>11/10/2025</p></div>",
        f"<h3>Tin cùng chuyên mục</h3><ul><li>{OTHER} <span class='author'>Lò Mai</span></li></ul>",
        f"<div class='related'><p class='byline'>Lò Mai</p>{OTHER}</div>",
        f"<div class='item'>{OTHER}<p>Tác giả: Lò Thị Mai</p></div>",
        f"<div itemscope><b>{OTHER}</b><i itemprop='author'>Lò Thị Mai</i></div>",
        "<div class='comments'><p class='comment-author'>Lò Thị Mai</p><p>Hay quá!</p></div>",
    ],
)
def test_the_author_of_another_article_is_not_the_articles(tail: str) -> None:
    assert page(tail=tail * 2).author is None
    assert page(end="<p><b>Vi Văn Tỵ</b></p>", tail=tail * 2).author == "Vi Văn Tỵ"
    assert page(head=DATE + "<p class='author'>Vi Văn Tỵ</p>", tail=tail).author == "Vi Văn Tỵ"


@pytest.mark.parametrize(
    "box",
    [
        "<div class='byline'><a rel='author' href='/a'>Mary Poe</a> <span class='author-title'>"
        "Health Correspondent</span></div>",
        "<div class='byline'><span class='author-name'>Mary Poe</span><span class='author-role'>"
        "Senior Reporter</span></div>",
        "<div class='author'>Mary Poe</div><div class='author-position'>Chief Whip Watcher</div>",
        "<div class='author-box'><p class='author-job'>Staff Writer, BBC</p>"
        "<p class='author-name'>Mary Poe</p></div>",
        "<p class='byline'>By Mary Poe, Staff Writer, BBC</p>",
        "<p class='byline'>By Mary Poe<br>Political Correspondent</p>",
        "<p class='byline'>Mary Poe Business Reporter</p>",
        "<p class='byline'>Mary Poe | Southeast Asia Desk</p>",
        "<div class='byline'><a href='/author/mary-poe'>Mary Poe</a>, Deputy Editor</div>",
        "<div class='author'>Biên tập viên <b>Mary Poe</b></div>",
    ],
)
def test_a_role_beside_a_name_is_no_second_author(box: str) -> None:
    assert page(head=DATE + box).author == "Mary Poe"
    assert page(tail=box).author == "Mary Poe"


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("Theo Lê Tâm", "Lê Tâm"),
        ("Theo Nguyễn Văn Mẫn", "Nguyễn Văn Mẫn"),
        ("Theo: Lê Tâm", "Lê Tâm"),
        ("Theo Lê Tâm - Vi Tỵ", "Lê Tâm, Vi Tỵ"),
        ("(Theo Lê Tâm)", "Lê Tâm"),
        ("Theo Thanh Tú", "Thanh Tú"),
        ("Theo ThS. Lê Tâm", "Lê Tâm"),
        ("Theo Văn Mẫn", None),
        ("Theo Báo Nà Lay", None),
        ("Theo TTXVN", None),
        ("Theo Lao Động", None),
        ("Theo Tuổi Trẻ", None),
        ("Theo Cổng TTĐT tỉnh", None),
        ("Theo vnexpress.net", None),
    ],
)
def test_theo_before_a_person_names_the_author(line: str, author: str | None) -> None:
    found = page(tail=f"<p class='author'>{line}</p><p class='source'>Báo Nà Lay</p>").author
    assert found == ("Theo Văn Mẫn" if line == "Theo Văn Mẫn" else author)
    signed = page(end=f"<p align='right'><strong>{line}</strong></p>").author
    assert signed == found


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("T.T", "Tuấn Tú"),
        ("B.NG", "Bích Ngọc"),
        ("N.V.Mẫn", "Nguyễn Văn Mẫn"),
        ("Ng. Mẫn", "Nguyễn Mẫn"),
    ],
)
def test_initials_beside_the_name_are_one_person(first: str, second: str) -> None:
    head, end = f"{DATE}<p class='author'>{{}}</p>", "<p align='right'><b>{}</b></p>"
    assert page(head=head.format(first), end=end.format(second)).author == second
    assert page(head=head.format(second), end=end.format(first)).author == second
    assert page(end=end.format(f"{first} - {second}")).author == second
    assert page(end=end.format(first), meta=f'<meta name="author" content="{second}">').author == (
        second
    )
    assert page(end=end.format(first)).author == first
    assert page(end=end.format(f"{first}, Vi Văn Tỵ")).author == f"{first}, Vi Văn Tỵ"


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("Vi Tỵ - Lê Tâm Chủ nhật, 12/10/2025 08:15 (GMT+7)", "Vi Tỵ - Lê Tâm"),
        ("<span>Vi Tỵ – Lê Tâm</span> <span>12/10/2025 08:15</span>", "Vi Tỵ – Lê Tâm"),
        ("Vi Tỵ - Lê Tâm | 12/10/2025", "Vi Tỵ - Lê Tâm"),
        ("<b>Vi Tỵ, Lê Tâm</b> 12/10/2025 - 08:15", "Vi Tỵ, Lê Tâm"),
        ("Vi Tỵ Chủ nhật, 12/10/2025 08:15 (GMT+7)", "Vi Tỵ"),
        ("Vi Tỵ - 12/10/2025", "Vi Tỵ"),
        ("12/10/2025 08:15 - Vi Tỵ", "Vi Tỵ"),
        ("Chủ nhật, 12/10/2025 08:15 (GMT+7) | Vi Tỵ", "Vi Tỵ"),
        ("Nà Lay, 12/10/2025", None),
        ("Lê Tâm, 12/10/2025", "Lê Tâm"),
        ("Tin Tức - 12/10/2025 08:15", None),
        ("<a href='/tag/ho'>Hồ Xuân Hương</a> 12/10/2025", None),
    ],
)
def test_the_line_of_the_date_may_name_the_authors(line: str, author: str | None) -> None:
    assert page(head=f"<div class='info'>{line}</div>").author == author


@pytest.mark.parametrize(
    "author",
    [
        "<td class='tacgia' align='right'><i>Triệu Chòi Phâu</i></td>",
        "<td><div class='author'><img src='/a.png'>Triệu Chòi Phâu</div></td>",
        "<td class='but-danh'>Triệu Chòi Phâu</td>",
    ],
)
def test_an_author_may_stand_between_lede_and_text(author: str) -> None:
    rows = (f"<td class='sapo'>{LEDE}</td>", author, "".join(f"<p>{text}</p>" for text in TEXT))
    cells = f"<tr>{rows[0]}</tr><tr>{rows[1]}</tr><tr><td class='nd'>{rows[2]}</td></tr>"
    html = f"<title>{TITLE}</title><table><tr><td class='tieude'>{TITLE}</td></tr>{cells}</table>"
    assert extract(html.encode(), "https://nalay.example/t-1.html").author == "Triệu Chòi Phâu"


def test_a_label_may_stand_above_the_name() -> None:
    assert page(tail="<div>Tác giả:</div><div>Vi Văn Tỵ</div>").author == "Vi Văn Tỵ"
    assert page(head=DATE + "<p>Bài và ảnh:</p><p>Vi Văn Tỵ</p>").author == "Vi Văn Tỵ"


def test_an_author_box_with_a_biography_gives_the_name() -> None:
    box = (
        "<div class='author-box'><img src='/a.png'><h4 class='author-name'>Vi Văn Tỵ</h4>"
        "<p>Anh viết về vùng cao từ năm 2009 và sống ở Nà Lay cùng gia đình, thích đi bộ.</p>"
        f"<h5>Bài viết cùng tác giả</h5><ul><li>{OTHER}</li></ul></div>"
    )
    assert page(tail=box).author == "Vi Văn Tỵ"


@pytest.mark.parametrize(
    ("box", "author"),
    [
        (
            "<div class='author'><a href='/u/1'>Lê Tâm</a>, <a href='/u/2'>Vi Tỵ</a></div>",
            "Lê Tâm, Vi Tỵ",
        ),
        (
            "<div class='author'><a href='/u/1'>Lê Tâm</a> <a href='/u/2'>Vi Tỵ</a></div>",
            "Lê Tâm, Vi Tỵ",
        ),
        (
            "<p><a rel='author' href='/1'>Lê Tâm</a> và <a rel='author' href='/2'>Vi Tỵ</a></p>",
            "Lê Tâm, Vi Tỵ",
        ),
        ("<ul class='authors'><li>Lê Tâm</li><li>Vi Tỵ</li></ul>", "Lê Tâm, Vi Tỵ"),
        ("<p class='author'>Sông Lô</p>", "Sông Lô"),
        ("<p>Đăng bởi <span class='author'>Suối Mây</span></p>", "Suối Mây"),
        ("<p class='author'>Tin Tức</p>", None),
        ("<p class='author'>Hàm Yên</p>", None),
        ("<p class='author'>admin</p>", None),
        ("<p class='author'>Quản trị viên</p>", None),
        ("<p class='author'>UBND xã Nà Lay</p>", None),
        ("<p class='author'>Associated Press</p>", None),
        ("<div class='author'><p>Lê Tâm</p><p>Nhà báo tự do</p></div>", "Lê Tâm"),
        ("<div class='author'><b>Lê Tâm</b><br>Hội viên Hội Nhà văn Việt Nam</div>", "Lê Tâm"),
        ("<div class='author'><span>Lê Tâm</span> <button>Theo dõi</button></div>", "Lê Tâm"),
        (
            "<div class='author'>Lê Tâm <a href='mailto:a@b.vn'>letam@nalay.example</a></div>",
            "Lê Tâm",
        ),
    ],
)
def test_an_author_box_gives_names_alone(box: str, author: str | None) -> None:
    assert page(head=DATE + box).author == author
    assert page(tail=box).author == author


@pytest.mark.parametrize(
    ("head", "author"),
    [
        ("12/10/2025 08:15 | Người đăng: Lê Tâm | Lượt xem: 12", "Lê Tâm"),
        ("Đăng bởi: Lê Tâm - 12/10/2025", "Lê Tâm"),
        ("Đăng bởi <a href='/author/lt'>Lê Tâm</a> ngày 12/10/2025", "Lê Tâm"),
        ("Đăng bởi admin - 12/10/2025", None),
        ("<span>Minh Tú</span><span>Thứ tư, 20/05/2026 19:00 (GMT+7)</span>", "Minh Tú"),
        ("<a href='/vh'>Văn hóa - Xã hội</a> <span class='author'>Lê Tâm</span>", "Lê Tâm"),
        ("<b class='author'>Mary Poe</b><i class='author'>World Affairs Editor</i>", "Mary Poe"),
        ("<b class='author'>Mary Poe</b><i>World Affairs Editor</i>", "Mary Poe"),
    ],
)
def test_the_line_below_the_title_may_name_the_author(head: str, author: str | None) -> None:
    assert page(head=f"{DATE}<div class='meta'>{head}</div>").author == author


@pytest.mark.parametrize(
    "paper",
    [
        "Dân trí", "Tiền Phong", "Nhân Dân", "Sức Khỏe Đời Sống", "Đời sống & Pháp luật",
        "Tri Thức Trẻ", "Người Đưa Tin", "Gia Đình Xã Hội", "Kinh Tế Đô Thị", "Công Lý",
    ],
)  # fmt: skip
def test_theo_before_a_paper_names_no_author(paper: str) -> None:
    assert page(tail=f"<p class='author'>Theo {paper}</p>").author is None


def test_a_teaser_with_a_short_headline_keeps_its_author() -> None:
    teaser = "<h4><a href='/k'>Hội thi kéo co</a></h4><p class='byline'>Lò Mai</p>"
    turned = f"<p class='byline'>Lò Mai</p><h4>{OTHER}</h4>"
    assert page(tail=f"<article>{teaser}</article>" * 2).author is None
    assert page(tail=f"<article>{turned}</article>" * 2).author is None
    end = f"<div class='teaser'>{teaser}</div><p align='right'><b>Lê Tâm</b></p>"
    assert page(end=end).author == "Lê Tâm"


@pytest.mark.parametrize("post", ["Ban Thời sự", "Trưởng phòng Văn hóa xã", "Phó Chủ tịch UBND xã"])
def test_a_post_above_or_below_the_name_is_no_author(post: str) -> None:
    name, line = "<b>Lê Tâm</b>", f"<i>{post}</i>"
    assert page(end=f"<p align='right'>{name}<br>{line}</p>").author == "Lê Tâm"
    for lines in ((name, line), (line, name)):
        ends = "".join(f"<p align='right'>{each}</p>" for each in lines)
        assert page(end=ends).author == "Lê Tâm"
