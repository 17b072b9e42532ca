"""Articles as TEI P5: well formed, in the order that the guidelines demand."""

from __future__ import annotations

from lxml import etree

from pipelines.article import Article, Attachment, Kind, Photo
from pipelines.blocks import (
    AttachmentPlace,
    Heading,
    ItemList,
    Paragraph,
    PhotoPlace,
    Quotation,
    Separator,
    Table,
)
from scraper.transfer.tei import NAMESPACE, tei_of

ARTICLE = Article(
    url="https://huyen.example/tin/1.html",
    title="Huyện <họp> & bàn",
    lede="Sáng 21/11.",
    author="Tuấn Tú",
    published_at="2023-11-21T14:25:00+07:00",
    published_raw="21/11/2023 14:25",
    modified_at="2023-11-22",
    section="Đoàn thể",
    tags=["Đoàn", "hè"],
    photos=[Photo("https://huyen.example/a b.jpg", "Ra quân", "TT", "Lá cờ"), Photo(None, "Chợ")],
    attachments=[Attachment("https://huyen.example/1.pdf", "Kế hoạch"), Attachment("file:///x")],
    language="vi",
)
ARTICLE.set_blocks(
    [
        PhotoPlace(0),
        Paragraph("Một\nhai."),
        Heading(2, "Phần một"),
        Paragraph("Ba."),
        Heading(3, "Mục a"),
        ItemList(True, ("Bốn", "Năm\n\nNăm nữa")),
        Heading(2, "Phần hai"),
        Table(("Loại", "Giá"), (("Gạo", "20"),)),
        Quotation("Sáu."),
        Separator(),
        PhotoPlace(1),
        AttachmentPlace(0),
        AttachmentPlace(1),
    ]
)

ALLOWED = {
    "TEI": {"teiHeader", "text"},
    "teiHeader": {"fileDesc", "profileDesc"},
    "fileDesc": {"titleStmt", "publicationStmt", "sourceDesc"},
    "titleStmt": {"title", "author"},
    "publicationStmt": {"p"},
    "sourceDesc": {"bibl"},
    "bibl": {"title", "author", "publisher", "date", "ref"},
    "profileDesc": {"langUsage", "textClass"},
    "langUsage": {"language"},
    "textClass": {"keywords"},
    "keywords": {"term"},
    "text": {"front", "body"},
    "front": {"div"},
    "body": {"p", "div", "list", "table", "quote", "figure", "milestone"},
    "div": {"head", "p", "div", "list", "table", "quote", "figure", "milestone"},
    "list": {"item"},
    "item": {"p", "lb"},
    "table": {"row"},
    "row": {"cell"},
    "quote": {"p"},
    "figure": {"graphic", "head", "figDesc"},
    "p": {"lb", "ref"},
}
"""What the guidelines allow in each element, of what the writer uses."""


def parsed(article: Article) -> etree._Element:
    return etree.fromstring(tei_of(article.as_json() | {"source": "huyen"}))


def name(element: etree._Element) -> str:
    return etree.QName(element).localname


def texts(root: etree._Element, tag: str) -> list[str]:
    return ["".join(each.itertext()) for each in root.iter(f"{{{NAMESPACE}}}{tag}")]


def test_elements_are_where_they_may_be() -> None:
    root = parsed(ARTICLE)
    for element in root.iter():
        inner = [name(child) for child in element]
        assert set(inner) <= ALLOWED.get(name(element), set()), name(element)
        if name(element) in ("div", "body"):  # no text below the first division in it
            first = inner.index("div") if "div" in inner else len(inner)
            assert set(inner[first:]) <= {"div"}
            assert "head" not in inner[1:]


def test_the_header_says_what_is_known() -> None:
    header = parsed(ARTICLE)[0]
    assert texts(header, "title") == ["Huyện <họp> & bàn"] * 2
    assert texts(header, "author") == ["Tuấn Tú"] * 2
    assert texts(header, "publisher") == ["huyen"]
    dates = [dict(each.attrib) for each in header.iter(f"{{{NAMESPACE}}}date")]
    assert dates == [
        {"type": "published", "when": "2023-11-21T14:25:00+07:00"},
        {"type": "modified", "when": "2023-11-22"},
    ]
    assert texts(header, "date")[0] == "21/11/2023 14:25"
    assert texts(header, "term") == ["Đoàn thể", "Đoàn", "hè"]


def test_headings_divide_the_text() -> None:
    root = parsed(ARTICLE)
    [body] = root.iter(f"{{{NAMESPACE}}}body")
    assert [name(child) for child in body] == ["figure", "p", "div", "div"]
    assert [name(child) for child in body[2]] == ["head", "p", "div"]
    assert [name(child) for child in body[2][2]] == ["head", "list"]
    assert texts(root, "head")[1:4] == ["Phần một", "Mục a", "Phần hai"]


def test_blocks_keep_what_they_hold() -> None:
    root = parsed(ARTICLE)
    [first] = [each for each in root.iter(f"{{{NAMESPACE}}}p") if "lb" in map(name, each)]
    assert (first.text, name(first[0]), first[0].tail) == ("Một", "lb", "hai.")
    assert texts(root, "cell") == ["Loại", "Giá", "Gạo", "20"]
    rows = [each.get("role") for each in root.iter(f"{{{NAMESPACE}}}row")]
    assert rows == ["label", "data"]
    graphics = [each.get("url") for each in root.iter(f"{{{NAMESPACE}}}graphic")]
    assert graphics == ["https://huyen.example/a%20b.jpg"]
    assert texts(root, "figDesc") == ["Lá cờ"]
    refs = [each.get("target") for each in root.iter(f"{{{NAMESPACE}}}ref")]
    assert refs == ["https://huyen.example/tin/1.html", "https://huyen.example/1.pdf"]


def test_an_article_without_text_has_a_body() -> None:
    root = parsed(Article(kind=Kind.NOTICE, title="Thông báo"))
    [text] = root.iter(f"{{{NAMESPACE}}}text")
    assert text.get("type") == "notice"
    assert [name(child) for child in text[0]] == ["p"]


def test_characters_that_xml_cannot_hold_are_left_out() -> None:
    root = parsed(Article(title="Tin\x01\ufffe\ud800", paragraphs=["a\x0bb"], author="\x00"))
    assert texts(root, "title")[0] == "Tin"
    assert texts(root, "p")[-1] == "ab"
