"""The page of an article as the archive holds it, below a bar that says what it is.

The bar is written into the answer only. It stands before everything of the page but its doctype, so
that nothing of the page can hide it in a comment or a script, and it is ASCII, which every encoding
of the web but UTF-16 has in common.
"""

from __future__ import annotations

import codecs
import re
from asyncio import to_thread
from html import escape

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response
from sqlite_utils import Database
from w3lib.encoding import html_body_declared_encoding, resolve_encoding

from pipelines.items import Page
from scraper.archive.reader import read_page
from scraper.base.clock import to_utc_iso
from scraper.base.errors import ArchiveError
from scraper.base.source import is_own_host
from scraper.browse.language import Translator, chosen_language
from scraper.browse.origins import service_name
from scraper.browse.views import LONGEST_NUMBER, absolute_address, archive_of, read
from scraper.store.capture_origins import (
    IMPORT,
    Origin,
    origin_of_article,
    origins_of_revisions,
)
from scraper.store.captures import archived_at, archived_revision_at

SANDBOX = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
)
"""An archived page is foreign: it is shown without script, forms, and other hosts."""

HTML = {"", "text/html", "application/xhtml+xml"}
TEXT = re.compile(r"text/.+|application/(?:.+\+)?(?:xml|json)")
"""Types whose source is shown as text: as HTML, they could not have a bar."""

LONG_ADDRESS = 200
"""Characters of an address that may need a box with a scroll bar, which the keyboard must reach."""

HEAD_BYTES = 4096
PROLOGUE = re.compile(
    r"(?>\s|<\?[^>]*>|<!--(?!-?>)(?>(?!--!?>).)*--!?>)*+<!doctype[^>]*>", re.IGNORECASE | re.DOTALL
)
"""What stands up to the end of a doctype: white space, an XML declaration, whole comments."""

CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)
WIDE = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
WEB_NAMES = {
    "big5hkscs": "big5",
    "cp874": "windows-874",
    "cp932": "shift_jis",
    "cp949": "euc-kr",
    "euc_jp": "euc-jp",
    "mac-cyrillic": "x-mac-cyrillic",
    "mac-roman": "macintosh",
}
"""What browsers call encodings that have another name in Python."""

_BAR = "#tinhuyen-bar" * 3
STYLE = (
    "html,body{opacity:1!important;visibility:visible!important}"
    f"{_BAR},{_BAR} *{{all:initial!important;font:inherit!important;color:inherit!important}}"
    f"{_BAR}{{display:block!important;position:relative!important;z-index:2147483647!important;"
    "box-sizing:border-box!important;width:100%!important;flex:none!important;order:-1!important;"
    "grid-column:1/-1!important;padding:8px 12px!important;background:#fff7d6!important;"
    "color:#1f1c19!important;border-bottom:3px solid #9d1c1c!important;"
    "font:14px/1.5 system-ui,'Segoe UI',Roboto,'Noto Sans',Arial,sans-serif!important;"
    "overflow-wrap:anywhere!important}"
    f"{_BAR} b{{font-weight:700!important}}"
    f"{_BAR} span{{display:block!important;max-height:4.5em!important;overflow:auto!important}}"
    f"{_BAR} a{{color:#7c1616!important;text-decoration:underline!important;cursor:pointer"
    "!important;display:inline-block!important;padding:4px 0!important}"
    f"{_BAR} :focus-visible{{outline:3px solid currentcolor!important}}"
    f"@media(prefers-color-scheme:dark){{{_BAR}{{background:#211e1b!important;color:#ebe6df"
    f"!important;border-color:#ff9384!important}}{_BAR} a{{color:#ffb3a6!important}}}}"
    f"@media(max-device-width:600px) and (min-width:700px){{{_BAR}{{font-size:32px!important}}}}"
)
"""The look of the bar, against whatever the page says of all elements. The last rule is for pages
that phones lay out as wide as a desk and show small. A page that only its script would show is
shown: there is no script here."""


async def page(datasette: Datasette, request: Request) -> Response:
    """Show the page as the archive holds it, or that of an earlier ``version`` (0: the current)."""
    row_id = int(request.url_vars["id"])
    asked = (request.args.get("version") or "")[:LONGEST_NUMBER]
    version = int(asked) if asked.isdecimal() else 0
    warc_file, offset, url, origin = await read(datasette, lambda db: _place(db, row_id, version))
    try:
        kept = await to_thread(read_page, archive_of(datasette), warc_file, offset)
    except ArchiveError as error:
        raise NotFound(str(error)) from error
    t = Translator(chosen_language(request.args, request.cookies))
    address = absolute_address(datasette, request, f"/articles/{row_id}")
    body, content_type = with_bar(kept, bar(kept, address, t, url, origin))
    return Response(body, 200, {"content-security-policy": SANDBOX}, content_type)


def bar(
    kept: Page,
    address: str,
    t: Translator,
    article_url: str | None = None,
    origin: Origin | None = None,
) -> str:
    """Return the bar as HTML in ASCII; ``address`` is that of the article here.

    ``origin`` says where the page came from, None if it was crawled.

    A page that was fetched from this machine or its network is named by ``article_url``, under
    which it is stored: the other URL, with its port, leads nobody anywhere. ``address`` is
    absolute, and the link names its target, since the page may have a ``base``.
    """
    moment = to_utc_iso(kept.fetched_at)
    url = kept.url or ""
    if article_url and is_own_host(url):
        url = article_url
    focus = ' tabindex="0"' if len(url) > LONG_ADDRESS else ""
    text = (
        f"<style>{STYLE}</style>"
        f'<div id="tinhuyen-bar" role="region" lang="{t.language}" dir="ltr"'
        f' aria-label="{escape(t("archived_bar"))}"><b>{escape(t("archived_copy_of"))}</b>'
        f"<span{focus}>{escape(url)}</span>"
        f"{escape(_facts(t, t.date(moment), origin))} "
        f'<a href="{escape(address)}" target="_self">{escape(t("back_to_article"))}</a></div>'
    )
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _facts(t: Translator, date: str, origin: Origin | None) -> str:
    """Return what the bar says of the page: who took it from the site, and when."""
    if origin is None or origin.service is None:
        return t("archived_facts", date=date)
    if origin.service == IMPORT:
        return t("archived_facts_import", date=date)
    return t("archived_facts_elsewhere", date=date, service=service_name(t, origin.service))


def with_bar(kept: Page, html: str) -> tuple[bytes, str]:
    """Return the body of a page with a bar in ASCII, and the type of the answer.

    A file that is neither HTML nor text has no place for a bar and is returned as it is.
    """
    content_type = kept.headers.get("content-type", "")
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type in HTML:
        return _inserted(kept.body, html, content_type)
    if TEXT.fullmatch(media_type):
        return _as_source(kept.body, html, content_type)
    return kept.body, content_type


def _inserted(body: bytes, html: str, content_type: str) -> tuple[bytes, str]:
    """Return HTML with a bar before everything but its doctype.

    The type names the encoding that the page declares: browsers look for a declaration in the
    first 1,024 bytes only, and the bar is longer.
    """
    charset = _declared(content_type) or _declared_within(body)
    start, codec = _wide(body, charset)
    head = body[start : start + HEAD_BYTES].decode(codec, errors="ignore")
    prologue = PROLOGUE.match(head)
    at = start + (len(head[: prologue.end()].encode(codec)) if prologue else 0)
    kind = f"text/html; charset={charset}" if charset else "text/html"
    return body[:at] + html.encode(codec) + body[at:], kind


def _wide(body: bytes, charset: str | None) -> tuple[int, str]:
    """Return where the text of a page begins, and a codec that writes ASCII in its encoding."""
    for bom, codec in WIDE:
        if body.startswith(bom):
            return len(bom), codec
    if body.startswith(codecs.BOM_UTF8):
        return len(codecs.BOM_UTF8), "latin-1"
    name = (charset or "").lower()
    if name.startswith("utf-16"):
        return 0, "utf-16-be" if name.endswith("be") else "utf-16-le"
    return 0, "latin-1"


def _as_source(body: bytes, html: str, content_type: str) -> tuple[bytes, str]:
    """Return a page that shows the source of a text below a bar."""
    codec = resolve_encoding(_declared(content_type) or "utf-8") or "utf-8"
    shown = escape(body.decode(codec, errors="replace"))
    style = "white-space:pre-wrap;overflow-wrap:anywhere"
    text = f'<!DOCTYPE html><meta charset="utf-8">{html}<pre style="{style}">{shown}</pre>'
    return text.encode(errors="replace"), "text/html; charset=utf-8"


def _declared(content_type: str) -> str | None:
    """Return the encoding that a header names, if browsers know it."""
    found = CHARSET.search(content_type)
    return found[1] if found and resolve_encoding(found[1]) else None


def _declared_within(body: bytes) -> str | None:
    """Return the encoding that a page names in its own head, as browsers call it.

    A declaration that can be read as ASCII is no UTF-16: browsers take UTF-8 for it.
    """
    codec = html_body_declared_encoding(body)
    if codec is None:
        return None
    return "utf-8" if codec.startswith("utf-16") else WEB_NAMES.get(codec, codec)


def _place(db: Database, row_id: int, version: int) -> tuple[str, int, str | None, Origin | None]:
    """Return where the page of a version is, the URL of its article, and its origin."""
    place = archived_revision_at(db, row_id, version) if version else archived_at(db, row_id)
    if place is None:
        raise NotFound(f"article {row_id} is not in the archive")
    earlier = origins_of_revisions(db, row_id).get(version)
    return *place, earlier or origin_of_article(db, row_id)
