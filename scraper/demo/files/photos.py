"""Photos that are drawn, and photographed pages, made with Pillow and PDFium."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence

import pypdfium2
from PIL import Image, ImageDraw, ImageFilter

from scraper.demo.files.parts import Part
from scraper.demo.files.pdf import pdf, scanned_pdf

_SKIES = ((166, 202, 240), (240, 200, 160), (190, 200, 205))
_DOTS_PER_INCH = 110
_QUALITY = 70


def photo(seed: int, width: int = 1200, height: int = 800) -> bytes:
    """Return a JPEG of hills above a river, different for each seed and the same for each call."""
    chance = random.Random(seed)
    image = Image.new("RGB", (width, height), _SKIES[seed % len(_SKIES)])
    draw = ImageDraw.Draw(image)
    sun = chance.randrange(width), chance.randrange(height // 4)
    draw.ellipse((*sun, sun[0] + width // 14, sun[1] + width // 14), fill=(255, 236, 170))
    for layer in range(4):
        level = height * (40 + 12 * layer) // 100
        color = tuple(part - 22 * layer for part in (120, 160, 130))
        heights = [level + chance.randrange(-height // 10, height // 10) for _ in range(9)]
        ridge = [(place * width // 8, y) for place, y in enumerate(heights)]
        draw.polygon([(0, height), *ridge, (width, height)], fill=color)
    draw.polygon(
        [(width // 3, height), (width // 2, height * 4 // 5), (width * 3 // 4, height)],
        fill=(110, 150, 190),
    )
    return _jpeg(image.filter(ImageFilter.GaussianBlur(width / 900)))


def scan(pages: Sequence[Sequence[Part]]) -> bytes:
    """Return a PDF with photos of these pages, as a scanner makes it: without any text."""
    document = pypdfium2.PdfDocument(pdf(pages))
    photos = []
    for page in document:
        image = page.render(scale=_DOTS_PER_INCH / 72).to_pil().convert("RGB")
        photos.append((_jpeg(image), image.width, image.height))
    document.close()
    return scanned_pdf(photos)


def _jpeg(image: Image.Image) -> bytes:
    output = io.BytesIO()
    image.save(output, "JPEG", quality=_QUALITY)
    return output.getvalue()
