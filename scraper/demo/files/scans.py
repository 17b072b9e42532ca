"""Photographed pages, made with PDFium and Pillow."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pypdfium2

from scraper.demo.files.parts import Part
from scraper.demo.files.pdf import pdf, scanned_pdf

_DOTS_PER_INCH = 110
_QUALITY = 70


def scan(pages: Sequence[Sequence[Part]]) -> bytes:
    """Return a PDF with photos of these pages, as a scanner makes it: without any text."""
    document = pypdfium2.PdfDocument(pdf(pages))
    photos = []
    for page in document:
        image = page.render(scale=_DOTS_PER_INCH / 72).to_pil().convert("RGB")
        output = io.BytesIO()
        image.save(output, "JPEG", quality=_QUALITY)
        photos.append((output.getvalue(), image.width, image.height))
    document.close()
    return scanned_pdf(photos)
