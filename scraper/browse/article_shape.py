"""The text of an article in its shape, and its files, as the template of its page shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from scraper.base.messages import words as known_words
from scraper.browse.file_types import PICTURES, label

HTTP = ("http://", "https://")
TITLE_LEVEL, LOWEST_LEVEL = 1, 6
PARAGRAPH_END = "\n\n"

Block = dict[str, Any]


def shown_photo(row: dict[str, Any], number: int) -> dict[str, Any]:
    """Return a photo as it is shown: from the archive, or as a link to its site.

    Without a preview it is only a link: a picture of a huge size would be decoded by the reader's
    browser.
    """
    caption = row["caption"]
    return row | {
        "number": number,
        "url": _link(row["url"]),
        "alt": _described(row["alt"], row["url"]) or caption,
        "has_preview": bool(row["preview_width"]),
        "is_kept": bool(row["is_kept"]) and row["media_type"] in PICTURES,
        "state": file_state(row),
    }


def shown_attachment(row: dict[str, Any]) -> dict[str, Any]:
    """Return an attachment as it is shown: its name, label, size and state."""
    return row | {
        "url": _link(row["url"]),
        "name": row["name"] or row["url"],
        "label": label(row["media_type"]),
        "state": file_state(row),
    }


def file_state(row: dict[str, Any]) -> str | None:
    """Return a word for what is wrong with a file or missing of it; None if all is well.

    It is the first of reason and outcome that has a text here: what means that all is well, such
    as ``not_modified``, has none. A file whose address no browser can open is never fetched; a
    photo may have a caption only.
    """
    if row["outcome"] is None and row["digest"] is None:
        if _link(row["url"]):
            return "not_fetched" if row.get("is_wanted") == 0 else "waiting"
        return "no_address" if row["url"] or not row.get("caption") else None
    text_reason: str | None = row.get("text_reason")
    words = (text_reason, row["reason"], row["outcome"])
    shown = known_words()["file"].keys() | known_words()["file_reason"].keys()
    return next((word for word in words if word in shown), text_reason)


def parts(
    blocks: Sequence[Block], photos: Sequence[Any], attachments: Sequence[Any]
) -> list[Block]:
    """Return the blocks with their photos and attachments in place.

    Headings get the level of HTML that they have below the title, and none is skipped. Attachments
    at the end are left out: the list of attachments follows there.
    """
    levels = list(outline([block["level"] for block in blocks if block["type"] == "heading"]))
    found: list[Block] = []
    for block in blocks:
        match block["type"]:
            case "heading":
                found.append(block | {"level": levels.pop(0)})
            case "photo" if block["photo"] < len(photos):
                found.append(block | {"photo": photos[block["photo"]]})
            case "attachment" if block["attachment"] < len(attachments):
                found.append(block | {"attachment": attachments[block["attachment"]]})
            case "photo" | "attachment":
                continue
            case "paragraph":
                found.append(_paragraph(block["text"]))
            case _:
                found.append(block)
    while found and found[-1]["type"] == "attachment":
        found.pop()
    return found


def outline(levels: Iterable[int]) -> Iterator[int]:
    """Return the levels of headings below the title so that none is skipped on the way down."""
    above: list[int] = []
    for level in levels:
        while above and above[-1] >= level:
            above.pop()
        above.append(level)
        yield min(TITLE_LEVEL + len(above), LOWEST_LEVEL)


def paragraph_parts(paragraphs: Iterable[str]) -> list[Block]:
    """Return the blocks of an article that was stored without any; lines with tabs are rows."""
    return [_paragraph(text) for text in paragraphs]


def without_place(rows: Sequence[Any], blocks: Iterable[Block], kind: str) -> list[Any]:
    """Return the photos (``kind``: photo) or attachments that no block places."""
    placed = {block[kind] for block in blocks if block["type"] == kind}
    return [row for number, row in enumerate(rows) if number not in placed]


def _paragraph(text: str) -> Block:
    if "\t" not in text:
        return {"type": "paragraph", "text": text}
    return {
        "type": "table",
        "header": None,
        "rows": [line.split("\t") for line in text.split("\n")],
    }


def _described(alt: str | None, url: str | None) -> str | None:
    """Return the alternative text of a photo, or None if it is only the name of its file."""
    if not alt:
        return None
    try:
        file = PurePosixPath(unquote(urlsplit(url or "").path))
    except ValueError:
        return alt
    return None if alt.strip().casefold() in (file.name.casefold(), file.stem.casefold()) else alt


def _link(url: str | None) -> str | None:
    """Return a URL that may be a link, None for any other."""
    return url if url and url.startswith(HTTP) else None
