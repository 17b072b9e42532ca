"""The two templates of the made-up portal: tables and numbers until 2022, then elements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape

from pipelines.text import fold
from scraper.demo.content import Story

HOST = "hamyen.tuyenquang.gov.vn"
SITE_NAME = "Cổng thông tin điện tử huyện Hàm Yên"
SECTIONS = ("Thời sự", "Kinh tế", "Văn hóa - Xã hội")


@dataclass(frozen=True, slots=True)
class Listed:
    """An article as lists and feeds name it."""

    title: str
    section: str
    published: datetime
    url: str


def slug_of(title: str) -> str:
    """Return a title as it stands in addresses."""
    return "-".join("".join(c if c.isalnum() else " " for c in fold(title)).split())


def old_page(one: Story, photo: str | None, file: str | None) -> str:
    """Return the page of an article before the portal was rebuilt."""
    return OLD_PAGE.format(
        site=SITE_NAME,
        section=one.sections[0],
        title=escape(one.title),
        date=f"{one.published:%d/%m/%Y %H:%M}",
        lede=escape(one.lede or ""),
        body=_paragraphs(one) + _photo(photo),
        files=_file(file),
        author=escape(one.author or ""),
    )


def new_page(one: Story, photo: str | None, file: str | None, url: str) -> str:
    """Return the page of an article after the portal was rebuilt."""
    return NEW_PAGE.format(
        site=SITE_NAME,
        url=url,
        section=one.sections[0],
        title=escape(one.title),
        iso=one.published.isoformat(),
        date=f"{one.published:%d/%m/%Y %H:%M}",
        lede=escape(one.lede or ""),
        body=_paragraphs(one) + _photo(photo),
        files=_file(file),
        author=escape(one.author or ""),
    )


def list_page(title: str, listed: Sequence[Listed], *, is_new: bool) -> str:
    """Return the home page, or the list of a section."""
    item, page = (NEW_ITEM, NEW_LIST) if is_new else (OLD_ITEM, OLD_LIST)
    items = "".join(
        item.format(url=one.url, title=escape(one.title), date=f"{one.published:%d/%m/%Y}")
        for one in listed
    )
    return page.format(site=SITE_NAME, title=title, items=items)


def feed(listed: Sequence[Listed]) -> str:
    """Return the feed of the portal."""
    items = "".join(
        f"<item><title>{escape(one.title)}</title><link>{one.url}</link>"
        f"<pubDate>{format_datetime(one.published)}</pubDate></item>"
        for one in listed
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>{SITE_NAME}</title><link>http://{HOST}/</link>{items}</channel></rss>"
    )


def missing_page() -> str:
    """Return the page that says, with status 200, that there is nothing at an address."""
    return NEW_LIST.format(
        site=SITE_NAME,
        title="Không tìm thấy trang",
        items="<li>Nội dung bạn yêu cầu không tồn tại hoặc đã bị xóa.</li>",
    )


def calendar_page(month: int) -> str:
    """Return a page of a calendar, which links to the next one without end."""
    items = f"<tr><td><a href='/lich-cong-tac/{2020 + month}-01-01'>Tháng sau</a></td></tr>"
    return OLD_LIST.format(site=SITE_NAME, title="Lịch công tác", items=items)


def _paragraphs(one: Story) -> str:
    return "".join(f"<p>{escape(text)}</p>" for text in one.body.split("\n\n"))


def _photo(url: str | None) -> str:
    if url is None:
        return ""
    return (
        f'<figure><img src="{url}" width="640" height="480"><figcaption>Quang cảnh buổi lễ.'
        "</figcaption></figure>"
    )


def _file(url: str | None) -> str:
    link = f'<a href="{url}">Toàn văn kế hoạch</a>'
    return f'<div class="attachments">Tệp đính kèm: {link}</div>' if url else ""


OLD_PAGE = """<html><head><meta charset="utf-8"><title>{title}</title></head><body>
<table width="980" align="center"><tr><td colspan="2"><a href="/">{site}</a> |
<a href="/ListView/12">Kinh tế</a> | <a href="/ListView/13">Văn hóa</a></td></tr>
<tr><td width="200"><div class="menu"><a href="/lich-cong-tac/2020-06-01">Lịch</a></div></td>
<td><div class="detail"><div class="category">{section}</div><h1 class="title">{title}</h1>
<div class="date">{date}</div><div class="sapo">{lede}</div>
<div class="content">{body}</div><div class="author">{author}</div>{files}</div></td></tr>
<tr><td colspan="2" class="footer">Bản quyền thuộc Ủy ban nhân dân huyện Hàm Yên. Điện thoại: 0207
3843 111</td></tr></table></body></html>"""

NEW_PAGE = """<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8">
<title>{title} - {site}</title>
<link rel="canonical" href="{url}"><meta property="og:type" content="article">
<meta property="og:title" content="{title}"><meta property="article:published_time" content="{iso}">
</head><body><header><a href="/">{site}</a><nav><a href="/kinh-te">Kinh tế</a>
<a href="/thoi-su">Thời sự</a></nav></header>
<main><article><p class="breadcrumb"><a href="/">Trang chủ</a> /
<a href="/kinh-te">{section}</a></p>
<h1 class="article-title">{title}</h1><time datetime="{iso}">{date}</time>
<p class="sapo">{lede}</p><div class="article-body">{body}</div>
<p class="author">{author}</p>{files}</article></main>
<footer><p>Cơ quan chủ quản: Ủy ban nhân dân huyện Hàm Yên. Ghi rõ nguồn khi phát lại thông tin.</p>
</footer></body></html>"""

OLD_ITEM = '<tr><td><a href="{url}">{title}</a> <span class="date">({date})</span></td></tr>'
OLD_LIST = """<html><head><meta charset="utf-8"><title>{site}</title></head><body>
<table width="980"><tr><td><a href="/">{site}</a></td></tr><tr><td><b>{title}</b></td></tr>{items}
</table></body></html>"""

NEW_ITEM = '<li><h3><a href="{url}">{title}</a></h3><time>{date}</time></li>'
NEW_LIST = """<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8">
<title>{title} - {site}</title>
</head><body><header><a href="/">{site}</a></header><main><h1>{title}</h1>
<ul class="news-list">{items}</ul></main></body></html>"""
