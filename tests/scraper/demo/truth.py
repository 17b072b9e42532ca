"""The articles that a crawl of the demo must store, from the same data as the pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count
from urllib.parse import urljoin

from pipelines.article import Article, Attachment, Kind, Photo
from pipelines.blocks import (
    AttachmentPlace,
    Block,
    Heading,
    ItemList,
    Paragraph,
    PhotoPlace,
    Quotation,
    Separator,
    Table,
)
from scraper.demo.content import Story, slugify
from scraper.demo.files import written
from scraper.demo.platform import Platform
from scraper.demo.portal import SITES


@dataclass(frozen=True, slots=True)
class DemoArticle:
    """A public article: its site, its URLs there, and its fields as they must be stored.

    ``paths`` are path and query, the canonical one first. ``article.url`` is the first path on the
    canonical base of the site. The ``url`` of a photo or an attachment is its path only, because
    the URL in the page has the port of the server. ``same_text_as`` is the canonical URL of the
    same text on another site. Provenance and ``published_raw`` are empty.
    """

    source: str
    paths: tuple[str, ...]
    article: Article
    same_text_as: str | None = None


@dataclass(frozen=True, slots=True)
class DemoFile:
    """An attachment of an article: its path on the site, and what must be read in it.

    ``article`` is the URL of its article. ``name`` is that of the file. ``pages`` is the number of
    its pages or sheets. ``sentence`` stands in no other file and in no article.
    """

    source: str
    article: str
    path: str
    name: str
    printed_name: str
    media_type: str
    pages: int
    sentence: str

    @property
    def is_scan(self) -> bool:
        """Whether its text can be read by recognising letters in photos only."""
        return self.name.endswith(written.SCAN)


SENTENCES = {
    "bieu-gia-nuoc-nong-thon.xlsx": "Hộ nghèo dùng dưới 4 m3 được miễn toàn bộ trong ba năm",
    "danh-sach-ho-tro-giong-ngo.xlsx": "Hộ nhận giống trả lại một phần mười bằng hạt khô sau vụ",
    "ke-hoach-ngay-hoi-doc-sach.docx": (
        "Phụ huynh đọc cho con nghe mười lăm phút dưới tán cây đa sân trường Tiểu học Đại Khê."
    ),
    "ket-qua-tuyen-dung-giao-vien.pdf": (
        "Thí sinh biết tiếng dân tộc tại nơi đăng ký dạy được cộng năm điểm"
    ),
    "lich-ngung-cap-nuoc-2025.pdf": (
        "Hộ nào phải dùng nước xả cặn quá nửa khối sẽ được trừ tiền vào hóa đơn tháng Bảy"
    ),
    "lich-tiem-phong-dan-trau-bo.docx": (
        "Trâu chửa từ tháng thứ tám trở đi không tiêm đợt này mà ghi tên vào sổ bìa đỏ"
    ),
    "quyet-dinh-dat-ten-duong.scan.pdf": (
        "Biển tên đường làm bằng tôn tráng men màu xanh lam, chữ trắng cao mười hai phân"
    ),
    "the-le-hoi-thi-giay-ban.pdf": "Tờ giấy dự thi được soi trước ngọn đèn dầu",
    "thong-bao-hop-thon-lam-duong.pdf": (
        "Nhà nào vắng mặt coi như đồng ý với ý kiến của số đông đã giơ tay hai lần."
    ),
}
"""A sentence of each document."""


def articles(night: int, last_night: date | None = None) -> list[DemoArticle]:
    """Return the articles of all sites on a night (1, 2 or 3), site by site, newest first.

    The dates are those that are written, or moved to the weeks before ``last_night``.
    """
    platforms = {slug: site.on(night, last_night) for slug, site in SITES.items()}
    district = platforms["huyen"]
    addresses = {story.id: _address(district, story) for story in district.stories}
    return [
        DemoArticle(
            source=story.source,
            paths=tuple(platform.article_path(story, slugify(name)) for name in story.sections),
            article=_article(platform, story),
            same_text_as=addresses.get(story.same_text_as) if story.same_text_as else None,
        )
        for platform in platforms.values()
        for story in platform.stories
    ]


def documents(night: int, last_night: date | None = None) -> list[DemoFile]:
    """Return the attachments of all sites on a night (1, 2 or 3), with dates as `articles`."""
    platforms = [site.on(night, last_night) for site in SITES.values()]
    return [
        DemoFile(
            source=story.source,
            article=_address(platform, story),
            path=platform.file_path(story, file),
            name=file.file,
            printed_name=platform.printed_name(story, file),
            media_type=platform.media_type(file),
            pages=_page_count(file.file),
            sentence=SENTENCES[file.file],
        )
        for platform in platforms
        for story in platform.stories
        for file in story.attachments
    ]


def _page_count(name: str) -> int:
    """Return the pages or sheets of a document; one of the other formats has one."""
    text = written.written_text(name)
    return 1 if name.endswith(".docx") else f"\n{text}".count("\n@") + (not text.startswith("@"))


def _address(platform: Platform, story: Story) -> str:
    return urljoin(SITES[story.source].canonical_url, platform.path(story))


def _article(platform: Platform, story: Story) -> Article:
    article = Article(
        url=_address(platform, story),
        kind=Kind.NOTICE if story.is_notice else Kind.ARTICLE,
        title=story.title,
        lede=story.lede,
        author=story.author,
        published_at=story.published.isoformat(),
        modified_at=story.modified.isoformat() if story.modified else None,
        section=story.sections[0],
        tags=list(story.tags),
        photos=[
            Photo(platform.photo_path(story, photo), photo.caption, photo.credit)
            for photo in story.photos
        ],
        attachments=[
            Attachment(platform.file_path(story, file), platform.printed_name(story, file))
            for file in story.attachments
        ],
        language="vi" if platform.declares_language or not story.is_notice else None,
    )
    article.set_blocks(_blocks(platform, story))
    return article


def _blocks(platform: Platform, story: Story) -> Iterator[Block]:
    """Yield the blocks of a story. A photo that is shown above the text, too, is yielded twice."""
    photos, files = count(), count()
    if story.lead_photo_twice:
        yield PhotoPlace(0)
    for block in story.blocks:
        match block.kind:
            case "photo":
                yield PhotoPlace(next(photos))
            case "file":
                yield AttachmentPlace(next(files))
            case "heading":
                yield Heading(platform.heading_level, block.text)
            case "list" | "numbers":
                items = tuple(item for (item,) in block.rows)
                yield ItemList(block.kind == "numbers", items)
            case "table":
                yield Table(block.header, block.rows)
            case "quotation":
                yield Quotation(block.text)
            case "separator":
                yield Separator()
            case _:
                yield Paragraph(block.text)
