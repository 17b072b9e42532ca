"""A double of the "type=NEWS" portals."""

from __future__ import annotations

from tests.portals.portal import Portal
from tests.portals.stories import Story


class VnptNewsPortal(Portal):
    """The same story as ``tin-bai`` and, in its second section, as ``post`` with swapped names."""

    platform = "vnptnews"
    mark = '<script src="/static/vnpt-portal/app.js"></script>'

    def article_path(self, one: Story, section: str) -> str:
        number = 163000 + one.number
        if section != one.section:
            return f"/vi/post/{one.slug}?id={number}&type=NEWS"
        return f"/vi/tin-bai/{one.slug}?type=NEWS&id={number}"

    def list_path(self, section: str, page: int) -> str:
        return f"/vi/chuyen-muc/{section}" + (f"?page={page}" if page > 1 else "")
