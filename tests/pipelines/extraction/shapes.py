"""Pages of a story, and the shape that is read from them in short."""

from __future__ import annotations

from typing import Any

from pipelines.article import Article
from pipelines.blocks import paragraphs_of
from pipelines.extraction import extract

URL = "https://xa.example/tin/1.html"
TEXTS = [
    f"Sáng ngày {day}, Ủy ban nhân dân xã họp bàn việc làm đường, dựng chợ và đón khách về."
    for day in range(1, 7)
]
FIRST, SECOND, THIRD, *_ = [f"<p>{text}</p>" for text in TEXTS]


def read(body: str, head: str = "") -> Article:
    page = (
        f"<html><head><title>Xã làm đường mới</title>{head}</head><body><h1>Xã làm đường mới</h1>"
        f"<div class='article-body'>{body}</div></body></html>"
    )
    article = extract(page, URL)
    assert paragraphs_of(article.blocks) == article.paragraphs
    return article


def shape(body: str) -> list[Any]:
    """The blocks of a page; paragraphs as the number of their text, or the text."""
    return [_short(block) for block in read(body).as_json()["blocks"]]


def _short(block: dict[str, Any]) -> Any:
    kind = block.pop("type")
    if kind == "paragraph":
        return TEXTS.index(block["text"]) if block["text"] in TEXTS else block["text"]
    return (kind, *block.values())


def bold(text: str) -> str:
    return f"<p><strong>{text}</strong></p>"
