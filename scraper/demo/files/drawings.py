"""The photos that the portals publish: drawings of fields, roads, rivers and meetings."""

from __future__ import annotations

import io
import math
import random
from collections.abc import Callable
from functools import cache

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 660, 440
MEDIA_TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}
_FORMATS = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}
_OVERSAMPLING = 2

Colour = tuple[int, int, int]
_SKIES: tuple[tuple[Colour, Colour], ...] = (
    ((120, 180, 226), (226, 240, 248)),
    ((246, 190, 140), (252, 236, 208)),
    ((150, 176, 196), (232, 232, 226)),
    ((104, 160, 216), (250, 232, 196)),
)
_GREENS: tuple[Colour, ...] = ((86, 140, 74), (108, 158, 78), (72, 122, 84), (132, 168, 84))
_MEADOWS: tuple[Colour, ...] = ((166, 192, 112), (148, 182, 104), (182, 196, 126))
_SHIRTS: tuple[Colour, ...] = (
    (52, 92, 148),
    (172, 62, 56),
    (232, 228, 216),
    (74, 122, 92),
    (116, 84, 132),
    (206, 158, 72),
)
_SKIN: Colour = (222, 178, 142)


@cache
def drawing(name: str) -> bytes:
    """Return the picture of a file name; always the same bytes."""
    stem, _, extension = name.rpartition(".")
    chance = random.Random(stem)
    image = Image.new("RGB", (WIDTH * _OVERSAMPLING, HEIGHT * _OVERSAMPLING))
    canvas = _Canvas(image, chance)
    _scene(stem)(canvas)
    body = io.BytesIO()
    image.reduce(_OVERSAMPLING).save(body, _FORMATS[extension], quality=82)
    return body.getvalue()


class _Canvas:
    """Draws in hundredths of the width and height, with colours and places left to chance."""

    def __init__(self, image: Image.Image, chance: random.Random) -> None:
        self._draw = ImageDraw.Draw(image)
        self._width, self._height = image.width / 100, image.height / 100
        self.chance = chance

    def polygon(self, points: list[tuple[float, float]], colour: Colour) -> None:
        """Fill a polygon."""
        scaled = [(x * self._width, y * self._height) for x, y in points]
        self._draw.polygon(scaled, fill=colour)

    def box(self, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
        """Fill a rectangle."""
        self.polygon([(left, top), (right, top), (right, bottom), (left, bottom)], colour)

    def disc(self, x: float, y: float, radius: float, colour: Colour, *, flat: float = 1) -> None:
        """Fill a disc; its radius is in hundredths of the width, and is flattened vertically."""
        middle, level, wide = x * self._width, y * self._height, radius * self._width
        high = wide * flat
        self._draw.ellipse((middle - wide, level - high, middle + wide, level + high), fill=colour)

    def sky(self, horizon: float) -> None:
        """Fill the sky from its colour above to that at the horizon, with a sun."""
        above, below = self.chance.choice(_SKIES)
        steps = 40
        for step in range(steps):
            top = horizon * step / steps
            colour = _mixed(above, below, step / steps)
            self.box(0, top, 100, top + horizon / steps + 1, colour)
        x, y = self.chance.uniform(12, 88), self.chance.uniform(8, horizon / 2)
        self.disc(x, y, 4, (255, 244, 214))

    def hills(self, horizon: float) -> None:
        """Draw two rows of hills; the far ones are paler."""
        for row, pale in enumerate((0.55, 0.2)):
            colour = _mixed(self.chance.choice(_GREENS), (226, 236, 240), pale)
            phase, height = self.chance.uniform(0, 6), 14 - 4 * row
            line: list[tuple[float, float]] = [
                (
                    x,
                    horizon
                    - height * (0.55 + 0.3 * math.sin(x / 11 + phase) + 0.15 * math.sin(x / 4)),
                )
                for x in range(0, 101, 2)
            ]
            self.polygon([(0, horizon + 1), *line, (100, horizon + 1)], colour)

    def tree(self, x: float, foot: float, size: float) -> None:
        """Draw a tree that stands at a place."""
        self.box(x - size * 0.08, foot - size, x + size * 0.08, foot, (112, 82, 60))
        green = self.chance.choice(_GREENS)
        for shift in (-0.3, 0.3, 0):
            self.disc(x + size * shift, foot - size * (1.3 + abs(shift)), size * 0.45, green)

    def person(self, x: float, foot: float, size: float) -> None:
        """Draw a person from behind the waist up."""
        self.disc(x, foot - size * 0.5, size * 0.42, self.chance.choice(_SHIRTS), flat=1.3)
        self.disc(x, foot - size * 1.55, size * 0.26, _SKIN)
        self.disc(x, foot - size * 1.68, size * 0.27, (44, 38, 36), flat=0.8)


def _field(canvas: _Canvas) -> None:
    canvas.sky(48)
    canvas.hills(48)
    canvas.box(0, 48, 100, 100, (150, 176, 92))
    for row in range(9):
        top, bottom = 48 + 52 * (row / 9) ** 1.6, 48 + 52 * ((row + 0.55) / 9) ** 1.6
        canvas.box(0, top, 100, bottom, _mixed((198, 196, 98), (116, 154, 70), row / 9))
    for _ in range(4):
        canvas.tree(canvas.chance.uniform(4, 96), canvas.chance.uniform(49, 56), 4)
    for _ in range(canvas.chance.randint(2, 5)):
        x, foot = canvas.chance.uniform(10, 90), canvas.chance.uniform(66, 92)
        canvas.person(x, foot, 3.4)
        canvas.polygon(
            [(x - 2.4, foot - 7.6), (x + 2.4, foot - 7.6), (x, foot - 10.6)], (228, 206, 150)
        )


def _road(canvas: _Canvas) -> None:
    canvas.sky(46)
    canvas.hills(46)
    canvas.box(0, 46, 100, 100, canvas.chance.choice(_MEADOWS))
    bend = canvas.chance.uniform(-14, 14)
    canvas.polygon([(48 + bend, 46), (51 + bend, 46), (82, 100), (18, 100)], (150, 146, 142))
    for mark in range(6):
        far, near = (mark / 6) ** 1.7, ((mark + 0.45) / 6) ** 1.7
        x_far, x_near = 49.5 + bend * (1 - far), 49.5 + bend * (1 - near)
        canvas.polygon(
            [
                (x_far - far, 46 + 54 * far),
                (x_far + far, 46 + 54 * far),
                (x_near + near, 46 + 54 * near),
                (x_near - near, 46 + 54 * near),
            ],
            (244, 240, 226),
        )
    for side in (-1, 1):
        for place in (0.2, 0.45, 0.8):
            canvas.tree(
                49 + bend * (1 - place) + side * (8 + 40 * place), 50 + 44 * place, 9 * place
            )


def _river(canvas: _Canvas) -> None:
    canvas.sky(44)
    canvas.hills(44)
    canvas.box(0, 44, 100, 100, canvas.chance.choice(_MEADOWS))
    phase = canvas.chance.uniform(0, 6)
    left, right = [], []
    for step in range(41):
        y, wide = 44 + 56 * step / 40, 3 + 30 * (step / 40) ** 1.4
        middle = 50 + 12 * math.sin(step / 8 + phase) * (0.3 + step / 40)
        left.append((middle - wide, y))
        right.append((middle + wide, y))
    canvas.polygon([*left, *reversed(right)], (104, 156, 186))
    for _ in range(16):
        x, y = canvas.chance.uniform(36, 64), canvas.chance.uniform(60, 98)
        canvas.box(x, y, x + canvas.chance.uniform(2, 7), y + 0.5, (196, 220, 230))
    canvas.polygon([(44, 80), (58, 80), (55, 84), (47, 84)], (110, 78, 54))
    canvas.person(51, 80, 2.6)
    for x in (6, 14, 88, 95):
        canvas.tree(x, canvas.chance.uniform(54, 70), 7)


def _meeting(canvas: _Canvas) -> None:
    canvas.box(0, 0, 100, 100, canvas.chance.choice([(236, 226, 206), (222, 230, 226)]))
    canvas.box(0, 62, 100, 100, (168, 132, 98))
    canvas.box(10, 8, 90, 50, (172, 44, 46))
    canvas.disc(24, 29, 6, (236, 196, 84))
    for line in range(3):
        inset = canvas.chance.uniform(0, 10)
        canvas.box(36 + inset, 18 + 9 * line, 86 - inset, 21.5 + 9 * line, (244, 214, 120))
    canvas.box(30, 52, 70, 66, (124, 84, 56))
    for seat in (38, 50, 62):
        canvas.person(seat, 53, 4)
    for row in range(3):
        for place in range(9):
            x = 4 + place * 11.5 + row % 2 * 5 + canvas.chance.uniform(-0.8, 0.8)
            canvas.person(x, 82 + 12 * row, 4.6 + 0.6 * row)


_SCENES: dict[str, Callable[[_Canvas], None]] = {
    "dong": _field,
    "lua": _field,
    "ngo": _field,
    "duong": _road,
    "cau": _road,
    "giao-thong": _road,
    "tuan": _road,
    "song": _river,
    "suoi": _river,
    "thac": _river,
    "nuoc": _river,
    "ho": _river,
    "lop": _meeting,
    "hop": _meeting,
    "hoi-nghi": _meeting,
    "tap-huan": _meeting,
    "bi-thu": _meeting,
    "khai": _meeting,
    "mot-cua": _meeting,
    "giao-quan": _meeting,
    "doi-thoai": _meeting,
}
"""The scene of a photo by words of its name; the others are chosen by chance."""


def _scene(stem: str) -> Callable[[_Canvas], None]:
    padded = f"-{stem}-"
    named = (scene for words, scene in _SCENES.items() if f"-{words}-" in padded)
    others = (_field, _road, _river, _meeting, _field)
    return next(named, None) or random.Random(stem).choice(others)


def _mixed(first: Colour, second: Colour, share: float) -> Colour:
    """Return a colour between two; ``share`` is that of the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue
