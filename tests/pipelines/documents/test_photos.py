"""Photos: size, preview, and what is no photo."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from pipelines.documents import read_photo
from pipelines.documents.photos import PREVIEW_SIDE
from tests.pipelines.documents.containers import png


def saved(kind: str, size: tuple[int, int] = (1000, 600), **options: Any) -> bytes:
    output = io.BytesIO()
    mode = options.pop("mode", "RGB")
    Image.new(mode, size, options.pop("color", 0)).save(output, kind, **options)
    return output.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP", "TIFF"])
def test_each_format_gets_a_small_preview(kind: str) -> None:
    picture = read_photo(saved(kind))
    assert picture.media_type == f"image/{kind.lower()}"
    assert (picture.width, picture.height, picture.problem) == (1000, 600, None)
    assert picture.preview
    assert picture.preview_type == "image/webp"
    with Image.open(io.BytesIO(picture.preview)) as preview:
        assert preview.format == "WEBP"
        assert preview.size == (PREVIEW_SIDE, 288)


def test_the_preview_is_turned_and_has_no_metadata() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Nokia"
    exif.get_ifd(0x8825)[2] = (21.0, 30.0, 0.0)
    output = io.BytesIO()
    image = Image.new("RGB", (400, 200), "red")
    image.paste("blue", (0, 0, 200, 200))
    image.save(output, "JPEG", exif=exif, comment=b"bi mat")
    picture = read_photo(output.getvalue())
    assert (picture.width, picture.height) == (200, 400)
    assert picture.preview is not None
    with Image.open(io.BytesIO(picture.preview)) as preview:
        assert preview.size == (200, 400)
        top = preview.convert("RGB").getpixel((100, 20))
        assert isinstance(top, tuple)
        assert top[2] > 200 > top[0]
        assert not preview.getexif()
        assert set(preview.info) <= {"loop", "background", "duration", "timestamp"}
    assert b"Nokia" not in picture.preview
    assert b"bi mat" not in picture.preview


def test_transparent_and_unusual_photos_are_previewed() -> None:
    assert read_photo(saved("PNG", mode="RGBA", color=(1, 2, 3, 90))).problem is None
    assert read_photo(saved("JPEG", mode="CMYK")).problem is None
    assert read_photo(saved("PNG", mode="P")).problem is None
    assert read_photo(saved("TIFF", mode="I;16")).problem is None


def test_the_first_frame_of_an_animation_is_shown() -> None:
    frames = [Image.new("RGB", (50, 50), color) for color in ("red", "blue", "green")]
    output = io.BytesIO()
    frames[0].save(output, "GIF", save_all=True, append_images=frames[1:])
    picture = read_photo(output.getvalue())
    assert picture.preview is not None
    with Image.open(io.BytesIO(picture.preview)) as preview:
        pixel = preview.convert("RGB").getpixel((5, 5))
        assert isinstance(pixel, tuple)
        assert pixel[0] > 200
        assert not getattr(preview, "is_animated", False)


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1)])
def test_tracking_pixels_are_told(size: tuple[int, int]) -> None:
    assert read_photo(saved("GIF", size)).problem == "too_small"


@pytest.mark.parametrize(
    "body",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b'<?xml version="1.0"?>\n<!-- ve -->\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x">'
        b"<svg></svg>",
        b'\xef\xbb\xbf <svg:svg xmlns:svg="http://www.w3.org/2000/svg"/>',
        "<svg/>".encode("utf-16"),
    ],
)
def test_svg_is_recognised_and_not_drawn(body: bytes) -> None:
    picture = read_photo(body)
    assert (picture.media_type, picture.problem) == ("image/svg+xml", "svg")
    assert picture.preview is None


def test_what_is_no_photo_is_told() -> None:
    assert read_photo(b"").problem == "empty"
    assert read_photo(b"<html>404</html>").problem == "mislabelled_html"
    assert read_photo(b"%PDF-1.5").problem == "unknown_type"
    assert read_photo(b"%!PS-Adobe-3.0 EPSF-3.0\n").problem == "unknown_type"
    assert read_photo(b"\xff\xd8\xff\xe0 broken").problem == "broken_file"


def test_a_bomb_is_refused_by_its_size() -> None:
    picture = read_photo(png(60_000, 60_000, b""))
    assert (picture.problem, picture.width) == ("too_large", 60_000)
    jpeg = bytearray(saved("JPEG", (64, 64)))
    at = jpeg.index(b"\xff\xc0")
    jpeg[at + 5 : at + 9] = b"\xff\xdc\xff\xdc"
    assert read_photo(bytes(jpeg)).problem == "too_large"
    assert read_photo(saved("PNG", (7_000, 7_000), mode="1")).problem is None
