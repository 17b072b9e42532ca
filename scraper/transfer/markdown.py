"""Articles as Markdown (CommonMark with the tables of GitHub), with YAML front matter.

All text of a site is escaped, so that none of it becomes markup.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pipelines.blocks import MAX_LEVEL, PARAGRAPH_END
from scraper.transfer.links import Link, link_target, web_address

FRONT_MATTER = (
    "title", "lede", "url", "source", "author", "published_at", "modified_at", "section", "tags",
    "kind", "language", "kept_at", "kept_url", "citation",
)  # fmt: skip
"""The keys of the front matter, in order; those without a value are left out."""

FIRST_LEVEL = 2
"""The level of the highest heading in a text; the title has level 1."""

_UNSAFE_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
_MARKUP = re.compile(r"[\\`*_\[\]<>&~|$@]")
_ADDRESS = re.compile(r":(?=//)|(?<=www)\.", re.IGNORECASE)
_LINE_START = re.compile(r"(?:[#+=:-]|\d{1,9}(?=[.)]))")
_MARKERS = {False: ("-", "*"), True: (".", ")")}
"""Two markers for unordered and ordered lists: two lists in a row would be one with the same."""

Values = Mapping[str, Any]


def markdown_of(
    article: Values, link: Link = web_address, record: Iterable[tuple[str, str]] = ()
) -> str:
    """Return an article, as in its JSON, as Markdown. ``link`` says where its files are.

    ``record`` are labels and texts that follow the article.
    """
    head = [f"# {_line(article['title'])}"] if article.get("title") else []
    lede = [f"**{_line(article['lede'])}**"] if article.get("lede") else []
    parts = [*head, *lede, *_parts(article, link), *_record(record)]
    return f"---\n{_front_matter(article)}---\n\n" + "".join(f"{part}\n\n" for part in parts)


def _front_matter(article: Values) -> str:
    """Return the values of an article as YAML: strings and lists of strings in JSON's form."""
    lines = []
    for key in FRONT_MATTER:
        value = article.get(key)
        if value:
            text = json.dumps(value, ensure_ascii=False)
            lines.append(f"{key}: {_UNSAFE_IN_YAML.sub(_escaped_in_yaml, text)}\n")
    return "".join(lines)


def _escaped_in_yaml(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def _parts(article: Values, link: Link) -> Iterator[str]:
    """Yield the blocks of an article as Markdown, without what has nothing to show."""
    blocks = article["blocks"]
    shift = FIRST_LEVEL - min((each["level"] for each in blocks if "level" in each), default=0)
    before: Values = {}
    alternate = False
    for block in blocks:
        is_next_list = block["type"] == before.get("type") == "list"
        alternate = is_next_list and not alternate
        if part := _part(article, block, link, shift, alternate):
            yield part
        before = block


def _part(article: Values, block: Values, link: Link, shift: int, alternate: bool) -> str:
    """Return one block."""
    match block["type"]:
        case "heading":
            level = min(MAX_LEVEL, block["level"] + shift)
            return f"{'#' * level} {_line(block['text'])}"
        case "list":
            return _list(block["items"], block["ordered"], alternate)
        case "table":
            return _table(block["header"], block["rows"])
        case "quotation":
            return _indented(_paragraphs(block["text"]), "> ", "> ")
        case "photo":
            return _photo(article["photos"][block["photo"]], link)
        case "attachment":
            return _attachment(article["attachments"][block["attachment"]], link)
        case "separator":
            return "***"
    return _text(block["text"])


def _record(record: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield a rule, and each label with its text; an address of the web is a link."""
    for number, (label, text) in enumerate(record):
        if number == 0:
            yield "***"
        target = link_target(web_address, {"url": text})
        yield f"{_line(label)}: {f'<{target}>' if target else _line(text)}"


def _list(items: Sequence[str], ordered: bool, alternate: bool) -> str:
    """Return a list; paragraphs within an item are indented."""
    sign = _MARKERS[ordered][alternate]
    lines = []
    for number, item in enumerate(items, 1):
        marker = f"{number}{sign} " if ordered else f"{sign} "
        lines.append(_indented(_paragraphs(item), marker, " " * len(marker)))
    return "\n".join(lines)


def _table(header: Sequence[str] | None, rows: Sequence[Sequence[str]]) -> str:
    """Return a table; one without a header gets an empty one, which Markdown demands."""
    width = max(map(len, [header or (), *rows]))
    lines = [_row(header or (), width), "|" + " --- |" * width]
    return "\n".join([*lines, *(_row(row, width) for row in rows)])


def _row(cells: Sequence[str], width: int) -> str:
    padded = [*map(_line, cells), *[""] * (width - len(cells))]
    return "|" + "".join(f" {cell} |" for cell in padded)


def _photo(photo: Values, link: Link) -> str:
    """Return a photo with its caption below it; only the caption if it is nowhere to be seen."""
    target = link_target(link, photo)
    caption = photo.get("caption")
    image = f"![{_line(photo.get('alt') or caption or '')}](<{target}>)" if target else ""
    return PARAGRAPH_END.join(filter(None, [image, f"*{_line(caption)}*" if caption else ""]))


def _attachment(attachment: Values, link: Link) -> str:
    target = link_target(link, attachment)
    name = _line(attachment.get("name") or attachment["url"])
    return f"[{name}](<{target}>)" if target else name


def _paragraphs(text: str) -> str:
    """Return the paragraphs of an item or quotation."""
    return PARAGRAPH_END.join(map(_text, text.split(PARAGRAPH_END)))


def _text(text: str) -> str:
    """Return one paragraph; its line ends are kept."""
    return "\\\n".join(_line(line) for line in text.split("\n") if line.strip())


def _line(text: str) -> str:
    """Return text on one line, without anything that Markdown would read as markup."""
    one = " ".join(text.split())
    escaped = _ADDRESS.sub(lambda found: f"\\{found[0]}", _MARKUP.sub(r"\\\g<0>", one))
    start = _LINE_START.match(escaped)
    if start is None:
        return escaped
    end = start.end() if escaped[0].isdigit() else 0
    return f"{escaped[:end]}\\{escaped[end:]}"


def _indented(text: str, first: str, other: str) -> str:
    """Return lines with one prefix for the first and another for the rest."""
    lines = text.split("\n")
    return "\n".join(_prefixed(lines, first, other))


def _prefixed(lines: Iterable[str], first: str, other: str) -> Iterator[str]:
    prefix = first
    for line in lines:
        yield f"{prefix}{line}".rstrip()
        prefix = other
