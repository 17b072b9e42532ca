"""Read photos: their type, their size, and a small preview without what a camera wrote into them.

Decoders of formats that no portal publishes are never called.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageOps

from pipelines.documents.document import UnreadableError
from pipelines.documents.media_types import HTML, SVG, is_photo, media_type_of

MAX_PIXELS = 50_000_000
"""Pixels of a photo that is decoded."""

MIN_SIDE = 2
"""Pixels of the shorter side; tracking pixels have one."""

PREVIEW_SIDE = 480
"""Pixels of the longer side of a preview."""

PREVIEW_TYPE = "image/webp"
_PREVIEW_QUALITY = 75
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP", "TIFF")

Image.MAX_IMAGE_PIXELS = None  # the size is compared with MAX_PIXELS before a photo is decoded


@dataclass(slots=True)
class Picture:
    """A photo. If ``problem`` is not None, there is no preview for this reason."""

    media_type: str
    """What the bytes are, whatever was claimed."""
    width: int | None = None
    height: int | None = None
    """The size in pixels, as the photo is shown."""
    preview: bytes | None = None
    preview_type: str | None = None
    problem: str | None = None


def read_photo(body: bytes) -> Picture:
    """Return what is known of a photo."""
    picture = Picture(media_type_of(body))
    if not is_photo(picture.media_type):
        problems = {SVG: "svg", HTML: "mislabelled_html"}
        picture.problem = problems.get(picture.media_type, "unknown_type") if body else "empty"
        return picture
    try:
        with opened(body) as image:
            picture.width, picture.height = _shown_size(image)
            check_size(image)
            picture.preview = _preview(image)
            picture.preview_type = PREVIEW_TYPE
    except UnreadableError as error:
        picture.problem = error.reason
    except MemoryError:
        picture.problem = "too_large"
    except Exception:  # decoders raise many kinds of errors on broken files
        picture.problem = "broken_file"
    return picture


def opened(body: bytes) -> Image.Image:
    """Return a photo whose header is read. Raises UnreadableError if that fails."""
    try:
        return Image.open(io.BytesIO(body), formats=_FORMATS)
    except MemoryError:
        raise
    except Exception:  # as above
        raise UnreadableError("broken_file") from None


def check_size(image: Image.Image) -> None:
    """Raise UnreadableError if a photo is too large to be decoded, or too small to be one."""
    if min(image.size) < MIN_SIDE:
        raise UnreadableError("too_small")
    if image.width * image.height > MAX_PIXELS:
        raise UnreadableError("too_large")


def _shown_size(image: Image.Image) -> tuple[int, int]:
    """Return the size of a photo after it is turned the way that its camera was held."""
    width, height = image.size
    try:
        is_turned = image.getexif().get(0x0112, 1) in (5, 6, 7, 8)
    except Exception:  # broken notes of a camera do not make a photo unreadable
        is_turned = False
    return (height, width) if is_turned else (width, height)


def _preview(image: Image.Image) -> bytes:
    """Return a small WebP of the first frame, with no metadata."""
    image.draft("RGB", (PREVIEW_SIDE, PREVIEW_SIDE))  # JPEG is decoded smaller
    try:
        turned = ImageOps.exif_transpose(image)
    except (ValueError, TypeError, SyntaxError, KeyError):
        turned = image
    has_alpha = "A" in turned.getbands() or "transparency" in turned.info
    turned.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE), reducing_gap=2.0)
    small = turned.convert("RGBA" if has_alpha else "RGB")
    small.info.clear()
    small.getexif().clear()
    output = io.BytesIO()
    small.save(output, "WEBP", quality=_PREVIEW_QUALITY, exif=b"", icc_profile=b"", xmp=b"")
    return output.getvalue()
