"""Paging by ASP.NET postback: the list is one address, its pages are states of a form."""

from __future__ import annotations

from base64 import b64decode, b64encode
from html import escape

from tests.portals.portal import Portal
from tests.portals.server import Answer
from tests.portals.stories import SECTIONS


class PostbackPortal(Portal):
    """A portal whose lists go on only where their form is posted back, state and all."""

    def list_path(self, section: str, page: int) -> str:
        return f"/danh-muc/{section}.aspx"

    def pager(self, section: str, page: int, last: int) -> str:
        state = b64encode(f"{section}:{page}".encode()).decode()
        links = [
            self.event(str(number), number)
            for number in range(1, last + 1)
            if number != page and abs(number - page) < 3
        ]
        if page < last:
            links.append(self.event("Tiếp", page + 1))
        return (
            f'<form method="post" action="{escape(self.list_path(section, 1))}" id="aspnetForm">'
            f'<input type="hidden" name="__VIEWSTATE" value="{state}">'
            '<input type="hidden" name="__EVENTVALIDATION" value="wEdAAUb">'
            '<input type="text" name="ctl00$search" value="">'
            f'<input type="submit" name="ctl00$go" value="Tìm"> {" ".join(links)}</form>'
        )

    def post(self, target: str, form: dict[str, str]) -> Answer:
        """Page on, but only from a state that this portal gave."""
        section, _, page = b64decode(form.get("__VIEWSTATE", "")).decode().partition(":")
        is_whole = "__EVENTVALIDATION" in form and form.get("__EVENTTARGET") == "ctl00$pager"
        if section not in SECTIONS or not is_whole or "ctl00$go" in form:
            return Answer("Validation of viewstate MAC failed", 500)
        return self.list_page(section, self.page_number(form, int(page)))

    def page_number(self, form: dict[str, str], page: int) -> int:
        """The page that a posted event asks for, from the page whose state came with it."""
        return int(form["__EVENTARGUMENT"])

    def event(self, text: str, page: int) -> str:
        """The link that posts back for a page."""
        return f"<a href=\"javascript:__doPostBack('ctl00$pager','{page}')\">{text}</a>"
