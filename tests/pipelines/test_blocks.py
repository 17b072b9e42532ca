"""Blocks beside paragraphs: one text in two forms, and blocks that come from outside."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

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
    as_json,
    paragraphs_of,
    read_blocks,
)

BLOCKS: list[Block] = [
    PhotoPlace(0),
    Paragraph("Đoạn một."),
    Heading(3, "Chợ họp đều"),
    ItemList(True, ("Một", "Hai\n\nHai nữa")),
    Separator(),
    Table(("Loại", "Giá"), (("Gạo", ""), ("", "9"))),
    Quotation("Trích.\n\nTrích nữa."),
    AttachmentPlace(0),
    Table(None, (("a", "b"), ("c", "d"))),
]
PARAGRAPHS = [
    "Đoạn một.",
    "Chợ họp đều",
    "Một",
    "Hai",
    "Hai nữa",
    "Loại\tGiá\nGạo\n\t9",
    "Trích.",
    "Trích nữa.",
    "a\tb\nc\td",
]


def test_paragraphs_follow_from_blocks() -> None:
    assert paragraphs_of(BLOCKS) == PARAGRAPHS


def test_blocks_are_read_as_they_are_written() -> None:
    assert read_blocks([as_json(block) for block in BLOCKS]) == BLOCKS
    assert as_json(BLOCKS[2]) == {"type": "heading", "level": 3, "text": "Chợ họp đều"}
    assert as_json(BLOCKS[5]) == {
        "type": "table",
        "header": ["Loại", "Giá"],
        "rows": [["Gạo", ""], ["", "9"]],
    }


@pytest.mark.parametrize(
    "value",
    [
        None,
        "text",
        {},
        [1],
        [{}],
        [{"type": "video"}],
        [{"type": ["heading"]}],
        [{"type": "heading", "text": "Tin"}],
        [{"type": "heading", "level": 0, "text": "Tin"}],
        [{"type": "heading", "level": 7, "text": "Tin"}],
        [{"type": "heading", "level": True, "text": "Tin"}],
        [{"type": "paragraph", "text": " \u200b"}],
        [{"type": "paragraph", "text": 3}],
        [{"type": "list", "ordered": 1, "items": ["a"]}],
        [{"type": "list", "ordered": False, "items": []}],
        [{"type": "list", "ordered": False, "items": [["a"]]}],
        [{"type": "table", "header": None, "rows": [[]]}],
        [{"type": "table", "header": None, "rows": [[1]]}],
        [{"type": "table", "header": "ab", "rows": [["a"]]}],
        [{"type": "photo", "photo": -1}],
        [{"type": "photo", "photo": "0"}],
    ],
)
def test_what_is_no_block_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="block"):
        read_blocks(value)


def test_every_file_has_one_place() -> None:
    article = Article(photos=[Photo(f"http://x/{n}.jpg") for n in range(3)])
    article.attachments = [Attachment("http://x/1.pdf")]
    article.set_blocks([PhotoPlace(1), Paragraph("Tin."), PhotoPlace(1), PhotoPlace(9)])
    assert article.blocks == [
        PhotoPlace(1),
        Paragraph("Tin."),
        PhotoPlace(0),
        PhotoPlace(2),
        AttachmentPlace(0),
    ]


def test_a_copy_with_another_text_has_other_blocks() -> None:
    article = Article(paragraphs=["Một"], photos=[Photo("http://x/1.jpg")])
    assert article.blocks == [Paragraph("Một"), PhotoPlace(0)]
    article.set_blocks([Heading(2, "Một"), Paragraph("Hai")])
    assert article.paragraphs == ["Một", "Hai"]
    assert replace(article, title="Tin").blocks == article.blocks
    assert replace(article, paragraphs=["Ba"]).blocks == [Paragraph("Ba"), PhotoPlace(0)]
    assert replace(article, paragraphs=[], photos=[]).blocks == []


def test_the_shape_does_not_change_what_the_publisher_wrote() -> None:
    plain = Article(paragraphs=["Một", "Hai"])
    shaped = Article(paragraphs=["Một", "Hai"])
    shaped.set_blocks([Heading(2, "Một"), Quotation("Hai"), Separator()])
    assert shaped.content_hash == plain.content_hash
    assert shaped.as_json()["blocks"] != plain.as_json()["blocks"]
