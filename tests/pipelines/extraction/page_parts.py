"""The parts that pages of portals are made of, each in the ways that portals have."""

from __future__ import annotations

import re
from collections.abc import Mapping

SITE = "Cổng thông tin điện tử xã Tà Lèng"
TITLE = "Xã vùng cao mở chợ phiên cuối tuần để bán nông sản cho du khách"
LEDE = (
    "Từ đầu tháng 6, chợ phiên Tà Lèng họp vào sáng thứ bảy hằng tuần, giúp bà con bán được rau, "
    "mật ong và thổ cẩm cho khách từ thành phố lên."
)
OPENING = (
    "Chưa đến 6 giờ, con dốc dẫn vào chợ đã kín người gùi hàng. Theo Ủy ban nhân dân xã, phiên đầu "
    "tiên có hơn 120 hộ đăng ký gian hàng.",
    "Bà Giàng Thị Sua, 52 tuổi, ở bản Háng Gàng, mang xuống chợ 15 lít mật ong rừng. “Ngồi đến "
    "trưa là bán hết, khách còn xin số điện thoại để đặt thêm”, bà kể.",
)
SUBHEADING = "Chợ họp đều, giá niêm yết"
MIDDLE = (
    "Theo ông Lầu A Chu, Chủ tịch Ủy ban nhân dân xã, chợ được dựng trên nền sân vận động cũ, "
    "trong đó người dân góp gần 1.000 ngày công."
)
ENDING = (
    "Xã bố trí hai tổ tự quản giữ trật tự, thu gom rác và hướng dẫn khách gửi xe; mỗi hộ chỉ nộp "
    "5.000 đồng tiền vệ sinh cho một phiên chợ.",
    "Trong quý tới, xã sẽ mở thêm khu ẩm thực và đưa đội khèn của trường nội trú xuống biểu diễn "
    "để giữ chân du khách lâu hơn.",
)
CAPTIONS = (
    "Khách du lịch chọn mua thổ cẩm tại phiên chợ đầu tiên. Ảnh: Mùa A Páo",
    "Các gian hàng rau được dựng bằng tre và bạt.",
)
OTHERS = (
    "Điện Biên trồng thêm hai nghìn hecta mắc ca trong năm nay",
    "Thanh niên bản cao học nghề sửa xe máy miễn phí tại huyện",
)
PUBLISHED = "2025-06-10T08:15:00+07:00"
ADDRESSES = {
    "section": "https://taleng.dienbien.example/xa-hoi/cho-phien-12345",
    "flat": "https://taleng.dienbien.example/xa-vung-cao-mo-cho-phien-cuoi-tuan/",
    "query": "https://taleng.dienbien.example/Default.aspx?id_NewsPortlet=12345&mnid=27",
}


def in_two_lines(text: str) -> tuple[str, str]:
    """The text in two lines."""
    end = text.index(" ", len(text) // 2)
    return text[:end], text[end + 1 :]


_FIRST, _SECOND = in_two_lines(TITLE)
_ITEMS = (f'<li><a href="/{n}">{text}</a> (0{n}/06/2025)</li>' for n, text in enumerate(OTHERS))
_LIST = f"<ul>{''.join(_ITEMS)}</ul>"

HEADS = {
    "title claimed": f'<title>{TITLE} - {SITE}</title><meta property="og:title" content="{TITLE}">',
    "site claimed": f'<title>{SITE}</title><meta property="og:title" content="{SITE}">',
    "site first": f"<title>{SITE} - {TITLE}</title>",
    "start page": "<title>Trang chủ - Sở Nông nghiệp và Môi trường</title>",
    "place and province": "<title>Cổng Thông Tin Điện Tử huyện Mường Ảng - tỉnh Điện Biên</title>",
    "site of the district": "<title>Trang thông tin điện tử Huyện Mường Ảng</title>",
    "fixed text": "<title>Chi tiết tin</title>",
    "empty": "<title></title>",
    "two": f"<title>{SITE}</title><title>{OTHERS[0]}</title>",
}
TITLES = {
    "h1": f'<h1 class="title">{TITLE}</h1>',
    "h1 links to itself": f'<h1><a href="{{address}}">{TITLE}</a></h1>',
    "h2": f'<h2 class="detail-title">{TITLE}</h2>',
    "h3 without a name": f"<h3>{TITLE}</h3>",
    "div": f'<div class="tieude">{TITLE}</div>',
    "span": f'<span id="ctl00_lblTitle" class="news-title">{TITLE}</span><br>',
    "paragraph": f'<p class="ArticleTitle"><strong>{TITLE}</strong></p>',
    "font": f'<font size="4"><b>{TITLE}</b></font><br>',
    "p.Title": f'<p class="Title">{TITLE}</p>',
    "bold centred": f'<p align="center"><b>{TITLE}</b></p>',
    "bold in the middle": f'<p style="text-align: center"><strong>{TITLE}</strong></p>',
    "cell": f'<table><tr><td class="TitleNews">{TITLE}</td></tr></table>',
    "bold cell": f'<table width="100%"><tr><td><b>{TITLE}</b></td></tr></table>',
    "h2 with empty brackets": f"<h2>{TITLE} ( )</h2>",
    "h2 among h1": f"<h2>{TITLE}</h2>",
    "h1 in two lines": f"<h1>{_FIRST}<br>{_SECOND}</h1>",
    "paragraph in two lines": f'<p class="tieude"><b>{_FIRST}<br>{_SECOND}</b></p>',
    "hidden h1": f'<h1 style="display:none">{SITE}</h1><div class="news-title">{TITLE}</div>',
}
DATES = {
    "with zone": ('<div class="date">{}</div>', "Thứ ba, 10/06/2025 08:15 (GMT+7)"),
    "updated": ('<p class="info">{}</p>', "Cập nhật lúc: 08:15 10/06/2025"),
    "half day": ("<div>{}</div>", "Ngày đăng: 10-06-2025 8:15 SA"),
    "words": ('<div class="ngay">{}</div>', "08 giờ 15 phút, ngày 10 tháng 6 năm 2025"),
    "among tools": (
        '<div class="meta">{} | Lượt xem: 1.024 | Cỡ chữ: A- A A+</div>',
        "10/06/2025 08:15",
    ),
    "beside admin": ('<p class="post-meta">Đăng bởi: admin - {}</p>', "10/06/2025 08:15"),
    "dots": ('<div class="Time">{}</div>', "(10.06.2025 08:15)"),
    "dots without a name": ("<p>{}</p>", "(10.06.2025 08:15)"),
    "blanks": ('<div class="date">{}</div>', "thứ ba, 10 06 2025 08:15"),
    "blanks without a name": ("<div>{}</div>", "Thứ ba, 10 06 2025 08:15"),
    "cell": ('<table><tr><td align="right">{}</td></tr></table>', "10/06/2025 08:15"),
    "dash": ('<p class="info-detail">{}</p>', "Ngày đăng: 10/06/2025 - 08:15"),
}
"""The box of the date, and the date: another part may print it in a box of its own."""
_HOME, _SECTION = '<a href="/">Trang chủ</a>', '<a href="/xa-hoi">Xã hội</a>'
_ARROW = '<img src="/arrow.gif">'
_CRUMBS = ", ".join(
    f'{{{{"@type": "ListItem", "position": {position}, "name": "{name}", "item": "{item}"}}}}'
    for position, name, item in ((1, "Trang chủ", "/"), (2, "Xã hội", "/xa-hoi"))
)
SECTIONS = {
    "signs": f'<div class="crumb">{_HOME} » {_SECTION}</div>{{box}}',
    "without signs": f'<div class="crumb">{_HOME} {_SECTION}</div>{{box}}',
    "arrows": f'<div class="crumb">{_HOME} {_ARROW} {_SECTION}</div>{{box}}',
    "arrows without a name": f"<div>{_HOME} {_ARROW} {_SECTION}</div>{{box}}",
    "arrow at the end": f'<div class="duongdan">{_HOME} {_ARROW} {_SECTION} {_ARROW}</div>{{box}}',
    "list": f'<ol class="breadcrumb"><li>{_HOME}</li><li>{_SECTION}</li></ol>{{box}}',
    "cell beside the date": (
        '{box}<table width="100%"><tr class="ms-news-header"><td class="FolderTitle">Xã hội</td>'
        '<td class="Time" align="right">{date}</td></tr></table>'
    ),
    "cell beside the date, without a name": (
        '{box}<table width="100%"><tr><td><b>Xã hội</b></td><td align="right">{date}</td></tr>'
        "</table>"
    ),
    "ends with the title": (
        f'<ul class="breadcrumb"><li>{_HOME}</li><li>{_SECTION}</li><li>{TITLE}</li></ul>{{box}}'
    ),
    "deep": f'<div class="path">{_HOME} / <a href="/tin">Tin tức</a> / {_SECTION}</div>{{box}}',
    "link above the title": f"{{box}}<div>{_SECTION}</div>",
    "heading above the title": f'{{box}}<div class="title-box"><h3>{_SECTION}</h3></div>',
    "JSON-LD": (
        '<script type="application/ld+json">{{"@context": "https://schema.org", "@type": '
        f'"BreadcrumbList", "itemListElement": [{_CRUMBS}]}}}}</script>{{box}}'
    ),
}
"""The name of the section: ``{box}`` is where the box of the article begins, ``{date}`` where the
date stands if not below the title."""
LEDES = {
    "h2": f'<h2 class="sapo">{LEDE}</h2>',
    "bold": f'<div class="tomtat"><strong>{LEDE}</strong></div>',
    "italic": f'<p class="intro"><em>{LEDE}</em></p>',
    "prefixed": f'<p class="lead">(TLTV) - {LEDE}</p>',
    "without a name": f"<p><strong>{LEDE}</strong></p>",
    "bold cell": f'<table><tr><td style="text-align: justify"><b>{LEDE}</b></td></tr></table>',
    "named bold": f'<div><b class="lv_description_mode1">{LEDE}</b></div>',
    "bold div": f"<div><b>{LEDE}</b></div>",
    "description": f'<div class="description">{LEDE}</div>',
}
PARAGRAPHS = {
    "p": '<p style="text-align:justify">{}</p>',
    "div": "<div>{}</div>",
    "br": "{}<br>&nbsp;<br>",
    "Word": '<p class="MsoNormal"><span lang="VI">{}<o:p></o:p></span></p><p>&nbsp;</p>',
    "spans": '<div><span style="color:#000"><span>{}</span></span></div>',
}
PHOTOS = {
    "figure": "<figure>{image}<figcaption>{caption}</figcaption></figure>",
    "italic below": "<p align=center>{image}</p><p align=center><em>{caption}</em></p>",
    "plain below": "<p align=center>{image}</p><p align=center>{caption}</p>",
    "bold below": "<p align=center>{image}</p><p align=center><strong>{caption}</strong></p>",
    "same paragraph": "<p align=center>{image}<br><em>{caption}</em></p>",
    "table": "<table><tr><td>{image}</td></tr><tr><td>{caption}</td></tr></table>",
    "plain below, not centred": "<p>{image}</p><p>{bare}</p>",
    "bold over two lines": (
        "<p align=center>{image}</p><p align=center><b>{first}<br>{second}</b></p>"
    ),
    "italic over two lines": (
        "<p align=center>{image}</p><p align=center><i>{first}<br>{second}</i></p>"
    ),
    "small below": "<div>{image}</div><div><small>{caption}</small></div>",
    "table below": "<p align=center>{image}</p><table><tr><td>{caption}</td></tr></table>",
    "box": '<div class="image">{image}<div class="caption">{caption}</div></div>',
}
"""A photo with its caption; ``{bare}`` is the caption without a full stop.

A plain paragraph that is not centred and ends with a full stop can as well be body: no way has it.
"""
SUBHEADINGS = {
    "strong": f"<p><strong>{SUBHEADING}</strong></p>",
    "h3": f"<h3>{SUBHEADING}</h3>",
}
INSERTED = {
    "nothing": "",
    "pointer": f'<p><strong>Xem thêm:</strong> <a href="/1">{OTHERS[0]}</a></p>',
    "related box": f'<div class="related-news"><h4>Tin liên quan</h4>{_LIST}</div>',
    "arrow": f'<p>&gt;&gt; <a href="/2">{OTHERS[1]}</a></p>',
    "details": '<p>Xem chi tiết <a href="/kh.pdf">tại đây</a></p>',
    "player": '<div class="audio"><p>Nghe bài viết</p><audio src="/a.mp3"></audio></div>',
}
SIGNATURES = {
    "right": ('<p style="text-align:right"><strong>Mùa A Páo</strong></p>', "Mùa A Páo"),
    "labelled": ('<p align="right"><em>Tin, ảnh: Mùa A Páo</em></p>', "Mùa A Páo"),
    "box": ('<div class="tacgia">Tác giả: Mùa A Páo</div>', "Mùa A Páo"),
    "end mark": ('<p align="right">Mùa A Páo./.</p>', "Mùa A Páo"),
    "office": ('<p align="right"><b>Mùa A Páo - Văn phòng UBND xã</b></p>', "Mùa A Páo"),
    "two": ('<p align="right"><b>Mùa A Páo - Hờ Thị Dế</b></p>', "Mùa A Páo, Hờ Thị Dế"),
    "board": ('<p align="right"><b>Ban biên tập</b></p>', None),
    "source": ("<p>Nguồn: Báo Điện Biên Phủ</p>", None),
}
FEET = {
    "same section": f"<div><h3>Tin cùng chuyên mục</h3>{_LIST}</div>",
    "links": f"<hr><p><b>Các tin liên quan:</b></p>{_LIST}<p><a href=#>Về đầu trang</a></p>",
    "capitals": f'<div class="other"><div>CÁC TIN KHÁC</div>{_LIST}</div>',
    "buttons": f"<div>Chia sẻ: <a href=#>Facebook</a> <a href=#>In bài viết</a></div>{_LIST}",
    "file": f'<p><b>Tệp đính kèm:</b> <a href="/kh.pdf">KH.pdf</a></p><b>Tin khác</b>{_LIST}',
    "details": f'<p>Xem chi tiết <a href="/kh.pdf">Tại đây</a></p><p><b>Tin khác</b></p>{_LIST}',
    "table": f"<table><tr><td><b>Tin đã đưa</b></td></tr><tr><td>{_LIST}</td></tr></table>",
}
WRAPPINGS = {
    "none": "{}",
    "named": '<div id="divContent" class="noidung">{}</div>',
    "cell": '<table width="100%"><tr><td class="content">{}</td></tr></table>',
    "span": '<span class="content">{}</span>',
}
CLOCKS = {
    "named": '<div class="today">Hôm nay, Thứ hai ngày 23/11/2026</div>',
    "none": "",
    "without a name": "<div>Thứ hai, 23/11/2026</div>",
    "label": '<span id="ctl00_lblDate">Thứ hai, 23/11/2026</span>',
    "with the time": "<div>Thứ hai, ngày 23/11/2026 14:05</div>",
    "named, with the time": '<div id="clock">Thứ hai, 23/11/2026 | 14:05:10</div>',
    "cell": "<table><tr><td>Thứ hai, 23 tháng 11 năm 2026</td><td>14:05</td></tr></table>",
}
"""The clock in the head of a page: the day of the visit."""


def _broken(text: str) -> str:
    """The text with a space of no width in every longer word."""
    return re.sub(r"\b(\w{2})(\w{2,})", "\\1\u200b\\2", text)


_ADDRESS = "Địa chỉ: Bản Tà Lèng. Điện thoại: 0215 123 456"
_PUBLISHER = "Chịu trách nhiệm chính: Ông Lầu A Chu, Chủ tịch Ủy ban nhân dân xã"
_LICENCE = "Giấy phép số 12/GP-TTĐT ngày 05/03/2024 của Sở Thông tin và Truyền thông"
IMPRINTS = {
    "inline": f"<center>{SITE} - {_PUBLISHER} - {_LICENCE}<br>{_ADDRESS}</center>",
    "footer": f'<div id="footer"><p>{SITE}</p><p>{_ADDRESS}</p><p>{_PUBLISHER}</p></div>',
    "without a name": f"<div><p>{SITE}</p><p>{_ADDRESS}</p><p>{_PUBLISHER}</p></div>",
    "cell": (
        f'<table width="100%"><tr><td align="center"><b>{SITE}</b><br>{_PUBLISHER}<br>{_LICENCE}'
        f"<br>{_ADDRESS}</td></tr></table>"
    ),
    "broken words": (
        f"<div><p>{SITE}</p><p>{_broken(_PUBLISHER)}</p>"
        f"<p>{_broken(_LICENCE)}</p><p>{_ADDRESS}</p></div>"
    ),
}
"""Who publishes the site; portals break words with spaces of no width."""

WAYS: dict[str, Mapping[str, object]] = {
    "head": HEADS, "title": TITLES, "date": DATES, "lede": LEDES, "paragraph": PARAGRAPHS,
    "photo": PHOTOS, "subheading": SUBHEADINGS, "inserted": INSERTED, "signature": SIGNATURES,
    "foot": FEET, "wrapping": WRAPPINGS, "section": SECTIONS, "clock": CLOCKS,
    "imprint": IMPRINTS, "address": ADDRESSES,
}  # fmt: skip
"""What a page is mixed from: for each part its ways by name."""
