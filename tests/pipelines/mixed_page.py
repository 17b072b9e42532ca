"""Pages mixed from the parts that portals are made of: every way with every other one."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

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
ADDRESS = "https://taleng.dienbien.example/xa-hoi/cho-phien-12345"

_ITEMS = (f'<li><a href="/{n}">{text}</a> (0{n}/06/2025)</li>' for n, text in enumerate(OTHERS))
_LIST = f"<ul>{''.join(_ITEMS)}</ul>"

HEADS = {
    "title claimed": f'<title>{TITLE} - {SITE}</title><meta property="og:title" content="{TITLE}">',
    "site claimed": f'<title>{SITE}</title><meta property="og:title" content="{SITE}">',
    "site first": f"<title>{SITE} - {TITLE}</title>",
}
TITLES = {
    "h1": f'<h1 class="title">{TITLE}</h1>',
    "h1 links to itself": f'<h1><a href="/xa-hoi/cho-phien-12345">{TITLE}</a></h1>',
    "h2": f'<h2 class="detail-title">{TITLE}</h2>',
    "h3 without a name": f"<h3>{TITLE}</h3>",
    "div": f'<div class="tieude">{TITLE}</div>',
    "span": f'<span id="ctl00_lblTitle" class="news-title">{TITLE}</span><br>',
    "paragraph": f'<p class="ArticleTitle"><strong>{TITLE}</strong></p>',
    "font": f'<font size="4"><b>{TITLE}</b></font><br>',
    "hidden h1": f'<h1 style="display:none">{SITE}</h1><div class="news-title">{TITLE}</div>',
}
DATES = {
    "with zone": '<div class="date">Thứ ba, 10/06/2025 08:15 (GMT+7)</div>',
    "updated": '<p class="info">Cập nhật lúc: 08:15 10/06/2025</p>',
    "half day": "<div>Ngày đăng: 10-06-2025 8:15 SA</div>",
    "words": '<div class="ngay">08 giờ 15 phút, ngày 10 tháng 6 năm 2025</div>',
    "among tools": '<div class="meta">10/06/2025 08:15 | Lượt xem: 1.024 | Cỡ chữ: A- A A+</div>',
    "beside admin": '<p class="post-meta">Đăng bởi: admin - 10/06/2025 08:15</p>',
}
LEDES = {
    "h2": f'<h2 class="sapo">{LEDE}</h2>',
    "bold": f'<div class="tomtat"><strong>{LEDE}</strong></div>',
    "italic": f'<p class="intro"><em>{LEDE}</em></p>',
    "prefixed": f'<p class="lead">(TLTV) - {LEDE}</p>',
    "without a name": f"<p><strong>{LEDE}</strong></p>",
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
    "box": '<div class="image">{image}<div class="caption">{caption}</div></div>',
}
SUBHEADINGS = {
    "strong": f"<p><strong>{SUBHEADING}</strong></p>",
    "h3": f"<h3>{SUBHEADING}</h3>",
}
INSERTED = {
    "nothing": "",
    "pointer": f'<p><strong>Xem thêm:</strong> <a href="/1">{OTHERS[0]}</a></p>',
    "related box": f'<div class="related-news"><h4>Tin liên quan</h4>{_LIST}</div>',
    "arrow": f'<p>&gt;&gt; <a href="/2">{OTHERS[1]}</a></p>',
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
    "capitals": f'<div class="other"><div>CÁC TIN KHÁC</div>{_LIST}</div>',
    "buttons": f"<div>Chia sẻ: <a href=#>Facebook</a> <a href=#>In bài viết</a></div>{_LIST}",
    "file": f'<p><b>Tệp đính kèm:</b> <a href="/kh.pdf">KH.pdf</a></p><b>Tin khác</b>{_LIST}',
    "table": f"<table><tr><td><b>Tin đã đưa</b></td></tr><tr><td>{_LIST}</td></tr></table>",
}
WRAPPINGS = {
    "none": "{}",
    "named": '<div id="divContent" class="noidung">{}</div>',
    "cell": '<table width="100%"><tr><td class="content">{}</td></tr></table>',
    "span": '<span class="content">{}</span>',
}
WAYS: dict[str, Mapping[str, object]] = {
    "head": HEADS, "title": TITLES, "date": DATES, "lede": LEDES, "paragraph": PARAGRAPHS,
    "photo": PHOTOS, "subheading": SUBHEADINGS, "inserted": INSERTED, "signature": SIGNATURES,
    "foot": FEET, "wrapping": WRAPPINGS,
}  # fmt: skip
"""What a page is mixed from: for each part its ways by name."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """A page as its parts: the way that each takes, by the names in ``WAYS``."""

    ways: dict[str, str]

    def __str__(self) -> str:
        return ", ".join(f"{part}: {way}" for part, way in self.ways.items())

    @property
    def author(self) -> str | None:
        return SIGNATURES[self.ways["signature"]][1]

    @property
    def html(self) -> str:
        """The page, among what stands on every page of its site."""
        signature = SIGNATURES[self.ways["signature"]][0]
        body = WRAPPINGS[self.ways["wrapping"]].format(self._body() + signature)
        top = TITLES[self.ways["title"]] + DATES[self.ways["date"]] + LEDES[self.ways["lede"]]
        return (
            f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8">{HEADS[self.ways["head"]]}'
            f'</head><body><div id="banner"><a href="/"><img src="/b.png" alt="{SITE}"></a></div>'
            '<div class="menu"><ul><li><a href="/">Trang chủ</a></li><li><a href="/tin">Tin tức</a>'
            '</li></ul></div><div class="today">Hôm nay, Thứ hai ngày 23/11/2026</div>'
            '<div class="crumb"><a href="/">Trang chủ</a> » <a href="/xa-hoi">Xã hội</a></div>'
            f'<div class="detail">{top}{body}{FEET[self.ways["foot"]]}</div>'
            '<div class="right"><h3>Thông báo</h3><ul><li><a href="/tb/1">Lịch tiếp công dân của '
            "Chủ tịch Ủy ban nhân dân xã tháng 6</a></li></ul><div>Lượt truy cập: 123.456</div>"
            f'</div><div id="footer"><p>{SITE}</p><p>Địa chỉ: Bản Tà Lèng. Điện thoại: 0215 123 456'
            "</p><p>Chịu trách nhiệm chính: Ông Lầu A Chu, Chủ tịch Ủy ban nhân dân xã</p></div>"
            "</body></html>"
        )

    def _body(self) -> str:
        def text(paragraph: str) -> str:
            return PARAGRAPHS[self.ways["paragraph"]].format(paragraph)

        def photo(number: int) -> str:
            image = f'<img src="/uploads/2025/06/cho-phien-ta-leng-{number}.jpg" width="640">'
            return PHOTOS[self.ways["photo"]].format(image=image, caption=CAPTIONS[number])

        parts = (
            text(OPENING[0]), photo(0), text(OPENING[1]), SUBHEADINGS[self.ways["subheading"]],
            text(MIDDLE), INSERTED[self.ways["inserted"]], text(ENDING[0]), photo(1),
            text(ENDING[1]),
        )  # fmt: skip
        return f"<div>{''.join(parts)}</div>"


def mixtures(count: int) -> Iterator[Mixture]:
    """So many pages, the same ones each time; each way occurs in a fair share of them."""
    chance = random.Random(20250701)
    for _ in range(count):
        yield Mixture({part: chance.choice(list(ways)) for part, ways in WAYS.items()})
