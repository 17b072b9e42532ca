"""The captures of a made-up portal that tests of the clients ask for."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import brotli

from tests.scraper.recovery.archived import HTML, Archived
from tests.scraper.stores import page_of

HOST = "hamyen.tuyenquang.gov.vn"
SITE = f"http://{HOST}"
PAGE = page_of("Hàm Yên ra quân", "Sáng nay, huyện Hàm Yên ra quân làm thủy lợi.").encode()


def at(year: int, second: int = 4) -> datetime:
    """Return a moment of a year, in UTC."""
    return datetime(year, 5, 1, 2, 3, second, tzinfo=UTC)


DATED = (*HTML, (b"Date", b"Wed, 01 May 2019 02:03:00 GMT"), (b"X-Powered-By", b"ASP.NET"))
ARTICLE = Archived(f"{SITE}/tin/1.html", at(2019), PAGE, fields=DATED)
UNDATED = Archived(f"{SITE}/tin/2.html", at(2019), PAGE.replace(b"th\xe1", b"x"))
REVISIT = Archived(f"{SITE}/tin/1.html", at(2020), PAGE, fields=DATED, revisit_of=ARTICLE)
TO_NEW = [(b"Location", f"https://{HOST}/tin/1.html".encode()), (b"Content-Type", b"text/html")]
REDIRECT = Archived(f"{SITE}/cu/1.aspx?id=7", at(2021), b"", "301 Moved Permanently", TO_NEW)
GONE = Archived(f"{SITE}/tin/1.html", at(2022), "Không tìm thấy".encode(), "404 Not Found")
BUSY = Archived(f"{SITE}/tin/1.html", at(2023), "Quá tải".encode(), "503 Service Unavailable")
GZIPPED = Archived(
    f"{SITE}/nen/gzip.html",
    at(2021),
    gzip.compress(PAGE, mtime=0),
    fields=[*HTML, (b"Content-Encoding", b"gzip")],
)
BROTLI = Archived(
    f"{SITE}/nen/br.html",
    at(2021),
    brotli.compress(PAGE),
    fields=[*HTML, (b"Content-Encoding", b"br")],
)
CAPTURES = [ARTICLE, UNDATED, REVISIT, REDIRECT, GONE, BUSY, GZIPPED, BROTLI]
