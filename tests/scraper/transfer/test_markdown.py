"""Articles as Markdown: read back by a parser, whatever a site wrote into them."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from pipelines.article import Article, Attachment, Photo
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
from scraper.transfer.markdown import markdown_of

MarkdownIt = pytest.importorskip("markdown_it").MarkdownIt

HOSTILE = [
    "# Không phải tiêu đề",
    "## Hai",
    "1. Mục",
    "12) Mục",
    "- gạch",
    "+ cộng",
    "* sao",
    "> trích",
    "=====",
    "-----",
    "---",
    "***",
    "~~~",
    "```sh",
    "    thụt vào",
    "| a | b |",
    "|---|---|",
    "a | b \\| c \\\\| d",
    "*nghiêng* **đậm** __đậm__ _nghiêng_ ~~bỏ~~",
    "`mã` ``mã``",
    "<script>alert(1)</script>",
    "<!-- ghi chú -->",
    "<b>đậm</b> &lt;b&gt; &amp; &#35;",
    "![ảnh](http://x/1.png) [liên kết](javascript:alert(1))",
    "[một]: http://x/",
    "[^1]: chú thích",
    "<http://x/> https://x.vn/a www.x.vn a@x.vn",
    "Cuối dòng có gạch chéo \\",
    "\\# \\* \\[",
    "$x$ $$y$$ {{ z }} {% raw %} :smile: ^a^ ==b==",
    "Dấu \"nháy\" và 'nháy' : # không phải chú thích",
    "key: value",
    "!tag &anchor *alias %dir @at",
    "[x] việc",
    "Ủy ban nhân dân xã Tà Lèng – “chợ phiên”…",
]


def tokens(markdown: str) -> list[Any]:
    parser = MarkdownIt("gfm-like", {"html": True, "linkify": False})
    return list(parser.parse(markdown.split("---\n", 2)[2]))


def plain(token: Any) -> str:
    """The text of an inline token; fails for anything that is more than text."""
    parts = []
    for child in token.children or []:
        assert child.type in ("text", "hardbreak", "softbreak", "text_special"), child
        parts.append("\n" if "break" in child.type else child.content)
    return "".join(parts)


def article(*blocks: Block, **fields: Any) -> dict[str, Any]:
    one = Article(**fields)
    one.set_blocks(blocks)
    return one.as_json() | {"source": "huyen"}


def front_matter(markdown: str) -> Any:
    assert markdown.startswith("---\n")
    return yaml.safe_load(markdown.split("---\n", 2)[1])


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_site_becomes_markup(text: str) -> None:
    one = " ".join(text.split())
    blocks: list[Block] = [
        Heading(2, text),
        Paragraph(text),
        ItemList(False, (text, f"Mục\n\n{text}")),
        ItemList(True, (text,)),
        Table((text, "b"), ((text, text),)),
        Quotation(f"{text}\n\n{text}"),
        Paragraph(f"{text}\n{text}\nHết"),
    ]
    found = tokens(markdown_of(article(*blocks)))
    texts = [plain(token) for token in found if token.type == "inline"]
    assert texts == [
        *(one, one, one, "Mục", one, one),
        *(one, "b", one, one),
        *(one, one, f"{one}\n{one}\nHết"),
    ]
    kinds = [token.type for token in found if token.type.endswith("_open") and not token.level]
    assert kinds == [
        *("heading_open", "paragraph_open", "bullet_list_open", "ordered_list_open"),
        *("table_open", "blockquote_open", "paragraph_open"),
    ]
    assert not any("html" in token.type or "fence" in token.type for token in found)


@pytest.mark.parametrize(
    "text", [*HOSTILE, "a\nb: c", "---\nx: 1", "dòng\u2028hai\x85ba\x9f\ufeff"]
)
def test_no_text_of_a_site_breaks_the_front_matter(text: str) -> None:
    fields = dict.fromkeys(("title", "lede", "author", "section"), text)
    markdown = markdown_of(article(url=f"http://x/{text}", tags=[text, "hai"], **fields))
    assert front_matter(markdown) == {
        "title": text,
        "lede": text,
        "url": f"http://x/{text}",
        "source": "huyen",
        "author": text,
        "section": text,
        "tags": [text, "hai"],
        "kind": "article",
    }


def test_title_and_lede_stand_above_the_text() -> None:
    markdown = markdown_of(article(Paragraph("Một."), title="1. Tin [nóng]", lede="Sáng *nay*."))
    texts = [(token.tag, token.content) for token in tokens(markdown) if token.nesting >= 0]
    assert [tag for tag, content in texts if not content] == ["h1", "p", "p"]
    assert markdown.endswith("# 1\\. Tin \\[nóng\\]\n\n**Sáng \\*nay\\*.**\n\nMột.\n\n")


def test_headings_are_below_the_title() -> None:
    for levels, expected in (((2, 3), "h2 h3"), ((4, 5, 4), "h2 h3 h2"), ((1, 6), "h2 h6")):
        blocks = [Heading(level, "Phần") for level in levels]
        found = [token.tag for token in tokens(markdown_of(article(*blocks)))]
        assert " ".join(tag for tag in found[::3]) == expected


def test_lists_keep_their_numbers_and_stay_apart() -> None:
    blocks = [
        ItemList(False, ("a", "b")),
        ItemList(False, ("c",)),
        ItemList(True, tuple(str(n) for n in range(12))),
        ItemList(True, ("x\n\ny",)),
    ]
    found = tokens(markdown_of(article(*blocks)))
    lists = [token.tag for token in found if token.type.endswith("_list_open")]
    assert lists == ["ul", "ul", "ol", "ol"]
    assert sum(token.type == "list_item_open" for token in found) == 16


def test_a_table_without_a_header_is_one_still() -> None:
    found = tokens(markdown_of(article(Table(None, (("a", ""), ("b", "c", "d"))))))
    assert sum(token.type == "td_open" for token in found) == 6
    assert sum(token.type == "th_open" for token in found) == 3


def test_photos_and_attachments_are_linked() -> None:
    photos = [
        Photo("http://x/a b).jpg", "Chợ *đông*", "TT", "Chợ"),
        Photo(None, "Chỉ chú thích"),
        Photo("javascript:alert(1)"),
        Photo('http://x/"><script>\\.png\n'),
    ]
    files = [Attachment("http://x/kế hoạch.pdf", "Kế [hoạch]"), Attachment("file:///etc/passwd")]
    places: list[Block] = [PhotoPlace(n) for n in range(4)]
    blocks = [*places, AttachmentPlace(0), AttachmentPlace(1), Separator(), Paragraph("Hết.")]
    markdown = markdown_of(article(*blocks, photos=photos, attachments=files))
    inline = [child for token in tokens(markdown) for child in token.children or []]
    assert [(str(each.attrs["src"]), each.content) for each in inline if each.tag == "img"] == [
        ("http://x/a%20b).jpg", "Chợ"),
        ("http://x/%22%3E%3Cscript%3E%5C.png%0A", ""),
    ]
    links = [str(each.attrs["href"]) for each in inline if each.type == "link_open"]
    assert links == ["http://x/k%E1%BA%BF%20ho%E1%BA%A1ch.pdf"]
    assert "javascript" not in markdown
    assert [token.type for token in tokens(markdown)].count("hr") == 1


def test_the_caller_says_where_files_are() -> None:
    one = article(PhotoPlace(0), photos=[Photo("http://x/1.jpg", "Chợ")])
    assert "](<tep/1.jpg>)" in markdown_of(one, lambda file: f"tep/{file['url'][-5:]}")
    assert "![" not in markdown_of(one, lambda file: None)
