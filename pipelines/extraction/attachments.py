"""Files that an article links to or embeds, and where the article ends on the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from pipelines.article import Attachment
from pipelines.extraction.body import is_below_picture, is_headline
from pipelines.extraction.context import PageContext
from pipelines.extraction.html.blocks import HEADINGS, Block, Outline
from pipelines.extraction.html.hints import Hint
from pipelines.extraction.vietnamese.boilerplate import boilerplate_line
from pipelines.text import fold, normalise

MAX_ATTACHMENTS = 1000
"""Attachments of one article that are kept. Its provenance says if there are more."""

MAX_NAME_CHARS = 300

_MAX_BLOCKS_BELOW = 24
"""Blocks without a file below the text, or below the title if there is no text, that are searched
for files."""

_MAX_LINE_CHARS = 300
_DOCUMENT = re.compile(
    r"\.(?:pdf|docx?|docm|xlsx?|xlsm|pptx?|ppsx?|odt|ods|odp|rtf|zip|rar|7z)(?:$|[?#&/])",
    re.IGNORECASE,
)
_DOWNLOAD = re.compile(
    r"(?:download|getfile|viewfile|openfile|downloadfile|attachment|attachfile|filedownload"
    r"|tai-?ve|tai-?file|dinh-?kem)",
    re.IGNORECASE,
)
_DOWNLOAD_PARAMETERS = frozenset(
    {"download", "dl", "downloadfile", "attachment", "filedownload", "fileticket"}
)
_ACTION_PARAMETERS = frozenset({"task", "action", "act", "do", "cmd", "export"})
"""Parameters whose value ``download`` asks for a file."""

_NUMBERED_FILE = re.compile(
    r"/(?:downloads?|getfile|tai-ve)/(?:\d+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/?$"
    r"|/documents/\d+/(?:\d+/)?(?![^/]+\.(?:jpe?g|png|gif|webp)/)[^/]+"
    r"/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
    re.IGNORECASE,
)
"""Paths of files by number, and those of Liferay's library of documents."""

_FILE_HINT = re.compile(
    r"\.(?:pdf|doc|xls|pp[ts]|od[tsp]|rtf|zip|rar|7z)|download|[?&]dl=|file|attach|dinh-?kem|tai-?ve"
    r"|/documents/",
    re.IGNORECASE,
)
"""Matches part of the URL of every file. Other URLs are skipped without parsing them."""

_VIEWER = re.compile(r"view|embed|wopi", re.IGNORECASE)
_VIEWER_PARAMETERS = ("url", "src", "file", "srcurl", "source", "sourcedoc", "doc")
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+/")
_POINTER_WORDS = frozenset({
    *("xem", "tai", "doc", "bam", "click", "nhan", "download", "chi", "tiet", "lieu", "tap", "tin"),
    *("tep", "file", "van", "ban", "link", "noi", "dung", "dinh", "kem", "theo", "day", "o", "vao"),
    *("ve", "xuong", "them", "here", "view", "open", "pdf", "va", "de", "toan", "bo", "truc"),
    *("tuyen", "may", "icon", "image", "size", "kb", "mb", "nay", "duoi", "sau"),
})  # fmt: skip
"""Words (folded) of link texts that only point to a file: "Xem chi tiết tại đây", "Tải về"."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class PlacedAttachment:
    """An attachment and the index of the block that links to it, or below which it is embedded."""

    attachment: Attachment
    place: int


def find_attachments(context: PageContext) -> list[PlacedAttachment]:
    """Return the files that the article links to or embeds, in page order, each once."""
    found: dict[str, Attachment] = {}
    first_places: dict[str, int] = {}
    if not _has_file_link(context):
        return []
    first, end = article_range(context)
    places = [
        (block.index, block.index, *link)
        for block in context.outline.blocks[first:end]
        for link in _links_with_text(block)
    ]
    places += [
        (index, index - 1, address, "")
        for index, address in context.outline.frames
        if first <= index <= end
    ]
    for _, place, address, text in sorted(places, key=lambda place: place[0]):
        url = document_url(context.outline, context.address, address)
        if url is None or (url in found and found[url].name):
            continue
        name = _printed_name(text)
        if url in found and name is None:
            continue
        found[url] = Attachment(url, name and name[:MAX_NAME_CHARS])
        first_places.setdefault(url, place)
    return [
        PlacedAttachment(
            Attachment(each.url, each.name or file_name(each.url)), first_places[each.url]
        )
        for each in found.values()
    ]


def _printed_name(text: str) -> str | None:
    """Return the name of a file in the text of its link, or None if the text only points to it."""
    pointer, colon, name = text.partition(": ")
    if colon and name and _only_points(pointer):
        text = name
    return None if _only_points(text) else text


def _only_points(text: str) -> bool:
    return _POINTER_WORDS.issuperset(_WORD.findall(fold(text)))


def _has_file_link(context: PageContext) -> bool:
    """Whether any URL below the title may be that of a file."""
    outline, first = context.outline, context.title_block or 0
    links = [href for block in outline.blocks[first:] for href in block.hrefs]
    frames = [address for _, address in outline.frames]
    return _FILE_HINT.search("\n".join(links + frames)) is not None


def has_document(context: PageContext, part: tuple[int, int]) -> bool:
    """Whether a half-open range of blocks links to a file or embeds one."""
    first, end = part
    frames = (address for index, address in context.outline.frames if first <= index <= end)
    links = (href for block in context.outline.blocks[first:end] for href in block.hrefs)
    return any(
        document_url(context.outline, context.address, address) for address in (*frames, *links)
    )


def article_range(context: PageContext) -> tuple[int, int]:
    """Return the half-open range of the article's blocks, from below the title to its end.

    The range ends at a heading of related articles, a headline that links to another page, the
    imprint, the heading of another box, and at most ``_MAX_BLOCKS_BELOW`` blocks without a file,
    photo or caption below the running text.
    """
    outline = context.outline
    first = context.title_block + 1 if context.title_block is not None else context.start
    text_end = max(first, context.last_prose + 1) if context.body is not None else first
    end = text_end
    others = 0
    for block in outline.blocks[text_end:]:
        others += not (_shows_file(block) or is_below_picture(outline, block))
        if others > _MAX_BLOCKS_BELOW or _ends_article(context, block):
            break
        end = block.index + 1
    return first, end


def _shows_file(block: Block) -> bool:
    """Whether a block shows a photo or links to a file."""
    return block.image is not None or any(map(is_document, block.hrefs))


def is_related_or_imprint(context: PageContext, index: int) -> bool:
    """Whether a block is the imprint or a heading of related articles ("Các tin khác").

    The index after the last block counts as imprint.
    """
    block = context.outline.blocks[index] if index < len(context.outline.blocks) else None
    if block is None or index in context.outline.imprint:
        return True
    return boilerplate_line(block.text[:_MAX_LINE_CHARS]) == "related"


def _ends_article(context: PageContext, block: Block) -> bool:
    """Whether a block below the text belongs to something else than the article."""
    if block.index in context.outline.imprint:
        return True
    if not block.text:
        return False
    if any(map(is_document, block.hrefs)):
        return False
    box = context.outline.boxes[block.box]
    is_other_box = box.tag in HEADINGS and not block.is_bold and context.body is None
    return (
        is_headline(block)
        or boilerplate_line(block.text[:_MAX_LINE_CHARS])
        in ("related", "boilerplate", "interaction")
        or bool(box.hints & (Hint.RELATED | Hint.NAVIGATION | Hint.COMMENTS))
        or (
            is_other_box
            and context.title_block is not None
            and block.index > context.title_block + 3
        )
    )


def _links_with_text(block: Block) -> Iterator[tuple[str, str]]:
    """Yield the URLs that a block links to, each with the text of its link."""
    texts = [normalise(text) for text in block.links]
    texts += [""] * (len(block.hrefs) - len(texts))
    yield from zip(block.hrefs, texts, strict=False)


def document_url(outline: Outline, page: str | None, address: str) -> str | None:
    """Return the absolute URL of the file that a link leads to, or None if it leads to no file.

    ``page`` is the URL of the page. If ``address`` is that of a viewer (Google, Office, pdf.js),
    the URL of the file in it is returned. The part behind ``#`` says how to show a file; it is
    left out.
    """
    if not _FILE_HINT.search(address):
        return None
    address = address.strip()
    inner = _file_in_viewer(address)
    if inner is None and not is_document(address):
        return None
    url = outline.resolve(page, inner or address).partition("#")[0]
    return url if url.partition(":")[0].lower() in ("http", "https") or not page else None


def is_document(address: str) -> bool:
    """Whether a URL is that of a file, by its extension or by words for a download."""
    if not _FILE_HINT.search(address):
        return False
    try:
        parts = urlsplit(address[:4000])
    except ValueError:
        return False
    if parts.scheme not in ("http", "https", ""):
        return False
    path = unquote(parts.path)
    if _DOCUMENT.search(path) or any(
        _DOCUMENT.search(value) for _, value in parse_qsl(parts.query)
    ):
        return True
    values = {name.lower(): value.lower() for name, value in parse_qsl(parts.query)}
    return (
        bool(parts.query and _DOWNLOAD.search(path.rpartition("/")[2]))
        or bool(values.keys() & _DOWNLOAD_PARAMETERS)
        or any(values.get(name, "").startswith("download") for name in _ACTION_PARAMETERS)
        or bool(_NUMBERED_FILE.search(path))
    )


def _file_in_viewer(address: str) -> str | None:
    """Return the file that the URL of a viewer contains, None for other URLs.

    Viewers have it in a parameter or behind ``#``, relative to themselves.
    """
    try:
        parts = urlsplit(address[:4000])
        if not _VIEWER.search(parts.path):
            return None
        values = {name.lower(): value for name, value in parse_qsl(parts.query)}
        named = [values[name] for name in _VIEWER_PARAMETERS if name in values]
        if "/" in parts.fragment:
            named.append(unquote(parts.fragment))
        found = next(filter(_DOCUMENT.search, named), None)
        if found is None:
            return None
        if parts.netloc and _HOST.match(found):
            found = f"http://{found}"
        return urljoin(address, found)
    except ValueError:
        return None


def file_name(url: str) -> str | None:
    """Return the decoded file name in a URL, or None if it has none."""
    parts = urlsplit(url)
    values = [value for _, value in parse_qsl(parts.query)]
    for text in (unquote(parts.path), *values):
        names = [part for part in text.split("/") if _DOCUMENT.search(part)]
        if names:
            return normalise(names[-1])[:MAX_NAME_CHARS] or None
    return normalise(unquote(parts.path).rpartition("/")[2])[:MAX_NAME_CHARS] or None
