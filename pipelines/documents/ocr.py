"""Read photographed pages with the system's tesseract, if it is asked for and installed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pipelines.documents.photos import check_size, opened
from pipelines.text import normalise

if TYPE_CHECKING:
    import pypdfium2
    from PIL import Image

try:
    import pytesseract
except ImportError:  # the extra is not installed
    pytesseract = None

MAX_PAGES = 50
"""Photographed pages of a document that are read."""

SECONDS = 300.0
"""Time for all pages of a document; tesseract is ended after it."""

LANGUAGE = "vie"
_DOTS_PER_INCH = 200
_MAX_PIXELS = 12_000_000
_MAX_SIDE = 4_000


def is_installed() -> bool:
    """Whether tesseract is installed with Vietnamese, and the extra ``ocr`` as well."""
    if pytesseract is None:
        return False
    try:
        return LANGUAGE in pytesseract.get_languages()
    except (pytesseract.TesseractNotFoundError, OSError):
        return False


class Recogniser:
    """Reads pages until its time is over."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self.end = time.monotonic() + seconds
        self.pages = 0
        self.is_cut = False
        """Whether pages were left out, because there were too many or the time was over."""

    def read_page(self, page: pypdfium2.PdfPage) -> str:
        """Return the text of a page of a PDF, as it is drawn."""
        width, height = page.get_size()
        scale = min(_DOTS_PER_INCH / 72, (_MAX_PIXELS / max(1.0, width * height)) ** 0.5)
        return self.read(page.render(scale=scale, grayscale=True).to_pil())

    def read_photo(self, body: bytes) -> str:
        """Return the text of a photo. Raises UnreadableError if it cannot be decoded."""
        with opened(body) as image:
            check_size(image)
            image.thumbnail((_MAX_SIDE, _MAX_SIDE))
            return self.read(image.convert("L"))

    def read(self, image: Image.Image) -> str:
        """Return the text of a picture, or an empty one if there is no time left."""
        left = self.end - time.monotonic()
        if left <= 0 or self.pages == MAX_PAGES:
            self.is_cut = True
            return ""
        self.pages += 1
        try:
            text = pytesseract.image_to_string(image, lang=LANGUAGE, timeout=left)
        except (pytesseract.TesseractError, RuntimeError):  # the second if its time is over
            self.is_cut = True
            return ""
        return "\n".join(filter(None, map(normalise, text.split("\n"))))
