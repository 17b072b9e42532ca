"""Images as pages write them: lazy, responsive, in AMP, with a small preview."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pipelines.extraction.html.blocks import Image

_LAZY_ATTRIBUTES = (
    "data-original", "data-src", "data-lazy-src", "data-srcset", "data-lazy", "data-image",
    "data-url",
)  # fmt: skip
_PLAIN_ATTRIBUTES = ("srcset", "src")
_TEXT_ATTRIBUTES = frozenset(
    {"alt", "title", "class", "id", "style", "onerror", "onload", "sizes", "aria-label", "itemprop"}
)
_KNOWN_ATTRIBUTES = _TEXT_ATTRIBUTES.union(_LAZY_ATTRIBUTES, _PLAIN_ATTRIBUTES)
_SUBSTITUTE_ATTRIBUTES = ("placeholder", "fallback")
"""Attributes of an ``amp-img`` that is shown only while, or if, another image is not."""

_OTHER_PICTURE_NAME = re.compile(
    r"thumb|small|tiny|low|blur|lqip|preview|placeholder|fallback|default|error|poster|avatar"
    r"|logo|author|hover|swap|share|next|prev|(?:^|-)(?:alt|title|caption)"
)
"""Attributes that hold another picture than the one shown, or a smaller one."""

_SOURCE_NAME = re.compile(
    r"src|img|image|original|orig-|full|large|hi-?res|zoom|lazy|load|photo|file|echo"
)
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|jfif|png|gif|webp|avif|bmp)(?=$|[?#!/&,;:@\s])")
_ADDRESS = re.compile(r"(?:https?:)?/[^\s\"'<>{}()]+")
_WORD = re.compile(r"[^\s\"'<>{}]+")
MAX_ADDRESS_CHARS = 5_000
MIN_EMBEDDED_CHARS = 2_000
"""Characters from which any ``data:`` URL is a photo."""

_PHOTO_DATA = re.compile(
    r"data:image/(?:jpe?g|webp|bmp)\b|data:image/png;base64,(?!iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB)"
)
"""The beginning of an embedded photo. The excluded PNG is one pixel wide (PNG, IHDR)."""


_UNFETCHABLE_SCHEMES = ("data:", "about:", "blob:", "javascript:")
_PLACEHOLDERS = (
    "blank.", "placeholder", "spacer", "pixel.", "/lazy", "loading.", "transparent", "grey.gif",
)  # fmt: skip
_PLACEHOLDER_FILE = re.compile(
    r"(?:loader|no[-_]?(?:image|photo)|empty|dot|clear|trans|1px)\.(?:gif|svg|png)"
)
_ONE_PIXEL = re.compile(r"(?<!\d)1x1(?!\d)")

_SIZED = re.compile(r"\s\d+(\.\d+)?[wx](,|\s*$)")
_BETWEEN = re.compile(r"(?<= \d[wx]),|(?<=\d\d[wx]),|,\s+")
_SIZE_IN_NAME = re.compile(
    r"[-_/](\d{1,4})x(?:(\d{1,4}))?(?=[./_-]|$)|[?&/,;](?:w|width|size|resize|imwidth|sz)[=_]"
    r"(\d{1,4})(?!\d)|/(?:w|s|thumb_?w?|resize|thumbs?)[/_-]?(\d{1,4})(?=[/_,-])"
    r"|/[^/\d]+/(\d{2,3})/(?=[^/]+$)"
)
_PREVIEW_WORD = re.compile(
    r"(?<![a-z])(?:lqip|blur(?:red)?|preview|tiny|thumbs?|thumbnail)(?![a-z])"
)
_SIZE_PART = re.compile(
    r"[-_](?:\d{1,4}x\d{0,4}|lqip|blur(?:red)?|preview|tiny|thumb(?:nail)?|small)(?=\.\w+$)"
    r"|/(?:\d{1,4}x\d{0,4}|w\d{1,4}|lqip|blur|preview|tiny|thumbs?|thumbnails?|small)(?=/)"
    r"|(?<=[^/\d])/\d{2,3}(?=/[^/]+$)"
)
_SIZE_SETTING = re.compile(r"(?:w|h|width|height|q|quality|size|resize|blur|fit|imwidth|sz)=")
MAX_PREVIEW_PIXELS = 200
"""Width below which an image is a preview if there is a larger one."""


def read_image(attributes: Mapping[str, str], sources: list[str]) -> Image | None:
    """Return the image of an ``img`` and its ``source`` elements, or None if it has no URL."""
    if any(name in attributes for name in _SUBSTITUTE_ATTRIBUTES):
        return None
    addresses = [attributes[name] for name in _LAZY_ATTRIBUTES if attributes.get(name)]
    others: list[str] = []
    addresses += _addresses_in_attributes(attributes, others)
    addresses += [attributes[name] for name in _PLAIN_ATTRIBUTES if attributes.get(name)]
    addresses += filter(None, sources)
    addresses += others
    if not addresses:
        return None
    width, height = whole_number(attributes.get("width")), whole_number(attributes.get("height"))
    return Image(addresses, width, height, alt=attributes.get("alt", ""))


def _addresses_in_attributes(attributes: Mapping[str, str], others: list[str]) -> list[str]:
    """Return the URLs in unknown attributes; append those of other pictures to ``others``."""
    found: list[str] = []
    for name, value in attributes.items():
        if name in _KNOWN_ATTRIBUTES or ("." not in value and "/" not in value):
            continue
        if len(value) > MAX_ADDRESS_CHARS:
            continue
        is_file = _PICTURE_FILE.search(value.lower()) is not None
        if is_file and (_WORD.fullmatch(value) or _SIZED.search(value)):
            named = _SOURCE_NAME.search(name) and not _OTHER_PICTURE_NAME.search(name)
            (found if named else others).append(value)
        elif name.endswith("src") and _ADDRESS.fullmatch(value):
            others.append(value)
    return found


def is_embedded(image: Image) -> bool:
    """Whether a page contains the photo itself as a ``data:`` URL, not only a placeholder.

    Placeholders are drawings (SVG), single pixels (GIF, PNG), or previews of an image that has a
    URL.
    """
    return any(
        len(address) >= MIN_EMBEDDED_CHARS or _PHOTO_DATA.match(address) is not None
        for address in image.addresses
        if address.startswith("data:image/")
    )


def is_picture_file(address: str) -> bool:
    """Whether a URL ends like that of an image file."""
    return _PICTURE_FILE.search(address[:MAX_ADDRESS_CHARS].lower()) is not None


def real_address(image: Image) -> str | None:
    """Return the URL of the image itself, or None if there is only a placeholder.

    A preview is returned only if there is no larger image.
    """
    if image.best == "":
        image.best = _best(image.addresses)
    return image.best


def _best(addresses: list[str]) -> str | None:
    """Return the first URL that is neither a placeholder nor a preview, else the first preview."""
    preview = None
    for written in addresses:
        for address in _candidates(written):
            lower = address.lower()
            if not address or is_placeholder(lower):
                continue
            if len(addresses) == 1 or not is_preview(lower):
                return address
            preview = preview or address
    return preview


def is_placeholder(address: str) -> bool:
    """Whether a URL (lower case) is that of an image shown while the real one loads."""
    return (
        address.startswith(_UNFETCHABLE_SCHEMES)
        or any(word in address for word in _PLACEHOLDERS)
        or _ONE_PIXEL.search(address) is not None
        or _PLACEHOLDER_FILE.search(address) is not None
    )


def is_preview(address: str) -> bool:
    """Whether a URL (lower case) says that the image is a small one."""
    address = address[:2000]
    sizes = [int(next(filter(None, each.groups()))) for each in _SIZE_IN_NAME.finditer(address)]
    if sizes:
        return max(sizes) < MAX_PREVIEW_PIXELS
    return _PREVIEW_WORD.search(address) is not None


def without_size(address: str) -> str:
    """Return a URL (lower case) without its size, which is the same for all sizes of an image."""
    path, mark, query = address[:2000].partition("?")
    path = _SIZE_PART.sub("", path)
    kept = "&".join(part for part in query.split("&") if not _SIZE_SETTING.match(part))
    return path + (mark + kept if kept else "")


def complete_lazy(lazy: Image, image: Image, address: str) -> bool:
    """Add an image for browsers without scripts, and its URL, to the lazy image that it repeats.

    Returns False if it is another image.
    """
    known = real_address(lazy)
    if known is not None and _file_name(known) != _file_name(address):
        return False
    lazy.addresses += image.addresses
    lazy.best, lazy.alt = "", lazy.alt or image.alt
    lazy.width, lazy.height = image.width or lazy.width, image.height or lazy.height
    return True


def _file_name(address: str) -> str:
    """Return the file name in a URL without the size of the image."""
    return without_size(address.partition("?")[0].lower()).rpartition("/")[2]


def _candidates(written: str) -> Iterator[str]:
    """Yield the URLs of a ``src`` or ``srcset``, the largest first."""
    written = written.strip()
    if " " not in written or not _SIZED.search(written[:MAX_ADDRESS_CHARS]):
        yield written
        return
    if ", " in written:
        pieces = written[:MAX_ADDRESS_CHARS].split(", ")
    else:
        pieces = _BETWEEN.split(written[:MAX_ADDRESS_CHARS])
    parts = [part.split() for part in pieces if part.strip()]
    sized = [(_size(part), part[0]) for part in parts]
    for _, address in sorted(sized, key=lambda each: -each[0]):
        yield address


def _size(part: list[str]) -> float:
    """Return the width or density of one part of a ``srcset``."""
    try:
        return float(part[1].rstrip("wx,")) if len(part) > 1 else 0.0
    except ValueError:
        return 0.0


def whole_number(text: str | None) -> int | None:
    """Return a number of at most five digits in an attribute, with or without ``px``, or None."""
    digits = (text or "").strip().removesuffix("px")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else None
