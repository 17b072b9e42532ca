"""Pages mixed from the parts that portals are made of: every way with every other one."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from tests.pipelines.extraction.page_parts import (
    ADDRESSES,
    CAPTIONS,
    CLOCKS,
    DATES,
    ENDING,
    FEET,
    HEADS,
    IMPRINTS,
    INSERTED,
    LEDES,
    MIDDLE,
    OPENING,
    PARAGRAPHS,
    PHOTOS,
    SECTIONS,
    SIGNATURES,
    SITE,
    SUBHEADINGS,
    TITLES,
    WAYS,
    WRAPPINGS,
    in_two_lines,
)


@dataclass(frozen=True, slots=True)
class Mixture:
    """A page as its parts: the way that each takes, by the names in ``WAYS``."""

    ways: dict[str, str]

    def __str__(self) -> str:
        return ", ".join(f"{part}: {way}" for part, way in self.ways.items())

    @property
    def author(self) -> str | None:
        return SIGNATURES[self.ways["signature"]][1]

    @property
    def captions(self) -> list[str]:
        is_bare = "{bare}" in PHOTOS[self.ways["photo"]]
        return [caption.rstrip(".") if is_bare else caption for caption in CAPTIONS]

    @property
    def address(self) -> str:
        return ADDRESSES[self.ways["address"]]

    @property
    def html(self) -> str:
        """The page, among what stands on every page of its site."""
        signature = SIGNATURES[self.ways["signature"]][0]
        body = WRAPPINGS[self.ways["wrapping"]].format(self._body() + signature)
        is_among_h1 = self.ways["title"] == "h2 among h1"
        box_name, heading = ("<h1>Tin tức</h1>", "h1") if is_among_h1 else ("", "h3")
        return (
            f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8">{HEADS[self.ways["head"]]}'
            f'</head><body><div id="banner"><a href="/"><img src="/b.png" alt="{SITE}"></a></div>'
            '<div class="menu"><ul><li><a href="/">Trang chủ</a></li><li><a href="/tin">Tin tức</a>'
            f"</li></ul></div>{CLOCKS[self.ways['clock']]}"
            f"{box_name}{self._top()}{body}{FEET[self.ways['foot']]}</div>"
            f'<div class="right"><{heading}>Thông báo</{heading}><ul><li><a href="/tb/1">Lịch tiếp '
            "công dân của Chủ tịch Ủy ban nhân dân xã tháng 6</a></li></ul><div>Lượt truy cập: "
            f"123.456</div></div>{IMPRINTS[self.ways['imprint']]}</body></html>"
        )

    def _top(self) -> str:
        """Section, title, date and lede, from where the box of the article begins."""
        section, (box, date) = SECTIONS[self.ways["section"]], DATES[self.ways["date"]]
        title = TITLES[self.ways["title"]].format(address=self.address)
        above = section.format(box='<div class="detail">', date=date)
        below = "" if "{date}" in section else box.format(date)
        return above + title + below + LEDES[self.ways["lede"]]

    def _body(self) -> str:
        def text(paragraph: str) -> str:
            return PARAGRAPHS[self.ways["paragraph"]].format(paragraph)

        def photo(number: int) -> str:
            image = f'<img src="/uploads/2025/06/cho-phien-ta-leng-{number}.jpg" width="640">'
            caption = CAPTIONS[number]
            first, second = in_two_lines(caption)
            texts = {"caption": caption, "bare": caption.rstrip("."), "first": first}
            return PHOTOS[self.ways["photo"]].format(image=image, second=second, **texts)

        parts = (
            text(OPENING[0]), photo(0), text(OPENING[1]), SUBHEADINGS[self.ways["subheading"]],
            text(MIDDLE), INSERTED[self.ways["inserted"]], text(ENDING[0]), photo(1),
            text(ENDING[1]),
        )  # fmt: skip
        return f"<div>{''.join(parts)}</div>"


def mixtures(count: int) -> Iterator[Mixture]:
    """So many pages, the same ones each time; each way occurs in a fair share of them."""
    chance = random.Random(20250701)
    for _ in range(count):
        yield Mixture({part: chance.choice(list(ways)) for part, ways in WAYS.items()})
