"""A portal with moods: well, down, moved, redesigned, blocking, taken over."""

from __future__ import annotations

from typing import Literal

from scraper.demo.content import Story
from scraper.demo.platform import Routes
from scraper.demo.server import Answer, Request
from tests.portals.portal import Portal

Mood = Literal["well", "down", "moved", "redesigned", "shut", "taken over"]

ELSEWHERE = "http://suoithu.example/"
"""The URL to which the portal redirects if it moved."""


class FicklePortal(Portal):
    """A portal whose ``mood`` a test changes between nights."""

    mood: Mood = "well"

    def answer(self, request: Request, form: dict[str, str]) -> Answer:
        if self.mood == "down":
            return Answer("Service Unavailable", 503)
        if self.mood == "shut":
            return Answer("Forbidden", 403)
        if self.mood == "moved" and request.path != "/robots.txt":
            return Answer(status=301, headers={"Location": ELSEWHERE})
        return super().answer(request, form)

    def routes(self) -> Routes:
        found = super().routes()
        return {"/": found["/"]} if self.mood in ("redesigned", "taken over") else found

    def teasers(self, shown: list[Story], section: str | None) -> str:
        """Return the teasers; a redesigned portal renders them by script in the browser."""
        if self.mood == "redesigned":
            return '<div id="app"></div><script src="/app.js"></script>'
        return super().teasers(shown, section)

    def page(self, title: str, content: str) -> Answer:
        if self.mood != "taken over":
            return super().page(title, content)
        offers = "".join(
            f'<p><a href="/khuyen-mai-{n}.html">Nạp lần đầu tặng {n}88% cho thành viên mới</a></p>'
            for n in range(1, 9)
        )
        return Answer(
            '<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>Tải game bắn cá đổi'
            f" thưởng uy tín số 1</title></head><body>{offers}</body></html>"
        )
