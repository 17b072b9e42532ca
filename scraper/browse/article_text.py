"""An article as plain text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from scraper.browse.language import Translator
from scraper.transfer.links import Link

Values = Mapping[str, Any]

PARAGRAPH_END = "\n\n"
RULE = "* * *"


def plain_text(
    article: Values, link: Link, record: Iterable[tuple[str, str]], t: Translator
) -> str:
    """Return an article in its reading order, then what it says of itself (``record``)."""
    head = [article["title"] or t("untitled"), byline(article, t), article["lede"] or ""]
    parts = [part for block in article["blocks"] for part in _parts(article, block, link, t)]
    foot = "\n".join(f"{label}: {text}" for label, text in record)
    return PARAGRAPH_END.join(filter(None, [*head, *parts, RULE, foot])) + "\n"


def byline(article: Values, t: Translator) -> str:
    """Return author and time of publication, as far as they are known."""
    return " · ".join(filter(None, [article["author"], t.date(article["published_at"])]))


def photo_text(photo: Values, link: Link, t: Translator) -> str:
    """Return a photo as a line: caption, credit and where it is; empty if nothing is known."""
    caption, credit = photo.get("caption") or "", photo.get("credit") or ""
    named = credit if credit and credit not in caption else ""
    text = " · ".join(filter(None, [caption or photo.get("alt") or "", named, link(photo) or ""]))
    return f"[{t('compared_photo')} {text}]" if text else ""


def attachment_text(file: Values, link: Link, t: Translator) -> str:
    """Return an attachment as a line: its name and where it is."""
    name, target = file.get("name") or "", link(file) or ""
    text = " · ".join(filter(None, [name, target])) or file["url"]
    return f"[{t('compared_attachment')} {text}]"


def list_lines(block: Values) -> list[str]:
    """Return the items of a list, each with its number or a dash."""
    return [
        f"{number}. {item}" if block["ordered"] else f"- {item}"
        for number, item in enumerate(block["items"], 1)
    ]


def _parts(article: Values, block: Values, link: Link, t: Translator) -> Iterator[str]:
    match block["type"]:
        case "list":
            yield "\n".join(list_lines(block))
        case "table":
            rows = [*filter(None, [block["header"]]), *block["rows"]]
            yield "\n".join("\t".join(cells) for cells in rows)
        case "photo":
            yield photo_text(article["photos"][block["photo"]], link, t)
        case "attachment":
            yield attachment_text(article["attachments"][block["attachment"]], link, t)
        case "separator":
            yield RULE
        case _:
            yield block["text"]
